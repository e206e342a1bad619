"""Reading one child's file through, oldest record first: pure functions from contacts to findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from nlp_quality.audit.children import Claim, Copy, FlagDifference, Gap, Life, Missed, Source, Unheard
from nlp_quality.audit.contacts import SIGHTING_TYPES, Contact
from nlp_quality.audit.copies import near_copies
from nlp_quality.audit.visiting import Interval, judge, working_days

COPY_KINDS: Final = ("earlier", "sibling", "same_day", "joint")
HEARD_TYPES: Final = ("visit", "assessment")
UNHEARD_RUN: Final = 3  # visits and assessments in a row; one alone is a bad day, or a baby asleep.
VOICE_SHOWN: Final = 24  # of the latest records in a child's line of voice.


def gaps_of(file: Sequence[Contact], intervals: Mapping[str, Interval], as_at: date) -> list[Gap]:
    """Each time between two sightings of the child, before the first where there is none at all, and since the last.

    A sighting that a person should judge, or a record of children who cannot be told apart, counts as a sighting where the
    child may have been seen: a gap is claimed only where nothing in the file speaks against it.
    """
    usable = [one for one in file if one.record_type in SIGHTING_TYPES]
    if not usable:
        return []
    seen = [one for one in usable if one.seen or one.status is None]
    if not seen:
        return [_gap(file, "never", usable[0], None, intervals, as_at)]
    gaps = [_gap(file, "between", a, b, intervals, as_at) for a, b in pairwise(seen) if b.day > a.day]
    return [*gaps, _gap(file, "open", seen[-1], None, intervals, as_at)] if as_at > seen[-1].day else gaps


def missed_of(file: Sequence[Contact], as_at: date, action_days: int) -> list[Missed]:
    """Each day on which a visit did not see the child and no other record of that day did."""
    out = []
    days = {one.day for one in file if one.seen}
    for one in _first_of_day(one for one in file if one.missed and one.day not in days):
        later = [other for other in file if other.day > one.day]
        same = [other for other in file if other.day == one.day]
        after = next((other for other in later if other.seen), None)
        soon = next((other for other in later if working_days(one.day, other.day) <= action_days), None)
        action = "planned" if any("plan" in o.signs for o in same) else "later_record" if soon is not None else "none"
        waited = working_days(one.day, as_at if after is None else after.day)
        if after is None and waited <= action_days:
            continue  # the file ends before anything could follow.
        said = {
            "planned": "A plan is in the record of that day.",
            "later_record": "Another record of the child follows"
            + ("." if soon is None else f" on {_words(soon.day)}."),
            "none": f"Nothing is planned in it, and no record of the child follows within {action_days} working days.",
        }[action]
        when = (
            f"The file has no later day on which the child was seen; it ends {waited} working days on."
            if after is None
            else f"The child was next seen {waited} working days later."
        )
        sources = (_source(one), *(() if after is None else (_source(after),)))
        day = None if after is None else after.day
        out.append(Missed(one.child, one.day, action, day, waited, sources, f"The child was not seen. {said} {when}"))
    return out


def improvements_of(file: Sequence[Contact]) -> list[Claim]:
    """Claims of improvement with earlier records in the file, none of which speaks to change or to a strength."""
    out = []
    for one in _first_of_day(one for one in file if one.own and "improvement" in one.signs):
        earlier = [other for other in file if other.own and other.day < one.day]
        speaking = {other.day for other in earlier if "change" in other.signs or "improvement" in other.signs}
        if earlier and not speaking:
            reason = (
                f"The record says that things have improved. Of the {len(earlier)} earlier records in the file none speaks to "
                "change or to a strength in the parenting, so the file does not show change, or change that lasted."
            )
            sources = (_source(one), *(_source(other) for other in earlier[-3:]))
            out.append(Claim(one.child, one.day, len(earlier), 0, sources, reason))
    return out


def unheard_of(file: Sequence[Contact]) -> list[Unheard]:
    """The child is heard in none of the latest visits and assessments at which they were seen, three or more of them."""
    known = [one for one in file if one.heard is not None and one.seen and one.record_type in HEARD_TYPES]
    silent: list[Contact] = []
    for one in reversed(known):
        if one.heard != "not_heard":
            break
        silent.insert(0, one)
    if len({one.day for one in silent}) < UNHEARD_RUN:
        return []
    before = known[len(known) - len(silent) - 1].day if len(silent) < len(known) else None
    reason = (
        f"Seen in {len(silent)} visits and assessments since {_words(silent[0].day)} and heard in none of them; "
        + (
            "the file has no earlier one that hears the child."
            if before is None
            else f"last heard on {_words(before)}."
        )
    )
    return [Unheard(known[0].child, silent[0].day, len(silent), before, tuple(_source(one) for one in silent), reason)]


def flag_differences_of(file: Sequence[Contact]) -> list[FlagDifference]:
    """Where the latest day by the case system's flags is not the latest day by the narratives that carry flags.

    A flag for seen alone is taken by its own reconciliation, which knows what the council means by it.
    """
    flagged = [one for one in file if one.own and one.flags and one.status is not None]
    out = []
    for flag in ("seen", "seen_alone"):
        held = [one for one in flagged if one.flags.get(flag) == "Y"]
        agreed = [one for one in flagged if (one.alone or _meant(one) if flag == "seen_alone" else one.seen)]
        a, b = (held[-1] if held else None), (agreed[-1] if agreed else None)
        first, second = (None if one is None else one.day for one in (a, b))
        if first == second or not any(flag in one.flags for one in flagged):
            continue
        words = "seen" if flag == "seen" else "seen alone"
        reason = f"Last {words} by the case system {_on(a)}; by the narratives of the flagged records {_on(b)}."
        sources = tuple(_source(one) for one in (a, b) if one is not None)
        out.append(FlagDifference(flagged[0].child, flag, first, second, sources, reason))
    return out


def copies_of(family: Sequence[Sequence[Contact]]) -> list[Copy]:
    """Near-copies among all records of a family, each with the earlier one it is most like."""
    own = sorted(
        (one for file in family for one in file if one.own and one.sketch is not None),
        key=lambda one: (one.day, one.position),
    )
    out = []
    for pair in near_copies([one.sketch or b"" for one in own]):
        a, b = own[pair.first], own[pair.second]
        same = a.day == b.day
        kind = ("same_day" if same else "earlier") if a.child == b.child else ("joint" if same else "sibling")
        where = {
            "earlier": "an earlier record of the same child",
            "same_day": "another record of the same child and day, so it may be there twice",
            "sibling": "an earlier record on the file of another child of the family",
            "joint": "a record of the same day on the file of another child of the family, as when one visit is written up for both",
        }[kind]
        reason = f"About {round(pair.resemblance * 100)} in 100 runs of words are those of {where}; names are left out of account."
        out.append(Copy(b.child, a.child, kind, pair.resemblance, (_source(b), _source(a)), reason))
    return out


def life_of(file: Sequence[Contact], as_at: date) -> Life:
    """One child's file at a glance."""
    seen = [one.day for one in file if one.seen]
    alone = [one.day for one in file if one.alone]
    plans = [one.plan for one in file if one.plan is not None]
    voice = [(one.day, one.heard) for one in file if one.heard is not None and one.record_type in SIGHTING_TYPES]
    return Life(
        child=file[0].child,
        plan=plans[-1] if plans else None,
        records=len(file),
        first=file[0].day,
        last=file[-1].day,
        last_seen=seen[-1] if seen else None,
        last_seen_alone=alone[-1] if alone else None,
        days_since_seen=(as_at - seen[-1]).days if seen else None,
        days_since_seen_alone=(as_at - alone[-1]).days if alone else None,
        longest_gap=max(((b - a).days for a, b in pairwise([*seen, as_at])), default=None) if seen else None,
        voice=tuple(voice[-VOICE_SHOWN:]),
    )


