"""What sentences state outright: form lines, alone and not alone in so many words, not seen, planned, past, by others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nlp_quality.reader import cues, meetings, whereabouts
from nlp_quality.reader.meetings import Setting
from nlp_quality.types import Cue, ParsedRecord, Sentence

_NOT: Final = re.compile(r"\b(?:not|never|refus\w+|declin\w+|unwilling|reluctant)\b|n['’]t\b", re.I)
_AHEAD: Final = re.compile(r"\b(?:to be|will|should|must|needs? to|due to|hop(?:e|ed|ing) to)\b", re.I)
_NO_CHANCE: Final = re.compile(r"\b(?:no|never|without)\b(?:\s+\w+){0,3}\s*$", re.I)
_INFERRED: Final = (
    "presence.child_elsewhere",
    "presence.child_away",
    "presence.no_access",
    "presence.by_phone",
    "presence.left_to_sleep",
)  # not said, but meant


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence says of one child.

    Attributes:
        label: one of `scheme.PRESENCE`.
        probability: how surely.
        companions: roles of those who were there.
        form: from a form line.
    """

    sentence: int
    child: int
    label: str
    probability: float
    companions: tuple[str, ...] = ()
    form: bool = False


def stated(sentence: Sentence, parsed: ParsedRecord, how: Setting) -> tuple[Reading, ...]:
    """What the cues state: forms, alone and not alone in so many words, not seen, planned, past, by others."""
    out: list[Reading] = []
    own = [c for c in sentence.cues if c.id.startswith("presence.")]
    if not own:
        return ()
    marked = whereabouts.unquoted(sentence.marked)
    today = "today" in {kind for kind, _, _ in meetings.triggers(marked)}
    lines = [c for c in own if cues.by_id(c.id).form]
    for cue in lines or own:
        form = bool(lines)
        if not form and (sentence.function == "admin" or cues.matches(cues.by_id(cue.id), marked) is None):
            continue
        label = cue.label if form else _asserted(cue, sentence, how, today=today)
        if label == "seen_alone" and not form and _of_other(sentence, cue):
            label = None
        if label is not None:
            sure = 0.85 if form else 0.7 if cue.id in _INFERRED else 0.9
            out.extend(
                Reading(sentence.index, child, label, sure, form=form)
                for child in _whom(sentence, parsed, cue, form=form)
            )
    return tuple(dict.fromkeys(out))


def _asserted(cue: Cue, sentence: Sentence, how: Setting, *, today: bool) -> str | None:
    sighting = cue.label in ("seen_alone", "seen_unclear")
    if cue.label in ("planned", "by_other"):
        return None if cue.negated else cue.label
    if cue.label == "past_contact":
        return None if today or how.dated else cue.label
    if cue.historical and not today and not how.dated:
        return "past_contact"
    if (sighting or cue.label == "not_seen") and meetings.ahead(sentence, cue.start):
        return "planned" if sighting else None
    if cue.negated and sighting:
        return None
    start = cue.start - sentence.start
    inside = sentence.text[start : cue.end - sentence.start]
    refused = _NOT.search(inside) or _NO_CHANCE.search(sentence.text[max(0, start - 32) : start])
    if cue.label == "seen_alone" and refused:
        return "seen_not_alone"
    if cue.label == "seen_alone" and _AHEAD.search(inside):
        return "planned"
    if sighting and meetings.reported(sentence, cue.start):
        return "by_other"
    if how.agency or (how.relayed and not re.search(r"\b(?:I|we|me|us)\b", sentence.text)):
        return "by_other"
    return cue.label


def _of_other(sentence: Sentence, cue: Cue) -> bool:
    """True when it is an adult who is alone with the child, or somebody else who saw the child."""
    earlier = [m for m in sentence.mentions if cue.start - 40 < m.end <= cue.start + 1 and m.role != "child"]
    return (
        bool(earlier)
        and earlier[-1].role in whereabouts.OTHERS
        and not any(m.role == "writer" and cue.start <= m.start < cue.start + 24 for m in sentence.mentions)
    )


def _whom(sentence: Sentence, parsed: ParsedRecord, cue: Cue, *, form: bool) -> tuple[int, ...]:
    named = [m for m in sentence.mentions if m.role == "child"]
    inside = [m for m in named if cue.start <= m.start < cue.end]
    if inside and len(named) > len(inside):
        last = max(m.end for m in inside)
        inside += [m for m in named if 0 < m.start - last < 8]  # `or Mia`
    own = tuple(dict.fromkeys(i for m in (inside or named) for i in m.people))
    if own:
        return tuple(i for i in own if not parsed.people[i].unborn)
    return parsed.born_children if form or not sentence.child_indices else sentence.child_indices
