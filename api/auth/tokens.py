"""OAuth2 bearer tokens (JWT): signed by the council's issuer, for this service, now. Entra ID's shape and RFC 9068's.

`roles` (an application's) or `scp` / `scope` (on a person's behalf) name the scopes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from api.auth.callers import LOCAL, Caller, is_tenant, known_scopes, who_of
from api.auth.jwks import ALGORITHMS, Jwks

LEEWAY_SECONDS: Final = 60  # by which the issuer's clock and ours may differ
MAX_TOKEN: Final = 16_000
TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
# Only an ID token has these. It tells a client who signed in, and lets nobody call an API.
ID_TOKEN_CLAIMS: Final = frozenset({"nonce", "at_hash", "c_hash"})
# Issuers put members of their own into the header; those marked critical are still refused.
_HEADERS: Final = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_ENTRA_ISSUER: Final = re.compile(r"https://login\.microsoftonline\.(?:com|us)/([0-9a-fA-F-]{36})/v2\.0")


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must be.

    Attributes:
        issuer: exactly its `iss`.
        audiences: one of them is in its `aud`.
        tenant_claim: the claim that names the tenant; None: every token's is `local`.
        scope_prefix: what roles and scopes begin with before our own word.
    """

    issuer: str
    audiences: tuple[str, ...]
    tenant_claim: str | None = None
    scope_prefix: str = ""


class Tokens:
    """Tells whose token it is."""

    def __init__(self, rules: TokenRules, jwks: Jwks) -> None:
        self._rules = rules
        self._jwks = jwks
        self._claims = JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": rules.issuer},
            aud={"essential": True, "values": list(rules.audiences)},
            exp={"essential": True},
        )

    async def caller(self, text: str) -> Caller | None:
        """Whose token it is; None for one that is forged, expired, for another service or otherwise not good.

        Raises:
            Problem: 503 while the issuer's keys cannot be had.
        """
        if len(text) > MAX_TOKEN or not text.isascii():
            return None
        try:
            header = jws.extract_compact(text.encode()).headers()
        except (JoseError, ValueError, TypeError):
            return None
        # Looked at before any key is asked for, so that nonsense makes no call to the issuer.
        key_id = header.get("kid")
        if header.get("alg") not in ALGORITHMS or not isinstance(key_id, str) or not _is_access_type(header.get("typ")):
            return None
        key = await self._jwks.key(key_id)
        if key is None:
            return None
        try:
            claims = jwt.decode(text, key, registry=_HEADERS).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError, OverflowError):
            return None
        return caller_of(claims, self._rules)


def caller_of(claims: Mapping[str, Any], rules: TokenRules) -> Caller | None:
    """The caller that verified claims name; None where they name none."""
    if not ID_TOKEN_CLAIMS.isdisjoint(claims):
        return None
    entra = _ENTRA_ISSUER.fullmatch(rules.issuer)
    if entra and claims.get("tid") != entra[1]:
        return None
    subject = claims.get("sub") or claims.get("azp") or claims.get("client_id")
    tenant = tenant_of(claims, rules.tenant_claim)
    if not isinstance(subject, str) or tenant is None:
        return None
    return Caller("token", tenant, who_of(subject), granted(claims, prefix=rules.scope_prefix))


def tenant_of(claims: Mapping[str, Any], claim: str | None) -> str | None:
    """The tenant of the claims; None where the claim that must name it does not."""
    if claim is None:
        return LOCAL
    tenant = claims.get(claim)
    return tenant if is_tenant(tenant) else None


def granted(claims: Mapping[str, Any], *, prefix: str) -> frozenset[str]:
    """The scopes of the claims `roles`, `scp` and `scope`, each a list or words separated by spaces."""
    words: list[object] = []
    for name in ("roles", "scp", "scope"):
        value = claims.get(name)
        words += value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return known_scopes(words, prefix=prefix)


def _is_access_type(typ: object) -> bool:
    return typ is None or (isinstance(typ, str) and typ.lower() in TYPES)
