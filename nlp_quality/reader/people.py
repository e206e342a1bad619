"""Who the record is about: people as given, or inferred from the text, and the words by which it names them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from nlp_quality.reader import candidates, names, roles
from nlp_quality.reader.candidates import Span
from nlp_quality.reader.people_words import FEMALE_TITLES, KIN_TITLES, MALE_TITLES, NAME, TITLES
from nlp_quality.record import Person

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
class NameIndex:
    """Every form by which somebody of the record may be named.

    Attributes:
        forms: form as written -> indices of the people it may name.
        genders: index -> `m`, `f` or "" where nothing tells.
    """

    people: tuple[Person, ...]
    forms: Mapping[str, tuple[int, ...]]
    genders: Mapping[int, str] = field(default_factory=dict)


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
    return [
        word
        for word in words
        if word and not re.fullmatch(TITLES, word, re.I) and word.lower() not in ("unborn", "baby")
    ]


def _genders(people: tuple[Person, ...]) -> dict[int, str]:
    genders = {}
    for index, person in enumerate(people):
        title = person.name.split()[0].lower().rstrip(".")
        genders[index] = "m" if title in MALE_TITLES else "f" if title in FEMALE_TITLES else ""
    return genders


# --- inference ---------------------------------------------------------------------------------------------------

GENERAL_FROM: Final = 8  # mentions of `children` from which a text may be on children in general
_TITLED: Final = re.compile(rf"\b({TITLES})\.? ({NAME}(?: {NAME})?)")
_JOB: Final = (
    r"(?:class |head ?|deputy |school |family |support |social |health |key|youth |duty |student |foster |teaching |"
    r"previous |team |his |her |their |the |a )*(?:teacher|nurse|visitor|worker|assistant|officer|advocate|interpreter|"
    r"manager|TA|HV|SENCO|DSL|IRO|FSW|YOT|midwife|doctor|GP|paediatrician|therapist|psychologist|chair|tutor|mentor|"
    r"solicitor|guardian|registrar|consultant|practitioner|lead|keyworker|inspector|supervisor)"
)
_ADULT_KIN: Final = (
    r"(?:[Mm]um|[Mm]other|[Mm]am|[Mm]om|[Dd]ad|[Ff]ather|[Ss]tepdad|[Ss]tepmum|[Ss]tepfather|[Ss]tepmother|[Pp]arents?)"
)

_STATED: Final = (  # what outweighs the model: the text says in so many words whose name it is
    ("professional", rf"{{name}}(?: [A-Z][\w'’-]+)?, \(?(?:the |his |her |their |a ){_JOB}\b"),
    (
        "parent",
        rf"\b(?:[Hh]is|[Hh]er|[Tt]heir) {_ADULT_KIN},? \(?{{name}}\b|{{name}}[^.\n]{{{{0,40}}}}\({_ADULT_KIN} (?:of|to) ",
    ),
)


def infer(
    text: str, entities: Iterable[Span] = (), tags: Iterable[Span] = (), masked: Container[int] = ()
) -> tuple[Person, ...]:
    """People and their roles as the text lets them be known; children first, in order of appearance.

    A child of whom only a pronoun or a word tells is `unknown`.

    Args:
        entities: (start, end, label) as spaCy's recogniser gives them.
        tags: (start, end, tag) of each token as spaCy's tagger gives them.
        masked: where the words start that both were given one word for.
    """
    titled = _titled(text)
    found, shown = read_candidates(text, entities, tags, masked)
    stated = [_stated(text, candidate.name) for candidate in found]
    people: list[Person] = []
    for candidate, role in zip(found, roles.choose(shown, stated), strict=True):
        if role != roles.NONE and candidate.name not in titled:
            people.append(_person(text, candidate, role))
    people += titled.values()
    if is_general(text):
        return tuple(person for person in people if person.role != "child")
    if not any(person.role == "child" for person in people):
        people = [*unnamed_children(text), *people]
    return tuple(sorted(people, key=lambda person: person.role != "child"))


def read_candidates(
    text: str, entities: Iterable[Span] = (), tags: Iterable[Span] = (), masked: Container[int] = ()
) -> tuple[list[candidates.Candidate], list[set[str]]]:
    """Candidates of a text with the features of each."""
    own = candidates.tokens(text, entities, tags, masked)
    found = candidates.find(text, own)
    return found, roles.features(own, found)


def is_general(text: str) -> bool:
    """True for writing on children in general (a letter on a service, a policy): many children, and not one of them."""
    many = len(re.findall(r"\bchildren\b", text, re.I))
    one = len(re.findall(r"\b(?:he|she|his|her|him|the child|this child|you told)\b", text, re.I))
    return many >= GENERAL_FROM and one * 4 < many


def _titled(text: str) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for match in _TITLED.finditer(text):
        title, name = match.group(1), re.sub(r"['’]s$", "", match.group(2))
        if names.is_never(name.split()[0]):
            continue
        key = name.split()[-1]
        lower = title.lower()
        role = "relative" if lower in KIN_TITLES else "professional"
        around = text[max(0, match.start() - 60) : match.end() + 60]
        if re.search(rf"{_ADULT_KIN}|{TITLES}\.? and {TITLES}", around) or (
            lower in ("mr", "mrs") and not re.search(_JOB, around)
        ):
            role = "parent" if lower in ("mr", "mrs", "ms", "miss") else role
        if re.search(_JOB, text[match.end() : match.end() + 40]) or re.search(
            rf"{_JOB},? $", text[max(0, match.start() - 40) : match.start()]
        ):
            role = "professional" if role != "relative" else role
        found.setdefault(key, Person(name=f"{title} {name}", role=role))
    return found


def _stated(text: str, name: str) -> str | None:
    """The adult's role that the text gives the name outright, or None."""
    for role, pattern in _STATED:
        if re.search(pattern.replace("{name}", re.escape(name)).replace("{{", "{").replace("}}", "}"), text):
            return role
    return None


