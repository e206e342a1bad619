"""Where everybody but the child is said to be: there with the child, or away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from nlp_quality.reader.frames import compile_pattern, frames
from nlp_quality.reader.mentions import MARKERS
from nlp_quality.reader.pronouns import quoted_spans
from nlp_quality.types import Mention, ParsedRecord, Sentence

OTHERS: Final = ("parent", "carer", "relative", "partner", "sibling", "professional", "other")
_CLAUSE: Final = re.compile(
    r"[.;:!?]|,\s|\s[-–—]\s|\b(?:and|but|while|whilst|when|so|because|cos|as|then|although|though|after|"
    r"before|until|till|if)\b"
)
_STOP: Final = re.compile(r"[.;!?]|\bbut\b|\s[-–—]\s")
_JOINED: Final = re.compile(
    r"^(?:\s*,)?\s*(?:and|&|,)\s+(?:(?:her|his|their|your|the|my|a|two|both|little|big|baby|grown[- ]up|older|"
    r"younger|other)\s+)*$"
)
_BODY: Final = re.compile(
    r"^['’]?s?['’]?\s+(?:lap|knees?|arms?|hip|hands?|shoulders?|side|legs?|chest|sleeve|neck|skirt|feet|foot|"
    r"hair|elbow|coat|jumper|"
    r"breast|presence|company|back|face|apron|sari|finger|thumb|eyes?|voice|tail)\b"
)
_POSSESSIVE: Final = re.compile(r"^['’]s?\s+(?!(?:been|got|had|not|still|gone|just|there|in|at|out|on|up|down|now)\b)")
_PAIRED: Final = re.compile(r"\bCHILD,?\s*(?:and|&|\+)\s+(?:(?:her|his|their|the|little|big|older|younger)\s+)*$")
_NONE_OF: Final = re.compile(r"\b(?:no|nor|neither|without|none of)\s+(?:(?:her|his|their|the|any|other)\s+)*$", re.I)
_ALONGSIDE: Final = re.compile(r"\bCHILD(?:REN)? with (?:(?:her|his|their|the|both|foster)\s+)*$")
_RANK: Final = {"denied": 300, "then": 200, "later": -150}  # which reading holds, where frames differ
_NAMED: Final = re.compile(r"^ [A-Z][\w'’-]+(?=,| )(?<! I)")
_REFLEXIVE: Final = re.compile(r"(?:him|her|them|my|your)sel(?:f|ves)$", re.I)
_ASIDE: Final = re.compile(r"^\s*(?:,[^,.;]{2,90},\s|\([^)]*\)\s)")
_LASTING: Final = re.compile(
    r"\b(?:throughout|t/out|whole (?:time|visit|hour|way)|start to finish|beginning to end|all (?:the )?time|"
    r"all of it|entire|never|"
    r"at no (?:point|time)|until WRITER left|(?:did not|didn['’]t|wouldn['’]t|would not) (?:leave|move|budge))\b"
)
_INTERPRETS: Final = re.compile(
    r"^,?\s*(?:\(|our |the |who |is |was |an? |\w+ )*(?:INTERPRETER|interpret|sign(?:s|ed|er|ing)\b|translat|"
    r"in English|put(?:ting)? (?:it )?in(?:to)? English)"
)
_INTERPRETING: Final = re.compile(r"(?:INTERPRETER|signer|interpreter),?\s*$")


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody said to be with the child or away.

    Attributes:
        sentence, at: where it is said; `at` is an offset in the marked sentence.
        who: the same for the same person: indices of `people`, or role and gender.
        role: of the mention; `group` for "the others".
        there: with the child, or away.
        lasting: said of the whole visit.
    """

    sentence: int
    at: int
    who: tuple[object, ...]
    role: str
    there: bool
    lasting: bool = False


def positions(sentence: Sentence) -> tuple[tuple[int, int, Mention], ...]:
    """Each mention with its marker's place in the marked sentence."""
    out = []
    shift = 0
    for mention in sentence.mentions:
        marker = "CHILDREN" if mention.role == "child" and len(mention.people) > 1 else MARKERS[mention.role]
        start = mention.start - sentence.start + shift
        out.append((start, start + len(marker), mention))
        shift += len(marker) - (mention.end - mention.start)
    return tuple(out)


def unquoted(marked: str) -> str:
    """The sentence with what stands between quotation marks blotted out, its length kept."""
    for start, end in quoted_spans(marked):
        marked = marked[:start] + "~" * (end - start) + marked[end:]
    return marked


