"""Rows of any table to records: which column is which, and a cell as text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final, Protocol

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats.json_text import decode, parse_json
from nlp_quality.formats.records import known_id, record_from_mapping
from nlp_quality.formats.sources import Item, Source, bad_record
from nlp_quality.record import FLAGS

FIELDS: Final = ("text", "id", "record_type", "format", "draft", "people")
TRUE: Final = ("true", "yes", "y", "1")
FALSE: Final = ("false", "no", "n", "0")
MAX_LISTED: Final = 40  # column names repeated in an error.
# A first row that is no header holds narrative. Only what looks like the name of a column is ever repeated.
_COLUMN_NAME: Final = re.compile(r"[A-Za-z][\w ./()\-]{0,39}")


class Adapt(Protocol):
    """How a table whose columns have names of their own is read."""

    def names(self, found: Sequence[str]) -> Sequence[str]:
        """The names that the columns `found` stand for, one each."""
        ...

    def value(self, field: str, text: str) -> str:
        """A cell of the record's own `field` as the contract has it."""
        ...


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cell of a row is what.

    Attributes:
        fields: index -> field of a record, of `FIELDS`.
        context: index -> name under which the cell goes into `context`.
        width: number of columns.
        adapt: for tables with names and words of their own; None where they are the contract's.
    """

    fields: Mapping[int, str]
    context: Mapping[int, str]
    width: int
    adapt: Adapt | None = None


def read_header(cells: Sequence[object], adapt: Adapt | None = None) -> Columns:
    """The columns that a first row names; letter case matters only where two names differ by it alone.

    Raises:
        UnreadableInput: `no_text_column`, or `repeated_column` when a field of the record has two columns.
    """
    names = [cell_text(cell).strip() for cell in cells]
    if adapt is not None:
        names = list(adapt.names(names))
    fields: dict[int, str] = {}
    for field in FIELDS:
        found = [i for i, name in enumerate(names) if name == field]
        found = found or [i for i, name in enumerate(names) if name.lower() == field]
        if len(found) > 1:
            raise UnreadableInput("repeated_column", f"the table has more than one column named {field}.")
        fields.update(dict.fromkeys(found, field))
    if "text" not in fields.values():
        raise UnreadableInput("no_text_column", f"the table has no column named text. {_listed(names)}")
    context = {i: name for i, name in enumerate(names) if name and i not in fields}
    return Columns(fields=fields, context=context, width=len(names), adapt=adapt)


def _listed(names: Sequence[str]) -> str:
    named = [name for name in names if name]
    if not named:
        return "Its first row is empty."
    if not all(_COLUMN_NAME.fullmatch(name) for name in named):
        return "Its first row does not look like the names of columns."
    more = ", …" if len(named) > MAX_LISTED else ""
    return f"Its columns: {', '.join(named[:MAX_LISTED])}{more}."


def is_blank(cells: Sequence[object]) -> bool:
    """True for a row without content, as spreadsheets have at their end."""
    return not any(cell_text(cell).strip() for cell in cells if not isinstance(cell, list | dict))


def row_item(columns: Columns, cells: Sequence[object], *, line: int) -> Item:
    """The record of one row, or what is wrong with it; never raises for what the row holds.

    Args:
        cells: strings, numbers, dates, None; shorter than the header where trailing cells are blank.
        line: line or row number, counted from 1.
    """
    value: dict[str, Any] = {}
    try:
        if any(cell_text(cell).strip() for cell in cells[columns.width :]):
            message = "the row has more cells than the header; a text with commas needs quotes."
            raise InvalidRecord("too_many_cells", "", message)
        context: dict[str, str] = {}
        for index, cell in enumerate(cells[: columns.width]):
            if index in columns.fields:
                value[columns.fields[index]] = cell
            elif index in columns.context and (text := cell_text(cell)).strip():
                context.setdefault(columns.context[index], text)
        value = _plain(value, columns.adapt) | {"context": context}
        record = record_from_mapping(value)
        return Source(replace(record, flags=_flags(context)) if _flags(context) else record, line=line)
    except InvalidRecord as error:
        return bad_record(error, id=known_id(value), line=line)


def _plain(row: Mapping[str, object], adapt: Adapt | None) -> dict[str, Any]:
    people = row.get("people")
    out: dict[str, Any] = {"text": cell_text(row.get("text"))}
    for field in ("id", "record_type", "format"):
        cell = cell_text(row.get(field)).strip()
        out[field] = (cell if adapt is None or not cell else adapt.value(field, cell)) or None
    out["draft"] = _boolean(row.get("draft"))
    if isinstance(people, list):  # Parquet can hold the list itself.
        out["people"] = people
    else:
        text = cell_text(people).strip()
        out["people"] = parse_json(text, field="people") if text else None
    return out


def _flags(context: Mapping[str, str]) -> dict[str, str]:
    """The case system's flags, from the columns of their names."""
    out = {}
    for name in FLAGS:
        word = context.get(name, "").strip().lower()
        if word and word not in TRUE + FALSE:
            raise InvalidRecord("unknown_value", name, f"{name} must be Y or N.")
        if word:
            out[name] = "Y" if word in TRUE else "N"
    return out


def _boolean(cell: object) -> bool:
    word = cell_text(cell).strip().lower()
    if word and word not in TRUE + FALSE:
        raise InvalidRecord("not_a_boolean", "draft", "draft must be true or false.")
    return word in TRUE


def cell_text(cell: object) -> str:
    """A cell as people would write it; the empty string for a blank one.

    Whole numbers lose the `.0` that spreadsheets add; dates are ISO 8601, without a time where it is midnight.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return decode(cell)
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)
