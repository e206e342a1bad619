"""Annotation in a spreadsheet: three sheets out, the same three back in as labelled records."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from nlp_quality.corpus.drafting import Draft, people_rows
from nlp_quality.errors import UnreadableInput
from nlp_quality.scheme import CAPACITY, COMPANIONS, DIMENSIONS, FUNCTION, PRESENCE, STATUSES, VOICE

SENTENCES: Final = ("id", "para", "text", "function", "presence", "voice", "capacity")
CHILDREN: Final = ("id", "child", "status", "companions")
RECORDS: Final = ("id", "record_type", "people", *DIMENSIONS)
LEVELS: Final = ("0", "1", "2", "3", "null")
_WIDTHS: Final = {"text": 90, "people": 30, "voice": 24, "capacity": 24}


def write(drafts: Iterable[Draft], path: Path) -> int:
    """Write the drafts as an .xlsx workbook with the labels as drop-down lists; gives the number of records."""
    book = Workbook()
    sentences = _sheet(book, "sentences", SENTENCES, first=True)
    children = _sheet(book, "children", CHILDREN)
    records = _sheet(book, "records", RECORDS)
    count = 0
    for draft in drafts:
        count += 1
        people = people_rows(draft.record)
        records.append([_plain(draft.id), draft.record.record_type, json.dumps(people, ensure_ascii=False)])
        for start, end, paragraph in draft.sentences:
            sentences.append([_plain(draft.id), paragraph, _plain(draft.text[start:end])])
        for child in draft.children:
            children.append([_plain(draft.id), _plain(child)])
    for sheet, columns in (
        (sentences, {"function": FUNCTION, "presence": PRESENCE}),
        (children, {"status": STATUSES}),
        (records, dict.fromkeys(DIMENSIONS, LEVELS)),
    ):
        for name, choices in columns.items():
            _offer(sheet, name, choices)
    for sheet, name, several in (
        (sentences, "voice", VOICE),
        (sentences, "capacity", CAPACITY),
        (children, "companions", COMPANIONS),
    ):
        cell = next(c for c in sheet[1] if c.value == name)
        cell.value = f"{name} (any of: {', '.join(several)})"
    book.save(path)
    return count


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Labelled records of an annotated workbook, in the contract's form.

    Raises:
        UnreadableInput: no workbook of this form, or a label that is not of the scheme; sheet and row are named.
    """
    try:
        book = load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
        sheets = {
            name: _rows(book[name], columns)
            for name, columns in (("sentences", SENTENCES), ("children", CHILDREN), ("records", RECORDS))
        }
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise UnreadableInput("not_a_workbook", "The file is no annotation workbook.") from error
    sentences, seen = defaultdict(list), defaultdict(list)
    for number, row in sheets["sentences"]:
        sentences[row["id"]].append(
            {
                "text": row["text"],
                "para": int(row["para"] or 0),
                "function": _one(row["function"], FUNCTION, "sentences", number),
                "presence": _one(row["presence"], PRESENCE, "sentences", number),
                "voice": _many(row["voice"], VOICE, "sentences", number),
                "capacity": _many(row["capacity"], CAPACITY, "sentences", number),
            }
        )
    for number, row in sheets["children"]:
        status = _one(row["status"], STATUSES, "children", number)
        companions = _many(row["companions"], COMPANIONS, "children", number)
        seen[row["id"]].append({"child": row["child"], "status": status, "companions": companions})
    for number, row in sheets["records"]:
        levels = {name: _one(row[name], LEVELS, "records", number) for name in DIMENSIONS}
        yield {
            "id": row["id"],
            "record_type": row["record_type"],
            "people": json.loads(row["people"] or "null"),
            "levels": {name: None if value == "null" else int(value) for name, value in levels.items()},
            "seen": seen[row["id"]],
            "sentences": sentences[row["id"]],
        }


def _sheet(book: Workbook, title: str, columns: tuple[str, ...], *, first: bool = False) -> Worksheet:
    sheet: Worksheet = book.active if first else book.create_sheet()
    sheet.title = title
    sheet.append(list(columns))
    sheet.freeze_panes = "A2"
    for cell, name in zip(sheet[1], columns, strict=True):
        sheet.column_dimensions[cell.column_letter].width = _WIDTHS.get(name, 16)
    return sheet


def _offer(sheet: Worksheet, column: str, choices: Iterable[str]) -> None:
    letter = next(cell.column_letter for cell in sheet[1] if cell.value == column)
    offered = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    sheet.add_data_validation(offered)
    offered.add(f"{letter}2:{letter}{max(2, sheet.max_row)}")


def _plain(value: str) -> str:
    """A value that a spreadsheet must not run as a formula."""
    return f"'{value}" if value[:1] in "=+-@\t\r" else value


def _rows(sheet: Any, columns: tuple[str, ...]) -> list[tuple[int, dict[str, Any]]]:
    rows = sheet.iter_rows(values_only=True)
    header = [str(cell or "").split(" ")[0] for cell in next(rows)]
    places = [header.index(name) for name in columns]
    out = []
    for number, row in enumerate(rows, start=2):
        values = {name: row[place] if place < len(row) else None for name, place in zip(columns, places, strict=True)}
        if any(value is not None for value in values.values()):
            out.append((number, {name: _unquoted(value) for name, value in values.items()}))
    return out


def _unquoted(value: Any) -> Any:
    return value[1:] if isinstance(value, str) and value[:1] == "'" and value[1:2] in "=+-@\t\r" else value


def _one(value: Any, choices: Iterable[str], sheet: str, row: int) -> str:
    text = str(value).strip() if value is not None else ""
    if text not in set(choices):
        raise UnreadableInput("unknown_label", f"{sheet}, row {row}: the label is missing or not of the scheme.")
    return text


def _many(value: Any, choices: Iterable[str], sheet: str, row: int) -> list[str]:
    given = {part.strip() for part in str(value or "").replace(";", ",").split(",") if part.strip()}
    if not given <= set(choices):
        raise UnreadableInput("unknown_label", f"{sheet}, row {row}: a label is not of the scheme.")
    return [name for name in choices if name in given]
