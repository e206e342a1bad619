"""Whether a browser sent a request because our own page asked it to, or because some other site did.

What a browser adds by itself (a cookie, a remembered password, being on this machine) proves nothing about who asked.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Container
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from api.errors import Problem

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def check_origin(request: Request, *, own: str | None, allowed: Container[str], browser: bool) -> None:
    """Refuse a request that changes something and that another site made a browser send.

    Args:
        own: our origin as people see it; None: the one the request names.
        allowed: origins that may call, by the operator's list.
        browser: only a browser could have sent it, so that it must say where it comes from.

    Raises:
        Problem: 403 `cross_site`.
    """
    if request.method in _SAFE:
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin is not None and origin in allowed:
        return
    if site is not None:
        same = site == "same-origin"
    elif origin is not None:
        same = origin == (own or f"{request.url.scheme}://{request.headers.get('host', '')}")
    else:
        same = not browser
    if not same:
        raise Problem(403, "cross_site", "Another site made the browser send this, so it is not acted on.")


def check_local(request: Request, *, own: str | None) -> None:
    """Refuse, where nobody has to be known, whoever is not on this machine or reached it by a public name.

    A public name that is made to point at this machine would let its owner's page read what is kept here.

    Raises:
        Problem: 403 `not_local`, 421 `wrong_host`.
    """
    if request.client is not None and _is_elsewhere(request.client.host):
        raise Problem(403, "not_local", "Nobody is known to this service yet, so it answers this machine alone.")
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        raise _wrong_host() from None
    if own is not None and host == urlsplit(own).hostname:
        return
    if "." in host.rstrip(".") and not _is_address(host):
        raise _wrong_host()


def _wrong_host() -> Problem:
    return Problem(421, "wrong_host", "This service is not reached by that name.")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_elsewhere(host: str) -> bool:
    return _is_address(host) and not ipaddress.ip_address(host).is_loopback
