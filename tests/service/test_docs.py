"""The pages beside the service say what it does: their request is sent, their reply compared, their settings looked up."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import httpx
import pytest
from process import serving

from api.settings import Settings

DOCS = Path(__file__).parents[2] / "api" / "docs"
CONNECT = (DOCS / "connect.md").read_text(encoding="utf-8")
OPERATING = (DOCS / "operating.md").read_text(encoding="utf-8")
# What another model or machine may give otherwise; all else is compared as it stands.
NUMBERS = frozenset(("score", "probabilities", "probability", "interval", "level", "name", "version", "sha256"))


def block(page, language):
    return re.search(rf"```{language}\n(.*?)```", page, re.S)[1]


def plain(value):
    if isinstance(value, dict):
        return {key: type(own).__name__ if key in NUMBERS else plain(own) for key, own in value.items()}
    return [plain(own) for own in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def service():
    with serving() as running:
        yield running


def test_the_request_gives_the_reply(service):
    command = block(CONNECT, "sh").replace("http://127.0.0.1:8000", service.url)
    command = command.replace("utf-16&", "utf-16&deadline_ms=60000&")
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert plain(json.loads(done.stdout)) == plain(json.loads(block(CONNECT, "json")))
    assert shlex.split(command)[0] == "curl"


def test_every_setting_is_one_with_that_default():
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \| ([^|]+) \|", OPERATING, re.M)
    known = Settings()
    found = set()
    for names, defaults in rows:
        own = re.findall(r"[A-Z_]+", names)
        found.update(own)
        told = [word.strip(" `") for word in defaults.split(",")]
        assert [str(getattr(known, name.lower())).removesuffix(".0").lower() for name in own] == told
    assert {"WORKERS", "WAITING", "LOG_FORMAT", "OTEL"} <= found


def test_every_figure_is_there_and_told(service):
    httpx.post(
        f"{service.url}/v1/score", json={"text": "I saw Kofi on his own at home."}, params={"deadline_ms": 60_000}
    )
    httpx.post(f"{service.url}/v1/score", json={})
    text = httpx.get(f"{service.url}/metrics").text
    there = {name for name in re.findall(r"^# TYPE (nlp_quality_\w+)", text, re.M) if not name.endswith("_created")}
    assert there == set(re.findall(r"^\| `(nlp_quality_\w+)`", OPERATING, re.M))


def test_every_code_in_the_table_of_refusals_is_one_of_ours():
    source = "".join(
        path.read_text() for folder in ("api", "nlp_quality") for path in (DOCS.parents[1] / folder).rglob("*.py")
    )
    for code in re.findall(r"`([a-z_]+)`", re.search(r"\| status .*?\n\n", CONNECT, re.S)[0]):
        assert f'"{code}"' in source, code
