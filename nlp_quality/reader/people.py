"""Who the record is about: people as given, or inferred from the text, and the words by which it names them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

from nlp_quality.types import Person

MALE_TITLES: Final = frozenset(("mr", "sir", "fr", "imam"))
FEMALE_TITLES: Final = frozenset(("mrs", "ms", "miss", "sr"))
TITLES: Final = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|PC|DC|DS|DI|PS|Sgt|Rev|Imam|Sister|Nurse|Judge|HHJ|Cllr|Auntie|Aunty|Aunt|Uncle|Nan|Nana|Granny|Grandad|Grandma)"
KIN_TITLES: Final = frozenset(("auntie", "aunty", "aunt", "uncle", "nan", "nana", "granny", "grandad", "grandma"))
NAME: Final = r"[A-ZÀ-ÖØ-Þ][\w'’]*(?:-[\w'’]+)*"
# First names and surnames that are also words: matched only with their capital.
COMMON_WORDS: Final = frozenset(
    "will may mark hope grace joy rose faith bill dawn summer autumn amber ruby pearl jade ivy lily daisy poppy angel "
    "art jack frank rich guy rob pat sue drew chase hunter mason king prince love star sky skye river storm blue "
    "young brown green white black grey long short hill wood field bell ball cook baker best day days gold little "
    "price rich wise stone page park west north east south banks bird bush church moon ray penny rusty sandy sunny "
    "heather holly hazel olive violet iris june april august jan max earl duke miles dean glen cliff heath robin "
    "jay jo an so do in no to kit kai bo ash ali su ma li mo".split()
)


@dataclass(frozen=True, slots=True)
class PersonWord:
    """A common word for a person (`mum`, `MGM`, `the twins`)."""

    role: str
    gender: str


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Every form by which somebody of the record may be named.

    Attributes:
        forms: form as written -> indices of the people it may name.
        genders: index -> `m`, `f` or "" where nothing tells.
    """

    people: tuple[Person, ...]
    forms: Mapping[str, tuple[int, ...]]
    genders: Mapping[int, str] = field(default_factory=dict)


@cache
def person_words() -> Mapping[str, PersonWord]:
    """The person words of `lexicons/people.toml`, lower case."""
    data = tomllib.loads(resources.files("nlp_quality.lexicons").joinpath("people.toml").read_text(encoding="utf-8"))
    return {form: PersonWord(entry["role"], entry["gender"]) for entry in data["word"] for form in entry["forms"]}


def index_names(people: Iterable[Person]) -> NameIndex:
    """All forms of the people's names: whole, alias, first, last, initials; a form of two people keeps both."""
    people = tuple(people)
    forms: dict[str, list[int]] = {}

    def add(form: str, index: int) -> None:
        form = form.strip()
        if form and index not in forms.setdefault(form, []):
            forms[form].append(index)

    parts = [_name_parts(person.name) for person in people]
    shared = Counter(part for own in parts for part in set(own))
    for index, person in enumerate(people):
        for form in (person.name, *person.aliases):
            add(form, index)
        own = parts[index]
        for position, part in enumerate(own):
            if len(part) > 1 and (shared[part] == 1 or position == 0):
                add(part, index)
        if len(own) > 2:
            add(f"{own[0]} {own[-1]}", index)
            add(f"{own[0]} {own[1]}", index)
        if len(own) >= 2 and person.role in ("child", "parent"):
            add("".join(part[0] for part in own), index)
            add(".".join(part[0] for part in own) + ".", index)
    return NameIndex(people, {form: tuple(found) for form, found in forms.items()}, _genders(people))


def _name_parts(name: str) -> list[str]:
    words = [word.strip(",.") for word in re.sub(r"\(.*?\)|[\"“”]", " ", name).split()]
    return [word for word in words if word and not re.fullmatch(TITLES, word, re.I) and word.lower() not in ("unborn", "baby")]


def _genders(people: tuple[Person, ...]) -> dict[int, str]:
    genders = {}
    for index, person in enumerate(people):
        title = person.name.split()[0].lower().rstrip(".")
        genders[index] = "m" if title in MALE_TITLES else "f" if title in FEMALE_TITLES else ""
    return genders


# --- inference ---------------------------------------------------------------------------------------------------

