"""`GET /v1/model`: the model in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends

from api import openapi
from api.auth.callers import SCOPES
from api.deps import ScorerDep, require_scope
from api.schemas import ModelOut

# Whoever may do anything may know what the answers mean.
router = APIRouter(tags=["reference"], dependencies=[Depends(require_scope(*SCOPES))])


@router.get(
    "/v1/model",
    operation_id="get_model",
    summary="The model in use",
    response_model=ModelOut,
    responses=openapi.problems(500, 503),
)
async def model(scorer: ScorerDep) -> Mapping[str, Any]:
    """Name, version, digest, evaluation figures and limits of the model in use."""
    return scorer.describe()
