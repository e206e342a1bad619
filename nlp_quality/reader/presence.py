"""Presence events: what each labelled sentence says of each child's being seen, and who else was there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nlp_quality.reader import scenes
from nlp_quality.reader.statements import Reading
from nlp_quality.types import ParsedRecord, PresenceEvent, Sentence

_DETAIL_ALONE: Final = re.compile(
    r"\b(?:bedroom|her room|his room|their room|my room|room|school|car|park|garden|library|office|caf[eé]|"
    r"playground|nursery|hall|kitchen|"
    r"lounge|conservatory|walk(?:ed)?|drove|drive|bench|field|corridor|canteen|hospital|ward|bay|step|stairs|"
    r"landing|yard|shop|chip|mcdonald|"
    r"downstairs|upstairs|outside|door|while|whilst|earshot|allotment|mosque|church|centre|hostel|unit|bus|"
    r"tent|van|den|shed|attic|tree|river|beach|rec)\b",
    re.I,
)
_REASON: Final = re.compile(
    r"\b(?:because|as (?:he|she|they|CHILD|PARENT|WRITER|it|there|this)|since|so (?:WRITER|he|she|that|as|"
    r"CHILD)|due to|given|too (?:young|small|shy|upset|ill|unwell|little|tired|frightened)|"
    r"wouldn['’]?t|would not|refused|declined|did(?:n['’]?t| not) want|asked (?:for|to)|preferred|requested|"
    r"insisted|clung|reason|at (?:school|nursery|college|his|her|a friend|work|football)|"
    r"asleep|baby|only \d+ (?:weeks|months)|weeks old|months old|no answer|no reply|not (?:in|at home|answer)|"
    r"refus\w+|missing|hospital|out (?:with|at)|gone to|no access|for (?:his|her) (?:own )?safety|seizure|"
    r"can(?:not|['’]?t)|unable)\b",
    re.I,
)
_FOLLOW_UP: Final = re.compile(
    r"\b(?:alone|on (?:his|her|their|CHILD) own|1[:-]1|one[- ]to[- ]one|separate(?:ly)?|just (?:CHILD|you|us)|"
    r"at school|without|again tomorrow|tomorrow|time with just)\b",
    re.I,
)


def events(parsed: ParsedRecord) -> ParsedRecord:
    """`parsed` with the presence events that its labelled sentences hold, a child at a time."""
    readings: dict[int, list[Reading]] = {}
    for reading in scenes.read(parsed):
        readings.setdefault(reading.sentence, []).append(reading)
    found: list[PresenceEvent] = []
    for sentence in parsed.sentences:
        if sentence.presence == "none":
            continue
        own = readings.get(sentence.index, [])
        if sentence.presence not in {reading.label for reading in own}:
            own = _by_label(sentence, parsed)
        detail = _detail(sentence)
        found.extend(
            PresenceEvent(r.child, r.sentence, r.label, r.companions, r.form, detail)
            for r in own
            if not parsed.people[r.child].unborn
        )
    return replace(parsed, events=tuple(dict.fromkeys(found)))


def _by_label(sentence: Sentence, parsed: ParsedRecord) -> list[Reading]:
    """Readings for a label that the rules did not give: of the children the sentence is about."""
    children = sentence.child_indices or parsed.born_children
    return [Reading(sentence.index, child, sentence.presence, 0.7) for child in children]


def _detail(sentence: Sentence) -> bool:
    if sentence.presence == "seen_alone":
        return _DETAIL_ALONE.search(sentence.marked) is not None
    if sentence.presence == "planned":
        return _FOLLOW_UP.search(sentence.marked) is not None
    return _REASON.search(sentence.marked) is not None
