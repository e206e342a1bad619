import json
from pathlib import Path

import pytest

from nlp_quality import Scorer, UnreadableInput
from nlp_quality.evaluation import evaluate, render
from nlp_quality.evaluation.labelled import read_labelled
from nlp_quality.evaluation.report import html

LABELLED = Path(__file__).parents[1] / "data" / "labelled.jsonl"


def test_labelled_sentences_stand_where_the_text_has_them() -> None:
    for row in read_labelled(LABELLED):
        for sentence in row.sentences:
            assert row.record.text[sentence.start : sentence.end] == sentence.labels["text"]


def test_figures_of_a_labelled_file(scorer: Scorer) -> None:
    figures = evaluate(LABELLED, scorer, resamples=9)
    assert figures["records"] == 2
    assert figures["model"]["name"] == scorer.model.name
    assert set(figures["levels"]) == {"child_voice", "seen_alone", "analysis", "parental_capacity"}
    assert 0 <= figures["sentences"]["function"]["macro_f1"] <= 1
    assert figures["seen"]["children"] == 2
    assert sum(map(sum, figures["levels"]["analysis"]["confusion"])) == figures["levels"]["analysis"]["n"]
    assert "quadratic kappa" in render(figures)
    assert set(figures["by_record_type"]) <= {"visit", "assessment", "case_note", "supervision", "meeting", "other"}
    assert figures["by_author"]["example"]["records"] == 2


def test_the_page_holds_the_figures_plots_and_no_text(scorer: Scorer) -> None:
    figures = evaluate(LABELLED, scorer, resamples=9)
    page = html(figures)
    assert page.count("<svg") == len(figures["levels"]) + len(figures["sentences"]) + 1
    assert f"{figures['sentences']['function']['macro_f1']:.2f}" in page
    assert "http://" not in page.split("<svg")[0]
    for row in read_labelled(LABELLED):
        assert not any(sentence.labels["text"] in page for sentence in row.sentences)


def test_what_is_not_labelled_is_left_out(tmp_path: Path, scorer: Scorer) -> None:
    path = tmp_path / "seen.jsonl"
    row = {
        "text": "Ines was seen alone at school.",
        "people": None,
        "seen": [{"child": "Ines", "status": "seen_alone", "companions": []}],
    }
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    figures = evaluate(path, scorer, resamples=0)
    assert figures["levels"] == {}
    assert figures["sentences"] == {}
    assert figures["seen"]["status_accuracy"] == 1.0
    assert "right 1.000 of 1" in render(figures)


@pytest.mark.parametrize(
    "line", ['{"text": ', "[]", "7", '{"sentences": [{"text": "secret"}, {"text": 7}]}', '{"text": ""}', "[" * 100_000]
)
def test_a_line_that_is_no_labelled_record_is_named_by_number_only(line: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(LABELLED.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="Line 3") as caught:
        list(read_labelled(path))
    assert "secret" not in caught.value.message
