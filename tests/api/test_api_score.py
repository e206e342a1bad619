"""`POST /v1/score`: the reply is the library's scorecard, in the unit and detail asked for."""

from __future__ import annotations

import asyncio
import threading

import httpx
import pytest
from fakes import Fake

from api.schemas import ScorecardOut
from nlp_quality import Record
from nlp_quality.formats.scorecard import to_dict
from nlp_quality.scheme import DIMENSIONS


def test_reply_is_the_scorecard_of_the_library(call, scorer, text):
    reply = call.score({"text": text, "id": "a-1"})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json() == to_dict(scorer.score(Record(text=text, id="a-1")))


@pytest.mark.parametrize("query", ["", "?detail=summary", "?offsets=utf-8"])
@pytest.mark.parametrize(
    "people", [None, [], [{"name": "Ottilie Marsh", "role": "child", "age": 0.5, "flags": {"seen": "Y"}}]]
)
def test_reply_is_as_documented(call, text, query, people):
    reply = call.score({"text": text, "people": people}, query)
    assert reply.status_code == 200
    ScorecardOut.model_validate(reply.json())


def test_same_request_same_bytes(call, text):
    record = {"text": text, "id": "a-1"}
    assert call.score(record).content == call.score(record).content


def test_summary_leaves_out_spans(call, text):
    card = call.score({"text": text}, "?detail=summary").json()
    assert not {"sentences", "findings"} & set(card)
    assert all("evidence" not in dimension for dimension in card["dimensions"].values())
    assert set(card["dimensions"]) == set(DIMENSIONS)


@pytest.mark.parametrize(
    ("unit", "encoding", "width"), [("codepoint", "utf-32-le", 4), ("utf-16", "utf-16-le", 2), ("utf-8", "utf-8", 1)]
)
def test_offsets_count_in_the_unit_asked_for(call, text, unit, encoding, width):
    text = f"😀 Café. {text}"
    card = call.score({"text": text}, f"?offsets={unit}").json()
    units = text.encode(encoding)
    spans = [item for dimension in card["dimensions"].values() for item in dimension["evidence"]]
    assert card["offsets"] == unit
    assert spans
    for span in spans:
        assert units[span["start"] * width : span["end"] * width].decode(encoding) == span["text"]


@pytest.mark.parametrize("query", ["?dimensions=analysis,child_voice", "?dimensions=child_voice&dimensions=analysis"])
def test_dimensions_are_those_asked_for(call, text, query):
    card = call.score({"text": text}, query).json()
    assert set(card["dimensions"]) == {"child_voice", "analysis"}
    assert {finding["dimension"] for finding in card["findings"]} <= {"child_voice", "analysis"}


def test_fields_we_do_not_know_are_ignored(call, text):
    assert call.score({"text": text, "colour": {"a": [1]}}).json() == call.score({"text": text}).json()


def test_context_is_not_echoed(call, text):
    assert "context" not in call.score({"text": text, "context": {"team": "North"}}).json()


def test_html_gives_its_text(call):
    card = call.score({"text": "<p>I saw <b>Ottilie</b> on her own at home today.</p>", "format": "html"}).json()
    assert card["text"].strip() == "I saw Ottilie on her own at home today."


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=UTF-8", "application/problem+json", "Application/JSON"],
)
def test_any_json_media_type_is_taken(call, text, content_type):
    assert call.score({"text": text}, content_type=content_type).status_code == 200


def test_a_byte_order_mark_is_passed_over(call):
    assert call.send(b'\xef\xbb\xbf{"text": "I saw Ottilie on her own at home today."}').status_code == 200


@pytest.mark.parametrize("given", ["a", "A-1_b.c", "x" * 64])
def test_request_id_is_echoed(call, given):
    assert call("GET", "/healthz", headers={"x-request-id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "Mia Taylor", "a/b", "é".encode()])
def test_other_request_ids_are_replaced(call, given):
    reply = call("GET", "/healthz", headers=[(b"x-request-id", given if isinstance(given, bytes) else given.encode())])
    assert len(reply.headers["x-request-id"]) == 16
    assert reply.headers["x-request-id"].isalnum()


@pytest.mark.parametrize(
    "odd",
    [
        "\x00\x07 I saw Ottilie on her own\x1b in the kitchen, and she told me about school.\x7f",
        "I saw Ottilie on her own. " * 1_923 + "xx",  # 50,000 characters in one line
        "Vi ho parlato con la bambina da sola nella sua camera e mi ha raccontato della scuola.",
    ],
    ids=["control", "one-line", "another-language"],
)
def test_odd_text_is_scored_with_its_offsets_kept(call, odd):
    reply = call.score({"text": odd})
    assert reply.status_code == 200
    card = ScorecardOut.model_validate(reply.json())
    for sentence in card.sentences or []:
        assert 0 <= sentence.start < sentence.end <= len(odd)
    for dimension in card.dimensions.values():
        for item in dimension.evidence or []:
            assert odd[item.start : item.end] == item.text


def test_only_emoji_is_for_a_person_to_judge(call):
    reply = call.score({"text": "😀🎉👨‍👩‍👧 🏳️‍🌈"})
    assert reply.status_code == 200
    for dimension in reply.json()["dimensions"].values():
        assert dimension["level"] is None
        assert dimension["refer"] is True
        assert dimension["not_applicable"]["code"] == "out_of_domain"


def test_the_longest_text_is_scored_or_refused_by_length_alone(call_with):
    card = object()
    seen = []

    class Spy(Fake):
        def score(self, record, *, steps):
            seen.append(len(record.text))
            raise RuntimeError(card)

    call = call_with(Spy())
    call.score({"text": "a" * 200_000})
    assert call.score({"text": "a" * 200_001}).status_code == 413
    assert seen == [200_000]


def test_records_scored_at_the_same_time_do_not_mix(call, text):
    bodies = [{"text": f"{text} Note {number}.", "id": str(number)} for number in range(8)]
    alone = [call.score(body).content for body in bodies]

    async def together() -> list[bytes]:
        transport = httpx.ASGITransport(app=call.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return [
                reply.content
                for reply in await asyncio.gather(*(client.post("/v1/score?deadline_ms=60000", json=b) for b in bodies))
            ]

    assert asyncio.run(together()) == alone


def test_the_event_loop_stays_free_while_a_record_is_scored(scorer, text, call_with):
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Fake):
        def score(self, record, *, steps):
            begun.set()
            assert go_on.wait(30)
            return scorer.score(record)

    app = call_with(Slow(), threads=1).app

    async def scenario() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            scoring = asyncio.create_task(client.post("/v1/score?deadline_ms=60000", json={"text": text}))
            try:
                await asyncio.to_thread(begun.wait, 30)
                health = await client.get("/healthz")
                assert not scoring.done()
            finally:
                go_on.set()
            return health, await scoring

    health, scored = asyncio.run(scenario())
    assert (health.status_code, scored.status_code) == (200, 200)
