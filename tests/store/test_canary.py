"""A name in a sentence that becomes evidence, and in a child's own, is in no file the service leaves: database or log."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from api.settings import Settings
from tests.soak.processes import Process, ask, free_port, running, until

CANARY = "Zephyrine"
RECORD = {
    "id": f"{CANARY}-id",
    "text": f"I saw {CANARY} on her own in the kitchen. {CANARY} told me she likes the mornings with her aunt.",
    "people": [{"name": CANARY, "role": "child", "id": f"{CANARY}-child"}],
    "record_type": "visit",
    "context": {"child_id": f"{CANARY}-child", "worker": f"{CANARY}-worker", "team": f"{CANARY}-team", "plan": CANARY},
}


def forms(word: str) -> list[bytes]:
    """How a word may lie in a file."""
    return [
        form for way in ("utf-8", "utf-16-le", "utf-16-be") for form in (word.encode(way), word.lower().encode(way))
    ]


def leaks(*folders: Path) -> list[str]:
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and any(form in path.read_bytes() for form in forms(CANARY)):
                found.append(str(path))
    return found


@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
def test_the_canary_is_in_no_file(settings_with: Callable[..., Settings], tmp_path: Path, kill: bool) -> None:
    settings = settings_with()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {"NLP_QUALITY_DATA_DIR": str(tmp_path / "data"), "TMPDIR": str(temporary), "QUICK_SECONDS": "0.3"}
    watched = [tmp_path]
    if settings.database_url is not None and settings.key is not None:
        environment["NLP_QUALITY_DATABASE_URL"] = settings.database_url.get_secret_value()
        environment["NLP_QUALITY_KEY"] = settings.key.get_secret_value()
        # The server's own files, journal included.
        watched.append(Path(os.environ["TEST_POSTGRESQL_FOLDER"]))
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    server = Process("serve", str(port), environment=environment, log=tmp_path / "server.log")
    headers = {"content-type": "application/x-ndjson"}
    with running(server):
        until(lambda: ask("GET", f"{base}/readyz"), what="a start")
        bad = [RECORD | {"text": [CANARY]}, RECORD | {"record_type": CANARY}, RECORD | {"people": [{CANARY: CANARY}]}]
        lines = [json.dumps(line) for line in [RECORD] * 4 + bad] + [json.dumps(RECORD)[:-2]]
        key = headers | {"idempotency-key": f"{CANARY}-night"}
        reply = ask("POST", f"{base}/v1/batches", content="\n".join(lines).encode(), headers=key)
        assert reply is not None
        assert reply.status_code == 202
        url = f"{base}/v1/batches/{reply.json()['id']}"
        for path, body, form in (
            ("/v1/batches", f"{CANARY},x\n{CANARY},y\n", "text/csv"),
            ("/v1/batches", f"text\n{CANARY}\n", CANARY),
            ("/v1/feedback", json.dumps({"dimension": CANARY}), "application/json"),
            ("/v1/feedback", json.dumps({CANARY: CANARY}), "application/json"),
            (f"/v1/batches/{CANARY}/cancel?{CANARY}={CANARY}", "", "text/plain"),
        ):
            refused = ask("POST", base + path, content=body.encode(), headers={"content-type": form})
            assert refused is not None
            assert refused.status_code >= 400
            assert CANARY not in refused.text
        given = {"dimension": "analysis", "agree": False, "record_id": RECORD["id"]}
        kept = ask("POST", f"{base}/v1/feedback", json=given)
        assert kept is not None
        assert kept.status_code == 201
        assert leaks(*watched) == []  # while its text waits
        if kill:
            server.kill()
        else:
            until(lambda: (reply := ask("GET", url)) and reply.json()["state"] == "done", what="the end")
            results = ask("GET", f"{url}/results")
            assert results is not None
            assert CANARY in results.text
    assert leaks(*watched) == []
