"""The headline in plain words: what the figures say, and nothing that their intervals do not bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from nlp_quality.audit.rows import AGE_BANDS, SEVERAL_BANDS
from nlp_quality.audit.sampling import NOT_GIVEN

AGES: Final = (*(name for _, name in AGE_BANDS), SEVERAL_BANDS, NOT_GIVEN)
PLAIN: Final[Mapping[str, str]] = {
    "child_voice": "the child's voice",
    "seen_alone": "whether the child was seen alone",
    "analysis": "analysis",
    "parental_capacity": "parental capacity",
}
OVER_TIME: Final[Mapping[str, tuple[str, str]]] = {
    "gaps": (
        "time is longer than the interval of a child's plan without a record that the child was seen",
        "times are longer than the interval of a child's plan without a record that the child was seen",
    ),
    "missed": (
        "visit did not see the child, and the file does not show that it was followed up",
        "visits did not see the child, and the file does not show that they were followed up",
    ),
    "improvements": (
        "claim of improvement stands on nothing earlier in the file",
        "claims of improvement stand on nothing earlier in the file",
    ),
    "copies": (
        "record is nearly the text of another of the family",
        "records are nearly the text of another of the family",
    ),
}
# The headline of who was seen is of these alone.
_OF: Final[Mapping[str, str]] = {"seen_alone": " of visits and assessments"}


def sentences(found: Mapping[str, Any]) -> list[str]:
    """The headline, a sentence each, the children first."""
    parts = (_sample, _children, _levels, _flags, _over_time, _standing_out, _auditors)
    return [sentence for part in parts for sentence in part(found)]


def percent(share: Mapping[str, Any]) -> str:
    """A share with its interval: `41% (33 to 49)`; without one where every record was scored."""
    value, low, high = (round(100 * share[key]) for key in ("value", "low", "high"))
    return f"{value}%" if share["low"] == share["high"] else f"{value}% ({low} to {high})"


def day(value: str) -> str:
    """A day as people write it: `29 June 2025`."""
    found = date.fromisoformat(value)
    return f"{found.day} {found:%B %Y}"


def signed(value: float) -> str:
    """A difference of levels with its sign."""
    return f"{value:+.1f}".replace("-", "−")


def _sample(found: Mapping[str, Any]) -> Iterator[str]:
    given = found["input"]
    if given["census"]:
        yield f"All {given['scored']:,} records that could be read were scored, so no figure hangs on which were drawn."
    else:
        yield (
            f"{given['scored']:,} of {given['records']:,} records were drawn at random and scored. Figures are estimates for all "
            f"{given['records']:,}; in brackets, the 95% range: of 100 samples drawn so, about 95 have the figure of all records in theirs."
        )


def _children(found: Mapping[str, Any]) -> Iterator[str]:
    own = found["seen"]["headline"]
    if not own["children"]:
        return
    status = {name: one["share"] for name, one in own["statuses"].items()}
    untold = own["statuses"]["seen_unclear"]["children"] + own["statuses"]["not_stated"]["children"]
    yield (
        f"Of the children in visits and assessments, {percent(status['seen_alone'])} were seen alone by what the record says, "
        f"{percent(status['seen_not_alone'])} with somebody there, and {percent(status['not_seen'])} were not seen."
    )
    if untold:
        yield (
            f"For {percent(status['seen_unclear'])} the record does not tell whether they were alone, and for "
            f"{percent(status['not_stated'])} it does not tell whether they were seen at all."
        )
    if own["not_heard"] is not None and own["not_heard"]["value"] > 0:
        yield f"{percent(own['not_heard'])} of these children are not heard in the record at all."


def _levels(found: Mapping[str, Any]) -> Iterator[str]:
    known = {
        name: one["sound_or_strong"] for name, one in found["levels"].items() if one["sound_or_strong"] is not None
    }
    parts = [f"{PLAIN[name]} in {percent(one)}{_OF.get(name, '')}" for name, one in known.items()]
    if parts:
        yield f"Sound or strong: {'; '.join(parts)}."


def _flags(found: Mapping[str, Any]) -> Iterator[str]:
    held = found["reconciliation"]
    wrong = held["counts"]["contradicted"]
    if wrong:
        yield (
            f"The narrative contradicts the case system's flag for {wrong:,} of {held['children']:,} children whose flag was given: "
            "check these before any return is made from the flags."
        )


def _over_time(found: Mapping[str, Any]) -> Iterator[str]:
    """Counts of what was found in children's files; each is a question to ask of the file."""
    for kind, words in OVER_TIME.items():
        total = ((found["children"] or {}).get(kind) or {}).get("total", 0)
        if total:
            yield f"{total:,} {words[0] if total == 1 else words[1]}."


def _standing_out(found: Mapping[str, Any]) -> Iterator[str]:
    for one in found["changes"]:
        if one["stands_out"]:
            who = "Over all teams" if one["team"] is None else one["team"]
            way = "higher" if one["value"] > 0 else "lower"
            yield (
                f"{who}: {PLAIN[one['dimension']]} is {way} in records after {day(one['until'])} than before, by "
                f"{abs(one['value']):.1f} of a level ({_span(one)})."
            )
    for one in found["differences"]:
        if one["stands_out"]:
            way = "above" if one["value"] > 0 else "below"
            yield (
                f"{one['group']}: {PLAIN[one['dimension']]} is {abs(one['value']):.1f} of a level {way} the other teams "
                f"({_span(one)})."
            )


def _span(one: Mapping[str, Any]) -> str:
    low, high = sorted((abs(one["low"]), abs(one["high"])))
    return f"{low:.1f} to {high:.1f}"


def _auditors(found: Mapping[str, Any]) -> Iterator[str]:
    gaps = found["grades"]["gaps"] if found["grades"] else ()
    for key, way, word in (("over_optimism", "above", "over-optimism"), ("over_strict", "below", "over-strictness")):
        for group in dict.fromkeys(gap["group"] for gap in gaps if gap[key]):
            own = [gap for gap in gaps if gap[key] and gap["group"] == group]
            parts = ", ".join(f"{PLAIN[gap['dimension']]} {abs(gap['value']):.1f}" for gap in own)
            yield (
                f"{'Auditors' if group is None else group.capitalize() if group.islower() else group} graded {way} the tool, in levels: "
                f"{parts}. That is more than the tool's own error can account for: {word}, to be talked over with the records side "
                "by side."
            )
