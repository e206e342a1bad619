"""Shares and means of a stratified sample, with 95 % intervals.

A share is a ratio of two weighted totals, so that a part of the records (visits, one team) is estimated as such; its
variance is that of the linearised ratio within strata with the finite population correction (Cochran 1977, 5A.3 and 6.11;
Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, 5.8). The interval is Wilson's (1927) at the effective
sample size p(1-p)/variance (Korn and Graubard 1998, Survey Methodology 24), with Student's t for the few degrees of freedom; it is
never narrower than that of a simple random sample of the same size, since a spread seen in a few records flatters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import stats

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval.

    Attributes:
        n: records (or children) it rests on.
        variance: of `value` by the design; 0 where every record was scored.
    """

    value: float
    low: float
    high: float
    n: int
    variance: float

    def to_dict(self) -> dict[str, float | int]:
        """Value and interval with 4 decimals, and n."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4), "n": self.n}


@dataclass(frozen=True, slots=True)
class Design:
    """How the records came to be in the sample.

    Attributes:
        weights: (n,) records of the input each stands for.
        stratum: (n,) index of its stratum.
        sizes: (strata,) records of each stratum in the input; None leaves the correction out, for what is said
            of how a team writes and not of these records alone.
    """

    weights: Any
    stratum: Any
    sizes: Any | None


def ratio(top: Any, bottom: Any, design: Design) -> tuple[float, float, int]:
    """The ratio of two weighted totals, its variance, and how many records are in the bottom.

    Args:
        top, bottom: (n,) totals of each record, as 0 or 1 for a share of records, or counts of children.
    """
    w = design.weights
    total = float(np.sum(w * bottom))
    if total == 0:
        return float("nan"), float("nan"), 0
    value = float(np.sum(w * top) / total)
    residual = w * (top - value * bottom) / total
    variance = 0.0
    for index in np.unique(design.stratum):
        own = residual[design.stratum == index]
        n = len(own)
        rest = 1.0 if design.sizes is None else max(0.0, 1 - n / design.sizes[index])
        # One record alone cannot tell its stratum's spread: its distance from the whole stands for it, which is too wide.
        spread = float(np.sum((own - own.mean()) ** 2)) * n / (n - 1) if n > 1 else float(own[0] ** 2)
        variance += rest * spread
    return value, variance, int(np.count_nonzero(bottom))


def share(top: Any, bottom: Any, design: Design, *, level: float = LEVEL) -> Estimate | None:
    """The share of `bottom` that is `top`; None where there is nothing to take a share of."""
    value, variance, n = ratio(top.astype(float), bottom.astype(float), design)
    if n == 0:
        return None
    rest = 1.0
    if design.sizes is not None:
        inside = bottom > 0
        rest = max(0.0, 1 - float(np.sum(inside) / np.sum(design.weights[inside])))
    low, high = wilson(value, variance, units=float(np.sum(bottom)), rest=rest, df=n - 1, level=level)
    return Estimate(value, low, high, int(np.sum(bottom)), variance)


def wilson(
    value: float, variance: float, *, units: float, rest: float = 1.0, df: int | None = None, level: float = LEVEL
) -> tuple[float, float]:
    """Wilson's interval at the effective sample size.

    Args:
        units: how many were observed.
        rest: the part of the population that was not: 0 when all of it was, and the interval is then the value alone.
        df: degrees of freedom; None for the normal quantile.
    """
    value = min(1.0, max(0.0, value))
    if rest <= 0:
        return value, value
    most = units / rest
    effective = min(most, value * (1 - value) / variance) if variance > 0 else most
    z = float(stats.norm.ppf((1 + level) / 2) if df is None or df < 1 else stats.t.ppf((1 + level) / 2, df))
    centre = (value + z**2 / (2 * effective)) / (1 + z**2 / effective)
    half = z / (1 + z**2 / effective) * np.sqrt(value * (1 - value) / effective + z**2 / (4 * effective**2))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def mean(values: Any, inside: Any, design: Design, *, level: float = LEVEL) -> Estimate | None:
    """The weighted mean of `values` where `inside`, with a t interval; None where there are fewer than two."""
    bottom = inside.astype(float)
    value, variance, n = ratio(np.where(inside, values, 0).astype(float), bottom, design)
    if n < 2:
        return None
    half = float(stats.t.ppf((1 + level) / 2, n - 1) * np.sqrt(variance))
    return Estimate(value, value - half, value + half, n, variance)


@dataclass(frozen=True, slots=True)
class Difference:
    """One mean less another, with its 95 % interval and two-sided p."""

    value: float
    low: float
    high: float
    n: tuple[int, int]
    p: float

    def to_dict(self) -> dict[str, Any]:
        """As plain data with 4 decimals."""
        return {
            "value": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "n": list(self.n),
            "p": round(self.p, 4),
        }


def difference(values: Any, first: Any, second: Any, weights: Any) -> Difference | None:
    """The mean of `values` where `second` less that where `first`: of how these groups write, not of these records alone.

    Each mean's variance is that of a weighted mean (linearised, without finite population correction); degrees of freedom are
    Welch's (1947), since groups differ in size and spread.
    """
    means, variances, counts = [], [], []
    for mask in (first, second):
        n = int(np.sum(mask))
        if n < 2:
            return None
        w = weights[mask] / np.sum(weights[mask])
        means.append(float(np.sum(w * values[mask])))
        variances.append(float(np.sum((w * (values[mask] - means[-1])) ** 2)) * n / (n - 1))
        counts.append(n)
    value, variance = means[1] - means[0], sum(variances)
    if variance == 0:
        return Difference(value, value, value, (counts[0], counts[1]), 1.0)
    df = variance**2 / sum(v**2 / (n - 1) for v, n in zip(variances, counts, strict=True))
    half = float(stats.t.ppf((1 + LEVEL) / 2, df)) * variance**0.5
    p = float(2 * stats.t.sf(abs(value) / variance**0.5, df))
    return Difference(value, value - half, value + half, (counts[0], counts[1]), p)


def holm(ps: Sequence[float]) -> list[float]:
    """p-values corrected for many comparisons (Holm 1979, Scandinavian Journal of Statistics 6)."""
    order = np.argsort(ps)
    out = np.empty(len(ps))
    worst = 0.0
    for rank, index in enumerate(order):
        worst = max(worst, min(1.0, (len(ps) - rank) * ps[index]))
        out[index] = worst
    return [float(p) for p in out]
