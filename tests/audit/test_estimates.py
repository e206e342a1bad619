"""Intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from nlp_quality.audit.estimates import Design, difference, holm, mean, share, wilson


def simple(n: int, total: float | None) -> Design:
    weights = np.full(n, 1.0 if total is None else total / n)
    return Design(weights, np.zeros(n, dtype=int), None if total is None else np.array([total]))


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (7, 40), (40, 40), (300, 1000)])
def test_wilson_of_a_plain_sample_is_scipys(hits, n):
    known = binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits / n, 0.0, units=n) == pytest.approx((known.low, known.high), abs=1e-9)


def test_a_census_has_no_error_of_drawing():
    found = share(np.array([1, 0, 0, 1]), np.ones(4), simple(4, 4))
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


def test_the_finite_population_correction_narrows():
    hits = np.array([1] * 20 + [0] * 30)
    few, many = share(hits, np.ones(50), simple(50, 60)), share(hits, np.ones(50), simple(50, 6000))
    assert few.high - few.low < 0.6 * (many.high - many.low)


def test_none_where_there_is_nothing_to_take_a_share_of():
    assert share(np.zeros(5), np.zeros(5), simple(5, 50)) is None
    assert mean(np.ones(5), np.array([True] + [False] * 4), simple(5, 50)) is None


@pytest.mark.parametrize("equal", [False, True])
def test_coverage_of_a_stratified_share_in_a_part_of_the_records(equal):
    """Three strata that differ, a domain of half the records, 40 to 90 drawn: 95 % means about 95 %."""
    random = np.random.default_rng(5)
    sizes = np.array([600, 300, 100])
    stratum = np.repeat(np.arange(3), sizes)
    value = random.random(1000) < np.array([0.1, 0.4, 0.8])[stratum]
    inside = random.random(1000) < 0.5
    truth = value[inside].mean()
    wanted = (30, 30, 30) if equal else (54, 27, 9)
    hits, runs = 0, 600
    for _ in range(runs):
        drawn = np.concatenate(
            [random.choice(np.flatnonzero(stratum == h), wanted[h], replace=False) for h in range(3)]
        )
        design = Design((sizes / np.array(wanted))[stratum[drawn]], stratum[drawn], sizes.astype(float))
        found = share(value[drawn] & inside[drawn], inside[drawn], design)
        hits += found.low <= truth <= found.high
    assert 0.93 <= hits / runs <= 0.995


def test_coverage_near_nought():
    random = np.random.default_rng(6)
    hits = 0
    for _ in range(600):
        found = share(random.random(60) < 0.03, np.ones(60), simple(60, None))
        hits += found.low <= 0.03 <= found.high
    assert hits / 600 >= 0.93


def test_a_difference_has_welchs_interval_and_its_false_alarms_are_five_in_a_hundred():
    random = np.random.default_rng(7)
    alarms, runs = 0, 800
    first = np.arange(60) < 15
    for _ in range(runs):
        values = np.where(first, random.normal(0, 3, 60), random.normal(0, 1, 60))
        alarms += difference(values, first, ~first, np.ones(60)).p < 0.05
    assert 0.03 <= alarms / runs <= 0.07


def test_nothing_is_said_of_one_record():
    assert difference(np.arange(5.0), np.arange(5) < 1, np.arange(5) >= 1, np.ones(5)) is None


def test_holm_is_the_published_procedure():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
