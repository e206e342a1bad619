"""Status by flag, cell by cell."""

import pytest

from nlp_quality.reconciliation import reconcile
from nlp_quality.scheme import STATUSES

CELLS = {
    ("seen_alone", "Y"): "corroborated contradicted undetermined contradicted flag_only",
    ("seen_alone", "N"): "contradicted corroborated undetermined corroborated flag_only",
    ("seen", "Y"): "narrative_only narrative_only corroborated contradicted flag_only",
    ("seen", "N"): "contradicted contradicted contradicted corroborated flag_only",
}


@pytest.mark.parametrize(
    ("flag", "value", "status", "result"),
    [
        (*key, status, result)
        for key, row in CELLS.items()
        for status, result in zip(STATUSES, row.split(), strict=True)
    ],
)
def test_each_cell(flag: str, value: str, status: str, result: str) -> None:
    found = reconcile(status, {flag: value}, reason_given=True)
    assert found is not None
    assert found.result == result
    assert found.reason_given


def test_of_two_flags_the_graver_result_stands() -> None:
    found = reconcile("seen_not_alone", {"seen": "Y", "seen_alone": "Y"}, reason_given=False)
    assert found is not None
    assert found.result == "contradicted"


def test_without_flags_there_is_nothing_to_hold_against() -> None:
    assert reconcile("seen_alone", None, reason_given=False) is None
    assert reconcile("seen_alone", {}, reason_given=False) is None


def test_a_narrative_that_says_more_than_the_flag() -> None:
    found = reconcile("seen_alone", {"seen": "Y"}, reason_given=False)
    assert found is not None
    assert found.result == "narrative_only"
