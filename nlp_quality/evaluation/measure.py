"""The figures: F1 a label, weighted kappa a dimension, exact match a child, by scikit-learn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sklearn.metrics import cohen_kappa_score, f1_score, precision_recall_fscore_support

from nlp_quality.evaluation.labelled import Labelled, read_labelled
from nlp_quality.scheme import CAPACITY, DIMENSIONS, FUNCTION, MAX_LEVEL, PRESENCE, VOICE
from nlp_quality.scorer import Scorer
from nlp_quality.types import ChildSeen, Scorecard, Sentence

_ONE: Final = {"function": FUNCTION, "presence": PRESENCE}
_MANY: Final = {"voice": VOICE, "capacity": CAPACITY}


def evaluate(path: Path, scorer: Scorer) -> dict[str, Any]:
    """Score a labelled file and hold the scorecards against its labels.

    Sentences are matched by place: each labelled sentence takes the labels of the scored sentence that shares most
    characters with it. Kappa is quadratically weighted (Cohen 1968) over records with a level on both sides.

    Returns:
        Plain data: `records`, `sentences`, `levels`, `seen`, `segmentation`, `model`.

    Raises:
        UnreadableInput: the file is no labelled file.
    """
    return figures(list(read_labelled(path)), scorer)


def figures(rows: Sequence[Labelled], scorer: Scorer) -> dict[str, Any]:
    """The figures of `evaluate` for labelled records already read."""
    cards = list(scorer.score_many(row.record for row in rows))
    pairs = [pair for row, card in zip(rows, cards, strict=True) for pair in _aligned(row, card)]
    return {
        "model": {"name": scorer.model.name, "version": scorer.model.version, "sha256": scorer.model.sha256},
        "records": len(rows),
        "segmentation": _segmentation(rows, cards),
        "sentences": _sentence_figures(pairs),
        "levels": {d: _level_figures(d, rows, cards) for d in DIMENSIONS if any(d in row.levels for row in rows)},
        "seen": _seen_figures(rows, cards),
    }


def _aligned(row: Labelled, card: Scorecard) -> Iterable[tuple[Mapping[str, Any], Sentence]]:
    for gold in row.sentences:
        if "function" not in gold.labels and "presence" not in gold.labels:
            continue
        best = max(card.sentences, key=lambda s: (min(s.end, gold.end) - max(s.start, gold.start), -s.index))
        yield gold.labels, best


def _segmentation(rows: Sequence[Labelled], cards: Sequence[Scorecard]) -> dict[str, float | int]:
    """How many labelled sentences the reader splits at exactly the same places."""
    gold = [(i, g.start, g.end) for i, row in enumerate(rows) for g in row.sentences]
    own = {(i, s.start, s.end) for i, card in enumerate(cards) for s in card.sentences}
    return {"labelled": len(gold), "exact": round(sum(g in own for g in gold) / len(gold), 4) if gold else 0.0}


def _sentence_figures(pairs: Sequence[tuple[Mapping[str, Any], Sentence]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for head, labels in _ONE.items():
        known = [(gold[head], getattr(own, head)) for gold, own in pairs if head in gold]
        if not known:
            continue
        truth, found = [list(side) for side in zip(*known, strict=True)]
        used = [name for name in labels if name in truth]
        out[head] = {
            "n": len(known),
            "macro_f1": round(float(f1_score(truth, found, labels=used, average="macro", zero_division=0)), 4),
            "labels": _per_label(truth, found, used),
        }
    for head, labels in _MANY.items():
        known = [(set(gold[head]), set(getattr(own, head))) for gold, own in pairs if head in gold]
        if not known:
            continue
        names = list(labels)
        truth = [[name in side for name in names] for side, _ in known]
        found = [[name in side for name in names] for _, side in known]
        precision, recall, f1, support = precision_recall_fscore_support(truth, found, average=None, zero_division=0)
        out[head] = {
            "n": len(known),
            "micro_f1": round(float(f1_score(truth, found, average="micro", zero_division=0)), 4),
            "labels": _table(names, precision, recall, f1, support),
        }
    return out


def _per_label(truth: Sequence[str], found: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, float]]:
    found_by = precision_recall_fscore_support(truth, found, labels=list(names), average=None, zero_division=0)
    return _table(names, *found_by)


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


def _level_figures(dimension: str, rows: Sequence[Labelled], cards: Sequence[Scorecard]) -> dict[str, Any]:
    both = [
        (row.levels[dimension], card.dimensions[dimension])
        for row, card in zip(rows, cards, strict=True)
        if dimension in row.levels
    ]
    graded = [(gold, own.level) for gold, own in both if gold is not None and own.level is not None]
    truth, found = [g for g, _ in graded], [o for _, o in graded]
    covered = [
        own.interval[0] <= gold <= own.interval[1]
        for gold, own in both
        if gold is not None and own.interval is not None
    ]
    confusion = Counter(graded)
    return {
        "n": len(graded),
        "quadratic_kappa": _kappa(truth, found),
        "exact": round(sum(g == o for g, o in graded) / len(graded), 4) if graded else 0.0,
        "within_one": round(sum(abs(g - o) <= 1 for g, o in graded) / len(graded), 4) if graded else 0.0,
        "coverage": round(sum(covered) / len(covered), 4) if covered else 0.0,
        "refer": round(sum(own.refer for _, own in both) / len(both), 4) if both else 0.0,
        "null_agreement": round(sum((gold is None) == (own.level is None) for gold, own in both) / len(both), 4),
        "confusion": [[confusion[g, o] for o in range(MAX_LEVEL + 1)] for g in range(MAX_LEVEL + 1)],
    }


def _kappa(truth: Sequence[int], found: Sequence[int]) -> float | None:
    """Quadratic weighted kappa; None where only one level occurs and agreement beyond chance cannot be told."""
    if not truth or (len(set(truth)) == 1 and set(truth) == set(found)):
        return None
    return round(float(cohen_kappa_score(truth, found, weights="quadratic", labels=list(range(MAX_LEVEL + 1)))), 4)


def _seen_figures(rows: Sequence[Labelled], cards: Sequence[Scorecard]) -> dict[str, Any]:
    right = companions = total = not_alone = records = whole = 0
    wrong: list[float] = []
    groups: defaultdict[str, list[bool]] = defaultdict(list)
    for row, card in zip(rows, cards, strict=True):
        if not row.seen:
            continue
        found = {c.child: c for c in card.dimensions["seen_alone"].children or () if isinstance(c, ChildSeen)}
        all_right = True
        for gold in row.seen:
            own = found.get(gold["child"]) or (next(iter(found.values())) if len(found) == len(row.seen) == 1 else None)
            status = own.status if own is not None else "not_stated"
            total += 1
            ok = status == gold["status"]
            right += ok
            all_right = all_right and ok
            groups[row.group].append(ok)
            if not ok and own is not None:
                wrong.append(own.probability)
            if gold["status"] == "seen_not_alone" and ok and own is not None:
                not_alone += 1
                companions += set(own.companions) == set(gold.get("companions", ()))
        records += 1
        whole += all_right
    if not total:
        return {}
    return {
        "children": total,
        "status_accuracy": round(right / total, 4),
        "companions_accuracy": round(companions / not_alone, 4) if not_alone else 0.0,
        "records": records,
        "records_all_right": round(whole / records, 4),
        "mean_probability_when_wrong": round(sum(wrong) / len(wrong), 4) if wrong else None,
        "by_group": {name: round(sum(oks) / len(oks), 4) for name, oks in sorted(groups.items()) if name},
    }
