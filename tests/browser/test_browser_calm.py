"""Calm: the sentence being written is left alone, replies come in their order, marks stay on their words."""

from __future__ import annotations

import time

import pytest
from drafts import editor, marked, paste, settled, until, written
from stub import card_of

CONCERN = ".finding.suggestion"


def wait_for_request(page, stub, count):
    deadline = time.monotonic() + 30
    while len(stub.asked) < count:
        assert time.monotonic() < deadline, f"{len(stub.asked)} requests, not {count}"
        page.evaluate("new Promise(requestAnimationFrame)")  # routes are answered while Playwright is at work


def test_nothing_is_flagged_in_the_sentence_being_written(stubbed, stub):
    page = stubbed
    editor(page).click()
    page.keyboard.type("I am concerned. I am concerned about Ottilie")
    settled(page)
    assert marked(page, CONCERN) == ["I am concerned."]
    assert page.locator(".comment").count() == 1
    page.keyboard.type(". She")
    settled(page)
    assert marked(page, CONCERN) == ["I am concerned.", "I am concerned about Ottilie."]


def test_a_sentence_is_flagged_once_its_writer_leaves_the_text(stubbed):
    page = stubbed
    editor(page).click()
    page.keyboard.type("I am concerned about Ottilie")
    settled(page)
    assert marked(page, CONCERN) == []
    page.get_by_label("Type of record").focus()
    page.locator(f".editor {CONCERN}").wait_for()
    assert marked(page, CONCERN) == ["I am concerned about Ottilie"]


def test_a_finished_sentence_is_flagged_after_a_rest(stubbed):
    page = stubbed
    editor(page).click()
    page.keyboard.type("I am concerned about Ottilie.")
    page.locator(f".editor {CONCERN}").wait_for()
    assert marked(page, CONCERN) == ["I am concerned about Ottilie."]


def test_editing_a_flagged_sentence_takes_its_flag_away_at_once(stubbed):
    page = stubbed
    paste(page, "I am concerned. She was there.")
    settled(page)
    assert marked(page, CONCERN) == ["I am concerned."]
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("x")
    assert page.locator(f".editor {CONCERN}").count() == 0


def test_what_is_pasted_is_flagged_without_waiting_for_the_writer(stubbed):
    page = stubbed
    paste(page, "I am concerned about Ottilie")
    settled(page)
    assert marked(page, CONCERN) == ["I am concerned about Ottilie"]


def test_one_question_is_asked_after_a_pause_however_many_keys(stubbed, stub):
    page = stubbed
    editor(page).click()
    page.keyboard.type("I saw Ottilie alone. ")
    settled(page)
    assert [body["text"] for body in stub.asked] == ["I saw Ottilie alone. "]


def test_a_reply_that_is_overtaken_is_dropped(stubbed, stub):
    page = stubbed
    stub.hold = True
    paste(page, "I am concerned about the old text. ")
    wait_for_request(page, stub, 1)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("I am concerned about the new text. ")
    wait_for_request(page, stub, 2)
    first, second = stub.held
    stub.hold, stub.held = False, []
    stub.answer(*second)
    settled(page)
    # The page has ended this request; whatever the service still says to it reaches nobody.
    stub.answer(*first)
    assert [body["text"] for body in stub.asked] == [first[1]["text"], second[1]["text"]]
    assert marked(page, CONCERN) == ["I am concerned about the new text."]


def test_a_late_reply_finds_its_words_though_one_has_typed_on(stubbed, stub):
    page = stubbed
    paste(page, "I am concerned. I saw her alone. ")
    settled(page)
    stub.hold = True
    page.keyboard.press("Control+End")
    page.keyboard.type("I am concerned again. ")
    wait_for_request(page, stub, 2)
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("👨‍👩‍👧 First. ")
    stub.hold = False
    stub.release()
    page.locator(f".editor {CONCERN}").nth(1).wait_for()
    assert marked(page, CONCERN) == ["I am concerned.", "I am concerned again."]
    settled(page)
    assert marked(page, CONCERN) == ["I am concerned.", "I am concerned again."]


