"""Two drafts of one record: what the second gained and lost."""

from __future__ import annotations

from drafts import paste, settled, texts, until, written

EARLIER = "Ottilie told me, “I like the mornings.” I saw her on the stairs."
PRESENT = "I saw Ottilie alone in the kitchen. It worries her because she went quiet. It does so because of the noise."


def compare(page, earlier=EARLIER):
    page.get_by_role("button", name="Compare two drafts").click()
    page.get_by_role("textbox", name="Earlier draft").fill(earlier)
    page.get_by_role("button", name="Compare", exact=True).click()


def test_levels_children_and_evidence_gained_and_lost(stubbed, stub):
    page = stubbed
    paste(page, PRESENT)
    settled(page)
    compare(page)
    page.locator("#compared").wait_for()
    rows = [row.split("\t") for row in page.locator("#level-changes tbody tr").all_inner_texts()]
    assert rows == [
        ["Child's voice", "Limited", "Absent", "Lost 1 level"],
        ["Seen alone: how clearly recorded", "Absent", "Limited", "Gained 1 level"],
        ["Analysis versus description", "Absent", "Sound", "Gained 2 levels"],
        ["Evaluation of parental capacity", "Absent", "Absent", "No change"],
    ]
    (child,) = page.locator("#child-changes tbody tr").all_inner_texts()
    assert "Ottilie" in child
    assert "In their own words".lower() in child.lower()
    assert "Seen alone" in child
    assert texts(page, "#gained .added") == [
        "“I saw Ottilie alone in the kitchen.”",
        "“It worries her because she went quiet.”",
        "“It does so because of the noise.”",
    ]
    assert texts(page, "#lost .removed") == ["Ottilie told me, “I like the mornings.”"]
    assert texts(page, ".still") == [EARLIER, PRESENT]
    assert page.evaluate("document.activeElement.textContent") == "What the present draft gained and lost"
    assert all(body["draft"] is True for body in stub.asked)


def test_the_draft_is_as_it_was_afterwards(stubbed):
    page = stubbed
    paste(page, PRESENT)
    settled(page)
    compare(page)
    page.locator("#compared").wait_for()
    page.get_by_role("button", name="Back to the draft").click()
    assert written(page) == PRESENT
    until(page, "document.activeElement.id === 'open-compare'")


def test_the_present_draft_can_be_kept_to_compare_with_later(stubbed):
    page = stubbed
    paste(page, EARLIER)
    settled(page)
    page.get_by_role("button", name="Compare two drafts").click()
    page.get_by_role("button", name="Use my present draft").click()
    page.get_by_role("button", name="Back to the draft").click()
    page.keyboard.press("Shift+Tab")
    paste(page, PRESENT)
    settled(page)
    page.get_by_role("button", name="Compare two drafts").click()
    assert page.get_by_role("textbox", name="Earlier draft").input_value() == EARLIER


def test_what_is_missing_or_goes_wrong_is_said(open_page, stub):
    page = open_page(stub=stub, expect_trouble=True)
    compare(page, "")
    page.get_by_role("alert").get_by_text("Paste or open the earlier draft.").wait_for()
    page.get_by_role("button", name="Back to the draft").click()
    paste(page, PRESENT)
    settled(page)
    stub.refuse = lambda body: (503, {"Retry-After": "5"}, {})
    compare(page)
    page.get_by_role("alert").get_by_text("Both drafts are still here.").wait_for()
    assert page.get_by_role("textbox", name="Earlier draft").input_value() == EARLIER
