"""A child over time: `Timeline` takes in scored records in any order, `findings` reads each child's file through.

Contacts wait in a temporary database that SQLite keeps in memory while small and on disk when large, and deletes by itself: the
memory goes with the number of children, not of records. It holds no narrative.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final, TypeVar

from nlp_quality.audit.children import (
    LISTED,
    ChildrenSection,
    Claim,
    Copy,
    FlagDifference,
    Found,
    Gap,
    Life,
    Missed,
    Unheard,
)
from nlp_quality.audit.contacts import Contact, ScoredRow, contacts_from_row, contacts_of, family_of
from nlp_quality.audit.file_reading import (
    COPY_KINDS,
    copies_of,
    flag_differences_of,
    gaps_of,
    improvements_of,
    life_of,
    missed_of,
    unheard_of,
)
from nlp_quality.audit.visiting import HOLIDAYS, REGULATIONS, Interval
from nlp_quality.record import Record
from nlp_quality.types import Scorecard

T = TypeVar("T")
LIVES: Final = 200  # children whose whole file is shown.
CHILDHOOD: Final = timedelta(days=26 * 366)  # a record older than this is no child's any more: the date is wrong.


@dataclass(frozen=True, slots=True)
class Settings:
    """What the council decides.

    Attributes:
        intervals: plan -> the longest time between sightings; see `visiting.read_intervals`.
        as_at: the day up to which open gaps are counted; the latest date of the file when None, never a day to come.
        action_days: working days after a missed visit in which another record counts as something done.
        complete: false where the records are a sample of each child's file.
    """

    intervals: Mapping[str, Interval] = field(default_factory=lambda: REGULATIONS)
    as_at: date | None = None
    action_days: int = 5
    complete: bool = True


class Timeline:
    """Gathers contacts by family; close it, or use it in a `with`."""

    def __init__(self) -> None:
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.execute("create table contacts (child text, day integer, position integer, contact blob)")
        self._store.execute("begin")
        self._parent: dict[str, str] = {}
        self.undated = 0

    def __enter__(self) -> Timeline:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def add(self, position: int, line: int | None, record: Record, card: Scorecard) -> None:
        """Take in a record just scored."""
        self._add(record, contacts_of(position, line, record, card))

    def see(self, record: Record, row: ScoredRow) -> None:
        """Take in a record by what an audit has kept of it."""
        self._add(record, contacts_from_row(record, row))

    def files(self, latest: date) -> Iterator[list[list[Contact]]]:
        """Each family's children's files, a file in order of days; contacts after `latest` are left out and counted."""
        self._store.execute("create table if not exists families (child text primary key, family text)")
        pairs = ((key.partition("\0")[2], self._root(key)) for key in self._parent if key.startswith("child\0"))
        self._store.executemany("insert or replace into families values (?, ?)", pairs)
        first = (latest - CHILDHOOD).toordinal()
        rows = self._store.execute(
            "select family, child, contact from contacts join families using (child)"
            " where day between ? and ? order by family, child, day, position",
            (first, latest.toordinal()),
        )
        for _, family in groupby(rows, key=lambda row: row[0]):
            yield [
                [pickle.loads(row[2]) for row in file]  # noqa: S301  # made by `_add` in this process.
                for _, file in groupby(family, key=lambda row: row[1])
            ]

    def latest(self, today: date) -> date | None:
        """The latest day of a record that is not in the future; None where there is none."""
        found = self._store.execute("select max(day) from contacts where day <= ?", (today.toordinal(),)).fetchone()[0]
        return None if found is None else date.fromordinal(found)

    def outside(self, latest: date) -> int:
        """How many records have a date that cannot be right."""
        counted = "select count(distinct position) from contacts where day not between ? and ?"
        return int(self._store.execute(counted, ((latest - CHILDHOOD).toordinal(), latest.toordinal())).fetchone()[0])

    def _add(self, record: Record, contacts: Sequence[Contact]) -> None:
        if not contacts:
            self.undated += 1
            return
        keys = [*family_of(record), *(f"child\0{one.child}" for one in contacts)]
        roots = [self._root(key) for key in keys]
        for root in roots[1:]:
            self._parent[max(roots[0], root)] = roots[0] = min(roots[0], root)
        self._store.executemany(
            "insert into contacts values (?, ?, ?, ?)",
            [(one.child, one.day.toordinal(), one.position, pickle.dumps(one)) for one in contacts],
        )

    def _root(self, key: str) -> str:
        self._parent.setdefault(key, key)
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key


def findings(timeline: Timeline, settings: Settings | None = None, *, today: date | None = None) -> ChildrenSection:
    """Everything that the files of all children show over time.

    Args:
        today: later dates are mistakes; the day of the computer's clock when None.
    """
    settings = settings or Settings()
    as_at = settings.as_at or timeline.latest(today or date.today())
    kinds = _Kinds()
    children = records = never_alone = 0
    lives: list[tuple[tuple[int, ...], Life]] = []
    for family in timeline.files(as_at) if as_at is not None else ():
        kinds.copies.extend(copies_of(family))
        for file in family:
            children += 1
            records += sum(one.own for one in file)
            if not settings.complete or as_at is None:
                continue
            never_alone += not any(one.alone for one in file)
            grave = kinds.read(file, settings, as_at)
            if any(grave):
                lives.append((tuple(-n for n in grave), life_of(file, as_at)))
                lives.sort(key=lambda pair: (pair[0], pair[1].child))
                del lives[LIVES:]
    return ChildrenSection(
        as_at=as_at,
        complete=settings.complete,
        children=children,
        records=records,
        undated=timeline.undated + (0 if as_at is None else timeline.outside(as_at)),
        never_seen_alone=never_alone,
        intervals={
            plan: asdict(interval) | {"words": interval.words()} for plan, interval in settings.intervals.items()
        },
        gaps=_found(kinds.gaps, key=lambda g: (g.verdict != "over", -g.days, g.child)),
        unjudged=_found(kinds.unjudged, key=lambda g: (-g.days, g.child)),
        missed=_found(kinds.missed, key=lambda m: (m.next_seen is not None, -m.working_days, m.child)),
        improvements=_found(kinds.improvements, key=lambda c: (-c.earlier, c.child, c.day)),
        copies=_found(kinds.copies, key=lambda c: (COPY_KINDS.index(c.kind), -c.resemblance, c.child)),
        unheard=_found(kinds.unheard, key=lambda u: (-u.records, u.child)),
        flags=_found(kinds.flags, key=lambda f: (f.flag, f.child)),
        lives=tuple(life for _, life in lives),
        notes=_notes(settings),
    )


@dataclass
class _Kinds:
    """The findings so far, by kind."""

    gaps: list[Gap] = field(default_factory=list)
    unjudged: list[Gap] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    improvements: list[Claim] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    unheard: list[Unheard] = field(default_factory=list)
    flags: list[FlagDifference] = field(default_factory=list)

    def read(self, file: Sequence[Contact], settings: Settings, as_at: date) -> tuple[int, ...]:
        """Read one child's file; how many findings of each kind it gives, the gravest kind first."""
        gaps = gaps_of(file, settings.intervals, as_at)
        long = [gap for gap in gaps if gap.verdict in ("over", "over_unless")]
        unjudged = [gap for gap in gaps if gap.verdict == "not_judged"]
        missed = missed_of(file, as_at, settings.action_days)
        undone = [one for one in missed if one.action == "none" or one.next_seen is None]
        improvements = improvements_of(file)
        unheard, flags = unheard_of(file), flag_differences_of(file)
        self.gaps.extend(long)
        self.unjudged.extend(sorted(unjudged, key=lambda gap: -gap.days)[:1])
        self.missed.extend(undone)
        self.improvements.extend(improvements)
        self.unheard.extend(unheard)
        self.flags.extend(flags)
        return len(long), len(undone), len(improvements), len(unheard), len(flags)


def _found(values: list[T], *, key: Callable[[T], Any]) -> Found[T]:
    return Found(len(values), tuple(sorted(values, key=key)[:LISTED]))


def _notes(settings: Settings) -> tuple[str, ...]:
    if not settings.complete:
        return (
            "The records are a sample, so nothing is said of when a child was last seen, of gaps or of what followed: "
            "what is missing here may be in the records that were not drawn. Audit all records of the children for that.",
        )
    return (
        "A child counts as seen by a visit, an assessment or a note that says so; what is said at a meeting or in supervision "
        "is no sighting. A visit that was made and not recorded, or not exported, is a gap here.",
        f"{HOLIDAYS} Intervals in days and weeks count every day, as the regulations do.",
        f"After a visit at which the child was not seen, a plan in its own record, or any record of the child within "
        f"{settings.action_days} working days, counts as something done. That number is a setting, not a rule.",
        "An improvement counts as borne out as soon as one earlier record speaks to change or to a strength in the parenting; "
        "whether change lasted is for the reader.",
    )
