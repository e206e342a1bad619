"""The dimensions, one file each, found by walking this folder: a new one is a new file and nothing else.

A dimension is a module of pure functions over a `ParsedRecord`; the `Dimension` protocol lists them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from nlp_quality import levels
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES, OUT_OF_DOMAIN
from nlp_quality.types import (
    ChildHeard,
    ChildSeen,
    DimensionScore,
    Evidence,
    Example,
    Finding,
    NotApplicable,
    ParsedRecord,
    Prompt,
)


class Dimension(Protocol):
    """What a dimension's module offers.

    Attributes:
        ID: its key in `scheme.DIMENSIONS`.
        EXAMPLES: records in small, with the level they earn and the spans that back it.
    """

    ID: str
    EXAMPLES: tuple[Example, ...]

    def applies(self, parsed: ParsedRecord) -> NotApplicable | None:
        """None where the dimension can be judged; else why not."""
        ...

    def features(self, parsed: ParsedRecord) -> Mapping[str, float]:
        """What a level rests on, each feature a count or a 0/1; more of any never lowers a level."""
        ...

    def rule_level(self, features: Mapping[str, float]) -> int:
        """The level that the scheme's table gives these features, 0 to 3."""
        ...

    def evidence(self, parsed: ParsedRecord, level: int) -> tuple[Evidence, ...]:
        """The spans that back `level`; at least one above level 0."""
        ...

    def reason(self, parsed: ParsedRecord, level: int) -> str:
        """One plain sentence a supervisor can read."""
        ...

    def prompts(self, parsed: ParsedRecord, level: int) -> tuple[Prompt, ...]:
        """Questions about what is absent."""
        ...

    def findings(self, parsed: ParsedRecord) -> tuple[Finding, ...]:
        """Comments on spans, or on the order of things."""
        ...

    def children(self, parsed: ParsedRecord) -> tuple[ChildHeard, ...] | tuple[ChildSeen, ...] | None:
        """What is said child by child; None for a dimension of the whole record."""
        ...


@cache
def all_dimensions() -> tuple[Dimension, ...]:
    """Every dimension in this folder, in the scheme's order."""
    names = [m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")]
    found = [cast(Dimension, import_module(f"{__name__}.{name}")) for name in names]
    return tuple(sorted(found, key=lambda d: list(DIMENSIONS).index(d.ID)))


def score(dimension: Dimension, parsed: ParsedRecord, head: levels.Head) -> DimensionScore:
    """A dimension's part of the scorecard."""
    if parsed.out_of_domain is not None:
        return _null(NotApplicable("out_of_domain", OUT_OF_DOMAIN[parsed.out_of_domain]), refer=True)
    why_not = _nothing_to_judge(parsed) or dimension.applies(parsed)
    if why_not is not None:
        return _null(why_not, refer=False, children=dimension.children(parsed))
    features = dimension.features(parsed)
    rule_level = dimension.rule_level(features)
    probabilities = head.probabilities(features, rule_level)
    level = levels.level(probabilities)
    bounds = levels.interval(probabilities, head.limit)
    return DimensionScore(
        level=level,
        name=LEVEL_NAMES[level],
        score=levels.score(probabilities),
        probabilities=probabilities,
        interval=bounds,
        refer=levels.refers(bounds),
        not_applicable=None,
        reason=dimension.reason(parsed, level),
        evidence=dimension.evidence(parsed, level),
        prompts=dimension.prompts(parsed, level),
        children=dimension.children(parsed),
    )


def findings(parsed: ParsedRecord, *, own: Iterable[Finding] = ()) -> tuple[Finding, ...]:
    """The findings of all dimensions, and an organisation's `own`, in the order of the text."""
    if parsed.out_of_domain is not None:
        return ()
    found = [*own, *(finding for dimension in all_dimensions() for finding in dimension.findings(parsed))]
    return tuple(sorted(found, key=lambda f: (f.start, f.end, f.dimension, f.code)))


def _nothing_to_judge(parsed: ParsedRecord) -> NotApplicable | None:
    if all(s.function == "admin" for s in parsed.sentences):
        return NotApplicable("nothing_to_judge", "The entry is administrative only: there is nothing in it to judge.")
    return None


def _null(
    why: NotApplicable, *, refer: bool, children: tuple[ChildHeard, ...] | tuple[ChildSeen, ...] | None = None
) -> DimensionScore:
    return DimensionScore(
        level=None,
        name=None,
        score=None,
        probabilities=None,
        interval=None,
        refer=refer,
        not_applicable=why,
        reason=why.message,
        children=children,
    )
