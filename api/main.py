"""The application: settings in, FastAPI out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import errors, openapi
from api.deps import RecordScorer, Service
from api.middleware import BodyLimit, RequestLog, SecurityHeaders
from api.routes import check, health, model, page, scheme, score
from api.settings import Settings
from nlp_quality import Scorer


def create_app(settings: Settings | None = None, *, scorer: RecordScorer | None = None) -> FastAPI:
    """The service as an ASGI application.

    Args:
        settings: read from the environment when None.
        scorer: a scorer already loaded; else the lifespan loads and verifies `settings.model`.

    Raises:
        ModelError: from the lifespan, which stops the start, where the model is missing or altered.
    """
    settings = settings or Settings()
    # Threads are made when first needed, and end with the lifespan.
    service = Service(
        threads=ThreadPoolExecutor(max_workers=settings.threads, thread_name_prefix="score"), scorer=scorer
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if service.scorer is None:
            service.scorer = await service.run(
                lambda: Scorer.load(settings.model, flag_means=settings.flag_means, wording=settings.wording)
            )
        yield
        service.threads.shutdown(cancel_futures=True)

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
    for room in (score, check, scheme, model, health, page):
        app.include_router(room.router)
    page.mount_static(app)
    errors.install(app)
    openapi.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders)
    return app
