"""Who the record is about, where nobody has said."""

import pytest

from nlp_quality import Record
from nlp_quality.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


def children(reader: Reader, text: str) -> list[str]:
    parsed = reader.read(Record(text=text))
    return [parsed.people[index].name for index in parsed.children]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I saw Oisin at school. He told me about the ferret.", ["Oisin"]),
        ("Adaeze showed me her shoes while Mr Okonjo cooked.", ["Adaeze"]),
        ("Zofia and Kacper were seen together. Mum, Beata, was at work.", ["Zofia", "Kacper"]),
        ("Re: Imran Sadiq\n(9), who came in with his aunt Rukhsana. Imran was quiet.", ["Imran Sadiq"]),
        (
            "Fernleigh Group Practice\n\nRe: Dawn Pickles, DOB 3/4/1990 (mother of Kieran Pickles, age 6)",
            ["Kieran Pickles"],
        ),
        ("R. Obi, class teacher, rang. Tamsin was off with a cold.", ["Tamsin"]),
        ("Escalating to the wider team. Will ring again. Leona was not seen.", ["Leona"]),
        ("He was seen on his own in the office. He is sleeping badly.", ["unknown"]),
        ("Both boys were in the yard. They would not come in.", ["unknown", "unknown 2"]),
        ("Visited St Bride's Primary and saw Xanthe with Miss Prior, her TA.", ["Xanthe"]),
        ("Dear Mirela, you told me about your new bunk and I saw you on Friday.", ["Mirela"]),
    ],
)
def test_children_are_found_in_the_text(text: str, expected: list[str], reader: Reader) -> None:
    assert children(reader, text) == expected


def test_a_letter_on_children_in_general_is_of_no_child(reader: Reader) -> None:
    text = (
        "Dear Mr Ashdown, our inspectors met managers at Harbour House. Children wait too long for an assessment. "
        "Children who have plans are visited, but children are seldom seen alone and children's views are not recorded. "
        "Some children had no plan. For many children nothing had changed. Managers accepted this for all the children "
        "we named, and children will now be reviewed. Yours sincerely, Wendy Larkhill"
    )
    assert reader.read(Record(text=text)).out_of_domain == "no_child"


def test_people_given_are_not_guessed_at(reader: Reader) -> None:
    parsed = reader.read(Record(text="Ines saw Petra.", people=()))
    assert not any(person.name in ("Ines", "Petra") for person in parsed.people)


@pytest.mark.parametrize(
    "names",
    [
        ("Oluwaseun", "Xiaoming", "Featherstone"),
        ("Tadhg", "Anne-Marie", "O'Rourke"),
        pytest.param(
            ("Grace", "Will", "Hope"),
            marks=pytest.mark.xfail(reason="a name that is a word, at the head of a sentence", strict=True),
        ),
        ("Zbigniew", "Nguyet", "Kwabena"),
    ],
)
def test_who_is_found_does_not_depend_on_the_names(names: tuple[str, str, str], reader: Reader) -> None:
    text = (
        "Visit on Monday. I saw {0} in the garden, and {0} told me about the hens.\n\n{1} was asleep upstairs; I looked in on "
        "{1} with Mum. Mum, {2}, said that {0} sleeps badly. I asked {2} to ring the school."
    )

    def found(*own: str) -> list[tuple[int | None, str]]:
        people = reader.read(Record(text=text.format(*own))).people
        return [(next((i for i, name in enumerate(own) if name in p.name), None), p.role) for p in people]

    assert found(*names) == found("Mia", "Jack", "Kerry")
    assert (0, "child") in found(*names)
