"""How often each child's status, and the company named with it, is the labelled one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp_quality.evaluation import intervals
from nlp_quality.evaluation.calibration import reliability
from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.scheme import STATUSES
from nlp_quality.types import ChildSeen, Scorecard


@dataclass(frozen=True, slots=True)
class Answer:
    """A child's labelled entry beside the scorecard's; None where the scorecard knows no such child."""

    record: int
    group: str
    gold: Mapping[str, Any]
    own: ChildSeen | None

    @property
    def status(self) -> str:
        """The status given; a child the scorecard does not know is not stated."""
        return "not_stated" if self.own is None else self.own.status

    @property
    def right(self) -> bool:
        """Whether it is the labelled one."""
        return bool(self.status == self.gold["status"])


def answers(rows: Sequence[Labelled], cards: Sequence[Scorecard]) -> Iterator[Answer]:
    """Every labelled child with what the scorecard says; a lone child is matched whatever it is called."""
    for number, (row, card) in enumerate(zip(rows, cards, strict=True)):
        found = {c.child: c for c in card.dimensions["seen_alone"].children or () if isinstance(c, ChildSeen)}
        lone = next(iter(found.values())) if len(found) == len(row.seen) == 1 else None
        for gold in row.seen:
            yield Answer(number, row.group, gold, found.get(gold["child"], lone))


def seen_figures(rows: Sequence[Labelled], cards: Sequence[Scorecard], *, resamples: int) -> dict[str, Any]:
    """Accuracy of statuses and companions, calibration, confusion; empty where no child is labelled."""
    found = list(answers(rows, cards))
    if not found:
        return {}
    right = np.array([a.right for a in found])
    record = np.array([a.record for a in found])
    company = [
        set(a.own.companions) == set(a.gold.get("companions", ()))
        for a in found
        if a.right and a.own is not None and a.status == "seen_not_alone"
    ]
    wrong = [a.own.probability for a in found if not a.right and a.own is not None]
    numbers = sorted(set(record.tolist()))
    places = [np.flatnonzero(record == number) for number in numbers]
    groups: defaultdict[str, list[bool]] = defaultdict(list)
    for answer in found:
        groups[answer.group].append(answer.right)
    place = {status: index for index, status in enumerate(STATUSES)}
    confusion = np.zeros((len(place), len(place)), dtype=int)
    for answer in found:
        confusion[place[answer.gold["status"]], place[answer.status]] += 1
    return {
        "children": len(found),
        "status_accuracy": round(float(right.mean()), 4),
        "interval": intervals.interval(
            len(places), lambda d: float(right[np.concatenate([places[i] for i in d])].mean()), resamples=resamples
        ),
        "companions_accuracy": round(float(np.mean(company)), 4) if company else 0.0,
        "records": len(numbers),
        "records_all_right": round(float(np.mean([right[own].all() for own in places])), 4),
        "mean_probability_when_wrong": round(float(np.mean(wrong)), 4) if wrong else None,
        "confusion": {"labels": list(STATUSES), "counts": confusion.tolist()},
        "calibration": reliability(
            [a.own.probability for a in found if a.own is not None], [a.right for a in found if a.own is not None]
        ),
        "by_group": {name: round(float(np.mean(oks)), 4) for name, oks in sorted(groups.items()) if name},
    }
