"""The table for people: statuses first, levels by name, and no narrative."""

import io

import pytest

from nlp_quality.formats import BadRecord
from nlp_quality.formats.table import PLAIN_WIDTH, console_for, print_bad, print_card
from nlp_quality.types import (
    ChildSeen,
    DimensionScore,
    Evidence,
    ModelInfo,
    NotApplicable,
    Prompt,
    Reconciliation,
    Scorecard,
)

CANARY = "Zebedee Quillfeather"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def card(*, name="Nell Ward", notice=None):
    evidence = (Evidence(0, 20, CANARY, "seen_alone", 0.98),)
    child = ChildSeen(
        name, "p1", "seen_not_alone", ("parent",), None, 0.9, True, Reconciliation("contradicted", False), evidence
    )
    level = DimensionScore(
        2, "sound", 63.7, (0.02, 0.21, 0.61, 0.16), (1, 2), False, None, "A clear account. " * 20, evidence
    )
    none = DimensionScore(
        None, None, None, None, None, True, NotApplicable("no_parent", "No parent."), "No parent is named."
    )
    seen = DimensionScore(
        1, "limited", 30.0, (0.3, 0.5, 0.1, 0.1), (0, 2), True, None, "Not said.", evidence,
        (Prompt("seen.alone", "?"),), (child,),
    )  # fmt: skip
    return Scorecard(
        id="r1",
        scheme="1.0",
        model=ModelInfo("m", "1", "0"),
        dimensions={"child_voice": level, "seen_alone": seen, "parental_capacity": none},
        sentences=(),
        findings=(),
        text=CANARY,
        source_text=CANARY,
        notice=notice,
    )


def printed(scorecard, stream=None):
    stream = stream or io.StringIO()
    print_card(console_for(stream), scorecard)
    return stream.getvalue()


def test_statuses_first_then_levels_by_name():
    text = printed(card(notice="Scored by rules alone."))
    places = [
        text.index(part)
        for part in ("Record r1", "Notice: Scored by rules alone.", "seen not alone", "Child's voice", "2 sound")
    ]
    assert places == sorted(places)
    (child,) = (line for line in text.splitlines() if "Nell Ward" in line)
    assert child.split() == ["Nell", "Ward", "seen", "not", "alone", "parent", "contradicted", "refer"]
    assert "none (no parent)" in text
    assert CANARY not in text


def test_without_notice_there_is_no_notice_line():
    assert "Notice" not in printed(card())


@pytest.mark.parametrize("colour", [True, False])
def test_colour_only_on_a_terminal(monkeypatch, colour):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colour:
        monkeypatch.setenv("FORCE_COLOR", "1")
    assert ("\x1b[" in printed(card(), Terminal() if colour else io.StringIO())) is colour


def test_no_line_is_wider_than_the_page():
    text = printed(card(name="N" * 200))
    assert max(map(len, text.splitlines())) <= PLAIN_WIDTH


def test_a_name_cannot_steer_the_terminal():
    text = printed(card(name="Nell\x1b]0;owned\x07\u202e [red]Ward[/red] :smile:"), Terminal())
    assert "\x1b]" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "[red]" in text


def test_a_bad_record():
    stream = io.StringIO()
    print_bad(console_for(stream), BadRecord(None, "blank", "text", "text is empty.", 7))
    assert stream.getvalue() == "Record (no id), line 7\nNot scored: text is empty. (text)\n\n"
