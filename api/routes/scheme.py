"""`GET /v1/scheme`: the dimensions, levels and labels."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from api import openapi
from api.auth.callers import SCOPES
from api.deps import ServiceDep, require_scope
from api.schemas import SchemeOut
from nlp_quality.scheme import as_dict

# Whoever may do anything may know what the answers mean.
router = APIRouter(tags=["reference"], dependencies=[Depends(require_scope(*SCOPES))])


@router.get(
    "/v1/scheme",
    operation_id="get_scheme",
    summary="The label scheme",
    response_model=SchemeOut,
    responses=openapi.problems(500),
)
async def scheme(service: ServiceDep) -> dict[str, Any]:
    """The dimensions, levels and labels with their descriptions, and every code with its words and why it matters."""
    return as_dict(None if service.scorer is None else service.scorer.words)
