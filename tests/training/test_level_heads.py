from itertools import pairwise

import numpy as np
import pytest

from nlp_quality import levels
from nlp_quality.training import level_heads


def made_up(count: int = 240) -> tuple[list[dict[str, float]], list[int], list[str]]:
    """Records whose level rises with two of three counts, and with nothing else."""
    random = np.random.default_rng(3)
    rows, graded, groups = [], [], []
    for number in range(count):
        words, used, noise = (int(n) for n in random.poisson((2, 1, 4)))
        rows.append({"words": float(words), "used": float(used), "noise": float(noise)})
        graded.append(int(np.clip(words // 2 + (used > 0) + random.integers(0, 2) - 0, 0, 3)))
        groups.append(f"author-{number % 8}")
    return rows, graded, groups


@pytest.fixture(scope="module")
def head() -> dict[str, object]:
    rows, graded, groups = made_up()
    return level_heads.fit([levels.expanded(row) for row in rows], graded, groups)


def test_weights_are_never_negative(head: dict[str, object]) -> None:
    assert all(w >= 0 for threshold in head["thresholds"] for w in threshold["weights"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("feature", ["words", "used", "noise"])
def test_more_evidence_never_lowers_the_score(feature: str, head: dict[str, object]) -> None:
    for start in ({"words": 0.0, "used": 0.0, "noise": 0.0}, {"words": 2.0, "used": 1.0, "noise": 3.0}):
        scores = [levels.score(levels.fitted(head, start | {feature: start[feature] + n})) for n in range(9)]
        assert all(a <= b for a, b in pairwise(scores))


def test_probabilities_sum_to_one_and_learn_the_order(head: dict[str, object]) -> None:
    low = levels.fitted(head, {"words": 0.0, "used": 0.0, "noise": 4.0})
    high = levels.fitted(head, {"words": 7.0, "used": 2.0, "noise": 4.0})
    assert sum(low) == pytest.approx(1)
    assert levels.level(low) < levels.level(high)


def test_held_out_probabilities_come_from_other_authors(head: dict[str, object]) -> None:
    held_out = np.array(head["held_out"])
    _, graded, _ = made_up()
    assert held_out.shape == (len(graded), 4)
    assert float(np.mean(held_out.argmax(axis=1) == graded)) > 0.4
