"""Score events: that a record was scored, never for a draft; kept for drift, audit and the visit views.

On save an event waits in memory for the moment it takes to write several together, so that no save waits for a disk.
Past `MAX_WAITING`, as when the database is long away, the oldest are dropped and counted.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from api.store.database import Store
from api.store.errors import StoreError
from api.store.keys import TenantSecret
from api.store.tables import ScoreEvent, SeenEvent
from nlp_quality.record import Record
from nlp_quality.types import ChildSeen, Scorecard

MAX_WAITING: Final = 10_000
TOGETHER: Final = 200  # events written in one transaction
PAUSE_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 2.0
PLANS: Final = ("cin", "cp", "cla", "private_fostering")
OTHER_PLAN: Final = "other"

logger = logging.getLogger("api.store")


@dataclass(frozen=True, slots=True)
class Event:
    """What is noted of a scored record, before it is keyed to its tenant. Lives in memory only."""

    tenant: str
    at: datetime
    source: str
    milliseconds: int
    text_digest: str
    record_type: str
    card: Mapping[str, Any]
    children: tuple[tuple[str | None, str, bool], ...]
    child: str | None
    worker: str | None
    team: str | None
    plan: str | None
    contact_date: str | None


def event_of(*, tenant: str, record: Record, card: Scorecard, milliseconds: float, source: str) -> Event | None:
    """The event of a scored record; None for a draft."""
    if record.draft:
        return None
    context = record.context
    seen = tuple(child for child in card.dimensions["seen_alone"].children or () if isinstance(child, ChildSeen))
    only = context.get("child_id") if len(seen) == 1 else None
    plan = context.get("plan", "").strip().lower()
    return Event(
        tenant=tenant,
        at=datetime.now(UTC),
        source=source,
        milliseconds=round(milliseconds),
        text_digest=text_digest(record.text),
        record_type=record.record_type,
        card={
            "model_name": card.model.name,
            "model_version": card.model.version,
            "model_sha256": card.model.sha256,
            **{name: score.level for name, score in card.dimensions.items()},
            "refer": " ".join(name for name, score in card.dimensions.items() if score.refer),
        },
        children=tuple((child.id or only, child.status, child.refer) for child in seen),
        child=context.get("child_id"),
        worker=context.get("worker"),
        team=context.get("team"),
        plan=(plan if plan in PLANS else OTHER_PLAN) if plan else None,
        contact_date=_iso_date(context.get("date", "")),
    )


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal: what a caller may send to name a text, and never kept as it is."""
    return hashlib.sha256(text.encode()).hexdigest()


def keyed_text_digest(secret: TenantSecret, digest: str) -> str:
    """A `text_digest` as it is kept: keyed to the tenant, so that it says nothing to anybody else."""
    return secret.digest(f"text {digest}".encode())


def add_event(store: Store, session: Session, event: Event) -> None:
    """Write an event, its context pseudonymised, in the caller's transaction."""
    secret = store.tenant(session, event.tenant)

    def pseudonym(kind: str, value: str | None) -> str | None:
        return secret.pseudonym(kind, value) if value else None

    row = ScoreEvent(
        tenant=event.tenant,
        at=event.at,
        source=event.source,
        milliseconds=event.milliseconds,
        text_digest=keyed_text_digest(secret, event.text_digest),
        record_type=event.record_type,
        child=pseudonym("child_id", event.child),
        worker=pseudonym("worker", event.worker),
        team=pseudonym("team", event.team),
        plan=event.plan,
        contact_date=event.contact_date,
        **event.card,
    )
    session.add(row)
    session.flush()
    for number, (child, status, refer) in enumerate(event.children, 1):
        kept = pseudonym("child_id", child)
        session.add(SeenEvent(event_id=row.id, number=number, child=kept, status=status, refer=refer))


class EventWriter:
    """Takes note of scores and writes them a moment later, several at a time, from a thread of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Event] = deque()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.dropped = 0

    def scored(self, *, tenant: str, record: Record, card: Scorecard, milliseconds: float, source: str) -> None:
        """Take note of a scored record, unless it is a draft."""
        event = event_of(tenant=tenant, record=record, card=card, milliseconds=milliseconds, source=source)
        if event is None:
            return
        with self._lock:
            self._waiting.append(event)
            self._drop_oldest()
        self._news.set()

    def start(self) -> None:
        """Begin to write."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="score-events", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end."""
        self._stopping.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()
        try:
            self.flush()
        except StoreError as error:
            logger.warning("%d score events were not kept: %s", len(self._waiting), error.code)

    def flush(self) -> None:
        """Write what waits.

        Raises:
            StoreError: it could not be written, and waits on.
        """
        while events := self._take():
            try:
                with self._store.session() as session:
                    for event in events:
                        add_event(self._store, session, event)
            except BaseException:
                with self._lock:
                    self._waiting.extendleft(reversed(events))
                    self._drop_oldest()
                raise

    def _take(self) -> list[Event]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]

    def _drop_oldest(self) -> None:
        while len(self._waiting) > MAX_WAITING:
            self._waiting.popleft()
            self.dropped += 1

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.wait()
            self._news.clear()
            # What is told within this moment is written together.
            self._stopping.wait(PAUSE_SECONDS)
            try:
                self.flush()
            except StoreError as error:
                logger.warning("score events wait: %s", error.code)
                self._news.set()
                self._stopping.wait(RETRY_SECONDS)


def _iso_date(value: str) -> str | None:
    try:
        return date.fromisoformat(value.strip()[:10]).isoformat()
    except ValueError:
        return None
