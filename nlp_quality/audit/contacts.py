"""One scored record as a child's timeline needs it: days, statuses and signs, no text and no name.

`contacts_of` makes them from a record and its scorecard, `contacts_from_row` from what an audit has kept of a record it scored
before a stop. A record on one child's file that sees a brother too is a contact of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from nlp_quality.audit.copies import sketch_of
from nlp_quality.audit.signs import signs_of
from nlp_quality.audit.visiting import plan_of
from nlp_quality.record import Record
from nlp_quality.types import ChildHeard, ChildSeen, Scorecard

# What is said at a meeting or in supervision is of other contacts: it is never itself a sighting.
SIGHTING_TYPES: Final = ("visit", "assessment", "case_note", "other")
SEEN: Final = ("seen_alone", "seen_not_alone", "seen_unclear")
FAMILY: Final = ("family_id", "household_id")  # columns that say which children are one family.


@dataclass(frozen=True, slots=True)
class Contact:
    """One record in one child's life.

    Attributes:
        child: the caller's identifier of the child.
        position: of the record in the input, counted from 0.
        own: true on the file of this child; false where a brother's or sister's record names the child.
        plan: as `visiting.plan_of` has it; known on the child's own file only.
        status: one of `scheme.STATUSES`; None where it cannot be told which of the record's children this one is.
        refer: a person should judge that status.
        heard: one of `scheme.HEARD`; None where that does not apply or cannot be told.
        flags, result: `seen` and `seen_alone` as the case system holds them, and `scheme.RECONCILIATIONS`.
        signs: of the record, of `signs.SIGNS`.
        sketch: of the record's text, on the child's own file; None where it is too short.
    """

    child: str
    position: int
    line: int | None
    record: str | None
    record_type: str
    day: date
    own: bool
    plan: str | None
    status: str | None
    refer: bool
    heard: str | None
    flags: Mapping[str, str] = field(default_factory=dict)
    result: str | None = None
    signs: tuple[str, ...] = ()
    sketch: bytes | None = None

    @property
    def seen(self) -> bool:
        """The writer saw the child, by what the record says."""
        return self.status in SEEN and self.record_type in SIGHTING_TYPES

    @property
    def alone(self) -> bool:
        """The writer saw the child alone."""
        return self.status == "seen_alone" and self.record_type in SIGHTING_TYPES

    @property
    def missed(self) -> bool:
        """A visit at which the child was not seen: a note of a telephone call is none, a note of an unanswered door is."""
        at_the_door = self.record_type == "visit" or (self.record_type == "case_note" and "attempt" in self.signs)
        return self.status == "not_seen" and at_the_door


class ScoredChild(Protocol):
    """One child of a scored record, as an audit keeps it."""

    @property
    def id(self) -> str | None:
        """The caller's identifier."""

    @property
    def status(self) -> str:
        """One of `scheme.STATUSES`."""

    @property
    def refer(self) -> bool:
        """A person should judge the status."""

    @property
    def heard(self) -> str | None:
        """One of `scheme.HEARD`."""

    @property
    def flags(self) -> Mapping[str, str]:
        """The case system's flags."""

    @property
    def result(self) -> str | None:
        """The flags against the narrative."""


class ScoredRow(Protocol):
    """What an audit keeps of a scored record."""

    @property
    def position(self) -> int:
        """Place in the input, counted from 0."""

    @property
    def line(self) -> int | None:
        """Line of the input."""

    @property
    def date(self) -> str | None:
        """ISO 8601 day."""

    @property
    def children(self) -> Sequence[ScoredChild]:
        """The record's children."""

    @property
    def signs(self) -> Sequence[str]:
        """`signs.signs_of` its scorecard."""


@dataclass(frozen=True, slots=True)
class _Child:
    id: str | None
    status: str
    refer: bool
    heard: str | None
    flags: Mapping[str, str]
    result: str | None


def contacts_of(position: int, line: int | None, record: Record, card: Scorecard) -> tuple[Contact, ...]:
    """The contacts of a record just scored; none without a `child_id` or a date that can be read."""
    return _contacts(
        position, line, record, _day(record.context.get("date")), tuple(_children(record, card)), signs_of(card)
    )


def contacts_from_row(record: Record, row: ScoredRow) -> tuple[Contact, ...]:
    """The same from what an audit has kept."""
    day = None if row.date is None else date.fromisoformat(row.date)
    return _contacts(row.position, row.line, record, day, row.children, tuple(row.signs))


def family_of(record: Record) -> tuple[str, ...]:
    """What binds a family together: identifiers of its children, and the columns of `FAMILY`, each under its own prefix."""
    own = record.context.get("child_id", "").strip()
    children = {p.id for p in record.people or () if p.role == "child" and p.id} | ({own} if own else set())
    named = [f"{name}\0{value}" for name in FAMILY if (value := record.context.get(name, "").strip())]
    return (*(f"child\0{child}" for child in sorted(children)), *named)


def _contacts(
    position: int,
    line: int | None,
    record: Record,
    day: date | None,
    children: Sequence[ScoredChild],
    signs: tuple[str, ...],
) -> tuple[Contact, ...]:
    own = record.context.get("child_id", "").strip()
    if not own or day is None:
        return ()
    known = {child.id: child for child in children if child.id is not None}
    if own not in known:
        unnamed = [child for child in children if child.id is None]
        statuses = {child.status for child in unnamed}
        whole = unnamed[0] if len(children) == len(unnamed) == 1 else None
        # Children who all have one status need not be told apart.
        known[own] = whole or _Child(
            own, statuses.pop() if len(statuses) == 1 else "", any(c.refer for c in unnamed), None, {}, None
        )
    sketch = sketch_of(record)
    return tuple(
        Contact(
            child=child,
            position=position,
            line=line,
            record=record.id,
            record_type=record.record_type,
            day=day,
            own=child == own,
            plan=plan_of(record.context.get("plan")) if child == own else None,
            status=one.status or None,
            refer=one.refer,
            heard=one.heard,
            flags=one.flags,
            result=one.result,
            signs=signs,
            sketch=sketch if child == own else None,
        )
        for child, one in known.items()
        if child is not None
    )


def _children(record: Record, card: Scorecard) -> Iterator[_Child]:
    seen = [c for c in card.dimensions["seen_alone"].children or () if isinstance(c, ChildSeen)]
    heard = {c.child: c.heard for c in card.dimensions["child_voice"].children or () if isinstance(c, ChildHeard)}
    held = {person.name: person.flags for person in record.people or () if person.role == "child"}
    for child in seen:
        flags = held.get(child.child) or record.flags or {}
        yield _Child(
            child.id,
            child.status,
            child.refer,
            heard.get(child.child),
            flags if child.reconciliation is not None else {},
            None if child.reconciliation is None else child.reconciliation.result,
        )


def _day(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat((text or "").strip()).date()
    except ValueError:
        return None
