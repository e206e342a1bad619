"""The trained model: a record's answer depends on the record alone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nlp_quality import Person, Record, Scorer, model_store
from nlp_quality.encoder import HEADS, Encoder
from nlp_quality.formats import Source, read_records
from nlp_quality.reader import Reader
from nlp_quality.windows import WINDOW, pooling, question, role_text, windows

SAMPLE = Path(__file__).parent / "data" / "sample.jsonl"
HOME = model_store.models_folder() / "minilm" / "0.3.0"
RECORDS = [item.record for item in read_records(SAMPLE) if isinstance(item, Source)]


@pytest.fixture(scope="module")
def trained() -> Scorer:
    return Scorer.load("minilm")


def test_the_trained_model_is_the_default_and_needs_no_notice(scorer: Scorer) -> None:
    assert scorer.model.name == "minilm"
    assert scorer.score(RECORDS[0]).notice is None


@pytest.mark.parametrize("number", range(len(RECORDS)))
def test_alone_in_a_batch_and_among_others_the_answer_is_the_same(number: int, trained: Scorer) -> None:
    alone = trained.score(RECORDS[number])
    batch = list(trained.score_many(RECORDS * 8))
    assert {card == alone for card in batch[number :: len(RECORDS)]} == {True}


def test_one_thread_or_two_the_answer_is_the_same() -> None:
    parsed = Reader.load().read(RECORDS[0])
    one, two = (Encoder.load(HOME, temperatures={}, threads=n).label(parsed) for n in (1, 2))
    assert one == two


def test_an_edit_elsewhere_leaves_a_full_window_as_it_was(trained: Scorer) -> None:
    long = "The bus was late again and nobody had rung the school about it. " * 15
    first, second = f"{long}\n\n{RECORDS[0].text}", f"{long.replace('bus', 'tram')}\n\n{RECORDS[0].text}"
    people = RECORDS[0].people
    before, after = (trained.score(Record(text=text, people=people)) for text in (first, second))
    tail = [[s.probabilities for s in card.sentences[-3:]] for card in (before, after)]
    assert tail[0] == tail[1]


def test_names_are_never_read(trained: Scorer) -> None:
    record = RECORDS[0]
    renamed = replace(
        record,
        text=record.text.replace("Anwen", "Oluwaseun").replace("Howells", "Featherstonehaugh"),
        people=tuple(
            replace(p, name=p.name.replace("Anwen", "Oluwaseun").replace("Howells", "Featherstonehaugh"))
            for p in record.people or ()
        ),
    )
    for one, two in zip(trained.score(record).sentences, trained.score(renamed).sentences, strict=True):
        assert one.probabilities == two.probabilities


PEOPLE = (
    Person("Anwen Howells", "child", age=8),
    Person("Bryn Howells", "child", age=4),
    Person("Mrs Howells", "parent"),
    Person("Mr Quill", "professional"),
)


def test_names_are_read_as_roles_and_words_as_they_stand() -> None:
    record = Record(text="Anwen told  SW that Mum shouts; Mr Quill heard Mrs Howells and she cried.", people=PEOPLE)
    sentence = Reader.load().read(record).sentences[0]
    assert role_text(sentence) == "child told I that Mum shouts; professional heard parent and she cried."


def test_the_child_asked_about_is_told_from_the_others() -> None:
    parsed = Reader.load().read(Record(text="Anwen sat with Bryn; both children sang to Anwen Howells.", people=PEOPLE))
    anwen, bryn = (role_text(parsed.sentences[0], child) for child in (0, 1))
    assert anwen == "the child sat with sibling; the children sang to the child."
    assert bryn == "sibling sat with the child; the children sang to sibling."


def test_a_question_reads_what_bears_on_it_first_and_no_more_than_fits() -> None:
    sentences = [(i, i // 5, [10 + i] * 40) for i in range(30)]
    bearing = [0.0] * 30
    bearing[17] = 0.9
    window = question(sentences, bearing, opening=[1, 9, 2], between=2)
    assert len(window.ids) <= WINDOW
    assert window.places == ((0, 0, len(window.ids)),)
    assert {26, 27, 28} <= set(window.ids)
    assert window.ids.count(2) < 30


def test_windows_keep_to_paragraphs_and_lose_no_sentence() -> None:
    sentences = [(i, i // 4, list(range(5, 5 + 30))) for i in range(40)]
    found = list(windows(sentences, opening=[1, 9, 2], between=2))
    assert [index for window in found for index, _, _ in window.places] == list(range(40))
    for window in found:
        assert len(window.ids) <= WINDOW
        assert pooling(window).sum() == pytest.approx(len(window.places))
        paragraphs = [sentences[index][1] for index, _, _ in window.places]
        for paragraph in set(paragraphs):
            assert paragraphs.count(paragraph) == 4


def test_a_paragraph_or_a_sentence_longer_than_a_window_is_cut() -> None:
    found = list(windows([(0, 0, [7] * 1000), (1, 0, [7] * 100), (2, 0, [7] * 100)], opening=[1], between=2))
    assert [len(window.places) for window in found] == [1, 2]
    assert all(len(window.ids) <= WINDOW for window in found)


def test_labels_agree_between_scheme_and_model(trained: Scorer) -> None:
    sentence = trained.score(RECORDS[0]).sentences[0]
    assert {head: tuple(labels) for head, labels in sentence.probabilities.items()} == dict(HEADS)


def test_the_card_holds_the_figures_of_the_metrics() -> None:
    metrics = json.loads((HOME / "metrics.json").read_text(encoding="utf-8"))["test"]["records"]
    card = (HOME / "card.md").read_text(encoding="utf-8")
    for figures in metrics["levels"].values():
        assert f"{figures['quadratic_kappa']:.2f}" in card
