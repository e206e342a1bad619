"""A `.json` file: one record, or a list of records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats.json_text import decode, parse_json
from nlp_quality.formats.records import known_id, record_from_mapping
from nlp_quality.formats.sources import Item, Source, bad_record

MAX_FILE: Final = 256 * 2**20  # bytes: read whole, so larger sets belong in JSON Lines.


def read(path: Path, *, name: str) -> Iterator[Item]:
    """The records of a `.json` file in order, a bad one in its place. `name` is not used: records bring their id.

    Raises:
        UnreadableInput: `too_large`, `invalid_utf8`, `invalid_json` or `too_deep`; the file is one JSON value, so
            nothing of a broken one can be trusted.
    """
    if path.stat().st_size > MAX_FILE:
        raise UnreadableInput("too_large", f"a .json file may hold {MAX_FILE:,} bytes; use JSON Lines (.jsonl).")
    try:
        value = parse_json(decode(path.read_bytes()).removeprefix("\ufeff"))
    except InvalidRecord as error:
        raise UnreadableInput(error.code, f"the .json file cannot be read: {error.message}") from None
    for entry in value if isinstance(value, list) else [value]:
        try:
            yield Source(record_from_mapping(entry))
        except InvalidRecord as error:
            yield bad_record(error, id=known_id(entry))
