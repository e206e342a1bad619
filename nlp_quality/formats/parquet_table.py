"""Parquet tables, read in batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow
import pyarrow.parquet

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats.columns import Adapt, read_header, row_item
from nlp_quality.formats.sources import Item, bad_record

ROWS_AT_ONCE: Final = 200


def read(path: Path, *, name: str, adapt: Adapt | None = None) -> Iterator[Item]:
    """The records of a `.parquet` file in order, a bad one in its place. `name` is not used: records bring their id.

    Raises:
        UnreadableInput: `not_a_parquet`, `no_text_column` or `repeated_column`.
    """
    with path.open("rb") as stream, _open(stream) as file:
        columns = read_header(file.schema_arrow.names, adapt)
        line = 0
        for batch in _batches(file):
            for cells in _rows(batch):
                line += 1
                if isinstance(cells, InvalidRecord):
                    yield bad_record(cells, line=line)
                else:
                    yield row_item(columns, cells, line=line)


def _open(stream: BinaryIO) -> Any:
    try:
        return pyarrow.parquet.ParquetFile(stream)
    except (pyarrow.ArrowException, OSError):  # pyarrow's word for a damaged file is either.
        raise _unreadable() from None


def _batches(file: Any) -> Iterator[Any]:
    try:
        yield from file.iter_batches(batch_size=ROWS_AT_ONCE)
    except (pyarrow.ArrowException, OSError):
        raise _unreadable() from None


def _rows(batch: Any) -> Iterator[list[object] | InvalidRecord]:
    for row in range(batch.num_rows):
        try:
            yield [column[row].as_py() for column in batch.columns]
        except UnicodeDecodeError:
            yield InvalidRecord("invalid_utf8", "", "a string of the row is not UTF-8.")
        except (ValueError, OverflowError):  # a date or time outside what Python can hold.
            yield InvalidRecord(
                "out_of_range", "", "a date or number of the row is outside the range that can be read."
            )


def _unreadable() -> UnreadableInput:
    return UnreadableInput("not_a_parquet", "the file is not a parquet file, or it is damaged.")
