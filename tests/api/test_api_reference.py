"""What the service says of itself: scheme, model, health, OpenAPI, headers, the page's files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api import examples
from api.schemas import ModelOut, RecordIn, ScorecardOut
from nlp_quality.formats.records import record_from_mapping
from nlp_quality.scheme import DIMENSIONS, RECORD_TYPES, ROLES, as_dict

WEB = Path(__file__).parents[2] / "api" / "web" / "src"
PATHS = ["/", "/healthz", "/readyz", "/v1/scheme", "/v1/model", "/openapi.json", "/static/page.css", "/nothing"]


def test_scheme_is_the_whole_scheme(call):
    reply = call("GET", "/v1/scheme")
    assert reply.status_code == 200
    assert reply.json() == as_dict()


def test_model_is_the_one_in_use(call, scorer):
    reply = call("GET", "/v1/model")
    assert reply.status_code == 200
    shown = ModelOut.model_validate(reply.json())
    assert (shown.name, shown.version, shown.sha256) == (scorer.model.name, scorer.model.version, scorer.model.sha256)
    assert reply.json().items() >= scorer.describe().items()


def test_a_service_whose_model_is_not_verified_lives_and_is_not_ready(call_with):
    call = call_with(None)
    assert call("GET", "/healthz").status_code == 200
    for method, path in [("GET", "/readyz"), ("GET", "/v1/model"), ("POST", "/v1/score")]:
        reply = call(method, path)
        assert reply.status_code == 503
        assert reply.json()["code"] == "not_ready"
        assert int(reply.headers["retry-after"]) > 0


def test_a_ready_service_says_so(call):
    reply = call("GET", "/readyz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize("path", PATHS)
def test_every_reply_has_the_security_headers(call, path):
    headers = call("GET", path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")
    assert "server" not in headers
    assert "set-cookie" not in headers


# --- OpenAPI --------------------------------------------------------------------------------------------------------


@pytest.fixture
def document(call):
    return call("GET", "/openapi.json").json()


def operations(document):
    return [(path, method, entry) for path, item in document["paths"].items() for method, entry in item.items()]


def test_every_reference_resolves(document):
    names = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert names <= set(document["components"]["schemas"])
    assert {"RecordIn", "ScorecardOut", "ProblemOut"} <= names


def test_every_operation_is_named_tagged_and_has_its_problems(document):
    found = operations(document)
    assert {path for path, _, _ in found} == {
        "/v1/score",
        "/v1/batches",
        "/v1/batches/{batch_id}",
        "/v1/batches/{batch_id}/cancel",
        "/v1/batches/{batch_id}/results",
        "/v1/feedback",
        "/v1/scheme",
        "/v1/model",
        "/v2/check",
        "/v2/languages",
        "/healthz",
        "/readyz",
    }
    assert len({entry["operationId"] for _, _, entry in found}) == len(found)
    tags = {tag["name"] for tag in document["tags"]}
    for path, _, entry in found:
        assert set(entry["tags"]) <= tags
        if path.startswith("/v2/"):
            continue  # another's API: its errors are plain text
        for status, reply in entry["responses"].items():
            if status.startswith(("2", "3")):
                continue
            assert list(reply["content"]) == ["application/problem+json"]
            assert "$ref" in reply["content"]["application/problem+json"]["schema"]


def test_fastapis_own_error_is_not_documented(document):
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])


def test_score_documents_its_problems_and_options(document):
    entry = document["paths"]["/v1/score"]["post"]
    assert set(entry["responses"]) == {
        "200",
        "400",
        "401",
        "403",
        "408",
        "413",
        "415",
        "421",
        "422",
        "429",
        "500",
        "503",
    }
    options = {option["name"]: option["schema"] for option in entry["parameters"]}
    assert set(options) == {"detail", "offsets", "dimensions", "deadline_ms"}
    assert set(DIMENSIONS) <= set(re.findall(r"\w+", str(options["dimensions"])))


def test_closed_lists_are_those_of_the_scheme(document):
    schemas = document["components"]["schemas"]
    assert schemas["RecordIn"]["properties"]["record_type"]["enum"] == [*RECORD_TYPES, None]
    assert schemas["PersonIn"]["properties"]["role"]["enum"] == list(ROLES)


def test_examples_are_true(document, call):
    for example in examples.REQUESTS.values():
        record_from_mapping(example["value"])
        RecordIn.model_validate(example["value"])
        assert call.score(example["value"]).status_code == 200
    ScorecardOut.model_validate(examples.SCORECARD)
    for span in examples.SCORECARD["dimensions"]["seen_alone"]["evidence"]:
        assert examples.TEXT[span["start"] : span["end"]] == span["text"]


# --- the page -------------------------------------------------------------------------------------------------------


def test_page_has_no_inline_script_or_style_and_nothing_from_elsewhere(call):
    page = call("GET", "/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page.text)
    assert not any(re.findall(r"<script[^>]*>(.*?)</script>", page.text, re.DOTALL))
    assert "//" not in "".join(re.findall(r'(?:src|href)="([^"]*)"', page.text))
    sources = "".join(path.read_text(encoding="utf-8") for path in WEB.rglob("*.ts*"))
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", sources)


def test_page_files_are_there(call):
    for path in re.findall(r'(?:src|href)="(static/[^"]*)"', call("GET", "/").text):
        assert call("GET", f"/{path}").status_code == 200


def test_page_says_what_it_is(call):
    page = " ".join(call("GET", "/").text.split())
    assert "It judges the record, never the family or the worker." in page
    assert "The service does not store your draft." in page
