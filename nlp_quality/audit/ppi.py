"""Prediction-powered inference: a few records graded by people, many scored by the tool, one valid interval.

Angelopoulos, Bates, Fannjiang, Jordan and Zrnic, Prediction-powered inference, Science 382 (2023); the tuning of its power
is that of Angelopoulos, Duchi and Zrnic, PPI++ (arXiv 2311.01453, 2023), section 6, with one tuning for all levels of a
dimension so that the shares still add up to one. With Y the auditors' level, f the tool's, both as one column a level:

    share = tuning * mean of f over the records not graded + mean of (Y - tuning * f) over the graded ones
    tuning = sum over levels of Cov(Y, f) / ((1 + n/N) * sum over levels of Var(f)), kept within 0 and 1

Means are weighted by the design (Hajek), variances are those of weighted means within strata. It is valid however bad the
tool is, so long as the graded records were drawn at random from the scored ones: the tool can only make it narrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from nlp_quality.audit.estimates import LEVEL, Estimate, wilson

MIN_GRADED: Final = 20  # below this neither interval holds its promise.


@dataclass(frozen=True, slots=True)
class Powered:
    """The share at each level from the auditors' grades and the tool's levels together.

    Attributes:
        shares: an estimate a level.
        alone: what the graded records alone say, a level.
        tuning: how far the tool is relied on: 0 not at all, 1 fully.
        n, scored: records graded, and scored but not graded.
    """

    shares: tuple[Estimate, ...]
    alone: tuple[Estimate, ...]
    tuning: float
    n: int
    scored: int

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "shares": [one.to_dict() for one in self.shares],
            "alone": [one.to_dict() for one in self.alone],
            "tuning": round(self.tuning, 4),
            "graded": self.n,
            "scored": self.scored,
        }


def powered(
    grades: Any, tool: Any, weights: Any, rest: Any, rest_weights: Any, *, levels: int = 4, level: float = LEVEL
) -> Powered | None:
    """The share at each level, with intervals; None with fewer than `MIN_GRADED` graded records.

    Args:
        grades, tool: (n,) the auditors' and the tool's level of the graded records.
        weights: (n,) records of the input each graded one stands for.
        rest, rest_weights: (N,) the tool's level, and weights, of the records scored but not graded.
    """
    n, scored = len(grades), len(rest) if len(rest) > 1 else 0
    if n < MIN_GRADED:
        return None
    y, f = _columns(grades, levels), _columns(tool, levels)
    tuning = _tuning(y, f, weights, n, scored) if scored else 0.0
    plain, plain_variance = _moments(y, weights)
    kept, kept_variance = _moments(y - tuning * f, weights)
    # The few graded records may show none of the tool's errors at a rare level: one more than was seen is allowed for.
    kept_variance = kept_variance + (tuning / n) ** 2
    added, added_variance = _moments(_columns(rest, levels), rest_weights) if tuning else (0 * kept, 0 * kept)
    variance = tuning**2 * added_variance + kept_variance
    # What the graded records are worth with the tool's help; a single level is trusted with no more than all together.
    most = n * float(np.sum(plain_variance) / np.sum(variance)) if np.sum(variance) > 0 else float(n)
    return Powered(
        shares=_estimates(tuning * added + kept, variance, n, most, level),
        alone=_estimates(plain, plain_variance, n, float(n), level),
        tuning=tuning,
        n=n,
        scored=scored,
    )


def _tuning(y: Any, f: Any, weights: Any, n: int, scored: int) -> float:
    share = weights / np.sum(weights)
    yc, fc = y - share @ y, f - share @ f
    spread = float(np.sum(share @ fc**2))
    if spread == 0:
        return 0.0
    together = float(np.sum(share @ (yc * fc)))
    return min(1.0, max(0.0, together / ((1 + n / scored) * spread)))


def _columns(values: Any, levels: int) -> Any:
    return (np.asarray(values)[:, None] == np.arange(levels)).astype(float)


def _moments(values: Any, weights: Any) -> tuple[Any, Any]:
    """Weighted means of the columns, and the variances of these means (with replacement, linearised)."""
    share = weights / np.sum(weights)
    centre = share @ values
    n = len(values)
    return centre, np.sum((share[:, None] * (values - centre)) ** 2, axis=0) * n / (n - 1)


def _estimates(values: Any, variances: Any, n: int, most: float, level: float) -> tuple[Estimate, ...]:
    """Wilson's intervals at the number of graded records that each estimate is worth, `most` at most."""
    out = []
    for value, variance in zip(np.clip(values, 0, 1).tolist(), variances.tolist(), strict=True):
        # At the edges the binomial spread is taken half a record further in, or it would be worth nothing.
        near = min(1 - 0.5 / n, max(0.5 / n, value))
        effective = min(most, near * (1 - near) / variance) if variance > 0 else most
        low, high = wilson(value, 0.0, units=effective, df=n - 1, level=level)
        out.append(Estimate(value, low, high, n, variance))
    return tuple(out)
