"""The text with one and the same word for every word that may be a name, so that no reading depends on which name it is."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from spacy.lang.en.stop_words import STOP_WORDS

from nlp_quality.reader import names

STAND_IN: Final = "Robin"
_WORD: Final = re.compile(r"[^\W\d_]\w*(?:[-'’]\w+)*")
_POSSESSIVE: Final = re.compile(r"['’]s$")
OPENERS: Final = "\n.!?:;\"“'‘(•*-–—["  # after these, and spaces, any word has a capital


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose names are masked.

    Attributes:
        starts: where, in the text as given, each masked word starts.
    """

    text: str
    starts: frozenset[int]
    _pieces: tuple[tuple[int, int], ...]

    def original(self, at: int) -> int:
        """The place in the text as given of a place in `text`."""
        piece, own = self._pieces[bisect_right(self._pieces, at, key=lambda pair: pair[0]) - 1]
        return own + at - piece


def masked(text: str) -> Masked:
    """`text` with every word that may be a name replaced: no dictionary word, or one with a capital it need not have."""
    words = [(m, _POSSESSIVE.sub("", m.group())) for m in _WORD.finditer(text)]
    needless = {word for m, word in words if word[0].isupper() and not _opens(text, m.start())}
    written_small = {word for _, word in words if word.islower()}
    parts: list[str] = []
    pieces: list[tuple[int, int]] = [(0, 0)]
    starts: set[int] = set()
    at = length = 0
    for match, word in words:
        named = word in needless and word.lower() not in written_small
        if not _may_be_name(word) or (names.is_english(word) and not named):
            continue
        stand_in = STAND_IN.upper() if word.isupper() else STAND_IN
        end = match.start() + len(word)
        parts += [text[at : match.start()], stand_in]
        length += match.start() - at + len(stand_in)
        starts.add(match.start())
        pieces += [(length - len(stand_in), match.start()), (length, end)]
        at = end
    parts.append(text[at:])
    return Masked("".join(parts), frozenset(starts), tuple(pieces))


def _may_be_name(word: str) -> bool:
    return word[0].isupper() and len(word) > 1 and not names.is_never(word) and word.lower() not in STOP_WORDS


def _opens(text: str, at: int) -> bool:
    while at > 0 and text[at - 1] in " \t":
        at -= 1
    return at == 0 or text[at - 1] in OPENERS
