"""What surrounds every request: its log line and last-resort 500, the security headers, the limit on bodies.

Plain ASGI, so that nothing buffers a body and the limit holds while it arrives.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
import traceback
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import CODE_KEY, Problem, internal_error
from api.metrics import Metrics

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final[dict[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MAX_LENGTH_DIGITS: Final = 18
MAX_PLACES: Final = 8
ARRIVED_KEY: Final = "nlp_quality.arrived"  # of the ASGI scope: `time.monotonic()` when a request's head had come
CLIENT_GONE: Final = 499  # nginx's number for a caller who left; only ever logged.

# Any token is a legal method, so one we do not know could carry anything into the log.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

logger = logging.getLogger("api.requests")


class RequestLog:
    """Gives each request an id, counts it, logs one line for it, and turns an unforeseen error into a 500 that leaks nothing.

    The line holds the method, the route's template, the status, the duration and the request's id: never the path
    as sent, the query, a header or the body. The error is swallowed here because the server would print its message,
    which may quote the record.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        started = scope[ARRIVED_KEY] = time.monotonic()
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except ClientDisconnect:
            status = status or CLIENT_GONE
        except Exception as error:  # the last resort
            logger.error("unforeseen %s at %s request_id=%s", type(error).__name__, places(error), request_id)
            if status is None:
                await internal_error().response()(scope, receive, send_with_id)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "-"
            route = getattr(scope.get("route"), "path", "-")
            seconds = time.monotonic() - started
            self.metrics.requests.labels(route, str(status or "-")).observe(seconds)
            if scope.get(CODE_KEY) is not None:
                self.metrics.refusals.labels(scope[CODE_KEY]).inc()
            logger.info(
                "%s %s %s %.1fms request_id=%s",
                method,
                route,
                status or "-",
                1000 * seconds,
                request_id,
                extra={  # for logs of a line of JSON each
                    "method": method,
                    "route": route,
                    "status": status,
                    "milliseconds": round(1000 * seconds, 1),
                    "request_id": request_id,
                    "code": scope.get(CODE_KEY),
                },
            )


def places(error: BaseException) -> str:
    """Where an error came from, innermost last, as `file:line`: the end of the traceback without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_PLACES:]
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)


class SecurityHeaders:
    """Puts `SECURITY_HEADERS` on every reply, and `Cache-Control: no-store`, where the reply has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (*SECURITY_HEADERS.items(), ("Cache-Control", "no-store")):
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Answers 413 as soon as a body is known to pass `limit` bytes, and 408 once it has taken `seconds` to arrive.

    Its length is known by declaration, else while it arrives. Paths in `longer` have a limit and seconds of their own.
    """

    def __init__(
        self, app: ASGIApp, *, limit: int, seconds: float, longer: Mapping[str, tuple[int, float]] | None = None
    ) -> None:
        self.app = app
        self.limit = limit
        self.seconds = seconds
        self.longer = longer or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit, seconds = self.longer.get(scope["path"], (self.limit, self.seconds))
        declared = Headers(scope=scope).get("content-length", "")
        # The server has checked that it is a number; one of many digits is too large without reading it as one.
        if declared.isdigit() and (len(declared) > MAX_LENGTH_DIGITS or int(declared) > limit):
            problem = _too_large(limit)
            reply = problem.plain() if scope["path"].startswith("/v2/") else problem.response()
            await reply(scope, receive, send)
            return
        received = 0
        arriving = True
        until = time.monotonic() + seconds

        async def limited() -> Message:  # what it raises the handler of Problem renders, inside this middleware
            nonlocal received, arriving
            if not arriving:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), until - time.monotonic())
            except TimeoutError:
                raise _late(seconds) from None
            arriving = bool(message.get("more_body", False))
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, limited, send)


def _too_large(limit: int) -> Problem:
    return Problem(413, "body_too_large", f"The body is longer than {limit:,} bytes.")


def _late(seconds: float) -> Problem:
    # The rest of the body is not worth waiting for, so the connection ends with the reply.
    return Problem(
        408,
        "body_timeout",
        f"The body did not arrive within {seconds:g} seconds.",
        headers={"Connection": "close"},
    )
