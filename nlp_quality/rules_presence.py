"""Presence labels of sentences: whether each shows the writer meeting a child, and alone or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from nlp_quality.reader import cues
from nlp_quality.reader.mentions import quoted_spans
from nlp_quality.scheme import PRESENCE
from nlp_quality.types import Cue, ParsedRecord, Sentence

SURE: Final = 0.9
LIKELY: Final = 0.75
_CONTACT: Final = ("seen_alone", "seen_not_alone", "seen_unclear")

# Cues that say how a meeting was held but are no meeting of their own: they colour the sighting beside them.
CIRCUMSTANCES: Final = frozenset(
    (
        "presence.alone_nobody_else",
        "presence.alone_adult_elsewhere",
        "presence.alone_adult_left",
        "presence.alone_apart",
    )
)


def _presence(sentence: Sentence, parsed: ParsedRecord, quotes: tuple[tuple[int, int], ...]) -> str:
    found = [c for c in sentence.cues if c.label in PRESENCE and not any(a <= c.start < b for a, b in quotes)]
    today = any(cues.patterns("context")[-1].regex.search(sentence.marked) for _ in (0,))
    labels = set()
    for cue in found:
        historical = cue.historical and not today
        stated_no = cue.label in ("seen_not_alone", "not_seen")
        if cue.label in ("planned", "by_other"):
            if not cue.negated:
                labels.add(cue.label)
        elif cue.label == "past_contact":
            if not today:
                labels.add("past_contact")
        elif historical and not cues.by_id(cue.id).form:
            labels.add("past_contact")
        elif cue.hypothetical and not stated_no and not cues.by_id(cue.id).form:
            if cue.label in _CONTACT and re.search(r"\bCHILD", sentence.marked):
                labels.add("planned")
        elif cue.negated and cue.label in _CONTACT and not stated_no:
            continue
        elif cue.hypothetical and cue.label == "seen_not_alone" and "to be" not in sentence.marked:
            continue
        elif cue.id in CIRCUMSTANCES:
            if _shows_meeting(sentence):
                labels.add(cue.label)
        elif (
            cue.label in ("seen_alone", "seen_not_alone")
            and not cues.by_id(cue.id).form
            and not _concerns_child(sentence, cue)
        ):
            continue
        else:
            labels.add(cue.label)
    if "past_contact" in labels and labels & set(_CONTACT) and not today:
        labels -= set(_CONTACT)
    if (
        parsed.record.record_type in ("supervision", "meeting")
        and labels & {*_CONTACT, "not_seen"}
        and "WRITER" not in sentence.marked
    ):
        labels = (labels - {*_CONTACT, "not_seen"}) | {"by_other"}
    return next((name for name in PRESENCE if name in labels), "none")


def _shows_meeting(sentence: Sentence) -> bool:
    return (
        re.search(r"\b(?:CHILD|CHILDREN)\b|\b(?:us|we)\b|WRITER", sentence.marked) is not None
        and re.search(
            r"\b(?:saw|seen|met|spoke|spoken|talk(?:ed|ing)?|chat(?:ted)?|told|asked|showed|said|sat|played|drew|walked|went|visited|"
            r"conversation|session|answered|read|built|made|with (?:WRITER|CHILD|me))\b",
            sentence.marked,
        )
        is not None
        and re.search(r"\b(?:CHILD|CHILDREN)\b", sentence.marked) is not None
    )


def _concerns_child(sentence: Sentence, cue: Cue) -> bool:
    """True when a child is in the sentence, or it leans on the one before (`Seen alone in the hall.`)."""
    return (
        bool(sentence.child_indices)
        or any(m.role == "child" for m in sentence.mentions)
        or cue.id == "presence.alone_short"
    )


def _scenes(sentences: tuple[Sentence, ...], parsed: ParsedRecord) -> tuple[Sentence, ...]:
    """Sightings that do not say so themselves take alone or not from the scene they stand in."""
    out = list(sentences)
    short = len(sentences) <= 8
    for index, sentence in enumerate(sentences):
        if sentence.presence != "seen_unclear" or _is_form(sentence.cues):
            continue
        scene = [
            other
            for other in sentences
            if other.index != index
            and (other.paragraph == sentence.paragraph or short)
            and abs(other.index - index) <= 6
            and not _is_form(other.cues)
        ]
        about = set(sentence.child_indices)
        taken = None
        for other in sorted(scene, key=lambda s: abs(s.index - index)):
            if other.presence in ("seen_alone", "seen_not_alone") and (not about or about & set(other.child_indices)):
                taken = other.presence
                break
            circumstance = next((c for c in other.cues if c.id in CIRCUMSTANCES and c.asserted), None)
            if (
                circumstance is not None
                and other.presence in ("none", "seen_unclear")
                and abs(other.index - index) <= 2
            ):
                taken = "seen_alone"
                break
        if taken is not None:
            probabilities = {**sentence.probabilities, "presence": _one(PRESENCE, taken, LIKELY)}
            out[index] = replace(sentence, presence=taken, probabilities=probabilities)
    return tuple(out)


def label(parsed: ParsedRecord) -> ParsedRecord:
    """`parsed` with the presence label of every sentence."""
    quotes = quoted_spans(parsed.text)
    out = []
    for s in parsed.sentences:
        presence = _presence(s, parsed, quotes) if s.function != "admin" or _is_form(s.cues) else "none"
        out.append(
            replace(s, presence=presence, probabilities={**s.probabilities, "presence": _one(PRESENCE, presence, SURE)})
        )
    return replace(parsed, sentences=_scenes(tuple(out), parsed))


def _is_form(found: tuple[Cue, ...]) -> bool:
    return any(cues.by_id(c.id).form for c in found)


def _one(labels: Mapping[str, str], chosen: str, probability: float) -> dict[str, float]:
    rest = round((1 - probability) / (len(labels) - 1), 4)
    return {name: probability if name == chosen else rest for name in labels}
