"""Presence labels of sentences by rule: the first of the scheme's order that the sentence asserts of any child."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from nlp_quality.reader import cues, scenes
from nlp_quality.scheme import PRESENCE
from nlp_quality.types import Cue, ParsedRecord, Sentence

SURE: Final = 0.9
UNSURE: Final = 0.7  # below this the trained model leaves `seen_alone` to the rules, if they are as sure as this
_DENIAL: Final = re.compile(
    r"\b(?:not|never|refus\w+|declin\w+|unable|unwilling|reluctant|without|prefer\w+|rather|want\w*|ask\w*|to be)\b|n['’]t\b",
    re.I,
)
# Cues that state it outright.
STATED: Final = frozenset(("presence.alone_stated", "presence.alone_by_writer", "presence.alone_short"))


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


def settle(by_rule: ParsedRecord, by_model: ParsedRecord) -> ParsedRecord:
    """The trained model's labels, the rules' presence kept where it is certain.

    A form line says what it says, and so does an outright statement; where the model is unsure and the rules find
    everybody else away, they decide. Everything else is the model's.
    """
    pairs = zip(by_rule.sentences, by_model.sentences, strict=True)
    return replace(by_model, sentences=tuple(_settled(rule, model) for rule, model in pairs))


def _settled(rule: Sentence, model: Sentence) -> Sentence:
    label = rule.presence
    if label in ("none", model.presence):
        return model
    form = any(cues.by_id(cue.id).form for cue in rule.cues)
    stated = any(
        cue.id in STATED and cue.asserted and cue.label == label and not _denied(rule, cue) for cue in rule.cues
    )
    sure = rule.probability(label) >= UNSURE > model.probability(model.presence)
    if form or stated or (label == "seen_alone" and sure):
        return replace(
            model, presence=label, probabilities={**model.probabilities, "presence": rule.probabilities["presence"]}
        )
    return model


def _denied(sentence: Sentence, cue: Cue) -> bool:
    """True where the statement holds its own denial: `she refused to be seen alone`."""
    return _DENIAL.search(sentence.text[cue.start - sentence.start : cue.end - sentence.start]) is not None


def _spread(chosen: str, probability: float) -> Mapping[str, float]:
    rest = round((1 - probability) / (len(PRESENCE) - 1), 4)
    return {name: round(probability, 4) if name == chosen else rest for name in PRESENCE}
