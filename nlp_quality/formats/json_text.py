"""JSON as strangers write it: repeated fields, huge numbers, deep nesting, stray bytes."""

from __future__ import annotations

import json
from typing import Any, Final

from nlp_quality.errors import InvalidRecord

MAX_DIGITS: Final = 300  # of an integer; Python refuses above 4,300 and no field of a record needs 20.


class RepeatedFields(dict[str, Any]):
    """An object that gives a field twice: which one was meant cannot be known, so `records` refuses it."""


def decode(data: bytes, *, field: str = "") -> str:
    """`data` as UTF-8 text.

    Raises:
        InvalidRecord: `invalid_utf8`.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRecord("invalid_utf8", field, "the bytes are not UTF-8; save the file as UTF-8.") from None


def parse_json(text: str, *, field: str = "") -> object:
    """The value of a JSON text; an object with repeated fields becomes `RepeatedFields`.

    Args:
        field: path named in the error; empty for the whole record.

    Raises:
        InvalidRecord: `invalid_json`, or `too_deep` for brackets nested beyond what can be read.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    except RecursionError:
        raise InvalidRecord("too_deep", field, "the JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        # Only the parser's own words and the column: `error.doc` is the text itself.
        raise InvalidRecord("invalid_json", field, f"not JSON at character {error.colno}: {error.msg}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else RepeatedFields(value)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else float("inf")
