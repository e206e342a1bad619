"""Examples for OpenAPI: fictional, written for this page."""

from __future__ import annotations

from typing import Any, Final

TEXT: Final = (
    "I saw Tomasz on his own in the garden while his father cooked. "
    "Tomasz told me, “Saturdays are best because we make pancakes.”"
)

RECORD: Final[dict[str, Any]] = {
    "text": TEXT,
    "id": "note-17",
    "record_type": "visit",
    "people": [
        {"name": "Tomasz Reed", "role": "child", "age": 8, "aliases": ["Tomasz"]},
        {"name": "Callum Reed", "role": "parent"},
    ],
    "draft": True,
}

REQUESTS: Final[dict[str, Any]] = {
    "visit": {"summary": "A visit with the people it names", "value": RECORD},
    "shortest": {
        "summary": "The text alone; people are inferred",
        "value": {"text": "Leila showed me her new room. Her aunt stayed downstairs."},
    },
    "html": {
        "summary": "Rich text from an editor; offsets refer to the text as extracted",
        "value": {"text": "<p>Leila showed me <b>her new room</b>.</p>", "format": "html"},
    },
}

MODEL_ID: Final[dict[str, Any]] = {"name": "rules", "version": "1", "sha256": "9f2c" + 60 * "0"}

MODEL: Final[dict[str, Any]] = {**MODEL_ID, "evaluation": {}, "limits": ["English narrative about a child."]}

_SEEN: Final[dict[str, Any]] = {
    "start": 0,
    "end": 62,
    "text": TEXT[:62],
    "label": "seen_alone",
    "probability": 0.97,
}

SCORECARD: Final[dict[str, Any]] = {
    "id": "note-17",
    "scheme": "1.0",
    "model": MODEL_ID,
    "offsets": "codepoint",
    "dimensions": {
        "seen_alone": {
            "level": 3,
            "name": "strong",
            "score": 91.2,
            "probabilities": [0.01, 0.04, 0.15, 0.8],
            "interval": [2, 3],
            "refer": False,
            "not_applicable": None,
            "reason": "It is clear that Tomasz was seen alone, and where.",
            "evidence": [_SEEN],
            "prompts": [],
            "children": [
                {
                    "child": "Tomasz Reed",
                    "id": None,
                    "status": "seen_alone",
                    "companions": [],
                    "reason": None,
                    "probability": 0.97,
                    "refer": False,
                    "reconciliation": None,
                    "evidence": [_SEEN],
                }
            ],
        }
    },
    "sentences": [
        {
            "start": 0,
            "end": 62,
            "function": "description",
            "presence": "seen_alone",
            "voice": [],
            "capacity": [],
            "probabilities": {"presence": {"seen_alone": 0.97, "none": 0.03}},
        }
    ],
    "findings": [],
}


def problem(status: int, title: str, code: str, detail: str, field: str | None = None) -> dict[str, Any]:
    """A problem as OpenAPI shows it."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, "field": field}


BATCH: Final[dict[str, Any]] = {
    "id": "6f1c0d2ab4f74c07a7c7b1d2f0c9e3aa",
    "state": "running",
    "total": 1200,
    "done": 418,
    "failed": 2,
    "created": "2026-03-02T22:00:05Z",
    "expires": "2026-03-09T22:00:05Z",
}
JSON_LINES: Final = '{"id": "n-1", "record_type": "visit", "text": "I saw Tomasz on his own in the garden."}\n'
CSV: Final = 'id,record_type,text\nn-1,visit,"I saw Tomasz on his own in the garden."\n'
RESULTS: Final = (
    '{"id": "n-2", "error": {"code": "blank", "message": "text is empty or blank; give 1 character or more."}}\n'
)
FEEDBACK: Final[dict[str, Any]] = {
    "record_id": "n-1",
    "dimension": "seen_alone",
    "agree": False,
    "reason_code": "wrong_status",
    "level": 2,
}
