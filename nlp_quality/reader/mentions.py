"""Where people are pointed at in the text, and the same text with their roles in place of their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from nlp_quality.reader.people import COMMON_WORDS, NameIndex
from nlp_quality.reader.people_words import FEMALE_TITLES, MALE_TITLES, NAME, TITLES, person_words
from nlp_quality.reader.sentences import Span
from nlp_quality.types import Mention

MARKERS: Final = {
    "child": "CHILD",
    "unborn": "UNBORN",
    "parent": "PARENT",
    "carer": "CARER",
    "relative": "RELATIVE",
    "sibling": "SIBLING",
    "professional": "PROF",
    "interpreter": "INTERPRETER",
    "partner": "PARTNER",
    "other": "OTHER",
    "writer": "WRITER",
}
_FIRST_PERSON: Final = frozenset(("i", "me", "myself", "we", "us"))
_PRONOUN: Final = re.compile(r"(?<![\w'’-])(he|him|she|her|they|them|himself|herself|themselves)(?![\w-])", re.I)
_YOU: Final = re.compile(r"(?<![\w'’-])(you (?:both|two|three|four|all)|all of you|you)(?![\w-])", re.I)
_QUOTE: Final = re.compile(
    r"\"[^\"\n]{1,600}(?:\"|(?=\n)|$)|“[^”\n]{1,600}(?:”|(?=\n)|$)|‘[^’\n]*(?:’(?=\w)[^’\n]*)*’(?!\w)"
    r"|(?<![\w'’])'(?=\w)(?:[^'\n]|'(?=\w)){1,400}'(?!\w)"
)
_LETTER: Final = re.compile(
    r"\b(?:Dear\s+\w+|[Yy]ou (?:told|showed|said|were|asked|sat|like|and I)|I (?:saw|met|visited|came to see) you)\b"
)
_PLURAL: Final = frozenset(("they", "them", "themselves"))
_FEMALE: Final = frozenset(("she", "her", "herself"))
MEMORY: Final = 6  # sentences that a pronoun may reach back


@dataclass(frozen=True, slots=True)
class _Pronoun:
    start: int
    end: int
    word: str


def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans between quotation marks, marks included."""
    return tuple(match.span() for match in _QUOTE.finditer(text))


def is_letter(text: str) -> bool:
    """True when the record addresses the child as `you`, outside quoted speech."""
    bare = _QUOTE.sub(" ", text)
    you = len(re.findall(r"\byou(?:r|rs)?\b", bare, re.I))
    third = len(re.findall(r"\b(?:he|she|his|her|him)\b", bare, re.I))
    return _LETTER.search(bare) is not None and you >= 2 and you * 2 > third


def find(
    text: str, spans: Sequence[Span], names: NameIndex, *, writers: bool = True
) -> tuple[tuple[Mention, ...], ...]:
    """The mentions in each sentence, in order and without overlap, pronouns settled from the context.

    Args:
        writers: whether "the social worker" is the writer (a visit) or somebody spoken of (supervision, minutes).
    """
    quotes = quoted_spans(text)
    letter = is_letter(text)
    children = tuple(i for i, person in enumerate(names.people) if person.role == "child")
    explicit = [_explicit(text, span, names, children, quotes, writers=writers) for span in spans]
    genders = dict(names.genders)
    genders.update({m.people[0]: m.gender for found in explicit for m in found if len(m.people) == 1 and m.gender})
    genders.update(_learn_genders(text, spans, explicit, genders, children))
    memory: list[list[Mention]] = []
    found: list[tuple[Mention, ...]] = []
    for span, mentions in zip(spans, explicit, strict=True):
        settled = list(mentions)
        if letter:
            settled += [
                Mention(m.start(), m.end(), "child", children, True)
                for m in _YOU.finditer(text, span.start, span.end)
                if children and not _within(m.start(), quotes)
            ]
            settled.sort(key=lambda m: m.start)
        for pronoun in _pronouns(text, span, quotes):
            antecedent = _resolve(pronoun, span, settled, memory, genders, children)
            if antecedent is not None:
                settled.append(replace(antecedent, start=pronoun.start, end=pronoun.end, pronoun=True))
                settled.sort(key=lambda m: m.start)
        found.append(tuple(settled))
        people = [m for m in settled if m.role != "writer"]
        if people:
            memory = [*memory, people][-MEMORY:]
    return tuple(found)


def mark(text: str, start: int, end: int, mentions: Iterable[Mention]) -> tuple[str, tuple[int, ...]]:
    """The sentence with role markers for people, and for each of its characters the offset in `text`."""
    characters: list[str] = []
    offsets: list[int] = []
    at = start
    for mention in mentions:
        characters.append(text[at : mention.start])
        offsets.extend(range(at, mention.start))
        marker = MARKERS[mention.role]
        if mention.role == "child" and len(mention.people) > 1:
            marker = "CHILDREN"
        characters.append(marker)
        offsets.extend([mention.start] * len(marker))
        at = mention.end
    characters.append(text[at:end])
    offsets.extend(range(at, end))
    return "".join(characters), tuple(offsets)


