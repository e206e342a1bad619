"""What an audit keeps of a scored record: figures, codes and the context it groups by. No text, no reason, no name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final

from nlp_quality.audit.intake import read_date
from nlp_quality.audit.sampling import NOT_GIVEN, Stratum
from nlp_quality.audit.signs import signs_of
from nlp_quality.record import Record
from nlp_quality.scheme import DIMENSIONS
from nlp_quality.types import ChildHeard, ChildSeen, DimensionScore, Scorecard

# The bands of the Department for Education's children in need and looked-after statistics.
AGE_BANDS: Final = ((1, "under 1"), (5, "1 to 4"), (10, "5 to 9"), (16, "10 to 15"), (200, "16 and over"))
SEVERAL_BANDS: Final = "several ages"
CHILD_AGE_LIMIT: Final = 26  # years; a column `age` above it is not a child's.


@dataclass(frozen=True, slots=True)
class Scored:
    """One dimension of a record, without evidence."""

    level: int | None
    score: float | None
    probabilities: tuple[float, ...] | None
    interval: tuple[int, int] | None
    refer: bool
    not_applicable: str | None
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Child:
    """One child of a record: status, and the case system's flag held against it.

    Attributes:
        id: the caller's identifier, or `child_id` where the record has one child; None where neither is known.
        place: which child of the record, counted from 1, of `of`.
        heard: the best way the child is heard, one of `scheme.HEARD`; None where that does not apply.
        flags: `seen` and `seen_alone` as the case system holds them.
    """

    id: str | None
    place: int
    of: int
    status: str
    companions: tuple[str, ...]
    reason_given: bool
    probability: float
    refer: bool
    heard: str | None
    flags: Mapping[str, str]
    result: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the sample.

    Attributes:
        position: its place in the input, counted from 0, bad rows included.
        line: the line or row of the input, counted from 1, where known.
        digest: of the text, to match feedback and to tell that the input is still the same.
        date: ISO 8601 day; None where none was given, or it cannot be read.
        grades: dimension -> the auditor's grade as written.
        important, praise: codes of findings of that severity, as in `seen_alone.form_contradicted`.
        signs: what the record shows that matters over time, for whoever follows a child.
    """

    position: int
    line: int | None
    id: str | None
    digest: str
    record_type: str
    stratum: Stratum
    team: str
    worker: str | None
    child_id: str | None
    date: str | None
    plan: str | None
    age_band: str
    auditor: str | None
    auditor_group: str | None
    audit_grade: str | None
    grades: Mapping[str, str]
    words: int
    dimensions: Mapping[str, Scored]
    children: tuple[Child, ...]
    important: tuple[str, ...]
    praise: tuple[str, ...]
    signs: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for the work file."""
        return asdict(self)


def row_of(position: int, line: int | None, record: Record, card: Scorecard, stratum: Stratum) -> Row:
    """What is kept of a record and its scorecard."""
    context = {name: value.strip() for name, value in record.context.items() if value.strip()}
    day = read_date(context["date"]) if "date" in context else None
    return Row(
        position=position,
        line=line,
        id=record.id,
        digest=hashlib.sha256(card.source_text.encode()).hexdigest(),
        record_type=record.record_type,
        stratum=stratum,
        team=context.get("team", NOT_GIVEN),
        worker=context.get("worker"),
        child_id=context.get("child_id"),
        date=None if day is None else day.isoformat(),
        plan=context.get("plan"),
        age_band=age_band(record),
        auditor=context.get("auditor"),
        auditor_group=context.get("auditor_group"),
        audit_grade=context.get("audit_grade"),
        grades={name: context[f"grade.{name}"] for name in DIMENSIONS if f"grade.{name}" in context},
        words=len(card.source_text.split()),
        dimensions={name: _scored(score) for name, score in card.dimensions.items()},
        children=_children(record, card),
        important=tuple(f.code for f in card.findings if f.severity == "important"),
        praise=tuple(f.code for f in card.findings if f.severity == "praise"),
        signs=signs_of(card),
    )


def from_dict(value: Mapping[str, Any]) -> Row:
    """The row that `to_dict` wrote."""
    known = {f.name: value[f.name] for f in fields(Row)}
    known |= {
        "stratum": tuple(value["stratum"]),
        "important": tuple(value["important"]),
        "praise": tuple(value["praise"]),
        "signs": tuple(value["signs"]),
        "dimensions": {name: Scored(**_tuples(one)) for name, one in value["dimensions"].items()},
        "children": tuple(Child(**_tuples(one)) for one in value["children"]),
    }
    return Row(**known)


def age_band(record: Record) -> str:
    """The age band of the record's child; `several ages` where its children are in more than one.

    The child of `context.child_id` counts alone where `people` names them; a column `age` counts where `people` gives none.
    """
    children = [p for p in record.people or () if p.role == "child" and p.age is not None]
    own = [p for p in children if p.id is not None and p.id == record.context.get("child_id")]
    ages = [p.age for p in own or children if p.age is not None]
    if not ages:
        try:
            ages = [float(record.context.get("age", ""))]
        except ValueError:
            return NOT_GIVEN
        if not 0 <= ages[0] < CHILD_AGE_LIMIT:
            return NOT_GIVEN
    bands = {next(name for limit, name in AGE_BANDS if age < limit) for age in ages}
    return bands.pop() if len(bands) == 1 else SEVERAL_BANDS


def day_of(row: Row) -> date | None:
    """The day of a row."""
    return None if row.date is None else date.fromisoformat(row.date)


def _scored(score: DimensionScore) -> Scored:
    return Scored(
        level=score.level,
        score=score.score,
        probabilities=score.probabilities,
        interval=score.interval,
        refer=score.refer,
        not_applicable=None if score.not_applicable is None else score.not_applicable.code,
        prompts=tuple(prompt.code for prompt in score.prompts),
    )


def _children(record: Record, card: Scorecard) -> tuple[Child, ...]:
    unborn = {p.name for p in record.people or () if p.unborn}
    found = [c for c in card.dimensions["seen_alone"].children or () if isinstance(c, ChildSeen)]
    seen = [c for c in found if c.child not in unborn]
    heard = {c.child: c.heard for c in card.dimensions["child_voice"].children or () if isinstance(c, ChildHeard)}
    held = {p.name: p for p in record.people or () if p.role == "child"}
    out = []
    for place, child in enumerate(seen, start=1):
        person = held.get(child.child)
        flags = (person.flags if person is not None else None) or record.flags or {}
        out.append(
            Child(
                id=child.id or (record.context.get("child_id") if len(seen) == 1 else None),
                place=place,
                of=len(seen),
                status=child.status,
                companions=child.companions,
                reason_given=child.reason is not None
                or bool(child.reconciliation and child.reconciliation.reason_given),
                probability=child.probability,
                refer=child.refer,
                heard=heard.get(child.child),
                flags=dict(flags) if child.reconciliation is not None else {},
                result=None if child.reconciliation is None else child.reconciliation.result,
            )
        )
    return tuple(out)


def _tuples(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(entry) if isinstance(entry, list) else entry for name, entry in value.items()}
