"""A service that answers as the tests need it: scorecards made from plain marks in the text, late replies, refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DIMENSIONS = ("child_voice", "seen_alone", "analysis", "parental_capacity")
SENTENCE = re.compile(r"[^\s.!?][^.!?\n]*[.!?]?[”\"]?")
QUESTION = "What is it that worries you, and what could it mean for the child?"


def utf16(text: str) -> int:
    """Length in the units JavaScript counts in."""
    return len(text.encode("utf-16-le")) // 2


def card_of(text: str) -> dict[str, Any]:
    """A scorecard in which words stand for what a model would find.

    `concerned` earns a suggestion, `wrong form` an important comment, `because` praise and evidence of analysis, `alone`
    evidence that a child was seen, `told me` evidence of voice.
    """
    evidence: dict[str, list[dict[str, Any]]] = {name: [] for name in DIMENSIONS}
    findings = []
    for match in SENTENCE.finditer(text):
        sentence = match[0].rstrip()
        start = utf16(text[: match.start()])
        span = {"start": start, "end": start + utf16(sentence)}
        marks = (
            ("told me", "child_voice", "child_words"),
            ("alone", "seen_alone", "seen_alone"),
            ("because", "analysis", "analysis"),
        )
        for mark, dimension, label in marks:
            if mark in sentence:
                evidence[dimension].append(span | {"text": sentence, "label": label, "probability": 0.9})
        comments = (
            ("concerned", "analysis", "analysis.bare_concern", "suggestion", QUESTION),
            ("wrong form", "seen_alone", "seen_alone.form_contradicted", "important", "The form says something else."),
            ("because", "analysis", "analysis.reasoned", "praise", "The reason is there."),
        )
        for mark, dimension, code, severity, message in comments:
            if mark in sentence:
                finding = {"dimension": dimension, "code": code, "severity": severity, "message": message}
                findings.append(span | finding)
    dimensions = {name: dimension_of(evidence[name]) for name in DIMENSIONS}
    dimensions["analysis"]["prompts"] = [
        {"code": "analysis.other_explanations", "message": "What else could explain it?", "start": None, "end": None}
    ]
    child = {"child": "Ottilie", "id": None, "evidence": evidence["child_voice"]}
    dimensions["child_voice"]["children"] = [child | {"heard": "words" if evidence["child_voice"] else "not_heard"}]
    seen = {"companions": [], "reason": None, "refer": False, "probability": 0.9, "reconciliation": None}
    status = "seen_alone" if evidence["seen_alone"] else "not_stated"
    dimensions["seen_alone"]["children"] = [child | seen | {"status": status, "evidence": evidence["seen_alone"]}]
    return {
        "id": None,
        "scheme": "1.0",
        "model": {"name": "stub", "version": "1", "sha256": "0" * 64},
        "offsets": "utf-16",
        "dimensions": dimensions,
        "sentences": [],
        "findings": findings,
    }


def dimension_of(evidence: list[dict[str, Any]]) -> dict[str, Any]:
    level = min(len(evidence), 3)
    return {
        "level": level,
        "name": ("absent", "limited", "sound", "strong")[level],
        "score": 0.0,
        "probabilities": [0.25] * 4,
        "interval": [level, level],
        "refer": False,
        "not_applicable": None,
        "reason": f"There are {len(evidence)} passages.",
        "evidence": evidence,
        "prompts": [],
    }


@dataclass
class Stub:
    """Answers in place of the service, and remembers what it was asked.

    Attributes:
        asked: bodies of the requests for a score, in order.
        opinions: bodies of the requests to `/v1/feedback`.
        hold: keep replies until `release` is called.
        refuse: answers instead of a scorecard: status, headers and body, or None to break the connection.
    """

    asked: list[dict[str, Any]] = field(default_factory=list)
    opinions: list[dict[str, Any]] = field(default_factory=list)
    hold: bool = False
    refuse: Callable[[dict[str, Any]], tuple[int, dict[str, str], dict[str, Any]] | None] | None = None
    held: list[Any] = field(default_factory=list)

    def install(self, page) -> None:
        page.route("**/v1/score*", self.score)
        page.route("**/v1/feedback", self.feedback)

    def score(self, route) -> None:
        body = json.loads(route.request.post_data)
        self.asked.append(body)
        if self.hold:
            self.held.append((route, body))
        else:
            self.answer(route, body)

    def answer(self, route, body) -> None:
        if self.refuse is None:
            return route.fulfill(json=card_of(body["text"]))
        refused = self.refuse(body)
        if refused is None:
            return route.abort()
        status, headers, problem = refused
        return route.fulfill(status=status, headers=headers, json=problem)

    def release(self) -> None:
        """Answer what was held, the oldest first; those the page has given up on are gone."""
        held, self.held = self.held, []
        for route, body in held:
            self.answer(route, body)

    def feedback(self, route) -> None:
        self.opinions.append(json.loads(route.request.post_data))
        route.fulfill(status=201, json={})
