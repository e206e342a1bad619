"""Agreement between two annotators of the same records, label by label, with intervals.

Krippendorff's alpha (nominal for sentence labels and statuses, ordinal for levels) by the package `krippendorff`,
weighted kappa by scikit-learn, Gwet's AC1 from its paper (Gwet 2008, British Journal of Mathematical and Statistical
Psychology 61).
Intervals are 95 % percentile bootstraps over records, since sentences of one record are not independent.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

from nlp_quality.errors import UnreadableInput
from nlp_quality.evaluation.labelled import Labelled, read_labelled
from nlp_quality.scheme import CAPACITY, DIMENSIONS, FUNCTION, PRESENCE, VOICE

RESAMPLES: Final = 400
SEED: Final = 7
NULL: Final = -1  # a level that does not apply, as a value of its own

# One annotated unit: the record it belongs to and the two annotators' values.
Unit = tuple[int, Hashable, Hashable]


def agreement(first: Path, second: Path, *, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Agreement between two labelled files on the records (by `id`) that both hold.

    Returns:
        `records`, and under `measures` a name -> `{n, observed, alpha, kappa, ac1, interval}`; `interval` is of alpha.

    Raises:
        UnreadableInput: a file is no labelled file, or they share no record.
    """
    return agree(list(read_labelled(first)), list(read_labelled(second)), resamples=resamples)


def agree(first: Sequence[Labelled], second: Sequence[Labelled], *, resamples: int = RESAMPLES) -> dict[str, Any]:
    """As `agreement`, for records already read."""
    other = {row.record.id: row for row in second if row.record.id is not None}
    pairs = [(row, other[row.record.id]) for row in first if row.record.id in other]
    if not pairs:
        raise UnreadableInput("nothing_shared", "The two files share no record: ids must be the same in both.")
    units = _units(pairs)
    return {
        "records": len(pairs),
        "measures": {
            name: _measure(found, ordinal=name.startswith("level."), resamples=resamples)
            for name, found in units.items()
        },
    }


def _units(pairs: Iterable[tuple[Labelled, Labelled]]) -> dict[str, list[Unit]]:
    units: dict[str, list[Unit]] = defaultdict(list)
    for number, (a, b) in enumerate(pairs):
        for name in DIMENSIONS:
            if name in a.levels and name in b.levels:
                units[f"level.{name}"].append((number, _level(a.levels[name]), _level(b.levels[name])))
        statuses = {entry["child"]: entry["status"] for entry in b.seen}
        for entry in a.seen:
            if entry["child"] in statuses:
                units["seen.status"].append((number, entry["status"], statuses[entry["child"]]))
        for one, two in zip(a.sentences, b.sentences, strict=False):
            if one.labels["text"] != two.labels["text"]:
                continue
            for head, labels in (("function", FUNCTION), ("presence", PRESENCE)):
                if head in one.labels and head in two.labels:
                    units[head].append((number, one.labels[head], two.labels[head]))
                    for label in labels:
                        units[f"{head}.{label}"].append((number, one.labels[head] == label, two.labels[head] == label))
            for head, labels in (("voice", VOICE), ("capacity", CAPACITY)):
                if head in one.labels and head in two.labels:
                    for label in labels:
                        units[f"{head}.{label}"].append((number, label in one.labels[head], label in two.labels[head]))
    order = [*(f"level.{d}" for d in DIMENSIONS), "seen.status", "function", "presence"]
    return {name: units[name] for name in sorted(units, key=lambda n: order.index(n) if n in order else len(order))}


def _level(value: int | None) -> int:
    return NULL if value is None else value


def _measure(units: Sequence[Unit], *, ordinal: bool, resamples: int) -> dict[str, Any]:
    values = sorted({v for _, a, b in units for v in (a, b)}, key=str)
    codes = {value: float(index) for index, value in enumerate(values)}
    a = np.array([codes[x] for _, x, _ in units])
    b = np.array([codes[y] for _, _, y in units])
    found = statistics(len(values), ordinal=ordinal)
    return {
        "n": len(units),
        "observed": round(float(np.mean(a == b)), 4),
        **{name: _rounded(one(a, b)) for name, one in found.items()},
        "interval": _interval(units, a, b, found["alpha"], resamples),
    }


def statistics(categories: int, *, ordinal: bool) -> dict[str, Callable[[Any, Any], float]]:
    """Alpha, kappa (quadratically weighted where ordinal) and AC1, each a function of two annotators' codes from 0."""
    return {
        "alpha": lambda a, b: _alpha(a, b, categories, ordinal=ordinal),
        "kappa": lambda a, b: _kappa(a, b, ordinal=ordinal),
        "ac1": gwet_ac1,
    }


def _alpha(a: Any, b: Any, categories: int, *, ordinal: bool) -> float:
    if len(np.unique(np.concatenate([a, b]))) < 2:
        return float("nan")  # one value throughout: agreement beyond chance cannot be told
    domain = np.arange(categories, dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        data = np.vstack([a, b])
        if ordinal:
            return float(krippendorff.alpha(data, value_domain=domain, level_of_measurement="ordinal"))
        return float(krippendorff.alpha(data, value_domain=domain, level_of_measurement="nominal"))


def _kappa(a: Any, b: Any, *, ordinal: bool) -> float:
    if len(np.unique(np.concatenate([a, b]))) < 2:
        return float("nan")
    return float(cohen_kappa_score(a, b, weights="quadratic" if ordinal else None))


def gwet_ac1(a: Any, b: Any) -> float:
    """Gwet's AC1 of two annotators: chance agreement is the mean of p(1 - p) over the categories used."""
    categories = np.unique(np.concatenate([a, b]))
    if len(categories) < 2:
        return float("nan")
    observed = float(np.mean(a == b))
    shares = np.array([(np.mean(a == c) + np.mean(b == c)) / 2 for c in categories])
    chance = float(np.sum(shares * (1 - shares)) / (len(categories) - 1))
    return (observed - chance) / (1 - chance)


def _interval(
    units: Sequence[Unit], a: Any, b: Any, statistic: Callable[[Any, Any], float], resamples: int
) -> list[float] | None:
    by_record: dict[int, list[int]] = defaultdict(list)
    for index, (record, _, _) in enumerate(units):
        by_record[record].append(index)
    groups = [np.array(indices) for indices in by_record.values()]
    random = np.random.default_rng(SEED)
    found = []
    for _ in range(resamples):
        drawn = np.concatenate([groups[i] for i in random.integers(0, len(groups), len(groups))])
        value = statistic(a[drawn], b[drawn])
        if not np.isnan(value):
            found.append(value)
    if not found or len(found) < resamples / 2:
        return None
    low, high = np.percentile(found, [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def render(figures: Mapping[str, Any]) -> str:
    """The figures of `agreement` as a plain table."""
    lines = [
        f"{figures['records']} records in both files; agreement between annotators, never accuracy",
        f"{'':<34}{'n':>7}  {'same':>6} {'alpha':>7} {'95 %':>15} {'kappa':>7} {'AC1':>7}",
    ]
    for name, one in figures["measures"].items():
        interval = "" if one["interval"] is None else "{:.2f} to {:.2f}".format(*one["interval"])
        values = ["-" if one[key] is None else f"{one[key]:.3f}" for key in ("alpha", "kappa", "ac1")]
        alpha, kappa, ac1 = (f"{value:>7}" for value in values)
        lines.append(f"{name:<34}{one['n']:>7}  {one['observed']:>6.3f} {alpha} {interval:>15} {kappa} {ac1}")
    return "\n".join(lines)
