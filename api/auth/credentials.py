"""What a request brings to be known by. Never from a URL: addresses end in the logs of every proxy on the way."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

# LanguageTool's clients are set up with a user name and an API key, which they send as form fields or as basic
# authentication (`https://user:key@host`); they know no bearer tokens. The user name means nothing here.
LANGUAGETOOL: Final = "/v2/"
FIELD: Final = "apiKey"
_FORM: Final = "application/x-www-form-urlencoded"


class Ambiguous(Exception):
    """The request brings more than one key or token, or one that cannot be read."""


async def presented(request: Request) -> str | None:
    """The key or token of a request; None where it brings none.

    Raises:
        Ambiguous: two, or something that is neither.
    """
    found = [_authorization(value, request) for value in request.headers.getlist("authorization")]
    found += request.headers.getlist("x-api-key")
    if not found and request.url.path.startswith(LANGUAGETOOL):
        found += await _form_field(request)
    if len(set(found)) > 1 or "" in found:
        raise Ambiguous
    return found[0] if found else None


def is_browsers_own(request: Request) -> bool:
    """Whether it is a password, which a browser remembers and sends whoever asked."""
    return request.headers.get("authorization", "")[:6].lower() == "basic "


def _authorization(value: str, request: Request) -> str:
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic" and request.url.path.startswith(LANGUAGETOOL):
        try:
            return base64.b64decode(rest.strip(), validate=True).decode("ascii").partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            raise Ambiguous from None
    raise Ambiguous


async def _form_field(request: Request) -> list[str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return []
    try:
        body = (await request.body()).decode("utf-8", "replace")
    except RuntimeError:  # the route has had its form read, and the request keeps that
        given = (await request.form()).get(FIELD)
        return [given] if isinstance(given, str) and given else []
    try:
        # An empty field is how a client says that it has none.
        return parse_qs(body, max_num_fields=100).get(FIELD, [])
    except ValueError:
        return []
