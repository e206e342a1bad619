"""The figures of `evaluate` as one self-contained HTML page, with reliability plots."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from nlp_quality.evaluation.render import between, number
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES

SIZE: Final = (3.0, 3.0)  # inches


def html(figures: Mapping[str, Any]) -> str:
    """One page that opens offline: tables, confusion matrices, reliability plots."""
    environment = Environment(
        loader=PackageLoader("nlp_quality.evaluation", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "between": between}
    plots = {name: _plot(found["bins"]) for name, found in _calibrations(figures).items()}
    page = environment.get_template("evaluation.html")
    return page.render(
        figures=figures, plots=plots, titles={k: d["title"] for k, d in DIMENSIONS.items()}, level_names=LEVEL_NAMES
    )


def _calibrations(figures: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found = {name: one["calibration"] for group in ("levels", "sentences") for name, one in figures[group].items()}
    if figures["seen"]:
        found["seen"] = figures["seen"]["calibration"]
    return found


def _plot(bins: list[dict[str, float]]) -> Markup:
    """Accuracy against stated probability, a dot a bin, as inline SVG."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # slow to load, and only the page needs it.

    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot(
        xlim=(0, 1), ylim=(0, 1), xlabel="probability given", ylabel="share right", aspect="equal"
    )
    axes.plot([0, 1], [0, 1], color="#999", linewidth=1, linestyle="--")
    axes.scatter(
        [b["confidence"] for b in bins],
        [b["accuracy"] for b in bins],
        s=[12 + 100 * b["n"] / max(o["n"] for o in bins) for b in bins],
        color="#1d5c8a",
    )
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    return Markup(svg[svg.index("<svg") :])  # noqa: S704  # our own drawing, no text of a record in it.
