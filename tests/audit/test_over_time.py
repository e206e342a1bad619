"""The audit's report says what children's files show over time: of whole files, never of a sample of them."""

import json
from dataclasses import asdict

import pytest
from typer.testing import CliRunner

from nlp_quality.audit.commands import audit
from tests.audit import family_files


def write(tmp_path):
    source = tmp_path / "records.jsonl"
    values = []
    for record in family_files.records(children=2):
        people = [
            {key: value for key, value in asdict(p).items() if value not in (None, ())} for p in record.people or ()
        ]
        values.append(
            {
                "id": record.id,
                "text": record.text,
                "record_type": record.record_type,
                "people": people,
                "context": dict(record.context),
            }
        )
    source.write_text("".join(json.dumps(value) + "\n" for value in values))
    return source


def run(tmp_path, *more):
    out = tmp_path / "audit"
    arguments = [str(write(tmp_path)), "--output", str(out), "--model", "rules", *more]
    done = CliRunner().invoke(audit, arguments)
    assert done.exit_code == 0, done.output
    return json.loads((out / "audit.json").read_text()), (out / "report.html").read_text()


def test_planted_facts_are_in_the_report_under_other_names(tmp_path):
    whole, html = run(tmp_path, "--visit-every", "cp=30wd")
    children = whole["children"]
    assert [(g["days"], g["plan"]) for g in children["gaps"]["listed"]] == [(60, "cp"), (60, "cla")]
    assert [children[kind]["total"] for kind in ("missed", "improvements", "copies")] == [1, 1, 2]
    assert "Children over time" in html
    assert children["gaps"]["listed"][0]["child"].startswith("child-")
    assert children["gaps"]["listed"][0]["child"] in html
    assert '"unseen-cp"' not in json.dumps(children)


def test_of_a_sample_only_copies_are_said(tmp_path):
    whole, _ = run(tmp_path, "--sample", "40")
    assert whole["children"]["gaps"]["total"] == whole["children"]["missed"]["total"] == 0
    assert "sample" in whole["children"]["notes"][0]


@pytest.mark.parametrize("given", ["cp", "cp=ten"])
def test_an_interval_that_cannot_be_read_stops_the_audit_before_it_begins(tmp_path, given):
    out = tmp_path / "audit"
    done = CliRunner().invoke(audit, [str(write(tmp_path)), "--output", str(out), "--visit-every", given])
    assert done.exit_code != 0
    assert not out.exists()
