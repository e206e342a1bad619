"""The short form of the load: what comes of it, not how fast."""

from __future__ import annotations

from tests.soak import load


def test_more_saves_than_can_be_scored_are_refused_cleanly():
    figures = load.run(seconds=6, capacity_seconds=3, model="rules")
    assert figures["capacity"]["statuses"].keys() <= {"200", "413", "503"}
    assert figures["load"]["statuses"].keys() <= {"200", "413", "503"}
    assert figures["load"]["statuses"]["200"] > 0
    assert figures["load"]["unclean_refusals"] == 0
    assert set(figures["load"]["codes"]) <= {"busy", "deadline_exceeded", "too_long_for_deadline"}
    assert figures["answers_after"].get("200", 0) > 0
    assert figures["printed_tracebacks"] == 0
