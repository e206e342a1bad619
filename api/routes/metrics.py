"""`GET /metrics`: figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.deps import ServiceDep
from api.metrics import MEDIA_TYPE

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(service: ServiceDep) -> Response:
    """Counts and times; nothing of any record."""
    return Response(await run_in_threadpool(service.metrics.render), media_type=MEDIA_TYPE)
