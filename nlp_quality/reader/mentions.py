"""Where people are pointed at in the text, and the same text with their roles in place of their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from nlp_quality.reader.people import COMMON_WORDS, NameIndex
from nlp_quality.reader.people_words import FEMALE_TITLES, MALE_TITLES, NAME, TITLES, person_words
from nlp_quality.reader.pronouns import QUOTE, learn_genders, pronouns, quoted_spans, resolve, within
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
_YOU: Final = re.compile(r"(?<![\w'’-])(you (?:both|two|three|four|all)|all of you|you)(?![\w-])", re.I)
_LETTER: Final = re.compile(
    r"\b(?:(?:Dear|Hi|Hello)\s+[A-Z]\w+|[Yy]ou (?:told|showed|said|were|asked|sat|like|and I)|I (?:saw|met|"
    r"visited|came to see) you)\b"
)
MEMORY: Final = 6  # sentences that a pronoun may reach back


def is_letter(text: str) -> bool:
    """True when the record addresses the child as `you`, outside quoted speech."""
    bare = QUOTE.sub(" ", text)
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
    genders.update(learn_genders(text, spans, explicit, genders, quotes))
    memory: list[list[Mention]] = []
    found: list[tuple[Mention, ...]] = []
    for span, mentions in zip(spans, explicit, strict=True):
        settled = list(mentions)
        if letter:
            called = _called(text, span, mentions) or children
            settled += [
                Mention(m.start(), m.end(), "child", called, True)
                for m in _YOU.finditer(text, span.start, span.end)
                if children and not within(m.start(), quotes)
            ]
            settled.sort(key=lambda m: m.start)
        for pronoun in pronouns(text, span, quotes):
            if any(m.start < pronoun.end and pronoun.start < m.end for m in settled):
                continue
            antecedent = resolve(pronoun, text, span, settled, memory, genders, children)
            if antecedent is not None:
                settled.append(replace(antecedent, start=pronoun.start, end=pronoun.end, pronoun=True, named=False))
                settled.sort(key=lambda m: m.start)
        found.append(tuple(settled))
        people = [m for m in settled if m.role != "writer"]
        if people:
            memory = [*memory, people][-MEMORY:]
    return tuple(found)


def _called(text: str, span: Span, mentions: Sequence[Mention]) -> tuple[int, ...]:
    """In a letter, the child whom the sentence calls by name before it says `you`."""
    first = next(iter(mentions), None)
    opens = first is not None and first.role == "child" and first.start <= span.start + 1
    return first.people if first is not None and opens and text[first.end : first.end + 1] in (",", " ") else ()


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


@cache
def _word_pattern() -> re.Pattern[str]:
    lower: list[str] = []
    exact: list[str] = []
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


_COLLEAGUE: Final = re.compile(
    rf"\b({NAME}(?: {NAME})?) (?:from|of) (?:the )?(?:\w+ team|duty|CAMHS|police|MASH|YOT|health|school|"
    rf"nursery|housing|probation|Cafcass|advocacy)\b"
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
            taken.append(Mention(*match.span(), role, people, named=not _is_word(match.group())))
    for match in _COLLEAGUE.finditer(text, span.start, span.end):
        if free(*match.span(1)):
            taken.append(Mention(*match.span(1), "professional", named=True))
    for match in _word_pattern().finditer(text, span.start, span.end):
        mention = _word(match, names, children, quotes, writers=writers)
        if mention is not None and free(*match.span()):
            taken.append(mention)
    return sorted(taken, key=lambda m: m.start)


def _is_word(form: str) -> bool:
    """True for `Mam` and the like, even where a list of people gives it as somebody's alias."""
    form = re.sub(r"\s+", " ", form)
    return form in person_words() or form.lower() in person_words()


def _titled(match: re.Match[str], names: NameIndex, forms: dict[str, tuple[int, ...]]) -> Mention:
    title, name = match.group(1).lower(), re.sub(r"\s+", " ", match.group(2))
    whole = f"{match.group(1)} {name}".lower()
    gender = "m" if title in MALE_TITLES else "f" if title in FEMALE_TITLES else ""
    for form in (whole, name.lower(), *(part.lower() for part in reversed(name.split()))):
        adults = [i for i in forms.get(form, ()) if names.people[i].role != "child"]
        if adults:
            return Mention(*match.span(), names.people[adults[0]].role, tuple(adults[:1]), gender=gender, named=True)
    last = name.split()[-1].lower()
    bearers = [i for i, p in enumerate(names.people) if last in p.name.lower().split() and p.role != "child"]
    fitting = [i for i in bearers if names.genders.get(i, "") in ("", gender)] or bearers
    if fitting:
        return Mention(*match.span(), names.people[fitting[0]].role, tuple(fitting[:1]), gender=gender, named=True)
    family = any(last in p.name.lower().split() for p in names.people if p.role == "child")
    return Mention(*match.span(), "parent" if family else "professional", gender=gender, named=True)


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
        if within(match.start(), quotes):
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
