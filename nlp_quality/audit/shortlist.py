"""The few records a person should read: first of all, as good practice, and for moderation.

Chosen by figures alone. Their text is held only while the audit runs, for as many as may be shown; after a resumed stop the
few that were scored before it are scored again, so that no file ever had to keep what they say.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nlp_quality.audit.rows import Row, Scored
from nlp_quality.audit.sample import SEEN_TYPES
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES, MAX_LEVEL
from nlp_quality.types import ChildSeen, Scorecard

FIRST: Final = 10
GOOD: Final = 2  # of each dimension.
QUOTES: Final = 4  # spans shown of one dimension.
CONTRADICTED: Final = 4
IMPORTANT: Final = 3
UNCLEAR: Final = 2
ABSENT: Final = 2
LIMITED: Final = 1
_UNTOLD: Final = ("not_stated", "seen_unclear")

Reason = tuple[int, str]


@dataclass
class Shortlist:
    """The records of highest rank, with their scorecards where they were scored in this run.

    Attributes:
        size: how many are kept.
        rank: how much a record belongs here; 0 or less: not at all.
    """

    size: int
    rank: Callable[[Row], float]
    heap: list[tuple[float, int, Row, Scorecard | None]] = field(default_factory=list)

    def add(self, row: Row, card: Scorecard | None) -> None:
        """Offer a record; of equals the earlier one stays."""
        rank = self.rank(row)
        if rank <= 0:
            return
        entry = (rank, -row.position, row, card)
        if len(self.heap) < self.size:
            heapq.heappush(self.heap, entry)
        elif entry[:2] > self.heap[0][:2]:
            heapq.heapreplace(self.heap, entry)

    def best(self) -> list[tuple[Row, Scorecard | None]]:
        """The records kept, the highest rank first."""
        return [(row, card) for _, _, row, card in sorted(self.heap, key=lambda e: (-e[0], -e[1]))]

    def missing(self) -> set[int]:
        """Places of kept records whose scorecards are of an earlier run."""
        return {row.position for _, _, row, card in self.heap if card is None}

    def fill(self, cards: Mapping[int, Scorecard]) -> None:
        """Put the scorecards that were missing in their places."""
        self.heap = [(rank, at, row, card or cards.get(row.position)) for rank, at, row, card in self.heap]


def attention(row: Row) -> list[Reason]:
    """Why a person should read this record, each with its weight.

    What narrative and case system contradict counts most. Low levels count where the tool is sure of them, in visits and
    assessments, which are where a child is seen and a family is weighed.
    """
    out: list[Reason] = []
    if "seen_alone.form_contradicted" in row.important:
        out.append((CONTRADICTED, "The narrative contradicts a line of its own form about the child being seen."))
    if any(child.result == "contradicted" for child in row.children):
        out.append((CONTRADICTED, "The narrative contradicts the case system's flag for the child."))
    if any(code != "seen_alone.form_contradicted" for code in row.important):
        out.append((IMPORTANT, "There is an important finding."))
    if row.record_type not in SEEN_TYPES:
        return out
    untold = sum(child.status in _UNTOLD and not child.refer for child in row.children)
    if untold:
        out.append((UNCLEAR, "It cannot be told whether every child was seen, or seen alone."))
    for name, one in row.dimensions.items():
        if name == "seen_alone" or not _surely_low(one):
            continue
        weight = ABSENT if one.level == 0 else LIMITED
        out.append((weight, f"{DIMENSIONS[name]['title']}: {LEVEL_NAMES[one.level or 0]}."))
    return out


def _surely_low(one: Scored) -> bool:
    return one.level is not None and one.interval is not None and one.level <= 1 and one.interval[1] <= 1


def read_first() -> Shortlist:
    """The records to read first."""
    return Shortlist(FIRST, lambda row: sum(weight for weight, _ in attention(row)))


def good_practice(dimension: str) -> Shortlist:
    """Records that are surely strong in a dimension; of a contradicted record nothing is held up."""

    def rank(row: Row) -> float:
        one = row.dimensions[dimension]
        if one.level != MAX_LEVEL or one.refer or one.probabilities is None or row.important:
            return 0.0
        return one.probabilities[MAX_LEVEL]

    return Shortlist(GOOD, rank)


def shown(row: Row, card: Scorecard | None, named: Mapping[str, Any], *, quotes: bool) -> dict[str, Any]:
    """A record as the report shows it; without quotes no word of the record, and no name, is in it."""
    out: dict[str, Any] = {
        "record": row.id,
        "line": row.line,
        "record_type": row.record_type,
        "date": row.date,
        "team": row.team,
        "why": [reason for _, reason in sorted(attention(row), key=lambda r: -r[0])],
        "levels": {name: one.level for name, one in row.dimensions.items()},
        "refer": [name for name, one in row.dimensions.items() if one.refer],
        "children": [{"child": f"child {c.place} of {c.of}", "status": c.status} for c in row.children],
        **named,
    }
    if quotes and card is not None:
        out["dimensions"] = {name: _quoted(card, name) for name in card.dimensions}
        out["children"] = [
            {"child": child.child, "status": child.status}
            for child in card.dimensions["seen_alone"].children or ()
            if isinstance(child, ChildSeen)
        ]
        out["important"] = [
            {"message": f.message, "text": card.source_text[f.start : f.end]}
            for f in card.findings
            if f.severity == "important"
        ]
    return out


def _quoted(card: Scorecard, name: str) -> dict[str, Any]:
    score = card.dimensions[name]
    best = sorted(sorted(score.evidence, key=lambda e: -e.probability)[:QUOTES], key=lambda e: e.start)
    return {
        "reason": score.reason,
        "evidence": [{"label": item.label, "text": item.text} for item in best],
        "prompts": [prompt.message for prompt in score.prompts],
    }
