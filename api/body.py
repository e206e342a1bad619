"""From the bytes of a request to a JSON object, refusing what JSON (RFC 8259) or our limits do not allow."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from api.errors import Problem
from nlp_quality.errors import InvalidRecord
from nlp_quality.formats.json_text import parse_json

# A record is four deep (record, people, person, flags). The rest is room for fields we ignore.
MAX_DEPTH: Final = 32

_JSON_TYPE: Final = re.compile(r"application/(?:json|[a-z0-9!#$&^_.+-]+\+json)", re.IGNORECASE)
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([^\";\s]+)", re.IGNORECASE)


def check_media_type(content_type: str) -> None:
    """Refuse a body that is not declared as JSON in UTF-8.

    Raises:
        Problem: 415.
    """
    media_type = content_type.partition(";")[0].strip()
    charset = _CHARSET.search(content_type)
    if _JSON_TYPE.fullmatch(media_type) and (charset is None or charset[1].lower() in {"utf-8", "utf8"}):
        return
    raise Problem(415, "unsupported_media_type", "Send the record as application/json in UTF-8.")


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`.

    Raises:
        Problem: 400 where it is empty, not UTF-8, not JSON or nested too deeply; 422 where it is JSON but no object.
    """
    if not body.strip():
        raise Problem(400, "empty_body", "The request has no body; send one record as a JSON object.")
    try:
        value = parse_json(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Problem(400, "invalid_utf8", "The body is not valid UTF-8.") from None
    except InvalidRecord as error:  # not JSON, or nested beyond what can be read: no record yet, so no field
        raise Problem(400, error.code, error.message) from None
    if not isinstance(value, dict):
        raise Problem(422, "not_an_object", "The body must be one JSON object: a record.")
    _check_values(value)
    return value


def _check_values(value: object) -> None:
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Problem(400, "too_deep", f"The body is nested more than {MAX_DEPTH} levels deep.")
        if isinstance(item, float) and not math.isfinite(item):
            raise Problem(400, "invalid_json", "A number is not finite; NaN and Infinity are not JSON.")
        if isinstance(item, dict):
            waiting += [(child, depth + 1) for child in item.values()]
        elif isinstance(item, list):
            waiting += [(child, depth + 1) for child in item]
