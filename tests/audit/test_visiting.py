"""Intervals: those of regulations with their words, those of the council, and days as England counts them."""

from datetime import date

import pytest

from nlp_quality.audit.visiting import REGULATIONS, judge, plan_of, read_intervals, working_days
from nlp_quality.errors import NlpQualityError


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2025, 4, 17), date(2025, 4, 22), 1),  # Good Friday, a weekend and Easter Monday lie between.
        (date(2025, 12, 24), date(2025, 12, 29), 1),  # Christmas Day, Boxing Day, a weekend.
        (date(2025, 3, 3), date(2025, 3, 10), 5),
        (date(2025, 3, 8), date(2025, 3, 9), 0),
        (date(2025, 3, 3), date(2025, 3, 3), 0),
    ],
)
def test_working_days_leave_out_weekends_and_the_bank_holidays_of_england(start, end, days):
    assert working_days(start, end) == days


@pytest.mark.parametrize(
    ("plan", "days", "code"),
    [
        ("cla", 42, "within"),
        ("cla", 43, "over_unless"),
        ("cla", 92, "over_unless"),
        ("cla", 93, "over"),
        ("private_fostering", 84, "over_unless"),
        ("private_fostering", 85, "over"),
        ("cp", 300, "not_judged"),
        ("cin", 300, "not_judged"),
        (None, 300, "not_judged"),
    ],
)
def test_only_regulations_judge_by_default(plan, days, code):
    assert judge(plan, days, days, REGULATIONS).code == code


def test_what_regulations_say_is_quoted_and_how_it_was_checked_is_said():
    assert "not more than six weeks" in REGULATIONS["cla"].quote
    assert "not more than 12 weeks" in REGULATIONS["private_fostering"].quote
    assert all("not checked" in interval.checked for interval in REGULATIONS.values())


def test_the_council_sets_days_weeks_or_working_days():
    intervals = read_intervals(["cp=10wd", "Child_in_Need=6w", "cla=28d"])
    assert judge("cp", 20, 10, intervals).code == "within"
    assert judge("cp", 15, 11, intervals).code == "over"
    assert judge("cin", 43, 31, intervals).code == "over"
    assert judge("cla", 29, 20, intervals).code == "over"
    assert intervals["private_fostering"] == REGULATIONS["private_fostering"]


@pytest.mark.parametrize("pair", ["cp", "cp=", "cp=0d", "cp=ten", "cp=10y", "=10d"])
def test_an_interval_that_cannot_be_read_is_an_error(pair):
    with pytest.raises(NlpQualityError) as caught:
        read_intervals([pair])
    assert caught.value.code == "invalid_interval"


@pytest.mark.parametrize(
    ("word", "plan"),
    [
        ("CLA", "cla"), ("Looked-After Child", "cla"), ("LAC", "cla"), ("Child Protection Plan", "cp"), ("CP", "cp"),
        ("Child in Need", "cin"), ("S17", "cin"), ("Private Fostering", "private_fostering"), ("Early Help", "early_help"),
        ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_councils_words_for_a_plan_are_known(word, plan):
    assert plan_of(word) == plan
