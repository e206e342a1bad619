"""What a row of a batch holds, sealed: the record until it is scored, then one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from api.store.keys import KeyRing, SealBroken
from nlp_quality.formats.output import json_line
from nlp_quality.formats.sources import BadRecord
from nlp_quality.record import Person, Record

UNREADABLE: Final = BadRecord(
    id=None, code="unreadable", field=None, message="the row can no longer be read: its key is gone.", line=None
)


@dataclass(frozen=True, slots=True)
class Options:
    """How the scorecards of a batch are written.

    Attributes:
        detail: `full` or `summary`.
        offsets: `codepoint`, `utf-16` or `utf-8`.
        dimensions: those to include; all when None.
    """

    detail: str = "full"
    offsets: str = "codepoint"
    dimensions: tuple[str, ...] | None = None

    def dump(self) -> str:
        """As text for the database."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Options:
        """What `dump` wrote."""
        found = json.loads(text)
        wanted = found["dimensions"]
        return cls(found["detail"], found["offsets"], None if wanted is None else tuple(wanted))


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a batch and the line of the upload it stood on."""

    record: Record
    line: int | None

    def dump(self) -> bytes:
        """As bytes to be sealed."""
        return json.dumps({"record": asdict(self.record), "line": self.line}, ensure_ascii=False).encode()

    @classmethod
    def load(cls, data: bytes) -> Row:
        """What `dump` wrote."""
        found = json.loads(data)
        fields: dict[str, Any] = found["record"]
        people = fields.pop("people")
        if people is not None:
            people = tuple(Person(**person | {"aliases": tuple(person["aliases"])}) for person in people)
        return cls(Record(**fields, people=people), found["line"])


def seal_row(keys: KeyRing, batch_id: str, row: int, data: bytes) -> bytes:
    """The record of a row, sealed: it opens as that row of that batch alone."""
    return keys.seal(data, place=place_of(batch_id, row, "record"))


def open_row(keys: KeyRing, batch_id: str, row: int, sealed: bytes) -> Row:
    """The record of a row.

    Raises:
        SealBroken: it cannot be opened.
    """
    return Row.load(keys.open(sealed, place=place_of(batch_id, row, "record")))


def seal_result(keys: KeyRing, batch_id: str, row: int, result: Mapping[str, Any]) -> bytes:
    """A scorecard, or the error in its place, sealed."""
    return keys.seal(json_line(result).encode(), place=place_of(batch_id, row, "result"))


def open_result(keys: KeyRing, batch_id: str, row: int, sealed: bytes) -> bytes:
    """The line of JSON that `seal_result` was given; an error in its place where it cannot be opened."""
    try:
        return keys.open(sealed, place=place_of(batch_id, row, "result"))
    except SealBroken:
        return json_line(UNREADABLE.to_dict()).encode()


def place_of(batch_id: str, row: int, what: str) -> str:
    """Where a sealed value belongs: it opens as the `record` or the `result` of that row of that batch alone."""
    return f"batch {batch_id} row {row} {what}"
