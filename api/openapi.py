"""What OpenAPI says beyond the routes' own signatures: the request body, the problems, the tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api import examples
from api.errors import MEDIA_TYPE, TITLES
from api.schemas import EXTRA_SCHEMAS, CheckIn, FeedbackIn, ProblemOut, RecordIn

API_VERSION: Final = "1.0.0"
REF: Final = "#/components/schemas/{model}"
TAGS: Final[list[dict[str, Any]]] = [
    {"name": "score", "description": "Score one record."},
    {"name": "batches", "description": "Score many records in the background."},
    {"name": "feedback", "description": "Say whether the tool was right."},
    {"name": "reference", "description": "The scheme and the model in use."},
    {"name": "editors", "description": "The LanguageTool HTTP API, for editors and plug-ins that speak it."},
    {"name": "health", "description": "Liveness and readiness."},
]
DESCRIPTION: Final = (
    "Scores a social-care record for child's voice, seen alone, analysis and parental capacity. "
    "It judges the record, never the family or the worker. Text is never logged; that of a batch is kept sealed until it "
    "is scored."
)

# status -> (code, detail, field) of a typical problem of that status.
_TYPICAL: Final[dict[int, tuple[str, str, str | None]]] = {
    400: ("invalid_json", "The body is not valid JSON.", None),
    404: ("not_found", "There is nothing of this id.", None),
    408: ("body_timeout", "The body did not arrive within 20 seconds.", None),
    409: ("already_ended", "The batch has ended: it is done.", None),
    401: ("unauthenticated", "Sign in, or send a key or token that is valid.", None),
    403: ("insufficient_scope", "This needs the scope score.", None),
    413: ("too_long", "text is longer than 200,000 characters.", "text"),
    415: ("unsupported_media_type", "Send the record as application/json in UTF-8.", None),
    421: ("wrong_host", "This service is not reached by that name.", None),
    422: (
        "unknown_value",
        "people.0.role must be one of: child, parent, carer, relative, professional, other.",
        "people.0.role",
    ),
    429: ("too_many_batches", "20 batches wait or run already.", None),
    500: ("internal_error", "The service could not answer this request. Nothing was stored.", None),
    503: ("not_ready", "The model is not loaded and verified.", None),
    507: ("store_full", "The disk of the store is full; nothing of this request was kept.", None),
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

FEEDBACK_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": REF.format(model=FeedbackIn.__name__)},
                "example": examples.FEEDBACK,
            }
        },
    }
}
BATCH_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "A record, as `/v1/score` takes it, on each line."},
                "example": examples.JSON_LINES,
            },
            "text/csv": {
                "schema": {
                    "type": "string",
                    "description": "A header with a column `text`; `id`, `record_type`, `format`, `draft` and `people` "
                    "are read too, and every other column goes into `context`.",
                },
                "example": examples.CSV,
            },
        },
    }
}
RESULTS: Final[dict[str, Any]] = {
    "content": {"application/x-ndjson": {"schema": {"type": "string"}, "example": examples.RESULTS}}
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


def _add_access_problems(document: dict[str, Any]) -> None:
    """Whatever needs a caller may refuse one: the same for all, so said once."""
    for operation in _needing_a_caller(document):
        more = {str(status): reply for status, reply in problems(401, 403, 421, 429, 503).items()}
        operation["responses"] = dict(sorted((more | operation["responses"]).items()))


def _say_whether_callers_must_be_known(document: dict[str, Any], *, closed: bool) -> None:
    """An empty requirement beside the others says that this service answers without."""
    for operation in _needing_a_caller(document):
        needed = [one for one in operation["security"] if one]
        operation["security"] = needed if closed else [{}, *needed]


def _needing_a_caller(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from (operation for operation in methods.values() if "security" in operation)


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
            _add_access_problems(document)
            app.openapi_schema = document
        _say_whether_callers_must_be_known(app.openapi_schema, closed=app.state.access.closed)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents
