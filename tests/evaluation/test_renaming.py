from nlp_quality import Person, Record, Scorer
from nlp_quality.evaluation.renaming import changes, renamed

RECORD = Record(
    text="Mr Duckworth let me in. Edda Duckworth was seen alone in her room; Edda's cat slept. Eddas are rare.",
    people=(Person("Edda Duckworth", "child", age=9, aliases=("Eddie D",)), Person("Mr Duckworth", "parent")),
    record_type="visit",
)


def test_every_word_of_a_name_is_changed_wherever_it_stands_alone() -> None:
    other = renamed(RECORD)
    assert "Duckworth" not in other.text
    assert "Edda " not in other.text
    assert "Eddas are rare." in other.text
    assert other.text.startswith("Mr ")
    people = other.people or ()
    assert people[0].name.split()[1] == people[1].name.split()[1]
    assert [p.role for p in people] == ["child", "parent"]


def test_a_record_without_a_list_of_people_stays_as_it_is() -> None:
    record = Record(text="Edda was seen.")
    assert renamed(record) == record


def test_with_people_given_no_answer_changes(scorer: Scorer) -> None:
    found = changes([RECORD], scorer)
    assert found["people_given"] == {"records": 1, "levels_changed": 0.0, "anything_changed": 0.0}
    assert found["people_inferred"]["records"] == 1
