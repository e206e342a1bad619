"""Who scores which row: a worker claims rows for a while, and whoever holds a row's claim may write its result.

A claim that is not renewed ends by the database's clock, and another worker takes the rows over. A result is written
in the same transaction as the row's state and the batch's counts, and only under the claim, so that a worker thought
dead which comes back writes nothing. Every transaction locks the batch before its rows, so that none waits in a ring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from api.batches.catalogue import OPEN
from api.batches.rows import Options, seal_result
from api.store.database import Store
from api.store.events import Event, add_event
from api.store.tables import Batch, BatchItem, Webhook

MAX_TRIES: Final = 20  # a row that was claimed as often and never finished takes its worker down with it.
SUSPECT: Final = 3  # from so many tries on a row is claimed alone, so that its neighbours do not count its failures.


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows of one batch that a worker may score until the claim ends.

    Attributes:
        token: names the claim in the database.
        rows: row number and sealed record, in order.
    """

    token: str
    batch_id: str
    tenant: str
    options: Options
    rows: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: a scorecard and perhaps its event, or the error in its place."""

    result: Mapping[str, Any]
    scored: bool
    event: Event | None = None


def claim(store: Store, *, size: int, seconds: float) -> Claim | None:
    """Up to `size` rows of the batch that was served longest ago; None where nothing waits."""
    token = uuid4().hex
    with store.session() as session:
        now = store.now(session)
        batch = session.scalars(
            select(Batch)
            .where(Batch.state.in_(OPEN), Batch.expires > now)
            .where(exists().where(BatchItem.batch_id == Batch.id, _free(now)))
            .order_by(Batch.last_claim.asc().nulls_first(), Batch.created)
            .limit(1)
        ).one_or_none()
        if batch is None or not _mark_running(session, batch.id, now):
            return None
        session.refresh(batch)  # its counts may have moved before this transaction held it
        found = session.scalars(
            select(BatchItem)
            .where(BatchItem.batch_id == batch.id, _free(now))
            .order_by(BatchItem.row)
            .limit(size)
            .with_for_update(skip_locked=True)
        ).all()
        taken = found[:1] if any(item.tries >= SUSPECT for item in found) else found
        kept = []
        for item in taken:
            if item.tries >= MAX_TRIES or item.record is None:
                _write(store, session, batch, item, Outcome(_given_up(), scored=False))
                continue
            item.state, item.claim, item.claimed_until = "claimed", token, now + timedelta(seconds=seconds)
            item.tries += 1
            kept.append((item.row, item.record))
        return Claim(token, batch.id, batch.tenant, Options.load(batch.options), tuple(kept))


def renew(store: Store, held: Claim, *, seconds: float) -> None:
    """Keep a claim for a while longer."""
    with store.session() as session:
        session.get(Batch, held.batch_id, with_for_update=True)
        until = store.now(session) + timedelta(seconds=seconds)
        session.execute(update(BatchItem).where(BatchItem.claim == held.token).values(claimed_until=until))


def release(store: Store, held: Claim) -> None:
    """Give the rows of a claim back that were not finished; the try does not count."""
    with store.session() as session:
        session.get(Batch, held.batch_id, with_for_update=True)
        session.execute(
            update(BatchItem)
            .where(BatchItem.claim == held.token)
            .values(state="waiting", claim=None, claimed_until=None, tries=BatchItem.tries - 1)
        )


def finish(store: Store, held: Claim, row: int, outcome: Outcome) -> bool:
    """Write what became of a row; false where the claim has ended, or the batch was cancelled or deleted."""
    with store.session() as session:
        batch = session.get(Batch, held.batch_id, with_for_update=True)
        if batch is None or batch.state not in OPEN:
            return False
        item = session.get(BatchItem, (held.batch_id, row), with_for_update=True)
        if item is None or item.claim != held.token:
            return False
        _write(store, session, batch, item, outcome)
        return True


def end_if_complete(store: Store, session: Session, batch: Batch) -> None:
    """Where every row has its result: the batch is done, or failed where none could be scored."""
    if batch.done + batch.failed < batch.total:
        return
    now = store.now(session)
    # Results stay as long after the end as the text would have waited for it.
    batch.expires = now + (batch.expires - batch.created)
    batch.state, batch.finished = ("failed" if batch.done == 0 else "done"), now
    session.execute(update(Webhook).where(Webhook.batch_id == batch.id).values(due=now))


def _write(store: Store, session: Session, batch: Batch, item: BatchItem, outcome: Outcome) -> None:
    item.state = "done" if outcome.scored else "failed"
    item.result = seal_result(store.keys, batch.id, item.row, outcome.result)
    item.record = item.claim = item.claimed_until = None
    if outcome.scored:
        batch.done += 1
    else:
        batch.failed += 1
    if outcome.event is not None:
        add_event(store, session, outcome.event)
    end_if_complete(store, session, batch)


def _mark_running(session: Session, batch_id: str, now: datetime) -> bool:
    changed = session.execute(
        update(Batch)
        .where(Batch.id == batch_id, Batch.state.in_(OPEN))
        .values(state="running", last_claim=now)
        .returning(Batch.id)
    )
    return changed.one_or_none() is not None


def _free(now: datetime) -> ColumnElement[bool]:
    ended = and_(BatchItem.state == "claimed", BatchItem.claimed_until < now)
    return or_(BatchItem.state == "waiting", ended)


def _given_up() -> dict[str, Any]:
    message = "the row could not be scored: the service stopped each time it tried."
    return {"id": None, "error": {"code": "not_scored", "message": message}}