def _person(text: str, candidate: candidates.Candidate, role: str) -> Person:
    """The person a candidate is, with the age and the word `Baby` or `unborn` that the text gives."""
    name = candidate.name
    age = re.search(
        rf"\b{re.escape(name.split()[0])}(?:\s[A-Z][\w'’-]+)?\s?\(?,?\s?(?:aged?\s)?(\d{{1,2}})(?:\)|\s?y/?o|\syears|,)",
        text,
    )
    years = float(age.group(1)) if age and role == "child" else None
    if years is not None and years >= 18:
        role, years = "other", None
    unborn = re.search(rf"\b[Uu]nborn\s(?:[Bb]aby\s)?{re.escape(name)}", text) is not None
    return Person(name=_with_baby(name, text), role=role, age=years, unborn=unborn, aliases=tuple(candidate.nicknames))


def _with_baby(name: str, text: str) -> str:
    """`Baby Noah` where the text writes the word as part of the name."""
    return f"Baby {name}" if re.search(rf"(?<=\w )Baby {re.escape(name)}|^Baby {re.escape(name)}", text) else name


def unnamed_children(text: str) -> list[Person]:
    """Children the text speaks of without a name: `unknown`, `unknown 2`; none where it is of no particular child."""
    if re.search(r"\b[Uu]nborn\b|\bpregnan", text) and not re.search(
        r"\b(?:the|this) (?:child|boy|girl|young person)\b", text, re.I
    ):
        return [Person(name="unknown", role="child", unborn=True)]
    singular = re.search(
        r"\b(?:the|this) (?:child|baby|boy|girl|young person|yp|lad|toddler|infant)\b|\bchild seen\b|\bYP\b|"
        r"\bchild:|\b(?:his|her|their) (?:son|daughter|bedroom)\b|\bbaby\b",
        text,
        re.I,
    )
    pronoun = re.search(
        r"\b(?:see|saw|seen|met|told|asked|ask|visited|behind) (?:him|her|them)\b|\b(?:[Hh]e|[Ss]he|"
        r"[Tt]hey) (?:was|were|is|says|said|told|has|had|came|sat|would|did|asked|showed|show|likes|seemed|"
        r"appeared|gone|left|told|speak|spoke)\b",
        text,
    )
    both = re.search(
        r"\b(?:both|the two|two) (?:children|boys|girls|brothers|sisters|twins|siblings)\b|\bthe twins\b", text, re.I
    )
    if both:
        return [Person(name="unknown", role="child"), Person(name="unknown 2", role="child")]
    letter = re.search(r"\b[Yy]ou (?:told|showed|said|were|asked)\b", text)
    if singular or pronoun or letter:
        return [Person(name="unknown", role="child")]
    return []
