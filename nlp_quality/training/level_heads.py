"""Level heads: ordinal, monotone, fitted on features that labelled sentences give, cross-validated by author.

P(level >= k) is a logistic function of the features with weights that cannot be negative, so that more evidence never
lowers a level (proportional to the cumulative logit model of McCullagh 1980, a weight vector a threshold).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from nlp_quality.scheme import MAX_LEVEL

FOLDS: Final = 5
PENALTIES: Final = (0.3, 1.0, 3.0, 10.0)


def fit(features: Sequence[Mapping[str, float]], levels: Sequence[int], groups: Sequence[str]) -> dict[str, Any]:
    """A head as plain data: feature names, scales, and weights and intercept a threshold.

    The penalty is chosen, and the out-of-fold probabilities are given under `held_out`, by author.
    """
    names = sorted(features[0])
    raw = np.array([[row[name] for name in names] for row in features])
    scale = np.maximum(raw.std(axis=0), 1e-6)
    x, y = raw / scale, np.array(levels)
    best = min(PENALTIES, key=lambda penalty: _cross_entropy(_held_out(x, y, groups, penalty), y))
    return {
        "features": names,
        "scale": [round(float(s), 6) for s in scale],
        "thresholds": [
            {"weights": [round(float(w), 5) for w in weights], "intercept": round(float(intercept), 5)}
            for weights, intercept in (_threshold(x, y >= k, best) for k in range(1, MAX_LEVEL + 1))
        ],
        "penalty": best,
        "held_out": _held_out(x, y, groups, best),
    }


def _threshold(x: Any, above: Any, penalty: float) -> tuple[Any, float]:
    """Logistic regression with weights of 0 or more."""
    sign = np.where(above, 1.0, -1.0)

    def objective(theta: Any) -> tuple[float, Any]:
        margin = sign * (x @ theta[:-1] + theta[-1])
        pull = -sign * expit(-margin)
        value = np.logaddexp(0, -margin).sum() + penalty * (theta[:-1] ** 2).sum() / 2
        gradient = np.append(x.T @ pull + penalty * theta[:-1], pull.sum())
        return float(value), gradient

    bounds = [(0, None)] * x.shape[1] + [(None, None)]
    found = minimize(objective, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B")
    return found.x[:-1], float(found.x[-1])


def _held_out(x: Any, y: Any, groups: Sequence[str], penalty: float) -> Any:
    out = np.zeros((len(y), MAX_LEVEL + 1))
    for learn, test in GroupKFold(min(FOLDS, len(set(groups)))).split(x, y, groups):
        above = [
            expit(x[test] @ w + b)
            for w, b in (_threshold(x[learn], y[learn] >= k, penalty) for k in range(1, MAX_LEVEL + 1))
        ]
        out[test] = probabilities(np.array(above).T)
    return out


def probabilities(above: Any) -> Any:
    """Level probabilities (n, 4) from P(level >= 1), >= 2, >= 3 (n, 3), made to fall with the level."""
    falling = np.minimum.accumulate(above, axis=1)
    padded = np.hstack([np.ones((len(falling), 1)), falling, np.zeros((len(falling), 1))])
    return padded[:, :-1] - padded[:, 1:]


def _cross_entropy(held_out: Any, y: Any) -> float:
    return float(-np.log(np.maximum(held_out[np.arange(len(y)), y], 1e-4)).mean())
