"""Every error reply: RFC 9457 problem details that name the field and the limit, never the text, a name or an id.

FastAPI's own 422 body returns the caller's input, and Starlette's 500 lets the exception's text reach the server's
log; both are replaced here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Mount
from starlette.types import Receive, Scope, Send

from api.schemas import FeedbackIn, FlagsIn, PersonIn, RecordIn
from api.store.errors import FULL, StoreError
from nlp_quality.errors import InvalidRecord, ModelError, NlpQualityError

MEDIA_TYPE: Final = "application/problem+json"
CODE_KEY: Final = "nlp_quality.problem"  # of the ASGI scope
RETRY_SECONDS: Final = 5  # how long a start takes, roughly; a hint for pollers.

# `about:blank` says that the title is the status's own phrase (RFC 9457, 4.2.1); `code` tells problems apart.
TITLES: Final[dict[int, str]] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
    507: "Insufficient Storage",
}

_METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

# The only words a `field` may be made of: a path that came from the caller's own keys would echo their input.
_OTHERS: Final = frozenset(
    {
        "detail",
        "deadline_ms",
        "offsets",
        "dimensions",
        "sentences",
        "para",
        "webhook",
        "limit",
        "after",
        "batch_id",
        "Idempotency-Key",
    }
)
_FIELD_WORDS: Final = _OTHERS.union(
    RecordIn.model_fields, FeedbackIn.model_fields, PersonIn.model_fields, FlagsIn.model_fields
)


class ProblemResponse(Response):
    """A problem on its way out, whose code is left in the ASGI scope for who counts them."""

    def __init__(self, body: bytes, *, code: str, **options: Any) -> None:
        super().__init__(body, media_type=MEDIA_TYPE, **options)
        self._code = code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        scope[CODE_KEY] = self._code
        await super().__call__(scope, receive, send)


class Problem(Exception):
    """An error reply on its way out.

    Attributes:
        status: HTTP status code.
        code: a stable word for programs.
        detail: one plain sentence; holds nothing of the caller's input.
        field: path of the field at fault, as in `people.0.role`, or None.
        headers: extra headers of the reply.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.field = None if field is None else safe_field(field)
        self.headers = dict(headers or {})

    def as_dict(self) -> dict[str, Any]:
        """The reply's members."""
        return {
            "type": "about:blank",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "field": self.field,
        }

    def response(self) -> Response:
        """The reply itself."""
        body = json.dumps(self.as_dict()).encode()
        return ProblemResponse(body, code=self.code, status_code=self.status, headers=self.headers)

    def plain(self) -> Response:
        """The reply as one line of text, which is what clients of the LanguageTool API show."""
        return PlainTextResponse(f"Error: {self.detail}", status_code=self.status, headers=self.headers)


def safe_field(path: str) -> str | None:
    """The leading part of a field's path that is made of our own names and of numbers; None when nothing is left."""
    kept: list[str] = []
    for part in path.split("."):
        if part not in _FIELD_WORDS and not (part.isascii() and part.isdigit()):
            break
        kept.append(part)
    return ".".join(kept) or None


def internal_error() -> Problem:
    """The last resort: says that it went wrong and nothing else."""
    return Problem(500, "internal_error", "The service could not answer this request. Nothing was stored.")


def not_ready(part: str = "model") -> Problem:
    """A part of the service, by our own name for it, is not ready yet."""
    detail = "The model is not loaded and verified." if part == "model" else f"The {part} is not ready."
    return Problem(503, "not_ready", detail, headers={"Retry-After": str(RETRY_SECONDS)})


def from_library(error: NlpQualityError) -> Problem:
    """The problem that stands for an error of the library."""
    if isinstance(error, InvalidRecord):
        # A text beyond its limit is too large a request; any other limit is a field to mend.
        status = 413 if (error.code, error.field) == ("too_long", "text") else 422
        field = safe_field(error.field)
        # A path through the caller's own keys is cut, and the message, which repeats it, is left out.
        detail = error.message if field == (error.field or None) else f"{field or 'The record'} holds a wrong value."
        return Problem(status, error.code, detail, field=field)
    if isinstance(error, ModelError):
        # Its message may name files of the server.
        return Problem(503, error.code, "The model cannot be used.", headers={"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, StoreError):
        return from_store(error)
    return Problem(400, error.code, error.message)


def from_store(error: StoreError) -> Problem:
    """The problem of a store that cannot be read or written: nothing that was accepted is lost, so asking again helps."""
    if error.code == FULL:
        return Problem(507, error.code, "The disk of the store is full; nothing of this request was kept.")
    return Problem(503, error.code, "The store cannot be used now.", headers={"Retry-After": str(RETRY_SECONDS)})


def from_validation(error: RequestValidationError) -> Problem:
    """The problem of the first query parameter at fault; only the place and the allowed values are taken over."""
    first: Mapping[str, Any] = next(iter(error.errors()), {})
    field = safe_field(".".join(str(part) for part in first.get("loc", ())[1:]))
    expected = first.get("ctx", {}).get("expected") if first.get("type") in {"literal_error", "enum"} else None
    name = field or "a parameter"
    if expected is None:
        return Problem(422, "invalid_value", f"{name} is missing or not of the right type.", field=field)
    allowed = expected.replace("'", "")
    return Problem(422, "unknown_value", f"{name} must be {allowed}.", field=field)


def from_http(error: HTTPException) -> Problem:
    """The problem of a status that routing raised; the path asked for is not repeated."""
    known = {
        404: ("not_found", "There is nothing at this path."),
        405: ("method_not_allowed", "This path does not take this method."),
    }
    code, detail = known.get(error.status_code, ("http_error", TITLES.get(error.status_code, "Error") + "."))
    return Problem(error.status_code, code, detail, headers=error.headers)


def allowed_methods(app: FastAPI, request: Request) -> list[str]:
    """The methods that the path of a request takes."""
    asked = {
        "type": "http",
        "path": request.scope["path"],
        "root_path": request.scope.get("root_path", ""),
        "headers": [],
    }
    routes = [route for route in app.routes if not isinstance(route, Mount)]
    return [
        method
        for method in _METHODS
        if any(route.matches({**asked, "method": method})[0] is Match.FULL for route in routes)
    ] or ["GET"]


def install(app: FastAPI) -> None:
    """Put the handlers in place. Anything they do not know is caught by `middleware.RequestLog`."""

    async def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - Starlette types every handler's error as Exception
        return error.response()

    async def library(_: Request, error: Exception) -> Response:
        assert isinstance(error, NlpQualityError)  # noqa: S101
        return from_library(error).response()

    async def validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return from_validation(error).response()

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        problem = from_http(error)
        if problem.status == 405:  # each method is a route of its own, which knows nothing of its neighbours
            problem.headers = {"Allow": ", ".join(allowed_methods(app, request))}
        return problem.response()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(NlpQualityError, library)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
