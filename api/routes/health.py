"""`GET /healthz` and `GET /readyz`: alive, and ready to score."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from api import openapi
from api.deps import ScorerDep, ServiceDep
from api.errors import not_ready
from api.schemas import StateOut

router = APIRouter(tags=["health"])


@router.get(
    "/healthz", operation_id="get_health", summary="Alive", response_model=StateOut, responses=openapi.problems(500)
)
async def healthz() -> StateOut:
    """The process answers."""
    return StateOut(status="ok")


@router.get(
    "/readyz", operation_id="get_ready", summary="Ready", response_model=StateOut, responses=openapi.problems(500, 503)
)
async def readyz(_: ScorerDep, service: ServiceDep) -> StateOut:
    """The model is loaded and verified, and every other part is ready."""
    for name, check in service.checks.items():
        if not await run_in_threadpool(check):
            raise not_ready(name)
    return StateOut(status="ready")
