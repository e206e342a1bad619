"""By team, type, age band and period: small groups never shown, and never a worker.

A group of fewer than ten records is joined with the other small ones; while that is still fewer than ten, or is one group
alone that the total would give away, the next smallest joins too. A few records that name no group are nobody's, and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from nlp_quality.audit.estimates import Design, Difference, difference, holm, mean, share
from nlp_quality.audit.sample import SEEN_TYPES, UNDATED, Coded, Sample
from nlp_quality.audit.sampling import NOT_GIVEN
from nlp_quality.scheme import DIMENSIONS, MAX_LEVEL

SMALL: Final = 10
JOINED: Final = "smaller groups together"
ALPHA: Final = 0.01  # after correction: one audit in a hundred, and not in twenty, may call chance a finding.
# Below this a difference of mean levels says nothing that practice would notice.
MATTERS: Final = 0.25
KINDS: Final = ("team", "record_type", "age_band", "period")
# `seen_alone` is asked of visits and assessments; of other types it tells more about the type than about the writing.
NARROW: Final = "seen_alone"


def shown_groups(codes: Coded, order: Sequence[str] | None = None) -> dict[str, Any]:
    """The groups that may be shown, each with the places of its records; empty where fewer than two may be."""
    found = {word: codes.mask(word) for word in (order or sorted(codes.words))}
    large = {word: mask for word, mask in found.items() if np.sum(mask) >= SMALL}
    small = [mask for word, mask in found.items() if word not in large and word != NOT_GIVEN and np.any(mask)]
    while small and (len(small) < 2 or sum(int(np.sum(m)) for m in small) < SMALL):
        if not large:
            return {}
        word = min(large, key=lambda w: (int(np.sum(large[w])), w))
        small.append(large.pop(word))
    if small:
        large[JOINED] = np.logical_or.reduce(small)
    return large if len(large) > 1 else {}


def by_group(
    sample: Sample, codes: Coded, *, order: Sequence[str] | None = None, every_type: bool = False
) -> list[dict[str, Any]]:
    """Each group's levels a dimension; intervals are of how the group writes, so without finite population correction.

    Args:
        every_type: count `seen_alone` of all types of record, not of visits and assessments alone.
    """
    out = []
    for word, mask in shown_groups(codes, order).items():
        own = dict(_dimensions(sample, mask, every_type))
        out.append({"group": word, "n": int(np.sum(mask)), "dimensions": own})
    return out


def _dimensions(sample: Sample, mask: Any, every_type: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    design = Design(sample.weights, sample.stratum, None)
    for name in DIMENSIONS:
        levels = sample.levels[name]
        inside = (levels >= 0 if every_type else judged(sample, name)) & mask
        if np.sum(inside) < SMALL:
            continue
        yield (
            name,
            {
                "n": int(np.sum(inside)),
                "mean": _plain(mean(levels, inside, design)),
                "sound": _plain(share(inside & (levels >= 2), inside, design)),
                "shares": [_value(share(inside & (levels == level), inside, design)) for level in range(MAX_LEVEL + 1)],
            },
        )


def judged(sample: Sample, dimension: str) -> Any:
    """Where that dimension's level counts: it has one, and for `seen_alone` the record is a visit or an assessment."""
    inside = sample.levels[dimension] >= 0
    return inside & sample.types(SEEN_TYPES) if dimension == NARROW else inside


def differences(sample: Sample, kind: str, codes: Coded) -> list[dict[str, Any]]:
    """Each shown group against all others, a dimension at a time; `stands_out` after Holm's correction."""
    found: list[tuple[str, str, Difference]] = []
    for word, mask in shown_groups(codes).items():
        if word in (JOINED, NOT_GIVEN):
            continue
        for name in DIMENSIONS:
            inside = judged(sample, name)
            if min(np.sum(inside & mask), np.sum(inside & ~mask)) < SMALL:
                continue
            one = difference(sample.levels[name], inside & ~mask, inside & mask, sample.weights)
            if one is not None:
                found.append((word, name, one))
    return [{"kind": kind, "group": word, "dimension": name, **one} for (word, name), one in _corrected(found)]


def changes(sample: Sample) -> list[dict[str, Any]]:
    """The later half of the time against the earlier, over all records and team by team; corrected as one family.

    What is said of all teams must hold without the teams of which it is said already (`apart_from`).
    """
    span = sample.span()
    if span is None or span[0] == span[1]:
        return []
    middle = (span[0].toordinal() + span[1].toordinal()) / 2
    dated = sample.days > UNDATED
    early, late = dated & (sample.days <= middle), dated & (sample.days > middle)
    teams = {w: m for w, m in shown_groups(sample.columns["team"]).items() if w not in (JOINED, NOT_GIVEN)}
    everybody = np.ones(sample.size, dtype=bool)
    found = []
    for word, mask in {"": everybody, **teams}.items():
        for name in DIMENSIONS:
            one = _change(sample, name, mask, early, late)
            if one is not None:
                found.append((word, name, one))
    until = date.fromordinal(int(middle)).isoformat()
    out: list[dict[str, Any]] = [
        {"team": word or None, "dimension": name, "until": until, "apart_from": [], **one}
        for (word, name), one in _corrected(found)
    ]
    for one in out:
        if one["team"] is None and one["stands_out"]:
            same = [o for o in out if o["stands_out"] and o["dimension"] == one["dimension"] and o["team"] is not None]
            one["apart_from"] = [o["team"] for o in same if o["value"] * one["value"] > 0]
            rest = everybody & ~np.logical_or.reduce([~everybody, *(teams[team] for team in one["apart_from"])])
            alone = _change(sample, one["dimension"], rest, early, late)
            one["stands_out"] = alone is not None and alone.p < ALPHA and alone.value * one["value"] > 0
    return out


def _change(sample: Sample, name: str, mask: Any, early: Any, late: Any) -> Difference | None:
    inside = judged(sample, name) & mask
    if min(np.sum(inside & early), np.sum(inside & late)) < SMALL:
        return None
    return difference(sample.levels[name], inside & early, inside & late, sample.weights)


def periods(sample: Sample) -> tuple[Coded, list[str]]:
    """Each record's month, quarter or year, whichever makes a readable number of periods, and their order."""
    span = sample.span()
    coded = Coded()
    months = 0 if span is None else (span[1].year - span[0].year) * 12 + span[1].month - span[0].month + 1
    for ordinal in sample.days:
        day = None if ordinal == UNDATED else date.fromordinal(int(ordinal))
        if day is None:
            coded.add(NOT_GIVEN)
        elif months <= 8:
            coded.add(f"{day.year}-{day.month:02d}")
        elif months <= 36:
            coded.add(f"{day.year} quarter {(day.month + 2) // 3}")
        else:
            coded.add(str(day.year))
    return coded, sorted(coded.words, key=lambda w: (w == NOT_GIVEN, w))


def _corrected(
    found: Sequence[tuple[str, str, Difference]],
) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for (word, name, one), p in zip(found, holm([f[2].p for f in found]), strict=True):
        stands = p < ALPHA and abs(one.value) >= MATTERS
        yield (word, name), one.to_dict() | {"p_corrected": round(p, 4), "stands_out": stands}


def _plain(found: Any) -> dict[str, Any] | None:
    return None if found is None else found.to_dict()


def _value(found: Any) -> float | None:
    return None if found is None else round(found.value, 4)
