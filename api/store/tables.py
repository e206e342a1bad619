"""The tables. No column holds narrative, a name or a caller's id in the clear: those are sealed or keyed digests.

Times are UTC. A tenant is a word that the caller's key or token names; without either it is `local`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

TENANT = String(64)
ID = String(32)
DIGEST = String(64)
PSEUDONYM = String(32)
# SQLite numbers rows by itself only where the type is INTEGER.
SERIAL = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """A time with its zone in Python and UTC in the database; SQLite has no type that keeps a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database."""
        if value is None:
            return None
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Out of the database."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table."""

    type_annotation_map = {datetime: Utc()}  # noqa: RUF012 - SQLAlchemy's name, and typed there


class Meta(Base):
    """What the store knows of itself: `key_check`, `audit_key`, `audit_head`."""

    __tablename__ = "store_meta"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class TenantKey(Base):
    """A tenant's secret, sealed: what its digests and pseudonyms are keyed with."""

    __tablename__ = "tenant_keys"

    tenant: Mapped[str] = mapped_column(TENANT, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ApiKey(Base):
    """A caller's key, of which only the prefix and a hash are kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    tenant: Mapped[str] = mapped_column(TENANT, index=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    hash: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[str] = mapped_column(String(200))  # words separated by spaces, as in OAuth
    created: Mapped[datetime]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]
    last_used: Mapped[datetime | None]


class SignedIn(Base):
    """A person who is signed in to the page, by the digest of their cookie."""

    __tablename__ = "signed_in"

    id: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    tenant: Mapped[str] = mapped_column(TENANT)
    who: Mapped[str] = mapped_column(String(128))
    scopes: Mapped[str] = mapped_column(String(200))
    created: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)


class AuditEntry(Base):
    """Who did what to which subjects; each row's hash covers the one before. Never updated or deleted."""

    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(SERIAL, primary_key=True, autoincrement=False)
    tenant: Mapped[str] = mapped_column(TENANT)
    who: Mapped[str] = mapped_column(String(128))
    what: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    subjects: Mapped[str] = mapped_column(Text)  # a JSON list of our own ids, never a caller's
    previous_hash: Mapped[str] = mapped_column(DIGEST)
    hash: Mapped[str] = mapped_column(DIGEST, unique=True)


class ScoreEvent(Base):
    """That a record was scored: never for a draft, never its text or a name."""

    __tablename__ = "score_events"

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    tenant: Mapped[str] = mapped_column(TENANT)
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(16))
    text_digest: Mapped[str] = mapped_column(DIGEST)
    record_type: Mapped[str] = mapped_column(String(16))
    model_name: Mapped[str] = mapped_column(String(64))
    model_version: Mapped[str] = mapped_column(String(32))
    model_sha256: Mapped[str] = mapped_column(DIGEST)
    milliseconds: Mapped[int]
    child_voice: Mapped[int | None]
    seen_alone: Mapped[int | None]
    analysis: Mapped[int | None]
    parental_capacity: Mapped[int | None]
    refer: Mapped[str] = mapped_column(String(64))  # the dimensions a person should judge, separated by spaces
    child: Mapped[str | None] = mapped_column(PSEUDONYM)
    worker: Mapped[str | None] = mapped_column(PSEUDONYM)
    team: Mapped[str | None] = mapped_column(PSEUDONYM)
    plan: Mapped[str | None] = mapped_column(String(24))
    contact_date: Mapped[str | None] = mapped_column(String(10))  # ISO 8601

    __table_args__ = (
        Index("ix_score_events_tenant_at", "tenant", "at"),
        Index("ix_score_events_text", "tenant", "text_digest"),
    )


class SeenEvent(Base):
    """The status of one child of a score event."""

    __tablename__ = "seen_events"

    event_id: Mapped[int] = mapped_column(ForeignKey("score_events.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    child: Mapped[str | None] = mapped_column(PSEUDONYM)
    status: Mapped[str] = mapped_column(String(16))
    refer: Mapped[bool]


class Batch(Base):
    """Records accepted together. `state` is `receiving` until the whole upload is kept; then callers see it."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    tenant: Mapped[str] = mapped_column(TENANT)
    state: Mapped[str] = mapped_column(String(16))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime]
    expires: Mapped[datetime]
    finished: Mapped[datetime | None]
    receiving_until: Mapped[datetime | None]
    last_claim: Mapped[datetime | None]  # the batch served longest ago comes next, so that none waits for a long one
    options: Mapped[str] = mapped_column(String(200))  # JSON: detail, offsets, dimensions
    idempotency: Mapped[str | None] = mapped_column(DIGEST)
    fingerprint: Mapped[str | None] = mapped_column(DIGEST)  # keyed digest of the upload and its options

    __table_args__ = (
        UniqueConstraint("tenant", "idempotency"),
        Index("ix_batches_tenant_created", "tenant", "created"),
        Index("ix_batches_state", "state"),
    )


class BatchItem(Base):
    """One row of a batch: the record sealed until it is scored, then the result sealed until it expires."""

    __tablename__ = "batch_items"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))  # waiting, claimed, done, failed
    record: Mapped[bytes | None] = mapped_column(LargeBinary)
    result: Mapped[bytes | None] = mapped_column(LargeBinary)
    claim: Mapped[str | None] = mapped_column(ID)
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_batch_items_state", "batch_id", "state", "claimed_until"),)


class Webhook(Base):
    """A message that a batch has ended, until the operator's host has taken it."""

    __tablename__ = "webhooks"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[bytes] = mapped_column(LargeBinary)  # sealed: a path may be a secret
    message_id: Mapped[str] = mapped_column(String(40))
    due: Mapped[datetime | None] = mapped_column(index=True)  # None: the batch has not ended, or nothing is left to try
    tries: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, delivered, given_up


class Feedback(Base):
    """A reader agrees or disagrees with what the tool said; no free text."""

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    tenant: Mapped[str] = mapped_column(TENANT)
    at: Mapped[datetime]
    who: Mapped[str | None] = mapped_column(PSEUDONYM)
    record_id: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: it is the caller's
    text_digest: Mapped[str | None] = mapped_column(DIGEST)  # keyed, as in score_events
    dimension: Mapped[str] = mapped_column(String(32))
    code: Mapped[str | None] = mapped_column(String(64))
    agree: Mapped[bool]
    reason_code: Mapped[str | None] = mapped_column(String(32))
    level: Mapped[int | None]

    __table_args__ = (Index("ix_feedback_tenant_at", "tenant", "at"),)
