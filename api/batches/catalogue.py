"""The batches of a tenant, as callers see them: listed, found, cancelled, deleted, their results read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from api.batches import rows
from api.errors import Problem
from api.store import audit_log
from api.store.database import Store
from api.store.tables import Batch, BatchItem

RECEIVING: Final = "receiving"
OPEN: Final = ("queued", "running")
ENDED: Final = ("done", "cancelled", "failed")
PAGE: Final = 20  # rows of results read at a time; a long record's scorecard takes some megabytes


def as_dict(batch: Batch) -> dict[str, Any]:
    """A batch as replies have it."""
    return {
        "id": batch.id,
        "state": batch.state,
        "total": batch.total,
        "done": batch.done,
        "failed": batch.failed,
        "created": iso(batch.created),
        "expires": iso(batch.expires),
    }


def iso(at: datetime) -> str:
    """A time as replies have it: UTC, to the second."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def find(store: Store, session: Session, *, tenant: str, batch_id: str, lock: bool = False) -> Batch:
    """The tenant's batch of that id.

    Args:
        lock: hold it against other writers until the transaction ends.

    Raises:
        Problem: 404, whether it never was, has expired, or is somebody else's.
    """
    wanted = select(Batch).where(Batch.id == batch_id, _visible(store, session, tenant))
    batch = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if batch is None:
        raise Problem(404, "not_found", "There is no batch of this id.")
    return batch


def page(
    store: Store, session: Session, *, tenant: str, limit: int, after: str | None
) -> tuple[Sequence[Batch], str | None]:
    """The tenant's batches, the newest first, and the id to go on after; None at the end."""
    visible = select(Batch).where(_visible(store, session, tenant))
    wanted = visible.order_by(Batch.created.desc(), Batch.id.desc()).limit(limit + 1)
    if after is not None:
        last = find(store, session, tenant=tenant, batch_id=after)
        older = and_(Batch.created == last.created, Batch.id < last.id)
        wanted = wanted.where(or_(Batch.created < last.created, older))
    found = session.scalars(wanted).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def cancel(store: Store, session: Session, *, tenant: str, batch_id: str, who: str) -> Batch:
    """Score no further row; those scored keep their results, and the text of the others is deleted.

    Raises:
        Problem: 404; 409 where it has ended otherwise.
    """
    batch = find(store, session, tenant=tenant, batch_id=batch_id, lock=True)
    if batch.state == "cancelled":
        return batch
    if batch.state not in OPEN:
        raise Problem(409, "already_ended", f"The batch has ended: it is {batch.state}.")
    batch.state, batch.finished = "cancelled", store.now(session)
    session.execute(
        update(BatchItem)
        .where(BatchItem.batch_id == batch.id, BatchItem.record.is_not(None))
        .values(record=None, state="dropped", claim=None, claimed_until=None)
    )
    audit_log.append(store, session, tenant=tenant, who=who, what="batch.cancelled", subjects=[batch.id])
    return batch


def remove(store: Store, session: Session, *, tenant: str, batch_id: str, who: str) -> None:
    """Delete a batch and everything of it, whatever its state.

    Raises:
        Problem: 404.
    """
    batch = find(store, session, tenant=tenant, batch_id=batch_id, lock=True)
    session.execute(delete(Batch).where(Batch.id == batch.id))
    audit_log.append(store, session, tenant=tenant, who=who, what="batch.deleted", subjects=[batch_id])


def results(store: Store, *, batch_id: str) -> Iterator[bytes]:
    """The results so far as JSON Lines, in the order of the upload; read a page at a time, holding no transaction."""
    last = 0
    while True:
        with store.session(write=False) as session:
            found = session.execute(
                select(BatchItem.row, BatchItem.result)
                .where(BatchItem.batch_id == batch_id, BatchItem.row > last, BatchItem.result.is_not(None))
                .order_by(BatchItem.row)
                .limit(PAGE)
            ).all()
        if not found:
            return
        yield b"".join(rows.open_result(store.keys, batch_id, row, sealed) for row, sealed in found if sealed)
        last = found[-1].row


def _visible(store: Store, session: Session, tenant: str) -> ColumnElement[bool]:
    return and_(Batch.tenant == tenant, Batch.state != RECEIVING, Batch.expires > store.now(session))
