"""How long things stay, and their removal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import DeclarativeBase

from api.settings import Settings
from api.store import audit_log
from api.store.database import Store
from api.store.tables import Batch, Feedback, ScoreEvent

OPERATOR = "operator"
EVERY_TENANT = "*"


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each were removed."""

    batches: int
    score_events: int
    feedback: int

    def __bool__(self) -> bool:
        return bool(self.batches or self.score_events or self.feedback)


def purge(store: Store, settings: Settings, *, pretend: bool = False) -> Purged:
    """Remove what is past its time: batches, uploads that never ended, score events, feedback.

    Args:
        pretend: count only.

    The audit log stays. On SQLite the journal is emptied too, so that nothing removed is left in it.
    """
    with store.session(write=not pretend) as session:
        now = store.now(session)
        past: tuple[tuple[type[DeclarativeBase], ColumnElement[bool]], ...] = (
            (Batch, or_(Batch.expires <= now, and_(Batch.state == "receiving", Batch.receiving_until <= now))),
            (ScoreEvent, ScoreEvent.at <= now - timedelta(days=settings.event_days)),
            (Feedback, Feedback.at <= now - timedelta(days=settings.feedback_days)),
        )
        found = Purged(
            *(session.scalar(select(func.count()).select_from(table).where(old)) or 0 for table, old in past)
        )
        if pretend or not found:
            return found
        for table, old in past:
            session.execute(delete(table).where(old))
        audit_log.append(store, session, tenant=EVERY_TENANT, who=OPERATOR, what="purged")
    if store.file is not None:
        connection = store.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()
    return found
