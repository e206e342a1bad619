"""The report for people: what it says, what it must not hold, and that it can be read by anybody."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from zipfile import ZipFile

import council
import openpyxl
import pytest

SECTIONS = (
    "In brief",
    "Were children seen, and seen alone?",
    "How well the records do",
    "By team, type, age and time",
    "Records to read first",
    "Good practice worth sharing",
    "What the tool could not judge",
    "How this was made, and its limits",
)


class Reader(HTMLParser):
    """What a screen reader would meet: headings in order, tables with heads, pictures with words, no repeated id."""

    def __init__(self):
        super().__init__()
        self.headings, self.ids, self.tables, self.pictures, self.outside = [], [], [], [], []
        self.words, self.open = {}, None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.ids.append(found["id"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
            self.open = len(self.headings) - 1
        if tag == "table":
            self.tables.append([found.get("aria-label"), 0])
        if tag == "caption":
            self.tables[-1][0] = True
        if tag == "th" and self.tables:
            self.tables[-1][1] += found.get("scope") in ("col", "row")
        if found.get("role") == "img":
            self.pictures.append(found.get("aria-label"))
        for name in ("src", "href", "xlink:href"):
            value = found.get(name) or ""
            if not value.startswith("#") and value:
                self.outside.append(value)

    def handle_endtag(self, tag):
        if re.fullmatch(r"h[1-6]", tag):
            self.open = None

    def handle_data(self, data):
        if self.open is not None:
            self.words[self.open] = self.words.get(self.open, "") + data


@pytest.fixture
def rows():
    rows = council.council(160, graded=60)
    for number, row in enumerate(rows):
        for person in row["people"]:
            if person["role"] == "child":
                person["flags"] = {"seen": "Y", "seen_alone": "YN"[number % 2]}
    return rows


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_the_page_reads_in_order_and_needs_nothing_from_outside(audit, rows):
    reader = read(audit(rows, draw=True).page)
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(reader.headings, reader.headings[1:], strict=False))
    assert [word for word in SECTIONS if word not in reader.words.values()] == []
    assert len(reader.ids) == len(set(reader.ids))
    assert all(label and heads for label, heads in reader.tables)
    assert reader.pictures
    assert all(reader.pictures)
    assert reader.outside == []


def scores(done) -> list[dict[str, str]]:
    with (done.folder / "scores.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_children_come_before_the_level_of_how_clearly_it_is_recorded(audit, rows):
    page = audit(rows).page
    assert page.index("seen, not told if alone") < page.index("Records at each level")


def test_the_cover_says_that_it_contains_case_text_and_no_quotes_leaves_it_out(audit, rows):
    quoted, plain = audit(rows, folder="quoted"), audit(rows, "--no-quotes", folder="plain")
    assert "This report contains case text." in quoted.page
    assert "This report contains case text." not in plain.page
    names = {person["name"] for row in rows for person in row["people"]}
    texts = [row["text"].split("\n")[0][:40] for row in rows]
    assert any(text in quoted.page for text in texts)
    for file in plain.folder.iterdir():
        content = contents(file)
        assert not [text for text in texts if text in content], file.name
        assert not [name for name in names if name in content], file.name


def test_only_the_page_ever_quotes(audit, rows):
    done = audit(rows)
    for file in done.folder.iterdir():
        if file.name != "report.html":
            assert not [row["id"] for row in rows if row["text"].split("\n")[0][:40] in contents(file)], file.name


def contents(file) -> str:
    if file.suffix == ".xlsx":
        with ZipFile(file) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return file.read_bytes().decode("utf-8", "replace")


def test_workers_and_children_go_under_other_names_unless_asked(audit, rows):
    hidden, shown = audit(rows, folder="hidden"), audit(rows, "--identify", folder="shown")
    children, workers = ({row["context"][key] for row in rows} for key in ("child_id", "worker"))
    for file in hidden.folder.iterdir():
        content = contents(file)
        assert not [name for name in children | workers if name in content], file.name
    lines = scores(shown)
    assert {line["worker"] for line in lines} == workers
    assert "Workers, children and auditors are named" in shown.page
    one, other = scores(hidden), scores(shown)
    pairs = {(a["child_id"], b["child_id"]) for a, b in zip(one, other, strict=True)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def test_no_cell_of_any_table_is_a_formula(audit, rows):
    for row in rows[:20]:
        row["id"] = "=HYPERLINK(1)" + row["id"]
        row["context"]["team"] = "@SUM(1)"
    done = audit(rows, "--title", "=1+1")
    book = openpyxl.load_workbook(done.folder / "report.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert any(str(cell.value).startswith("=") for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]
    with (done.folder / "scores.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert not [value for line in csv.reader(stream) for value in line if value[:1] in ("=", "@", "+")]


def test_the_workbook_has_native_charts_and_filters(audit, rows):
    book = openpyxl.load_workbook(audit(rows).folder / "report.xlsx")
    assert {"In brief", "Seen", "Levels", "Groups", "Discrepancies", "Read first", "Records"} <= set(book.sheetnames)
    for name in ("Seen", "Levels", "Groups"):
        assert len(book[name]._charts) == 1, name
    assert book["Records"].auto_filter.ref is not None
    assert book["Records"].max_row == 161


def test_hostile_words_are_words(audit, rows):
    rows[0]["context"]["team"] = "<script>alert(1)</script>"
    rows[1]["id"] = "<img src=x onerror=alert(1)>"
    page = audit([row | {"context": row["context"] | {"team": rows[0]["context"]["team"]}} for row in rows]).page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_contradicted_flags_are_listed_for_annex_a(audit, rows):
    found = audit(rows).found["reconciliation"]
    assert found["children"] == sum(found["counts"].values()) > 0
    results = [one["result"] for one in found["discrepancies"]]
    assert results.count("contradicted") == found["counts"]["contradicted"] > 0
    assert "corroborated" not in results
    assert results[0] == "contradicted"
    assert set(found["discrepancies"][0]) >= {"record", "date", "child", "flags", "status", "result"}


def test_a_contradicted_form_is_read_first(audit, rows):
    for row in rows:
        for person in row["people"]:
            person.pop("flags", None)
    rows[77]["text"] += " CONTRADICTED"
    first = audit(rows).found["read_first"][0]
    assert first["record"] == "R00077"
    assert any("contradicts a line of its own form" in why for why in first["why"])


def test_good_practice_is_surely_strong(audit, rows):
    for name, ones in audit(rows).found["good_practice"].items():
        assert all(one["levels"][name] == 3 and name not in one["refer"] for one in ones)


def test_what_could_not_be_judged_is_said(audit, rows):
    rows[5]["text"] = "qwerty zxcv"
    done = audit(rows)
    assert [one["record"] for one in done.found["not_judged"]["out_of_domain"]] == ["R00005"]
    assert "To be read by a person alone: R00005" in done.page


def test_feedback_is_shown_where_given(audit, rows, tmp_path):
    plain = audit(rows, folder="plain")
    assert plain.found["feedback"] is None
    digest = scores(plain)[0]
    entries = [
        {
            "record_id": None,
            "text_digest": digest["text_digest"],
            "dimension": "analysis",
            "code": "analysis.so_what",
            "agree": False,
            "reason_code": "it_is_there",
            "level": min(3, int(digest["analysis.level"]) + 1),
            "created": "2025-06-01T10:00:00Z",
        },
        {"dimension": "analysis", "agree": True},
    ]
    path = council.write(entries, tmp_path / "feedback.jsonl")
    found = audit(rows, "--feedback", path).found["feedback"]
    assert (found["entries"], found["of_this_audit"]) == (2, 1)
    assert found["dimensions"]["analysis"]["agree"] == 1
    assert found["codes"] == [{"code": "analysis.so_what", "n": 1}]


def test_a_feedback_file_that_is_none_is_refused_by_line(audit, rows, tmp_path):
    path = tmp_path / "feedback.jsonl"
    path.write_text(json.dumps({"dimension": "analysis", "agree": "Zephyrine"}) + "\n", encoding="utf-8")
    done = audit(rows, "--feedback", path)
    assert done.status == 2
    assert "line 1 of the feedback" in done.err
    assert "Zephyrine" not in done.err


def test_children_over_time_have_their_place(audit, rows):
    done = audit(rows)
    assert done.found["children"]["children"] > 0
    assert done.page.count('id="children"') == 1
    undated = [{**row, "context": {k: v for k, v in row["context"].items() if k != "child_id"}} for row in rows]
    without = audit(undated, folder="without")
    assert without.found["children"] is None
    assert 'id="children"' not in without.page


def test_drawn_records_bring_their_range_and_a_census_none(audit, rows):
    assert "95% range" in audit(rows, "--sample", 60, folder="drawn").found["headline"][0]
    whole = audit(rows, folder="census").found
    assert "All 160 records" in whole["headline"][0]
    assert all(share["low"] == share["high"] for share in whole["levels"]["analysis"]["shares"])
