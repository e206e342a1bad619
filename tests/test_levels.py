import pytest

from nlp_quality import levels


@pytest.mark.parametrize(
    ("probabilities", "level", "interval", "refer"),
    [
        ((0.95, 0.03, 0.01, 0.01), 0, (0, 0), False),
        ((0.02, 0.21, 0.61, 0.16), 2, (1, 2), False),
        ((0.4, 0.4, 0.1, 0.1), 0, (0, 2), True),
        ((0.0, 0.05, 0.45, 0.5), 3, (3, 3), False),
        ((0.25, 0.25, 0.25, 0.25), 0, (0, 2), True),
    ],
)
def test_level_and_the_set_it_may_lie_in(
    probabilities: tuple[float, ...], level: int, interval: tuple[int, int], refer: bool
) -> None:
    assert levels.level(probabilities) == level
    assert levels.interval(probabilities, levels.COVERAGE) == interval
    assert levels.refers(interval) == refer


def test_score_is_the_expected_level_rescaled() -> None:
    assert levels.score((0.02, 0.21, 0.61, 0.16)) == 63.7
    assert levels.score((1, 0, 0, 0)) == 0
    assert levels.score((0, 0, 0, 1)) == 100
