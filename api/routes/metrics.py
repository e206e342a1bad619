"""`GET /metrics`: figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.deps import ServiceDep, require_scope
from api.metrics import MEDIA_TYPE

router = APIRouter(include_in_schema=False)


@router.get("/metrics", dependencies=[Depends(require_scope("read"))])
async def metrics(service: ServiceDep) -> Response:
    """Counts and times; nothing of any record."""
    return Response(await run_in_threadpool(service.metrics.render), media_type=MEDIA_TYPE)
