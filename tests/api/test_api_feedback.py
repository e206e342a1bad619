"""Feedback: codes and numbers, no narrative, for the council's own annotators."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from api.deps import get_tenant
from api.store import feedback
from nlp_quality.record import Record
from tests.soak.quick import Quick

GOOD = {
    "record_id": "case 7/2",
    "text_digest": hashlib.sha256(b"I saw Mia.").hexdigest(),
    "dimension": "seen_alone",
    "code": "seen_alone.form_contradicted",
    "agree": False,
    "reason_code": "wrong_status",
    "level": 2,
}


@pytest.fixture
def call(call_with: Any) -> Any:
    return call_with(Quick())


def give(call: Any, body: Any) -> Any:
    return call("POST", "/v1/feedback", content=json.dumps(body).encode(), headers={"content-type": "application/json"})


def test_feedback_is_kept(call: Any) -> None:
    reply = give(call, GOOD)
    assert reply.status_code == 201
    assert set(reply.json()) == {"id", "created"}
    (found,) = feedback.read(call.app.state.service.store, tenant="local")
    assert {name: found[name] for name in GOOD if name != "text_digest"} == {
        name: value for name, value in GOOD.items() if name != "text_digest"
    }
    assert found["text_digest"] != GOOD["text_digest"]  # keyed: nobody can try texts against it


def test_the_least_is_a_dimension_and_a_verdict(call: Any) -> None:
    assert give(call, {"dimension": "analysis", "agree": True}).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dimension": "joy"}, "dimension"),
        ({"dimension": None}, "dimension"),
        ({"agree": "yes"}, "agree"),
        ({"agree": None}, "agree"),
        ({"level": 4}, "level"),
        ({"level": True}, "level"),
        ({"level": 1.5}, "level"),
        ({"reason_code": "Zephyrine was unhappy"}, "reason_code"),
        ({"code": "Zephyrine was unhappy"}, "code"),
        ({"text_digest": "Zephyrine"}, "text_digest"),
        ({"record_id": ""}, "record_id"),
        ({"record_id": "Zephyrine\nwas seen"}, "record_id"),
        ({"record_id": "Z" * 129}, "record_id"),
        ({"record_id": 7}, "record_id"),
    ],
)
def test_a_wrong_field_is_named_and_its_value_is_not(call: Any, change: dict[str, Any], field: str) -> None:
    reply = give(call, GOOD | change)
    assert (reply.status_code, reply.json()["field"]) == (422, field)
    assert "Zephyrine" not in reply.text


def test_there_is_no_field_for_narrative(call: Any) -> None:
    reply = give(call, GOOD | {"comment": "Zephyrine was unhappy."})
    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (422, "unknown_field", "comment")
    assert "Zephyrine" not in reply.text
    reply = give(call, GOOD | {"Zephyrine was unhappy": 1})
    assert (reply.status_code, reply.json()["field"]) == (422, None)
    assert "Zephyrine" not in reply.text


@pytest.mark.parametrize("body", [[], "text", 7])
def test_it_is_one_object(call: Any, body: Any) -> None:
    assert give(call, body).json()["code"] == "not_an_object"


def test_tenants_see_nothing_of_each_other(call: Any) -> None:
    store = call.app.state.service.store
    for tenant in ("north", "south"):
        call.app.dependency_overrides[get_tenant] = lambda tenant=tenant: tenant
        give(call, GOOD)
    (north,), (south,) = (list(feedback.read(store, tenant=tenant)) for tenant in ("north", "south"))
    assert north["text_digest"] != south["text_digest"]
    assert list(feedback.read(store, tenant="west")) == []
    assert feedback.summary(store, tenant="north")["seen_alone"] == {"agree": 0, "disagree": 1}


def test_a_councils_own_records_become_candidates_for_annotation(call: Any) -> None:
    for body in (
        {"record_id": "b", "dimension": "analysis", "agree": False},
        {"record_id": "c", "dimension": "analysis", "agree": True},
        {"text_digest": GOOD["text_digest"], "dimension": "analysis", "agree": False},
        {"text_digest": GOOD["text_digest"], "dimension": "seen_alone", "agree": False},
    ):
        assert give(call, body).status_code == 201
    records = [
        Record("Nothing.", id="a"),
        Record("Else.", id="b"),
        Record("Agreed.", id="c"),
        Record("I saw Mia.", id="d"),
    ]
    found = feedback.candidates(call.app.state.service.store, records, tenant="local")
    assert [record.id for record in found] == ["d", "b"]
