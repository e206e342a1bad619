"""The page when something goes wrong: it is said in plain words, and the draft stays."""

from __future__ import annotations

import pytest
from drafts import TEXT, editor, paste, people, settled, until, written


def expect_trouble(page, message):
    trouble = page.locator("#trouble")
    trouble.get_by_text(message).wait_for()
    until(page, "message => document.getElementById('said').textContent.includes(message)", message)
    assert "Your draft is still here." in trouble.inner_text()
    assert written(page).startswith(TEXT[:40])


def test_an_empty_draft_is_nothing_to_check(stubbed, stub):
    page = stubbed
    editor(page).click()
    page.keyboard.type("   ")
    page.get_by_text("Nothing to check yet").wait_for()
    assert stub.asked == []


@pytest.mark.parametrize(
    ("row", "message", "label"),
    [
        (("", "child", "6"), "Enter this person’s name, or remove them.", "Name"),
        (("Ottilie", "child", "six"), "Enter the age as a number of years.", "Age in years"),
    ],
)
def test_a_wrong_row_is_said_at_the_row_and_not_sent(stubbed, stub, row, message, label):
    page = stubbed
    people(page, [row])
    paste(page)
    page.get_by_text(message).wait_for()
    field = page.get_by_label(label)
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby")
    assert message in page.locator(f"[id='{described}']").inner_text()
    settled(page)
    assert stub.asked[-1]["people"] is None


def test_a_field_the_service_refuses_is_said_at_its_row(open_page):
    page = open_page(expect_trouble=True)  # the browser itself reports a 422
    people(page, [("Ottilie", "child", "6"), ("x" * 201, "parent", "")])
    paste(page)
    page.get_by_role("group", name="Person 2").get_by_text("longer than 200 characters").wait_for()
    assert page.get_by_label("Name").nth(1).get_attribute("aria-invalid") == "true"
    assert written(page) == TEXT
    page.get_by_label("Name").nth(1).fill("Ms Marsh")
    settled(page)


def test_a_text_too_long_is_said_without_being_sent_and_stays(open_page, stub):
    page = open_page(stub=stub)
    paste(page, TEXT + " a" * 100_001)
    page.keyboard.press("Control+Home")
    expect_trouble(page, "The draft is longer than 200,000 characters")
    assert stub.asked == []
    # What the service counts is code points: 200,000 of these are 400,000 of JavaScript's units.
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("😀" * 120_000)
    settled(page)
    assert len(stub.asked[0]["text"]) == 120_000


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (413, "body_too_large", "The draft is too long to be checked at once."),
        (413, "too_long_for_deadline", "The draft is too long to be checked while you wait."),
        (403, "not_local", "the service answers only on the computer it runs on. Ask whoever runs the service."),
        (403, "insufficient_scope", "You are known to the service, but may not check drafts."),
        (421, "wrong_host", "The service does not answer to this address. Ask whoever runs the service."),
        (401, "unauthenticated", "The service does not know who is asking. Ask whoever runs the service."),
    ],
)
def test_what_asking_again_does_not_mend_is_said_in_plain_words_and_not_asked_again(
    open_page, stub, status, code, message
):
    page = open_page(stub=stub, expect_trouble=True)
    stub.refuse = lambda body: (status, {}, {"code": code, "detail": "Give a longer deadline_ms, or use /v1/batches."})
    paste(page)
    expect_trouble(page, message)
    trouble = page.locator("#trouble")
    assert "_" not in trouble.inner_text()
    assert "Next try" not in trouble.inner_text()
    assert ("Check it in parts, or shorten it." in trouble.inner_text()) == (status == 413)
    assert page.get_by_role("link", name="Sign in").count() == 0  # nobody signs in to this page
    assert len(stub.asked) == 1


def test_a_service_that_fails_is_said_and_the_draft_stays(open_page):
    page = open_page(expect_trouble=True)
    page.route("**/v1/score*", lambda route: route.fulfill(status=502, body="<html>Bad gateway</html>"))
    paste(page)
    expect_trouble(page, "The service could not check the draft (status 502).")


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (429, "too_many_requests", "More checks were asked for than the service allows just now."),
        (503, "busy", "The service is busy with other records."),
        (503, "not_ready", "The service is starting."),
        (503, "deadline_exceeded", "What is done is kept, so the next try goes further."),
        (503, "", "The service is busy or starting."),
    ],
)
def test_a_busy_service_is_left_alone_for_as_long_as_it_asks(open_page, stub, status, code, message):
    page = open_page(stub=stub, expect_trouble=True)
    stub.refuse = lambda body: (status, {"Retry-After": "3600"}, {"code": code})
    paste(page)
    expect_trouble(page, message)
    page.get_by_text("Next try in 3,").wait_for()
    page.keyboard.press("Control+End")
    page.keyboard.type(" More.")
    assert len(stub.asked) == 1
    stub.refuse = None
    page.get_by_role("button", name="Try again now").click()
    settled(page)
    assert stub.asked[-1]["text"].endswith(" More.")
    assert len(stub.asked) == 2


def test_without_a_connection_it_is_said_and_mended_by_itself(open_page, stub):
    page = open_page(stub=stub, expect_trouble=True)
    paste(page)
    settled(page)
    stub.refuse = lambda body: None
    page.keyboard.press("Control+End")
    page.keyboard.type(" More.")
    expect_trouble(page, "The service does not answer. It may have stopped, or you may be offline.")
    assert page.locator("#stale").is_visible()
    assert page.locator(".dimension").count() == 4
    stub.refuse = None
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    assert page.locator("#trouble").count() == 0
    assert not page.locator("#stale").is_visible()


def test_a_service_that_gives_nobody_long_is_asked_in_the_time_it_gives(open_page, serve_with):
    page = open_page(url=serve_with(max_deadline_ms="2000").url, expect_trouble=True)  # the browser reports a 422
    paste(page)
    settled(page)


def test_a_service_that_stopped_is_said_and_the_draft_stays(open_page, serve_with):
    service = serve_with()
    page = open_page(url=service.url, expect_trouble=True)
    service.stop()
    paste(page)
    expect_trouble(page, "The service does not answer.")