_NOT_NAMES: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december easter christmas eid ramadan diwali english british polish romanian somali "
    "urdu bengali punjabi arabic turkish lego minecraft roblox fortnite xbox playstation youtube tiktok snapchat "
    "instagram whatsapp facebook spider-man barbie bluey paw patrol mcdonalds tesco asda aldi lidl greggs covid "
    "child children visit home seen alone dear today yesterday tomorrow action actions analysis summary views plan "
    "next date present background reason conclusion section assessment report police school nursery hospital court "
    "ofsted cafcass camhs senco mash social worker family support the this that there then when while what where who "
    "why how i we he she they you it his her their our my your a an and but or if as at by for from in of on to with "
    "no not yes all both one two three four five if so she'd he'd i'm i've i'd it's mum dad mam mom nan gran god sorry "
    "ok okay thank thanks hi hello bye regards sincerely faithfully best kind unborn baby year reception key stage "
    "section. cp cin cla lac ehcp mgm pgm mgf pgf dv da s47 icpc rcpc core group strategy discussion meeting "
    "supervision record note notes case statutory unannounced announced told asked said spoke saw met observed "
    "direct work three houses mr mrs ms miss dr match attax pe maths phonics science".split()
)
_TITLED: Final = re.compile(rf"\b({TITLES})\.? ({NAME}(?: {NAME})?)")
_CANDIDATE: Final = re.compile(rf"(?<![\w'’.-]){NAME}(?: (?:{NAME})){{0,2}}(?![\w-])")
_JOB: Final = (
    r"(?:class |head ?|deputy |school |family |support |social |health |key|youth |duty |student |foster |teaching |"
    r"previous |team |his |her |their |the |a )*(?:teacher|nurse|visitor|worker|assistant|officer|advocate|interpreter|"
    r"manager|TA|HV|SENCO|DSL|IRO|FSW|YOT|midwife|doctor|GP|paediatrician|therapist|psychologist|chair|tutor|mentor|"
    r"solicitor|guardian|registrar|consultant|practitioner|lead|keyworker|inspector|supervisor)"
)
_PROFESSIONAL: Final = (rf"{{name}},? (?:\(|, )?(?:from|of) |{{name}} ?[,(] ?{_JOB}\b|{_JOB},? {{name}}\b|(?i:from {{name}} at\b)",)
_ADULT_KIN: Final = r"(?:[Mm]um|[Mm]other|[Mm]am|[Mm]om|[Dd]ad|[Ff]ather|[Ss]tepdad|[Ss]tepmum|[Ss]tepfather|[Ss]tepmother|[Pp]arents?)"
_PARENT: Final = (rf"\b{_ADULT_KIN},? \(?{{name}}\b|{{name}},? \(?(?:the |his |her |their |birth )*{_ADULT_KIN}\b(?!['’]s)",)
_RELATIVE: Final = (
    r"\b(?:[Aa]unt(?:ie|y)?|[Uu]ncle|[Gg]ran(?:ny|dma|dad|dmother|dfather)?|[Nn]an(?:a)?|[Cc]ousin|MGM|PGM|MGF|PGF),? \(?{name}\b"
    r"|{name},? \(?(?:the |his |her |their |maternal |paternal )*(?:aunt|uncle|gran|nan|cousin)",
)
_CARER: Final = (r"(?:[Ff]oster )?(?:[Cc]arers?|[Ff]oster (?:mum|dad|mother|father|parent)|[Gg]uardian),? \(?{name}\b|{name},? \(?(?:the |his |her |their )*(?:foster )?carer",)
_OTHER: Final = (
    r"(?:[Pp]artner|[Bb]oyfriend|[Gg]irlfriend|[Ff]riend|[Mm]ate|[Nn]eighbour|[Ll]odger|[Hh]usband|[Ww]ife|ex),? \(?{name}\b"
    r"|{name},? \(?(?:the |his |her |their |best |new )*(?:friend|partner|boyfriend|girlfriend|mate|neighbour|classmate|lodger)",
)
_CHILD: Final = (
    r"{name}(?: {surname})? ?\(?,? ?(?:aged? )?\d{{1,2}}(?:\)| ?y/?o| years|,| months|/12)|{name} \((?:Year|Reception|Nursery|Y\d|DOB|dob|[Aa]ged)",
    r"{name}['’]s? (?:mum|mother|mam|mom|dad|father|parents?|foster|bedroom|room|school|teacher|nursery|voice|views|wishes|lived|cot|social worker|class|behaviour|attendance|day|carer|gran|nan|brother|sister|aunt|uncle|stepdad|education|health|plan|laugh|face|words)\b",
    r"(?:mother|mum|mam|mom|father|dad|parents?|carers?) (?:of|to) {name}|(?:son|daughter|child|baby|twins?|siblings?|brother|sister|pupil|boy|girl|infant|unborn|young person|YP|Dear|Re:|RE:|[Cc]hild(?:ren)?:|[Nn]ame:),? {name}\b",
    r"(?:saw|seen|met|spoke to|spoke with|spoken to|visited|see|asked|with|observed|watched) {name}\b|{name} (?:was|were|wasn['’]?t|had been|has been|is) (?:not )?(?:seen|spoken|met|asleep|at school|at nursery|in bed|playing|observed|in the (?:bath|garden))\b",
    r"{name} (?:told|showed|said|says|asked|declined|refused|wouldn['’]?t|would not|chose|drew|played|likes|loves|hates|misses|giggled|cried|sat|came|ran|smiled|slept|woke|attends|lives)\b",
)