def test_marks_stay_on_their_words_while_one_types_above_them(stubbed, stub):
    page = stubbed
    paste(page, "Opening.\n\nI am concerned about Ottilie. I saw her alone.")
    settled(page)
    stub.hold = True
    page.keyboard.press("Control+Home")
    for text in ("Zoë 😀 ", "محمد ", "e\u0301 "):
        page.keyboard.insert_text(text)
        assert marked(page, CONCERN) == ["I am concerned about Ottilie."]
        assert marked(page, ".evidence.seen_alone") == ["I saw her alone."]
    stub.hold = False


@pytest.mark.parametrize(
    "before",
    [
        "😀 👨‍👩‍👧‍👦 visit. ",
        "Zoe\u0308 and Ne\u0301e came. ",
        "I saw محمد بن علي and שרה. ",
        "𝔄 Gothic start. ",
        "Tab\tand  spaces. ",
        "Line.\n\n\nAnother.\n",
    ],
)
def test_places_are_right_whatever_stands_before(stubbed, before):
    page = stubbed
    paste(page, f"{before}I am concerned about محمد 😀 here. She was there alone.")
    settled(page)
    assert marked(page, CONCERN) == ["I am concerned about محمد 😀 here."]
    assert marked(page, ".evidence.seen_alone") == ["She was there alone."]


def test_the_real_service_counts_as_the_editor_does(open_page):
    page = open_page()
    paste(page, "😀 Zoe\u0308 محمد. I saw Ottilie on her own in the kitchen. The end came.")
    settled(page)
    assert marked(page, ".evidence.seen_alone") == ["I saw Ottilie on her own in the kitchen."]


def test_words_deleted_and_put_back_get_their_marks_back(stubbed, stub):
    page = stubbed
    paste(page, "I am concerned. She was there alone.")
    settled(page)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    settled(page)
    assert marked(page, CONCERN) == ["I am concerned."]


def test_only_what_is_on_screen_is_drawn_however_long_the_draft(stubbed):
    page = stubbed
    text = "\n\n".join("I am concerned because she was alone and told me so. It rained." for _ in range(800))
    assert len(text.split()) > 10_000
    paste(page, text)
    settled(page)
    assert page.locator(".editor .cm-line").count() < 200
    assert page.locator(".editor .finding").count() < 400
    assert len(card_of(text)["findings"]) == 1_600
    assert page.locator(".comment").count() <= 25
    page.keyboard.press("Control+End")
    page.keyboard.type(" More.")
    settled(page)
    assert page.locator(".editor .cm-line").last.inner_text().endswith("It rained. More.")


def test_a_draft_is_kept_in_the_browser_only_if_asked_for(open_page, stub):
    page = open_page(stub=stub)
    paste(page, "I saw Ottilie alone.")
    settled(page)
    assert page.evaluate("localStorage.length") == 0
    page.get_by_label("Keep this draft in this browser").check()
    until(page, "localStorage.length === 1")
    page.reload()
    settled(page)
    assert written(page) == "I saw Ottilie alone."
    page.get_by_label("Keep this draft in this browser").uncheck()
    assert page.evaluate("localStorage.length") == 0
    page.get_by_label("Keep this draft in this browser").check()
    page.get_by_role("button", name="Clear the draft").click()
    page.locator("#no-feedback").wait_for()
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    page.reload()
    page.get_by_text("Write or paste the record here.").wait_for()
    assert written(page) == "Write or paste the record here."


def test_leaving_with_a_draft_that_is_nowhere_else_is_asked_about(open_page, stub):
    page = open_page(stub=stub)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == []
    paste(page, "I saw Ottilie alone.")
    settled(page)
    page.reload()
    assert asked == ["beforeunload"]
