"""Scorecards as the contract's JSON object, with offsets in the unit the caller counts in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, Final

from nlp_quality.types import ChildHeard, ChildSeen, DimensionScore, Evidence, Finding, Prompt, Scorecard, Sentence

OFFSETS: Final = ("codepoint", "utf-16", "utf-8")
DETAILS: Final = ("full", "summary")

_Convert = Callable[[int], int]


def offset_converter(text: str, unit: str) -> _Convert:
    """A function from code points of `text` to `unit`: `codepoint`, `utf-16` or `utf-8` code units."""
    if unit == "codepoint":
        return lambda offset: offset
    encoding = {"utf-16": "utf-16-le", "utf-8": "utf-8"}[unit]
    scale = 2 if unit == "utf-16" else 1
    plain = 1 if unit == "utf-8" else 2  # bytes of the commonest character in this encoding
    positions: list[int] = []
    surplus: list[int] = [0]
    for position, character in enumerate(text):
        extra = len(character.encode(encoding)) - plain
        if extra:
            positions.append(position)
            surplus.append(surplus[-1] + extra // scale)
    return lambda offset: offset + surplus[bisect_right(positions, offset - 1)]


def to_dict(
    card: Scorecard,
    *,
    offsets: str = "codepoint",
    detail: str = "full",
    dimensions: Iterable[str] | None = None,
    context: bool = False,
) -> dict[str, Any]:
    """The contract's object for `card`.

    Args:
        offsets: `codepoint`, `utf-16` (JavaScript) or `utf-8`.
        detail: `summary` leaves out `sentences`, `findings` and `evidence`.
        dimensions: those to include; all when None.
        context: whether to echo the record's `context` (file output only).
    """
    at = offset_converter(card.source_text, offsets)
    full = detail == "full"
    wanted = list(card.dimensions) if dimensions is None else [d for d in card.dimensions if d in set(dimensions)]
    out: dict[str, Any] = {
        "id": card.id,
        "scheme": card.scheme,
        "model": {"name": card.model.name, "version": card.model.version, "sha256": card.model.sha256},
        "offsets": offsets,
        "dimensions": {name: _dimension(card.dimensions[name], at, full) for name in wanted},
    }
    if full:
        out["sentences"] = [_sentence(sentence, at) for sentence in card.sentences]
        out["findings"] = [_finding(finding, at) for finding in card.findings if finding.dimension in wanted]
    if card.text is not None:
        out["text"] = card.text
    if card.notice is not None:
        out["notice"] = card.notice
    if context:
        out["context"] = dict(card.context)
    return out


def _dimension(score: DimensionScore, at: _Convert, full: bool) -> dict[str, Any]:
    out: dict[str, Any] = {
        "level": score.level,
        "name": score.name,
        "score": score.score,
        "probabilities": None if score.probabilities is None else list(score.probabilities),
        "interval": None if score.interval is None else list(score.interval),
        "refer": score.refer,
        "not_applicable": None
        if score.not_applicable is None
        else {"code": score.not_applicable.code, "message": score.not_applicable.message},
        "reason": score.reason,
    }
    if full:
        out["evidence"] = [_evidence(item, at) for item in score.evidence]
    out["prompts"] = [_prompt(item, at) for item in score.prompts]
    if score.children is not None:
        out["children"] = [_child(child, at, full) for child in score.children]
    return out


def _child(child: ChildHeard | ChildSeen, at: _Convert, full: bool) -> dict[str, Any]:
    out: dict[str, Any] = {"child": child.child, "id": child.id}
    if isinstance(child, ChildHeard):
        out["heard"] = child.heard
    else:
        known = child.reconciliation
        out |= {
            "status": child.status,
            "companions": list(child.companions),
            "reason": child.reason,
            "probability": child.probability,
            "refer": child.refer,
            "reconciliation": None if known is None else {"result": known.result, "reason_given": known.reason_given},
        }
    if full:
        out["evidence"] = [_evidence(item, at) for item in child.evidence]
    return out


def _evidence(item: Evidence, at: _Convert) -> dict[str, Any]:
    return {
        "start": at(item.start),
        "end": at(item.end),
        "text": item.text,
        "label": item.label,
        "probability": item.probability,
    }


def _prompt(item: Prompt, at: _Convert) -> dict[str, Any]:
    return {
        "code": item.code,
        "message": item.message,
        "start": None if item.start is None else at(item.start),
        "end": None if item.end is None else at(item.end),
    }


def _finding(item: Finding, at: _Convert) -> dict[str, Any]:
    return {
        "start": at(item.start),
        "end": at(item.end),
        "dimension": item.dimension,
        "code": item.code,
        "severity": item.severity,
        "message": item.message,
    }


def _sentence(sentence: Sentence, at: _Convert) -> dict[str, Any]:
    return {
        "start": at(sentence.start),
        "end": at(sentence.end),
        "function": sentence.function,
        "presence": sentence.presence,
        "voice": list(sentence.voice),
        "capacity": list(sentence.capacity),
        "probabilities": {head: dict(labels) for head, labels in sentence.probabilities.items()},
    }
