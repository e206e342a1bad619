"""Everything an audit found as plain data: `audit.json`, and what both reports are made from. It quotes no record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np

from nlp_quality.audit import grades as grading
from nlp_quality.audit import groups, headline, seen
from nlp_quality.audit.estimates import Design, mean, share
from nlp_quality.audit.intake import Intake
from nlp_quality.audit.run import MAX_BAD, Audited, Options, bad_entry, names_of
from nlp_quality.audit.sample import SEEN_TYPES, Sample
from nlp_quality.audit.shortlist import Shortlist, shown
from nlp_quality.scheme import DIMENSIONS, MAX_LEVEL, RECORD_TYPES, SCHEME_VERSION

SHAPE: Final = "1.0"  # of audit.json.
NARROW: Final = groups.NARROW


@dataclass(frozen=True, slots=True)
class Made:
    """What made an audit: for the method page.

    Attributes:
        model: `Scorer.describe()`.
        measured: `Scorer.measured()`.
        flag_means: what the council's flag `seen_alone` means.
    """

    model: Mapping[str, Any]
    measured: Mapping[str, Any]
    flag_means: str
    title: str


def figures(
    done: Audited,
    options: Options,
    intake: Intake,
    made: Made,
    *,
    feedback: Mapping[str, Any] | None = None,
    children: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """All figures of a finished audit.

    Args:
        feedback: of `feedback.figures`.
        children: what a watcher found in each child's records over time, as plain data; the template `children.html` shows it.
    """
    sample = done.sample
    out: dict[str, Any] = {
        "shape": SHAPE,
        "title": made.title,
        "audit": {
            "version": _version(),
            "scheme": SCHEME_VERSION,
            "model": {key: made.model[key] for key in ("name", "version", "sha256")},
            "notice": made.model.get("notice"),
            "limits": list(made.model.get("limits") or ()),
            "evaluation": made.model.get("evaluation"),
            "seed": options.seed,
            "flag_means": made.flag_means,
            "columns": list(intake.shown()),
            "identified": options.identify,
        },
        "input": _input(done, options),
        "seen": seen.children(sample),
        "reconciliation": done.flags.figures(),
        "levels": {name: _levels(sample, name, groups.judged(sample, name)) for name in DIMENSIONS},
        "levels_apart": _apart(sample),
        "groups": _groups(sample),
        "differences": [one for kind in ("team",) for one in groups.differences(sample, kind, sample.columns[kind])],
        "changes": groups.changes(sample),
        "children": children,
        "read_first": records(done.first, done, options),
        "good_practice": {name: records(one, done, options) for name, one in done.good.items()},
        "not_judged": done.unjudged.figures(),
        "grades": grading.figures(done.book, sample, made.measured),
        "moderation": records(done.discussed, done, options),
        "feedback": feedback,
    }
    return {"shape": SHAPE, "title": made.title, "headline": headline.sentences(out)} | out


def records(one: Shortlist, done: Audited, options: Options, *, quotes: bool = False) -> list[dict[str, Any]]:
    """The records of a list as they are shown, with the auditor's grades as levels."""
    names = names_of(options, done.survey)
    out = []
    for row, card in one.best():
        named = {
            "child_id": names.of("child", row.child_id),
            "grades": {name: done.book.level(word) for name, word in row.grades.items()},
        }
        out.append(shown(row, card, named, quotes=quotes))
    return out


def _input(done: Audited, options: Options) -> dict[str, Any]:
    found = done.survey
    span = done.sample.span()
    return {
        "records": found.records,
        "drafts": found.drafts,
        "scored": done.sample.size,
        "census": found.drawn is None,
        "from": None if span is None else span[0].isoformat(),
        "to": None if span is None else span[1].isoformat(),
        "undated": int(np.sum(done.sample.days == 0)),
        "stratify": list(options.stratify),
        "allocation": options.allocation.value if options.sample is not None else None,
        "strata": [
            {
                "stratum": list(p.stratum),
                "records": p.records,
                "drawn": p.drawn,
                "scored": done.scored.get(p.stratum, 0),
            }
            for p in found.parts
        ],
        "bad": [bad_entry(bad) for bad in found.bad] + done.unscored[:MAX_BAD],
        "bad_total": found.bad_total + len(done.unscored),
    }


def _levels(sample: Sample, name: str, inside: Any) -> dict[str, Any]:
    """The distribution of one dimension, and how many of the records a person should judge."""
    design = Design(sample.weights, sample.stratum, sample.sizes)
    levels = sample.levels[name]
    shares = [share(inside & (levels == level), inside, design) for level in range(MAX_LEVEL + 1)]
    average = mean(levels, inside, design)
    sound = share(inside & (levels >= 2), inside, design)
    return {
        "n": int(np.sum(inside)),
        "counts": [int(np.sum(inside & (levels == level))) for level in range(MAX_LEVEL + 1)],
        "shares": [None if one is None else one.to_dict() for one in shares],
        "sound_or_strong": None if sound is None else sound.to_dict(),
        "mean": None if average is None else average.to_dict(),
        "no_level": int(np.sum(levels < 0)),
        "refer": int(np.sum(inside & sample.refer[name])),
    }


def _apart(sample: Sample) -> dict[str, Any]:
    """How clearly seeing is recorded in the types of record that the headline leaves out."""
    out = {}
    for kind in RECORD_TYPES:
        inside = (sample.levels[NARROW] >= 0) & sample.types((kind,))
        if kind not in SEEN_TYPES and np.sum(inside) >= groups.SMALL:
            out[kind] = _levels(sample, NARROW, inside)
    return out


def _groups(sample: Sample) -> dict[str, Any]:
    period, order = groups.periods(sample)
    bands = sample.columns["age_band"]
    return {
        "team": groups.by_group(sample, sample.columns["team"]),
        "record_type": groups.by_group(sample, sample.columns["record_type"], every_type=True),
        "age_band": groups.by_group(sample, bands, order=[band for band in headline.AGES if band in bands.words]),
        "period": groups.by_group(sample, period, order=order),
    }


def _version() -> str:
    try:
        return version("nlp-quality")
    except PackageNotFoundError:
        return "not installed as a package"
