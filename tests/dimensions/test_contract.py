"""What every dimension must hold, whichever it is."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from nlp_quality import Record, Scorer, dimensions
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES, SEVERITIES
from nlp_quality.types import Example, Scorecard
from nlp_quality.words import packaged

GUIDELINES = Path(__file__).parents[2] / "annotation_guidelines"
ALL = dimensions.all_dimensions()
EXAMPLES = [(dimension, example) for dimension in ALL for example in dimension.EXAMPLES]
ODD = [
    "x",
    "😀😀😀",
    "\x00\x01 Child seen: Yes \x07",
    "." * 500,
    "Child seen: Yes Seen alone: No " * 300,
    "a" * 50_000,
    "he " * 3_000,
    "L’enfant a été vu seul dans sa chambre et il a dit que tout allait bien à la maison avec sa mère.",
    "Дитину бачили вдома з мамою, вона гралася.",
]
# Names of other communities for the names in the examples.
OTHER_NAMES = {
    "Jaya": "Oluwaseun", "Lusia": "Xiaoming", "Obuya": "Featherstonehaugh", "Oisin": "Tariq", "Grainne": "Rukhsana",
    "Femke": "Chidera", "Achterberg": "O'Shaughnessy", "Tillotson": "Bagri", "Corin": "Mohammed", "Thandeka": "Zbigniew",
    "Bartek": "Kofi", "Halina": "Abena", "Ione": "Nguyet", "Perrin": "Ifeanyi", "Delacroix": "Wojciechowski",
}  # fmt: skip


def test_the_folder_holds_the_dimensions_of_the_scheme() -> None:
    assert [dimension.ID for dimension in ALL] == list(DIMENSIONS)


@pytest.mark.parametrize("dimension", ALL, ids=lambda d: d.ID)
def test_it_has_a_guideline_page(dimension: dimensions.Dimension) -> None:
    assert (GUIDELINES / f"{dimension.ID}.md").is_file()


@pytest.mark.parametrize(("dimension", "example"), EXAMPLES, ids=lambda x: getattr(x, "ID", ""))
def test_its_examples_earn_their_level_by_the_spans_they_mark(
    dimension: dimensions.Dimension, example: Example, rules_scorer: Scorer
) -> None:
    score = rules_scorer.score(example.record).dimensions[dimension.ID]
    assert score.level == example.level
    shown = {evidence.text for evidence in score.evidence}
    assert shown.issuperset(example.spans)


@pytest.mark.parametrize(("dimension", "example"), EXAMPLES, ids=lambda x: getattr(x, "ID", ""))
def test_its_examples_are_commented_on_as_they_say(
    dimension: dimensions.Dimension, example: Example, rules_scorer: Scorer
) -> None:
    if example.codes is None:
        return
    found = rules_scorer.score(example.record).findings
    assert tuple(finding.code for finding in found if finding.dimension == dimension.ID) == example.codes


def test_every_finding_has_an_example() -> None:
    shown = {code for _, example in EXAMPLES for code in example.codes or ()}
    findings = {code for code, wording in packaged().by_code.items() if wording.kind == "finding"}
    assert shown == findings


@pytest.mark.parametrize(("dimension", "example"), EXAMPLES, ids=lambda x: getattr(x, "ID", ""))
def test_names_changed_and_levels_unchanged(dimension: dimensions.Dimension, example: Example, scorer: Scorer) -> None:
    def renamed(text: str) -> str:
        return re.sub("|".join(OTHER_NAMES), lambda m: OTHER_NAMES[m.group()], text)

    record = example.record
    people = tuple(replace(p, name=renamed(p.name)) for p in record.people or ())
    other = replace(record, text=renamed(record.text), people=people)
    assert other.text != record.text
    before, after = (scorer.score(r).dimensions[dimension.ID] for r in (record, other))
    assert (before.level, before.probabilities) == (after.level, after.probabilities)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_input_is_answered_and_holds_the_contract(text: str, scorer: Scorer) -> None:
    holds_the_contract(scorer.score(Record(text=text)))


@pytest.mark.parametrize(("dimension", "example"), EXAMPLES, ids=lambda x: getattr(x, "ID", ""))
def test_examples_hold_the_contract_and_are_answered_the_same_twice(
    dimension: dimensions.Dimension, example: Example, scorer: Scorer
) -> None:
    first, second = scorer.score_many([example.record, example.record])
    assert first == second
    holds_the_contract(first)


@pytest.mark.parametrize(("dimension", "example"), EXAMPLES, ids=lambda x: getattr(x, "ID", ""))
def test_repetition_earns_nothing(dimension: dimensions.Dimension, example: Example, rules_scorer: Scorer) -> None:
    repeated = replace(example.record, text="\n\n".join([example.record.text] * 6))
    once, often = (rules_scorer.score(r).dimensions[dimension.ID] for r in (example.record, repeated))
    assert often.level == once.level


def holds_the_contract(card: Scorecard) -> None:
    text = card.source_text
    assert list(card.dimensions) == list(DIMENSIONS)
    for score in card.dimensions.values():
        if score.level is None:
            assert score.not_applicable is not None
            assert (score.name, score.score, score.probabilities, score.interval) == (None,) * 4
            assert score.evidence == ()
            continue
        assert score.not_applicable is None
        assert score.name == LEVEL_NAMES[score.level]
        assert score.probabilities is not None
        assert score.interval is not None
        assert abs(sum(score.probabilities) - 1) < 1e-3
        assert score.level == score.probabilities.index(max(score.probabilities))
        assert score.interval[0] <= score.level <= score.interval[1]
        assert score.refer == (score.interval[1] - score.interval[0] >= 2)
        assert score.evidence or score.level == 0
        assert score.reason.endswith(".")
    spans = [e for score in card.dimensions.values() for e in score.evidence]
    spans += [e for score in card.dimensions.values() for child in score.children or () for e in child.evidence]
    for evidence in spans:
        assert text[evidence.start : evidence.end] == evidence.text
    for sentence in card.sentences:
        assert text[sentence.start : sentence.end] == sentence.text
    for finding in card.findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.severity in SEVERITIES
