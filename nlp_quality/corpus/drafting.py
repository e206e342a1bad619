"""Records laid out for annotation: sentences split, children listed, every label still to give.

The tool's own answers are never shown: an annotator who sees them agrees with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from nlp_quality.formats import Source
from nlp_quality.formats.sources import BadRecord
from nlp_quality.reader import Reader
from nlp_quality.record import Record


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to annotate: `sentences` as (start, end, paragraph), `children` by name."""

    id: str
    record: Record
    text: str
    sentences: tuple[tuple[int, int, int], ...]
    children: tuple[str, ...]


def drafts(items: Iterable[Source | BadRecord], reader: Reader) -> Iterator[Draft]:
    """Drafts of the records that can be read, in order; a record without an id is numbered."""
    for number, item in enumerate(items, start=1):
        if isinstance(item, BadRecord):
            continue
        parsed = reader.read(item.record)
        yield Draft(
            id=item.record.id or f"record-{number}",
            record=item.record,
            text=parsed.text,
            sentences=tuple((s.start, s.end, s.paragraph) for s in parsed.sentences),
            children=tuple(parsed.people[i].name for i in parsed.children),
        )


def people_rows(record: Record) -> list[dict[str, Any]] | None:
    """The people of a record as the contract's list; None where they are to be inferred."""
    if record.people is None:
        return None
    rows = []
    for person in record.people:
        row: dict[str, Any] = {"name": person.name, "role": person.role}
        if person.age is not None:
            row["age"] = person.age
        if person.unborn:
            row["unborn"] = True
        if person.aliases:
            row["aliases"] = list(person.aliases)
        rows.append(row)
    return rows
