"""The label lists of the guideline pages, written from the scheme so that the two cannot drift.

A page marks where a list belongs with `<!-- generated: NAME -->` and `<!-- end -->`. After a change to the scheme,
`python -m nlp_quality.guideline annotation_guidelines/*.md` writes the lists of those pages anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, cast

from nlp_quality import reconciliation, words
from nlp_quality.scheme import CAPACITY, DIMENSIONS, FUNCTION, LEVEL_NAMES, PRESENCE, STATUSES, VOICE

LISTS: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "function": ("function", "the sentence…", FUNCTION),
    "voice": ("voice", "the sentence gives…", VOICE),
    "capacity": ("capacity", "the sentence says or names…", CAPACITY),
    "presence": ("presence", "the sentence says…", PRESENCE),
    "statuses": ("status", "the child was…", STATUSES),
}
BLOCK: Final = re.compile(r"(<!-- generated: (?P<name>[\w.]+) -->\n).*?(<!-- end -->)", re.S)


def names() -> tuple[str, ...]:
    """Every list of the scheme."""
    return (*LISTS, *(f"levels.{dimension}" for dimension in DIMENSIONS))


def block(name: str) -> str:
    """A list of the scheme as a Markdown table.

    Args:
        name: `function`, `voice`, `capacity`, `presence`, `statuses`, `reconciliation`, `codes.` or `levels.` and a dimension.

    Raises:
        KeyError: the scheme has no such list.
    """
    if name in LISTS:
        title, says, labels = LISTS[name]
        return _table((title, says), ((f"`{label}`", text) for label, text in labels.items()))
    if name == "reconciliation":
        return "".join(f"{line}\n" for line in reconciliation.lines())
    if name.removeprefix("codes.") in DIMENSIONS and name not in DIMENSIONS:
        return _codes(name.removeprefix("codes."))
    if name not in names():
        raise KeyError(name)
    texts = cast("tuple[str, ...]", DIMENSIONS[name.removeprefix("levels.")]["levels"])
    rows = ((str(level), f"`{LEVEL_NAMES[level]}`", text) for level, text in enumerate(texts))
    return _table(("level", "name", "the record"), rows)


def _codes(dimension: str) -> str:
    """A dimension's prompts and findings: what they say, why, and the standards they rest on."""
    rows = (
        (f"`{w.code}`", w.severity or "prompt", w.message, f"{w.why} ({'; '.join(w.source)})")
        for w in words.packaged().by_code.values()
        if w.dimension == dimension
    )
    return _table(("code", "what it is", "says", "why it matters"), rows)


def refresh(text: str) -> str:
    """A page with every block filled from the scheme; the rest of it as it was.

    Raises:
        KeyError: the page asks for a list that the scheme does not have.
    """
    return BLOCK.sub(lambda found: f"{found[1]}{block(found['name'])}{found[3]}", text)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (header, ("---",) * len(header), *rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    for page in map(Path, sys.argv[1:]):
        page.write_text(refresh(page.read_text(encoding="utf-8")), encoding="utf-8")
