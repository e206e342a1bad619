"""A plausible council: texts of the corpus's test split, dealt out to teams and workers, with facts planted on purpose.

`GoldScorer` gives each text its labelled levels and statuses, so a planted fact is known and nothing costs time; what the
real reader makes of a text is tested elsewhere.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from nlp_quality import Record, corpus
from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.reconciliation import reconcile
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES
from nlp_quality.types import (
    ChildHeard,
    ChildSeen,
    DimensionScore,
    Evidence,
    Finding,
    ModelInfo,
    NotApplicable,
    Prompt,
    Scorecard,
)

TEAMS = ("Harbour", "Moor", "Valley", "Weir")
START = date(2025, 1, 6)
DAYS = 350
MODEL = ModelInfo("gold", "1", "f" * 64)
NULL = NotApplicable("no_parent_or_carer", "No parent or family carer is in the picture in this record.")


@cache
def texts() -> tuple[Labelled, ...]:
    return tuple(row for row in corpus.read("test") if all(name in row.levels for name in DIMENSIONS))


def council(
    size: int = 400, *, seed: int = 3, improves: str | None = None, generous: str | None = None, graded: int = 0
) -> list[dict]:
    """Records as JSON objects, dealt out at random but for what is planted.

    Args:
        improves: a team whose records of the later half year are drawn from the well analysed ones.
        generous: an auditor who grades a level and a half above the label where there is room.
        graded: how many records auditors grade; the others grade as labelled, with an error now and then.
    """
    draw = random.Random(seed)  # noqa: S311  # a made-up council, no secret.
    out = []
    for number in range(size):
        team = TEAMS[number % len(TEAMS)]
        day = START + timedelta(days=draw.randrange(DAYS))
        pool = list(texts())
        if team == improves:
            late = day > START + timedelta(days=DAYS // 2)
            pool = [row for row in pool if (row.levels["analysis"] or 0) >= (2 if late else 0)]
            pool = pool if late else [row for row in pool if (row.levels["analysis"] or 0) <= 1]
        row = draw.choice(pool)
        context = {
            "team": team,
            "worker": f"{team} worker {draw.randrange(4)}",
            "child_id": f"C{draw.randrange(size // 3):04d}",
            "date": day.isoformat(),
            "plan": draw.choice(("cin", "cp", "cla")),
        }
        if number < graded:
            auditor = ("Asha", "Bryn", "Cerys")[number % 3]
            context["auditor"] = auditor
            for name in DIMENSIONS:
                level = row.levels[name]
                if level is None:
                    continue
                if auditor == generous:
                    level = min(3, level + draw.choice((1, 2)))
                elif draw.random() < 0.15:
                    level = min(3, max(0, level + draw.choice((-1, 1))))
                context[f"grade.{name}"] = ("Inadequate", "Requires improvement", "Good", "Outstanding")[level]
        people = [{"name": p.name, "role": p.role, "age": p.age} for p in row.record.people or ()]
        out.append(
            {
                "id": f"R{number:05d}",
                "text": row.record.text + f"\n\nRef {number}.",
                "record_type": row.record.record_type,
                "people": people,
                "context": context,
            }
        )
    return out


def write(rows: Iterable[dict], path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class GoldScorer:
    """Scores a text of the council with its labels; anything else is out of domain."""

    def __init__(self, *, stop_after: int | None = None, measured: dict | None = None) -> None:
        self.by_text = {row.record.text: row for row in texts()}
        self.scored: list[str | None] = []
        self.stop_after = stop_after
        self._measured = measured if measured is not None else {"test": {"records": {"levels": errors(0)}}}
        self.model = MODEL

    def describe(self) -> dict:
        return {
            "name": "gold",
            "version": "1",
            "sha256": MODEL.sha256,
            "notice": None,
            "limits": ["The labels themselves: for tests."],
            "evaluation": None,
        }

    def measured(self) -> dict:
        return self._measured

    def score_many(self, records: Iterable[Record]) -> Iterator[Scorecard]:
        return (self.score(record) for record in records)

    def score(self, record: Record) -> Scorecard:
        if self.stop_after is not None and len(self.scored) >= self.stop_after:
            raise KeyboardInterrupt
        self.scored.append(record.id)
        row = self.by_text.get(record.text.rpartition("\n\nRef ")[0])
        known = SimpleNamespace(levels={}, seen=()) if row is None else row
        first = record.text.split("\n")[0][:200]
        scores = {name: self._dimension(name, known, record, first) for name in DIMENSIONS}
        contradicted = "CONTRADICTED" in record.text
        findings = (
            (
                Finding(
                    0, len(first), "seen_alone", "seen_alone.form_contradicted", "important", "The form says otherwise."
                ),
            )
            if contradicted
            else ()
        )
        return Scorecard(
            id=record.id,
            scheme="1.0",
            model=MODEL,
            dimensions=scores,
            sentences=(),
            findings=findings,
            text=None,
            source_text=record.text,
            context=record.context,
        )

    def _dimension(self, name: str, row, record: Record, first: str) -> DimensionScore:
        level = row.levels.get(name)
        children = None
        if name == "seen_alone":
            children = tuple(_seen(entry, record) for entry in row.seen)
        elif name == "child_voice":
            children = tuple(ChildHeard(entry["child"], None, "words" if level else "not_heard") for entry in row.seen)
        if level is None:
            unread = not row.levels
            why = NotApplicable("out_of_domain", "A person should judge.") if unread else NULL
            return DimensionScore(None, None, None, None, None, unread, why, why.message, children=children)
        shares = tuple(0.85 if place == level else 0.05 for place in range(4))
        evidence = (Evidence(0, len(first), first, "description", 0.9),) if level else ()
        prompts = () if level == 3 else (Prompt(f"{name}.more", "What would the child say?"),)
        low, high = level, min(3, level + (1 if level == 2 else 0))
        return DimensionScore(
            level,
            LEVEL_NAMES[level],
            100 * level / 3,
            shares,
            (low, high),
            False,
            None,
            "A reason.",
            evidence,
            prompts,
            children,
        )


def _seen(entry: dict, record: Record) -> ChildSeen:
    person = next((p for p in record.people or () if p.name == entry["child"]), None)
    held = reconcile(
        entry["status"],
        person.flags if person is not None and person.flags else record.flags,
        reason_given=False,
        companions=entry.get("companions", ()),
    )
    companions = tuple(entry.get("companions", ()))
    return ChildSeen(entry["child"], None, entry["status"], companions, None, 0.95, False, held)


def errors(bias: int, n: int = 180) -> dict:
    """Levels of a metrics file whose tool errs by `bias` levels below the label (0: as often above as below)."""
    out = {}
    for name in DIMENSIONS:
        counts = [[0] * 4 for _ in range(4)]
        for index in range(n):
            truth = index % 4
            found = min(3, max(0, truth - bias)) if bias else min(3, max(0, truth + (0, 0, 0, 1, -1)[index % 5]))
            counts[truth][found] += 1
        out[name] = {"confusion": counts}
    return out
