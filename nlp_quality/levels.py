"""Levels from features: probabilities, the level they make, its score, and the set it may lie in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log1p
from typing import Any, Final

from nlp_quality.scheme import LEVEL_NAMES, MAX_LEVEL

COVERAGE: Final = 0.90  # of the prediction set, contract
TOP: Final = "top."  # how a feature is named that is a probability
WIDE: Final = 3  # levels in the set from which a person should look


@dataclass(frozen=True, slots=True)
class Head:
    """What a model makes of a dimension's features.

    Attributes:
        stored: of `levels.json`: a `table`, a row a rule level, or the `features`, `scale` and `thresholds` of a fitted head.
        limit: how much probability a prediction set may hold, calibrated so that the sets cover `COVERAGE`.
    """

    stored: Mapping[str, Any]
    limit: float

    def probabilities(self, features: Mapping[str, float], rule_level: int) -> tuple[float, ...]:
        """Four probabilities that sum to 1, with 4 decimals."""
        found = self.stored["table"][rule_level] if "table" in self.stored else fitted(self.stored, features)
        return tuple(round(p, 4) for p in found)


def heads(stored: Mapping[str, Any]) -> dict[str, Head]:
    """The heads of a model's `levels.json`, by dimension."""
    return {name: Head(own, float(own["limit"])) for name, own in stored.items()}


def expanded(features: Mapping[str, float]) -> dict[str, float]:
    """Each count as the steps a level may rest on: any, a second, a fourth, and how much in all; all rise with it.

    A feature named `top.` and so on is a probability and stands as it is.
    """
    plain = {name: value for name, value in features.items() if name.startswith(TOP)}
    return plain | {
        f"{name}.{step}": value
        for name, count in features.items()
        if name not in plain
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


def outward(probabilities: Sequence[float]) -> Iterator[tuple[int, float]]:
    """Levels from the most probable outward, the likelier side first, each with the probability held so far."""
    low = high = level(probabilities)
    held = probabilities[low]
    yield low, held
    while low > 0 or high < MAX_LEVEL:
        below = probabilities[low - 1] if low > 0 else -1.0
        above = probabilities[high + 1] if high < MAX_LEVEL else -1.0
        if below >= above:
            low -= 1
        else:
            high += 1
        held += max(below, above)
        yield (low if below >= above else high), held


def interval(probabilities: Sequence[float], limit: float) -> tuple[int, int]:
    """The run of levels around the most probable whose probabilities stay within `limit`; never empty."""
    run = [n for place, (n, held) in enumerate(outward(probabilities)) if place == 0 or held <= limit + 1e-9]
    return min(run), max(run)


def refers(bounds: tuple[int, int]) -> bool:
    """True when the set is too wide to stand without a person's judgement."""
    return bounds[1] - bounds[0] + 1 >= WIDE
