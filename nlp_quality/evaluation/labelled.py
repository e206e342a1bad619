"""Labelled records: the contract's JSON Lines form, with its sentences placed in the text they make up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats.json_text import parse_json
from nlp_quality.formats.records import record_from_mapping
from nlp_quality.record import Record


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A labelled sentence and its place in the record's text."""

    start: int
    end: int
    labels: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A record with what is known of it; whatever was not labelled is empty."""

    record: Record
    sentences: tuple[GoldSentence, ...]
    levels: Mapping[str, int | None]
    seen: tuple[Mapping[str, Any], ...]
    group: str


def read_labelled(path: Path) -> Iterator[Labelled]:
    """Labelled records of a JSON Lines file, lazily.

    Raises:
        UnreadableInput: the file is missing, or a line is no labelled record; the line is named, its text is not.
    """
    if not path.is_file():
        raise UnreadableInput("no_such_file", "There is no labelled file of that name.")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = parse_json(line)
                if not isinstance(row, Mapping):
                    raise UnreadableInput("invalid_labels", f"Line {number} is no labelled record.")
                yield _labelled(row)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UnreadableInput("invalid_labels", f"Line {number} is no labelled record.") from error
            except InvalidRecord as error:
                raise UnreadableInput("invalid_labels", f"Line {number}: {error.message}") from error


def _labelled(row: Mapping[str, Any]) -> Labelled:
    record = record_from_mapping(row)
    return Labelled(
        record=record,
        sentences=tuple(_placed(row.get("sentences", ()))),
        levels=dict(row.get("levels", {})),
        seen=tuple(row.get("seen", ())),
        group=str(row.get("author", row.get("capability", ""))),
    )


def _placed(rows: Sequence[Mapping[str, Any]]) -> Iterator[GoldSentence]:
    """Sentences of one `para` are joined by one space, paragraphs by a blank line."""
    at = 0
    before: Mapping[str, Any] | None = None
    for row in rows:
        if before is not None:
            at += 1 if row["para"] == before["para"] else 2
        yield GoldSentence(at, at + len(row["text"]), row)
        at += len(row["text"])
        before = row
