"""What is found in children's files over time: plain values, each with a reason and the records it rests on.

`ChildrenSection` is the part `children` of `audit.json` and what the template `children.html` shows. No value holds narrative.
A reason says what the file shows; whether it was so in life, and whether it mattered, a person finds out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

LISTED: Final = 500  # findings of one kind in a report; the count goes on.


@dataclass(frozen=True, slots=True)
class Source:
    """A record a finding rests on: the caller's identifier, its line in the input where known, and its day."""

    record: str | None
    line: int | None
    day: date


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which no record says that the child was seen.

    Attributes:
        kind: `between` two sightings; `open` from the last sighting to the end of the file; `never` seen in any record.
        start, end: its first and last day.
        verdict: of `visiting.Verdict`.
        silent: records of visits in between that do not say whether the child was seen, or which of the children was.
        missed: visits in between at which the child was not seen.
    """

    child: str
    plan: str | None
    kind: str
    start: date
    end: date
    days: int
    working_days: int
    verdict: str
    silent: int
    missed: int
    sources: tuple[Source, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A visit at which the child was not seen.

    Attributes:
        action: `planned` in the record of the visit, `later_record` within the days set, or `none`.
        next_seen: the day the child was next seen; None where the file has none.
        working_days: until then, or until the end of the file.
    """

    child: str
    day: date
    action: str
    next_seen: date | None
    working_days: int
    sources: tuple[Source, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A record that says parenting has improved, and what stands before it in the child's file.

    Attributes:
        earlier: records before that day.
        speaking: earlier days with a record that speaks to change or to a strength.
    """

    child: str
    day: date
    earlier: int
    speaking: int
    sources: tuple[Source, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Two records of one family that are nearly the same text.

    Attributes:
        kind: `earlier` record of the same child; `same_day` on the same child's file; `sibling` on another child's file, of
            another day; `joint` the same day on a brother's or sister's file, as one visit written up for both.
        resemblance: share of runs of words the two have in common, names taken out.
    """

    child: str
    other: str
    kind: str
    resemblance: float
    sources: tuple[Source, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Unheard:
    """The child is not heard in any of the latest visits and assessments."""

    child: str
    since: date
    records: int
    last_heard: date | None
    sources: tuple[Source, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class FlagDifference:
    """The latest day the case system has a child seen, or seen alone, and the latest day the narratives have.

    Attributes:
        flag: `seen` or `seen_alone`.
        by_flags, by_narrative: the latest day by each; None where there is none.
    """

    child: str
    flag: str
    by_flags: date | None
    by_narrative: date | None
    sources: tuple[Source, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Life:
    """One child's file at a glance, for those with a finding.

    Attributes:
        voice: day -> how the child was heard, of the records that could hold it, oldest first.
    """

    child: str
    plan: str | None
    records: int
    first: date
    last: date
    last_seen: date | None
    last_seen_alone: date | None
    days_since_seen: int | None
    days_since_seen_alone: int | None
    longest_gap: int | None
    voice: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """The findings of one kind: the gravest `LISTED` of them, and how many there are."""

    total: int
    listed: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class ChildrenSection:
    """Everything found over time.

    Attributes:
        as_at: the day up to which open gaps are counted.
        complete: false where the records are a sample: then nothing is said of time, since what is missing may be in the rest.
        undated: records left out for want of a child or a date, or with a date that cannot be right.
        intervals: plan -> the interval in force and who sets it.
        gaps: those longer than the interval of the child's plan.
        unjudged: the longest gap of each child whose plan has no interval: shown, not judged.
        improvements: claims with nothing before them that speaks to change.
        notes: what a reader has to know, a sentence each.
    """

    as_at: date | None
    complete: bool
    children: int
    records: int
    undated: int
    never_seen_alone: int
    intervals: Mapping[str, Mapping[str, Any]]
    gaps: Found[Gap]
    unjudged: Found[Gap]
    missed: Found[Missed]
    improvements: Found[Claim]
    copies: Found[Copy]
    unheard: Found[Unheard]
    flags: Found[FlagDifference]
    lives: tuple[Life, ...]
    notes: tuple[str, ...]

    def to_dict(self, shown: Callable[[str], str] = str) -> dict[str, Any]:
        """As plain data for `audit.json`; `shown` says how a child's identifier may be shown."""
        return dict(_plain(asdict(self), shown))

    def tables(self, shown: Callable[[str], str] = str) -> Iterator[tuple[str, list[str], list[list[Any]]]]:
        """Each kind of finding as a sheet: title, heads, rows."""
        whole = self.to_dict(shown)
        for name, title in TITLES.items():
            listed = whole[name]["listed"]
            if listed:
                heads = [head for head in listed[0] if head != "sources"]
                rows = [[*(one[head] for head in heads), _places(one["sources"])] for one in listed]
                yield title, [*(head.replace("_", " ") for head in heads), "records"], rows


TITLES: Final[Mapping[str, str]] = {
    "gaps": "Children not seen",
    "unjudged": "Longest gaps, not judged",
    "missed": "Visits not seen",
    "improvements": "Improvement claimed",
    "copies": "Near-copies",
    "unheard": "Children not heard",
    "flags": "Annex A differences",
}
_CHILD_FIELDS: Final = ("child", "other")


def _plain(value: Any, shown: Callable[[str], str], name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(entry, shown, key) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry, shown) for entry in value]
    if isinstance(value, date):
        return value.isoformat()
    return shown(value) if name in _CHILD_FIELDS and isinstance(value, str) else value


def _places(sources: list[Mapping[str, Any]]) -> str:
    return "; ".join(str(one["record"] or f"line {one['line']}") for one in sources)
