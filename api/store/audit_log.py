"""The audit log: who did what to which subjects, when; each row's keyed hash covers the row before it.

A row changed, removed or put in between shows, and so does a tail cut off: the head is kept apart, under the same key.
Whoever holds both the database and the key could write another log; a head noted elsewhere would show that too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.database import Store
from api.store.secrets import audit_key
from api.store.tables import AuditEntry, Meta

HEAD: Final = "audit_head"
FIRST: Final = "0" * 64  # the hash before the first row
PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying found.

    Attributes:
        rows: how many rows hold, from the first.
        head: the hash of the last row that holds.
        broken: the number of the first row that does not, or None.
        why: one plain sentence where one is broken.
    """

    rows: int
    head: str
    broken: int | None = None
    why: str | None = None


def append(
    store: Store, session: Session, *, tenant: str, who: str, what: str, subjects: Sequence[str] = ()
) -> AuditEntry:
    """One more row, in the transaction of what it tells of; other writers wait until that ends.

    Args:
        who: the id of a key, a token's subject or `operator`: never a name typed by a caller.
        what: a word of ours, as in `batch.created`.
        subjects: our own ids: never a caller's.
    """
    key = audit_key(session, store.keys)
    head = session.get(Meta, HEAD, with_for_update=True)
    number, previous = (0, FIRST) if head is None else _read_head(head.value)
    at = store.now(session).astimezone(UTC)
    entry = AuditEntry(
        number=number + 1,
        tenant=tenant,
        who=who,
        what=what,
        at=at,
        subjects=json.dumps(list(subjects)),
        previous_hash=previous,
    )
    entry.hash = row_hash(entry, key)
    session.add(entry)
    value = written_head(entry.number, entry.hash, key)
    if head is None:
        session.add(Meta(name=HEAD, value=value))
    else:
        head.value = value
    session.flush()
    return entry


def verify(store: Store) -> Verified:
    """Every row from the first, until one does not hold."""
    with store.session(write=False) as session:
        key = audit_key(session, store.keys)
        head = session.get(Meta, HEAD)
        return verify_rows(_rows(session), key=key, head=None if head is None else head.value)


def holds(store: Store, head: str) -> bool:
    """Whether a row of that hash is there."""
    with store.session(write=False) as session:
        return head == FIRST or session.scalar(select(AuditEntry.number).where(AuditEntry.hash == head)) is not None


def verify_rows(rows: Iterable[AuditEntry], *, key: bytes, head: bytes | None) -> Verified:
    """`rows` in order, held against each other and against `head`."""
    count, previous = 0, FIRST
    for row in rows:
        why = None
        if row.number != count + 1:
            why = "a row before it is gone." if row.number > count + 1 else "its number is not its place."
        elif row.previous_hash != previous:
            why = "it does not follow the row before it."
        elif not hmac.compare_digest(row.hash.encode(), row_hash(row, key).encode()):
            why = "it was changed."
        if why is not None:
            return Verified(count, previous, count + 1, why)
        count, previous = row.number, row.hash
    expected = (0, FIRST) if head is None else _read_head(head)
    if head is not None and not hmac.compare_digest(head, written_head(*expected, key)):
        return Verified(count, previous, count + 1, "the head of the log was changed.")
    if expected != (count, previous):
        return Verified(count, previous, count + 1, "rows at the end are gone.")
    return Verified(count, previous)


def row_hash(row: AuditEntry, key: bytes) -> str:
    """The keyed hash of a row: 64 hexadecimal digits."""
    covered = [row.number, row.tenant, row.who, row.what, _iso(row.at), row.subjects, row.previous_hash]
    return hmac.new(key, json.dumps(covered).encode(), hashlib.sha256).hexdigest()


def written_head(number: int, found: str, key: bytes) -> bytes:
    """The last row's number and hash, under the log's key."""
    mac = hmac.new(key, f"head {number} {found}".encode(), hashlib.sha256).hexdigest()
    return f"{number}:{found}:{mac}".encode()


def _rows(session: Session) -> Iterator[AuditEntry]:
    wanted = select(AuditEntry).order_by(AuditEntry.number).limit(PAGE)
    page = session.scalars(wanted).all()
    while page:
        yield from page
        session.expunge_all()
        page = session.scalars(wanted.where(AuditEntry.number > page[-1].number)).all()


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _read_head(value: bytes) -> tuple[int, str]:
    try:
        number, found, _ = value.decode("ascii").split(":")
        return int(number), found
    except ValueError:
        return -1, ""
