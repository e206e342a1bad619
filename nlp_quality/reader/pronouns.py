"""Whom he, she and they point at: settled from word order, gender and who is being met."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from nlp_quality.reader.sentences import Span
from nlp_quality.types import Mention

_PRONOUN: Final = re.compile(r"(?<![\w'’-])(he|him|she|her|they|them|himself|herself|themselves)(?![\w-])", re.I)
_CLAUSE: Final = re.compile(r"[;:]\s|,\s|\b(?:and|but|so|while|whilst|when|because|cos|then|before|after|as)\s")
_MET: Final = re.compile(
    r"\b(?:see|saw|seen|met|meet|had|visited|found|caught|missed|eyes on|hair of|sign of|sight of|sighting of|trace of)\s+(?:both\s+)?$"
)
_BESIDE: Final = re.compile(_MET.pattern.replace("see|", "see|with|to|asked|ask|told|gave|took|behind|beside|near|by|"))
_PLURAL: Final = frozenset(("they", "them", "themselves"))
_FEMALE: Final = frozenset(("she", "her", "herself"))
QUOTE: Final = re.compile(
    r"\"[^\"\n]{1,600}(?:\"|(?=\n)|$)|“[^”\n]{1,600}(?:”|(?=\n)|$)|‘[^’\n]*(?:’(?=\w)[^’\n]*)*’(?!\w)"
    r"|(?<![\w'’])'(?=\w)(?:[^'\n]|'(?=\w)){1,400}'(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun in the text."""

    start: int
    end: int
    word: str


def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans between quotation marks, marks included."""
    return tuple(match.span() for match in QUOTE.finditer(text))


def within(position: int, spans: Iterable[tuple[int, int]]) -> bool:
    """True when a position lies in one of the spans."""
    return any(start <= position < end for start, end in spans)


def pronouns(text: str, span: Span, quotes: tuple[tuple[int, int], ...]) -> list[Pronoun]:
    """The pronouns of a span outside quotations, possessives left out."""
    found = []
    for match in _PRONOUN.finditer(text, span.start, span.end):
        word = match.group(1).lower()
        if (
            word == "her"
            and re.match(r"\s+[a-z]", text[match.end() : match.end() + 3])
            and _possessive(text, match.end())
        ):
            continue
        if not within(match.start(), quotes):
            found.append(Pronoun(match.start(), match.end(), word))
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


def learn_genders(
    text: str,
    spans: Sequence[Span],
    explicit: Sequence[Sequence[Mention]],
    known: dict[int, str],
    quotes: tuple[tuple[int, int], ...],
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
            if word not in _PLURAL and not within(match.start(), quotes):
                votes.setdefault(last, Counter())["f" if word in _FEMALE else "m"] += 1
    return {index: counts.most_common(1)[0][0] for index, counts in votes.items()}


def resolve(
    pronoun: Pronoun,
    text: str,
    span: Span,
    here: Sequence[Mention],
    memory: Sequence[Sequence[Mention]],
    genders: dict[int, str],
    children: tuple[int, ...],
) -> Mention | None:
    """Whom a pronoun points at, as a mention of that person elsewhere; None where nobody fits."""
    plural = pronoun.word in _PLURAL
    wanted = "f" if pronoun.word in _FEMALE else "m"
    reflexive = pronoun.word.endswith(("self", "selves"))
    objective = pronoun.word in ("him", "her", "them")

    def fits(mention: Mention) -> bool:
        if mention.role == "writer" or (mention.role == "interpreter" and not mention.gender and children):
            return False
        if plural:
            return len(mention.people) > 1 or (mention.role == "child" and len(children) > 1 and not mention.people)
        if len(mention.people) > 1:
            return False
        return _gender(mention, genders) in ("", wanted)

    known = [m for m in here if m.end <= pronoun.start]
    before = [m for m in known if m.role != "writer"]
    subject = _subject(text, span, known, pronoun)
    local = [m for m in before if fits(m)]
    written = subject is not None and subject.role == "writer"
    met = (
        objective
        and (_BESIDE if written else _MET).search(text[max(span.start, pronoun.start - 20) : pronoun.start]) is not None
    )
    if met:
        child = next(
            (m for group in (before[::-1], *reversed(memory)) for m in group if m.role == "child" and fits(m)), None
        )
        if child is not None:
            return child
    if reflexive and local:
        return local[-1]
    if objective:
        others = [m for m in local if subject is None or (m.people, m.role) != (subject.people, subject.role)]
        if others:
            return next((m for m in reversed(others) if m.role == "child"), others[-1])
    elif local:
        return local[0]
    for earlier in reversed(memory):
        ranked = sorted(earlier, key=lambda m: (m.role == "interpreter", objective and m.role != "child"))
        for mention in ranked:
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


def _subject(text: str, span: Span, known: Sequence[Mention], pronoun: Pronoun) -> Mention | None:
    """Who does the verb of the pronoun's clause, as far as word order tells."""
    start = max((m.end() for m in _CLAUSE.finditer(text, span.start, pronoun.start)), default=span.start)
    own = [m for m in known if m.start >= start]
    if own:
        return own[0]
    opened = _CLAUSE.search(text, span.start, pronoun.start) is not None
    return None if opened and text[start - 2 : start] == ", " else next(iter(known), None)


def _gender(mention: Mention, genders: dict[int, str]) -> str:
    if mention.gender:
        return mention.gender
    known = {genders.get(i, "") for i in mention.people}
    return known.pop() if len(known) == 1 else ""
