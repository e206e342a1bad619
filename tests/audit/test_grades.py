"""Auditors' grades: read as told, held against the tool, and called over-optimism only where it holds."""

from __future__ import annotations

import council
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from nlp_quality.audit.grades import read_grades, tool_error, weighted_kappa
from nlp_quality.errors import NlpQualityError
from nlp_quality.scheme import DIMENSIONS


def test_a_generous_auditor_is_found_and_no_other(audit):
    done = audit(council.council(300, generous="Bryn", graded=120), "--identify")
    gaps = done.found["grades"]["gaps"]
    assert {gap["group"] for gap in gaps if gap["over_optimism"]} == {"Bryn"}
    assert {gap["dimension"] for gap in gaps if gap["over_optimism"]} == set(DIMENSIONS)
    assert not [gap for gap in gaps if gap["over_strict"]]
    assert any(line.startswith("Bryn graded above the tool") for line in done.found["headline"])


def test_auditors_are_not_named_unless_asked(audit):
    done = audit(council.council(300, generous="Bryn", graded=120))
    assert "Bryn" not in done.page
    assert {gap["group"] for gap in done.found["grades"]["gaps"]} == {None, "auditor 1", "auditor 2", "auditor 3"}


def test_a_tool_that_may_itself_be_too_low_calls_nobody_generous(audit):
    scorer = council.GoldScorer(measured={"test": {"records": {"levels": council.errors(2)}}})
    found = audit(council.council(300, generous="Bryn", graded=120), scorer=scorer).found["grades"]
    assert found["tool_error"]["analysis"]["value"] > 1
    assert not found["over_optimism"]


def test_without_figures_of_the_tools_own_error_nothing_is_called_over_optimism(audit):
    done = audit(council.council(300, generous="Bryn", graded=120), scorer=council.GoldScorer(measured={}))
    assert not done.found["grades"]["over_optimism"]
    assert "the tool's error is not known" in done.page.replace("&#39;", "'")


def test_agreement_has_three_coefficients_with_intervals(audit):
    found = audit(council.council(200, graded=90)).found["grades"]["dimensions"]["analysis"]
    assert found["n"] == sum(map(sum, found["confusion"])) == 90
    for name in ("kappa", "alpha", "ac1"):
        low, high = found[name]["interval"]
        assert low < found[name]["value"] < high
        assert found[name]["value"] > 0.6


def test_weighted_kappa_is_scikit_learns():
    random = np.random.default_rng(2)
    for _ in range(20):
        a, b = random.integers(0, 4, 30), random.integers(0, 4, 30)
        assert weighted_kappa(a, b) == pytest.approx(cohen_kappa_score(a, b, weights="quadratic", labels=range(4)))


def test_a_councils_own_words_are_mapped_and_printed(audit):
    rows = council.council(60, graded=60)
    for row in rows:
        grade = row["context"].get("grade.analysis")
        row["context"]["grade.analysis"] = {"Inadequate": "Weak", None: ""}.get(grade, grade)
    rows[3]["context"]["grade.analysis"] = "Splendid"
    done = audit(rows, "--grade", "weak=0")
    assert "weak 0" in done.err
    assert "1 grades are none of these" in done.err
    assert "row 4 (grade.analysis)" in done.err
    assert "Splendid" not in done.page + done.err
    assert done.found["grades"]["unknown_total"] == 1


@pytest.mark.parametrize("pair", ["weak", "weak=4", "=1", "weak=good"])
def test_a_mapping_that_makes_no_sense_is_refused(pair):
    with pytest.raises(NlpQualityError, match="WORD=LEVEL"):
        read_grades([pair])


def test_the_whole_cases_grade_is_association_only(audit):
    rows = council.council(120)
    for number, row in enumerate(rows):
        row["context"]["audit_grade"] = ("Inadequate", "Good")[number % 2]
    done = audit(rows)
    overall = done.found["grades"]["overall"]
    assert overall["n"] == 120
    assert set(overall["dimensions"]) == set(DIMENSIONS)
    assert not done.found["grades"]["gaps"]
    assert "association only" in done.page


def test_estimates_stand_beside_what_the_grades_alone_would_have_given(audit):
    found = audit(council.council(400, graded=90)).found["grades"]["estimates"]["analysis"]
    assert (found["graded"], found["scored"]) == (90, 310)
    for both, alone in zip(found["shares"], found["alone"], strict=True):
        assert both["high"] - both["low"] < alone["high"] - alone["low"]
    assert sum(one["value"] for one in found["shares"]) == pytest.approx(1, abs=0.001)


def test_records_that_disagree_most_are_side_by_side(audit):
    rows = council.council(80, graded=40)
    rows[7]["context"] |= {"grade.analysis": "Outstanding"}
    rows[7]["text"] = next(r.record.text for r in council.texts() if r.levels["analysis"] == 0) + "\n\nRef 7."
    done = audit(rows)
    assert done.found["moderation"][0]["record"] == "R00007"
    assert done.found["moderation"][0]["grades"]["analysis"] == 3
    assert done.found["moderation"][0]["levels"]["analysis"] == 0


def test_the_packaged_model_brings_its_own_error(scorer):
    found = {name: tool_error(scorer.measured(), name) for name in DIMENSIONS}
    assert all(one is not None and one["n"] > 100 and one["low"] < one["value"] < one["high"] for one in found.values())
