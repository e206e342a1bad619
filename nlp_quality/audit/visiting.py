"""How often a child has to be seen: what regulations set, what the council sets, and days as England counts them.

Two plans have an interval in regulations, quoted below as legislation.gov.uk has them. For children in need and on a
child protection plan there is none: the council says (`read_intervals`), and until it does gaps are shown and not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import holidays
import numpy as np

from nlp_quality.errors import NlpQualityError

# Three months never have more days than this: nothing within three months is called longer.
THREE_MONTHS: Final = 92
PLANS: Final[Mapping[str, str]] = {
    "cla": "looked after",
    "private_fostering": "privately fostered",
    "cp": "child protection plan",
    "cin": "child in need",
}
# Words of case systems for the same, without punctuation and in lower case.
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("private_fostering", r"private(?:ly)? foster(?:ing|ed)|pf"),
    ("cla", r"cla|lac|cic|c?looked after(?: child)?|child(?:ren)? in care|in care"),
    ("cp", r"cp|cpp|child protection(?: plan)?"),
    ("cin", r"cin|child(?:ren)? in need(?: plan)?|s(?:ection )?17"),
)
_GIVEN: Final = re.compile(r"(\w+)\s*=\s*(\d{1,3})\s*(wd|w|d)")


@dataclass(frozen=True, slots=True)
class Interval:
    """The longest time allowed between two sightings of a child.

    Attributes:
        days: calendar days, or working days where `working`.
        longest: calendar days that some children of the plan may go, where the regulation lets them; else None.
        unless: when `longest` applies, in words that end a sentence.
        source: who sets it, in full.
        quote: the words of the regulation; None where the council sets it.
        checked: what the quotation was held against, and what was not; None where the council sets it.
    """

    days: int
    source: str
    working: bool = False
    longest: int | None = None
    unless: str | None = None
    quote: str | None = None
    checked: str | None = None

    def words(self) -> str:
        """The interval in words, as in `42 days` or `10 working days`."""
        return f"{self.days} {'working ' if self.working else ''}days"


REGULATIONS: Final[Mapping[str, Interval]] = {
    "cla": Interval(
        days=42,
        longest=THREE_MONTHS,
        unless="the placement is past its first year and meant to last until the child is 18",
        source="Care Planning, Placement and Case Review (England) Regulations 2010 (SI 2010/959), regulation 28",
        quote=(
            "(a) within one week of the start of any placement, (b) at intervals of not more than six weeks for the first "
            "year of any placement, and (c) thereafter (i) where the placement is intended to last until C is aged 18, at "
            "intervals of not more than three months, (ii) and in any other case, at intervals of not more than six weeks."
        ),
        checked=(
            "Held against legislation.gov.uk as made and as in force on 18 August 2014; a later text could not be read. "
            "In 2014 the Department for Education announced six months for settled long-term foster placements: whether "
            "and how that is law was not checked. Shorter intervals (placed with parents, interim care orders) and the first "
            "week of a placement are not judged here."
        ),
    ),
    "private_fostering": Interval(
        days=42,
        longest=84,
        unless="the arrangement is in its second or a later year",
        source="Children (Private Arrangements for Fostering) Regulations 2005 (SI 2005/1533), regulation 8(1)",
        quote=(
            "(a) in the first year of the private fostering arrangement, at intervals of not more than six weeks; and "
            "(b) in any second or subsequent year, at intervals of not more than 12 weeks."
        ),
        checked="Held against legislation.gov.uk as made; later amendments were not checked.",
    ),
}
HOLIDAYS: Final = "Working days leave out Saturdays, Sundays and the bank holidays of England (package holidays)."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an interval says of a gap.

    Attributes:
        code: `over`, `over_unless` (longer than the interval, but some children may go longer), `within`, `not_judged`.
        reason: a sentence.
    """

    code: str
    reason: str


def plan_of(word: str | None) -> str | None:
    """The plan a council's word stands for, one of `PLANS`; any other word in lower case; None for none."""
    plain = " ".join(re.sub(r"[^a-z0-9]+", " ", (word or "").lower()).split())
    if not plain:
        return None
    return next((plan for plan, pattern in _WORDS if re.fullmatch(pattern, plain)), plain.replace(" ", "_"))


def read_intervals(pairs: Iterable[str]) -> dict[str, Interval]:
    """The intervals in force: those of regulations, and the council's own over them.

    Args:
        pairs: `PLAN=NUMBER` and `d` (days), `w` (weeks) or `wd` (working days), as in `cp=10wd`, `cin=6w`.

    Raises:
        NlpQualityError: `invalid_interval`.
    """
    out = dict(REGULATIONS)
    for pair in pairs:
        given = _GIVEN.fullmatch(pair.strip())
        if given is None or int(given[2]) == 0:
            raise NlpQualityError(
                "invalid_interval", "a visiting interval is PLAN=NUMBER and d, w or wd, as in cp=10wd or cin=6w."
            )
        number, unit = int(given[2]), given[3]
        plan = plan_of(given[1]) or given[1]
        out[plan] = Interval(
            days=number * 7 if unit == "w" else number, working=unit == "wd", source="set by the council"
        )
    return out


def judge(plan: str | None, days: int, working: int, intervals: Mapping[str, Interval]) -> Verdict:
    """What the interval of `plan` says of a gap of so many calendar and working days."""
    if plan is None:
        return Verdict("not_judged", "The file names no plan for this time.")
    interval = intervals.get(plan)
    if interval is None:
        return Verdict(
            "not_judged", f"No regulation sets an interval for {PLANS.get(plan, 'this plan')}; the council has to."
        )
    length = working if interval.working else days
    if length <= interval.days:
        return Verdict("within", f"Within {interval.words()} ({interval.source}).")
    over = f"Longer than {interval.words()} ({interval.source})"
    if interval.longest is not None and length <= interval.longest:
        return Verdict("over_unless", f"{over}, unless {interval.unless}.")
    return Verdict("over", f"{over}.")


def working_days(start: date, end: date) -> int:
    """Working days of England after `start` up to and including `end`."""
    if end <= start:
        return 0
    free = _bank_holidays(start.year, end.year)
    one = np.timedelta64(1, "D")
    return int(np.busday_count(np.datetime64(start) + one, np.datetime64(end) + one, holidays=free))


@lru_cache(maxsize=64)
def _bank_holidays(first: int, last: int) -> Any:
    found = holidays.country_holidays("GB", subdiv="ENG", years=range(first, last + 1))
    return np.array(sorted(found), dtype="datetime64[D]")
