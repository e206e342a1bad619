"""People who are signed in: a row in the store for each, found by a random cookie of which only a digest is kept.

A row rather than a signed cookie, so that signing out ends it for every copy of the cookie.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from api.auth.callers import Caller
from api.store import audit_log
from api.store.database import Store
from api.store.tables import SignedIn

TOKEN_BYTES = 32


def open_session(store: Store, session: Session, caller: Caller, *, lifetime: timedelta) -> str:
    """A new cookie for one who has just signed in; rows that are over go."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = store.now(session)
    session.execute(delete(SignedIn).where(SignedIn.expires <= now))
    session.add(
        SignedIn(
            id=_digest(token),
            tenant=caller.tenant,
            who=caller.who,
            scopes=" ".join(sorted(caller.scopes)),
            created=now,
            expires=now + lifetime,
        )
    )
    audit_log.append(store, session, tenant=caller.tenant, who=caller.who, what="signed_in")
    return token


def find(store: Store, session: Session, token: str) -> Caller | None:
    """Who is signed in with this cookie; None for one that is unknown, over or signed out."""
    row = session.get(SignedIn, _digest(token))
    if row is None or row.expires <= store.now(session):
        return None
    return Caller("person", row.tenant, row.who, frozenset(row.scopes.split()))


def close_session(store: Store, session: Session, token: str) -> None:
    """Sign out; nothing happens where nobody is signed in."""
    row = session.get(SignedIn, _digest(token))
    if row is not None:
        session.delete(row)
        audit_log.append(store, session, tenant=row.tenant, who=row.who, what="signed_out")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
