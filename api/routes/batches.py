"""`/v1/batches`: many records, received as they stream in, scored in the background, results until they expire."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Final, TypeVar

import anyio.from_thread
import anyio.to_thread
from fastapi import APIRouter, Depends, Header, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from api import openapi
from api.batches import catalogue, webhooks
from api.batches.receiving import FORMATS, Body, Upload, receive
from api.batches.rows import Options
from api.deps import CallerDep, ServiceDep, StoreDep, TenantDep, require_scope
from api.errors import RETRY_SECONDS, Problem
from api.routes.score import Detail, Dimensions, Offsets, wanted_dimensions
from api.schemas import BatchesOut, BatchOut
from api.store import audit_log

T = TypeVar("T")

IDLE_SECONDS: Final = 30.0  # an upload that sends nothing for so long is over
MAX_PAGE: Final = 200

router = APIRouter(tags=["batches"], dependencies=[Depends(require_scope("batch"))])

BatchId = Annotated[str, Path(description="The batch's id.", pattern="^[0-9a-f]{32}$")]
KEY_PATTERN: Final = r'"[ !#-\[\]-~]{1,255}"|[!#-+\--:<-\[\]-~]{1,255}'  # printable, but no quote or backslash
_KEY: Final = re.compile(KEY_PATTERN)


@router.post(
    "/v1/batches",
    operation_id="create_batch",
    summary="Score many records in the background",
    status_code=202,
    response_model=BatchOut,
    responses=openapi.problems(400, 408, 409, 413, 415, 422, 429, 500, 503, 507),
    openapi_extra=openapi.BATCH_BODY,
)
async def create(
    request: Request,
    response: Response,
    service: ServiceDep,
    store: StoreDep,
    tenant: TenantDep,
    who: CallerDep,
    detail: Detail = "full",
    offsets: Offsets = "codepoint",
    dimensions: Dimensions = None,
    webhook: Annotated[
        str | None, Query(description="An https URL, of a host the operator lists, that is told when the batch ends.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="The same key with the same upload gives the same batch.",
            json_schema_extra={"pattern": f"^(?:{KEY_PATTERN})$"},
        ),
    ] = None,
) -> dict[str, Any]:
    """Take an upload of JSON Lines or CSV whole, or not at all. Its text is kept sealed until it is scored."""
    wanted = wanted_dimensions(dimensions)
    upload = Upload(
        tenant=tenant,
        who=who,
        media_type=_media_type(request.headers.get("content-type", "")),
        options=Options(detail, offsets, None if wanted is None else tuple(wanted)),
        key=_idempotency_key(idempotency_key),
        webhook=None if webhook is None else webhooks.check_url(service.settings, webhook),
    )
    if not service.uploads.acquire(blocking=False):
        message = "As many batches are being received as this service takes at once."
        raise Problem(503, "busy", message, headers={"Retry-After": str(RETRY_SECONDS)})
    try:
        body = Body(_chunks(request), limit=service.settings.batch_max_bytes)
        batch = await anyio.to_thread.run_sync(
            lambda: receive(store, service.settings, upload, body), limiter=anyio.CapacityLimiter(1)
        )
    finally:
        service.uploads.release()
    service.wake_workers()
    response.headers["Location"] = f"/v1/batches/{batch.id}"
    return catalogue.as_dict(batch)


@router.get(
    "/v1/batches",
    operation_id="list_batches",
    summary="The batches, newest first",
    response_model=BatchesOut,
    responses=openapi.problems(404, 422, 500, 503),
)
async def list_batches(
    service: ServiceDep,
    store: StoreDep,
    tenant: TenantDep,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many at most.")] = 50,
    after: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$", description="`next` of the page before.")] = None,
) -> dict[str, Any]:
    """A page of batches, and `next` to go on with."""

    def work() -> dict[str, Any]:
        with store.session(write=False) as session:
            found, following = catalogue.page(store, session, tenant=tenant, limit=limit, after=after)
            return {"batches": [catalogue.as_dict(batch) for batch in found], "next": following}

    return await _in_thread(work)


@router.get(
    "/v1/batches/{batch_id}",
    operation_id="get_batch",
    summary="How far a batch is",
    response_model=BatchOut,
    responses=openapi.problems(404, 422, 500, 503),
)
async def get(store: StoreDep, tenant: TenantDep, batch_id: BatchId) -> dict[str, Any]:
    """State and counts."""

    def work() -> dict[str, Any]:
        with store.session(write=False) as session:
            return catalogue.as_dict(catalogue.find(store, session, tenant=tenant, batch_id=batch_id))

    return await _in_thread(work)


@router.post(
    "/v1/batches/{batch_id}/cancel",
    operation_id="cancel_batch",
    summary="Score no further row",
    response_model=BatchOut,
    responses=openapi.problems(404, 409, 422, 500, 503, 507),
)
async def cancel(store: StoreDep, tenant: TenantDep, who: CallerDep, batch_id: BatchId) -> dict[str, Any]:
    """What is scored stays; the text of the rest is deleted at once."""

    def work() -> dict[str, Any]:
        with store.session() as session:
            batch = catalogue.cancel(store, session, tenant=tenant, batch_id=batch_id, who=who)
            return catalogue.as_dict(batch)

    return await _in_thread(work)


@router.delete(
    "/v1/batches/{batch_id}",
    operation_id="delete_batch",
    summary="Delete a batch and its results",
    status_code=204,
    responses=openapi.problems(404, 422, 500, 503, 507),
)
async def delete(store: StoreDep, tenant: TenantDep, who: CallerDep, batch_id: BatchId) -> Response:
    """Everything of it goes, whatever its state."""

    def work() -> None:
        with store.session() as session:
            catalogue.remove(store, session, tenant=tenant, batch_id=batch_id, who=who)

    await _in_thread(work)
    return Response(status_code=204)


@router.get(
    "/v1/batches/{batch_id}/results",
    operation_id="get_batch_results",
    summary="The scorecards so far",
    response_class=StreamingResponse,
    responses={
        200: {"description": "One scorecard, or error, a line, in the order of the upload.", **openapi.RESULTS},
        304: {"description": "Nothing was scored since the `ETag` that was sent."},
        **openapi.problems(404, 422, 500, 503, 507),
    },
)
async def results(request: Request, store: StoreDep, tenant: TenantDep, who: CallerDep, batch_id: BatchId) -> Response:
    """JSON Lines in the order of the upload: those scored so far while it runs, a bad row's error in its place."""

    def work() -> str:
        with store.session() as session:
            batch = catalogue.find(store, session, tenant=tenant, batch_id=batch_id)
            tag = f'"{batch.id}-{batch.state}-{batch.done}-{batch.failed}"'
            if request.headers.get("if-none-match") != tag:
                subjects = [batch.id]
                audit_log.append(store, session, tenant=tenant, who=who, what="batch.results_read", subjects=subjects)
            return tag

    tag = await _in_thread(work)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    lines = catalogue.results(store, batch_id=batch_id)
    return StreamingResponse(lines, media_type="application/x-ndjson", headers={"ETag": tag})


