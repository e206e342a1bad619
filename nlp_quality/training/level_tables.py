"""How often each level was right when the rules gave theirs: the level head of the model `rules`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Final

from nlp_quality.scheme import MAX_LEVEL

# What is believed before any count: a level is right more often than not, and mistakes are of one step.
PRIOR: Final = (
    (0.70, 0.22, 0.06, 0.02),
    (0.18, 0.58, 0.20, 0.04),
    (0.05, 0.20, 0.55, 0.20),
    (0.02, 0.06, 0.26, 0.66),
)
PRIOR_WEIGHT: Final = 8.0  # records that the prior counts for in each row
STEPS: Final = 20


def level_table(pairs: Iterable[tuple[int, int]]) -> list[list[float]]:
    """P(labelled level | level by rule), a row a rule level, from (rule level, labelled level) pairs.

    Rows are shrunk towards `PRIOR` just far enough that each is most probable at its own level and a higher rule level
    never makes a higher level less likely, so that more evidence never lowers a score.
    """
    counts = [[PRIOR_WEIGHT * p for p in row] for row in PRIOR]
    for by_rule, labelled in pairs:
        counts[by_rule][labelled] += 1
    measured = [[n / sum(row) for n in row] for row in counts]
    for step in range(STEPS + 1):
        weight = step / STEPS
        mixed = [
            [round((1 - weight) * m + weight * p, 4) for m, p in zip(row, prior, strict=True)]
            for row, prior in zip(measured, PRIOR, strict=True)
        ]
        if _ordered(mixed):
            break
    return mixed


def _ordered(rows: Sequence[Sequence[float]]) -> bool:
    own = all(max(row) == row[level] and row.count(max(row)) == 1 for level, row in enumerate(rows))
    cumulative = [list(accumulate(row)) for row in rows]
    falling = all(lower[k] >= higher[k] - 1e-6 for lower, higher in pairwise(cumulative) for k in range(MAX_LEVEL))
    return own and falling
