"""Auditors' own grades beside the tool's levels: agreement, who is the more generous, and what to talk about.

The tool is no yardstick: it errs too. Auditor less tool is called over-optimism only where its interval lies wholly above
what the tool's own error on labelled records could make of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import stats

from nlp_quality.audit.estimates import LEVEL
from nlp_quality.audit.groups import SMALL
from nlp_quality.audit.ppi import MIN_GRADED, powered
from nlp_quality.audit.rows import Row
from nlp_quality.audit.sample import NO_LEVEL, Sample
from nlp_quality.corpus.agreement import statistics
from nlp_quality.errors import NlpQualityError
from nlp_quality.evaluation.intervals import interval
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES, MAX_LEVEL

# Ofsted's four judgements onto the four levels; `--grade` changes or adds a word.
GRADES: Final[Mapping[str, int]] = {
    "inadequate": 0,
    "requires improvement": 1,
    "requires improvement to be good": 1,
    "good": 2,
    "outstanding": 3,
    **{name: level for level, name in enumerate(LEVEL_NAMES)},
    **{str(level): level for level in range(MAX_LEVEL + 1)},
}
NOT_GRADED: Final = ("", "n/a", "na", "not applicable", "none", "-")
AUDITOR: Final = "auditor {}"
RESAMPLES: Final = 199
DISCUSSED: Final = 6


@dataclass(frozen=True, slots=True)
class Graded:
    """One auditor's grade of one dimension of a record, beside the tool's level (-1: it gave none)."""

    index: int
    position: int
    dimension: str
    grade: int
    level: int
    refer: bool
    group: str | None


@dataclass
class GradeBook:
    """The grades of the sample, gathered row by row.

    Attributes:
        mapping: a grade in lower case -> level.
        unknown: (row, column) of grades that the mapping does not know; their words are not repeated.
        overall: audit grade beside the tool's score a dimension.
    """

    mapping: Mapping[str, int]
    identify: bool = False

    def __post_init__(self) -> None:
        self.graded: list[Graded] = []
        self.unknown: list[tuple[int | None, str]] = []
        self.overall: list[tuple[int, dict[str, float]]] = []
        self._auditors: dict[str, str] = {}

    def add(self, index: int, row: Row) -> None:
        """Take in the grades of the record at `index` of the sample."""
        group = row.auditor_group or self._auditor(row.auditor)
        for dimension, word in row.grades.items():
            grade = self._grade(word, row.line, f"grade.{dimension}")
            if grade is not None:
                one = row.dimensions[dimension]
                level = NO_LEVEL if one.level is None else one.level
                self.graded.append(Graded(index, row.position, dimension, grade, level, one.refer, group))
        whole = self._grade(row.audit_grade or "", row.line, "audit_grade")
        if whole is not None:
            self.overall.append((whole, {n: o.score for n, o in row.dimensions.items() if o.score is not None}))

    def level(self, word: str | None) -> int | None:
        """The level a grade stands for; None for a word the mapping does not know."""
        return self.mapping.get(_plain(word or ""))

    def gap(self, row: Row) -> int:
        """How far the auditor and the tool are apart at most, over the dimensions both graded."""
        gaps = [0]
        for dimension, word in row.grades.items():
            grade, level = self.level(word), row.dimensions[dimension].level
            if grade is not None and level is not None:
                gaps.append(abs(grade - level))
        return max(gaps)

    def _grade(self, word: str, line: int | None, column: str) -> int | None:
        found = self.level(word)
        if found is None and _plain(word) not in NOT_GRADED:
            self.unknown.append((line, column))
        return found

    def _auditor(self, name: str | None) -> str | None:
        if name is None or self.identify:
            return name
        return self._auditors.setdefault(name, AUDITOR.format(len(self._auditors) + 1))


def read_grades(pairs: Sequence[str]) -> dict[str, int]:
    """The mapping with the `--grade WORD=LEVEL` options over it.

    Raises:
        NlpQualityError: `invalid_grade`.
    """
    out = dict(GRADES)
    for pair in pairs:
        word, _, level = pair.rpartition("=")
        if not word.strip() or level.strip() not in {str(n) for n in range(MAX_LEVEL + 1)}:
            raise NlpQualityError("invalid_grade", "--grade takes WORD=LEVEL with a level of 0 to 3, as in 'weak=1'.")
        out[_plain(word)] = int(level)
    return out


def _plain(word: str) -> str:
    return " ".join(word.lower().split())


def figures(book: GradeBook, sample: Sample, measured: Mapping[str, Any]) -> dict[str, Any] | None:
    """All that is said of the auditors' grades; None where there are none."""
    if not book.graded and not book.overall:
        return None
    errors = {name: error for name in DIMENSIONS if (error := tool_error(measured, name)) is not None}
    pairs = {name: [g for g in book.graded if g.dimension == name and g.level != NO_LEVEL] for name in DIMENSIONS}
    gaps = list(_gaps(pairs, errors))
    return {
        "mapping": dict(book.mapping),
        "unknown": [{"line": line, "column": column} for line, column in book.unknown[:100]],
        "unknown_total": len(book.unknown),
        "dimensions": {name: _agreement(found) for name, found in pairs.items() if found},
        "no_level": {
            name: sum(g.dimension == name and g.level == NO_LEVEL for g in book.graded) for name in DIMENSIONS
        },
        "tool_error": errors,
        "gaps": gaps,
        "over_optimism": [gap for gap in gaps if gap["over_optimism"]],
        "estimates": dict(_estimates(pairs, sample)),
        "overall": _association(book.overall),
    }


