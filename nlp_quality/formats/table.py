"""Scorecards for people at a terminal. No narrative text is printed: only names, statuses, levels and reasons."""

from __future__ import annotations

import unicodedata
from typing import Final, TextIO

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nlp_quality.formats.sources import BadRecord
from nlp_quality.scheme import DIMENSIONS
from nlp_quality.types import ChildSeen, DimensionScore, Scorecard

PLAIN_WIDTH: Final = 100  # columns in a file or a pipe, where there is no terminal to ask.
_REFER: Final = "refer"  # a word, not a colour: it must survive a pipe, a printer and colour blindness.


def console_for(stream: TextIO) -> Console:
    """A console that writes to `stream`, in colour and at its own width only where it is a terminal."""
    terminal = stream.isatty()
    return Console(
        file=stream,
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        width=None if terminal else PLAIN_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )


def print_card(console: Console, card: Scorecard) -> None:
    """Print one scorecard: a notice if there is one, each child's seen status, then the dimensions."""
    console.print(_text(f"Record {card.id if card.id is not None else '(no id)'}", "bold"))
    if card.notice is not None:
        console.print(_text(f"Notice: {card.notice}", "bold yellow"))
    seen = [
        child for score in card.dimensions.values() for child in score.children or () if isinstance(child, ChildSeen)
    ]
    if seen:
        console.print(_children(seen))
    console.print(_dimensions(card))


def print_bad(console: Console, bad: BadRecord) -> None:
    """Print what stands in the place of a record that could not be read."""
    line = "" if bad.line is None else f", line {bad.line}"
    field = "" if bad.field is None else f" ({bad.field})"
    console.print(_text(f"Record {bad.id if bad.id is not None else '(no id)'}{line}", "bold"))
    console.print(_text(f"Not scored: {bad.message}{field}\n", "red"))


def _children(children: list[ChildSeen]) -> Table:
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in ("Child", "Seen", "With", "Flag in case system", "Refer"):
        table.add_column(heading, overflow="fold")
    for child in children:
        known = child.reconciliation
        table.add_row(
            _text(child.child),
            _text(_words(child.status)),
            _text(", ".join(child.companions)),
            _text("" if known is None else _words(known.result)),
            _text(_REFER if child.refer else "", "bold"),
        )
    return table


def _dimensions(card: Scorecard) -> Table:
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in ("Dimension", "Level", "Refer", "Reason"):
        table.add_column(heading, overflow="fold")
    for name, score in card.dimensions.items():
        title = DIMENSIONS[name]["title"] if name in DIMENSIONS else name
        table.add_row(
            _text(str(title)),
            _text(_level(score)),
            _text(_REFER if score.refer else "", "bold"),
            _text(score.reason),
        )
    return table


def _level(score: DimensionScore) -> str:
    if score.level is None:
        return "none" if score.not_applicable is None else f"none ({_words(score.not_applicable.code)})"
    return f"{score.level} {score.name}"


def _words(label: str) -> str:
    return label.replace("_", " ")


def _text(value: str, style: str = "") -> Text:
    """`value` without control characters: a name from a record must not steer the reader's terminal."""
    return Text("".join(c if c == "\n" or unicodedata.category(c) not in _UNSAFE else "�" for c in value), style=style)


_UNSAFE: Final = ("Cc", "Cf", "Cs")
