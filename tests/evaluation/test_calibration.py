import numpy as np
import pytest

from nlp_quality.evaluation.calibration import reliability
from nlp_quality.evaluation.intervals import interval


def test_answers_as_often_right_as_promised_have_no_error() -> None:
    found = reliability([0.75] * 4 + [0.25] * 4, [True, True, True, False, False, False, False, True])
    assert found["ece"] == pytest.approx(0)
    assert [b["n"] for b in found["bins"]] == [4, 4]


def test_overconfidence_is_the_gap_weighted_by_answers() -> None:
    found = reliability([0.95, 0.95, 0.95, 0.15], [True, False, False, False])
    assert found["ece"] == pytest.approx((3 * (0.95 - 1 / 3) + 0.15) / 4, abs=1e-4)


def test_certainty_itself_has_a_bin_and_nothing_has_none() -> None:
    assert reliability([1.0, 0.0], [True, False])["ece"] == 0
    assert reliability([], []) == {"ece": None, "bins": []}


def test_an_interval_holds_the_figure_and_narrows_with_more_records() -> None:
    values = np.random.default_rng(1).random(400)
    few, many = (interval(n, lambda drawn: float(values[drawn].mean()), resamples=99) for n in (20, 400))
    assert few is not None
    assert many is not None
    assert many[0] < values.mean() < many[1]
    assert many[1] - many[0] < few[1] - few[0]


def test_no_interval_is_made_up() -> None:
    assert interval(1, lambda drawn: 1.0, resamples=99) is None
    assert interval(50, lambda drawn: float("nan"), resamples=9) is None
    assert interval(50, lambda drawn: 1.0, resamples=0) is None
