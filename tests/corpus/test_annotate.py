"""A council labels its own records: out to a spreadsheet or Label Studio, back as a labelled file."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from nlp_quality import UnreadableInput
from nlp_quality.corpus import drafting, label_studio, spreadsheet
from nlp_quality.evaluation.labelled import read_labelled
from nlp_quality.formats import read_records
from nlp_quality.reader import Reader
from nlp_quality.scheme import DIMENSIONS, FUNCTION

SAMPLE = Path(__file__).parents[1] / "data" / "sample.jsonl"


@pytest.fixture(scope="module")
def drafts() -> list[drafting.Draft]:
    return list(drafting.drafts(read_records(SAMPLE), Reader.load()))


def test_a_spreadsheet_comes_back_labelled(drafts: list[drafting.Draft], tmp_path: Path) -> None:
    path = tmp_path / "annotate.xlsx"
    assert spreadsheet.write(drafts, path) == 4
    with pytest.raises(UnreadableInput, match="sentences, row 2"):
        list(spreadsheet.read(path))
    book = load_workbook(path)
    for row in book["sentences"].iter_rows(min_row=2):
        row[3].value, row[4].value, row[5].value = "description", "none", "child_view; daily_life"
    for row in book["children"].iter_rows(min_row=2):
        row[2].value, row[3].value = "seen_not_alone", "parent"
    for row in book["records"].iter_rows(min_row=2):
        for cell, level in zip(row[3:], ("0", 1, "null", "3"), strict=True):
            cell.value = level
    book.save(path)
    rows = list(spreadsheet.read(path))
    assert [row["id"] for row in rows] == [draft.id for draft in drafts]
    assert rows[0]["levels"] == dict(zip(DIMENSIONS, (0, 1, None, 3), strict=True))
    assert rows[0]["sentences"][0]["voice"] == ["child_view", "daily_life"]
    assert rows[0]["seen"] == [{"child": "Anwen Howells", "status": "seen_not_alone", "companions": ["parent"]}]
    assert readable(rows, tmp_path) == 4


def test_label_studio_goes_out_with_its_set_up_and_comes_back(drafts: list[drafting.Draft], tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    assert label_studio.write(drafts, path) == 4
    offered = {choice.get("value") for choice in ElementTree.fromstring(label_studio.setup()).iter("Choice")}  # noqa: S314
    assert set(FUNCTION) < offered
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for task in tasks:
        task["annotations"] = [{"result": annotated(task)}]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    rows = list(label_studio.read(path))
    assert rows[3]["seen"][1]["status"] == "seen_unclear"
    assert rows[0]["levels"]["child_voice"] == 2
    assert readable(rows, tmp_path) == 4


def annotated(task: dict[str, Any]) -> list[dict[str, Any]]:
    regions = task["predictions"][0]["result"]
    result = list(regions)
    for region in regions:
        for head, label in (("function", "account"), ("presence", "none")):
            result.append({"id": region["id"], "type": "choices", "from_name": head, "value": {"choices": [label]}})
    for dimension in DIMENSIONS:
        result.append({"id": "x", "type": "choices", "from_name": f"level.{dimension}", "value": {"choices": ["2"]}})
    for slot in range(1, 9):
        if task["data"][f"child_{slot}"]:
            chosen = {"choices": ["seen_unclear"]}
            result.append({"id": "y", "type": "choices", "from_name": f"seen.{slot}", "value": chosen})
    return result


def readable(rows: list[dict[str, Any]], folder: Path) -> int:
    path = folder / "labelled.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return len(list(read_labelled(path)))


def test_an_annotator_never_sees_the_tools_answers(drafts: list[drafting.Draft], tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    label_studio.write(drafts, path)
    assert not any(f'"{label}"' in path.read_text(encoding="utf-8") for label in ("seen_alone", "account", "analysis"))


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    row = {"id": "=1+1", "text": "=HYPERLINK(1) was in the note. Tova was seen."}
    records.write_text(json.dumps(row) + "\n", encoding="utf-8")
    path = tmp_path / "annotate.xlsx"
    spreadsheet.write(drafting.drafts(read_records(records), Reader.load()), path)
    cells = [cell for row in load_workbook(path)["sentences"].iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)


@pytest.mark.parametrize("content", ["", "{}", '[{"data": {}}]', "[7]"])
def test_a_file_that_is_no_export_is_a_clear_error(content: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableInput):
        list(label_studio.read(path))
    with pytest.raises(UnreadableInput):
        list(spreadsheet.read(path))
