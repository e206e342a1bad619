"""Scorers that stand in for the real one, in tests of the service alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nlp_quality.types import ModelInfo


class Fake:
    """A scorer for tests of the service alone: what `score` does is the test's to say."""

    model = ModelInfo(name="fake", version="1", sha256="0" * 64)

    def score(self, record: Any, *, steps: Any) -> Any:
        raise NotImplementedError


class Stepping(Fake):
    """Takes one step a paragraph, counts those that are done, and gives the rules' scorecard.

    Attributes:
        done: the paragraphs whose step was done, in order.
        before: called before each step that is done.
    """

    def __init__(self, rules: Any, before: Callable[[int], None] = lambda _: None) -> None:
        self.rules = rules
        self.before = before
        self.done: list[str] = []

    def score(self, record: Any, *, steps: Any) -> Any:
        for paragraph in record.text.split("\n\n"):
            steps("window", paragraph.encode(), lambda own=paragraph: self._step(own))
        return self.rules.score(record)

    def _step(self, paragraph: str) -> str:
        self.before(len(self.done))
        self.done.append(paragraph)
        return paragraph
