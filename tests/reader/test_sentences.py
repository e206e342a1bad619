import pytest

from nlp_quality.reader.sentences import split


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mrs. Odell met me at 10.15am. She is 82 y/o.", ["Mrs. Odell met me at 10.15am.", "She is 82 y/o."]),
        ("It took approx. 20 mins. Then we left.", ["It took approx. 20 mins.", "Then we left."]),
        ("J. Carver rang. No reply.", ["J. Carver rang.", "No reply."]),
        ("mum was out. no answer. rang again", ["mum was out.", "no answer.", "rang again"]),
        ("Child seen: Yes  Seen alone: No", ["Child seen: Yes", "Seen alone: No"]),
        (
            "STAT VISIT Child seen: [x] Yes Seen alone: No Olga was in the hall.",
            ["STAT VISIT", "Child seen: [x] Yes", "Seen alone: No", "Olga was in the hall."],
        ),
        ("Home conditions\nThe hall was cold\nNo carpet", ["Home conditions", "The hall was cold", "No carpet"]),
        ("- first thing\n- second thing", ["- first thing", "- second thing"]),
        ("1. Ring school.\n2. Ring nan.", ["1. Ring school.", "2. Ring nan."]),
        ('"Where is it?" she asked. I pointed.', ['"Where is it?" she asked.', "I pointed."]),
        ('He said "I hate it. They shout." and cried.', ['He said "I hate it. They shout." and cried.']),
        ("Ona said, “He sleeps.” She said no more.", ["Ona said, “He sleeps.”", "She said no more."]),
        ('"Go away!" Lev shouted. The door shut.', ['"Go away!" Lev shouted.', "The door shut."]),
        (
            "Dear Ola, you told me about the rabbit. You laughed!",
            ["Dear Ola, you told me about the rabbit.", "You laughed!"],
        ),
        ("He ran off... and came back.", ["He ran off... and came back."]),
        ("One.\r\n\r\nTwo.", ["One.", "Two."]),
    ],
)
def test_sentences_survive_how_workers_write(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_hand_wrapped_lines_are_one_sentence() -> None:
    text = (
        "The bus had gone by the time we reached the stop outside the library and so the\n"
        "three of them walked the rest of the way along the canal in the rain with no\n"
        "coats on."
    )
    assert len(sentences(text)) == 1


def test_paragraphs_are_parted_by_blank_lines() -> None:
    assert [span.paragraph for span in split("One. Two.\n\nThree.\n \nFour.")] == [0, 0, 1, 2]


@pytest.mark.parametrize(
    "text", ["a" * 50_000, "word " * 10_000, "\x00\x07 odd \x1b[0m text.", "\u202eabc\u202c. Def.", "…", '"' * 301]
)
def test_odd_input_is_covered_whole(text: str) -> None:
    kept = "".join(sentences(text))
    assert "".join(kept.split()) == "".join(text.split())
