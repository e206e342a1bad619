"""The frames of `lexicons/presence.toml`: how people are placed in a sentence, built from its word lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

_LIST: Final = re.compile(r"\{([A-Za-z_]+)\}")
_MARKERS: Final = (
    "CHILDREN",
    "CHILD",
    "PARENT",
    "CARER",
    "RELATIVE",
    "PARTNER",
    "SIBLING",
    "PROF",
    "OTHER",
    "WRITER",
    "INTERPRETER",
)
_BARE: Final = re.compile(rf"(?<![\w\\-])({'|'.join(_MARKERS)})(?![\w}}-])")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the lexicon.

    Attributes:
        id: stable.
        label: what a match means: `meeting`, `there`, `away`, `alone`.
        regex: over the marked sentence; the group `who` is the person it places.
        weight: how much it says.
        examples, counter_examples: marked sentences it must and must not match.
    """

    id: str
    label: str
    regex: re.Pattern[str]
    weight: float
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@cache
def _data() -> Mapping[str, Any]:
    source = resources.files("nlp_quality.lexicons").joinpath("presence.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern with its lists opened and its markers held to upper case.

    Raises:
        KeyError: it names a list that the lexicon does not have.
    """
    words: Mapping[str, str] = _data()["words"]
    while _LIST.search(pattern):
        pattern = _LIST.sub(lambda found: words[found.group(1)], pattern)
    return re.compile(_BARE.sub(r"(?-i:\1)", pattern), re.IGNORECASE)


@cache
def frames(label: str) -> tuple[Frame, ...]:
    """The frames of one label, in file order."""
    return tuple(
        Frame(
            id=entry["id"],
            label=entry["label"],
            regex=compile_pattern(entry["pattern"]),
            weight=float(entry.get("weight", 1.0)),
            examples=tuple(entry.get("examples", ())),
            counter_examples=tuple(entry.get("not", ())),
        )
        for entry in _data()["frame"]
        if entry["label"] == label
    )


def matches(label: str, marked: str) -> Iterator[tuple[Frame, re.Match[str]]]:
    """Every match of the label's frames in a marked sentence."""
    for frame in frames(label):
        for match in frame.regex.finditer(marked):
            yield frame, match
