"""The application: settings in, FastAPI out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from threading import Semaphore

from fastapi import FastAPI

from api import errors, openapi
from api.batches.worker import Worker
from api.deps import RecordScorer, Service
from api.middleware import BodyLimit, RequestLog, SecurityHeaders
from api.routes import batches, feedback, health, model, page, scheme, score
from api.settings import Settings
from api.store.database import Store
from api.store.events import EventWriter
from nlp_quality import Scorer


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
        StoreError: from the lifespan, where the store cannot be opened.
    """
    settings = settings or Settings()
    # Threads are made when first needed, and end with the lifespan.
    service = Service(
        threads=ThreadPoolExecutor(max_workers=settings.threads, thread_name_prefix="score"),
        settings=settings,
        scorer=scorer,
        store=(kept := store or Store(settings)),
        events=EventWriter(kept),
        uploads=Semaphore(settings.batch_uploads),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.run(service.store.open)
        if service.scorer is None:
            service.scorer = await service.run(lambda: Scorer.load(settings.model, flag_means=settings.flag_means))
        workers = [
            Worker(service.store, settings, lambda: service.scorer, busy=lambda: service.scoring > 0)
            for _ in range(settings.batch_workers)
        ]
        service.events.start()
        for worker in workers:
            worker.start()

        def wake_workers() -> None:
            for worker in workers:
                worker.wake()

        service.wake_workers = wake_workers
        yield
        for worker in workers:
            await service.run(worker.stop)
        await service.run(service.events.stop)
        service.threads.shutdown(cancel_futures=True)
        service.store.close()

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
    for room in (score, batches, feedback, scheme, model, health, page):
        app.include_router(room.router)
    page.mount_static(app)
    errors.install(app)
    openapi.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, longer={"/v1/batches": settings.batch_max_bytes})
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders)
    return app
