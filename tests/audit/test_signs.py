"""What counts as a claim of improvement, a plan, an attempt; and what only looks like one."""

from types import SimpleNamespace

import pytest

from nlp_quality.audit.copies import near_copies, sketch_of
from nlp_quality.audit.signs import signs_of
from nlp_quality.record import Person, Record
from nlp_quality.types import Sentence


def sentence(text: str, **labels) -> Sentence:
    return Sentence(0, 0, len(text), 0, 0, text, text, **labels)


def signs(text: str, **labels) -> tuple[str, ...]:
    return signs_of(SimpleNamespace(sentences=(sentence(text, **labels),)))


@pytest.mark.parametrize(
    "text",
    [
        "Ms Ali's parenting has improved.",
        "She has made good progress since the summer.",
        "Home conditions are much better.",
        "Concerns about supervision have reduced.",
        "He has turned things around.",
        "There has been significant improvement in her engagement.",
    ],
)
def test_an_improvement_claimed(text):
    assert "improvement" in signs(text, capacity=("capacity_to_change",))


@pytest.mark.parametrize(
    "text",
    [
        "Her parenting has not improved.",
        "If her engagement has improved by June we can step down.",
        "There has been little progress.",
        "She needs to have made progress by the review.",
        "Has her parenting improved?",
        "Ms Ali claimed that things are much better.",
    ],
)
def test_no_improvement_claimed(text):
    assert "improvement" not in signs(text, capacity=("capacity_to_change",))


def test_what_a_parent_says_of_it_is_not_the_writers_claim():
    assert "improvement" not in signs(
        "Ms Ali's parenting has improved.", function="account", capacity=("capacity_judged",)
    )


@pytest.mark.parametrize("text", ["Home is the better of the two.", "She turned it round to face her."])
def test_words_that_only_look_like_a_claim(text):
    assert "improvement" not in signs(text, capacity=("capacity_judged",))


def test_progress_at_school_is_no_claim_about_parenting():
    assert signs("Mia has made good progress in reading.") == ()


def test_plans_attempts_and_change():
    assert signs("I will ring on Monday.", function="plan") == ("plan",)
    assert signs("Nobody was in and a card was left.") == ("attempt",)
    assert signs("She has kept it up for five weeks.", capacity=("capacity_to_change",)) == ("change",)
    assert signs("Plan", function="admin") == ()


WORDS = [f"word{n}" for n in range(120)]


def record(words: list[str], name: str = "Mia") -> Record:
    return Record(" ".join(words), people=(Person(name, "child"),))


def test_a_copy_with_the_name_and_pronouns_changed_is_near_and_another_text_is_not():
    own = ["Mia", "said", "she", *WORDS]
    his = ["Callum", "said", "he", *WORDS]
    other = [f"other{n}" for n in range(120)]
    sketches = [sketch_of(record(own)), sketch_of(record(other)), sketch_of(record(his, "Callum"))]
    assert [(p.first, p.second, p.resemblance) for p in near_copies(sketches)] == [(0, 2, 1.0)]


def test_a_short_note_has_no_sketch():
    assert sketch_of(record(WORDS[:20])) is None