def infer(text: str, entities: Iterable[tuple[int, int, str]] = ()) -> tuple[Person, ...]:
    """People and their roles as the text lets them be known; children first.

    A bare first name with nothing that makes it an adult's is a child's: workers write of adults as Mum or Mr Aziz.
    A child of whom only a pronoun or a word tells is `unknown`.

    Args:
        entities: (start, end, label) as spaCy's recogniser gives them; used to tell names from places.
    """
    entities = tuple(entities)
    places = {text[a:b] for a, b, label in entities if label in ("GPE", "LOC", "ORG", "FAC", "DATE", "NORP", "LANGUAGE", "WORK_OF_ART", "EVENT")}
    recognised = {word for a, b, label in entities if label == "PERSON" for word in text[a:b].split()}
    titled = _titled(text)
    names = _candidates(text, places, recognised, titled)
    people: list[Person] = [*_child_first(text, names), *titled.values()]
    children = [p for p in people if p.role == "child"]
    if not children:
        people = [*unnamed_children(text), *people]
    return tuple(sorted(people, key=lambda person: person.role != "child"))


def _titled(text: str) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for match in _TITLED.finditer(text):
        title, name = match.group(1), match.group(2)
        if name.split()[0].lower() in _NOT_NAMES:
            continue
        key = name.split()[-1]
        lower = title.lower()
        role = "relative" if lower in KIN_TITLES else "professional"
        around = text[max(0, match.start() - 60) : match.end() + 60]
        if re.search(rf"{_ADULT_KIN}|{TITLES}\.? and {TITLES}", around) or lower in ("mr", "mrs") and not re.search(_JOB, around):
            role = "parent" if lower in ("mr", "mrs", "ms", "miss") else role
        if re.search(_JOB, text[match.end() : match.end() + 40]) or re.search(rf"{_JOB},? $", text[max(0, match.start() - 40) : match.start()]):
            role = "professional" if role != "relative" else role
        found.setdefault(key, Person(name=f"{title} {name}", role=role))
    return found


def _candidates(text: str, places: set[str], recognised: set[str], titled: Mapping[str, Person]) -> Counter[str]:
    """Names without a title, the fullest form of each, with how often its first word occurs."""
    full: dict[str, str] = {}
    counts: Counter[str] = Counter()
    titled_spans = [match.span() for match in _TITLED.finditer(text)]
    for match in _CANDIDATE.finditer(text):
        if any(a <= match.start() < b for a, b in titled_spans):
            continue
        words = [re.sub(r"['’]s?$", "", word) for word in match.group().split()]
        while words and (words[0].lower() in _NOT_NAMES or words[0].lower() in person_words()):
            words = words[1:]
        for stop, word in enumerate(words):
            if word.lower() in _NOT_NAMES or word.lower() in person_words():
                words = words[:stop]
                break
        if not words or len(words[0]) < 2 or words[0].isupper() and len(words[0]) > 2:
            continue
        name = " ".join(words)
        if name in places and words[0] not in recognised:
            continue
        first = words[0]
        starts = text[: match.start()].rstrip(" \t\"'“‘([-*•")
        opens = not starts or starts[-1] in ".!?:\n;"
        if opens and first not in recognised and _is_common(first, text):
            continue
        counts[first] += 1
        if len(words) > len(full.get(first, "").split()):
            full[first] = name
    return Counter({full[first]: count for first, count in counts.items() if first not in titled})


