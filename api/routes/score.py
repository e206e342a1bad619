"""`POST /v1/score`: one record to one scorecard."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import body, openapi, scoring
from api.deps import ScorerDep, ServiceDep, TenantDep, require_scope
from api.errors import Problem
from api.middleware import ARRIVED_KEY
from api.queue import gone
from api.schemas import ScorecardOut, one_of
from api.settings import DEFAULT_DEADLINE_MS, LEAST_DEADLINE_MS
from nlp_quality.formats.records import record_from_mapping
from nlp_quality.scheme import DIMENSIONS

router = APIRouter(tags=["score"], dependencies=[Depends(require_scope("score"))])

CACHE: Final = "nlp-quality"  # our name in `Cache-Status`, RFC 9211

Detail = Annotated[
    Literal["summary", "full"], Query(description="`summary` leaves out `sentences`, `findings` and `evidence`.")
]
Offsets = Annotated[
    Literal["codepoint", "utf-16", "utf-8"],
    Query(description="The unit of offsets: Unicode code points, UTF-16 units (JavaScript) or UTF-8 bytes."),
]
Dimensions = Annotated[
    list[Annotated[str, Query(json_schema_extra=one_of(DIMENSIONS))]] | None,
    Query(description="Those to include, repeated or separated by commas; all when left out."),
]
DeadlineMs = Annotated[
    int,
    Query(
        description="By when an answer is wanted, in milliseconds from the request's arrival. What cannot be scored by then is "
        f"answered with 503 and `Retry-After`, or at once with 413. Fewer than {LEAST_DEADLINE_MS} count as that many.",
        json_schema_extra={"minimum": 1},
    ),
]


@router.post(
    "/v1/score",
    operation_id="score_record",
    summary="Score one record",
    response_class=Response,
    responses={
        200: {"description": "The scorecard.", "model": ScorecardOut, "headers": openapi.CACHE_STATUS},
        **openapi.problems(400, 408, 413, 415, 422, 500, 503),
    },
    openapi_extra=openapi.RECORD_BODY,
)
async def score(
    request: Request,
    service: ServiceDep,
    scorer: ScorerDep,
    tenant: TenantDep,
    detail: Detail = "full",
    offsets: Offsets = "codepoint",
    dimensions: Dimensions = None,
    deadline_ms: DeadlineMs = DEFAULT_DEADLINE_MS,
) -> Response:
    """One record to one scorecard. A draft is never stored."""
    _check_deadline(deadline_ms, service.max_deadline_ms)
    options = scoring.Options(detail, offsets, wanted_dimensions(dimensions))
    body.check_media_type(request.headers.get("content-type", ""))
    sent = await request.body()

    seconds = max(deadline_ms, LEAST_DEADLINE_MS) / 1000
    until = request.scope[ARRIVED_KEY] + seconds
    key = scoring.reply_key(service, scorer, tenant, options, sent)
    kept = service.memory.get(key)
    if kept is not None:
        service.metrics.replies.labels("hit").inc()
        return _reply(kept, "hit")

    def read() -> scoring.Request:
        record = record_from_mapping(body.parse_object(sent))
        return scoring.weigh(service, scorer, tenant, options, record, key=key, seconds=seconds)

    asked = await run_in_threadpool(read)
    found, stored = await service.queue.run(
        lambda stop: scoring.scored(service, scorer, asked, stop), until=until, gone=lambda: gone(request)
    )
    return _reply(found, "fwd=miss; stored" if stored else "fwd=miss")


def _reply(found: bytes, how: str) -> Response:
    return Response(found, media_type="application/json", headers={"Cache-Status": f"{CACHE}; {how}"})


def _check_deadline(given: int, most: int) -> None:
    if not 1 <= given <= most:
        raise Problem(422, "out_of_range", f"deadline_ms must be 1 to {most:,}.", field="deadline_ms")


def wanted_dimensions(given: list[str] | None) -> list[str] | None:
    """The names in a `dimensions` parameter.

    Raises:
        Problem: 422 for an unknown one.
    """
    if given is None:
        return None
    names = [name.strip() for item in given for name in item.split(",")]
    if not set(names) <= set(DIMENSIONS):
        allowed = ", ".join(DIMENSIONS)
        raise Problem(422, "unknown_value", f"dimensions must be among: {allowed}.", field="dimensions")
    return names
