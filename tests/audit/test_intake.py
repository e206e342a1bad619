"""Columns of a council's table: as told, else guessed, and always shown."""

from __future__ import annotations

import csv
from datetime import date

import council
import pytest

from nlp_quality.audit.intake import Intake, read_date, read_told
from nlp_quality.errors import NlpQualityError
from nlp_quality.formats import read_records

HEADER = ["Note ID", "Narrative", "Note Type", "Team Name", "Visit Date", "Child Seen Alone?", "Audit comments"]


def table(tmp_path, rows, header=HEADER, name="export.csv"):
    with (tmp_path / name).open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return tmp_path / name


def test_an_export_is_read_without_being_told(tmp_path):
    source = table(tmp_path, [["7", "Mia was seen alone.", "Statutory Visit", "Harbour", "03/02/2025", "Yes", "fine"]])
    intake = Intake()
    (item,) = read_records(source, adapt=intake)
    record = item.record
    assert (record.id, record.text, record.record_type) == ("7", "Mia was seen alone.", "visit")
    assert record.context["team"] == "Harbour"
    assert record.flags == {"seen_alone": "Y"}
    shown = "\n".join(intake.shown())
    assert "text is column “Narrative”, guessed" in shown
    assert "record type “Statutory Visit” is read as visit" in shown


def test_what_is_told_goes_before_what_is_guessed(tmp_path):
    source = table(tmp_path, [["The plan.", "The visit.", "x"]], ["Notes", "Account", "Team"])
    intake = Intake(read_told(["text=Account"]))
    (item,) = read_records(source, adapt=intake)
    assert item.record.text == "The visit."
    assert item.record.context["Notes"] == "The plan."


def test_a_told_column_that_is_not_there_is_an_error(tmp_path):
    source = table(tmp_path, [["a", "b"]], ["Narrative", "Team"])
    with pytest.raises(NlpQualityError, match="no column that --map gives for team"):
        list(read_records(source, adapt=Intake(read_told(["team=Locality"]))))


@pytest.mark.parametrize("pair", ["text", "text=", "colour=Blue", "=Narrative"])
def test_a_map_that_makes_no_sense_is_refused(pair):
    with pytest.raises(NlpQualityError, match="NAME=COLUMN"):
        read_told([pair])


@pytest.mark.parametrize(
    ("word", "kind"),
    [("CIN Visit", "visit"), ("C&F Assessment", "assessment"), ("Supervision note", "supervision"),
     ("Core Group Minutes", "meeting"), ("Phone call", "case_note"), ("Chronology", "other"), ("visit", "visit")],
)  # fmt: skip
def test_a_councils_word_for_a_kind_of_record(word, kind):
    assert Intake().value("record_type", word) == kind


@pytest.mark.parametrize(
    "text", ["2025-02-03", "2025-02-03T10:00:00", "03/02/2025", "03/02/2025 10:15", "3 February 2025", "03-02-2025"]
)
def test_dates_as_england_writes_them(text):
    assert read_date(text) == date(2025, 2, 3)


def test_what_is_no_date_is_none():
    assert read_date("last Tuesday") is None


def test_json_records_may_use_names_of_their_own_in_context(audit):
    rows = council.council(40)
    for row in rows:
        row["context"] = {"Team Name": row["context"]["team"], "Visit Date": row["context"]["date"]}
    done = audit(rows)
    assert [group["group"] for group in done.found["groups"]["team"]] == list(council.TEAMS)
    assert done.found["input"]["undated"] == 0


def test_an_unknown_text_column_is_said_in_one_line(audit, tmp_path):
    done = audit(table(tmp_path, [["a", "b"]], ["Foo", "Bar"]))
    assert done.status == 2
    assert "no column named text" in done.err
    assert "Foo" in done.err
