"""Levels from features: probabilities, the level they make, its score, and the set it may lie in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from nlp_quality.scheme import LEVEL_NAMES, MAX_LEVEL

COVERAGE: Final = 0.90  # of the prediction set, contract
WIDE: Final = 3  # levels in the set from which a person should look


class Head(Protocol):
    """What a model gives a dimension: a probability for each level."""

    def __call__(self, dimension: str, features: Mapping[str, float], rule_level: int) -> Sequence[float]:
        """Four probabilities that sum to 1, for a dimension's features and the level its rules give."""
        ...


def level(probabilities: Sequence[float]) -> int:
    """The most probable level; ties go to the lower."""
    return max(range(len(LEVEL_NAMES)), key=lambda n: (probabilities[n], -n))


def score(probabilities: Sequence[float]) -> float:
    """The expected level, rescaled to 0 to 100, with one decimal."""
    return round(100 * sum(n * p for n, p in enumerate(probabilities)) / MAX_LEVEL, 1)


def interval(probabilities: Sequence[float]) -> tuple[int, int]:
    """The smallest run of levels around the most probable that holds `COVERAGE`; the likelier side grows first."""
    low = high = level(probabilities)
    held = probabilities[low]
    while held < COVERAGE - 1e-9:
        below = probabilities[low - 1] if low > 0 else -1.0
        above = probabilities[high + 1] if high < MAX_LEVEL else -1.0
        if below >= above:
            low -= 1
            held += below
        else:
            high += 1
            held += above
    return low, high


def refers(bounds: tuple[int, int]) -> bool:
    """True when the set is too wide to stand without a person's judgement."""
    return bounds[1] - bounds[0] + 1 >= WIDE
