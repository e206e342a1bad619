"""`POST /v2/check` and `GET /v2/languages`: the LanguageTool HTTP API, for the editors and plug-ins that speak it."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import languagetool, openapi, scoring
from api.deps import ScorerDep, ServiceDep, TenantDep, require_scope
from api.errors import Problem, from_library
from api.middleware import ARRIVED_KEY
from api.queue import Stop, gone
from api.schemas import CheckOut, LanguageOut
from nlp_quality.errors import NlpQualityError


class PlainErrors(APIRoute):
    """A route whose errors are one line of plain text, as LanguageTool's are: its clients show them as they come."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, with our problems made plain."""
        handle = super().get_route_handler()

        async def plainly(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                return problem.plain()
            except NlpQualityError as error:
                return from_library(error).plain()

        return plainly


router = APIRouter(tags=["editors"], route_class=PlainErrors)


@router.post(
    "/v2/check",
    operation_id="check_text",
    summary="Check a text, as LanguageTool does",
    response_class=Response,
    responses={
        200: {"description": "The matches.", "model": CheckOut},
        **openapi.plain_errors(400, 401, 403, 413, 415, 421, 429, 503),
    },
    openapi_extra=openapi.CHECK_BODY,
    dependencies=[Depends(require_scope("score"))],
)
async def check(request: Request, service: ServiceDep, scorer: ScorerDep, tenant: TenantDep) -> Response:
    """A draft's findings where they stand in the text. Nothing of it is stored."""
    content_type, sent = request.headers.get("content-type", ""), await request.body()
    asked = await run_in_threadpool(languagetool.read, content_type, sent)

    def work(stop: Stop) -> bytes:
        steps = scoring.remembering(service, stop, tenant, scorer.model.sha256)
        card = None if asked.record is None else scorer.score(asked.record, steps=steps)
        found = languagetool.reply(asked, card, scorer.words)
        return json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    # Its clients set no deadline of their own, and ask again as the text changes: what was done by then is remembered.
    until = request.scope[ARRIVED_KEY] + service.max_deadline_ms / 1000
    found = await service.queue.run(work, until=until, gone=lambda: gone(request))
    return Response(found, media_type="application/json")


@router.get(
    "/v2/languages",
    operation_id="get_languages",
    summary="The languages, as LanguageTool lists them",
    response_model=list[LanguageOut],
)
async def languages() -> list[dict[str, str]]:
    """Varieties of English: the model reads no other language."""
    return languagetool.languages()
