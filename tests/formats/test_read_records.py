"""Plain data to a record: every type and limit, the path of the field in the error, never the value."""

import pytest

from nlp_quality.errors import InvalidRecord
from nlp_quality.formats.json_text import parse_json
from nlp_quality.formats.records import join_sentences, known_id, record_from_mapping
from nlp_quality.record import MAX_MARKUP, MAX_TEXT

CANARY = "Zebedee Quillfeather"
PERSON = {"name": CANARY, "role": "child"}


def people(**fields):
    return {"text": "Seen.", "people": [PERSON, {**PERSON, **fields}]}


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        pytest.param(CANARY, "not_an_object", "", id="a string"),
        pytest.param([CANARY], "not_an_object", "", id="a list"),
        pytest.param(None, "not_an_object", "", id="null"),
        pytest.param({"id": CANARY}, "missing", "text", id="no text"),
        pytest.param({"text": None}, "not_a_string", "text", id="null text"),
        pytest.param({"text": 12}, "not_a_string", "text", id="a number for a text"),
        pytest.param({"text": [CANARY]}, "not_a_string", "text", id="a list for a text"),
        pytest.param({"text": ""}, "blank", "text", id="empty"),
        pytest.param({"text": " \n\t\u00a0"}, "blank", "text", id="blank"),
        pytest.param({"text": CANARY + "x" * MAX_TEXT}, "too_long", "text", id="over 200,000"),
        pytest.param({"text": "x" * (MAX_MARKUP + 1), "format": "html"}, "too_long", "text", id="too much markup"),
        pytest.param({"text": CANARY + "\ud83d"}, "lone_surrogate", "text", id="lone surrogate"),
        pytest.param({"text": CANARY, "id": 7}, "not_a_string", "id", id="a number for an id"),
        pytest.param({"text": CANARY, "id": "\udc00"}, "lone_surrogate", "id", id="lone surrogate in id"),
        pytest.param({"text": CANARY, "format": "rtf"}, "unknown_value", "format", id="format"),
        pytest.param({"text": CANARY, "record_type": CANARY}, "unknown_value", "record_type", id="record_type"),
        pytest.param({"text": CANARY, "record_type": ["visit"]}, "not_a_string", "record_type", id="type of type"),
        pytest.param({"text": CANARY, "draft": "yes"}, "not_a_boolean", "draft", id="draft"),
        pytest.param({"text": CANARY, "context": [CANARY]}, "not_an_object", "context", id="context"),
        pytest.param({"text": CANARY, "context": {"team": 4}}, "not_a_string", "context.team", id="context value"),
        pytest.param({"text": CANARY, "context": {CANARY * 4: 4}}, "not_a_string", "context", id="prose for a key"),
        pytest.param({"text": CANARY, "context": {"\ud800": "x"}}, "lone_surrogate", "context", id="context key"),
        pytest.param({"text": CANARY, "people": CANARY}, "not_a_list", "people", id="people"),
        pytest.param({"text": CANARY, "people": [CANARY]}, "not_an_object", "people.0", id="a name for a person"),
        pytest.param({"text": CANARY, "people": [PERSON] * 201}, "too_many", "people", id="too many people"),
        pytest.param({"text": CANARY, "people": [{"role": "child"}]}, "missing", "people.0.name", id="no name"),
        pytest.param({"text": CANARY, "people": [{"name": CANARY}]}, "missing", "people.0.role", id="no role"),
        pytest.param(people(name=""), "blank", "people.1.name", id="empty name"),
        pytest.param(people(name="  "), "blank", "people.1.name", id="blank name"),
        pytest.param(people(name=CANARY * 20), "too_long", "people.1.name", id="long name"),
        pytest.param(people(name=None), "not_a_string", "people.1.name", id="null name"),
        pytest.param(people(role=CANARY), "unknown_value", "people.1.role", id="unknown role"),
        pytest.param(people(role={"is": "child"}), "not_a_string", "people.1.role", id="type of role"),
        pytest.param(people(age="8"), "not_a_number", "people.1.age", id="age in words"),
        pytest.param(people(age=True), "not_a_number", "people.1.age", id="age true"),
        pytest.param(people(age=-1), "out_of_range", "people.1.age", id="age below 0"),
        pytest.param(people(age=float("nan")), "out_of_range", "people.1.age", id="age NaN"),
        pytest.param(people(age=10**400), "out_of_range", "people.1.age", id="huge age"),
        pytest.param(people(unborn="Y"), "not_a_boolean", "people.1.unborn", id="unborn"),
        pytest.param(people(id=3), "not_a_string", "people.1.id", id="id of a person"),
        pytest.param(people(aliases=CANARY), "not_a_list", "people.1.aliases", id="aliases"),
        pytest.param(people(aliases=["Zeb", 1]), "not_a_string", "people.1.aliases.1", id="alias"),
        pytest.param(people(aliases=["x"] * 201), "too_many", "people.1.aliases", id="too many aliases"),
        pytest.param(people(flags="Y"), "not_an_object", "people.1.flags", id="flags"),
        pytest.param(people(flags={CANARY: "Y"}), "unknown_value", "people.1.flags", id="unknown flag"),
        pytest.param(people(flags={"seen": "maybe"}), "unknown_value", "people.1.flags.seen", id="flag value"),
        pytest.param(people(flags={"seen": True}), "not_a_string", "people.1.flags.seen", id="flag type"),
        pytest.param({"sentences": CANARY}, "not_a_list", "sentences", id="sentences"),
        pytest.param({"sentences": []}, "blank", "text", id="no sentence"),
        pytest.param({"sentences": [CANARY]}, "not_an_object", "sentences.0", id="sentence"),
        pytest.param({"sentences": [{"text": 1}]}, "not_a_string", "sentences.0.text", id="text of a sentence"),
        pytest.param(
            {"sentences": [{"text": CANARY, "para": "1"}]}, "not_a_number", "sentences.0.para", id="paragraph"
        ),
    ],
)
def test_refused(value, code, field):
    with pytest.raises(InvalidRecord) as caught:
        record_from_mapping(value)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert CANARY not in caught.value.message
    assert "Zebedee" not in caught.value.field


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467", id="only emoji"),
        pytest.param("Nell\x00 was \x1b[31mseen\x07.", id="control characters"),
        pytest.param("x" * MAX_TEXT, id="200,000 characters"),
        pytest.param(".", id="one character"),
    ],
)
def test_unusual_text_is_kept_as_it_is(text):
    assert record_from_mapping({"text": text}).text == text