def tool_error(measured: Mapping[str, Any], dimension: str) -> dict[str, Any] | None:
    """Label less tool on the labelled records that stand beside the model, with its 95 % interval, and how far off on average."""
    split = next((name for name in ("test", "dev") if name in measured), None)
    try:
        counts = np.array(measured[split or ""]["records"]["levels"][dimension]["confusion"], dtype=float)
    except (KeyError, TypeError, ValueError):
        return None
    n = float(counts.sum())
    if n < SMALL:
        return None
    truth, found = np.indices(counts.shape)
    gap = truth - found
    value = float(np.sum(counts * gap) / n)
    error = float(np.sqrt(np.sum(counts * (gap - value) ** 2) / (n - 1) / n))
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * error
    return {
        "split": split,
        "n": int(n),
        "value": round(value, 4),
        "low": round(value - half, 4),
        "high": round(value + half, 4),
        "absolute": round(float(np.sum(counts * np.abs(gap)) / n), 4),
    }


def _agreement(pairs: Sequence[Graded]) -> dict[str, Any]:
    grade, level = np.array([g.grade for g in pairs]), np.array([g.level for g in pairs])
    n = len(pairs)
    confusion = np.zeros((MAX_LEVEL + 1, MAX_LEVEL + 1), dtype=int)
    np.add.at(confusion, (grade, level), 1)
    out: dict[str, Any] = {"n": n, "confusion": confusion.tolist()}
    if n < SMALL:
        return out
    out["same"] = round(float(np.mean(grade == level)), 4)
    out["within_one"] = round(float(np.mean(np.abs(grade - level) <= 1)), 4)
    # scikit-learn's kappa checks its arguments for longer than it counts, and is asked hundreds of times here.
    for name, one in (statistics(MAX_LEVEL + 1, ordinal=True) | {"kappa": weighted_kappa}).items():
        value = one(grade, level)
        bounds = interval(n, lambda drawn, one=one: one(grade[drawn], level[drawn]), resamples=RESAMPLES)  # type: ignore[misc]
        out[name] = {"value": None if np.isnan(value) else round(value, 4), "interval": bounds}
    return out


def weighted_kappa(first: Any, second: Any) -> float:
    """Quadratically weighted kappa of two lists of levels (Cohen 1968): one less the weighted disagreement over chance's."""
    counts = np.zeros((MAX_LEVEL + 1, MAX_LEVEL + 1))
    np.add.at(counts, (first, second), 1)
    weight = np.subtract.outer(np.arange(MAX_LEVEL + 1), np.arange(MAX_LEVEL + 1)) ** 2
    chance = float(np.sum(weight * np.outer(counts.sum(axis=1), counts.sum(axis=0)))) / len(first)
    return 1 - float(np.sum(weight * counts)) / chance if chance else float("nan")


