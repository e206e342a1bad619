"""How fast this process scores, and so whether a record can be scored in the time its caller gives."""

from __future__ import annotations

import re
import threading
from typing import Final

from nlp_quality.record import Record

SMOOTHING: Final = 0.1  # weight of the newest measurement
ENOUGH: Final = 1_000  # characters from which a record tells of the rate; below it the fixed costs of any record rule

_TAG: Final = re.compile(r"<[^>]*>")
_BREAK: Final = re.compile(r"\n\s*\n")
_BLOCK: Final = re.compile(r"</(?:p|div|li|h[1-6]|td|th|section|blockquote)\s*>", re.IGNORECASE)


class Pace:
    """Characters a second, smoothed over the records scored; None until the first."""

    def __init__(self) -> None:
        self._rate: float | None = None
        self._lock = threading.Lock()

    @property
    def rate(self) -> float | None:
        """Characters a second."""
        return self._rate

    def note(self, characters: int, seconds: float) -> None:
        """Take in that so many characters, none of them remembered, took so long."""
        if characters < ENOUGH or seconds <= 0:
            return
        newest = characters / seconds
        with self._lock:
            self._rate = newest if self._rate is None else (1 - SMOOTHING) * self._rate + SMOOTHING * newest

    def seconds(self, characters: int) -> float:
        """How long so many characters will take; 0 before anything was measured."""
        return 0.0 if self._rate is None else characters / self._rate


def paragraphs(record: Record) -> list[str]:
    """The record's text roughly by paragraph, without its markup: enough to tell how much of it is new."""
    if record.format != "html":
        return _BREAK.split(record.text)
    return [_TAG.sub(" ", block) for block in _BLOCK.split(record.text)]
