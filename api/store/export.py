"""Everything held for a council, in files it can read without this program. They hold narrative: guard them."""

from __future__ import annotations

import csv
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from sqlalchemy import Select, Table, select, text
from sqlalchemy.orm import DeclarativeBase

from api.batches import rows
from api.batches.catalogue import results
from api.store import audit_log, feedback
from api.store.database import Store
from api.store.keys import PRIVATE, SealBroken
from api.store.tables import ApiKey, AuditEntry, Batch, BatchItem, ScoreEvent, SeenEvent, Webhook
from nlp_quality.errors import NlpQualityError
from nlp_quality.formats.output import json_line

# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection).
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
VIEWS: Final = ("ssd_cp_visits", "ssd_cin_visits")
PAGE: Final = 500


class Target(Protocol):
    """Where files go: a folder or a ZIP archive."""

    def open(self, name: str) -> Any:
        """A text stream to a new file of that name, as a context manager."""


class Folder:
    """A new folder, for its owner alone."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        self._path = path

    @contextmanager
    def open(self, name: str) -> Iterator[TextIO]:
        """A text stream to a new file."""
        place = self._path / name
        place.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream


class Archive:
    """A ZIP archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def open(self, name: str) -> Iterator[TextIO]:
        """A text stream to a new member."""
        with (
            self._archive.open(name, "w", force_zip64=True) as member,
            TextIOWrapper(member, encoding="utf-8", newline="") as stream,
        ):
            yield stream


def export(store: Store, output: Path, *, tenant: str) -> None:
    """Write everything held for `tenant` to a new folder, or a new archive where `output` ends in `.zip`.

    Raises:
        NlpQualityError: `output_exists`.
        StoreError: the store cannot be read.
    """
    if output.exists():
        raise NlpQualityError("output_exists", "the output is there already; name a new one.")
    if output.suffix.lower() == ".zip":
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(store, Archive(archive), tenant)
    else:
        _write(store, Folder(output), tenant)


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: text that looks like one gets an apostrophe in front."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return "'" + value
    return value


def write_csv(stream: TextIO, names: Sequence[str], lines: Iterable[Mapping[str, object]]) -> None:
    """A CSV table that a spreadsheet opens without running anything."""
    writer = csv.writer(stream)
    writer.writerow(names)
    for line in lines:
        writer.writerow([safe_cell(_plain(line[name])) for name in names])


def _write(store: Store, target: Target, tenant: str) -> None:
    events = _table(store, select(ScoreEvent.__table__).where(ScoreEvent.tenant == tenant).order_by(ScoreEvent.id))
    _csv(target, "score_events.csv", _names(ScoreEvent), events)
    seen = select(SeenEvent.__table__).join(ScoreEvent, ScoreEvent.id == SeenEvent.event_id)
    seen = seen.where(ScoreEvent.tenant == tenant).order_by(SeenEvent.event_id, SeenEvent.number)
    _csv(target, "seen_events.csv", _names(SeenEvent), _table(store, seen))
    for view in VIEWS:
        with store.session(write=False) as session:
            found = session.execute(text(f"SELECT * FROM {view} WHERE tenant = :tenant"), {"tenant": tenant})  # noqa: S608
            _csv(target, f"{view}.csv", list(found.keys()), [dict(row) for row in found.mappings()])
    opinions = list(feedback.read(store, tenant=tenant))
    _csv(target, "feedback.csv", ("id", "at", "who", *feedback.FIELDS), opinions)
    # The hash of a key is no use to anybody who may read this, and some to somebody who may not.
    shown = [name for name in _names(ApiKey) if name != "hash"]
    keys = _table(store, select(ApiKey.__table__).where(ApiKey.tenant == tenant).order_by(ApiKey.created))
    _csv(target, "api_keys.csv", shown, keys)
    log = select(AuditEntry.__table__).where(AuditEntry.tenant.in_((tenant, "*"))).order_by(AuditEntry.number)
    _json_lines(target, "audit_log.jsonl", _table(store, log))
    batches = list(_table(store, select(Batch.__table__).where(Batch.tenant == tenant).order_by(Batch.created)))
    shown = [name for name in _names(Batch) if name not in {"idempotency", "fingerprint", "tenant"}]
    _json_lines(target, "batches.jsonl", ({name: batch[name] for name in shown} for batch in batches))
    hooks = select(Webhook.__table__).join(Batch, Batch.id == Webhook.batch_id).where(Batch.tenant == tenant)
    _json_lines(target, "webhooks.jsonl", (_opened_webhook(store, hook) for hook in _table(store, hooks)))
    for batch in batches:
        with target.open(f"batch-{batch['id']}-waiting.jsonl") as stream:
            for line in _waiting(store, batch["id"]):
                stream.write(json_line(line))
        with target.open(f"batch-{batch['id']}-results.jsonl") as stream:
            for page in results(store, batch_id=batch["id"]):
                stream.write(page.decode())
    with store.session() as session:
        audit_log.append(store, session, tenant=tenant, who="operator", what="exported")


def _waiting(store: Store, batch_id: str) -> Iterator[dict[str, Any]]:
    wanted = select(BatchItem.row, BatchItem.record).where(BatchItem.batch_id == batch_id)
    wanted = wanted.where(BatchItem.record.is_not(None)).order_by(BatchItem.row)
    for item in _table(store, wanted):
        try:
            yield json.loads(rows.open_row(store.keys, batch_id, item["row"], item["record"]).dump())
        except SealBroken:
            yield rows.UNREADABLE.to_dict()


def _opened_webhook(store: Store, hook: Mapping[str, Any]) -> dict[str, Any]:
    try:
        url = store.keys.open(hook["url"], place=f"webhook {hook['batch_id']}").decode()
    except SealBroken:
        url = None
    return {**hook, "url": url}


def _table(store: Store, wanted: Select[*tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    offset = 0
    while True:
        with store.session(write=False) as session:
            found = session.execute(wanted.limit(PAGE).offset(offset)).mappings().all()
        yield from (dict(row) for row in found)
        if len(found) < PAGE:
            return
        offset += PAGE


def _csv(target: Target, name: str, names: Sequence[str], lines: Iterable[Mapping[str, object]]) -> None:
    with target.open(name) as stream:
        write_csv(stream, names, lines)


def _json_lines(target: Target, name: str, lines: Iterable[Mapping[str, Any]]) -> None:
    with target.open(name) as stream:
        for line in lines:
            stream.write(json_line({key: _plain(value) for key, value in line.items()}))


def _names(table: type[DeclarativeBase]) -> list[str]:
    columns = table.__table__
    assert isinstance(columns, Table)  # noqa: S101 - mapped to a table, every one
    return [column.name for column in columns.columns]


def _plain(value: object) -> object:
    if isinstance(value, str | int | float) or value is None:
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
