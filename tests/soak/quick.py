"""A scorer that is quick and gives each record's own words back, so that results can be told apart."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from nlp_quality.record import Record
from nlp_quality.scheme import DIMENSIONS, SCHEME_VERSION
from nlp_quality.steps import Steps, straight
from nlp_quality.types import ChildSeen, DimensionScore, Evidence, ModelInfo, Scorecard


class Quick:
    """Every dimension is sound, the whole text its evidence; the first person named was seen alone.

    Attributes:
        seconds: how long a record takes.
    """

    model = ModelInfo(name="quick", version="1", sha256="0" * 64)

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.scored: list[str | None] = []

    def describe(self) -> Mapping[str, Any]:
        return {"name": "quick", "version": "1", "sha256": "0" * 64}

    def score(self, record: Record, *, steps: Steps = straight) -> Scorecard:
        time.sleep(self.seconds)
        self.scored.append(record.id)
        evidence = (Evidence(0, len(record.text), record.text, "seen_alone", 0.9),)
        people = record.people or ()
        seen = tuple(ChildSeen(one.name, one.id, "seen_alone", (), None, 0.9, False, None, evidence) for one in people)
        sound = {
            name: DimensionScore(
                level=2,
                name="sound",
                score=60.0,
                probabilities=(0.1, 0.1, 0.7, 0.1),
                interval=(2, 2),
                refer=False,
                not_applicable=None,
                reason="It is clear.",
                evidence=evidence,
                children=seen if name == "seen_alone" else None,
            )
            for name in DIMENSIONS
        }
        return Scorecard(
            id=record.id,
            scheme=SCHEME_VERSION,
            model=self.model,
            dimensions=sound,
            sentences=(),
            findings=(),
            text=None,
            source_text=record.text,
            context=record.context,
        )
