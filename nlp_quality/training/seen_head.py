"""How much the trained model's status of a child weighs against the rules' own: fitted on texts neither was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.linear_model import LogisticRegression

from nlp_quality import seen_status
from nlp_quality.scheme import STATUSES
from nlp_quality.training import data
from nlp_quality.types import ParsedRecord


def fit(items: Sequence[tuple[data.Read, ParsedRecord]]) -> dict[str, Any]:
    """The head of `seen_status.weighed` as plain data, from records labelled by the model but not yet weighed."""
    given, wanted = [], []
    for item, parsed in items:
        readings = {reading.child: reading for reading in parsed.seen}
        for child, entry in data.children(item):
            given.append(seen_status.evidence_of(parsed, readings[child]))
            wanted.append(list(STATUSES).index(entry["status"]))
    found = LogisticRegression(max_iter=2000).fit(given, wanted)
    return {
        "weights": [[round(float(w), 5) for w in row] for row in found.coef_],
        "intercepts": [round(float(b), 5) for b in found.intercept_],
    }
