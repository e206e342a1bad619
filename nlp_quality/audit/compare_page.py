"""A comparison for people: lines for a terminal, and one page of HTML that opens offline. Neither holds narrative."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment, PackageLoader, StrictUndefined

from nlp_quality.audit.compare import Comparison, Side
from nlp_quality.scheme import DIMENSIONS

METHOD = (
    "Shares with differences by Agresti and Caffo (2000) at the effective sample size of weighted, clustered records. All "
    "differences are one family: corrected by Holm's method, and the wider intervals hold for all of them at once."
)


def lines(found: Comparison) -> Iterator[str]:
    """The comparison as plain text."""
    for letter, side in (("A", found.a), ("B", found.b)):
        yield f"{letter}  {_side(side)}"
    yield ""
    yield from found.headline
    yield ""
    yield f"{'':<46}{'A':>7}{'B':>7}{'B-A':>6}   95 %        corrected p"
    for one in found.differences:
        name = " ".join(filter(None, (one.dimension, one.name or one.kind))).replace("_", " ")
        mark = "  *" if one.stands_out else ""
        interval = f"{100 * one.low:+.0f} to {100 * one.high:+.0f}"
        yield (
            f"{name:<46}{100 * one.a.value:6.1f}%{100 * one.b.value:6.1f}%{100 * one.value:+6.0f}   {interval:<12}"
            f"{one.p_corrected:.3f}{mark}"
        )
    yield ""
    yield "* stands out after correction for all differences."
    yield from (f"- {caution}" for caution in found.cautions)


def page(found: Comparison) -> str:
    """The comparison as one self-contained page."""
    environment = Environment(
        loader=PackageLoader("nlp_quality.audit", "report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    titles = {name: str(one["title"]) for name, one in DIMENSIONS.items()}
    return environment.get_template("compare.html").render(found=found, titles=titles, method=METHOD, side=_side)


def _side(side: Side) -> str:
    when = "" if side.first is None else f", {side.first} to {side.last}"
    bad = f", {side.bad} that could not be scored left out" if side.bad else ""
    model = f", scored by {', '.join(side.models)}" if side.models else ""
    return f"{side.name}: {side.records:,} records, {side.children:,} children{when}{bad}{model}"
