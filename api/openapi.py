"""What OpenAPI says beyond the routes' own signatures: the request body, the problems, the tags."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api import examples
from api.errors import MEDIA_TYPE, TITLES
from api.schemas import EXTRA_SCHEMAS, CheckIn, ProblemOut, RecordIn

API_VERSION: Final = "1.0.0"
REF: Final = "#/components/schemas/{model}"
TAGS: Final[list[dict[str, Any]]] = [
    {"name": "score", "description": "Score one record."},
    {"name": "reference", "description": "The scheme and the model in use."},
    {"name": "editors", "description": "The LanguageTool HTTP API, for editors and plug-ins that speak it."},
    {"name": "health", "description": "Liveness and readiness."},
]
DESCRIPTION: Final = (
    "Scores a social-care record for child's voice, seen alone, analysis and parental capacity. "
    "It judges the record, never the family or the worker. Nothing that is sent is stored or logged."
)

# status -> (code, detail, field) of a typical problem of that status.
_TYPICAL: Final[dict[int, tuple[str, str, str | None]]] = {
    400: ("invalid_json", "The body is not valid JSON.", None),
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


def plain_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers errors in plain text, as LanguageTool does."""
    text = {
        "text/plain": {"schema": {"type": "string"}, "example": "Error: Set one of the parameters 'text' and 'data'."}
    }
    return {status: {"description": TITLES[status], "content": text} for status in statuses}


CHECK_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": {"$ref": REF.format(model=CheckIn.__name__)}},
        },
    }
}


def install(app: FastAPI) -> None:
    """Make `/openapi.json` hold the models that the routes read and write by hand."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes, tags=TAGS
            )
            _, extra = models_json_schema([(model, "validation") for model in EXTRA_SCHEMAS], ref_template=REF)
            document.setdefault("components", {}).setdefault("schemas", {}).update(extra["$defs"])
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents
