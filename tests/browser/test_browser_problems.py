"""The page when something goes wrong: it is said where it is, and the draft stays."""

from __future__ import annotations

import pytest
from drafts import TEXT, check, fill


def expect_problem(page, message):
    alert = page.get_by_role("alert")
    alert.get_by_text(message).wait_for()
    assert page.evaluate("document.activeElement.id") == "problem"
    assert page.title().startswith("Error: ")


def test_an_empty_draft_is_said_at_the_field(open_page):
    page = open_page()
    page.get_by_role("button", name="Check this draft").click()
    expect_problem(page, "Enter the text of the record.")
    box = page.get_by_label("Text of the record")
    assert box.get_attribute("aria-invalid") == "true"
    assert "text-error" in box.get_attribute("aria-describedby")
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "text"
    fill(page)
    check(page)
    assert not page.get_by_role("alert").is_visible()
    assert page.title() == "Check a draft record"


@pytest.mark.parametrize(
    ("person", "message", "label"),
    [
        (("", "child", "6"), "Enter this person’s name, or remove them.", "Name"),
        (("Ottilie", "child", "six"), "Enter the age as a number of years.", "Age in years"),
    ],
)
def test_a_wrong_row_is_said_at_the_row(open_page, person, message, label):
    page = open_page()
    fill(page, people=[person])
    page.get_by_role("button", name="Check this draft").click()
    expect_problem(page, message)
    assert page.get_by_label(label).get_attribute("aria-invalid") == "true"


def test_a_field_the_service_refuses_is_said_at_its_row(open_page):
    page = open_page(expect_trouble=True)  # the browser itself reports a 422
    fill(page, people=[("Ottilie", "child", "6"), ("x" * 201, "parent", "")])
    page.get_by_role("button", name="Check this draft").click()
    expect_problem(page, "longer than 200 characters")
    assert page.get_by_label("Name").nth(1).get_attribute("aria-invalid") == "true"
    assert page.get_by_label("Text of the record").input_value() == TEXT


def test_a_text_too_long_is_said_and_stays(open_page):
    page = open_page(expect_trouble=True)
    fill(page, "a " * 100_001)
    page.get_by_role("button", name="Check this draft").click()
    expect_problem(page, "longer than 200,000 characters")
    assert len(page.get_by_label("Text of the record").input_value()) == 200_002


def test_a_service_that_fails_is_said_and_the_draft_stays(open_page):
    page = open_page(expect_trouble=True)
    page.route("**/v1/score*", lambda route: route.fulfill(status=502, body="<html>Bad gateway</html>"))
    fill(page)
    page.get_by_role("button", name="Check this draft").click()
    expect_problem(page, "The service could not check the draft (status 502). Your draft is still here.")
    assert page.get_by_label("Text of the record").input_value() == TEXT


def test_a_service_that_stopped_is_said_and_the_draft_stays(open_page, own_service):
    page = open_page(url=own_service.url, expect_trouble=True)
    fill(page)
    own_service.stop()
    page.get_by_role("button", name="Check this draft").click()
    expect_problem(page, "The service did not answer. It may have stopped. Your draft is still here.")
    assert page.get_by_label("Text of the record").input_value() == TEXT
