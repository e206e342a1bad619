"""The application: settings in, FastAPI out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from threading import Semaphore
from typing import Final

from fastapi import FastAPI

from api import errors, openapi, scoring, tracing
from api.auth.access import Access
from api.auth.cross_origin import allow_origins
from api.auth.rate_limits import RateLimitHeaders
from api.batches.worker import Worker
from api.deps import RecordScorer, Service
from api.memory import Memory
from api.metrics import Metrics
from api.middleware import BodyLimit, RequestLog, SecurityHeaders
from api.pace import Pace
from api.queue import Queue
from api.routes import batches, check, feedback, health, model, page, scheme, score, sign_in
from api.routes import metrics as metrics_route
from api.settings import Settings
from api.store.database import Store
from api.store.events import EventWriter
from api.tracing import Tracing
from nlp_quality import Scorer

FORGETTING_SECONDS: Final = 60  # how often the memory lets go of what is past its age


def create_app(
    settings: Settings | None = None, *, scorer: RecordScorer | None = None, store: Store | None = None
) -> FastAPI:
    """The service as an ASGI application.

    Args:
        settings: read from the environment when None.
        scorer: a scorer already loaded; else the lifespan loads and verifies `settings.model`.
        store: a store of the caller's; else the one of the settings. The lifespan opens it.

    Raises:
        ModelError: from the lifespan, which stops the start, where the model is missing or altered.
        AccessError: the settings about access do not go together.
        StoreError: from the lifespan, where the store cannot be opened.
    """
    settings = settings or Settings()
    # Threads are made when first needed, and end with the lifespan.
    metrics = Metrics()
    threads = ThreadPoolExecutor(max_workers=settings.threads, thread_name_prefix="score")
    store = store or Store(settings)
    events = EventWriter(store)
    service = Service(
        threads=threads,
        queue=Queue(
            threads,
            running=settings.threads,
            waiting=settings.waiting,
            on_waited=metrics.waited.observe,
            on_change=metrics.queue,
        ),
        memory=Memory(
            max_bytes=settings.memory_bytes, max_entries=settings.memory_entries, seconds=settings.memory_seconds
        ),
        pace=Pace(),
        metrics=metrics,
        max_deadline_ms=settings.max_deadline_ms,
        settings=settings,
        store=store,
        uploads=Semaphore(settings.batch_uploads),
        scorer=scorer,
        events=events,
        checks={"store": store.is_ready},
    )
    access = Access(settings, store)
    workers = [
        Worker(store, settings, lambda: service.scorer, busy=lambda: service.queue.depth != (0, 0))
        for _ in range(settings.batch_workers)
    ]

    def wake_workers() -> None:
        for worker in workers:
            worker.wake()

    service.wake_workers = wake_workers

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.run(store.open)
        await access.is_open()  # so that it is known should the store not answer later
        if service.scorer is None:
            service.scorer = await service.run(lambda: load(settings))
        await service.run(lambda: scoring.measure(service))
        metrics.started(service.scorer.model)
        forgetting = asyncio.create_task(forget(service.memory))
        events.start()
        for worker in workers:
            worker.start()
        yield
        for worker in workers:
            worker.tell_to_stop()
        for worker in workers:
            await service.run(worker.join)
        await service.run(events.stop)
        forgetting.cancel()
        with suppress(asyncio.CancelledError):
            await forgetting
        metrics.stopped()
        service.threads.shutdown(cancel_futures=True)
        access.close()
        store.close()

    app = FastAPI(
        title="nlp-quality",
        version=openapi.API_VERSION,
        description=openapi.DESCRIPTION,
        lifespan=lifespan,
        # FastAPI's documentation pages load scripts from a CDN, which is neither allowed nor reachable.
        docs_url=None,
        redoc_url=None,
        # A redirect would repeat the caller's query in a header.
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.access = access
    for room in (score, check, batches, feedback, scheme, model, health, metrics_route, page, sign_in):
        app.include_router(room.router)
    page.mount_static(app)
    errors.install(app)
    openapi.install(app, max_deadline_ms=settings.max_deadline_ms)
    longer = {"/v1/batches": (settings.batch_max_bytes, settings.batch_upload_seconds)}
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, seconds=settings.body_seconds, longer=longer)
    app.add_middleware(RateLimitHeaders)
    allow_origins(app, settings)
    if settings.otel:
        app.add_middleware(Tracing, tracer=tracing.otlp_tracer())
    app.add_middleware(RequestLog, metrics=metrics)
    app.add_middleware(SecurityHeaders)
    return app


def load(settings: Settings) -> Scorer:
    """The verified scorer, its threads a fair share of this machine's processors.

    Raises:
        ModelError: the model is missing or altered.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = max(1, processors // (settings.workers * settings.threads))
    return Scorer.load(
        settings.model,
        flag_means=settings.flag_means,
        wording=settings.wording,
        threads=settings.model_threads or share,
    )


async def forget(memory: Memory) -> None:
    """Let nothing stay in `memory` past its age, however quiet the service is."""
    while True:
        await asyncio.sleep(FORGETTING_SECONDS)
        memory.forget_old()
