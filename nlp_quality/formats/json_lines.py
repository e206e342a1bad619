"""JSON Lines: one record a line, read lazily from a file or from standard input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from nlp_quality.errors import InvalidRecord
from nlp_quality.formats.json_text import decode, parse_json
from nlp_quality.formats.records import known_id, record_from_mapping
from nlp_quality.formats.sources import Item, Source, bad_record

MAX_LINE: Final = 32_000_000  # bytes: MAX_MARKUP code points as `\uXXXX\uXXXX` escapes (12 bytes each), and people.
_BOM: Final = b"\xef\xbb\xbf"


def read(path: Path, *, name: str) -> Iterator[Item]:
    """The records of a `.jsonl` file in order, a bad one in its place. `name` is not used: records bring their id."""
    with path.open("rb") as stream:
        yield from read_stream(stream)


def read_stream(stream: BinaryIO) -> Iterator[Item]:
    """The records of a binary stream of JSON Lines; blank lines are passed over, a byte order mark is dropped."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            _skip_line(stream)
            error = InvalidRecord("too_long", "", f"the line is longer than {MAX_LINE:,} bytes.")
            yield bad_record(error, line=number)
            continue
        line = line.removeprefix(_BOM) if number == 1 else line
        if line.strip():
            yield read_line(line, number=number)


def read_line(line: bytes, *, number: int | None = None) -> Item:
    """One record from one line of JSON; never raises for what the line holds.

    Args:
        number: of the line, counted from 1, for the error.
    """
    value: object = None
    try:
        value = parse_json(decode(line))
        return Source(record_from_mapping(value), line=number)
    except InvalidRecord as error:
        return bad_record(error, id=known_id(value), line=number)


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
        pass
