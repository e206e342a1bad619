"""Grades of a few and the tool's levels of many: valid whatever the tool, narrower where it is good."""

from __future__ import annotations

import numpy as np
import pytest

from nlp_quality.audit.ppi import MIN_GRADED, powered

TRUTH = np.array([0.25, 0.45, 0.25, 0.05])
SCORED = 1000


def one(random, n: int, right: float, bias: int = 0):
    grades = random.choice(4, size=n + SCORED, p=TRUTH)
    tool = np.where(random.random(n + SCORED) < right, grades, random.choice(4, size=n + SCORED))
    tool = np.clip(tool + bias, 0, 3)
    return powered(grades[:n], tool[:n], np.ones(n), tool[n:], np.ones(SCORED))


@pytest.mark.parametrize(
    ("right", "bias"), [(0.0, 0), (0.6, 0), (0.85, 0), (0.85, 1)], ids=["useless", "fair", "good", "biased"]
)
def test_the_interval_holds_the_truth_95_times_in_100(right, bias):
    random = np.random.default_rng(11)
    runs = 400
    held = np.zeros(4)
    for _ in range(runs):
        found = one(random, 60, right, bias)
        held += [share.low <= truth <= share.high for share, truth in zip(found.shares, TRUTH, strict=True)]
    assert (held / runs >= 0.92).all(), held / runs


def test_a_good_tool_narrows_the_interval_and_a_useless_one_costs_nothing():
    random = np.random.default_rng(12)

    def width(right):
        found = [one(random, 80, right) for _ in range(60)]
        both = np.mean([s.high - s.low for f in found for s in f.shares[:3]])
        return both / np.mean([s.high - s.low for f in found for s in f.alone[:3]])

    assert width(0.85) < 0.75
    assert width(0.0) < 1.05


def test_shares_add_up_to_one():
    found = one(np.random.default_rng(13), 60, 0.7)
    assert sum(share.value for share in found.shares) == pytest.approx(1, abs=1e-9)
    assert 0 < found.tuning < 1


def test_a_useless_tool_is_not_relied_on():
    assert one(np.random.default_rng(14), 200, 0.0).tuning < 0.15


def test_design_weights_count():
    """Half of the graded records stand for nine times as many: the share is theirs."""
    grades = np.array([0] * 40 + [2] * 40)
    weights = np.array([9.0] * 40 + [1.0] * 40)
    found = powered(grades, grades, weights, grades, weights)
    assert found.alone[0].value == pytest.approx(0.9)
    assert found.shares[0].value == pytest.approx(0.9)


def test_coverage_with_design_weights():
    random = np.random.default_rng(15)
    held, runs = 0, 400
    for _ in range(runs):
        stratum = np.arange(900) < 600
        grades = np.where(stratum, random.choice(4, size=900, p=TRUTH), random.choice(4, size=900, p=TRUTH[::-1]))
        truth = (600 * TRUTH[0] + 300 * TRUTH[3]) / 900
        tool = np.where(random.random(900) < 0.8, grades, random.choice(4, size=900))
        drawn = np.concatenate([random.choice(600, 40, replace=False), 600 + random.choice(300, 40, replace=False)])
        rest = np.setdiff1d(np.arange(900), drawn)
        weights = np.where(stratum, 15.0, 7.5)
        found = powered(grades[drawn], tool[drawn], weights[drawn], tool[rest], np.ones(len(rest)))
        held += found.shares[0].low <= truth <= found.shares[0].high
    assert held / runs >= 0.92


def test_too_few_grades_give_no_estimate():
    few = np.zeros(MIN_GRADED - 1, dtype=int)
    assert powered(few, few, np.ones(len(few)), few, np.ones(len(few))) is None


def test_everything_graded_leaves_the_grades_alone():
    grades = np.array([0, 1, 2, 3] * 10)
    none = np.zeros(0)
    found = powered(grades, grades, np.ones(40), none, none)
    assert found.tuning == 0
    assert [s.value for s in found.shares] == [s.value for s in found.alone]
