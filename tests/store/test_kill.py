"""Servers and workers are killed, and the database taken away, while a batch runs: every record has one result."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from api.settings import Settings
from api.store.database import Store
from api.store.tables import BatchItem, ScoreEvent
from tests.soak.processes import Process, ask, check_results, free_port, running, until, upload

RECORDS, KILLS = 200, 5


def environment(settings: Settings, **more: str) -> dict[str, str]:
    found = {"NLP_QUALITY_DATA_DIR": str(settings.data_dir), "NLP_QUALITY_BATCH_CLAIM_SECONDS": "1", **more}
    if settings.database_url is not None:
        found["NLP_QUALITY_DATABASE_URL"] = settings.database_url.get_secret_value()
    if settings.key is not None:
        found["NLP_QUALITY_KEY"] = settings.key.get_secret_value()
    return found


def progress(url: str) -> int:
    reply = ask("GET", url)
    return 0 if reply is None or reply.status_code != 200 else reply.json()["done"]


def ended(url: str) -> dict[str, Any] | None:
    reply = ask("GET", url)
    if reply is None or reply.status_code != 200:
        return None
    return reply.json() if reply.json()["state"] in {"done", "failed"} else None


def check(settings: Settings, base: str, batch_id: str, count: int) -> None:
    reply = ask("GET", f"{base}/v1/batches/{batch_id}/results")
    assert reply is not None
    check_results([json.loads(line) for line in reply.text.splitlines()], count)
    store = Store(settings)
    store.open()
    with store.session(write=False) as session:
        good = count - (count + 9) // 10
        # An event is written with its result, so none is missing and none is there twice.
        assert session.scalar(select(func.count()).select_from(ScoreEvent)) == good
        assert session.scalar(select(func.count()).where(BatchItem.record.is_not(None))) == 0
    store.close()


def test_a_killed_server_and_worker_lose_nothing_and_score_nothing_twice(
    settings_with: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = settings_with()
    common = environment(settings)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    server = Process("serve", str(port), environment=common | {"QUICK_SECONDS": "0.02"}, log=tmp_path / "server.log")
    worker = Process("worker", environment=common | {"QUICK_SECONDS": "0.02"}, log=tmp_path / "worker.log")
    chance = random.Random(7)  # noqa: S311
    with running(server, worker):
        key = {"content-type": "application/x-ndjson", "idempotency-key": "night-1"}

        def send() -> Any:
            reply = ask("POST", f"{base}/v1/batches", content=upload(RECORDS), headers=key)
            return reply if reply is not None and reply.status_code == 202 else None

        batch_id = until(send, what="an answer").json()["id"]
        url = f"{base}/v1/batches/{batch_id}"
        seen = 0
        for number in range(KILLS):
            goal = min(seen + chance.randrange(1, 20), RECORDS - 40)
            seen = until(lambda goal=goal: (found := progress(url)) >= goal and found, what="progress")
            (server, worker)[number % 2].kill()
            (server, worker)[number % 2].start()
        assert until(send, what="an answer").json()["id"] == batch_id  # sent again after an answer was lost
        batch = until(lambda: ended(url), what="the end")
        assert (batch["state"], batch["done"], batch["failed"]) == ("done", RECORDS * 9 // 10, RECORDS // 10)
        check(settings, base, batch_id, RECORDS)


def test_a_server_killed_while_an_upload_arrives_keeps_nothing_of_it(
    settings_with: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = settings_with()
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    server = Process("serve", str(port), environment=environment(settings), log=tmp_path / "server.log")
    kept = Store(settings)
    with running(server):
        until(lambda: ask("GET", f"{base}/readyz"), what="a start")
        kept.open()

        def rows() -> int:
            with kept.session(write=False) as session:
                return session.scalar(select(func.count()).select_from(BatchItem)) or 0

        def half() -> Any:
            yield upload(300)
            until(rows, what="rows")  # they are in the database, sealed, before the upload has ended
            server.kill()
            yield upload(10)

        ask("POST", f"{base}/v1/batches", content=half(), headers={"content-type": "application/x-ndjson"})
        assert rows() > 0
        server.start()
        until(lambda: ask("GET", f"{base}/readyz"), what="a start")
        listed = ask("GET", f"{base}/v1/batches")
        assert listed is not None
        assert listed.json()["batches"] == []
    kept.close()


def test_postgresql_taken_away_under_load_and_brought_back(tmp_path: Path, own_postgresql: Any) -> None:
    from api.store.keys import new_key

    settings = Settings(data_dir=tmp_path, database_url=own_postgresql.url, key=new_key())  # type: ignore[arg-type]
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    slow = environment(settings, QUICK_SECONDS="0.02")
    server = Process("serve", str(port), environment=slow, log=tmp_path / "server.log")
    with running(server):
        until(lambda: ask("GET", f"{base}/readyz"), what="a start")
        headers = {"content-type": "application/x-ndjson"}
        reply = ask("POST", f"{base}/v1/batches", content=upload(RECORDS), headers=headers)
        assert reply is not None
        batch_id = reply.json()["id"]
        url = f"{base}/v1/batches/{batch_id}"
        until(lambda: progress(url) > 20, what="progress")
        own_postgresql.stop()
        away = ask("GET", url)
        assert away is not None
        assert (away.status_code, away.json()["code"]) == (503, "store_unavailable")
        assert away.headers["retry-after"]
        ready = ask("GET", f"{base}/readyz")
        assert ready is not None
        assert ready.status_code == 503
        refused = ask("POST", f"{base}/v1/batches", content=upload(3), headers=headers)
        assert refused is not None
        assert refused.status_code == 503
        # Whoever saves a record meanwhile has it scored; that it was is noted once the database is back.
        saved = ask("POST", f"{base}/v1/score?deadline_ms=60000", json={"text": "I saw Mia alone."})
        assert saved is not None
        assert saved.status_code == 200
        own_postgresql.start()
        batch = until(lambda: ended(url), what="the end")
        assert batch["done"] == RECORDS * 9 // 10

        def noted() -> bool:
            store = Store(settings)
            store.open()
            with store.session(write=False) as session:
                count = session.scalar(select(func.count()).where(ScoreEvent.source == "score"))
            store.close()
            return count == 1

        until(noted, what="the event")
        reply = ask("GET", f"{url}/results")
        assert reply is not None
        check_results([json.loads(line) for line in reply.text.splitlines()], RECORDS)