def interpreters(parsed: ParsedRecord) -> frozenset[int]:
    """People who are there only so that the child can be understood."""
    found: set[int] = set()
    for sentence in parsed.sentences:
        for start, end, mention in positions(sentence):
            beside = _INTERPRETS.search(sentence.marked[end:]) or _INTERPRETING.search(sentence.marked[:start])
            if mention.role == "professional" and beside:
                found.update(mention.people)
    return frozenset(found)


def placed(sentence: Sentence, aside: frozenset[int] = frozenset()) -> tuple[Placed, ...]:
    """Who the sentence puts where, in order; `aside` are people who do not count."""
    spots = positions(sentence)
    marked = unquoted(sentence.marked)
    out: list[Placed] = []
    following: bool | None = None
    for number in range(len(spots) - 1, -1, -1):
        start, end, mention = spots[number]
        if mention.role not in OTHERS or (mention.people and set(mention.people) <= aside):
            following = None if mention.role not in OTHERS else following
            continue
        if _REFLEXIVE.match(sentence.text, mention.start - sentence.start, mention.end - sentence.start):
            continue
        stop = _STOP.search(marked, end)
        after = marked[end : min(stop.start() if stop else len(marked), end + 110)]
        following_start = spots[number + 1][0] if number + 1 < len(spots) else len(marked)
        there = _read(marked, start, after, spots[:number])
        if there is None and following is not None and _JOINED.match(marked[end:following_start]):
            there = following
        following = there
        if there is not None:
            who: tuple[object, ...] = mention.people or (mention.role, mention.gender)
            lasting = there and _LASTING.search(marked) is not None
            out.append(Placed(sentence.index, start, who, mention.role, there, lasting))
    out.extend(_groups(sentence))
    return tuple(sorted(out, key=lambda place: place.at))


@cache
def _group_pattern() -> re.Pattern[str]:
    return compile_pattern(r"\b{group}\b")


def _groups(sentence: Sentence) -> list[Placed]:
    """`The others`, `everybody else`: read like a person."""
    out = []
    for match in _group_pattern().finditer(sentence.marked):
        stop = _STOP.search(sentence.marked, match.end())
        after = re.sub(r"^ else\b", "", sentence.marked[match.end() : stop.start() if stop else len(sentence.marked)])
        there = _read(sentence.marked, match.start(), after, ())
        if there is not None:
            out.append(Placed(sentence.index, match.start(), ("group",), "group", there, False))
    return out


def _read(marked: str, start: int, after: str, earlier: Sequence[tuple[int, int, Mention]]) -> bool | None:
    """Whether somebody mentioned at `start` is there (True), away (False) or neither is said (None)."""
    after = _NAMED.sub("", after)
    if _BODY.match(after):
        return True
    if _POSSESSIVE.match(after):
        return None
    if _NONE_OF.search(marked[:start]):
        return False
    aside = _ASIDE.match(after)
    if aside is not None:
        there = _read("", 0, after[aside.end() - 1 :], ())
        if there is not None:
            return there
    if _ALONGSIDE.search(marked[:start]) and not re.match(r"\s+(?:gone|out\b|away\b|upstairs|downstairs)", after):
        return True
    best: tuple[int, bool] | None = None
    for label, there in (("there", True), ("away", False)):
        for frame in frames(label):
            if frame.id.endswith("_before"):
                continue
            match = frame.regex.match(after)
            if match is None:
                continue
            length = match.end() + _RANK.get(frame.id.rsplit("_", 1)[1], 0)
            if best is None or length > best[0]:
                best = (length, there)
    if best is not None:
        return best[1]
    clause = max((m.end() for m in _CLAUSE.finditer(marked, 0, start)), default=0)
    before = marked[clause:start]
    if _PAIRED.search(marked[:start]):
        return True
    near = [m for s, _, m in earlier if s >= clause]
    for label, there in (("away", False), ("there", True)):
        for frame in frames(label):
            if frame.id.endswith("_before") and frame.regex.search(before):
                return there if _attaches(near, there=there, marked=marked) else None
    return None


def _attaches(near: Sequence[Mention], *, there: bool, marked: str) -> bool:
    """True when `with X` says something of the child, not of the writer alone (`WRITER spoke with PARENT`)."""
    if not there:
        return True
    if near and near[-1].role in ("writer", *OTHERS):
        return any(m.role == "child" for m in near)
    return bool(near) or "CHILD" in marked or "WRITER" in marked
