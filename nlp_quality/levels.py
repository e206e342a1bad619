"""Levels from features: probabilities, the level they make, its score, and the set it may lie in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log1p
from typing import Any, Final, Protocol

from nlp_quality.scheme import LEVEL_NAMES, MAX_LEVEL

COVERAGE: Final = 0.90  # of the prediction set, contract
WIDE: Final = 3  # levels in the set from which a person should look


class Head(Protocol):
    """What a model gives a dimension: a probability for each level."""

    def __call__(self, dimension: str, features: Mapping[str, float], rule_level: int) -> Sequence[float]:
        """Four probabilities that sum to 1, for a dimension's features and the level its rules give."""
        ...


def heads(stored: Mapping[str, Any]) -> Head:
    """The heads of a model's `levels.json`: by dimension a table, a row a rule level, or a fitted head."""

    def head(dimension: str, features: Mapping[str, float], rule_level: int) -> Sequence[float]:
        own = stored[dimension]
        return own[rule_level] if isinstance(own, list) else fitted(own, features)

    return head


def expanded(features: Mapping[str, float]) -> dict[str, float]:
    """Each count as the steps a level may rest on: any, a second, a fourth, and how much in all; all rise with it."""
    return {
        f"{name}.{step}": value
        for name, count in features.items()
        for step, value in (
            ("1", min(count, 1.0)),
            ("2", min(count, 2.0)),
            ("4", min(count, 4.0)),
            ("log", log1p(count)),
        )
    }


def fitted(head: Mapping[str, Any], features: Mapping[str, float]) -> tuple[float, ...]:
    """Probabilities of a head fitted by training: P(level >= k) is logistic in features whose weights are never negative."""
    rich = expanded(features)
    scaled = [rich[name] / scale for name, scale in zip(head["features"], head["scale"], strict=True)]
    above = [1.0]
    for threshold in head["thresholds"]:
        logit = threshold["intercept"] + sum(w * x for w, x in zip(threshold["weights"], scaled, strict=True))
        above.append(min(above[-1], 1 / (1 + exp(-max(-60.0, min(60.0, logit))))))
    return tuple(a - b for a, b in zip(above, [*above[1:], 0.0], strict=True))


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
