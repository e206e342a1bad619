"""One record scored for one caller: recalled where it can be, in the time given, never for nothing."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from api import examples
from api.deps import RecordScorer, Service
from api.errors import Problem
from api.middleware import places
from api.pace import paragraphs
from api.queue import Stop
from nlp_quality.formats.scorecard import to_dict
from nlp_quality.record import Record
from nlp_quality.steps import Steps
from nlp_quality.types import Scorecard

T = TypeVar("T")

SAMPLE: Final = "\n\n".join([examples.TEXT] * 20)  # of the length of a visit note
KNOWN: Final = True  # what stands in the memory for a paragraph that was scored

logger = logging.getLogger("api.scoring")


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller asks of a scorecard."""

    detail: str
    offsets: str
    dimensions: Sequence[str] | None

    def parts(self) -> tuple[str, ...]:
        """All of it, for a digest."""
        return self.detail, self.offsets, *(("*",) if self.dimensions is None else self.dimensions)


@dataclass(frozen=True, slots=True)
class Request:
    """One record on its way to a scorecard, with what is already known of it.

    Attributes:
        reply_key: where the memory keeps the reply.
        marks: where it keeps that a paragraph was scored, one a paragraph.
        fresh: characters in paragraphs not scored lately.
    """

    tenant: str
    record: Record
    options: Options
    reply_key: bytes
    marks: tuple[bytes, ...]
    fresh: int


def reply_key(service: Service, scorer: RecordScorer, tenant: str, options: Options, sent: bytes) -> bytes:
    """Where the memory keeps the reply to `sent`, byte for byte the same input, options and model."""
    return service.memory.key("reply", tenant, scorer.model.sha256, "/".join(options.parts()), sent)


def weigh(
    service: Service, scorer: RecordScorer, tenant: str, options: Options, record: Record, *, key: bytes, seconds: float
) -> Request:
    """The request to score `record`, if it can be scored in the time its caller gives.

    A record that was begun before is let through: what was done of it is remembered, so a retry goes further.

    Args:
        key: of the reply.
        seconds: that the caller gives.

    Raises:
        Problem: 413 `too_long_for_deadline`.
    """
    memory = service.memory
    blocks = paragraphs(record)
    people = repr((record.record_type, record.people))  # what every paragraph is read with
    marks = tuple(memory.key("mark", tenant, scorer.model.sha256, people, block) for block in blocks)
    fresh = sum(len(block) for block, new in zip(blocks, memory.missing(marks), strict=True) if new)
    begun = memory.key("begun", key)
    if service.pace.seconds(fresh) > seconds and memory.get(begun) is None:
        raise Problem(
            413,
            "too_long_for_deadline",
            "The record is too long to be scored in the time given: give a longer deadline_ms, "
            "or send it to /v1/batches.",
            field="text",
        )
    memory.put(begun, KNOWN, size=0)
    return Request(tenant, record, options, key, marks, fresh)


def scored(service: Service, scorer: RecordScorer, asked: Request, stop: Stop) -> tuple[bytes, bool]:
    """The reply's body, and whether it is kept for the next time. To be run in a thread.

    Raises:
        Stopped: between two steps, once `stop` says so.
    """
    began = time.monotonic()
    memory, record, options = service.memory, asked.record, asked.options
    card = scorer.score(record, steps=remembering(service, stop, asked.tenant, scorer.model.sha256))
    found = to_dict(card, offsets=options.offsets, detail=options.detail, dimensions=options.dimensions)
    body = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    seconds = time.monotonic() - began
    if 2 * asked.fresh >= len(record.text):
        service.pace.note(asked.fresh, seconds)
    for mark in asked.marks:
        memory.put(mark, KNOWN, size=0)
    service.metrics.scoring.observe(seconds)
    service.metrics.replies.labels("miss").inc()
    stored = memory.put(asked.reply_key, body, size=len(body))
    if not record.draft:
        service.metrics.scored(card)
        _tell(service, asked, card, 1000 * seconds)
    return body, stored


def _tell(service: Service, asked: Request, card: Scorecard, milliseconds: float) -> None:
    """Tell of a score. A worker's save does not fail because nobody could take note of it."""
    try:
        service.events.scored(
            tenant=asked.tenant, record=asked.record, card=card, milliseconds=milliseconds, source="score"
        )
    except Exception as error:
        service.metrics.untold.inc()
        logger.error("a score was not noted: %s at %s", type(error).__name__, places(error))


def measure(service: Service) -> None:
    """Score a made-up record twice, to warm the model and to know how fast it goes."""
    record = Record(text=SAMPLE)
    for _ in range(2):
        began = time.monotonic()
        if service.scorer is not None:
            service.scorer.score(record)
    service.pace.note(len(SAMPLE), time.monotonic() - began)


def remembering(service: Service, stop: Stop, *whose: str) -> Steps:
    """Steps that are recalled where the memory has them, kept where it has not, and not begun once `stop` says so."""

    memory = service.memory

    def step(kind: str, key: bytes, work: Any) -> Any:
        stop.check()
        where = memory.key("step", *whose, kind, key)
        result = memory.get(where)
        service.metrics.steps.labels(kind, "miss" if result is None else "hit").inc()
        if result is None:
            result = work()
            memory.put(where, result, size=size_of(result))
        return result

    return step


def size_of(value: Any) -> int:
    """Bytes that `value` takes, a little too many where parts of it are shared."""
    if isinstance(value, list | tuple):
        return sys.getsizeof(value) + sum(map(size_of, value))
    return sys.getsizeof(value) + int(getattr(value, "nbytes", 0))
