"""From an upload to the rows of a batch, while it arrives: no more than a few rows of it are ever in memory.

Rows are kept sealed as they come, under a batch that nobody sees yet. Only when the last byte is in does the batch
begin to exist, in one transaction. Whatever goes wrong before that removes it; where even that is cut short, it is
removed once its time to arrive is over.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Final, cast
from uuid import uuid4

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.batches.catalogue import OPEN, RECEIVING
from api.batches.queue import end_if_complete
from api.batches.rows import Options, Row, seal_result, seal_row
from api.errors import RETRY_SECONDS, Problem
from api.settings import Settings
from api.store import audit_log
from api.store.database import Store
from api.store.errors import StoreError
from api.store.tables import Batch, BatchItem, Webhook
from nlp_quality.errors import UnreadableInput
from nlp_quality.formats import csv_table, json_lines
from nlp_quality.formats.sources import BadRecord, Item

FORMATS: Final[dict[str, Callable[[BinaryIO], Iterator[Item]]]] = {
    "application/x-ndjson": json_lines.read_stream,
    "application/jsonl": json_lines.read_stream,
    "text/csv": csv_table.read_stream,
}
ROWS_TOGETHER: Final = 200  # written in one transaction,
BYTES_TOGETHER: Final = 2_000_000  # or fewer where they are long.
GRACE_SECONDS: Final = 60
FULL_RETRY_SECONDS: Final = 60

# The header of a table that has none is narrative, so what is wrong with one is said without it.
_HEADER_PROBLEMS: Final = {
    "no_text_column": "The table has no column named text.",
    "repeated_column": "The table has two columns of the same name.",
    "invalid_csv": "The first row is not CSV: check its quotes.",
    "invalid_utf8": "The table is not UTF-8.",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """What a caller wants of a batch, besides its rows.

    Attributes:
        media_type: a key of `FORMATS`.
        key: the caller's Idempotency-Key, or None.
        webhook: a URL that was checked, or None.
    """

    tenant: str
    who: str
    media_type: str
    options: Options
    key: str | None = None
    webhook: str | None = None


class Body(io.RawIOBase):
    """A request's body as a file, each chunk asked for when the last is used up; keeps the digest of what it read."""

    def __init__(self, receive: Callable[[], bytes | None], *, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._chunk = memoryview(b"")
        self._ended = False
        self._read = 0
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes; 0 at the end.

        Raises:
            Problem: 413 past the limit.
        """
        while not self._chunk and not self._ended:
            chunk = self._receive()
            if chunk is None:
                self._ended = True
                break
            self._read += len(chunk)
            if self._read > self._limit:
                raise Problem(413, "body_too_large", f"The batch is longer than {self._limit:,} bytes.")
            self.sha256.update(chunk)
            self._chunk = memoryview(chunk)
        size = min(len(buffer), len(self._chunk))
        buffer[:size] = self._chunk[:size]
        self._chunk = self._chunk[size:]
        return size

    def drain(self) -> None:
        """Read to the end, for the digest alone."""
        while self.read(1 << 16):
            pass


def receive(store: Store, settings: Settings, upload: Upload, body: Body) -> Batch:
    """The batch of an upload, or the one that the same upload under the same key made before.

    Raises:
        Problem: 409, 413, 422 or 429: nothing of it was kept.
        StoreError: the same.
    """
    batch_id = uuid4().hex
    earlier = _begin(store, settings, upload, batch_id)
    if earlier is not None:
        return _again(store, upload, body, earlier)
    try:
        total, failed = _keep_rows(store, settings, upload, body, batch_id)
        return _complete(store, upload, body, batch_id, total=total, failed=failed)
    except BaseException:
        # The store may be what failed; then purging removes the batch later.
        with suppress(StoreError), store.session() as session:
            session.execute(delete(Batch).where(Batch.id == batch_id))
        raise


def _begin(store: Store, settings: Settings, upload: Upload, batch_id: str) -> Batch | None:
    """Make the batch; the one that holds the same key, where there is one."""
    try:
        with store.session() as session:
            now = store.now(session)
            held = _holder(store, session, upload)
            if held is not None and not _is_over(held, store, session):
                return held
            if held is not None:
                session.delete(held)
                session.flush()
            waiting = select(func.count()).where(Batch.tenant == upload.tenant, Batch.state.in_((RECEIVING, *OPEN)))
            if (session.scalar(waiting) or 0) >= settings.batch_max_open:
                message = f"{settings.batch_max_open} batches wait or run already."
                raise Problem(429, "too_many_batches", message, headers={"Retry-After": str(FULL_RETRY_SECONDS)})
            session.add(
                Batch(
                    id=batch_id,
                    tenant=upload.tenant,
                    state=RECEIVING,
                    created=now,
                    expires=now + timedelta(days=settings.batch_days),
                    receiving_until=now + timedelta(seconds=settings.batch_upload_seconds + GRACE_SECONDS),
                    options=upload.options.dump(),
                    idempotency=_key_digest(store, session, upload),
                )
            )
        return None
    except IntegrityError:  # two uploads under one key at the same moment: the other was first
        raise _in_progress() from None


def _again(store: Store, upload: Upload, body: Body, earlier: Batch) -> Batch:
    """What a key stands for already, where this upload is the same."""
    if earlier.state == RECEIVING:
        raise _in_progress()
    body.drain()
    with store.session() as session:
        if earlier.fingerprint != _fingerprint(store, session, upload, body):
            message = "This Idempotency-Key was used for another upload."
            raise Problem(422, "idempotency_key_reused", message, field="Idempotency-Key")
        return session.get(Batch, earlier.id) or earlier


def _keep_rows(store: Store, settings: Settings, upload: Upload, body: Body, batch_id: str) -> tuple[int, int]:
    number = failed = 0
    for group in _groups(_items(upload, body)):
        sealed = []
        for item in group:
            number += 1
            bad = isinstance(item, BadRecord)
            failed += bad
            sealed.append(_sealed(store, batch_id, number, item))
        if number > settings.batch_max_rows:
            raise Problem(413, "too_many_rows", f"The batch has more than {settings.batch_max_rows:,} rows.")
        with store.session() as session:
            session.execute(insert(BatchItem), sealed)
    if number == 0:
        raise Problem(422, "empty_batch", "The batch has no rows.")
    return number, failed


def _complete(store: Store, upload: Upload, body: Body, batch_id: str, *, total: int, failed: int) -> Batch:
    body.drain()
    with store.session() as session:
        batch = session.get_one(Batch, batch_id)
        batch.state, batch.total, batch.failed, batch.receiving_until = "queued", total, failed, None
        if upload.key is not None:
            batch.fingerprint = _fingerprint(store, session, upload, body)
        if upload.webhook is not None:
            url = store.keys.seal(upload.webhook.encode(), place=f"webhook {batch_id}")
            session.add(Webhook(batch_id=batch_id, url=url, message_id=f"msg_{uuid4().hex}"))
            session.flush()
        end_if_complete(store, session, batch)
        what = "batch.created"
        audit_log.append(store, session, tenant=upload.tenant, who=upload.who, what=what, subjects=[batch_id])
        return batch


def _items(upload: Upload, body: Body) -> Iterator[Item]:
    stream = cast(BinaryIO, io.BufferedReader(body, 1 << 16))
    try:
        yield from FORMATS[upload.media_type](stream)
    except UnreadableInput as error:
        raise Problem(422, error.code, _HEADER_PROBLEMS.get(error.code, "The table cannot be read.")) from None


def _groups(items: Iterable[Item]) -> Iterator[list[Item]]:
    group: list[Item] = []
    size = 0
    for item in items:
        group.append(item)
        size += 0 if isinstance(item, BadRecord) else len(item.record.text)
        if len(group) >= ROWS_TOGETHER or size >= BYTES_TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def _sealed(store: Store, batch_id: str, number: int, item: Item) -> dict[str, object]:
    row: dict[str, object] = {"batch_id": batch_id, "row": number, "tries": 0, "record": None, "result": None}
    if isinstance(item, BadRecord):
        result = seal_result(store.keys, batch_id, number, item.to_dict())
        return row | {"state": "failed", "result": result}
    record = seal_row(store.keys, batch_id, number, Row(item.record, item.line).dump())
    return row | {"state": "waiting", "record": record}


def _holder(store: Store, session: Session, upload: Upload) -> Batch | None:
    digest = _key_digest(store, session, upload)
    if digest is None:
        return None
    return session.scalars(
        select(Batch).where(Batch.tenant == upload.tenant, Batch.idempotency == digest)
    ).one_or_none()


def _is_over(batch: Batch, store: Store, session: Session) -> bool:
    now = store.now(session)
    return batch.expires <= now or (batch.receiving_until is not None and batch.receiving_until <= now)


def _key_digest(store: Store, session: Session, upload: Upload) -> str | None:
    if upload.key is None:
        return None
    return store.tenant(session, upload.tenant).digest(b"idempotency " + upload.key.encode())


def _fingerprint(store: Store, session: Session, upload: Upload, body: Body) -> str:
    parts = (upload.media_type, upload.options.dump(), upload.webhook or "", body.sha256.hexdigest())
    return store.tenant(session, upload.tenant).digest("\n".join(("upload", *parts)).encode())


def _in_progress() -> Problem:
    return Problem(
        409,
        "idempotency_in_progress",
        "An upload under this Idempotency-Key is still arriving.",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
