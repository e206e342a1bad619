"""The page, used as a practitioner uses it, with the real service: what is sent, and how the reply is shown."""

from __future__ import annotations

import json

import pytest
from drafts import TEXT, checked, marked, people, settled, texts, written

ROWS = [("Ottilie Marsh", "child", "6"), ("Bram Marsh", "child", "0,5"), ("Ms Marsh", "parent", "")]


@pytest.fixture
def reply(open_page):
    page = open_page()
    request, card = checked(page, rows=ROWS)
    return page, request, card


def test_a_draft_is_sent_as_a_draft_and_never_in_the_url(reply):
    page, request, _ = reply
    sent = json.loads(request.post_data)
    assert sent == {
        "text": TEXT,
        "record_type": "visit",
        "people": [
            {"name": "Ottilie Marsh", "role": "child", "age": 6},
            {"name": "Bram Marsh", "role": "child", "age": 0.5},
            {"name": "Ms Marsh", "role": "parent"},
        ],
        "draft": True,
    }
    assert request.url.endswith("/v1/score?offsets=utf-16&deadline_ms=30000")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie, location.hash]") == [
        0,
        0,
        "",
        "",
    ]


def test_without_people_they_are_inferred(open_page):
    page = open_page()
    people(page, [("", "child", "")])  # a row left empty is not meant
    request, _ = checked(page)
    assert json.loads(request.post_data)["people"] is None


def test_another_type_of_record_is_read_anew(reply):
    page, _, _ = reply
    with page.expect_request("**/v1/score*") as asked:
        page.get_by_label("Type of record").select_option("assessment")
    assert json.loads(asked.value.post_data)["record_type"] == "assessment"


def test_each_child_comes_before_the_levels_and_these_before_the_comments(reply):
    page, _, card = reply
    order = ["children-heading", "dimensions-heading", "comments-heading"]
    tops = [page.locator(f"#{name}").evaluate("node => node.getBoundingClientRect().top") for name in order]
    assert tops == sorted(tops)
    assert page.get_by_role("note").inner_text() == card["notice"]


def test_each_child_has_a_status_in_words(reply):
    page, _, card = reply
    seen = card["dimensions"]["seen_alone"]["children"]
    heard = card["dimensions"]["child_voice"]["children"]
    assert texts(page, "#children h4") == [child["child"] for child in seen] == ["Ottilie Marsh", "Bram Marsh"]
    words = {
        "seen_alone": "Seen alone",
        "seen_not_alone": "Seen, but not alone",
        "seen_unclear": "Seen; the record does not say whether alone",
        "not_seen": "Not seen",
        "not_stated": "The record does not say whether they were seen",
        "words": "In their own words",
        "view": "Their views, told to the writer",
        "observed": "Through what the writer observed",
        "via_other": "Only through somebody else",
        "not_heard": "Not heard",
    }
    shown = texts(page, "#children li")
    for child, voice, said in zip(seen, heard, shown, strict=True):
        assert words[child["status"]] in said
        assert words[voice["heard"]] in said
        for companion in child["companions"]:
            assert {"sibling": "a brother or sister"}.get(companion, companion) in said


def test_each_dimension_says_its_level_reason_passages_and_questions(reply):
    page, _, card = reply
    names = ["Absent", "Limited", "Sound", "Strong"]
    assert texts(page, ".dimension h4") == [
        "Child's voice",
        "Seen alone: how clearly recorded",
        "Analysis versus description",
        "Evaluation of parental capacity",
    ]
    for name, dimension in card["dimensions"].items():
        box = page.locator(f".dimension[data-dimension={name}]")
        level = names[dimension["level"]]
        assert f"{level} (level {dimension['level']} of 3)" in box.inner_text()
        assert texts(page, f".dimension.{name} .scale li") == names
        assert texts(page, f".dimension.{name} [aria-current]") == [level]
        assert dimension["reason"] in box.inner_text()
        assert texts(page, f".dimension.{name} .questions li > p") == [p["message"] for p in dimension["prompts"]]
        places = {(item["start"], item["end"]) for item in dimension["evidence"]}
        assert (box.locator("summary", has_text="What is there").count() == 1) == bool(places)


def test_evidence_is_underlined_in_the_text_and_a_quote_leads_to_it(reply):
    page, _, card = reply
    for name, dimension in card["dimensions"].items():
        quotes = {item["text"] for item in dimension["evidence"]}
        shown = "".join(marked(page, f".evidence.{name}"))
        assert all(part in shown for quote in quotes for part in quote.split("“")[:1])
    box = page.locator(".dimension.child_voice")
    box.locator("summary", has_text="What is there").click()
    quote = box.locator(".quote").first
    quote.click()
    page.locator(".editor .active").first.wait_for()
    assert "".join(marked(page, ".active")) in quote.inner_text()
    assert page.evaluate("document.activeElement.className") == "editor"


def test_comments_are_listed_in_the_order_of_the_text(reply):
    page, _, card = reply
    found = sorted(card["findings"], key=lambda item: (item["start"], item["end"]))
    shown = texts(page, ".comment")
    assert len(shown) == len(found)
    for item, said in zip(found, shown, strict=True):
        assert item["message"] in said
    assert f"({len(found)})" in page.locator("#comments-heading").inner_text()


def test_text_is_shown_as_text(open_page):
    page = open_page()
    text = TEXT + ' <img src="x" onerror="document.title=1"><script>document.title=2</script> &amp; </textarea>'
    checked(page, text, rows=[("<b>Ottilie</b>", "child", "6")])
    assert written(page) == text
    assert page.locator("#app img, #app script, #app b").count() == 0
    assert page.title() == "Check a draft record"


def test_levels_that_cannot_be_given_say_why(open_page):
    page = open_page()
    _, card = checked(page, "😀🎉👨‍👩‍👧")
    assert texts(page, ".dimension .level") == ["Not judged"] * 4
    why = card["dimensions"]["analysis"]["not_applicable"]["message"]
    assert texts(page, ".dimension .reason") == [why] * 4


def test_a_draft_emptied_takes_its_feedback_with_it(reply):
    page, _, _ = reply
    page.get_by_role("button", name="Clear the draft").click()
    page.locator("#no-feedback").wait_for()
    assert page.locator(".panel").count() == 0
    assert written(page) == "Write or paste the record here."


def test_the_page_never_writes_a_sentence_into_the_draft(reply):
    page, _, _ = reply
    for button in page.locator(".feedback button:visible").all():
        if not button.inner_text().startswith("Dismiss"):
            button.click()
    settled(page)
    assert written(page) == TEXT
