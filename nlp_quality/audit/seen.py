"""Children before levels: each child's status over visits and assessments, other types apart; flags against narratives."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import numpy as np

from nlp_quality.audit.estimates import Design, share
from nlp_quality.audit.groups import SMALL
from nlp_quality.audit.pseudonyms import Names
from nlp_quality.audit.rows import Row
from nlp_quality.audit.sample import SEEN_TYPES, Sample
from nlp_quality.scheme import HEARD, RECONCILIATIONS, RECORD_TYPES, STATUSES

AGREES: Final = "corroborated"
MAX_LISTED: Final = 5_000  # discrepancies kept for the list; the count goes on.
OUT_OF_DOMAIN: Final = "out_of_domain"
MAX_UNREAD: Final = 100
_NOT_SEEN_ALONE: Final = ("seen_not_alone", "not_seen")


def children(sample: Sample) -> dict[str, Any]:
    """Statuses of the children of visits and assessments, and of every other type with enough children apart."""
    other = [name for name in RECORD_TYPES if name not in SEEN_TYPES]
    asked = sample.levels["seen_alone"] >= 0  # of an unborn child nobody asks whether it was seen.
    out: dict[str, Any] = {"headline": _statuses(sample, asked & sample.types(SEEN_TYPES)), "apart": {}}
    for name in other:
        found = _statuses(sample, asked & sample.types((name,)))
        if found["children"] >= SMALL:
            out["apart"][name] = found
    return out


def _statuses(sample: Sample, inside: Any) -> dict[str, Any]:
    """Shares of children by status; the record is the unit drawn, so siblings of one record count as one draw."""
    own = inside[sample.child_record] if len(sample.child_record) else np.zeros(0, dtype=bool)
    design = Design(sample.weights, sample.stratum, sample.sizes)

    def per_record(mask: Any) -> Any:
        return np.bincount(sample.child_record[mask], minlength=sample.size).astype(float)

    total = per_record(own)
    statuses = {}
    for code, name in enumerate(STATUSES):
        mask = own & (sample.child_status == code)
        found = share(per_record(mask), total, design)
        statuses[name] = {"children": int(np.sum(mask)), "share": None if found is None else found.to_dict()}
    wanting = own & np.isin(sample.child_status, [list(STATUSES).index(s) for s in _NOT_SEEN_ALONE])
    reason = share(per_record(wanting & sample.child_reason), per_record(wanting), design)
    asked = own & (sample.child_heard >= 0)
    unheard = share(per_record(asked & (sample.child_heard == HEARD.index("not_heard"))), per_record(asked), design)
    return {
        "records": int(np.sum(inside)),
        "children": int(np.sum(own)),
        "statuses": statuses,
        "reason_given": None if reason is None else reason.to_dict(),
        "not_heard": None if unheard is None else unheard.to_dict(),
    }


class Flags:
    """The case system's flags against the narratives: counts, and the list to put right before an Annex A return."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = dict.fromkeys(RECONCILIATIONS, 0)
        self.listed: list[dict[str, Any]] = []

    def add(self, row: Row, names: Names) -> None:
        """Count one record's children."""
        for child in row.children:
            if child.result is None:
                continue
            self.counts[child.result] += 1
            if child.result != AGREES and len(self.listed) < MAX_LISTED:
                self.listed.append(
                    {
                        "record": row.id,
                        "line": row.line,
                        "date": row.date,
                        "record_type": row.record_type,
                        "team": row.team,
                        "child": names.of("child", child.id) or f"child {child.place} of {child.of}",
                        "flags": dict(child.flags),
                        "status": child.status,
                        "companions": list(child.companions),
                        "result": child.result,
                        "reason_given": child.reason_given,
                        "refer": child.refer,
                    }
                )

    def figures(self) -> dict[str, Any]:
        """Counts by result and the list, what contradicts first."""
        gravity = {
            name: index for index, name in enumerate(("contradicted", "flag_only", "undetermined", "narrative_only"))
        }
        total = sum(self.counts.values())
        return {
            "children": total,
            "counts": self.counts,
            "discrepancies": sorted(self.listed, key=lambda one: gravity[one["result"]]),
            "not_listed": total - self.counts[AGREES] - len(self.listed),
        }


class NotJudged:
    """What the tool would not judge: by reason, and by dimension how often a person should decide."""

    def __init__(self) -> None:
        self.codes: Counter[str] = Counter()
        self.referred: Counter[str] = Counter()
        self.listed: list[dict[str, Any]] = []

    def add(self, row: Row) -> None:
        """Count one record."""
        why = {one.not_applicable for one in row.dimensions.values() if one.not_applicable}
        self.codes.update(why)
        self.referred.update(name for name, one in row.dimensions.items() if one.refer)
        if OUT_OF_DOMAIN in why and len(self.listed) < MAX_UNREAD:
            self.listed.append({"record": row.id, "line": row.line, "record_type": row.record_type, "words": row.words})

    def figures(self) -> dict[str, Any]:
        """Counts by code and dimension, and the records that are none of the tool's business."""
        return {"codes": dict(self.codes), "referred": dict(self.referred), "out_of_domain": self.listed}
