"""The service as an operator starts it: where it listens, whom it lets in, and what it prints of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

SECONDS = 240
ROOT = Path(__file__).parents[2]
CANARY = "Zephyrine"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "nlp_quality", *arguments]


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=SECONDS, check=False, env=environment
    )


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, list[str]]]:
    """A running service's address, and what it has printed so far."""
    process = subprocess.Popen(
        command("serve", "--port", "0", "--model", "rules", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    lines: list[str] = []

    def keep() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                lines.append(line)

    reader = threading.Thread(target=keep, daemon=True)
    reader.start()
    try:
        limit = time.monotonic() + SECONDS
        while not (found := re.search(r"running on http://\S+:(\d+)", "".join(lines))):
            assert process.poll() is None, "".join(lines)
            assert time.monotonic() < limit
            time.sleep(0.05)
        yield f"http://127.0.0.1:{found[1]}", lines
    finally:
        process.terminate()
        process.wait(SECONDS)
        reader.join(SECONDS)


def test_where_nothing_is_set_up_it_does_not_start_for_other_machines():
    for host in ("0.0.0.0", "::"):  # noqa: S104
        done = run("serve", "--host", host, "--port", "0")
        assert done.returncode == 2
        said = " ".join(done.stderr.split())
        assert "no authentication is set up" in said
        assert "nlp-quality keys create" in said.replace("│ ", "")


@pytest.mark.parametrize(
    ("name", "value"), [("TOKEN_ISSUER", "https://login.example"), ("CORS_ORIGINS", "*"), ("RATE_LIMIT", "often")]
)
def test_settings_that_do_not_go_together_are_one_line_and_the_value_is_not_in_it(name, value):
    done = run("serve", "--port", "0", **{f"NLP_QUALITY_{name}": value})
    assert done.returncode == 2
    assert done.stderr.startswith("nlp-quality: NLP_QUALITY_")
    assert done.stderr.count("\n") == 1
    assert value not in done.stderr


def test_with_a_key_it_serves_other_machines_and_lets_in_whoever_has_one(tmp_path):
    made = run("keys", "create", "--name", CANARY, "--scope", "score", "--tenant", "north")
    assert made.returncode == 0, made.stderr
    key, key_id = made.stdout.strip(), re.search(r"Key (\w{32})", made.stderr)[1]
    reader = run("keys", "create", "--name", "figures", "--scope", "read").stdout.strip()
    record = {"text": f"I saw {CANARY} on her own in the kitchen. {CANARY} told me she likes the mornings."}
    with serving("--host", "0.0.0.0") as (url, lines), httpx.Client(base_url=url, timeout=SECONDS) as client:  # noqa: S104

        def score(key: str | None, **headers: str) -> int:
            sent = headers if key is None else headers | {"Authorization": f"Bearer {key}"}
            return client.post("/v1/score", json=record, headers=sent).status_code

        def figures(key: str | None) -> int:
            return client.get("/metrics", headers={} if key is None else {"Authorization": f"Bearer {key}"}).status_code

        assert [score(None), score(key), score(reader), score(f"nlpq_{CANARY}")] == [401, 200, 403, 401]
        assert [figures(None), figures(key), figures(reader)] == [401, 403, 200]
        assert score(None, **{"X-Forwarded-For": "127.0.0.1"}) == 401
        assert client.get("/healthz").status_code == 200
        assert run("keys", "revoke", key_id).returncode == 0
        limit = time.monotonic() + SECONDS
        while score(key) != 401:
            assert time.monotonic() < limit
            time.sleep(0.2)
    printed = "".join(lines)
    for secret in (CANARY, key, reader, key.split("_", 2)[2]):
        assert secret not in printed
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left
    assert not [path for path in left if key.split("_", 2)[2].encode() in path.read_bytes()]
