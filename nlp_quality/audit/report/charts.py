"""Charts as inline SVG by matplotlib: colours follow the page's scheme, and each has its words and its table beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH: Final = 4.7  # inches: drawn for a phone's width, so that the words stay readable there.
BAR: Final = 0.62  # inches a bar, its words included.
DOT: Final = 0.3  # inches a row of dots.
FONT: Final = 10.5
INSIDE: Final = 0.07  # a part of a bar narrower than this carries no number: the table does.
# Drawn in these, which no chart uses otherwise, and turned into the page's own colours.
COLOURS: Final[Mapping[str, str]] = {
    "#000001": "var(--ink)",
    "#000002": "var(--soft)",
    "#000003": "var(--line)",
    "#000004": "var(--mark)",
    "#000005": "var(--band-soft)",
    **{f"#00001{i}": f"var(--s{i})" for i in range(5)},
    **{f"#00002{i}": f"var(--s{i}-ink)" for i in range(5)},
}
INK, SOFT, LINE, MARK, BAND = list(COLOURS)[:5]


def stacked(rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str]) -> Markup:
    """A bar a row, its parts in the order of `names`, shares of 0 to 1."""

    def draw(axes: Axes) -> None:
        for place, (title, shares) in enumerate(rows):
            left = 0.0
            axes.text(0, place - 0.36, title, ha="left", va="bottom", color=INK, fontsize=FONT)
            for index, part in enumerate(shares):
                axes.barh(place, part, left=left, height=0.56, color=f"#00001{index}", edgecolor=INK, linewidth=0.5)
                if part >= INSIDE:
                    axes.text(
                        left + part / 2,
                        place,
                        f"{part:.0%}",
                        ha="center",
                        va="center",
                        color=f"#00002{index}",
                        fontsize=FONT,
                    )
                left += part
        axes.set_xlim(0, 1)
        axes.set_ylim(len(rows) - 0.5, -0.8)
        axes.axis("off")
        handles = [axes.barh(-5, 0, color=f"#00001{i}", edgecolor=INK, linewidth=0.5) for i in range(len(names))]
        legend = axes.legend(
            handles,
            names,
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            ncols=min(3, len(names)) if len(names) > 4 else len(names),
            frameon=False,
            fontsize=FONT - 1,
            handlelength=1,
            columnspacing=1.2,
            handletextpad=0.5,
        )
        for text in legend.get_texts():
            text.set_color(INK)

    return _svg(draw, BAR * len(rows) + 0.55)


def dots(
    rows: Sequence[tuple[str, float, float, float]],
    *,
    limits: tuple[float, float],
    ticks: Sequence[tuple[float, str]],
    band: tuple[float, float] | None = None,
    width: float = WIDTH,
) -> Markup:
    """A dot and its interval a row, over one axis.

    Args:
        rows: name, value, low, high.
        band: shaded from top to bottom, as the tool's own error.
    """

    def draw(axes: Axes) -> None:
        if band is not None:
            axes.axvspan(*band, color=BAND, linewidth=0)
        for position, _ in ticks:
            axes.axvline(position, color=LINE, linewidth=0.6, zorder=0)
        for place, (_, value, low, high) in enumerate(rows):
            axes.plot([low, high], [place, place], color=MARK, linewidth=2, solid_capstyle="butt")
            axes.plot([value], [place], marker="o", markersize=6, color=MARK)
        axes.set_xlim(*limits)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [_short(name) for name, *_ in rows], color=INK, fontsize=FONT)
        axes.set_xticks([p for p, _ in ticks], [t for _, t in ticks], color=SOFT, fontsize=FONT - 1)
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)

    return _svg(draw, DOT * len(rows) + 0.5, width=width)


def _short(name: str, most: int = 24) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _svg(draw: Callable[[Axes], Any], height: float, *, width: float = WIDTH) -> Markup:
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": "nlp-quality", "text.parse_math": False}
    with rc_context(settings):
        figure = Figure(figsize=(width, height), layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        draw(axes)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)  # every chart would use the same ids.
    svg = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", svg)
    svg = re.sub(
        r'<svg [^>]*viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true" focusable="false">', svg, count=1
    )
    for drawn, own in COLOURS.items():
        svg = svg.replace(drawn, own)
    return Markup(svg)  # noqa: S704  # our own drawing; matplotlib escapes the names of groups.
