"""`report.html`: one file that opens offline, prints on A4, and reads in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from nlp_quality.audit.headline import day, percent, signed
from nlp_quality.audit.report import charts
from nlp_quality.audit.report.words import (
    FLAG_WORDS,
    GROUP_TITLES,
    RESULT_WORDS,
    STATUS_WORDS,
    TYPE_WORDS,
    UNJUDGED_WORDS,
)
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES, STATUSES

TITLES: Final = {name: str(one["title"]) for name, one in DIMENSIONS.items()}
SHARE_TICKS: Final = tuple((n / 100, f"{n}%") for n in (0, 25, 50, 75, 100))
GAP_TICKS: Final = tuple((n, signed(n) if n else "0") for n in (-2, -1, 0, 1, 2))
PANEL: Final = 4.0  # inches: two such charts stand side by side on a wide screen.


def page(found: Mapping[str, Any], lists: Mapping[str, Any], *, quotes: bool, made_on: date | None = None) -> str:
    """The report.

    Args:
        found: of `figures.figures`.
        lists: `read_first`, `good_practice` and `moderation`, with quotes where they are wanted.
        made_on: the day on the cover; today when None.
    """
    environment = Environment(
        loader=PackageLoader("nlp_quality.audit.report", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "signed": signed,
        "day": lambda value: "" if value is None else day(str(value)),
        "number": _number,
        "range": _range,
        "p": _p,
    }
    return environment.get_template("report.html").render(
        found=found,
        lists=lists,
        quotes=quotes,
        made_on=made_on or date.today(),  # a day for people, not a moment.
        charts=_charts(found),
        titles=TITLES,
        level_names=LEVEL_NAMES,
        statuses=STATUS_WORDS,
        types=TYPE_WORDS,
        results=RESULT_WORDS,
        flags=FLAG_WORDS,
        unjudged=UNJUDGED_WORDS,
        group_titles=GROUP_TITLES,
        asks={name: one["description"] for name, one in DIMENSIONS.items()},
    )


def _charts(found: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {"levels": _levels(found), "seen": _seen(found), "groups": {}, "gaps": {}, "estimates": {}}
    for kind, rows in found["groups"].items():
        out["groups"][kind] = {name: chart for name in DIMENSIONS if (chart := _group(rows, name)) is not None}
    graded = found["grades"]
    for name in DIMENSIONS if graded else ():
        out["gaps"][name] = _gaps(graded, name)
        out["estimates"][name] = _estimate(graded["estimates"].get(name))
    return out


def _levels(found: Mapping[str, Any]) -> Markup | None:
    rows = [
        (TITLES[name], [share["value"] for share in one["shares"]])
        for name, one in found["levels"].items()
        if one["n"] and None not in one["shares"]
    ]
    return charts.stacked(rows, LEVEL_NAMES) if rows else None


def _seen(found: Mapping[str, Any]) -> Markup | None:
    rows = []
    parts = {"Visits and assessments": found["seen"]["headline"]}
    parts |= {TYPE_WORDS[kind]: one for kind, one in found["seen"]["apart"].items()}
    for title, one in parts.items():
        if one["children"]:
            rows.append((title, [one["statuses"][name]["share"]["value"] for name in STATUSES]))
    return charts.stacked(rows, [STATUS_WORDS[name] for name in STATUSES]) if rows else None


def _group(rows: Sequence[Mapping[str, Any]], name: str) -> Markup | None:
    points = []
    for row in rows:
        share = (row["dimensions"].get(name) or {}).get("sound")
        if share is not None:
            points.append((TYPE_WORDS.get(row["group"], row["group"]), share["value"], share["low"], share["high"]))
    return charts.dots(points, limits=(-0.03, 1.03), ticks=SHARE_TICKS, width=PANEL) if len(points) > 1 else None


def _gaps(graded: Mapping[str, Any], name: str) -> Markup | None:
    points = [
        (gap["group"] or "all auditors", gap["value"], gap["low"], gap["high"])
        for gap in graded["gaps"]
        if gap["dimension"] == name
    ]
    error = graded["tool_error"].get(name)
    band = None if error is None else (error["low"], error["high"])
    return charts.dots(points, limits=(-2.1, 2.1), ticks=GAP_TICKS, band=band, width=PANEL) if points else None


def _estimate(one: Mapping[str, Any] | None) -> Markup | None:
    if one is None:
        return None
    points = []
    for level, (both, alone) in enumerate(zip(one["shares"], one["alone"], strict=True)):
        points.append((f"{LEVEL_NAMES[level]}, with the tool", both["value"], both["low"], both["high"]))
        points.append((f"{LEVEL_NAMES[level]}, grades alone", alone["value"], alone["low"], alone["high"]))
    return charts.dots(points, limits=(-0.03, 1.03), ticks=SHARE_TICKS, width=PANEL)


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def _range(bounds: Sequence[float] | None, digits: int = 2) -> str:
    return "" if bounds is None else f"{_number(bounds[0], digits)} to {_number(bounds[1], digits)}"


def _p(value: float) -> str:
    return "under 0.001" if value < 0.001 else f"{value:.3f}"
