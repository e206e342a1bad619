"""Planted facts are found, and nothing is claimed that was not planted."""

import json
from datetime import date
from types import SimpleNamespace

import jinja2
import pytest

from nlp_quality.audit.signs import signs_of
from nlp_quality.audit.timeline import Settings, Timeline, findings
from nlp_quality.audit.visiting import read_intervals
from tests.audit import family_files

TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def timeline(rules_scorer):
    with Timeline() as timeline:
        for position, record in enumerate(family_files.records()):
            timeline.add(position, position + 1, record, rules_scorer.score(record))
        yield timeline


@pytest.fixture(scope="module")
def section(timeline):
    return findings(timeline, today=TODAY)


def test_a_child_unseen_for_sixty_days_is_found_and_judged_only_where_a_regulation_says(section):
    assert [(g.child, g.days, g.verdict) for g in section.gaps.listed] == [("unseen-cla", 60, "over_unless")]
    (gap,) = section.gaps.listed
    assert (gap.end - gap.start).days == 60
    assert [source.day for source in gap.sources] == [gap.start, gap.end]
    assert "regulation 28" in gap.reason
    shown = section.unjudged.listed[0]
    assert (shown.child, shown.days, shown.verdict) == ("unseen-cp", 60, "not_judged")
    assert "the council has to" in shown.reason
    assert {gap.plan for gap in section.unjudged.listed} == {"cp", "cin"}


def test_the_council_sets_the_interval_of_other_plans(timeline):
    found = findings(timeline, Settings(intervals=read_intervals(["cp=30wd"])), today=TODAY)
    assert [(g.child, g.verdict) for g in found.gaps.listed] == [("unseen-cp", "over"), ("unseen-cla", "over_unless")]
    assert found.gaps.listed[0].working_days == 41
    assert {gap.plan for gap in found.unjudged.listed} == {"cin"}


def test_a_missed_visit_without_any_action_is_found_and_one_with_action_is_not(section):
    (missed,) = section.missed.listed
    assert (missed.child, missed.action) == ("missed", "none")
    assert missed.next_seen is not None
    assert [source.record for source in missed.sources] == [
        f"missed/{missed.day}/visit",
        f"missed/{missed.next_seen}/visit",
    ]


def test_an_improvement_claim_with_nothing_behind_it_is_found_and_one_with_something_is_not(section):
    (claim,) = section.improvements.listed
    assert (claim.child, claim.earlier, claim.speaking) == ("claimed", 5, 0)
    assert claim.sources[0].record == f"claimed/{claim.day}/visit"


def test_copied_visits_are_found_within_the_family(section):
    assert [(c.child, c.other, c.kind) for c in section.copies.listed] == [
        ("copied-a", "copied-a", "earlier"),
        ("copied-b", "copied-a", "sibling"),
    ]
    assert all(copy.resemblance >= 0.7 for copy in section.copies.listed)


def test_nothing_else_is_claimed(section):
    assert (section.unheard.total, section.flags.total, section.undated, section.never_seen_alone) == (0, 0, 0, 0)
    assert {life.child for life in section.lives} == {"unseen-cla", "missed", "claimed"}


def test_a_life_shows_when_the_child_was_last_seen_and_how_the_child_was_heard(section):
    (life,) = [life for life in section.lives if life.child == "unseen-cla"]
    assert life.last_seen == life.last_seen_alone
    assert life.days_since_seen == (section.as_at - life.last_seen).days
    assert life.longest_gap == 60
    assert {heard for _, heard in life.voice} <= {"words", "view", "not_heard"}
    assert life.plan == "cla"


def test_of_a_sample_nothing_is_said_of_time(timeline):
    found = findings(timeline, Settings(complete=False), today=TODAY)
    assert (found.gaps.total, found.unjudged.total, found.missed.total, found.improvements.total) == (0, 0, 0, 0)
    assert found.copies.total == 2
    assert "sample" in found.notes[0]


def test_the_order_of_the_input_changes_nothing(rules_scorer, section):
    records = list(enumerate(family_files.records()))
    with Timeline() as timeline:
        for position, record in reversed(records):
            timeline.add(position, position + 1, record, rules_scorer.score(record))
        assert findings(timeline, today=TODAY) == section


def test_the_section_holds_no_narrative_and_shows_children_as_it_is_told(section):
    text = json.dumps(section.to_dict(lambda child: f"child-{len(child)}"))
    for word in (*family_files.NAMES, *family_files.SURNAMES, "lighthouse", "answer at the door", "Underhill"):
        assert word not in text
    assert '"child": "unseen-cla"' not in text
    titles = [title for title, _, _ in section.tables()]
    assert titles[:2] == ["Children not seen", "Longest gaps, not judged"]
    for _, heads, rows in section.tables():
        assert all(len(row) == len(heads) for row in rows)


def test_records_without_a_child_or_with_an_impossible_date_are_counted_and_left_out(rules_scorer):
    first, second, *_ = family_files.records()
    with Timeline() as timeline:
        for position, (record, changed) in enumerate(
            ((first, {}), (second, {"date": "2062-01-01"}), (second, {"date": "yesterday"}), (second, {"child_id": ""}))
        ):
            changed_record = type(record)(record.text, people=record.people, context=dict(record.context) | changed)
            timeline.add(position, None, changed_record, rules_scorer.score(changed_record))
        found = findings(timeline, today=TODAY)
    assert (found.as_at, found.records, found.undated) == (date.fromisoformat(first.context["date"]), 1, 3)


def page(section, **changes) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("nlp_quality.audit", "report/templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("children.html").render(children=section.to_dict() | changes)


def test_the_page_shows_each_kind_of_finding_with_its_records(section):
    html = page(section)
    for words in (
        "unseen-cla",
        "missed",
        "claimed",
        "copied-b",
        "not more than six weeks",
        "the council sets the interval",
    ):
        assert words in html
    assert html.count("<table>") == html.count("<caption>") == 6
    assert all(source.record in html for gap in section.gaps.listed for source in gap.sources)


def test_an_identifier_of_the_input_is_never_markup(section):
    listed = section.to_dict()["gaps"]
    listed["listed"][0]["child"] = "<script>alert(1)</script>"
    assert "<script>" not in page(section, gaps=listed)


def test_the_page_of_nothing_is_short_and_whole():
    with Timeline() as timeline:
        assert "0 records of 0 children" in page(findings(timeline, today=TODAY))


def kept(position, record, card):
    """What an audit keeps of a scored record."""
    heard = {child.child: child.heard for child in card.dimensions["child_voice"].children or ()}
    children = [
        SimpleNamespace(
            id=child.id, status=child.status, refer=child.refer, heard=heard.get(child.child), flags={}, result=None
        )
        for child in card.dimensions["seen_alone"].children or ()
    ]
    day = record.context["date"]
    return SimpleNamespace(position=position, line=position + 1, date=day, children=children, signs=signs_of(card))


def test_what_an_audit_has_kept_gives_the_same_as_the_scorecards(rules_scorer, section):
    with Timeline() as timeline:
        for position, record in enumerate(family_files.records()):
            timeline.see(record, kept(position, record, rules_scorer.score(record)))
        assert findings(timeline, today=TODAY) == section
