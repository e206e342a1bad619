"""`GET /healthz` and `GET /readyz`: alive, and ready to score."""

from __future__ import annotations

from fastapi import APIRouter

from api import openapi
from api.deps import ScorerDep, ServiceDep, StoreDep
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
async def readyz(_: ScorerDep, service: ServiceDep, store: StoreDep) -> StateOut:
    """The model is loaded and verified, and the store answers with its tables at this version."""
    await service.run(store.check)
    return StateOut(status="ready")
