"""The corpus checks find what they are there to find."""

import json
from pathlib import Path
from typing import Any

import pytest

from nlp_quality import UnreadableInput, corpus
from nlp_quality.corpus.check import check
from nlp_quality.scheme import DIMENSIONS

LABELLED = Path(__file__).parents[1] / "data" / "labelled.jsonl"
ROWS = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]


def build(folder: Path, texts: dict[str, list[dict[str, Any]]]) -> Path:
    """A corpus of a few authors, one file each, all in the train split."""
    (folder / "records").mkdir(parents=True)
    authors = []
    for name, rows in texts.items():
        path = folder / "records" / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        files = {"records": corpus.sha256(path)}
        authors.append({"id": name, "persona": "A worker.", "split": "train", "files": files})
    (folder / "manifest.json").write_text(json.dumps({"authors": authors}), encoding="utf-8")
    return folder


def problems(folder: Path) -> str:
    return "\n".join(check(folder, complete=False).problems)


def test_figures_count_what_is_there(tmp_path: Path) -> None:
    figures = check(build(tmp_path, {"one": ROWS[:1], "two": ROWS[1:]}), complete=False).figures
    assert (figures["authors"], figures["records"], figures["sentences"]) == (2, 2, 11)
    assert set(figures["levels"]) == set(DIMENSIONS)
    assert figures["labels"]["seen_alone"] == 2


def test_a_small_corpus_is_told_so_when_it_should_be_complete(tmp_path: Path) -> None:
    found = "\n".join(check(build(tmp_path, {"one": ROWS})).problems)
    for words in ("2 records, under", "passages, under", "dev split", "voice_used is on 2 sentences"):
        assert words in found


def test_a_copied_text_is_found(tmp_path: Path) -> None:
    copy = ROWS[0] | {"id": "copy"}
    assert "labelled-1 and copy are near-copies" in problems(build(tmp_path, {"one": ROWS, "two": [copy]})) or (
        "copy and labelled-1 are near-copies" in problems(tmp_path)
    )


def test_a_template_with_other_names_is_found_once_masked(tmp_path: Path) -> None:
    text = json.dumps(ROWS[0])
    others = [
        json.loads(text.replace("Anwen", name).replace("labelled-1", name).replace("Howells", name[::-1].title()))
        for name in ("Oluchi", "Zofia", "Tobias", "Meera")
    ]
    found = problems(build(tmp_path, {name: [row] for name, row in zip("abcd", others, strict=True)}))
    assert "masked words in a row" in found
    assert "near-copies once masked" in found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"levels": {"child_voice": 1}}, "levels are missing"),
        ({"seen": []}, "the children of people and of seen differ"),
        ({"seen": [{"child": "Fikret", "status": "hidden", "companions": []}]}, "not of the scheme"),
        ({"seen": [{"child": "Fikret", "status": "not_seen", "companions": ["parent"]}]}, "companions are given"),
        ({"sentences": [{**ROWS[1]["sentences"][0], "function": "poem"}]}, "function is not of the scheme"),
        ({"id": "labelled-1"}, "the id stands 2 times"),
    ],
)
def test_a_broken_record_is_named_and_said_why(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    assert words in problems(build(tmp_path, {"one": [ROWS[0], ROWS[1] | change]}))


def test_a_file_other_than_the_manifest_names_is_refused(tmp_path: Path) -> None:
    folder = build(tmp_path, {"one": ROWS})
    (folder / "records" / "one.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"one\.jsonl"):
        check(folder)
