"""Structured logs and traces: what they say of a request, and that none of it is the caller's."""

from __future__ import annotations

import json
import logging
import logging.config

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api import tracing
from api.logs import JsonFormatter, log_config
from api.main import create_app
from api.settings import Settings

CANARY = "Zephyrine"
RECORD = {"text": f"I saw {CANARY} on her own in the kitchen and she told me she likes school.", "id": CANARY}


def test_a_line_of_json_a_request(call_with, rules_scorer, caplog):
    caplog.set_level(logging.INFO, logger="api")
    call = call_with(rules_scorer)
    call.score(RECORD, x_request_id="r-1")
    call.score(RECORD | {"format": CANARY}, x_request_id="r-2")
    written = [JsonFormatter().format(entry) for entry in caplog.records if entry.name == "api.requests"]
    assert CANARY not in "".join(written)
    first, second = map(json.loads, written)
    assert {"method": "POST", "route": "/v1/score", "status": 200, "request_id": "r-1", "code": None}.items() <= (
        first.items()
    )
    assert (second["status"], second["code"], second["level"]) == (422, "unknown_value", "INFO")
    assert first["milliseconds"] > 0
    assert first["time"].endswith("Z")


def test_a_line_of_json_tells_an_exception_by_type_and_place():
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as error:
        info = (RuntimeError, error, error.__traceback__)
    line = JsonFormatter().format(logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "it broke", (), info))
    assert json.loads(line)["exception"].startswith("RuntimeError at test_api_logs.py:")
    assert CANARY not in line


@pytest.mark.parametrize(("form", "name"), [("plain", "QuietFormatter"), ("json", "JsonFormatter")])
def test_the_setting_chooses_the_form(form, name):
    assert log_config(form)["formatters"]["plain"]["()"] == f"api.logs.{name}"


def test_a_span_tells_route_status_and_code_alone(monkeypatch, call_with, rules_scorer):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "otlp_tracer", lambda: provider.get_tracer("test"))
    call = call_with(rules_scorer, otel=True)
    call.score(RECORD, f"?note={CANARY}", x_request_id=CANARY)
    call.score(RECORD | {"text": ""})
    call("GET", f"/v1/{CANARY}")
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == ["request /v1/score", "request /v1/score", "request -"]
    assert dict(spans[1].attributes) == {
        "http.route": "/v1/score",
        "http.response.status_code": 422,
        "nlp_quality.problem": "blank",
    }
    assert CANARY not in "".join(span.to_json() for span in spans)


def test_no_span_holds_what_an_unforeseen_error_says(monkeypatch, call_with, rules_scorer):
    class Broken:
        model = rules_scorer.model

        def score(self, record, *, steps):
            raise RuntimeError(record.text)

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "otlp_tracer", lambda: provider.get_tracer("test"))
    call = call_with(Broken(), otel=True)
    assert call.score(RECORD).status_code == 500
    assert CANARY not in "".join(span.to_json() for span in exporter.get_finished_spans())


def test_tracing_is_not_imported_unless_it_is_asked_for(rules_scorer, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.sdk.trace", None)
    create_app(Settings(), scorer=rules_scorer)
    with pytest.raises(Exception, match="not installed"):
        create_app(Settings(otel=True), scorer=rules_scorer)
