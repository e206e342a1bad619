"""What the routes share: the scorer behind a protocol, and the threads it runs in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Semaphore
from typing import Annotated, Any, Final, Protocol, TypeVar, cast

from fastapi import Depends, Request

from api.errors import not_ready
from api.settings import Settings
from api.store.database import Store, not_open
from api.store.events import EventWriter
from nlp_quality.record import Record
from nlp_quality.types import ModelInfo, Scorecard

T = TypeVar("T")
LOCAL_TENANT: Final = "local"


class RecordScorer(Protocol):
    """The part of `nlp_quality.Scorer` the service uses."""

    @property
    def model(self) -> ModelInfo:
        """Name, version and digest of the model in use."""

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
        settings: what the operator set.
        store: opened when the service starts.
        events: told of every record that was scored.
        uploads: batches that may be received at the same time.
        scoring: records that somebody waits for at this moment.
        wake_workers: tells the workers of this process that a batch has come.
    """

    threads: ThreadPoolExecutor
    settings: Settings
    store: Store
    events: EventWriter
    uploads: Semaphore
    scorer: RecordScorer | None = None
    scoring: int = 0
    wake_workers: Callable[[], None] = field(default=lambda: None)

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, done in one of the threads."""
        self.scoring += 1  # on the event loop alone
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, work)
        finally:
            self.scoring -= 1


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


def get_tenant(_: Request) -> str:
    """Whose batches, feedback and events these are."""
    return LOCAL_TENANT


TenantDep = Annotated[str, Depends(get_tenant)]


def get_caller(_: Request) -> str:
    """Who calls, for the audit log: the id of a key or of a token's subject, never a name."""
    return LOCAL_TENANT


CallerDep = Annotated[str, Depends(get_caller)]


def require_scope(_: str) -> Callable[[], None]:
    """A dependency that refuses a caller without this scope; for now every caller has every scope."""

    def allowed() -> None:
        return None

    return allowed


def get_store(service: ServiceDep) -> Store:
    """The store.

    Raises:
        StoreError: it is not open.
    """
    if not service.store.is_open:
        raise not_open()
    return service.store


StoreDep = Annotated[Store, Depends(get_store)]
