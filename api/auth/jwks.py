"""An issuer's public keys (JWKS), fetched when first needed, kept, and fetched again when a key is not among them.

A key id nobody knows makes one fetch, not one a request: after it, unknown ids wait `REFETCH_SECONDS` for the next.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, RSAKey, import_key

from api.errors import Problem

FRESH_SECONDS: Final = 3600.0
REFETCH_SECONDS: Final = 60.0  # between fetches for ids that are not known
RETRY_SECONDS: Final = 10.0  # between fetches that fail
USABLE_SECONDS: Final = 24 * 3600.0  # how long keys go on while the issuer does not answer
TIMEOUT_SECONDS: Final = 5.0
MAX_BYTES: Final = 500_000
MIN_RSA_BITS: Final = 2048
# What a token may be signed with: no `none`, and nothing with a shared secret.
ALGORITHMS: Final[tuple[str, ...]] = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")

logger = logging.getLogger("api.auth")

VerifyingKey = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class _Fetched:
    keys: Mapping[str, VerifyingKey]
    at: float


class Jwks:
    """The keys of one issuer.

    Attributes:
        fetches: how often the issuer was asked.
    """

    def __init__(self, *, issuer: str, url: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._url = url
        self._clock = clock
        self._fetched: _Fetched | None = None
        self._tried: float | None = None
        self._failed = False
        self._lock = asyncio.Lock()
        self.fetches = 0

    async def key(self, key_id: str) -> VerifyingKey | None:
        """The key of that id; None where the issuer has none.

        Raises:
            Problem: 503 `token_keys_unavailable`: the issuer does not answer and what is kept is too old or lacks it.
        """
        if self._must_fetch(key_id):
            async with self._lock:
                if self._must_fetch(key_id):  # unless another caller has just done it
                    await self._fetch()
        kept = self._fetched
        if kept is None or self._clock() - kept.at >= USABLE_SECONDS:
            raise unavailable()
        found = kept.keys.get(key_id)
        if found is None and self._failed:
            raise unavailable()  # it may be a new key
        return found

    def _must_fetch(self, key_id: str) -> bool:
        now, kept = self._clock(), self._fetched
        since = None if self._tried is None else now - self._tried
        if self._failed:
            wanted = kept is None or now - kept.at >= FRESH_SECONDS or key_id not in kept.keys
            return wanted and (since is None or since >= RETRY_SECONDS)
        if kept is None or now - kept.at >= FRESH_SECONDS:
            return True
        return key_id not in kept.keys and (since is None or since >= REFETCH_SECONDS)

    async def _fetch(self) -> None:
        self.fetches += 1
        try:
            keys = await self._ask()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError, KeyError, JoseError) as error:
            self._failed = True
            logger.warning("the keys of the token issuer cannot be fetched: %s", type(error).__name__)
        else:
            self._fetched, self._failed = _Fetched(keys, self._clock()), False
        self._tried = self._clock()

    async def _ask(self) -> Mapping[str, VerifyingKey]:
        async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
            url = self._url
            if url is None:
                found = await _get(client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                if found["issuer"] != self._issuer:
                    raise ValueError("another issuer answers there")
                url = str(found["jwks_uri"])
                if url.partition(":")[0] != self._issuer.partition(":")[0]:
                    raise ValueError("the keys are not where the issuer's scheme is")
            return usable_keys(await _get(client, url))


def usable_keys(jwks: Mapping[str, Any]) -> dict[str, VerifyingKey]:
    """The keys of a set that may verify a token, by id: RSA of 2048 bits or more and EC, not those meant for encryption.

    Raises:
        ValueError: the set holds none.
    """
    found: dict[str, VerifyingKey] = {}
    for item in jwks["keys"]:
        if not isinstance(item, dict) or item.get("kty") not in {"RSA", "EC"} or item.get("use", "sig") != "sig":
            continue
        if not isinstance(item.get("kid"), str):
            continue
        try:
            with warnings.catch_warnings(action="ignore", category=SecurityWarning):  # of short keys: refused below
                key = import_key(item)
        except (JoseError, ValueError):
            continue  # a key of a kind we do not know is no reason to do without the others
        if (isinstance(key, RSAKey) and key.public_key.key_size >= MIN_RSA_BITS) or isinstance(key, ECKey):
            found[str(item["kid"])] = key
    if not found:
        raise ValueError("no usable key")
    return found


def unavailable() -> Problem:
    """Tokens cannot be checked now."""
    return Problem(
        503,
        "token_keys_unavailable",
        "Tokens cannot be checked now: the issuer's keys cannot be fetched.",
        headers={"Retry-After": str(int(RETRY_SECONDS))},
    )


async def _get(client: httpx2.AsyncClient, url: str) -> dict[str, Any]:
    async with client.stream("GET", url, headers={"Accept": "application/json"}) as reply:
        reply.raise_for_status()
        if reply.status_code != 200:
            raise ValueError("not a reply with a body")
        body = b""
        async for part in reply.aiter_bytes():
            body += part
            if len(body) > MAX_BYTES:
                raise ValueError("too long")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found
