"""`POST /v1/feedback`: a reader agrees or disagrees with what the tool said."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Request

from api import body, openapi
from api.batches.catalogue import iso
from api.deps import CallerDep, StoreDep, TenantDep, require_scope
from api.schemas import FeedbackOut
from api.store import feedback

router = APIRouter(tags=["feedback"], dependencies=[Depends(require_scope("feedback"))])


@router.post(
    "/v1/feedback",
    operation_id="give_feedback",
    summary="Say whether the tool was right",
    status_code=201,
    response_model=FeedbackOut,
    responses=openapi.problems(400, 413, 415, 422, 500, 503, 507),
    openapi_extra=openapi.FEEDBACK_BODY,
)
async def give(request: Request, store: StoreDep, tenant: TenantDep, who: CallerDep) -> dict[str, Any]:
    """Codes and numbers, no free text; kept for the council's annotators."""
    body.check_media_type(request.headers.get("content-type", ""))
    opinion = feedback.parse(body.parse_object(await request.body()))

    def work() -> dict[str, Any]:
        with store.session() as session:
            row = feedback.keep(store, session, opinion, tenant=tenant, who=who)
            return {"id": row.id, "created": iso(row.at)}

    return await anyio.to_thread.run_sync(work)
