"""Every refusal: its status, code and field, in problem details that hold nothing of the input."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from fakes import Fake

from api.schemas import ProblemOut
from nlp_quality.errors import ModelAltered, UnreadableInput

CANARY = "Zephyrine"
SENTENCE = f"I saw {CANARY} on her own in the kitchen and she told me she likes school. "
CHILD = {"name": CANARY, "role": "child", "id": CANARY, "aliases": [CANARY]}
RECORD = {"text": SENTENCE, "id": CANARY, "people": [CHILD], "context": {"worker": CANARY}}


def record(**changes):
    return json.dumps(RECORD | changes).encode()


def person(**changes):
    return record(people=[{"name": "Ann", "role": "parent"}, CHILD | changes])


# body, status, code, field
BODIES = {
    "broken": (record()[:-1], 400, "invalid_json", None),
    "not-json": (SENTENCE.encode(), 400, "invalid_json", None),
    "trailing": (record() + b"x", 400, "invalid_json", None),
    "invalid-utf8": (record().replace(b"kitchen", b"\xff\xfe"), 400, "invalid_utf8", None),
    "utf-16": (record().decode().encode("utf-16"), 400, "invalid_utf8", None),
    "empty": (b"", 400, "empty_body", None),
    "blank-body": (b" \n", 400, "empty_body", None),
    "nan": (record().replace(b'"people"', b'"n": NaN, "people"'), 400, "invalid_json", None),
    "infinity": (record().replace(b'"people"', b'"n": [-Infinity], "people"'), 400, "invalid_json", None),
    "too-deep": (record(more=eval("[" * 40 + "]" * 40)), 400, "too_deep", None),  # noqa: S307 - a literal of ours
    "far-too-deep": (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "too_deep", None),
    "list": (b"[" + record() + b"]", 422, "not_an_object", None),
    "string": (json.dumps(SENTENCE).encode(), 422, "not_an_object", None),
    "null": (b"null", 422, "not_an_object", None),
    "repeated": (b'{"text": "' + CANARY.encode() + b'", "text": "b"}', 422, "repeated_field", None),
    "no-text": (json.dumps({"id": CANARY}).encode(), 422, "missing", "text"),
    "empty-text": (record(text=""), 422, "blank", "text"),
    "blank-text": (record(text=" \n\u00a0\t"), 422, "blank", "text"),
    "text-null": (record(text=None), 422, "not_a_string", "text"),
    "text-number": (record(text=7), 422, "not_a_string", "text"),
    "text-list": (record(text=[SENTENCE]), 422, "not_a_string", "text"),
    "text-too-long": (record(text=SENTENCE * 3_000), 413, "too_long", "text"),
    "lone-surrogate": (record(text=SENTENCE + "\ud83d"), 422, "lone_surrogate", "text"),
    "surrogate-id": (record(id=CANARY + "\udc00"), 422, "lone_surrogate", "id"),
    "surrogate-name": (person(name=CANARY + "\udc00"), 422, "lone_surrogate", "people.1.name"),
    "id-number": (record(id=7), 422, "not_a_string", "id"),
    "format": (record(format=CANARY), 422, "unknown_value", "format"),
    "record-type": (record(record_type=CANARY), 422, "unknown_value", "record_type"),
    "draft-text": (record(draft="true"), 422, "not_a_boolean", "draft"),
    "people-object": (record(people=CHILD), 422, "not_a_list", "people"),
    "people-too-many": (record(people=[CHILD] * 201), 422, "too_many", "people"),
    "person-string": (record(people=[CANARY]), 422, "not_an_object", "people.0"),
    "name-empty": (person(name=""), 422, "blank", "people.1.name"),
    "name-blank": (person(name="  "), 422, "blank", "people.1.name"),
    "name-long": (person(name=CANARY * 30), 422, "too_long", "people.1.name"),
    "no-role": (record(people=[{"name": CANARY}]), 422, "missing", "people.0.role"),
    "role": (person(role=CANARY), 422, "unknown_value", "people.1.role"),
    "age-text": (person(age="8"), 422, "not_a_number", "people.1.age"),
    "age-true": (person(age=True), 422, "not_a_number", "people.1.age"),
    "age-negative": (person(age=-1), 422, "out_of_range", "people.1.age"),
    "age-huge": (person(age=10**400), 400, "invalid_json", None),
    "flag": (person(flags={"seen": CANARY}), 422, "unknown_value", "people.1.flags.seen"),
    "flag-name": (person(flags={CANARY: "Y"}), 422, "unknown_value", "people.1.flags"),
    "context-list": (record(context=[CANARY]), 422, "not_an_object", "context"),
    "context-number": (record(context={CANARY: 7}), 422, "not_a_string", "context"),
    "context-dotted": (record(context={f"text.0.{CANARY}": 7}), 422, "not_a_string", "context.text.0"),
}


def check_problem(reply, status, code, field):
    assert reply.headers["content-type"] == "application/problem+json"
    problem = ProblemOut.model_validate(reply.json())
    assert (reply.status_code, problem.code, problem.field) == (status, code, field)
    assert problem.status == status
    assert problem.type == "about:blank"
    assert problem.title
    assert problem.detail.endswith(".")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-request-id"]


def check_silence(reply, caplog):
    assert CANARY not in reply.text
    assert CANARY not in str(reply.headers)
    assert CANARY not in caplog.text


@pytest.mark.parametrize(("body", "status", "code", "field"), BODIES.values(), ids=BODIES)
def test_a_bad_body(call, caplog, body, status, code, field):
    caplog.set_level(logging.DEBUG)
    reply = call.send(body)
    check_problem(reply, status, code, field)
    check_silence(reply, caplog)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"?detail={CANARY}", "detail"),
        (f"?offsets={CANARY}", "offsets"),
        (f"?dimensions={CANARY}", "dimensions"),
        ("?dimensions=", "dimensions"),
        (f"?dimensions=analysis,{CANARY}", "dimensions"),
    ],
)
def test_a_bad_option(call, caplog, query, field):
    caplog.set_level(logging.DEBUG, logger="api")
    reply = call.send(record(), query)
    check_problem(reply, 422, "unknown_value", field)
    assert CANARY not in reply.text


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "multipart/form-data; boundary=x", "application/json; charset=latin-1", f"application/{CANARY}"],
)
def test_a_body_that_is_not_declared_as_json(call, caplog, content_type):
    reply = call.send(record(), content_type=content_type)
    check_problem(reply, 415, "unsupported_media_type", None)
    check_silence(reply, caplog)


def test_an_unknown_path(call):
    reply = call("GET", f"/v1/{CANARY}?id={CANARY}")
    check_problem(reply, 404, "not_found", None)
    assert CANARY not in reply.text


@pytest.mark.parametrize(
    "path", ["/v1/score/", "/static/", f"/static/{CANARY}", "/static/../main.py", "/docs", "/redoc"]
)
def test_a_path_near_one_of_ours_is_unknown_and_never_redirected(call, path):
    reply = call("GET", f"{path}?id={CANARY}")
    check_problem(reply, 404, "not_found", None)
    assert "location" not in reply.headers


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/score", "POST"), ("POST", "/v1/scheme", "GET"), ("DELETE", "/", "GET"), (CANARY.upper(), "/", "GET")],
)
def test_a_method_a_path_does_not_take(call, method, path, allowed):
    reply = call(method, path)
    check_problem(reply, 405, "method_not_allowed", None)
    assert reply.headers["allow"] == allowed


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError(SENTENCE), 500, "internal_error"),
        (UnicodeDecodeError("utf-8", SENTENCE.encode(), 0, 1, SENTENCE), 500, "internal_error"),
        (RecursionError(SENTENCE), 500, "internal_error"),
        (ModelAltered("model_altered", f"/srv/{CANARY}"), 503, "model_altered"),
        (UnreadableInput("unreadable", "It cannot be read."), 400, "unreadable"),
    ],
)
def test_a_failure_while_scoring_leaks_nothing(call_with, caplog, error, status, code):
    class Broken(Fake):
        def score(self, record, *, steps):
            raise error

    caplog.set_level(logging.DEBUG)
    reply = call_with(Broken()).send(record())
    check_problem(reply, status, code, None)
    check_silence(reply, caplog)
    assert str(status) in caplog.text


def test_an_unforeseen_error_is_logged_by_type_and_place(call_with, caplog):
    class Broken(Fake):
        def score(self, record, *, steps):
            raise RuntimeError(SENTENCE)

    call_with(Broken()).send(record())
    assert "unforeseen RuntimeError at " in caplog.text
    assert "test_api_errors.py:" in caplog.text


# --- the limit on bodies --------------------------------------------------------------------------------------------


def test_a_body_as_long_as_the_limit_is_read(call_with, scorer):
    body = record()
    assert call_with(scorer, max_body_bytes=len(body)).send(body).status_code == 200


def test_a_declared_length_over_the_limit_is_refused(call_with, scorer, caplog):
    body = record()
    reply = call_with(scorer, max_body_bytes=len(body) - 1).send(body)
    check_problem(reply, 413, "body_too_large", None)
    check_silence(reply, caplog)


@pytest.mark.parametrize("declared", [b"101", b"9" * 5_000])
def test_a_declared_length_over_the_limit_is_refused_unread(call_with, declared):
    async def never():
        raise AssertionError("the body was read")

    status = asyncio.run(ask(call_with(None, max_body_bytes=100).app, never, [(b"content-length", declared)]))
    assert status == 413


def test_a_chunked_body_is_refused_as_soon_as_it_passes_the_limit(call_with, scorer):
    taken = []

    async def endless():
        taken.append(60)
        return {"type": "http.request", "body": b" " * 60, "more_body": True}

    status = asyncio.run(ask(call_with(scorer, max_body_bytes=100).app, endless, []))
    assert status == 413
    assert len(taken) == 2


async def ask(app, receive, headers):
    """The status of a bare ASGI request to `/v1/score` whose body `receive` gives."""
    sent = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/score",
        "raw_path": b"/v1/score",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"]


def test_a_caller_who_leaves_is_no_error(call_with, scorer, caplog):
    async def gone():
        return {"type": "http.disconnect"}

    caplog.set_level(logging.INFO)
    with pytest.raises(IndexError):  # nothing is sent
        asyncio.run(ask(call_with(scorer).app, gone, []))
    assert "POST /v1/score 499" in caplog.text
    assert "unforeseen" not in caplog.text


# --- the log --------------------------------------------------------------------------------------------------------


def test_the_log_line_holds_the_route_and_no_more(call, caplog):
    caplog.set_level(logging.INFO, logger="api")
    call.send(record(), f"?detail=full&id={CANARY}", x_request_id="r-1", user_agent=CANARY)
    call("GET", f"/v1/{CANARY}")
    call(CANARY.upper(), "/healthz")
    lines = [entry.getMessage() for entry in caplog.records if entry.name.startswith("api")]
    assert len(lines) == 3
    assert lines[0].startswith("POST /v1/score 200 ")
    assert lines[0].endswith("ms request_id=r-1")
    assert lines[1].startswith("GET - 404 ")
    assert lines[2].startswith("- /healthz 405 ")
    assert CANARY not in "".join(lines)
    assert CANARY.upper() not in "".join(lines)
