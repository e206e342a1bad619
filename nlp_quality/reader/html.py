"""Rich text to plain text, with a map from every character back to its place in the markup."""

from __future__ import annotations

import html as entities
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

_PARAGRAPH: Final = frozenset(
    "p div section article header footer main aside h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre form fieldset "
    "figure address hr".split()
)
_LINE: Final = frozenset("br li dt dd tr caption legend option".split())
_CELL: Final = frozenset(("td", "th"))
_HIDDEN: Final = frozenset(("script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe"))


@dataclass(frozen=True, slots=True)
class Extracted:
    """Plain text and, for each of its characters, the offset in the source it came from."""

    text: str
    source: tuple[int, ...]


def extract(markup: str) -> Extracted:
    """Text of an HTML fragment: blocks apart by a blank line, lines by a newline, cells by two spaces.

    Scripts, styles and hidden parts are left out; runs of white space become one space; entities are resolved.
    Malformed markup never raises: what cannot be read as a tag is text.
    """
    parser = _Extractor(markup)
    parser.feed(markup)
    parser.close()
    return Extracted(*parser.result())


class _Extractor(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=False)
        self._lines = [0]
        for position, character in enumerate(markup):
            if character == "\n":
                self._lines.append(position + 1)
        self._characters: list[str] = []
        self._source: list[int] = []
        self._gap = ""  # white space owed before the next character
        self._hidden: list[str] = []

    def _position(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _owe(self, gap: str) -> None:
        order = ("", " ", "  ", "\n", "\n\n")
        if order.index(gap) > order.index(self._gap):
            self._gap = gap

    def _put(self, character: str, position: int) -> None:
        if self._gap and self._characters:
            self._characters.extend(self._gap)
            self._source.extend([position] * len(self._gap))
        self._gap = ""
        self._characters.append(character)
        self._source.append(position)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        self._owe("\n\n" if tag in _PARAGRAPH else "\n" if tag in _LINE else "  " if tag in _CELL else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        self._owe("\n\n" if tag in _PARAGRAPH else "\n" if tag in _LINE else "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._owe("\n\n" if tag in _PARAGRAPH else "\n" if tag in _LINE else "")

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        start = self._position()
        for index, character in enumerate(data):
            if character.isspace():
                self._owe(" ")
            else:
                self._put(character, start + index)

    def _handle_entity(self, reference: str) -> None:
        if self._hidden:
            return
        position = self._position()
        for character in entities.unescape(reference):
            if character.isspace():
                self._owe(" ")
            else:
                self._put(character, position)

    def handle_entityref(self, name: str) -> None:
        self._handle_entity(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._handle_entity(f"&#{name};")

    def result(self) -> tuple[str, tuple[int, ...]]:
        return "".join(self._characters), tuple(self._source)


def source_offset(extracted: Extracted, offset: int) -> int:
    """The offset in the markup of the character at `offset` of the text; its end for the end of the text."""
    if not extracted.source:
        return 0
    if offset >= len(extracted.source):
        return extracted.source[-1] + 1
    return extracted.source[max(0, offset)]
