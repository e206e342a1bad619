"""What is noted of scores, how long things stay, what an export holds, and one key after another."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from api.batches.receiving import Body, Upload, receive
from api.batches.rows import Options
from api.batches.worker import Worker
from api.settings import Settings
from api.store import feedback, retention, rotation
from api.store.database import Store
from api.store.errors import StoreError
from api.store.events import EventWriter
from api.store.export import export, safe_cell
from api.store.feedback import Opinion
from api.store.keys import key_id_of
from api.store.tables import Batch, BatchItem, Feedback, Meta, ScoreEvent, SeenEvent, TenantKey
from nlp_quality.record import Person, Record
from tests.soak.quick import Quick

QUICK = Quick()
RECORD = Record(
    "I saw Zephyrine alone.",
    id="n-1",
    record_type="visit",
    people=(Person("Zephyrine", "child", id="child-7"),),
    context={"child_id": "child-7", "worker": "W. Smith", "team": "North", "plan": "CP", "date": "2026-03-02T10:00"},
)


def note(store: Store, record: Record = RECORD, tenant: str = "local") -> None:
    events = EventWriter(store)
    events.scored(tenant=tenant, record=record, card=QUICK.score(record), milliseconds=12.4, source="score")
    events.flush()


def count(store: Store, table: Any) -> int:
    with store.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def put_batch(store: Store, settings: Settings, *records: dict[str, Any], tenant: str = "local") -> Batch:
    chunks = iter([json.dumps(record).encode() + b"\n" for record in records])
    upload = Upload(tenant=tenant, who="test", media_type="application/x-ndjson", options=Options())
    return receive(store, settings, upload, Body(lambda: next(chunks, None), limit=10**6))


# --- events ---------------------------------------------------------------------------------------------------------


def test_an_event_holds_levels_and_pseudonyms(store: Store) -> None:
    note(store)
    with store.session() as session:
        event, seen = session.scalars(select(ScoreEvent)).one(), session.scalars(select(SeenEvent)).one()
        secret = store.tenant(session, "local")
        assert event.child == seen.child == secret.pseudonym("child_id", "child-7")
        assert event.worker == secret.pseudonym("worker", "W. Smith")
    assert (event.child_voice, event.milliseconds, event.plan, event.contact_date) == (2, 12, "cp", "2026-03-02")
    assert (event.model_name, event.source, seen.status) == ("quick", "score", "seen_alone")


def test_a_draft_leaves_nothing(store: Store, settings_with: Callable[..., Settings]) -> None:
    note(store, Record("I saw Mia.", draft=True))
    put_batch(store, settings_with(), {"text": "I saw Mia.", "draft": True})
    assert Worker(store, settings_with(), lambda: QUICK).run_once()
    assert count(store, ScoreEvent) == 0
    with store.session() as session:
        session.scalars(select(Batch)).one().expires = store.now(session)
    retention.purge(store, settings_with())
    assert (count(store, Batch), count(store, BatchItem)) == (0, 0)


def test_tenants_share_no_digest_or_pseudonym(store: Store) -> None:
    for tenant in ("north", "south"):
        note(store, tenant=tenant)
    with store.session(write=False) as session:
        north, south = session.scalars(select(ScoreEvent).order_by(ScoreEvent.id)).all()
    assert north.text_digest != south.text_digest
    assert north.child != south.child


def test_events_wait_while_the_database_is_away(tmp_path: Path) -> None:
    store = Store(Settings(data_dir=tmp_path))
    events = EventWriter(store)
    events.scored(tenant="local", record=RECORD, card=QUICK.score(RECORD), milliseconds=1, source="score")
    with pytest.raises(StoreError):
        events.flush()
    store.open()
    events.flush()
    assert count(store, ScoreEvent) == 1
    store.close()


def test_the_visit_views_have_the_columns_of_the_safeguarding_dataset(store: Store) -> None:
    note(store)
    note(store)  # the same record saved again: one visit
    note(store, Record("I saw Mia.", record_type="visit", context={"plan": "cin"}, people=(Person("Mia", "child"),)))
    note(store, Record("A meeting.", record_type="meeting", context={"plan": "cp"}, people=(Person("Mia", "child"),)))
    with store.session(write=False) as session:
        (cp,) = session.execute(text("SELECT * FROM ssd_cp_visits")).mappings().all()
        (cin,) = session.execute(text("SELECT * FROM ssd_cin_visits")).mappings().all()
    assert set(cp) - {"tenant"} == {
        "cppv_cp_visit_id", "cppv_person_id", "cppv_cp_plan_id", "cppv_cp_visit_date", "cppv_cp_visit_seen",
        "cppv_cp_visit_seen_alone", "cppv_cp_visit_bedroom",
    }  # fmt: skip
    assert set(cin) - {"tenant"} == {
        "cinv_cin_visit_id", "cinv_person_id", "cinv_cin_visit_date", "cinv_cin_visit_seen",
        "cinv_cin_visit_seen_alone", "cinv_cin_visit_bedroom",
    }  # fmt: skip
    assert (cp["cppv_cp_visit_date"], cp["cppv_cp_visit_seen"], cp["cppv_cp_visit_seen_alone"]) == (
        "2026-03-02",
        "Y",
        "Y",
    )
    assert cp["cppv_cp_visit_bedroom"] is None


# --- retention ------------------------------------------------------------------------------------------------------


def test_what_is_past_its_time_goes_and_the_rest_stays(store: Store, settings_with: Callable[..., Settings]) -> None:
    settings = settings_with(event_days=30, feedback_days=30)
    for _ in range(2):
        note(store)
        put_batch(store, settings, {"text": "I saw Mia."})
        with store.session() as session:
            feedback.keep(store, session, Opinion("analysis", agree=True), tenant="local", who="x")
    with store.session() as session:
        long_ago = store.now(session) - timedelta(days=31)
        session.scalars(select(ScoreEvent)).first().at = long_ago  # type: ignore[union-attr]
        session.scalars(select(Feedback)).first().at = long_ago  # type: ignore[union-attr]
        session.scalars(select(Batch)).first().expires = long_ago  # type: ignore[union-attr]
    assert retention.purge(store, settings, pretend=True) == retention.Purged(1, 1, 1)
    assert retention.purge(store, settings) == retention.Purged(1, 1, 1)
    assert retention.purge(store, settings) == retention.Purged(0, 0, 0)
    assert [count(store, table) for table in (Batch, BatchItem, ScoreEvent, SeenEvent, Feedback)] == [1, 1, 1, 1, 1]


def test_text_goes_as_soon_as_it_is_scored(store: Store, settings_with: Callable[..., Settings]) -> None:
    put_batch(store, settings_with(), {"text": "I saw Mia."}, {"text": "I saw Amir."})
    with store.session(write=False) as session:
        assert all(item.record for item in session.scalars(select(BatchItem)))
    Worker(store, settings_with(), lambda: QUICK).run_once()
    with store.session(write=False) as session:
        items = session.scalars(select(BatchItem)).all()
    assert [(item.record, item.state) for item in items] == [(None, "done")] * 2


# --- export ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_an_export_holds_everything_of_one_council(
    store: Store, settings_with: Callable[..., Settings], tmp_path: Path, name: str
) -> None:
    note(store)
    note(store, tenant="south")
    first = put_batch(store, settings_with(), {"text": "I saw Zephyrine.", "id": "a"})
    Worker(store, settings_with(), lambda: QUICK).run_once()
    second = put_batch(store, settings_with(), {"text": "I saw Otis.", "id": "b"})
    put_batch(store, settings_with(), {"text": "I saw Southerner."}, tenant="south")
    with store.session() as session:
        opinion = Opinion("analysis", agree=True, record_id="=cmd|' /C calc'!A0")
        feedback.keep(store, session, opinion, tenant="local", who="x")
    place = tmp_path / name
    export(store, place, tenant="local")
    if name.endswith(".zip"):
        with zipfile.ZipFile(place) as archive:
            archive.extractall(tmp_path / "plain")
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        place = tmp_path / "plain"
    else:
        assert {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()} == {0o600}
    read = {path.name: path.read_text(encoding="utf-8") for path in place.iterdir()}
    assert "Southerner" not in "".join(read.values())
    assert "Zephyrine" in read[f"batch-{first.id}-results.jsonl"]
    assert "Otis" in read[f"batch-{second.id}-waiting.jsonl"]
    (opinions,) = csv.DictReader(read["feedback.csv"].splitlines())
    assert opinions["record_id"] == "'=cmd|' /C calc'!A0"
    assert len(list(csv.DictReader(read["score_events.csv"].splitlines()))) == 2
    assert len(list(csv.DictReader(read["ssd_cp_visits.csv"].splitlines()))) == 1
    assert "batch.created" in read["audit_log.jsonl"]


def test_an_export_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    from nlp_quality.errors import NlpQualityError

    (tmp_path / "out").mkdir()
    with pytest.raises(NlpQualityError):
        export(store, tmp_path / "out", tenant="local")


@given(st.text(max_size=20))
def test_no_cell_of_a_table_is_a_formula(value: str) -> None:
    safe = safe_cell(value)
    assert isinstance(safe, str)
    assert not safe.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert safe.removeprefix("'") == value or safe == value


# --- one key after another ------------------------------------------------------------------------------------------


def test_everything_is_sealed_anew_and_an_old_key_may_go(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    store = Store(settings)
    store.open()
    running = Store(settings)  # a service that goes on meanwhile
    running.open()
    put_batch(store, settings, {"text": "I saw Mia.", "id": "a"})
    Worker(store, settings, lambda: QUICK).run_once()
    waiting = put_batch(store, settings, {"text": "I saw Otis.", "id": "b"})
    with store.session() as session:
        before = store.tenant(session, "local").digest(b"x")
        feedback.keep(store, session, Opinion("analysis", agree=True, record_id="a"), tenant="local", who="x")
    file = store.key_file
    assert file is not None
    old = store.keys.current
    rotation.put_new_key(file)
    store.close()
    store.open()
    assert store.keys.current != old
    assert rotation.seal_everything_anew(store) > 0
    with store.session() as session:
        sealed = [row.value for row in session.scalars(select(Meta).where(Meta.name != "audit_head"))]
        sealed += [row.sealed for row in session.scalars(select(TenantKey))]
        sealed += [row.record_id for row in session.scalars(select(Feedback)) if row.record_id]
        sealed += [one for row in session.scalars(select(BatchItem)) for one in (row.record, row.result) if one]
        assert {key_id_of(one) for one in sealed} == {store.keys.current}
        assert store.tenant(session, "local").digest(b"x") == before
    # The service that was not restarted reads the file again when it meets the new key.
    assert Worker(running, settings, lambda: QUICK).run_once()
    with running.session(write=False) as session:
        assert session.get_one(Batch, waiting.id).state == "done"
    rotation.forget_old_keys(file)
    store.close()
    store.open()
    assert [item["record_id"] for item in feedback.read(store, tenant="local")] == ["a"]
    for one in (store, running):
        one.close()
