"""CSV tables, in UTF-8 with or without a byte order mark, separated by comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats.columns import Adapt, is_blank, read_header, row_item
from nlp_quality.formats.sources import BadRecord, Item, bad_record
from nlp_quality.record import MAX_MARKUP

MAX_CELL: Final = 2 * MAX_MARKUP  # code points; a quote never closed stops here, not at the end of the file.
_SEPARATORS: Final = ",;\t"
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of bytes that are not UTF-8.
_NOT_UTF8_MESSAGE: Final = "the bytes are not UTF-8; save the table as “CSV UTF-8”."


def read(path: Path, *, name: str, adapt: Adapt | None = None) -> Iterator[Item]:
    """The records of a `.csv` file in order, a bad one in its place. `name` is not used: records bring their id."""
    with path.open("rb") as stream:
        yield from read_stream(stream, adapt=adapt)


def read_stream(stream: BinaryIO, *, adapt: Adapt | None = None) -> Iterator[Item]:
    """The records of a binary stream of CSV; rows without content are passed over.

    Raises:
        UnreadableInput: `no_text_column`, `repeated_column`, `invalid_csv` or `invalid_utf8`, all of the header.
    """
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        first = text.readline()
        separator = max(_SEPARATORS, key=first.count)
        # Strict: a stray quote would otherwise end a narrative early, and the rest would be scored as if complete.
        reader = csv.reader(chain([first], text), delimiter=separator, strict=True)
        try:
            header = next(reader, [])
        except csv.Error:
            raise UnreadableInput("invalid_csv", "the first row is not CSV: check its quotes.") from None
        if any(_NOT_UTF8.search(cell) for cell in header):
            raise UnreadableInput("invalid_utf8", _NOT_UTF8_MESSAGE)
        columns = read_header(header, adapt)
        for line, cells in _rows(reader):
            if isinstance(cells, BadRecord):
                yield cells
            elif any(_NOT_UTF8.search(cell) for cell in cells):
                yield bad_record(InvalidRecord("invalid_utf8", "", _NOT_UTF8_MESSAGE), line=line)
            elif not is_blank(cells):
                yield row_item(columns, cells, line=line)
    finally:
        if not text.closed:
            text.detach()  # the stream is the caller's to close.


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | BadRecord]]:
    while True:
        line: int = reader.line_num + 1  # type: ignore[attr-defined]  # the csv module's reader is private.
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = "the row is not CSV: a quote inside a text must be doubled and every quote closed."
            yield line, bad_record(InvalidRecord("invalid_csv", "", message), line=line)
        else:
            yield line, cells