def _is_common(word: str, text: str) -> bool:
    """A capitalised word that opens a sentence is taken for a name only where it also stands inside one, or acts like one."""
    inside = re.search(rf"[a-z,;] {re.escape(word)}\b", text)
    acts = re.search(rf"\b{re.escape(word)}(?:['’]s| (?:is|was|has|had|said|says|told|seen|and I|came|sat|showed|wouldn|did|spoke|hid|took|asked|remained|played|and {NAME}))\b", text)
    lower = re.search(rf"\b{re.escape(word.lower())}\b", text)
    return lower is not None or (inside is None and acts is None)


def _matches(patterns: tuple[str, ...], name: str, text: str) -> int:
    first, *rest = name.split()
    surname = re.escape(rest[-1]) if rest else NAME
    form = rf"(?:{re.escape(name)}|{re.escape(first)})"
    return sum(len(re.findall(pattern.replace("{name}", form).replace("{surname}", surname).replace("{{", "{").replace("}}", "}"), text)) for pattern in patterns)


def _child_first(text: str, names: Counter[str]) -> list[Person]:
    people: list[Person] = []
    surnames: set[str] = set()
    for name, count in names.items():
        scores = {
            "professional": 1.5 * _matches(_PROFESSIONAL, name, text),
            "parent": 2 * _matches(_PARENT, name, text),
            "relative": 2 * _matches(_RELATIVE, name, text),
            "carer": 2 * _matches(_CARER, name, text),
            "other": 2 * _matches(_OTHER, name, text),
            "child": float(_matches(_CHILD, name, text)),
        }
        best = max(scores, key=lambda role: scores[role])
        if scores[best] == 0:
            if " " in name or count < 1:
                continue
            best = "child"
        age = re.search(rf"{re.escape(name.split()[0])}(?: [A-Z][\w'’-]+)? ?\(?,? ?(?:aged? )?(\d{{1,2}})(?:\)| ?y/?o| years|,)", text)
        years = float(age.group(1)) if age and best == "child" else None
        if years is not None and years >= 18:
            best = "other"
            years = None
        people.append(Person(name=name, role=best, age=years, unborn=bool(re.search(rf"\b[Uu]nborn (?:[Bb]aby )?{re.escape(name)}", text))))
        if best == "child":
            surnames.update(name.split()[1:])
    return people


def unnamed_children(text: str) -> list[Person]:
    """Children the text speaks of without a name: `unknown`, `unknown 2`; none where it is of no particular child."""
    if re.search(r"\b[Uu]nborn\b|\bpregnan", text) and not re.search(r"\b(?:the|this) (?:child|boy|girl|young person)\b", text, re.I):
        return [Person(name="unknown", role="child", unborn=True)]
    singular = re.search(r"\b(?:the|this) (?:child|baby|boy|girl|young person|yp|lad|toddler|infant)\b|\bchild seen\b|\bYP\b|\bchild:|\b(?:his|her|their) (?:son|daughter|bedroom)\b|\bbaby\b", text, re.I)
    pronoun = re.search(r"\b(?:[Hh]e|[Ss]he|[Tt]hey) (?:was|were|is|says|said|told|has|had|came|sat|would|did|asked|showed|likes|seemed|appeared)\b", text)
    both = re.search(r"\b(?:both|the two|two) (?:children|boys|girls|brothers|sisters|twins|siblings)\b|\bthe twins\b", text, re.I)
    if both:
        return [Person(name="unknown", role="child"), Person(name="unknown 2", role="child")]
    letter = re.search(r"\b[Yy]ou (?:told|showed|said|were|asked)\b", text)
    if singular or pronoun or letter:
        return [Person(name="unknown", role="child")]
    return []


