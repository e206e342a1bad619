"""The figures: F1 a label, weighted kappa a dimension, exact match a child, by scikit-learn, each with its interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score, precision_recall_fscore_support

from nlp_quality.evaluation import intervals
from nlp_quality.evaluation.calibration import reliability
from nlp_quality.evaluation.labelled import Labelled, read_labelled
from nlp_quality.evaluation.seen import seen_figures
from nlp_quality.scheme import CAPACITY, DIMENSIONS, FUNCTION, MAX_LEVEL, PRESENCE, VOICE
from nlp_quality.scorer import Scorer
from nlp_quality.types import Scorecard, Sentence

ONE: Final[Mapping[str, tuple[str, ...]]] = {"function": tuple(FUNCTION), "presence": tuple(PRESENCE)}
MANY: Final[Mapping[str, tuple[str, ...]]] = {"voice": tuple(VOICE), "capacity": tuple(CAPACITY)}
LEVELS: Final = list(range(MAX_LEVEL + 1))


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled sentence beside the sentence as scored; `record` is the record's place in the file."""

    record: int
    labels: Mapping[str, Any]
    own: Sentence


def evaluate(path: Path, scorer: Scorer, *, resamples: int = intervals.RESAMPLES) -> dict[str, Any]:
    """Score a labelled file and hold the scorecards against its labels.

    Sentences are matched by place: each labelled sentence takes the labels of the scored sentence that shares most
    characters with it. Kappa is quadratically weighted (Cohen 1968) over records with a level on both sides.

    Args:
        resamples: of the bootstrap behind each interval; 0 for none.

    Returns:
        Plain data: `records`, `sentences`, `levels`, `seen`, `segmentation`, `by_record_type`, `by_author`, `model`.

    Raises:
        UnreadableInput: the file is no labelled file.
    """
    return figures(list(read_labelled(path)), scorer, resamples=resamples)


def figures(rows: Sequence[Labelled], scorer: Scorer, *, resamples: int = intervals.RESAMPLES) -> dict[str, Any]:
    """The figures of `evaluate` for labelled records already read."""
    cards = list(scorer.score_many(row.record for row in rows))
    whole = compare(rows, cards, resamples=resamples)
    whole["model"] = {"name": scorer.model.name, "version": scorer.model.version, "sha256": scorer.model.sha256}
    whole["by_record_type"] = _grouped(rows, cards, lambda row: row.record.record_type)
    whole["by_author"] = _grouped(rows, cards, lambda row: row.group)
    return whole


def compare(rows: Sequence[Labelled], cards: Sequence[Scorecard], *, resamples: int) -> dict[str, Any]:
    """Figures of scorecards against the labels of the same records."""
    pairs = [
        pair for number, (row, card) in enumerate(zip(rows, cards, strict=True)) for pair in _aligned(number, row, card)
    ]
    return {
        "records": len(rows),
        "segmentation": _segmentation(rows, cards),
        "sentences": _sentence_figures(pairs, len(rows), resamples),
        "levels": {
            d: _level_figures(d, rows, cards, resamples) for d in DIMENSIONS if any(d in row.levels for row in rows)
        },
        "seen": seen_figures(rows, cards, resamples=resamples),
    }


def _grouped(
    rows: Sequence[Labelled], cards: Sequence[Scorecard], name: Callable[[Labelled], str]
) -> dict[str, dict[str, Any]]:
    """The headline figures of each group of records."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[name(row)].append(number)
    out = {}
    for group in sorted(g for g in groups if g):
        own = groups[group]
        out[group] = headline(compare([rows[i] for i in own], [cards[i] for i in own], resamples=0))
    return out


def headline(found: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that a group, a baseline or a card is first asked for."""
    sentences = found["sentences"]
    return {
        "records": found["records"],
        **{f"kappa_{d}": one["quadratic_kappa"] for d, one in found["levels"].items()},
        **{f"{h}_macro_f1": sentences[h]["macro_f1"] for h in ONE if h in sentences},
        **{f"{h}_micro_f1": sentences[h]["micro_f1"] for h in MANY if h in sentences},
        **({"seen_status_accuracy": found["seen"]["status_accuracy"]} if found["seen"] else {}),
    }


def _aligned(number: int, row: Labelled, card: Scorecard) -> list[Pair]:
    out = []
    for gold in row.sentences:
        if "function" not in gold.labels and "presence" not in gold.labels:
            continue
        best = max(card.sentences, key=lambda s: (min(s.end, gold.end) - max(s.start, gold.start), -s.index))
        out.append(Pair(number, gold.labels, best))
    return out


def _segmentation(rows: Sequence[Labelled], cards: Sequence[Scorecard]) -> dict[str, float | int]:
    """How many labelled sentences the reader splits at exactly the same places."""
    gold = [(i, g.start, g.end) for i, row in enumerate(rows) for g in row.sentences]
    own = {(i, s.start, s.end) for i, card in enumerate(cards) for s in card.sentences}
    return {"labelled": len(gold), "exact": round(sum(g in own for g in gold) / len(gold), 4) if gold else 0.0}


# --- sentence labels -------------------------------------------------------------------------------------------------


def _sentence_figures(pairs: Sequence[Pair], records: int, resamples: int) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for head, labels in ONE.items():
        known = [p for p in pairs if head in p.labels]
        if known:
            out[head] = _one_of(head, labels, known, records, resamples)
    for head, labels in MANY.items():
        known = [p for p in pairs if head in p.labels]
        if known:
            out[head] = _any_of(head, labels, known, records, resamples)
    return out


