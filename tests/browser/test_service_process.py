"""The service as a process: what it prints, and what leaves it, holds nothing of a record."""

from __future__ import annotations

import json
import re

import httpx
import pytest

CANARY = "Zephyrine"
RECORD = {
    "text": f"I saw {CANARY} on her own in the kitchen. {CANARY} told me, “I like the mornings with my aunt.”",
    "id": f"id-{CANARY}",
    "people": [{"name": CANARY, "role": "child", "id": f"person-{CANARY}"}],
    "context": {"worker": CANARY},
}


def requests():
    json_type = {"content-type": "application/json"}
    whole = json.dumps(RECORD).encode()
    yield "POST", "/v1/score?deadline_ms=60000", {"content": whole, "headers": json_type}
    yield "POST", f"/v1/score?detail={CANARY}&note={CANARY}", {"content": whole, "headers": json_type}
    yield "POST", "/v1/score", {"content": whole[:-1], "headers": json_type}
    yield "POST", "/v1/score", {"content": whole + b"\xff", "headers": json_type}
    yield "POST", "/v1/score", {"content": whole, "headers": {"content-type": f"text/{CANARY}"}}
    yield "POST", "/v1/score", {"json": RECORD | {"record_type": CANARY}}
    yield "POST", "/v1/score", {"json": RECORD | {"text": [RECORD["text"]]}}
    yield "POST", "/v1/score", {"json": RECORD | {"text": RECORD["text"] * 5_000}}
    yield "POST", "/v1/score", {"json": RECORD | {"text": RECORD["text"] * 50_000}}
    yield "POST", "/v1/score", {"content": iter([whole] * 20_000), "headers": json_type}
    yield "POST", "/v1/score", {"json": RECORD | {"people": [{"name": CANARY, "role": CANARY}]}}
    yield "GET", f"/v1/{CANARY}?id={CANARY}", {}
    yield "GET", "/healthz", {"headers": {"x-request-id": f"{CANARY} Marsh", "user-agent": CANARY}}
    yield CANARY.upper(), "/v1/score", {}


def test_nothing_of_a_record_is_printed_put_in_an_error_or_left_in_a_file(own_service, tmp_path):
    statuses = []
    with httpx.Client(base_url=own_service.url, timeout=60) as client:
        for method, path, options in requests():
            reply = client.request(method, path, **options)
            statuses.append(reply.status_code)
            assert CANARY not in str(reply.headers)
            if reply.status_code == 200 and method == "POST":
                quotes = re.findall(r'"text":"([^"]*)"', reply.text)
                assert any(CANARY in quote for quote in quotes), "the canary must be in evidence for this to mean much"
            else:
                assert CANARY not in reply.text
            assert "server" not in reply.headers
    printed = own_service.stop()
    assert CANARY.casefold() not in printed.casefold()
    assert not [path.name for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert statuses == [200, 422, 400, 400, 415, 422, 422, 413, 413, 413, 422, 404, 200, 405]
    logged = re.findall(r"(\S+ \S+ \d{3}) [\d.]+ms request_id=\S+$", printed, re.MULTILINE)
    assert len(logged) == len(statuses)
    assert logged[0] == "POST /v1/score 200"
    assert "Traceback" not in printed


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/openapi.json"])
def test_the_page_comes_with_its_headers(service, path):
    reply = httpx.get(service.url + path)
    assert reply.status_code == 200
    assert "default-src 'self'" in reply.headers["content-security-policy"]