def _gap(
    file: Sequence[Contact],
    kind: str,
    start: Contact,
    end: Contact | None,
    intervals: Mapping[str, Interval],
    as_at: date,
) -> Gap:
    last = as_at if end is None else end.day
    days, working = (last - start.day).days, working_days(start.day, last)
    inside = [one for one in file if start.day <= one.day <= last and one is not start and one is not end]
    plans = {one.plan for one in file if start.day <= one.day <= last and one.plan is not None}
    plans = plans or {one.plan for one in file if one.day <= last and one.plan is not None}
    verdict = judge(plans.pop() if len(plans) == 1 else None, days, working, intervals) if len(plans) < 2 else None
    silent = sum(one.record_type == "visit" and one.status in (None, "not_stated") for one in inside)
    missed = len({one.day for one in inside if one.missed})
    opening = {
        "between": f"No record says that the child was seen for {days} days",
        "open": f"No record says that the child was seen in the {days} days up to the end of the file",
        "never": f"No record of the file says that the child was seen: {days} days from the first record to the end of the file",
    }[kind]
    parts = [f"{opening} ({working} working days)."]
    if kind == "open" and not inside:
        parts.append("Nothing at all is in the file for that time: it may have been closed, or not exported.")
    if missed:
        parts.append(f"Visits in between that did not see the child: {missed}.")
    if silent:
        parts.append(f"Visits in between whose records do not say whether the child was seen: {silent}.")
    parts.append("The plan changed in that time." if verdict is None else verdict.reason)
    plan = next((one.plan for one in reversed(file) if one.plan is not None and one.day <= last), None)
    return Gap(
        child=start.child,
        plan=plan,
        kind=kind,
        start=start.day,
        end=last,
        days=days,
        working_days=working,
        verdict="not_judged" if verdict is None else verdict.code,
        silent=silent,
        missed=missed,
        sources=(_source(start), *(() if end is None else (_source(end),))),
        reason=" ".join(parts),
    )


def _meant(one: Contact) -> bool:
    """The narrative bears out the flag by the council's meaning of it."""
    return one.flags.get("seen_alone") == "Y" and one.result == "corroborated"


def _on(one: Contact | None) -> str:
    return "never" if one is None else f"on {_words(one.day)}"


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _source(one: Contact) -> Source:
    return Source(one.record, one.line, one.day)


def _first_of_day(contacts: Iterator[Contact]) -> Iterator[Contact]:
    days = set()
    for one in contacts:
        if one.day not in days:
            days.add(one.day)
            yield one
