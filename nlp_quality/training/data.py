"""The corpus as the network reads it: windows of token ids with the labels of each sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nlp_quality import corpus
from nlp_quality.encoder import HEADS, Window, role_text, windows
from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.reader import Reader
from nlp_quality.types import Sentence

UNKNOWN: Final = -100  # a label that nobody gave; the loss passes over it


@dataclass(frozen=True, slots=True)
class Example:
    """A window and, for each sentence in it, its labels by head: an index, or a row of 0 and 1; None where not given."""

    window: Window
    labels: tuple[dict[str, Any], ...]


def examples(rows: Iterable[Labelled], reader: Reader, tokenizer: Any) -> Iterator[Example]:
    """Windows of labelled records, split at the labelled sentences."""
    first, between = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    for row in rows:
        parsed = reader.read(row.record)
        found = list(aligned(row, parsed.sentences))
        encoded = tokenizer.encode_batch([role_text(s.marked) for s, _ in found], add_special_tokens=False)
        entries = [(i, s.paragraph, e.ids) for i, ((s, _), e) in enumerate(zip(found, encoded, strict=True))]
        for window in windows(entries, first=first, between=between):
            yield Example(window, tuple(targets(found[index][1]) for index, _, _ in window.places))


def aligned(row: Labelled, sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, dict[str, Any] | None]]:
    """Each sentence as read, with the labels of the labelled sentence that shares most characters with it."""
    for sentence in sentences:
        best, shared = None, 0
        for gold in row.sentences:
            common = min(sentence.end, gold.end) - max(sentence.start, gold.start)
            if common > shared:
                best, shared = dict(gold.labels), common
        yield sentence, best


def targets(labels: dict[str, Any] | None) -> dict[str, Any]:
    """Labels as the loss wants them: an index, a row of 0 and 1, or None where nobody gave any."""
    if labels is None:
        return dict.fromkeys(HEADS)
    out: dict[str, Any] = {}
    for head, names in HEADS.items():
        given = labels.get(head)
        if given is None:
            out[head] = None
        elif isinstance(given, str):
            out[head] = names.index(given)
        else:
            out[head] = [float(name in given) for name in names]
    return out


def load(split: str, reader: Reader, tokenizer: Any, *, folder: Path) -> list[Example]:
    """All windows of a split: records, then presence passages."""
    return [
        example
        for kind in corpus.KINDS
        for example in examples(corpus.read(split, kind=kind, folder=folder), reader, tokenizer)
    ]