def _within(position: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


@cache
def _word_pattern() -> re.Pattern[str]:
    lower, exact = [], []
    for form in sorted(person_words(), key=len, reverse=True):
        (lower if form == form.lower() else exact).append(re.escape(form).replace(r"\ ", r"\s"))
    return re.compile(rf"(?<![\w'’-])(?:(?:{'|'.join(exact)})|(?i:{'|'.join(lower)}))(?![\w-])(?!\.e)")


@cache
def _name_pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    def one(form: str) -> str:
        body = re.escape(form).replace(r"\ ", r"\s+")
        risky = form.lower() in COMMON_WORDS or len(form) < 3 or form.isupper()
        return body if risky else f"(?i:{body})"

    ordered = sorted(forms, key=len, reverse=True)
    return (
        re.compile(rf"(?<![\w-])(?:{'|'.join(one(form) for form in ordered)})(?![\w-])")
        if ordered
        else re.compile(r"(?!)")
    )


_TITLED: Final = re.compile(rf"\b({TITLES})\.?\s({NAME}(?:\s{NAME})?)")


def _explicit(
    text: str,
    span: Span,
    names: NameIndex,
    children: tuple[int, ...],
    quotes: tuple[tuple[int, int], ...],
    *,
    writers: bool,
) -> list[Mention]:
    taken: list[Mention] = []

    def free(start: int, end: int) -> bool:
        return all(end <= m.start or start >= m.end for m in taken)

    forms = {form.lower(): people for form, people in names.forms.items()}
    for match in _TITLED.finditer(text, span.start, span.end):
        taken.append(_titled(match, names, forms))
    for match in _name_pattern(tuple(names.forms)).finditer(text, span.start, span.end):
        if not free(*match.span()):
            continue
        people = names.forms.get(match.group()) or forms.get(re.sub(r"\s+", " ", match.group().lower()), ())
        if people:
            role = names.people[people[0]].role
            roles = {names.people[i].role for i in people}
            if len(roles) > 1:
                people, role = (), "child" if "child" in roles else role
                people = tuple(i for i in names.forms.get(match.group(), ()) if names.people[i].role == role)
            taken.append(Mention(*match.span(), role, people))
    for match in _word_pattern().finditer(text, span.start, span.end):
        mention = _word(match, names, children, quotes, writers=writers)
        if mention is not None and free(*match.span()):
            taken.append(mention)
    return sorted(taken, key=lambda m: m.start)


def _titled(match: re.Match[str], names: NameIndex, forms: dict[str, tuple[int, ...]]) -> Mention:
    title, name = match.group(1).lower(), re.sub(r"\s+", " ", match.group(2))
    whole = f"{match.group(1)} {name}".lower()
    gender = "m" if title in MALE_TITLES else "f" if title in FEMALE_TITLES else ""
    for form in (whole, name.lower(), *(part.lower() for part in reversed(name.split()))):
        adults = [i for i in forms.get(form, ()) if names.people[i].role != "child"]
        if adults:
            return Mention(*match.span(), names.people[adults[0]].role, tuple(adults[:1]), gender=gender)
    last = name.split()[-1].lower()
    bearers = [i for i, p in enumerate(names.people) if last in p.name.lower().split() and p.role != "child"]
    fitting = [i for i in bearers if names.genders.get(i, "") in ("", gender)] or bearers
    if fitting:
        return Mention(*match.span(), names.people[fitting[0]].role, tuple(fitting[:1]), gender=gender)
    family = any(last in p.name.lower().split() for p in names.people if p.role == "child")
    return Mention(*match.span(), "parent" if family else "professional", gender=gender)


def _word(
    match: re.Match[str],
    names: NameIndex,
    children: tuple[int, ...],
    quotes: tuple[tuple[int, int], ...],
    *,
    writers: bool,
) -> Mention | None:
    form = re.sub(r"\s+", " ", match.group())
    word = person_words().get(form) or person_words()[form.lower()]
    role = word.role
    if role == "writer":
        first = form.lower() in _FIRST_PERSON
        if _within(match.start(), quotes):
            return None
        if not first and not writers:
            return Mention(*match.span(), "professional")
        return Mention(*match.span(), "writer")
    if role == "children":
        return Mention(*match.span(), "child", children) if children else None
    if role == "unborn":
        unborn = tuple(i for i in children if names.people[i].unborn)
        return Mention(*match.span(), "unborn", unborn)
    if role == "child":
        return (
            Mention(*match.span(), "child", children if len(children) == 1 else (), gender=word.gender)
            if children
            else None
        )
    if role in ("relative", "parent"):
        carers = [i for i, p in enumerate(names.people) if p.role == "carer"]
        if role == "relative" and "gran" in form.lower() + {
            "nan": "gran",
            "nana": "gran",
            "mgm": "gran",
            "pgm": "gran",
            "mgf": "gran",
            "pgf": "gran",
        }.get(form.lower(), ""):
            foster = any(re.search(r"foster", p.name, re.I) for p in names.people)
            role = "carer" if carers and not foster and not any(p.role == "relative" for p in names.people) else role
    people = tuple(
        i for i, p in enumerate(names.people) if p.role == role and names.genders.get(i, "") in ("", word.gender)
    )
    return Mention(*match.span(), role, people if len(people) == 1 else (), gender=word.gender)


def _pronouns(text: str, span: Span, quotes: tuple[tuple[int, int], ...]) -> list[_Pronoun]:
    found = []
    for match in _PRONOUN.finditer(text, span.start, span.end):
        word = match.group(1).lower()
        if (
            word == "her"
            and re.match(r"\s+[a-z]", text[match.end() : match.end() + 3])
            and _possessive(text, match.end())
        ):
            continue
        if not _within(match.start(), quotes):
            found.append(_Pronoun(match.start(), match.end(), word))
    return found


def _possessive(text: str, after: int) -> bool:
    """True when `her` is followed by a noun: her bedroom, her own room; not her in, her alone, her and, her that."""
    word = re.match(r"\s+([\w'’-]+)", text[after : after + 30])
    return word is not None and word.group(1).lower() not in _AFTER_OBJECT


_AFTER_OBJECT: Final = frozenset(
    "in on at to for with and or but that if when while as about alone from by whether what why how who before after "
    "again today up down out off into over there then so because is was would could should not playing sitting "
    "sleeping asleep being having separately together outside upstairs downstairs away through a an the either "
    "without during this yesterday twice once one-to-one 1:1 privately briefly individually".split()
)


def _learn_genders(
    text: str,
    spans: Sequence[Span],
    explicit: Sequence[Sequence[Mention]],
    known: dict[int, str],
    children: tuple[int, ...],
) -> dict[int, str]:
    """he or she by majority in sentences (and those that follow) where one person alone is named."""
    votes: dict[int, Counter[str]] = {}
    last: int | None = None
    for span, mentions in zip(spans, explicit, strict=True):
        people = [m for m in mentions if m.role != "writer"]
        bearers = {m.people for m in people}
        if people:
            single = len(bearers) == 1 and len(people[0].people) == 1
            last = people[0].people[0] if single else None
        if last is None or known.get(last):
            continue
        start = people[0].end if people else span.start
        for match in _PRONOUN.finditer(text, start, span.end):
            word = match.group(1).lower()
            if word not in _PLURAL:
                votes.setdefault(last, Counter())["f" if word in _FEMALE else "m"] += 1
    return {index: counts.most_common(1)[0][0] for index, counts in votes.items()}


def _resolve(
    pronoun: _Pronoun,
    span: Span,
    here: Sequence[Mention],
    memory: Sequence[Sequence[Mention]],
    genders: dict[int, str],
    children: tuple[int, ...],
) -> Mention | None:
    plural = pronoun.word in _PLURAL
    wanted = "f" if pronoun.word in _FEMALE else "m"
    reflexive = pronoun.word.endswith(("self", "selves"))
    objective = pronoun.word in ("him", "her", "them")

    def fits(mention: Mention) -> bool:
        if mention.role == "writer":
            return False
        if plural:
            return len(mention.people) > 1 or (mention.role == "child" and len(children) > 1 and not mention.people)
        if len(mention.people) > 1:
            return False
        return _gender(mention, genders) in ("", wanted)

    before = [m for m in here if m.end <= pronoun.start and m.role != "writer"]
    subject = before[0] if before else None
    local = [m for m in before if fits(m)]
    if reflexive and local:
        return local[-1]
    if objective:
        others = [m for m in local if subject is None or (m.people, m.role) != (subject.people, subject.role)]
        if others:
            return others[-1]
    elif local:
        return local[0]
    for earlier in reversed(memory):
        for mention in earlier:
            if fits(mention) and not (
                objective and subject is not None and (mention.people, mention.role) == (subject.people, subject.role)
            ):
                return mention
    if local:
        return local[-1]
    if plural and len(children) > 1:
        return Mention(0, 0, "child", children)
    if not plural and len(children) == 1 and genders.get(children[0], "") in ("", wanted):
        return Mention(0, 0, "child", children)
    return None


def _gender(mention: Mention, genders: dict[int, str]) -> str:
    if mention.gender:
        return mention.gender
    known = {genders.get(i, "") for i in mention.people}
    return known.pop() if len(known) == 1 else ""
