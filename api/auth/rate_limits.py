"""How often each may call: counted in the memory of each process, by a window that slides."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from math import ceil
from typing import Any, Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.callers import Caller
from api.errors import Problem

STATE: Final = "rate_limit_headers"
IPV6_PREFIX: Final = 64  # what one customer of a provider is given at least


class RateLimits:
    """Calls a caller may make, and failures to be known that an address may make."""

    def __init__(self, *, calls: str, failures: str) -> None:
        self._calls = parse(calls)
        self._failures = parse(failures)
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    def spend(self, caller: Caller, request: Request) -> None:
        """Count one call; its reply will say what is left.

        Raises:
            Problem: 429.
        """
        name = ("caller", caller.kind, caller.tenant, caller.who)
        allowed = self._windows.hit(self._calls, *name)
        headers = self._headers(self._calls, name)
        setattr(request.state, STATE, headers)
        if not allowed:
            raise too_many("Too many requests with this key, token or sign-in.", headers)

    def check_failures(self, request: Request) -> None:
        """Refuse an address that has failed too often.

        Raises:
            Problem: 429.
        """
        name = ("address", _address(request))
        if not self._windows.test(self._failures, *name):
            raise too_many("Too many failed attempts to be known.", self._headers(self._failures, name))

    def count_failure(self, request: Request) -> None:
        """One more failure of the caller's address."""
        self._windows.hit(self._failures, "address", _address(request))

    def _headers(self, limit: RateLimitItem, name: tuple[str, ...]) -> dict[str, str]:
        stats = self._windows.get_window_stats(limit, *name)
        wait = max(1, ceil(stats.reset_time - time.time()))
        return {
            "RateLimit-Policy": f'"default";q={limit.amount};w={limit.get_expiry()}',
            "RateLimit": f'"default";r={max(stats.remaining, 0)};t={wait}',
        }


def too_many(detail: str, headers: Mapping[str, str]) -> Problem:
    """429, with when to come again."""
    wait = headers["RateLimit"].rpartition("t=")[2]
    return Problem(429, "too_many_requests", detail, headers={**headers, "Retry-After": wait})


class RateLimitHeaders:
    """Puts what `RateLimits.spend` found on the reply (IETF draft-ietf-httpapi-ratelimit-headers)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start" and STATE in state:
                MutableHeaders(scope=message).update(state[STATE])
            await send(message)

        await self.app(scope, receive, send_with_headers)


def is_limit(text: str) -> bool:
    """Whether `text` states a limit, as in `600/minute`."""
    try:
        return parse(text).amount > 0
    except ValueError:
        return False


def _address(request: Request) -> str:
    host = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.IPv6Network((int(address), IPV6_PREFIX), strict=False))
    return str(address)
