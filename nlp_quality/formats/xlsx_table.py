"""XLSX tables: the first sheet with a `text` column, read row by row."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.utils.escape import unescape

from nlp_quality.errors import UnreadableInput
from nlp_quality.formats.archives import check_archive, unreadable
from nlp_quality.formats.columns import Adapt, Columns, is_blank, read_header, row_item
from nlp_quality.formats.sources import Item

ROWS_AT_ONCE: Final = 200


def read(path: Path, *, name: str, adapt: Adapt | None = None) -> Iterator[Item]:
    """The records of an `.xlsx` file in order, a bad one in its place. `name` is not used: records bring their id.

    Raises:
        UnreadableInput: `not_an_xlsx`, `password_protected`, `too_large`, `no_text_column` or `repeated_column`.
    """
    check_archive(path, kind="xlsx")
    workbook = _open(path)
    try:
        columns, rows = _sheet(workbook, adapt)
        for line, cells in rows:
            if not is_blank(cells):
                yield row_item(columns, cells, line=line)
    finally:
        workbook.close()


def _open(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's warnings can quote a cell.
            return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except OSError:
        raise
    except Exception:  # openpyxl answers a damaged file with whatever its parts raise.
        raise unreadable("xlsx") from None


def _sheet(workbook: Any, adapt: Adapt | None) -> tuple[Columns, Iterator[tuple[int, Sequence[object]]]]:
    """The columns of the first sheet that has a `text` column, and its rows below the header."""
    first_error: UnreadableInput | None = None
    for sheet in workbook.worksheets:
        rows = _rows(sheet)
        header = next((cells for _, cells in rows if not is_blank(cells)), ())
        try:
            return read_header(header, adapt), rows
        except UnreadableInput as error:
            first_error = first_error or error
    raise first_error or UnreadableInput("no_text_column", "the workbook has no sheet with a column named text.")


def _rows(sheet: Any) -> Iterator[tuple[int, Sequence[object]]]:
    sheet.reset_dimensions()  # some exports declare a size smaller than the sheet.
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                batch = list(islice(rows, ROWS_AT_ONCE))
        except Exception:  # as above: damage found only on reading.
            raise unreadable("xlsx") from None
        if not batch:
            return
        for line, cells in batch:
            # Excel stores a carriage return in a cell as `_x000D_`.
            yield line, [unescape(cell) if isinstance(cell, str) else cell for cell in cells]
