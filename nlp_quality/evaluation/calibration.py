"""Whether probabilities mean what they say: how often the answers given with some probability are right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy.stats import binned_statistic

BINS: Final = 10


def reliability(confidence: Sequence[float], right: Sequence[bool]) -> dict[str, Any]:
    """Expected calibration error over bins of equal width (Guo and others 2017), and the bins that make it up.

    Args:
        confidence: the probability of each answer given, 0 to 1.
        right: whether it was the labelled one.

    Returns:
        `ece`, and `bins`: mean `confidence`, `accuracy` and `n` of each bin that holds an answer.
    """
    if not confidence:
        return {"ece": None, "bins": []}
    values = np.vstack([np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)])
    means, _, number = binned_statistic(values[0], values, statistic="mean", bins=BINS, range=(0.0, 1.0))
    counts = np.bincount(number - 1, minlength=BINS)[:BINS]
    used = counts > 0
    gap = np.abs(means[0][used] - means[1][used])
    return {
        "ece": round(float(np.average(gap, weights=counts[used])), 4),
        "bins": [
            {"confidence": round(float(c), 4), "accuracy": round(float(a), 4), "n": int(n)}
            for c, a, n in zip(means[0][used], means[1][used], counts[used], strict=True)
        ],
    }
