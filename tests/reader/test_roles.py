"""Whose name it is: by how the text writes of them, never by which name it is. Texts of our own."""

import pytest

from nlp_quality import Record
from nlp_quality.reader import Reader, candidates, people, roles


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


def named(reader: Reader, text: str) -> dict[str, str]:
    return {person.name: person.role for person in reader.read(Record(text=text)).people}


def forms(text: str) -> list[str]:
    return [found.name for found in candidates.find(text, candidates.tokens(text, (), ()))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Whilst Oluchi drew, I spoke to Ketil Brandt.", ["Oluchi", "Ketil Brandt"]),
        ("Ketil was seen. Ketil Brandt is nine.", ["Ketil Brandt"]),
        ("Seen: Ketil Y", ["Ketil"]),
        ("On Monday Mr Farrow rang.", []),
        ("We met at Larch Lodge with Ketil's teacher.", ["Ketil"]),
    ],
)
def test_a_candidate_has_its_fullest_form(text: str, expected: list[str]) -> None:
    assert forms(text) == expected


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ('Annelise "Lise" Brandt was seen at home. Lise was well.', "Lise"),
        ("Annelise, known as Lise, was seen at home. Lise was well.", "Lise"),
    ],
)
def test_a_nickname_beside_the_name_is_one_person(text: str, short: str) -> None:
    found = candidates.find(text, candidates.tokens(text, (), ()))
    assert [one.nicknames for one in found] == [[short]]


@pytest.mark.parametrize(
    "text",
    [
        "I saw {0} at school on Tuesday. {0} told me about her new shoes. Her mother, {1}, was at work.",
        "Visited the flat. {0} (7) was asleep. {1}, the health visitor, came with me.",
    ],
)
@pytest.mark.parametrize(("first", "second"), [("Tamsin", "Beata"), ("Adaeze", "Rukhsana"), ("Mirela", "Siobhan")])
def test_the_child_does_not_depend_on_the_name(text: str, first: str, second: str, reader: Reader) -> None:
    found = named(reader, text.format(first, second))
    assert found[first] == "child"
    assert found[second] in ("parent", "professional")


def test_no_feature_holds_a_name() -> None:
    text = "I saw Ketil at home. Ketil's mother, Oluchi, was out."
    _, shown = people.read_candidates(text)
    assert not any(name in feature.lower() for one in shown for feature in one for name in ("ketil", "oluchi"))


def test_probabilities_sum_to_one_and_unknown_features_change_nothing() -> None:
    model = roles.load()
    plain = model.probabilities(())
    assert sum(plain.values()) == pytest.approx(1)
    assert model.probabilities(("never seen before",)) == plain
