"""What the routes share: the scorer behind a protocol, the threads it runs in, what is told of a score, and who calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Semaphore
from typing import Annotated, Any, Protocol, TypeVar, cast

from fastapi import Depends, Request, Security

from api.auth.access import Access, forbidden
from api.auth.callers import Caller
from api.auth.schemes import BEARER, COOKIE, HEADER
from api.errors import not_ready
from api.memory import Memory
from api.metrics import Metrics
from api.pace import Pace
from api.queue import Queue
from api.settings import Settings
from api.store.database import Store, not_open
from nlp_quality.record import Record
from nlp_quality.steps import Steps, straight
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

    def score(self, record: Record, *, steps: Steps = straight) -> Scorecard:
        """The scorecard of one record."""

    def describe(self) -> Mapping[str, Any]:
        """The model in use: name, version, sha256, evaluation, limits."""


class ScoreEvents(Protocol):
    """Told of each record that was scored, drafts and replies from memory excepted."""

    def scored(self, *, tenant: str, record: Record, card: Scorecard, milliseconds: float, source: str) -> None:
        """Take note of a score, in the thread that made it and before the reply goes out.

        Args:
            source: where the record came from, as in `score`.
        """


class NoEvents:
    """Takes note of nothing."""

    def scored(self, *, tenant: str, record: Record, card: Scorecard, milliseconds: float, source: str) -> None:
        """Nothing."""


@dataclass(slots=True)
class Service:
    """What one process holds, in `app.state.service`.

    Attributes:
        threads: where records are scored, so that the event loop stays free for health checks and other callers.
        queue: what is scored on a caller's time, in those threads.
        memory: what is remembered of it for a while.
        pace: how fast it goes.
        metrics: what is counted of it.
        scorer: None until the model is verified.
        events: told of each score.
        max_deadline_ms: the longest time a caller may give.
        checks: name of a part -> whether it is ready; the service is ready when all are. Run in a thread.
        settings: what the operator set.
        store: opened when the service starts.
        uploads: batches that may be received at the same time.
        wake_workers: tells the workers of this process that a batch has come.
    """

    threads: ThreadPoolExecutor
    queue: Queue
    memory: Memory
    pace: Pace
    metrics: Metrics
    max_deadline_ms: int
    settings: Settings
    store: Store
    uploads: Semaphore
    scorer: RecordScorer | None = None
    events: ScoreEvents = field(default_factory=NoEvents)
    checks: dict[str, Callable[[], bool]] = field(default_factory=dict)
    wake_workers: Callable[[], None] = field(default=lambda: None)

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


def get_access(request: Request) -> Access:
    """Who may call."""
    return cast(Access, request.app.state.access)


async def get_known(
    request: Request,
    access: Annotated[Access, Depends(get_access)],
    _bearer: Annotated[object, Depends(BEARER)],
    _header: Annotated[object, Depends(HEADER)],
    _cookie: Annotated[object, Depends(COOKIE)],
) -> Caller:
    """Who calls.

    Raises:
        Problem: 401 for whoever is not known; 403, 429 and 503 as `Access.caller` says.
    """
    return await access.caller(request)


KnownDep = Annotated[Caller, Security(get_known)]


def get_tenant(caller: KnownDep) -> str:
    """Whose call this is: tenants never see or learn of each other's records."""
    return caller.tenant


TenantDep = Annotated[str, Depends(get_tenant)]
ScorerDep = Annotated[RecordScorer, Depends(get_scorer)]


def get_caller(caller: KnownDep) -> str:
    """Who calls, for the audit log: the id of a key or of a token's subject, never a name."""
    return caller.who


CallerDep = Annotated[str, Depends(get_caller)]


def require_scope(*scopes: str) -> Callable[..., None]:
    """A dependency that refuses a caller who holds none of these scopes; `admin` holds every one."""
    known = Security(get_known, scopes=list(scopes))

    def allowed(caller: Caller = known) -> None:
        if not caller.may(*scopes):
            raise forbidden(scopes)

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
