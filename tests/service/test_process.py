"""The service as the operator runs it: it finishes what it accepted, starts all of its workers or none, and stands up to callers
who send too slowly, too much, or nothing."""

from __future__ import annotations

import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from process import SECONDS, body, in_background, launch, serving, until

CANARY = "Zephyrine"
TEXT = f"I saw {CANARY} on her own in the kitchen. {CANARY} told me, “I like the mornings with my aunt.”"
LONG = "\n\n".join(f"{TEXT} This was on day {day}." for day in range(300))
PATIENT = {"max_deadline_ms": "600000", "shutdown_seconds": "600"}  # on a busy machine too


def score(service, query="?deadline_ms=60000", **fields):
    return httpx.post(f"{service.url}/v1/score{query}", json={"text": TEXT} | fields, timeout=SECONDS)


@pytest.fixture(scope="module")
def service():
    with serving("--model", "rules", body_seconds="1", log_format="json") as running:
        yield running


def test_a_stop_waits_for_what_was_accepted_and_accepts_no_more():
    with serving("--model", "rules", threads="1", waiting="4", **PATIENT) as service:
        waiting = [
            in_background(lambda n=n: score(service, "?deadline_ms=600000", text=f"{LONG} {n}")) for n in range(2)
        ]
        until(lambda: service.figure('nlp_quality_queue_depth{state="waiting"}') == 1)
        service.signal()
        replies = [result.get(timeout=SECONDS) for result in waiting]
        assert [reply.status_code for reply in replies] == [200, 200]
        assert service.wait() in (0, -15)
        with pytest.raises(httpx.TransportError):
            score(service)
    assert CANARY not in service.printed()
    assert "Traceback" not in service.printed()


def test_a_caller_who_leaves_is_not_scored_for_nothing():
    with serving("--model", "rules", threads="1", waiting="4", **PATIENT) as service:
        first = in_background(lambda: score(service, "?deadline_ms=600000", text=LONG))
        until(lambda: service.figure('nlp_quality_queue_depth{state="running"}') == 1)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{service.url}/v1/score", json={"text": TEXT}, timeout=0.2)
        assert first.get(timeout=SECONDS).status_code == 200
        until(lambda: service.figure("nlp_quality_queue_depth") == 0)
        assert service.figure("nlp_quality_score_seconds_count") == 1
    assert re.search(r"POST /v1/score 499 ", service.printed())


def test_workers_serve_together_and_count_together():
    with serving("--model", "rules", "--workers", "2") as service:
        with ThreadPoolExecutor(8) as callers:
            replies = list(callers.map(lambda n: score(service, text=f"{TEXT} {n}"), range(24)))
        assert {reply.status_code for reply in replies} == {200}
        assert service.figure("nlp_quality_replies_total") == 24
        assert service.figure("nlp_quality_levels_total") == 24 * 4
    assert CANARY not in service.printed()


@pytest.mark.parametrize("options", [["--model", "no-such-model"], ["--model", "no-such-model", "--workers", "2"]])
def test_a_model_that_cannot_be_used_ends_the_start_with_one_clear_line(options):
    service = launch(*options)
    assert service.wait() != 0
    assert "No model of that name is installed." in service.printed()
    assert "Traceback" not in service.printed()
    assert service.url == ""


def test_a_port_that_is_taken_ends_the_start(service):
    other = launch("--model", "rules", "--port", str(service.port))
    assert other.wait() != 0
    assert "address already in use" in other.printed()


# --- callers who do not behave --------------------------------------------------------------------------------------


def raw(service, data, *, read=True):
    """What a bare connection gets back for `data`, until the service closes it."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=SECONDS) as connection:
        connection.sendall(data)
        received = b""
        while read and (part := connection.recv(65_536)):
            received += part
    return received


def head(*lines):
    return "\r\n".join(
        ("POST /v1/score HTTP/1.1", "Host: service", "Content-Type: application/json", *lines, "", "")
    ).encode()


def test_a_body_that_drips_is_given_up_and_its_connection_closed(service):
    begun = time.monotonic()
    reply = raw(service, head("Content-Length: 100") + b'{"text": "')
    assert reply.startswith(b"HTTP/1.1 408 ")
    assert b"body_timeout" in reply
    assert time.monotonic() - begun < SECONDS


@pytest.mark.parametrize(
    "length",
    [
        "Content-Length: -1",
        "Content-Length: 1e3",
        "Content-Length: 5, 6",
        f"Content-Length: {CANARY}",
        "Transfer-Encoding: x",
    ],
)
def test_a_length_that_is_none_is_a_bad_request(service, length):
    reply = raw(service, head(length) + b"{}")
    assert reply.split(b" ", 2)[1] in (b"400", b"501")
    assert CANARY.encode() not in reply


def test_lengths_that_disagree_are_refused(service):
    reply = raw(service, head("Content-Length: 5", "Content-Length: 7") + b"{}")
    assert reply.startswith(b"HTTP/1.1 400 ")


def test_a_declared_length_past_the_limit_is_refused_before_it_is_sent(service):
    assert raw(service, head("Content-Length: 3000001", "Connection: close")).startswith(b"HTTP/1.1 413 ")


def test_a_chunked_body_past_the_limit_is_refused_while_it_arrives(service):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=SECONDS) as connection:
        connection.sendall(head("Transfer-Encoding: chunked", "Connection: close"))
        sent = 0
        try:
            while sent < 200:  # 13 MB
                connection.sendall(chunk)
                sent += 1
        except OSError:
            pass  # it hung up
    assert sent < 200 or service.figure('nlp_quality_refusals_total{code="body_too_large"}') > 0
    assert score(service).status_code == 200


def test_idle_and_half_open_connections_keep_nobody_out(service):
    idle = [socket.create_connection(("127.0.0.1", service.port), timeout=SECONDS) for _ in range(200)]
    try:
        for connection in idle[:100]:
            connection.sendall(b"POST /v1/score HTTP/1.1\r\nHost: s")
        assert score(service).status_code == 200
    finally:
        for connection in idle:
            connection.close()
    assert score(service).status_code == 200


def test_a_request_that_is_none_is_answered_without_repeating_it(service):
    for junk in (CANARY.encode() * 3_000, b"\x16\x03\x01\x02\x00\x01" + CANARY.encode(), b"GET / HTTP/9.9\r\n\r\n"):
        assert CANARY.encode() not in raw(service, junk + b"\r\n\r\n")


def test_nothing_of_a_record_is_printed_or_counted(service):
    for fields in (
        {},
        {"draft": True},
        {"record_type": CANARY},
        {"text": TEXT * 5_000},
        {"people": [{"name": CANARY}]},
    ):
        score(service, id=CANARY, context={"worker": CANARY}, **fields)
    score(service, f"?deadline_ms={CANARY}")
    score(service, "?deadline_ms=1", text=LONG)
    httpx.post(f"{service.url}/v1/score", content=body(text=TEXT)[:-2], headers={"content-type": "application/json"})
    figures = httpx.get(f"{service.url}/metrics").text
    assert CANARY.casefold() not in figures.casefold()
    assert CANARY.casefold() not in service.printed().casefold()
    requests = [json.loads(line) for line in service.lines if line.startswith("{")]
    assert {"deadline_exceeded", "invalid_json", "too_long"} & {line.get("code") for line in requests}
