"""The operator's settings about access, checked together: each part needs others, and a wrong one stops the start."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from api.auth import api_keys
from api.auth.callers import SCOPES
from api.auth.rate_limits import is_limit
from api.auth.sign_in import Provider
from api.auth.tokens import TokenRules
from api.settings import ENV_PREFIX, Settings
from api.store.database import Store
from nlp_quality.errors import NlpQualityError

HTTPS: Final = "https"


class AccessError(NlpQualityError):
    """The settings about access do not go together, or not with the address. Codes: `invalid_access`, `no_access`."""


def check(settings: Settings) -> None:
    """Whether every setting about access can be used.

    Raises:
        AccessError: names the setting, never its value.
    """
    token_rules(settings)
    provider(settings)
    cors_origins(settings)
    public_url(settings)
    for name in ("rate_limit", "failure_limit"):
        if not is_limit(getattr(settings, name)):
            raise _wrong(name, "must be a number and a time, as in 600/minute")


def check_address(settings: Settings, store: Store) -> None:
    """Whether the service may listen where it is told to: on another address than this machine's own only when callers
    must be known.

    Raises:
        AccessError: `no_access`.
    """
    if is_loopback(settings.host) or callers_are_known(settings):
        return
    with store.session(write=False) as session:
        if api_keys.any_made(session):
            return
    raise AccessError(
        "no_access",
        "no authentication is set up, so the service listens on this machine alone: make a key with "
        "nlp-quality keys create, or set up tokens or sign-in, or keep --host 127.0.0.1.",
    )


def callers_are_known(settings: Settings) -> bool:
    """Whether tokens or sign-in are set up."""
    return settings.token_issuer is not None or settings.oidc_issuer is not None


def token_rules(settings: Settings) -> TokenRules | None:
    """What a bearer token must be; None where no issuer is set.

    Raises:
        AccessError: no audience, or a URL that is not HTTPS.
    """
    if settings.token_issuer is None:
        return None
    _check_url("token_issuer", settings.token_issuer)
    if settings.token_jwks_url is not None:
        _check_url("token_jwks_url", settings.token_jwks_url)
    audiences = tuple(words(settings.token_audience))
    if not audiences:
        raise _wrong("token_audience", "is needed with TOKEN_ISSUER")
    return TokenRules(settings.token_issuer, audiences, settings.tenant_claim, settings.scope_prefix)


def provider(settings: Settings) -> Provider | None:
    """Where people sign in; None where no provider is set.

    Raises:
        AccessError: no client or public URL, a URL that is not HTTPS, or an unknown scope.
    """
    if settings.oidc_issuer is None:
        return None
    _check_url("oidc_issuer", settings.oidc_issuer)
    if not settings.oidc_client_id:
        raise _wrong("oidc_client_id", "is needed with OIDC_ISSUER")
    here = public_url(settings)
    if here is None:
        raise _wrong("public_url", "is needed with OIDC_ISSUER")
    scopes = frozenset(settings.sign_in_scopes.split())
    if not scopes <= set(SCOPES):
        raise _wrong("sign_in_scopes", f"must be words among: {', '.join(SCOPES)}")
    secret = settings.oidc_client_secret
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=None if secret is None else secret.get_secret_value(),
        public_url=here,
        scopes=scopes,
        tenant_claim=settings.tenant_claim,
        scope_prefix=settings.scope_prefix,
    )


def public_url(settings: Settings) -> str | None:
    """Where people reach the service, without a slash at the end.

    Raises:
        AccessError: it is not an https URL, or http on this machine, without query.
    """
    if settings.public_url is None:
        return None
    _check_url("public_url", settings.public_url)
    return settings.public_url.rstrip("/")


def cors_origins(settings: Settings) -> tuple[str, ...]:
    """Origins whose pages may call the service from a browser.

    Raises:
        AccessError: one is not an origin; `*` is none.
    """
    found = tuple(words(settings.cors_origins))
    for word in found:
        parts = _split(word)
        if parts is None or not parts.scheme or word != f"{parts.scheme}://{parts.netloc}" or "*" in word:
            raise _wrong("cors_origins", "must be origins as in https://cases.example.gov.uk, separated by commas")
    return found


def origin_of(url: str | None) -> str | None:
    """Scheme, host and port of a URL, as a browser writes them in `Origin`."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def words(text: str) -> list[str]:
    """The words of a setting that holds several, separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def is_loopback(host: str) -> bool:
    """Whether `host` is an address of this machine that no other can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_url(name: str, url: str) -> None:
    parts = _split(url)
    good = parts is not None and parts.hostname and not (parts.query or parts.fragment or parts.username)
    if parts is None or not good:
        raise _wrong(name, "must be a URL without user, query or fragment")
    if parts.scheme != HTTPS and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise _wrong(name, "must begin https://; http:// is for this machine alone")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return None
    return parts


def _wrong(name: str, why: str) -> AccessError:
    return AccessError("invalid_access", f"{ENV_PREFIX}{name.upper()} {why}.")
