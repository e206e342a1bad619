"""Text with markup between, as editors' plug-ins send it: what is read, and where it stands in what was sent.

Offsets on the outside count UTF-16 units of the text as sent, markup included, as JavaScript and Java do.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from api.errors import Problem
from nlp_quality.errors import InvalidRecord
from nlp_quality.formats.json_text import parse_json
from nlp_quality.formats.scorecard import offset_converter

MAX_PARTS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of what was sent.

    Attributes:
        sent: as it stands in the editor.
        read: what of it is read: the same for text; nothing, or what stands for it, for markup.
        markup: true for markup.
    """

    sent: str
    read: str
    markup: bool


class Annotated:
    """What an editor sent.

    Attributes:
        text: what is read of it.
        sent: the whole of it, markup included.
    """

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        self.text = "".join(part.read for part in parts)
        self.sent = "".join(part.sent for part in parts)
        # Where each part begins, in code points: of what is read, and of what was sent.
        self._read = [0, *accumulate(len(part.read) for part in parts)]
        self._sent = [0, *accumulate(len(part.sent) for part in parts)]
        self._units = offset_converter(self.sent, "utf-16")
        self._utf16 = self.sent.encode("utf-16-le")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the read text from `start` to `end` (code points) stands in what was sent, in UTF-16 units.

        Markup before the first character and after the last is left out; markup between stays in.
        """
        first, last = self._place(start), self._place(max(start, end - 1))
        return self._units(self._from(start, first)), self._units(self._to(end, last))

    def context(self, start: int, end: int, around: int) -> dict[str, Any]:
        """The surroundings of a span of what was sent (UTF-16 units), as LanguageTool gives them."""
        units = self._utf16
        left, right = max(0, start - around), min(len(units) // 2, end + around)
        # Half a character is left out at either end.
        before = units[2 * left : 2 * start].decode("utf-16-le", errors="ignore")
        after = units[2 * end : 2 * right].decode("utf-16-le", errors="ignore")
        shown = units[2 * start : 2 * end].decode("utf-16-le")
        head, tail = "..." if left else "", "..." if 2 * right < len(units) else ""
        text = (head + before + shown + after + tail).replace("\r", " ").replace("\n", " ")
        return {"text": text, "offset": len((head + before).encode("utf-16-le")) // 2, "length": end - start}

    def _place(self, at: int) -> int:
        """The part that holds the character at `at` of the read text: parts of which nothing is read hold none."""
        return min(bisect_right(self._read, at), len(self._parts)) - 1

    def _from(self, at: int, place: int) -> int:
        part = self._parts[place]
        return self._sent[place] + (0 if part.markup else at - self._read[place])

    def _to(self, at: int, place: int) -> int:
        part = self._parts[place]
        return self._sent[place + 1] if part.markup else self._sent[place] + at - self._read[place]


def plain(text: str) -> Annotated:
    """Text without markup."""
    return Annotated((Part(text, text, markup=False),))


def annotated(data: str) -> Annotated:
    """The text of a JSON object with `annotation`: a list of `text`, or of `markup` with or without `interpretAs`.

    Raises:
        Problem: 400.
    """
    try:
        value = parse_json(data)
    except InvalidRecord:
        raise bad("'data' is not valid JSON") from None
    parts = value.get("annotation") if isinstance(value, dict) else None
    if not isinstance(parts, list) or len(parts) > MAX_PARTS:
        raise bad(f"'data' must be an object with a list 'annotation' of at most {MAX_PARTS:,} parts")
    return Annotated(tuple(map(_part, parts)) or (Part("", "", markup=False),))


def _part(value: object) -> Part:
    if not isinstance(value, dict) or ("text" in value) == ("markup" in value):
        raise bad("Each part of 'annotation' must have one of 'text' and 'markup'")
    sent = value.get("text", value.get("markup"))
    read = value.get("interpretAs", "") if "markup" in value else sent
    if not isinstance(sent, str) or not isinstance(read, str):
        raise bad("'text', 'markup' and 'interpretAs' must be strings")
    if "text" in value and "interpretAs" in value:
        raise bad("'interpretAs' belongs to 'markup'")
    try:
        (sent + read).encode()
    except UnicodeEncodeError:
        raise bad("'data' holds half of a surrogate pair, which is not a character") from None
    return Part(sent, read, markup="markup" in value)


def bad(message: str) -> Problem:
    """A parameter of the form that cannot be used; the message holds nothing of it."""
    return Problem(400, "invalid_parameter", f"{message}.")
