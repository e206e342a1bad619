"""What one process remembers: replies to what is sent again, and the steps of what is edited."""

from __future__ import annotations

import pytest
from fakes import Stepping

from api.deps import get_tenant
from api.memory import Memory

PARAGRAPHS = [f"I saw Ottilie on her own at home and she told me about day {number}." for number in range(6)]
TEXT_OF_SIX = "\n\n".join(PARAGRAPHS)


@pytest.fixture
def stepping(rules_scorer):
    return Stepping(rules_scorer)


def how(reply):
    assert reply.status_code == 200
    return reply.headers["cache-status"]


@pytest.mark.parametrize("draft", [True, False])
def test_what_is_sent_again_is_answered_from_memory_byte_for_byte(call, text, draft):
    record = {"text": text, "id": "a-1", "draft": draft}
    first, second = call.score(record), call.score(record)
    assert (how(first), how(second)) == ("nlp-quality; fwd=miss; stored", "nlp-quality; hit")
    assert first.content == second.content
    assert first.headers["content-type"] == second.headers["content-type"]


@pytest.mark.parametrize(
    "query", ["?detail=summary", "?offsets=utf-16", "?dimensions=analysis", "?dimensions=analysis,child_voice"]
)
def test_other_options_are_another_reply(call, text, query):
    assert "fwd=miss" in how(call.score({"text": text}))
    assert "fwd=miss" in how(call.score({"text": text}, query))
    assert "hit" in how(call.score({"text": text}, query))
    assert "hit" in how(call.score({"text": text}))


def test_a_changed_record_is_another_reply(call, text):
    assert "fwd=miss" in how(call.score({"text": text}))
    for changed in ({"text": text + " "}, {"text": text, "id": "b"}, {"text": text, "people": []}):
        assert "fwd=miss" in how(call.score(changed))


def test_another_model_is_another_reply(call_with, rules_scorer, stepping):
    call = call_with(stepping)
    assert "fwd=miss" in how(call.score({"text": TEXT_OF_SIX}))
    call.app.state.service.scorer = rules_scorer
    assert "fwd=miss" in how(call.score({"text": TEXT_OF_SIX}))


def test_a_tenant_is_never_answered_from_what_another_sent(call_with, stepping):
    call = call_with(stepping)
    whose = ["north"]
    call.app.dependency_overrides[get_tenant] = lambda: whose[0]
    assert "fwd=miss" in how(call.score({"text": TEXT_OF_SIX}))
    assert len(stepping.done) == 6
    whose[0] = "south"
    assert "fwd=miss" in how(call.score({"text": TEXT_OF_SIX}))
    assert len(stepping.done) == 12  # nor are the steps shared
    assert "hit" in how(call.score({"text": TEXT_OF_SIX}))


def test_an_edit_costs_the_paragraph_edited(call_with, stepping):
    call = call_with(stepping)
    call.score({"text": TEXT_OF_SIX})
    edited = [*PARAGRAPHS]
    edited[2] += " She likes it there."
    call.score({"text": "\n\n".join(edited)})
    assert stepping.done[6:] == [edited[2]]


def test_a_refusal_is_not_remembered(call_with, stepping):
    call = call_with(stepping)
    for _ in range(2):
        reply = call.score({"text": ""})
        assert reply.status_code == 422
        assert "cache-status" not in reply.headers


def test_a_memory_of_nothing_serves_all_the_same(call_with, stepping):
    call = call_with(stepping, memory_bytes=0)
    assert [how(call.score({"text": TEXT_OF_SIX})) for _ in range(2)] == ["nlp-quality; fwd=miss"] * 2


def test_the_memory_is_bounded_by_bytes_and_by_entries():
    memory = Memory(max_bytes=100_000, max_entries=50, seconds=60)
    for number in range(200):
        assert memory.put(memory.key(str(number)), "x", size=10)
        assert memory.size[0] <= 50
    for number in range(200):
        assert memory.put(memory.key("large", str(number)), "x", size=20_000)
        assert memory.size[1] <= 100_000
    assert not memory.put(memory.key("whole"), "x", size=100_001)
    assert memory.get(memory.key("whole")) is None


def test_the_memory_forgets_what_was_used_longest_ago():
    memory = Memory(max_bytes=10**6, max_entries=2, seconds=60)
    one, two, three = (memory.key(word) for word in ("one", "two", "three"))
    memory.put(one, 1, size=1)
    memory.put(two, 2, size=1)
    assert memory.get(one) == 1
    memory.put(three, 3, size=1)
    assert [memory.get(key) for key in (one, two, three)] == [1, None, 3]


def test_the_memory_forgets_with_time():
    memory = Memory(max_bytes=10**6, max_entries=10, seconds=1e-9)
    memory.put(memory.key("old"), "x", size=1)
    memory.forget_old()
    assert memory.size == (0, 0)


def test_keys_tell_nothing_outside_the_process_and_parts_do_not_run_together():
    one, other = (Memory(max_bytes=1, max_entries=1, seconds=1) for _ in range(2))
    assert one.key("a") != other.key("a")
    assert one.key("a", "bc") != one.key("ab", "c")
    assert one.key("a", "") != one.key("a")
