"""Behavioural cases: was this child seen alone? The card's table is what the model does with them."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from nlp_quality import Scorer, UnreadableInput, corpus, model_store
from nlp_quality.evaluation import behaviour

CASES = Path(__file__).parent / "cases.jsonl"
HOME = model_store.models_folder() / "minilm" / "0.3.0"
ROWS = list(behaviour.read_cases(CASES))
RUN = 10  # words in a row that no two cases, and no case and text of the corpus, may share


def words(text: str) -> set[tuple[str, ...]]:
    found = re.findall(r"[\w'’]+", text.lower())
    return {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}


def test_there_are_six_hundred_over_all_capabilities_and_kinds() -> None:
    assert len(ROWS) >= 600
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert min(Counter(row["capability"] for row in ROWS).values()) >= 20
    assert {row["kind"] for row in ROWS} == set(behaviour.KINDS)


def test_no_case_is_made_from_another_or_from_the_corpus() -> None:
    where: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in ROWS:
        for run in words(row["text"]):
            where[run].add(row["id"])
    assert [ids for ids in where.values() if len(ids) > 1] == []
    for author in corpus.authors():
        for kind in author.files:
            for labelled in corpus.read_author(author, kind=kind):
                assert not words(labelled.record.text) & where.keys(), labelled.record.id


def test_a_direction_changes_what_is_asked_for() -> None:
    for row in ROWS:
        if row["kind"] == "direction":
            own, other = (
                {entry["child"]: (entry["status"], set(entry.get("companions", ()))) for entry in seen}
                for _, seen in behaviour.texts(row)
            )
            assert own != other, row["id"]


def test_the_table_of_the_card_is_what_the_model_does(scorer: Scorer) -> None:
    found = behaviour.rates(CASES, scorer)
    recorded = json.loads((HOME / "metrics.json").read_text(encoding="utf-8"))["behaviour"]
    assert found["capabilities"] == recorded["capabilities"]
    assert f"{found['passed']:.2f} of {found['cases']}" in (HOME / "card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "line", ['{"kind": "minimum"}', '{"kind": "odd", "capability": "x", "text": "He was seen."}', "["]
)
def test_a_line_that_is_no_case_is_named_by_number(line: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="Line 2"):
        list(behaviour.read_cases(path))
