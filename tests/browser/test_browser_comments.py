"""Comments: gone through by keyboard, filtered, put aside with a reason and taken back."""

from __future__ import annotations

import json

from drafts import editor, marked, paste, settled, texts, until, written
from stub import QUESTION

TEXT = "I am concerned about Ottilie. It is so because of the noise. The wrong form was used. She told me, “No.”"


def said(page):
    return page.locator("#said").inner_text()


def dismiss(page, comment, reason):
    comment.get_by_role("button", name="Dismiss").click()
    page.get_by_label(reason).check()
    page.get_by_role("button", name="Dismiss", exact=True).click()
    page.locator(".dismissed").first.wait_for()


def test_the_keys_go_from_comment_to_comment_and_say_which(stubbed):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    for key, place, message in [
        ("F8", 1, QUESTION),
        ("F8", 2, "The reason is there."),
        ("F8", 3, "The form says something else."),
        ("F8", 1, QUESTION),
        ("Shift+F8", 3, "The form says something else."),
    ]:
        page.keyboard.press(key)
        until(page, f"document.getElementById('said').textContent.includes('{place} of 3')")
        assert message in said(page)
        assert message in page.locator(".comment[aria-current=true]").inner_text()
        assert page.evaluate("document.activeElement.className") == "editor"
    assert "".join(marked(page, ".active")) == "The wrong form was used."
    assert written(page) == TEXT


def test_going_to_a_comment_and_typing_does_not_overwrite_it(stubbed):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    page.keyboard.press("F8")
    page.keyboard.type(" Very.")
    assert written(page) == TEXT.replace("Ottilie.", "Ottilie. Very.", 1)


def test_the_filter_hides_a_dimension_in_the_text_and_the_list(stubbed):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    page.get_by_role("checkbox", name="Analysis").uncheck()
    until(page, "document.querySelectorAll('.comment').length === 1")
    assert marked(page, ".finding") == ["The wrong form was used."]
    assert marked(page, ".evidence.analysis") == []
    page.keyboard.press("F8")
    until(page, "document.getElementById('said').textContent.includes('1 of 1')")
    page.get_by_role("checkbox", name="Analysis").check()
    until(page, "document.querySelectorAll('.comment').length === 3")
    page.get_by_role("checkbox", name="Underline evidence").uncheck()
    page.locator(".editor .evidence").first.wait_for(state="detached")
    assert marked(page, ".evidence") == []
    assert len(marked(page, ".finding")) == 3


def test_a_comment_is_put_aside_with_a_reason_and_the_service_told_without_the_text(stubbed, stub):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    dismiss(page, page.locator(".comment").first, "The text is misread")
    assert "I am concerned about Ottilie." not in marked(page, ".finding")
    assert page.evaluate("document.activeElement.textContent").startswith("Undo")
    until(page, "document.getElementById('said').textContent.startsWith('Dismissed')")
    (opinion,) = stub.opinions
    digest = opinion.pop("text_digest")
    assert opinion == {
        "dimension": "analysis",
        "code": "analysis.bare_concern",
        "agree": False,
        "reason_code": "wrong_evidence",
    }
    assert len(digest) == 64
    assert "Ottilie" not in json.dumps(stub.opinions)


def test_it_stays_away_for_these_words_and_comes_for_others(stubbed):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    dismiss(page, page.locator(".comment").first, "It does not matter for this record")
    editor(page).click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("New start. I am concerned about Bram. ")
    page.keyboard.press("Control+End")
    settled(page)
    page.get_by_label("Type of record").focus()
    page.locator(".editor .finding.suggestion").wait_for()
    assert marked(page, ".finding.suggestion") == ["I am concerned about Bram."]


def test_it_can_be_taken_back(stubbed, stub):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    dismiss(page, page.locator(".comment").first, "Another reason")
    page.get_by_role("button", name="Undo").click()
    page.locator(".editor .finding.suggestion").wait_for()
    until(page, "document.activeElement.textContent.startsWith('Dismiss')")
    assert [opinion["agree"] for opinion in stub.opinions] == [False, True]


def test_no_reason_no_dismissal(stubbed, stub):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    page.locator(".comment").first.get_by_role("button", name="Dismiss").click()
    page.get_by_role("button", name="Dismiss", exact=True).click()
    page.get_by_text("Choose a reason.").wait_for()
    page.keyboard.press("Escape")
    until(page, "document.activeElement.textContent.startsWith('Dismiss')")
    assert page.locator(".comment").count() == 3
    assert stub.opinions == []


def test_a_question_can_be_put_aside_too(stubbed):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    dismiss(page, page.locator(".questions li"), "It is said elsewhere in the record")
    assert texts(page, ".dismissed")[0].startswith("Dismissed: What else could explain it?")


def test_a_service_without_a_store_changes_nothing_for_the_reader(open_page, stub):
    page = open_page(stub=stub, expect_trouble=True)
    page.unroute("**/v1/feedback")
    page.route("**/v1/feedback", lambda route: route.fulfill(status=404, json={"code": "not_found"}))
    paste(page, TEXT)
    settled(page)
    dismiss(page, page.locator(".comment").first, "Another reason")
    assert page.locator(".comment").count() == 2
    assert page.get_by_role("alert").count() == 0


def test_pointing_at_a_comment_in_the_text_shows_it_and_leads_to_the_panel(stubbed):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    page.locator(".editor .finding.suggestion").hover()
    tip = page.locator(".editor .cm-tooltip")
    tip.wait_for()
    assert QUESTION in tip.inner_text()
    assert "Suggestion" in tip.inner_text()
    tip.get_by_role("button", name="Dismiss").click()
    page.locator(".dismissing input").first.wait_for()
    until(page, "document.activeElement.type === 'radio'")


def test_why_it_matters_is_said_where_the_service_says_it(open_page, stub):
    page = open_page(stub=stub)
    why = {"analysis.bare_concern": {"why": "A worry alone protects nobody.", "source": ["A standard"]}}
    page.route("**/v1/scheme", lambda route: route.fulfill(json={"codes": why}))
    page.reload()
    paste(page, TEXT)
    settled(page)
    comment = page.locator(".comment").first
    comment.get_by_text("Why it matters").click()
    assert "A worry alone protects nobody." in comment.inner_text()
    assert "A standard" in comment.inner_text()
    assert page.locator(".comment details").count() == 1
