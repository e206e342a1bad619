"""The corpus as the network reads it: windows of token ids with the labels of each sentence, and of each child."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nlp_quality import corpus
from nlp_quality.encoder import ALL_HEADS, HEADS
from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.reader import Reader
from nlp_quality.types import ParsedRecord, Sentence
from nlp_quality.windows import Tokens, Window

UNKNOWN: Final = -100  # a label that nobody gave; the loss passes over it
MISREAD: Final = 0.06  # share of sentences whose bearing on a child's being seen is taken wrongly, as a model will
SKIPPED: Final = 0.5  # share of children not asked about in one epoch: each is asked about often enough
FIRM: Final = 0.9  # bearing of a sentence that a label says bears on it
_CLEAR: Final = ("seen_alone", "seen_not_alone", "not_seen")


@dataclass(frozen=True, slots=True)
class Example:
    """A window and, for each row pooled from it, its labels by head: an index, or a row of 0 and 1; unknown left out."""

    window: Window
    labels: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled record with what the reader makes of it."""

    row: Labelled
    parsed: ParsedRecord


def read(split: str, reader: Reader, *, folder: Path, kinds: Sequence[str] = corpus.KINDS) -> list[Read]:
    """A split's records and passages, read."""
    return [
        Read(row, reader.read(row.record)) for kind in kinds for row in corpus.read(split, kind=kind, folder=folder)
    ]


def sentences(items: Iterable[Read], tokens: Tokens) -> Iterator[Example]:
    """Windows of sentences with their labels."""
    for item in items:
        found = [targets(labels) for _, labels in aligned(item.row, item.parsed.sentences)]
        for window in tokens.windows(item.parsed):
            yield Example(window, tuple(found[index] for index, _, _ in window.places))


def questions(items: Iterable[Read], tokens: Tokens, *, chance: random.Random | None = None) -> Iterator[Example]:
    """The window of each labelled child with what is known of their being seen.

    Args:
        chance: where given, a half of the children are drawn, and for each a few sentences are taken to bear on it that do
            not, or the other way round.
    """
    for item in items:
        shown = [labels.get("presence", "none") != "none" for _, labels in aligned(item.row, item.parsed.sentences)]
        for child, entry in children(item):
            if chance is not None and chance.random() < SKIPPED:
                continue
            bearing = [_bearing(bears, chance) for bears in shown]
            yield Example(tokens.question(item.parsed, child, bearing), (seen_targets(item.row, entry),))


def _bearing(bears: bool, chance: random.Random | None) -> float:
    if chance is None:
        return FIRM * bears
    return FIRM * (bears != (chance.random() < MISREAD)) + (1 - FIRM) * chance.random()


def children(item: Read) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each labelled child who is born, as an index into the people read, with their entry."""
    known = {item.parsed.people[i].name: i for i in item.parsed.children}
    lone = item.parsed.children[0] if len(item.parsed.children) == len(item.row.seen) == 1 else None
    for entry in item.row.seen:
        child = known.get(entry["child"], lone)
        if child is not None and not item.parsed.people[child].unborn:
            yield child, dict(entry)


def seen_targets(row: Labelled, entry: dict[str, Any]) -> dict[str, Any]:
    """What is known of a child's being seen, as the loss wants it; `explained` only where the record's level tells."""
    status = entry["status"]
    out: dict[str, Any] = {"status": ALL_HEADS["status"].index(status)}
    if status == "seen_not_alone":
        out["companions"] = [float(name in entry.get("companions", ())) for name in ALL_HEADS["companions"]]
    level = row.levels.get("seen_alone")
    if level in (2, 3) and all(e["status"] in _CLEAR for e in row.seen) and (level == 3 or len(row.seen) == 1):
        out["explained"] = [float(level == 3)]
    return out


def aligned(row: Labelled, found: Sequence[Sentence]) -> Iterator[tuple[Sentence, dict[str, Any]]]:
    """Each sentence as read, with the labels of the labelled sentence that shares most characters with it."""
    for sentence in found:
        best: dict[str, Any] = {}
        shared = 0
        for gold in row.sentences:
            common = min(sentence.end, gold.end) - max(sentence.start, gold.start)
            if common > shared:
                best, shared = dict(gold.labels), common
        yield sentence, best


def targets(labels: dict[str, Any]) -> dict[str, Any]:
    """A sentence's labels as the loss wants them: an index, or a row of 0 and 1; heads without a label left out."""
    out: dict[str, Any] = {}
    for head, names in HEADS.items():
        given = labels.get(head)
        if isinstance(given, str):
            out[head] = names.index(given)
        elif given is not None:
            out[head] = [float(name in given) for name in names]
    return out
