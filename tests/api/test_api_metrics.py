"""`/metrics`: what happened is counted, by names of our own alone."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

CANARY = "Zephyrine"
TEXT = f"I saw {CANARY} on her own in the kitchen and she told me that she likes school and her aunt."


def figures(call):
    reply = call("GET", "/metrics")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/plain")
    assert CANARY.casefold() not in reply.text.casefold()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def test_scores_refusals_and_replies_from_memory_are_counted(call_with, rules_scorer):
    call = call_with(rules_scorer)
    for record in ({"text": TEXT}, {"text": TEXT}, {"text": TEXT, "draft": True}, {"text": ""}):
        call.score(record, x_request_id=CANARY)
    call("GET", f"/v1/{CANARY}")
    call(CANARY.upper(), "/healthz")
    found = figures(call)
    assert found["nlp_quality_replies_total", "miss"] == 2
    assert found["nlp_quality_replies_total", "hit"] == 1
    assert found["nlp_quality_score_seconds_count",] == 2
    assert found["nlp_quality_queue_seconds_count",] == 2
    assert found["nlp_quality_refusals_total", "blank"] == 1
    assert found["nlp_quality_refusals_total", "not_found"] == 1
    assert found["nlp_quality_request_seconds_count", "/v1/score", "200"] == 3
    assert found["nlp_quality_request_seconds_count", "/v1/score", "422"] == 1
    assert found["nlp_quality_request_seconds_count", "-", "404"] == 1
    assert found["nlp_quality_queue_depth", "running"] == found["nlp_quality_queue_depth", "waiting"] == 0
    assert found["nlp_quality_steps_total", "miss", "names"] == 1
    assert found["nlp_quality_steps_total", "hit", "names"] == 1


def test_the_levels_and_referrals_of_drafts_are_not_counted(call_with, rules_scorer):
    call = call_with(rules_scorer)
    card = call.score({"text": TEXT}).json()
    call.score({"text": TEXT, "draft": True})
    found = figures(call)
    for name, dimension in card["dimensions"].items():
        level = "none" if dimension["level"] is None else str(dimension["level"])
        assert found["nlp_quality_levels_total", name, level] == 1
        assert found.get(("nlp_quality_referred_total", name), 0) == dimension["refer"]
    assert sum(value for key, value in found.items() if key[0] == "nlp_quality_levels_total") == 4


def test_each_application_counts_for_itself(call_with, rules_scorer):
    one, other = call_with(rules_scorer), call_with(rules_scorer)
    one.score({"text": TEXT})
    assert ("nlp_quality_replies_total", "miss") not in figures(other)
