"""The headline in plain words: what the figures say, and nothing that their intervals do not bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from nlp_quality.audit.rows import AGE_BANDS, SEVERAL_BANDS
from nlp_quality.audit.sampling import NOT_GIVEN
from nlp_quality.scheme import DIMENSIONS

AGES: Final = (*(name for _, name in AGE_BANDS), SEVERAL_BANDS, NOT_GIVEN)
PLAIN: Final[Mapping[str, str]] = {
    "child_voice": "the child's voice",
    "seen_alone": "whether the child was seen alone",
    "analysis": "analysis",
    "parental_capacity": "parental capacity",
}
_SOUND: Final[Mapping[str, str]] = {
    "child_voice": "the child is heard soundly or strongly",
    "seen_alone": "it is clear for every child whether they were seen alone",
    "analysis": "the main issues are analysed soundly or strongly",
    "parental_capacity": "parents' capacity to meet the child's needs is evaluated soundly or strongly",
}
# In visits and assessments, all records: the part of them a sentence is of.
_OF: Final[Mapping[str, str]] = {
    name: "visits and assessments" if name == "seen_alone" else "records" for name in PLAIN
}


def sentences(found: Mapping[str, Any]) -> list[str]:
    """The headline, a sentence each, the children first."""
    return [
        *_sample(found),
        *_children(found),
        *_levels(found),
        *_flags(found),
        *_standing_out(found),
        *_auditors(found),
    ]


def percent(share: Mapping[str, Any]) -> str:
    """A share with its interval: `41 % (33 to 49)`; without one where every record was scored."""
    value, low, high = (round(100 * share[key]) for key in ("value", "low", "high"))
    return f"{value} %" if share["low"] == share["high"] else f"{value} % ({low} to {high})"


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
            f"{given['records']:,}; in brackets, the range that 95 in 100 such samples would give."
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
    for name, one in found["levels"].items():
        if one["sound_or_strong"] is not None:
            yield f"In {percent(one['sound_or_strong'])} of {_OF[name]} {_SOUND[name]}."


def _flags(found: Mapping[str, Any]) -> Iterator[str]:
    held = found["reconciliation"]
    wrong = held["counts"]["contradicted"]
    if wrong:
        yield (
            f"The narrative contradicts the case system's flag for {wrong:,} of {held['children']:,} children whose flag was given: "
            "check these before any return is made from the flags."
        )


def _standing_out(found: Mapping[str, Any]) -> Iterator[str]:
    for one in found["changes"]:
        if one["stands_out"]:
            who = "Over all teams" if one["team"] is None else one["team"]
            way = "higher" if one["value"] > 0 else "lower"
            yield (
                f"{who}: {PLAIN[one['dimension']]} is {way} in records after {one['until']} than before, by "
                f"{abs(one['value']):.1f} of a level ({_span(one)})."
            )
    for one in found["differences"]:
        if one["stands_out"]:
            way = "above" if one["value"] > 0 else "below"
            yield (
                f"{one['group']}: {PLAIN[one['dimension']]} is {abs(one['value']):.1f} of a level {way} the other teams "
                f"({_span(one)})."
            )
    for one in found["children"]:
        if one.get("headline"):
            yield str(one["headline"])


def _span(one: Mapping[str, Any]) -> str:
    low, high = sorted((abs(one["low"]), abs(one["high"])))
    return f"{low:.1f} to {high:.1f}"


def _auditors(found: Mapping[str, Any]) -> Iterator[str]:
    graded = found["grades"]
    for gap in graded["gaps"] if graded else ():
        if gap["over_optimism"] or gap["over_strict"]:
            who = "Auditors" if gap["group"] is None else f"{gap['group']}:"
            way = "above" if gap["over_optimism"] else "below"
            word = "over-optimism" if gap["over_optimism"] else "over-strictness"
            yield (
                f"{who} graded {DIMENSIONS[gap['dimension']]['title']} {abs(gap['value']):.1f} of a level {way} the tool, more than "
                f"the tool's own error can account for: {word}, to be talked over with the records side by side."
            )
