"""Minimum functionality of the statuses: how a thing is said decides, not the words in it. Texts of our own."""

import pytest

from nlp_quality import ChildSeen, Person, Record, Scorer

LEVI = (Person("Levi Osborne", "child", age=9), Person("Tara Osborne", "parent"), Person("Mrs Quill", "professional"))
TWO = (*LEVI, Person("Ada Osborne", "child", age=5))
TOGETHER = {"Levi Osborne": "seen_not_alone", "Ada Osborne": "seen_not_alone"}
APART = {"Levi Osborne": "seen_alone", "Ada Osborne": "seen_not_alone"}
CASES = [
    ("stated", "I saw Levi alone in his classroom.", LEVI, {"Levi Osborne": "seen_alone"}),
    ("shorthand", "CIN visit. Levi s/a in dining room.", LEVI, {"Levi Osborne": "seen_alone"}),
    ("negation", "Levi was not seen alone as his mother stayed in the room.", LEVI, {"Levi Osborne": "seen_not_alone"}),
    ("refusal", "Levi refused to talk to me without his mum, so she sat with us.", LEVI, {"Levi Osborne": "seen_not_alone"}),
    ("plan", "Levi was at football so I did not see him. I will see him alone on Friday.", LEVI, {"Levi Osborne": "not_seen"}),
    ("hope", "Supervision. SW to see Levi on his own before the review.", LEVI, {"Levi Osborne": "not_stated"}),
    ("no access", "No answer at the door. Card left. Levi not seen.", LEVI, {"Levi Osborne": "not_seen"}),
    ("telephone", "I rang Levi this evening. He said school was fine. I have not seen him this week.", LEVI, {"Levi Osborne": "not_seen"}),
    ("other professional", "Mrs Quill saw Levi on his own on Monday. I spoke to Mrs Quill by phone.", LEVI, {"Levi Osborne": "not_stated"}),
    ("alone of an adult", "Ms Osborne was seen alone. Levi was there when I left and waved at me.", LEVI, {"Levi Osborne": "seen_unclear"}),
    ("without the word", "Levi and I walked the dog round the field, just the two of us.", LEVI, {"Levi Osborne": "seen_alone"}),
    ("elsewhere", "I spoke to Levi in his bedroom while his mother stayed downstairs.", LEVI, {"Levi Osborne": "seen_alone"}),
    ("form only", "Child seen: Yes\nSeen alone: No\nBedroom seen: Yes", LEVI, {"Levi Osborne": "seen_not_alone"}),
    ("bare", "Statutory visit. Levi was seen. Placement stable.", LEVI, {"Levi Osborne": "seen_unclear"}),
    ("siblings together", "Levi and Ada were seen together in the yard with no adults about.", TWO, TOGETHER),
    ("siblings apart", "I saw Levi alone in the hall. Ada would not leave her mother, so I saw her on her mother's knee.", TWO, APART),
]  # fmt: skip
KNOWN_MISSES = {("scorer", "Ms Osborne was seen alone. Levi was there when I left and waved at me.")}


@pytest.mark.parametrize(("text", "people", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
@pytest.mark.parametrize("model", ["rules_scorer", "scorer"])
def test_status_by_how_it_is_said(
    model: str, text: str, people: tuple[Person, ...], expected: dict[str, str], request: pytest.FixtureRequest
) -> None:
    if (model, text) in KNOWN_MISSES:
        pytest.xfail("the trained model takes the mother to be there")
    scorer: Scorer = request.getfixturevalue(model)
    card = scorer.score(
        Record(text=text, people=people, record_type="supervision" if "Supervision" in text else "visit")
    )
    found = {child.child: child for child in card.dimensions["seen_alone"].children or ()}
    assert {name: found[name].status for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "Levi refused to be seen alone today, so his mother sat with us on the sofa.",
        "The early help record of 2 March says of Levi that he refused to be seen alone.",
        "Levi to be seen alone at school next week.",
    ],
)
def test_a_refusal_or_a_plan_is_never_taken_for_seen_alone(text: str, scorer: Scorer) -> None:
    card = scorer.score(Record(text=f"The flat was cold. {text}", people=LEVI, record_type="assessment"))
    assert card.dimensions["seen_alone"].children is not None
    assert card.dimensions["seen_alone"].children[0].status != "seen_alone"


def test_a_form_line_that_the_narrative_contradicts_is_an_important_finding(scorer: Scorer) -> None:
    text = "Seen alone: Yes\n\nI saw Levi with his mother present throughout and she answered most of my questions."
    card = scorer.score(Record(text=text, people=LEVI, record_type="visit"))
    (finding,) = [f for f in card.findings if f.code == "seen_alone.form_contradicted"]
    assert finding.severity == "important"
    assert text[finding.start : finding.end] == "Seen alone: Yes"
    assert "form line" in card.dimensions["seen_alone"].reason


def test_flags_are_held_against_the_narrative_and_change_nothing(scorer: Scorer) -> None:
    text = "I saw Levi with his mother present throughout."
    plain = scorer.score(Record(text=text, people=LEVI))
    flagged = scorer.score(
        Record(text=text, people=(Person("Levi Osborne", "child", age=9, flags={"seen_alone": "Y"}), *LEVI[1:]))
    )
    before, after = (card.dimensions["seen_alone"] for card in (plain, flagged))
    assert (before.level, before.probabilities) == (after.level, after.probabilities)
    assert before.children is not None
    assert after.children is not None
    assert before.children[0].reconciliation is None
    assert after.children[0].reconciliation.result == "contradicted"


def test_two_children_of_one_name_are_referred_and_never_guessed(scorer: Scorer) -> None:
    people = (
        Person("Sam Adeyemi", "child", age=9),
        Person("Sam Okafor", "child", age=7),
        Person("Ife Adeyemi", "child"),
    )
    text = "I saw Sam on his own in the garden. Ife sat with her mother in the kitchen while we spoke."
    found = scorer.score(Record(text=text, people=people, record_type="visit")).dimensions["seen_alone"].children or ()
    assert [child.refer for child in found if isinstance(child, ChildSeen)][:2] == [True, True]
