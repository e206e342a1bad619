"""What the dimensions share: sentences as evidence, what is said of them, and names in plain English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from nlp_quality.levels import TOP
from nlp_quality.record import Person
from nlp_quality.types import Evidence, Finding, ParsedRecord, Prompt, Sentence

SUREST: Final = 3  # sentences a label's probabilities are taken from
MOST: Final = 12  # spans a dimension shows; the strongest first chosen, then in the order of the text


def of_sentence(sentence: Sentence, label: str) -> Evidence:
    """A sentence as evidence of one of its labels."""
    return Evidence(sentence.start, sentence.end, sentence.text, label, sentence.probability(label))


def backing(parsed: ParsedRecord, labels: Sequence[str]) -> tuple[Evidence, ...]:
    """Sentences that carry one of `labels`, each once with the first it carries, at most `MOST`, in text order."""
    found = []
    for sentence in parsed.sentences:
        own = {sentence.function, sentence.presence, *sentence.voice, *sentence.capacity}
        label = next((name for name in labels if name in own), None)
        if label is not None:
            found.append(of_sentence(sentence, label))
    chosen = sorted(found, key=lambda e: (labels.index(e.label), -e.probability, e.start))[:MOST]
    return tuple(sorted(chosen, key=lambda e: e.start))


def backed(parsed: ParsedRecord, level: int, labels: Sequence[str]) -> tuple[Evidence, ...]:
    """The spans behind `level`: none at 0; else `backing`, or the sentence most like the first label if none has one."""
    if level == 0:
        return ()
    found = backing(parsed, labels)
    if found:
        return found
    best = max(parsed.sentences, key=lambda s: (s.probability(labels[0]), -s.index))
    return (of_sentence(best, labels[0]),)


def surest(parsed: ParsedRecord, labels: Iterable[str]) -> dict[str, float]:
    """For each label, how probable it is in the sentences likeliest to carry it, so that near misses count for something."""
    out = {}
    for label in labels:
        found = sorted((s.probability(label) for s in parsed.distinct_sentences), reverse=True)
        for place in range(SUREST):
            out[f"{TOP}{label}.{place + 1}"] = found[place] if place < len(found) else 0.0
    return out


def ask(
    parsed: ParsedRecord, code: str, *, at: Sentence | None = None, baby: bool = False, **values: str
) -> tuple[Prompt, ...]:
    """The prompt of that code, about `at` where it is about a sentence; none where the code is turned off."""
    if not parsed.words.on(code):
        return ()
    message = parsed.words[code].say(baby=baby, **values)
    return (Prompt(code, message, *((at.start, at.end) if at else (None, None))),)


def comment(parsed: ParsedRecord, code: str, sentences: Iterable[Sentence]) -> tuple[Finding, ...]:
    """The finding of that code on each of the sentences; none where the code is turned off."""
    wording = parsed.words[code]
    if not parsed.words.on(code):
        return ()
    severity = wording.severity or "suggestion"
    return tuple(Finding(s.start, s.end, wording.dimension, code, severity, wording.say()) for s in sentences)


def call(person: Person) -> str:
    """How a message names a child: the first name, or `the child`."""
    name = person.name.split()[0]
    return "the child" if name == "unknown" else person.name if name.lower() in ("unborn", "baby") else name


def listed(names: Iterable[str]) -> str:
    """Names as a phrase: `Mia`, `Mia and Amir`, `Mia, Amir and Bo`."""
    *most, last = list(names)
    return f"{', '.join(most)} and {last}" if most else last