async def _in_thread(work: Callable[[], T]) -> T:
    # Not one of the threads that score: those may all be busy, and a question of progress is quick.
    return await anyio.to_thread.run_sync(work)


def _chunks(request: Request) -> Callable[[], bytes | None]:
    """The body's chunks, asked for from a thread; None at the end."""
    stream: AsyncIterator[bytes] = aiter(request.stream())

    async def following() -> bytes | None:
        try:
            return await asyncio.wait_for(anext(stream), IDLE_SECONDS)
        except StopAsyncIteration:
            return None
        except TimeoutError:
            message = f"The upload paused for {IDLE_SECONDS:.0f} seconds."
            raise Problem(408, "upload_paused", message, headers={"Connection": "close"}) from None

    return lambda: anyio.from_thread.run(following)


def _media_type(content_type: str) -> str:
    media_type, _, parameters = content_type.partition(";")
    charset = parameters.lower().partition("charset=")[2].strip(' "').partition(";")[0]
    if media_type.strip().lower() in FORMATS and charset in {"", "utf-8", "utf8"}:
        return media_type.strip().lower()
    raise Problem(415, "unsupported_media_type", "Send the records as application/x-ndjson or text/csv in UTF-8.")


def _idempotency_key(given: str | None) -> str | None:
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        message = "Idempotency-Key must be a string of 1 to 255 printable characters, in quotes or without."
        raise Problem(400, "invalid_idempotency_key", message, field="Idempotency-Key")
    return given.strip('"')
