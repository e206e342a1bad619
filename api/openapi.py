"""What OpenAPI says beyond the routes' own signatures: the request body, the problems, the tags."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api import examples
from api.errors import MEDIA_TYPE, TITLES
from api.schemas import EXTRA_SCHEMAS, ProblemOut, RecordIn

API_VERSION: Final = "1.0.0"
REF: Final = "#/components/schemas/{model}"
TAGS: Final[list[dict[str, Any]]] = [
    {"name": "score", "description": "Score one record."},
    {"name": "reference", "description": "The scheme and the model in use."},
    {"name": "health", "description": "Liveness and readiness."},
]
DESCRIPTION: Final = (
    "Scores a social-care record for child's voice, seen alone, analysis and parental capacity. "
    "It judges the record, never the family or the worker. Nothing that is sent is stored or logged."
)

# status -> (code, detail, field) of a typical problem of that status.
_TYPICAL: Final[dict[int, tuple[str, str, str | None]]] = {
    400: ("invalid_json", "The body is not valid JSON.", None),
    408: ("body_timeout", "The body did not arrive within 20 seconds.", None),
    413: ("too_long", "text is longer than 200,000 characters.", "text"),
    415: ("unsupported_media_type", "Send the record as application/json in UTF-8.", None),
    422: (
        "unknown_value",
        "people.0.role must be one of: child, parent, carer, relative, professional, other.",
        "people.0.role",
    ),
    500: ("internal_error", "The service could not answer this request. Nothing was stored.", None),
    503: ("not_ready", "The model is not loaded and verified.", None),
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these statuses."""
    return {
        status: {
            "description": TITLES[status],
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": REF.format(model=ProblemOut.__name__)},
                    "example": examples.problem(status, TITLES[status], *_TYPICAL[status]),
                }
            },
        }
        for status in statuses
    }


CACHE_STATUS: Final[dict[str, Any]] = {
    "Cache-Status": {
        "description": "Whether the reply comes from memory (RFC 9211): `nlp-quality; hit` or `nlp-quality; fwd=miss; stored`.",
        "schema": {"type": "string"},
    }
}

RECORD_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": REF.format(model=RecordIn.__name__)},
                "examples": examples.REQUESTS,
            }
        },
    }
}


def install(app: FastAPI, *, max_deadline_ms: int) -> None:
    """Make `/openapi.json` hold the models that the routes read and write by hand, and the operator's own limits."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes, tags=TAGS
            )
            _, extra = models_json_schema([(model, "validation") for model in EXTRA_SCHEMAS], ref_template=REF)
            document.setdefault("components", {}).setdefault("schemas", {}).update(extra["$defs"])
            for parameter in document["paths"]["/v1/score"]["post"]["parameters"]:
                if parameter["name"] == "deadline_ms":
                    parameter["schema"]["maximum"] = max_deadline_ms
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents
