"""Intervals of a figure: 95 % percentile bootstrap over records, since sentences of one record are not independent."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy.stats import DegenerateDataWarning, bootstrap

RESAMPLES: Final = 499
SEED: Final = 7
LEVEL: Final = 0.95


def interval(records: int, statistic: Callable[[Any], float], *, resamples: int = RESAMPLES) -> list[float] | None:
    """The interval of `statistic`, a function of record indices drawn with replacement (Efron 1979).

    Returns:
        [low, high] with 4 decimals; None without resamples, for a single record, or where the figure is not defined.
    """
    if resamples <= 0 or records < 2 or np.isnan(statistic(np.arange(records))):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # a figure that never varies has itself for an interval
        found = bootstrap(
            (np.arange(records),),
            lambda drawn: statistic(np.asarray(drawn, dtype=int)),
            vectorized=False,
            n_resamples=resamples,
            confidence_level=LEVEL,
            method="percentile",
            rng=SEED,
        ).confidence_interval
    low, high = float(found.low), float(found.high)
    return None if np.isnan(low) or np.isnan(high) else [round(low, 4), round(high, 4)]
