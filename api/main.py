"""The application: settings in, FastAPI out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from threading import Semaphore

from fastapi import FastAPI

from api import errors, openapi
from api.auth.access import Access
from api.auth.cross_origin import allow_origins
from api.auth.rate_limits import RateLimitHeaders
from api.batches.worker import Worker
from api.deps import RecordScorer, Service
from api.middleware import BodyLimit, RequestLog, SecurityHeaders
from api.routes import batches, health, model, page, scheme, score, sign_in
from api.settings import Settings
from api.store.database import Store
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
        AccessError: the settings about access do not go together.
        StoreError: from the lifespan, where the store cannot be opened.
    """
    settings = settings or Settings()
    # Threads are made when first needed, and end with the lifespan.
    service = Service(
        threads=ThreadPoolExecutor(max_workers=settings.threads, thread_name_prefix="score"),
        settings=settings,
        scorer=scorer,
        store=store or Store(settings),
        uploads=Semaphore(settings.batch_uploads),
    )
    access = Access(settings, service.store)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.run(service.store.open)
        await access.is_open()  # so that it is known should the store not answer later
        if service.scorer is None:
            service.scorer = await service.run(lambda: Scorer.load(settings.model, flag_means=settings.flag_means))
        workers = [
            Worker(service.store, settings, lambda: service.scorer, busy=lambda: service.scoring > 0)
            for _ in range(settings.batch_workers)
        ]
        for worker in workers:
            worker.start()

        def wake_workers() -> None:
            for worker in workers:
                worker.wake()

        service.wake_workers = wake_workers
        yield
        for worker in workers:
            await service.run(worker.stop)
        service.threads.shutdown(cancel_futures=True)
        access.close()
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
    app.state.access = access
    for room in (score, batches, scheme, model, health, page, sign_in):
        app.include_router(room.router)
    page.mount_static(app)
    errors.install(app)
    openapi.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, longer={"/v1/batches": settings.batch_max_bytes})
    app.add_middleware(RateLimitHeaders)
    allow_origins(app, settings)
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders)
    return app
