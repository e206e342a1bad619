"""From a request to its caller: by key, by token, by sign-in, or because nothing is set up and the caller is local.

Every failure to be known is the same 401, whether a key is unknown, wrong, revoked or expired.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.auth import api_keys, configuration, credentials, sessions
from api.auth.callers import OPEN, Caller
from api.auth.jwks import Jwks
from api.auth.key_cache import FRESH_SECONDS, KeyCache
from api.auth.rate_limits import RateLimits
from api.auth.same_site import check_local, check_origin
from api.auth.sign_in import SignIn
from api.auth.tokens import Tokens
from api.errors import Problem
from api.settings import Settings
from api.store.database import Store
from api.store.errors import StoreError

CHALLENGE: Final = 'Bearer realm="nlp-quality"'


class Access:
    """Who may call this process.

    Attributes:
        limits: how often.
        sign_in: where people sign in, or None.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        """As the settings say.

        Raises:
            AccessError: they do not go together.
        """
        configuration.check(settings)
        self._store = store
        self._own = configuration.origin_of(configuration.public_url(settings))
        self._origins = frozenset(configuration.cors_origins(settings))
        self._session_lifetime = timedelta(minutes=settings.session_minutes)
        self._keys = KeyCache(store)
        rules = configuration.token_rules(settings)
        self._tokens = None if rules is None else Tokens(rules, Jwks(issuer=rules.issuer, url=settings.token_jwks_url))
        provider = configuration.provider(settings)
        self.sign_in = None if provider is None else SignIn(provider)
        self.limits = RateLimits(calls=settings.rate_limit, failures=settings.failure_limit)
        # Once true it stays true: the last key's end does not open what was closed.
        self._closed = configuration.callers_are_known(settings)
        self._looked: float | None = None

    @property
    def closed(self) -> bool:
        """Whether callers must be known, as far as this process has looked."""
        return self._closed

    def close(self) -> None:
        """Finish what is being written."""
        self._keys.close()

    async def caller(self, request: Request) -> Caller:
        """Who sent this request; asked once and remembered with it.

        Raises:
            Problem: 401, 403 for what another site made a browser send, 429, 503.
            StoreError: the store does not answer, and nothing is remembered.
        """
        known: Caller | None = getattr(request.state, "caller", None)
        if known is None:
            known = await self._known(request)
            request.state.caller = known
            if known.kind != "open":
                self.limits.spend(known, request)
        return known

    async def person(self, request: Request) -> Caller | None:
        """Who is signed in, for the page; None where nobody is."""
        cookie = self._cookie(request)
        return None if cookie is None else await run_in_threadpool(self._find_session, cookie)

    async def is_open(self) -> bool:
        """Whether nothing is set up, so that whoever is on this machine may call."""
        now = time.monotonic()
        if not self._closed and (self._looked is None or now - self._looked >= FRESH_SECONDS):
            try:
                self._closed = await run_in_threadpool(self._any_key)
            except StoreError:
                if self._looked is None:
                    raise
            self._looked = now
        return not self._closed

    async def enter(self, caller: Caller) -> str:
        """A cookie for one who has just signed in."""

        def work() -> str:
            with self._store.session() as session:
                return sessions.open_session(self._store, session, caller, lifetime=self._session_lifetime)

        return await run_in_threadpool(work)

    def check_page(self, request: Request) -> None:
        """Refuse what our own page did not ask for.

        Raises:
            Problem: 403 `cross_site`.
        """
        self._check_origin(request, browser=True)

    async def leave(self, request: Request) -> None:
        """Sign out whoever is signed in."""
        cookie = self._cookie(request)

        def work(token: str) -> None:
            with self._store.session() as session:
                sessions.close_session(self._store, session, token)

        if cookie is not None:
            await run_in_threadpool(work, cookie)

    @property
    def session_seconds(self) -> int:
        """How long a sign-in lasts."""
        return int(self._session_lifetime.total_seconds())

    async def _known(self, request: Request) -> Caller:
        if await self.is_open():
            check_local(request, own=self._own)
            self._check_origin(request, browser=False)
            return OPEN
        try:
            presented = await credentials.presented(request)
        except credentials.Ambiguous:
            raise self._unknown(request) from None
        if presented is not None:
            if credentials.is_browsers_own(request):
                self._check_origin(request, browser=False)
            return await self._by_credential(request, presented)
        person = await self.person(request)
        if person is None:
            raise unauthenticated()
        self.check_page(request)
        return person

    async def _by_credential(self, request: Request, text: str) -> Caller:
        key = api_keys.parse(text)
        if key is not None:
            # A guess costs a query, so not too many; a key in use goes on whatever others behind the same address do.
            if not self._keys.knows(key):
                self.limits.check_failures(request)
            caller = await self._keys.caller(key)
        else:
            caller = None if self._tokens is None else await self._tokens.caller(text)
        if caller is None:
            raise self._unknown(request)
        return caller

    def _unknown(self, request: Request) -> Problem:
        self.limits.check_failures(request)
        self.limits.count_failure(request)
        return unauthenticated()

    def _check_origin(self, request: Request, *, browser: bool) -> None:
        check_origin(request, own=self._own, allowed=self._origins, browser=browser)

    def _cookie(self, request: Request) -> str | None:
        return None if self.sign_in is None else request.cookies.get(self.sign_in.cookies.session)

    def _find_session(self, cookie: str) -> Caller | None:
        with self._store.session(write=False) as session:
            return sessions.find(self._store, session, cookie)

    def _any_key(self) -> bool:
        with self._store.session(write=False) as session:
            return api_keys.any_made(session)


def unauthenticated() -> Problem:
    """The one answer to whoever is not known."""
    return Problem(
        401,
        "unauthenticated",
        "Sign in, or send a key or token that is valid.",
        headers={"WWW-Authenticate": CHALLENGE},
    )


def forbidden(scopes: Sequence[str]) -> Problem:
    """Known, but not allowed this."""
    needed = " or ".join(scopes)
    challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{" ".join(scopes)}"'
    return Problem(
        403, "insufficient_scope", f"This needs the scope {needed}.", headers={"WWW-Authenticate": challenge}
    )
