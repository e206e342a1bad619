"""A save never hangs: deadlines, the bounded queue, callers who leave, bodies that do not come."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import httpx
import pytest
from fakes import Stepping

LIMIT = 30
PARAGRAPHS = [f"I saw Ottilie on her own at home and she told me about day {number}." for number in range(4)]
RECORD = {"text": "\n\n".join(PARAGRAPHS)}


def check_refusal(reply, status, code):
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    if status == 503:
        assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert "Ottilie" not in reply.text


@pytest.mark.parametrize("given", ["0", "-1", "60001", "1e3", "x", ""])
def test_a_deadline_out_of_range_is_refused(call, given):
    reply = call.score(RECORD, f"?deadline_ms={given}")
    assert (reply.status_code, reply.json()["field"]) == (422, "deadline_ms")


def test_the_longest_deadline_is_the_operators_and_is_documented(call_with, rules_scorer):
    call = call_with(rules_scorer, max_deadline_ms=500_000)
    assert call.score(RECORD, "?deadline_ms=500000").status_code == 200
    reply = call.score(RECORD, "?deadline_ms=500001")
    assert (reply.status_code, reply.json()["detail"]) == (422, "deadline_ms must be 1 to 500,000.")
    options = call("GET", "/openapi.json").json()["paths"]["/v1/score"]["post"]["parameters"]
    schema = next(option["schema"] for option in options if option["name"] == "deadline_ms")
    assert (schema["minimum"], schema["default"], schema["maximum"]) == (1, 2_000, 500_000)


def test_past_the_deadline_the_caller_is_answered_and_a_retry_goes_further(call_with, rules_scorer):
    go_on = threading.Event()

    def hold(done: int) -> None:
        if done == 2:
            assert go_on.wait(LIMIT)

    stepping = Stepping(rules_scorer, hold)
    call = call_with(stepping)
    check_refusal(call.score(RECORD, "?deadline_ms=300"), 503, "deadline_exceeded")
    go_on.set()
    assert call.score(RECORD).status_code == 200
    # Each step was done once: two before the deadline, the one it fell into, and the last by the retry.
    assert stepping.done == PARAGRAPHS
    assert call.score(RECORD).headers["cache-status"] == "nlp-quality; hit"


def test_work_stops_between_two_steps_once_the_caller_is_answered(call_with, rules_scorer):
    go_on = threading.Event()
    stepping = Stepping(rules_scorer, lambda _: go_on.wait(LIMIT))
    call = call_with(stepping)
    check_refusal(call.score(RECORD, "?deadline_ms=50"), 503, "deadline_exceeded")
    go_on.set()
    call.app.state.service.threads.shutdown(wait=True)
    assert stepping.done == PARAGRAPHS[:1]


def test_a_record_too_long_for_its_deadline_is_refused_at_once_and_told_the_way(call_with, rules_scorer):
    stepping = Stepping(rules_scorer)
    call = call_with(stepping)
    call.app.state.service.pace.note(50_000, 1.0)
    long = {"text": ("I saw Ottilie on her own at home today. " * 5_000)[:200_000]}
    reply = call.score(long, "?deadline_ms=2000")
    check_refusal(reply, 413, "too_long_for_deadline")
    assert reply.json()["field"] == "text"
    assert "/v1/batches" in reply.json()["detail"]
    assert "deadline_ms" in reply.json()["detail"]
    assert stepping.done == []
    assert call.score(RECORD).status_code == 200


def test_what_is_new_of_a_long_record_is_what_must_fit(call_with, rules_scorer):
    stepping = Stepping(rules_scorer)
    call = call_with(stepping)
    blocks = [f"I saw Ottilie on her own on day {number}. " * 25 for number in range(10)]
    assert call.score({"text": "\n\n".join(blocks)}).status_code == 200
    call.app.state.service.pace._rate = 40.0  # so that a minute holds two of these paragraphs
    edited = "\n\n".join([*blocks[:4], blocks[4] + "She was well.", *blocks[5:]])
    assert call.score({"text": edited}).status_code == 200
    unknown = "\n\n".join(block.replace("Ottilie", "Bram") for block in blocks)
    check_refusal(call.score({"text": unknown}), 413, "too_long_for_deadline")
    others = [{"name": "Ottilie", "role": "child"}]  # every paragraph is read anew
    reply = call.score({"text": edited, "people": others})
    check_refusal(reply, 413, "too_long_for_deadline")


def test_the_markup_of_a_record_is_not_what_takes_time(call_with, rules_scorer):
    call = call_with(rules_scorer)
    call.app.state.service.pace._rate = 10.0
    markup = "".join(f'<p style="margin:{"0" * 400}px">I saw Ottilie alone today.</p>' for _ in range(10))
    assert call.score({"text": markup, "format": "html"}).status_code == 200


class Together:
    """Several calls of one application at a time."""

    def __init__(self, app) -> None:
        self.app = app

    def run(self, scenario):
        async def main():
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                return await scenario(client)

        return asyncio.run(main())

    @property
    def depth(self):
        return self.app.state.service.queue.depth


async def until(condition) -> None:
    limit = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < limit
        await asyncio.sleep(0.005)


def send(client, number, deadline_ms=60_000):
    record = {"text": f"I saw Ottilie on her own at home on day {number}."}
    return asyncio.create_task(client.post(f"/v1/score?deadline_ms={deadline_ms}", json=record))


@pytest.fixture
def held(rules_scorer, call_with):
    """A service with one thread and two places to wait, whose scorer waits to be let go on."""
    go_on = threading.Event()
    stepping = Stepping(rules_scorer, lambda _: go_on.wait(LIMIT))
    together = Together(call_with(stepping, threads=1, waiting=2).app)
    yield together, stepping, go_on
    go_on.set()
    together.app.state.service.threads.shutdown(wait=True)


def test_more_than_may_wait_are_refused_at_once(held):
    together, stepping, go_on = held

    async def scenario(client):
        accepted = []
        for number in range(3):
            accepted.append(send(client, number))
            await until(lambda: sum(together.depth) == len(accepted))
        refused = await send(client, 99)
        assert not any(task.done() for task in accepted)
        go_on.set()
        return refused, await asyncio.gather(*accepted)

    refused, accepted = together.run(scenario)
    check_refusal(refused, 503, "busy")
    assert [reply.status_code for reply in accepted] == [200, 200, 200]
    assert len(stepping.done) == 3
    assert together.depth == (0, 0)


def test_who_waits_past_the_deadline_is_answered_then_and_never_scored(held):
    together, stepping, go_on = held

    async def scenario(client):
        first = send(client, 0)
        await until(lambda: together.depth == (1, 0))
        late = await send(client, 1, deadline_ms=50)
        assert together.depth == (1, 0)
        assert not first.done()
        go_on.set()
        return late, await first

    late, first = together.run(scenario)
    check_refusal(late, 503, "deadline_exceeded")
    assert first.status_code == 200
    assert len(stepping.done) == 1


def test_a_hit_waits_for_nobody(held):
    together, _, go_on = held

    async def scenario(client):
        go_on.set()
        await send(client, 0)
        go_on.clear()
        busy = [send(client, number) for number in range(1, 4)]
        await until(lambda: together.depth == (1, 2))
        again = await send(client, 0)
        assert not any(task.done() for task in busy)
        go_on.set()
        await asyncio.gather(*busy)
        return again

    assert together.run(scenario).headers["cache-status"] == "nlp-quality; hit"


def asgi(app, body, *, leave):
    """A bare call of `/v1/score` whose caller leaves when `leave` is set."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/score",
        "raw_path": b"/v1/score",
        "root_path": "",
        "scheme": "http",
        "query_string": b"deadline_ms=60000",
        "headers": [(b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    waiting = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]
    sent = []

    async def receive():
        if waiting:
            return waiting.pop()
        await leave.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    return asyncio.create_task(app(scope, receive, send)), sent


@pytest.mark.parametrize("begun", [True, False], ids=["being-scored", "waiting"])
def test_a_caller_who_leaves_frees_the_place(held, begun):
    together, stepping, go_on = held

    async def scenario(client):
        leave = asyncio.Event()
        others = [] if begun else [send(client, 0)]
        await until(lambda: together.depth == (len(others), 0))
        call, sent = asgi(together.app, RECORD, leave=leave)
        await until(lambda: sum(together.depth) == len(others) + 1)
        leave.set()
        await asyncio.wait_for(call, LIMIT)
        assert sent == []
        assert together.depth == (1, 0)  # the thread is still in its first step, or scores the other
        go_on.set()
        await asyncio.gather(*others)
        await until(lambda: together.depth == (0, 0))

    together.run(scenario)
    assert len(stepping.done) == 1  # no second step, or none at all


def test_a_body_that_does_not_come_is_given_up(call_with, rules_scorer):
    call = call_with(rules_scorer, body_seconds=0.05)

    async def dripping():
        yield b'{"text": "'
        await asyncio.sleep(LIMIT)
        raise AssertionError("waited for")

    reply = call.send(dripping())
    check_refusal(reply, 408, "body_timeout")
    assert reply.headers["connection"] == "close"


# --- what is told of a score ----------------------------------------------------------------------------------------


class Told:
    def __init__(self):
        self.events = []

    def scored(self, **event):
        self.events.append(event)


def test_each_score_is_told_once_and_drafts_and_repeats_never(call_with, rules_scorer):
    call = call_with(rules_scorer)
    told = call.app.state.service.events = Told()
    for record in ({"draft": True}, {"id": "a"}, {"id": "a"}, {"id": "b"}):
        assert call.score(RECORD | record).status_code == 200
    assert [event["record"].id for event in told.events] == ["a", "b"]
    assert {event["tenant"] for event in told.events} == {"local"}
    assert {event["source"] for event in told.events} == {"score"}
    assert all(event["milliseconds"] > 0 for event in told.events)
    assert all(event["card"].dimensions for event in told.events)


def test_a_score_that_cannot_be_noted_is_given_all_the_same_and_the_failure_logged(call_with, rules_scorer, caplog):
    class Full:
        def scored(self, **event):
            raise OSError(28, f"no room for {event['record'].text}")

    call = call_with(rules_scorer)
    call.app.state.service.events = Full()
    assert call.score(RECORD).status_code == 200
    assert "a score was not noted: OSError at " in caplog.text
    assert "Ottilie" not in caplog.text


def test_ready_when_every_part_is(call_with, rules_scorer):
    call = call_with(rules_scorer)
    ready = {"store": False}
    call.app.state.service.checks["store"] = lambda: ready["store"]
    reply = call("GET", "/readyz")
    check_refusal(reply, 503, "not_ready")
    assert reply.json()["detail"] == "The store is not ready."
    ready["store"] = True
    assert call("GET", "/readyz").status_code == 200


def test_who_would_wait_past_the_deadline_is_refused_at_once(held):
    together, stepping, go_on = held
    together.app.state.service.queue._seconds = 100.0  # as when records take long

    async def scenario(client):
        first = send(client, 0)
        await until(lambda: together.depth == (1, 0))
        refused = await send(client, 1)
        go_on.set()
        return refused, await first

    refused, first = together.run(scenario)
    check_refusal(refused, 503, "busy")
    assert refused.headers["retry-after"] == "60"
    assert (first.status_code, len(stepping.done)) == (200, 1)
