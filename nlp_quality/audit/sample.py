"""The scored sample as columns: what every estimate is made from, some 40 bytes a record and no text."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np

from nlp_quality.audit.rows import Row
from nlp_quality.audit.sampling import Part, Stratum
from nlp_quality.scheme import DIMENSIONS, HEARD, STATUSES

NO_LEVEL: Final = -1
UNDATED: Final = 0
# What a visiting worker could have done differently: the headline of who was seen is of these alone.
SEEN_TYPES: Final = ("visit", "assessment")


@dataclass
class Coded:
    """A column of words as numbers, and the words."""

    words: list[str] = field(default_factory=list)
    codes: array[int] = field(default_factory=lambda: array("i"))
    places: dict[str, int] = field(default_factory=dict)

    def add(self, word: str) -> None:
        """Append one value."""
        place = self.places.get(word)
        if place is None:
            place = self.places[word] = len(self.words)
            self.words.append(word)
        self.codes.append(place)

    def mask(self, word: str) -> Any:
        """Where the column has that word."""
        return np.asarray(self.codes) == self.places.get(word, -1)


@dataclass(frozen=True, slots=True)
class Sample:
    """Columns over the scored records, in order, and over their children.

    Attributes:
        levels: dimension -> (n,) int8, -1 where the level is null.
        refer: dimension -> (n,) bool.
        stratum: (n,) index into `sizes`.
        sizes: (strata,) records of each stratum in the input.
        weights: (n,) how many records of the input each stands for: N_h / n_h.
        columns: `team`, `record_type`, `age_band`, `plan` as coded words.
        days: (n,) ordinal of the date, 0 where there is none.
        child_record: (children,) index of the child's record.
        child_status, child_heard: (children,) index into `scheme.STATUSES`, `scheme.HEARD` (-1: does not apply).
        child_reason: (children,) whether the narrative says why the child was not seen or not alone.
    """

    levels: Mapping[str, Any]
    refer: Mapping[str, Any]
    stratum: Any
    sizes: Any
    weights: Any
    columns: Mapping[str, Coded]
    days: Any
    child_record: Any
    child_status: Any
    child_heard: Any
    child_reason: Any

    @property
    def size(self) -> int:
        """How many records were scored."""
        return len(self.weights)

    def types(self, wanted: Sequence[str]) -> Any:
        """Where the record is of one of those types."""
        return np.isin(
            self.columns["record_type"].codes, [self.columns["record_type"].places.get(t, -1) for t in wanted]
        )

    def span(self) -> tuple[date, date] | None:
        """The first and last day of the records; None where none has a date."""
        known = self.days[self.days > UNDATED]
        return None if not len(known) else (date.fromordinal(int(known.min())), date.fromordinal(int(known.max())))


def sample_of(rows: Iterable[Row], parts: Sequence[Part]) -> Sample:
    """The columns of `rows`, weighted by how many records of each stratum were in fact scored."""
    levels = {name: array("b") for name in DIMENSIONS}
    refer = {name: array("b") for name in DIMENSIONS}
    columns = {name: Coded() for name in ("team", "record_type", "age_band", "plan")}
    places: dict[Stratum, int] = {part.stratum: index for index, part in enumerate(parts)}
    stratum, days = array("i"), array("i")
    child: dict[str, array[int]] = {name: array("i") for name in ("record", "status", "heard", "reason")}
    statuses, heard = list(STATUSES), list(HEARD)
    for index, row in enumerate(rows):
        for name in DIMENSIONS:
            one = row.dimensions[name]
            levels[name].append(NO_LEVEL if one.level is None else one.level)
            refer[name].append(one.refer)
        columns["team"].add(row.team)
        columns["record_type"].add(row.record_type)
        columns["age_band"].add(row.age_band)
        columns["plan"].add(row.plan or "")
        stratum.append(places[row.stratum])
        days.append(UNDATED if row.date is None else date.fromisoformat(row.date).toordinal())
        for one_child in row.children:
            child["record"].append(index)
            child["status"].append(statuses.index(one_child.status))
            child["heard"].append(-1 if one_child.heard is None else heard.index(one_child.heard))
            child["reason"].append(one_child.reason_given)
    strata = np.asarray(stratum, dtype=int)
    sizes = np.array([part.records for part in parts], dtype=float)
    scored = np.bincount(strata, minlength=len(parts))
    return Sample(
        levels={name: np.asarray(one, dtype=np.int8) for name, one in levels.items()},
        refer={name: np.asarray(one, dtype=bool) for name, one in refer.items()},
        stratum=strata,
        sizes=sizes,
        weights=sizes[strata] / scored[strata] if len(strata) else np.zeros(0),
        columns=columns,
        days=np.asarray(days, dtype=int),
        child_record=np.asarray(child["record"], dtype=int),
        child_status=np.asarray(child["status"], dtype=int),
        child_heard=np.asarray(child["heard"], dtype=int),
        child_reason=np.asarray(child["reason"], dtype=bool),
    )