def _gaps(pairs: Mapping[str, Sequence[Graded]], errors: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Auditor less tool, over all and by auditor group; claims at a level shared out over all comparisons (Bonferroni).

    What is said of all auditors must hold without the groups of which it is said already.
    """
    parts = {name: _parts(found) for name, found in pairs.items()}
    shown = {name: {g: own for g, own in one.items() if len(own) >= SMALL} for name, one in parts.items()}
    count = sum(len(one) + 1 for one in shown.values())
    strict = 1 - (1 - LEVEL) / max(1, count)
    for name, found in pairs.items():
        if len(found) < SMALL:
            continue
        error = errors.get(name)
        groups = {group: _claims(own, error, strict) for group, own in shown[name].items()}
        claimed = {group for group, said in groups.items() if any(said.values())}
        rest = [g.grade - g.level for g in found if g.group not in claimed]
        everybody = _claims(rest, error, strict)
        yield _gap(name, None, [g.grade - g.level for g in found]) | everybody | {"apart_from": sorted(claimed)}
        for group, said in groups.items():
            yield _gap(name, group, shown[name][group]) | said | {"apart_from": []}


def _parts(found: Sequence[Graded]) -> dict[str, list[int]]:
    groups = sorted({g.group for g in found if g.group is not None})
    return {group: [g.grade - g.level for g in found if g.group == group] for group in groups}


def _gap(name: str, group: str | None, gaps: Sequence[int]) -> dict[str, Any]:
    value, low, high = _t(gaps, LEVEL)
    rounded = {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}
    return {"dimension": name, "group": group, "n": len(gaps), **rounded}


def _claims(gaps: Sequence[int], error: Mapping[str, Any] | None, level: float) -> dict[str, bool]:
    if error is None or len(gaps) < SMALL:
        return {"over_optimism": False, "over_strict": False}
    _, low, high = _t(gaps, level)
    return {"over_optimism": low > max(0.0, error["high"]), "over_strict": high < min(0.0, error["low"])}


def _t(values: Sequence[int], level: float) -> tuple[float, float, float]:
    found = np.array(values, dtype=float)
    half = float(stats.t.ppf((1 + level) / 2, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found)))
    return float(found.mean()), float(found.mean() - half), float(found.mean() + half)


def _estimates(pairs: Mapping[str, Sequence[Graded]], sample: Sample) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, found in pairs.items():
        if len(found) < MIN_GRADED:
            continue
        own = np.array([g.index for g in found])
        rest = sample.levels[name] != NO_LEVEL
        rest[own] = False
        one = powered(
            np.array([g.grade for g in found]),
            np.array([g.level for g in found]),
            sample.weights[own],
            sample.levels[name][rest],
            sample.weights[rest],
        )
        if one is not None:
            yield name, one.to_dict()


def _association(overall: Iterable[tuple[int, Mapping[str, float]]]) -> dict[str, Any]:
    """Spearman's rank correlation of the whole case's grade with each dimension's score: association, never agreement."""
    rows = list(overall)
    out: dict[str, Any] = {"n": len(rows), "dimensions": {}}
    for name in DIMENSIONS:
        both = np.array([(grade, scores[name]) for grade, scores in rows if name in scores], dtype=float)
        if len(both) < SMALL:
            continue
        value = _spearman(both)
        if np.isnan(value):
            continue
        bounds = interval(len(both), lambda drawn, both=both: _spearman(both[drawn]), resamples=RESAMPLES)  # type: ignore[misc]
        out["dimensions"][name] = {"n": len(both), "value": round(value, 4), "interval": bounds}
    return out


def _spearman(both: Any) -> float:
    if len(np.unique(both[:, 0])) < 2 or len(np.unique(both[:, 1])) < 2:
        return float("nan")
    return float(stats.spearmanr(both[:, 0], both[:, 1]).statistic)
