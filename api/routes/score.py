"""`POST /v1/score`: one record to one scorecard."""

from __future__ import annotations

import json
import time
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import body, openapi
from api.deps import ScorerDep, ServiceDep, TenantDep
from api.errors import Problem
from api.schemas import ScorecardOut, one_of
from nlp_quality.formats.records import record_from_mapping
from nlp_quality.formats.scorecard import to_dict
from nlp_quality.scheme import DIMENSIONS

router = APIRouter(tags=["score"])

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


@router.post(
    "/v1/score",
    operation_id="score_record",
    summary="Score one record",
    response_class=Response,
    responses={
        200: {"description": "The scorecard.", "model": ScorecardOut},
        **openapi.problems(400, 413, 415, 422, 500, 503),
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
) -> Response:
    """One record to one scorecard. Its text is not stored; that it was scored is, unless it is a draft."""
    wanted = wanted_dimensions(dimensions)
    body.check_media_type(request.headers.get("content-type", ""))
    sent = await request.body()

    def work() -> bytes:
        record = record_from_mapping(body.parse_object(sent))
        started = time.perf_counter()
        card = scorer.score(record)
        elapsed = (time.perf_counter() - started) * 1000
        service.events.scored(tenant=tenant, record=record, card=card, milliseconds=elapsed, source="score")
        found = to_dict(card, offsets=offsets, detail=detail, dimensions=wanted)
        return json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    return Response(await service.run(work), media_type="application/json")


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
