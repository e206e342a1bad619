"""Signing in with the council's OpenID Connect provider: authorization code with PKCE, state and nonce, by Authlib.

What must be remembered between the two halves lies sealed in a cookie of the browser that began, so that any process
can end what another began, and nobody else's browser can.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth.callers import Caller, who_of
from api.auth.jwks import ALGORITHMS, TIMEOUT_SECONDS
from api.auth.tokens import LEEWAY_SECONDS, granted, tenant_of
from api.errors import Problem
from api.store.keys import KeyRing, SealBroken

BEGUN_SECONDS: Final = 600  # how long somebody may take at the provider
CALLBACK: Final = "/sign-in/callback"
SIGNED_OUT: Final = "/signed-out"
PLACE: Final = "sign-in"
MAX_NEXT: Final = 500
RETRY_SECONDS: Final = 10
# A path of ours. `//host` and `/\host` are other hosts to a browser.
_NEXT: Final = re.compile(r"/(?![/\\])[A-Za-z0-9._~/-]*(?:\?[A-Za-z0-9._~/=&%-]*)?")
_TROUBLE: Final = (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True)
class Provider:
    """The council's provider, and what those who sign in may do.

    Attributes:
        public_url: where people reach this service, without a slash at the end.
        scopes: what everybody who signs in may do; their roles at the provider add to it.
        tenant_claim, scope_prefix: as in `api.auth.tokens.TokenRules`.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    public_url: str
    scopes: frozenset[str]
    tenant_claim: str | None
    scope_prefix: str


class SignIn:
    """Sends people to the provider and takes them back."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.cookies = Cookies(secure=provider.public_url.startswith("https://"))
        self._client: Any = OAuth().register(
            "provider",
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": TIMEOUT_SECONDS},
        )

    @property
    def public_url(self) -> str:
        """Where people reach this service."""
        return self._provider.public_url

    async def begin(self, request: Request, keys: KeyRing, *, then: str) -> Response:
        """Off to the provider; afterwards to the path `then`.

        Raises:
            Problem: 503 where the provider does not answer.
        """
        await self._metadata()
        request.scope["session"] = {}  # where Authlib puts state, nonce and code verifier
        reply: Response = await self._client.authorize_redirect(request, f"{self.public_url}{CALLBACK}")
        begun = {"session": request.scope["session"], "next": safe_next(then), "until": time.time() + BEGUN_SECONDS}
        sealed = base64.urlsafe_b64encode(keys.seal(json.dumps(begun).encode(), place=PLACE)).decode()
        self.cookies.set(reply, self.cookies.begun, sealed, seconds=BEGUN_SECONDS)
        return reply

    async def finish(self, request: Request, keys: KeyRing) -> tuple[Caller, str]:
        """Who came back, and the path they wanted.

        Raises:
            Problem: 400 for a reply that does not belong to what this browser began or does not hold; 503 where the
                provider does not answer.
        """
        begun = _opened(request.cookies.get(self.cookies.begun, ""), keys)
        if begun is None or request.query_params.get("iss", self._provider.issuer) != self._provider.issuer:
            raise not_signed_in()
        await self._metadata()
        request.scope["session"] = begun["session"]
        try:
            token = await self._client.authorize_access_token(
                request,
                leeway=LEEWAY_SECONDS,
                claims_options={
                    "iss": {"essential": True, "value": self._provider.issuer},
                    "aud": {"essential": True, "value": self._provider.client_id},
                },
            )
        except httpx2.HTTPError:
            raise unavailable() from None
        except _TROUBLE:
            raise not_signed_in() from None
        return self._caller(token.get("userinfo") or {}), begun["next"]

    async def after_sign_out(self) -> str:
        """Where the browser goes once it is signed out here: to the provider's own sign-out, where it has one."""
        here = f"{self.public_url}{SIGNED_OUT}"
        try:
            found = (await self._metadata()).get("end_session_endpoint")
        except Problem:
            return here
        if not isinstance(found, str) or not found.startswith(("https://", "http://")):
            return here
        query = urlencode({"client_id": self._provider.client_id, "post_logout_redirect_uri": here})
        return f"{found}{'&' if urlsplit(found).query else '?'}{query}"

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        tenant, subject = tenant_of(claims, self._provider.tenant_claim), claims.get("sub")
        if tenant is None or not isinstance(subject, str):
            raise not_signed_in()
        roles = granted({"roles": claims.get("roles")}, prefix=self._provider.scope_prefix)
        scopes = self._provider.scopes | roles
        if not scopes:
            raise Problem(403, "no_role", "You are known, but you have no role that lets you use this service.")
        return Caller("person", tenant, who_of(subject), scopes)

    async def _metadata(self) -> Mapping[str, Any]:
        try:
            found: dict[str, Any] = await self._client.load_server_metadata()
        except (httpx2.HTTPError, *_TROUBLE):
            raise unavailable() from None
        if found.get("issuer") != self._provider.issuer:
            raise unavailable()
        # What the provider says it may sign with is no reason to accept `none` or a shared secret.
        offered = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        found["id_token_signing_alg_values_supported"] = [word for word in offered if word in ALGORITHMS]
        return found


class Cookies:
    """The names and attributes of our cookies. `__Host-` makes a browser insist on Secure, this host and no path."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        self.session = "__Host-nlpq" if secure else "nlpq"
        self.begun = f"{self.session}-sign-in"

    def set(self, reply: Response, name: str, value: str, *, seconds: int) -> None:
        """Give the browser a cookie that no script can read and no other site can make it send with a form."""
        reply.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")

    def clear(self, reply: Response, name: str) -> None:
        """Take it back."""
        reply.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")


def safe_next(path: str) -> str:
    """`path` where it is one of this service; else the page."""
    return path if len(path) <= MAX_NEXT and _NEXT.fullmatch(path) else "/"


def redirect_to(url: str) -> Response:
    """See other, by GET."""
    return RedirectResponse(url, status_code=303)


def not_signed_in() -> Problem:
    """The same whatever did not hold."""
    return Problem(400, "not_signed_in", "You could not be signed in. Please try again.")


def unavailable() -> Problem:
    """The provider does not answer as it should."""
    return Problem(
        503,
        "sign_in_unavailable",
        "You cannot be signed in now: the sign-in service of your organisation does not answer.",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def _opened(sealed: str, keys: KeyRing) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(keys.open(base64.urlsafe_b64decode(sealed.encode()), place=PLACE))
    except (SealBroken, binascii.Error, ValueError):
        return None
    return found if time.time() < found["until"] else None
