"""API keys in the store: made, listed, rotated, revoked, and read back by their prefix.

A key is `nlpq_<prefix>_<secret>`: the prefix finds its row, the secret is 32 random bytes. Of the secret only its
SHA-256 is kept. A slow hash (argon2) exists to make guessing a weak password dear; 256 random bits cannot be guessed at
any speed, and a slow hash would cost every save its time and give whoever sends wrong keys a way to occupy the service.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from api.auth.callers import SCOPES, Caller, is_tenant
from api.store import audit_log
from api.store.database import Store
from api.store.tables import ApiKey
from nlp_quality.errors import NlpQualityError

MARK: Final = "nlpq_"
SECRET_BYTES: Final = 32
PREFIX_BYTES: Final = 6
MAX_NAME: Final = 100
OPERATOR: Final = "operator"  # who makes keys: whoever may run commands beside the store

_KEY: Final = re.compile(r"nlpq_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NO_HASH: Final = hashlib.sha256(b"no key has this hash").hexdigest()


class ApiKeyError(NlpQualityError):
    """A key cannot be made or found. Codes: `unknown_key`, `invalid_name`, `invalid_tenant`, `unknown_scope`, `key_over`."""


@dataclass(frozen=True, slots=True)
class Presented:
    """A key as a caller sent it: where to look, and what must be there."""

    prefix: str
    hash: str


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key's row as it was read.

    Attributes:
        last_used: as far as the store knows; see `api.auth.key_cache`.
    """

    caller: Caller
    hash: str
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None

    def opens_for(self, presented: Presented, *, now: datetime) -> bool:
        """Whether what was presented is this key, and the key is neither revoked nor expired."""
        same = same_hash(self.hash, presented.hash)
        return same and self.revoked is None and (self.expires is None or now < self.expires)


def parse(text: str) -> Presented | None:
    """The key in `text`; None where it has not the form of one."""
    found = _KEY.fullmatch(text)
    return None if found is None else Presented(found[1], digest(found[2]))


def digest(secret: str) -> str:
    """What is kept of a secret: 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_hash(one: str, other: str) -> bool:
    """Whether two hashes are equal, found in the same time whether they are or not."""
    return hmac.compare_digest(one.encode(), other.encode())


def spend_the_time(presented: Presented) -> None:
    """Compare with no key's hash, so that an unknown prefix takes the time of a known one."""
    same_hash(_NO_HASH, presented.hash)


def find(session: Session, prefix: str) -> KnownKey | None:
    """The key of that prefix, whatever its state."""
    row = session.scalars(select(ApiKey).where(ApiKey.prefix == prefix)).one_or_none()
    if row is None:
        return None
    caller = Caller("key", row.tenant, row.id, frozenset(row.scopes.split()))
    return KnownKey(caller, row.hash, row.expires, row.revoked, row.last_used)


def any_made(session: Session) -> bool:
    """Whether a key was ever made. Revoking the last one closes the door; it does not open the house."""
    return bool(session.scalar(select(exists().where(ApiKey.id.is_not(None)))))


def create(
    store: Store, session: Session, *, name: str, scopes: Sequence[str], tenant: str, lifetime: timedelta | None
) -> tuple[ApiKey, str]:
    """A new key: its row, and the key itself, which cannot be had again.

    Raises:
        ApiKeyError: a name, scope or tenant that cannot be.
    """
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise ApiKeyError("invalid_name", f"the name must be 1 to {MAX_NAME} printable characters.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise ApiKeyError("unknown_scope", f"give at least one scope, each one of: {', '.join(SCOPES)}.")
    if not is_tenant(tenant):
        raise ApiKeyError("invalid_tenant", "the tenant must be 1 to 64 letters, digits, dots, hyphens or underscores.")
    row, key = _make(store, session, name=name.strip(), scopes=scopes, tenant=tenant, lifetime=lifetime)
    audit_log.append(store, session, tenant=tenant, who=OPERATOR, what="keys.created", subjects=[row.id])
    return row, key


def rotate(
    store: Store, session: Session, key_id: str, *, lifetime: timedelta | None, overlap: timedelta
) -> tuple[ApiKey, str]:
    """A new key of the same name, scopes and tenant; the old one goes on for `overlap`.

    Raises:
        ApiKeyError: there is no such key, or it is over.
    """
    old = _get(session, key_id)
    now = store.now(session)
    if old.revoked is not None or (old.expires is not None and old.expires <= now):
        raise ApiKeyError("key_over", "the key is revoked or expired; create a new one.")
    row, key = _make(store, session, name=old.name, scopes=old.scopes.split(), tenant=old.tenant, lifetime=lifetime)
    end = now + overlap
    old.expires = end if old.expires is None else min(old.expires, end)
    audit_log.append(store, session, tenant=old.tenant, who=OPERATOR, what="keys.rotated", subjects=[old.id, row.id])
    return row, key


def revoke(store: Store, session: Session, key_id: str) -> ApiKey:
    """End a key now; a second time changes nothing.

    Raises:
        ApiKeyError: there is no such key.
    """
    row = _get(session, key_id)
    if row.revoked is None:
        row.revoked = store.now(session)
        audit_log.append(store, session, tenant=row.tenant, who=OPERATOR, what="keys.revoked", subjects=[row.id])
    return row


def every(session: Session) -> Sequence[ApiKey]:
    """All keys, the oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.created, ApiKey.id)).all()


def state(row: ApiKey, *, now: datetime) -> str:
    """`active`, `expired` or `revoked`."""
    if row.revoked is not None:
        return "revoked"
    return "expired" if row.expires is not None and row.expires <= now else "active"


def _make(
    store: Store, session: Session, *, name: str, scopes: Sequence[str], tenant: str, lifetime: timedelta | None
) -> tuple[ApiKey, str]:
    prefix = secrets.token_hex(PREFIX_BYTES)
    secret = base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).rstrip(b"=").decode()
    now = store.now(session)
    row = ApiKey(
        id=secrets.token_hex(16),
        tenant=tenant,
        name=name,
        prefix=prefix,
        hash=digest(secret),
        scopes=" ".join(scope for scope in SCOPES if scope in scopes),
        created=now,
        expires=None if lifetime is None else now + lifetime,
    )
    session.add(row)
    session.flush()
    return row, f"{MARK}{prefix}_{secret}"


def _get(session: Session, key_id: str) -> ApiKey:
    row = session.get(ApiKey, key_id, with_for_update=True)
    if row is None:
        raise ApiKeyError("unknown_key", "there is no key of that id; nlp-quality keys list shows them.")
    return row
