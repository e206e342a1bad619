"""Presence labels of sentences by rule: the first of the scheme's order that the sentence asserts of any child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from nlp_quality.reader import scenes
from nlp_quality.scheme import PRESENCE
from nlp_quality.types import ParsedRecord

SURE: Final = 0.9


def label(parsed: ParsedRecord) -> ParsedRecord:
    """`parsed`, whose sentences have their functions, with the presence label of each."""
    found: dict[int, dict[str, float]] = {}
    for reading in scenes.read(parsed):
        own = found.setdefault(reading.sentence, {})
        own[reading.label] = max(own.get(reading.label, 0.0), reading.probability)
    out = []
    for sentence in parsed.sentences:
        own = found.get(sentence.index, {})
        presence = next((name for name in PRESENCE if name in own), "none")
        probabilities = {**sentence.probabilities, "presence": _spread(presence, own.get(presence, SURE))}
        out.append(replace(sentence, presence=presence, probabilities=probabilities))
    return replace(parsed, sentences=tuple(out))


def _spread(chosen: str, probability: float) -> Mapping[str, float]:
    rest = round((1 - probability) / (len(PRESENCE) - 1), 4)
    return {name: round(probability, 4) if name == chosen else rest for name in PRESENCE}
