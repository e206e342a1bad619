"""What the routes share: the scorer behind a protocol, and the threads it runs in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar, cast

from fastapi import Depends, Request

from api.errors import not_ready
from nlp_quality.record import Record
from nlp_quality.types import ModelInfo, Scorecard
from nlp_quality.words import Words

T = TypeVar("T")


class RecordScorer(Protocol):
    """The part of `nlp_quality.Scorer` the service uses."""

    @property
    def model(self) -> ModelInfo:
        """Name, version and digest of the model in use."""

    @property
    def words(self) -> Words:
        """What prompts and findings say, by code."""

    def score(self, record: Record) -> Scorecard:
        """The scorecard of one record."""

    def describe(self) -> Mapping[str, Any]:
        """The model in use: name, version, sha256, evaluation, limits."""


@dataclass(slots=True)
class Service:
    """What one process holds, in `app.state.service`.

    Attributes:
        threads: where records are scored, so that the event loop stays free for health checks and other callers.
        scorer: None until the model is verified.
    """

    threads: ThreadPoolExecutor
    scorer: RecordScorer | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, done in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)


def get_service(request: Request) -> Service:
    """The service of the application that took the request."""
    return cast(Service, request.app.state.service)


ServiceDep = Annotated[Service, Depends(get_service)]


def get_scorer(service: ServiceDep) -> RecordScorer:
    """The verified scorer.

    Raises:
        Problem: 503 while the model is not verified.
    """
    if service.scorer is None:
        raise not_ready()
    return service.scorer


ScorerDep = Annotated[RecordScorer, Depends(get_scorer)]
