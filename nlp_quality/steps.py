"""The costly steps of reading a record, each a pure function of its key: who may recall one, or stop before it.

A service hands its own `Steps` to `Scorer.score`: one that recalls what it has done before makes an edit cost about what the edit
is long, and one that raises between two steps ends the work. Neither can change an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Steps(Protocol):
    """Does one step, or recalls its result."""

    def __call__(self, kind: str, key: bytes, work: Callable[[], T], /) -> T:
        """The result of `work()`, which must not be changed by who receives it.

        Args:
            kind: what is done: `names` (a paragraph's names and parts of speech) or `window` (a run of the encoder).
            key: all that the result depends on, with one model. It may hold text: keep a digest of it.
            work: does the step.
        """
        ...


def straight(_kind: str, _key: bytes, work: Callable[[], T], /) -> T:
    """Every step done, none remembered."""
    return work()
