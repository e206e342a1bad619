"""One child's file, made by hand: what is claimed of it, and what is not."""

from datetime import date, timedelta

import pytest

from nlp_quality.audit.contacts import Contact
from nlp_quality.audit.file_reading import flag_differences_of, gaps_of, improvements_of, missed_of, unheard_of
from nlp_quality.audit.visiting import REGULATIONS

START = date(2025, 3, 3)  # a Monday


def contact(day: int, status: str | None = "seen_alone", **fields) -> Contact:
    known = {
        "child": "c1", "position": day, "line": None, "record": f"r{day}", "record_type": "visit", "own": True, "plan": "cla",
        "refer": False, "heard": "words",
    }  # fmt: skip
    return Contact(status=status, day=START + timedelta(days=day), **known | fields)


def gaps(*file: Contact, until: int) -> list[tuple[str, int, str]]:
    return [(g.kind, g.days, g.verdict) for g in gaps_of(file, REGULATIONS, START + timedelta(days=until))]


def test_a_gap_may_be_between_sightings_open_or_the_whole_file():
    assert gaps(contact(0), contact(30), until=30) == [("between", 30, "within")]
    assert gaps(contact(0), until=95) == [("open", 95, "over")]
    assert gaps(contact(0, "not_seen"), contact(40, "not_stated"), until=50) == [("never", 50, "over_unless")]


def test_a_meeting_is_no_sighting_but_a_note_is():
    assert gaps(contact(0), contact(20, record_type="meeting"), contact(50), until=50) == [
        ("between", 50, "over_unless")
    ]
    assert gaps(contact(0), contact(25, record_type="case_note"), contact(50), until=50) == [
        ("between", 25, "within"),
        ("between", 25, "within"),
    ]


def test_children_who_cannot_be_told_apart_count_as_seen():
    assert gaps(contact(0), contact(30, None), contact(60), until=60) == [("between", 30, "within")] * 2


def test_a_change_of_plan_within_a_gap_leaves_it_unjudged():
    assert gaps(contact(0), contact(60, plan="cp"), until=60) == [("between", 60, "not_judged")]


def test_what_lies_within_a_gap_is_counted():
    file = [contact(0), contact(10, "not_seen"), contact(20, "not_stated"), contact(60)]
    (gap,) = gaps_of(file, REGULATIONS, START + timedelta(days=60))
    assert (gap.missed, gap.silent) == (1, 1)


def missed(*file: Contact, until: int = 100) -> list[tuple[str, bool, int]]:
    return [
        (m.action, m.next_seen is not None, m.working_days) for m in missed_of(file, START + timedelta(days=until), 5)
    ]


def test_whether_a_missed_visit_led_to_anything():
    none = contact(0, "not_seen")
    assert missed(none, contact(14)) == [("none", True, 10)]
    assert missed(none, contact(7)) == [("later_record", True, 5)]
    assert missed(none, contact(3, "not_stated", record_type="supervision"), contact(21)) == [
        ("later_record", True, 15)
    ]
    assert missed(contact(0, "not_seen", signs=("plan",)), contact(21)) == [("planned", True, 15)]


def test_a_missed_visit_after_which_the_child_is_never_seen():
    assert missed(contact(0, "not_seen"), until=14) == [("none", False, 10)]
    assert missed(contact(0, "not_seen"), until=4) == []  # the file ends before anything could follow.


def test_a_telephone_note_is_no_missed_visit_and_an_unanswered_door_is():
    assert missed(contact(0, "not_seen", record_type="case_note"), contact(14)) == []
    assert missed(contact(0, "not_seen", record_type="case_note", signs=("attempt",)), contact(14)) == [
        ("none", True, 10)
    ]
    assert missed(contact(0, "not_seen"), contact(0), contact(14)) == []  # seen later that day.


@pytest.mark.parametrize(
    ("earlier", "claims"), [((), 0), (((),), 1), ((("change",),), 0), (((), ("plan",)), 1), (((), ("improvement",)), 1)]
)
def test_a_claim_of_improvement_needs_an_earlier_record_that_speaks_to_change(earlier, claims):
    file = [contact(10 * n, signs=signs) for n, signs in enumerate(earlier)] + [
        contact(90, signs=("improvement", "change"))
    ]
    assert len(improvements_of(file)) == claims


def test_a_child_not_heard_for_three_visits_in_a_row():
    silent = [contact(n, heard="not_heard") for n in (20, 40, 60)]
    (found,) = unheard_of([contact(0), *silent])
    assert (found.since, found.records, found.last_heard) == (START + timedelta(days=20), 3, START)
    assert unheard_of([contact(0), *silent[:2]]) == []
    assert unheard_of([*silent, contact(80)]) == []


def test_flags_and_narratives_are_held_against_each_other_over_the_whole_file():
    both = {"seen": "Y", "seen_alone": "Y"}
    agreed = contact(0, flags=both, result="corroborated")
    assert flag_differences_of([agreed]) == []
    not_alone = contact(30, "seen_not_alone", flags=both, result="contradicted")
    (alone,) = flag_differences_of([agreed, not_alone])
    assert (alone.flag, alone.by_flags, alone.by_narrative) == ("seen_alone", START + timedelta(days=30), START)
    silent = contact(30, "not_stated", flags=both, result="flag_only")
    assert [d.flag for d in flag_differences_of([agreed, silent])] == ["seen", "seen_alone"]


def test_a_council_whose_flag_means_without_a_parent_is_not_contradicted_by_a_brother():
    with_brother = contact(30, "seen_not_alone", flags={"seen_alone": "Y"}, result="corroborated")
    assert flag_differences_of([with_brother]) == []