def _one_of(head: str, labels: Sequence[str], pairs: Sequence[Pair], records: int, resamples: int) -> dict[str, Any]:
    truth = [p.labels[head] for p in pairs]
    found = [str(getattr(p.own, head)) for p in pairs]
    used = [name for name in labels if name in truth]
    counts = _counts(records, labels, [(p.record, t, f) for p, t, f in zip(pairs, truth, found, strict=True)])
    cells = [(t, f) for t in labels for f in labels]

    def macro(drawn: Any) -> float:
        return float(
            f1_score(
                *zip(*cells, strict=True),
                labels=used,
                average="macro",
                zero_division=0,
                sample_weight=counts[drawn].sum(axis=0).ravel(),
            )
        )

    sure = [p.own.probabilities.get(head, {}).get(f, 0.0) for p, f in zip(pairs, found, strict=True)]
    per_label = precision_recall_fscore_support(truth, found, labels=used, average=None, zero_division=0)
    return {
        "n": len(pairs),
        "macro_f1": round(float(f1_score(truth, found, labels=used, average="macro", zero_division=0)), 4),
        "interval": intervals.interval(records, macro, resamples=resamples),
        "labels": _table(used, *per_label),
        "confusion": {"labels": list(labels), "counts": counts.sum(axis=0).astype(int).tolist()},
        "calibration": reliability(sure, [t == f for t, f in zip(truth, found, strict=True)]),
    }


def _any_of(head: str, labels: Sequence[str], pairs: Sequence[Pair], records: int, resamples: int) -> dict[str, Any]:
    truth = [[name in p.labels[head] for name in labels] for p in pairs]
    found = [[name in getattr(p.own, head) for name in labels] for p in pairs]
    flat = [
        (p.record, t, f) for p, ts, fs in zip(pairs, truth, found, strict=True) for t, f in zip(ts, fs, strict=True)
    ]
    counts = _counts(records, (False, True), flat)

    def micro(drawn: Any) -> float:
        weight = counts[drawn].sum(axis=0).ravel()
        return float(f1_score([0, 0, 1, 1], [0, 1, 0, 1], zero_division=0, sample_weight=weight))

    said = [[p.own.probabilities.get(head, {}).get(name, 0.0) for name in labels] for p in pairs]
    per_label = precision_recall_fscore_support(truth, found, average=None, zero_division=0)
    chances = [value for row in said for value in row]
    return {
        "n": len(pairs),
        "micro_f1": round(float(f1_score(truth, found, average="micro", zero_division=0)), 4),
        "interval": intervals.interval(records, micro, resamples=resamples),
        "labels": _table(labels, *per_label),
        "calibration": reliability(chances, [t for row in truth for t in row]),
    }


def _counts(records: int, labels: Sequence[Any], triples: Sequence[tuple[int, Any, Any]]) -> Any:
    """Confusion counts (records, labels, labels), truth before answer."""
    place = {label: index for index, label in enumerate(labels)}
    counts = np.zeros((records, len(labels), len(labels)))
    for record, truth, found in triples:
        counts[record, place[truth], place[found]] += 1
    return counts


def _table(names: Sequence[str], precision: Any, recall: Any, f1: Any, support: Any) -> dict[str, dict[str, float]]:
    return {
        name: {
            "precision": round(float(precision[i]), 4),
            "recall": round(float(recall[i]), 4),
            "f1": round(float(f1[i]), 4),
            "support": int(support[i]),
        }
        for i, name in enumerate(names)
    }


# --- levels ----------------------------------------------------------------------------------------------------------


def _level_figures(
    dimension: str, rows: Sequence[Labelled], cards: Sequence[Scorecard], resamples: int
) -> dict[str, Any]:
    both = [
        (row.levels[dimension], card.dimensions[dimension])
        for row, card in zip(rows, cards, strict=True)
        if dimension in row.levels
    ]
    graded = [(gold, own) for gold, own in both if gold is not None and own.level is not None]
    truth = np.array([gold for gold, _ in graded], dtype=int)
    found = np.array([own.level for _, own in graded], dtype=int)
    counts = _counts(1, LEVELS, [(0, int(t), int(f)) for t, f in zip(truth, found, strict=True)])[0]
    covered = [own.interval[0] <= gold <= own.interval[1] for gold, own in graded if own.interval is not None]
    width = [own.interval[1] - own.interval[0] + 1 for _, own in graded if own.interval is not None]
    sure = [max(own.probabilities) for _, own in graded if own.probabilities is not None]
    n = len(graded)
    return {
        "n": n,
        "quadratic_kappa": kappa(truth, found),
        "interval": intervals.interval(n, lambda d: _kappa(truth[d], found[d]), resamples=resamples),
        "exact": _share(truth == found),
        "exact_interval": intervals.interval(n, lambda d: float(np.mean(truth[d] == found[d])), resamples=resamples),
        "within_one": _share(np.abs(truth - found) <= 1),
        "coverage": _share(covered),
        "set_size": round(float(np.mean(width)), 4) if width else 0.0,
        "refer": _share([own.refer for _, own in both]),
        "null_agreement": _share([(gold is None) == (own.level is None) for gold, own in both]),
        "confusion": counts.astype(int).tolist(),
        "calibration": reliability(sure, [bool(t == f) for t, f in zip(truth, found, strict=True)]),
    }


def _share(values: Any) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0


def kappa(truth: Any, found: Any) -> float | None:
    """Quadratic weighted kappa; None where only one level occurs and agreement beyond chance cannot be told."""
    value = _kappa(truth, found)
    return None if np.isnan(value) else round(value, 4)


def _kappa(truth: Any, found: Any) -> float:
    if len(truth) == 0 or len(set(truth) | set(found)) == 1:
        return float("nan")
    return float(cohen_kappa_score(truth, found, weights="quadratic", labels=LEVELS))
