"""How much probability a prediction set may hold so that nine sets in ten hold the labelled level: split conformal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from crepes import ConformalClassifier

from nlp_quality import levels


def limit(probabilities: Sequence[Sequence[float]], labelled: Sequence[int]) -> float:
    """The limit of `levels.interval`, from probabilities that were not fitted on the levels they are held against.

    How far out a level lies is the probability held by the run that first reaches it (Romano and others 2020, without
    their randomisation; Vovk and others 2005 for the guarantee, which is for records drawn like these).
    """
    reached = [dict(levels.outward(row))[level] for row, level in zip(probabilities, labelled, strict=True)]
    classifier: Any = ConformalClassifier()
    classifier.fit(np.array(reached), seed=0)
    grid = np.round(np.linspace(0, 1, 10_001), 4)
    kept = classifier.predict_set(grid[:, None], confidence=levels.COVERAGE, smoothing=False)[:, 0] > 0
    return float(grid[kept].max()) if kept.any() else 1.0