def test_every_field_arrives():
    record = record_from_mapping(
        {
            "text": "Nell was seen.",
            "id": "r1",
            "format": "html",
            "record_type": "visit",
            "draft": True,
            "people": [
                {
                    "name": "Nell Ward",
                    "role": "child",
                    "id": "p1",
                    "age": 0.5,
                    "unborn": False,
                    "aliases": ["Nell"],
                    "flags": {"seen": "Y", "seen_alone": None},
                }
            ],
            "context": {"team": "East"},
            "levels": {"analysis": 1},
            "capability": "plain",
        }
    )
    assert (record.id, record.format, record.record_type, record.draft) == ("r1", "html", "visit", True)
    assert record.context == {"team": "East"}
    assert record.people is not None
    assert record.people[0].aliases == ("Nell",)
    assert record.people[0].flags == {"seen": "Y"}


def test_null_is_left_out_and_no_people_is_not_unknown_people():
    empty = dict.fromkeys(("id", "format", "record_type", "people", "draft", "context"))
    record = record_from_mapping({"text": "Seen.", **empty})
    assert (record.format, record.record_type, record.people, record.draft) == ("text", "other", None, False)
    assert record_from_mapping({"text": "Seen.", "people": []}).people == ()


def test_sentences_of_one_paragraph_by_a_space_and_paragraphs_by_a_blank_line():
    sentences = [{"text": "One.", "para": 0}, {"text": "Two.", "para": 0}, {"text": "Three.", "para": 1}]
    assert join_sentences(sentences) == "One. Two.\n\nThree."
    assert record_from_mapping({"sentences": sentences, "levels": {}}).text == "One. Two.\n\nThree."


def test_a_field_given_twice_is_refused_wherever_it_is():
    for text in (
        '{"text": "a", "text": "b"}',
        '{"text": "a", "people": [{"name": "A", "name": "B", "role": "child"}]}',
    ):
        with pytest.raises(InvalidRecord) as caught:
            record_from_mapping(parse_json(text))
        assert caught.value.code == "repeated_field"


def test_known_id_gives_only_what_can_be_written_out():
    assert known_id({"id": "r1"}) == "r1"
    assert [known_id(value) for value in ({"id": 4}, {"id": "\ud800"}, {}, [], None)] == [None] * 5
