from itertools import accumulate, pairwise, product

import pytest

from nlp_quality import levels
from nlp_quality.training.level_tables import level_table

CASES = [
    [],
    [(0, 3)] * 200,
    [(3, 0)] * 200,
    [(level, level) for level in range(4)] * 50,
    [pair for pair in product(range(4), repeat=2) for _ in range(25)],
    [(1, 3)] * 90 + [(2, 0)] * 90,
]


@pytest.mark.parametrize("pairs", CASES, ids=range(len(CASES)))
def test_a_row_is_a_distribution_most_probable_at_its_own_level(pairs: list[tuple[int, int]]) -> None:
    for level, row in enumerate(level_table(pairs)):
        assert sum(row) == pytest.approx(1, abs=1e-3)
        assert levels.level(row) == level


@pytest.mark.parametrize("pairs", CASES, ids=range(len(CASES)))
def test_a_higher_rule_level_never_lowers_the_score(pairs: list[tuple[int, int]]) -> None:
    table = level_table(pairs)
    for lower, higher in pairwise(table):
        assert levels.score(lower) <= levels.score(higher)
        assert all(a >= b - 1e-3 for a, b in zip(accumulate(lower), accumulate(higher), strict=True))


def test_counts_move_the_table() -> None:
    assert level_table([(2, 2)] * 100)[2][2] > level_table([])[2][2]
