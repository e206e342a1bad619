"""`<record-feedback>` in a case system's own page: a plain form, a rich-text editor, and what it tells the page."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from drafts import until
from stub import QUESTION, card_of

TEXT = "😀 I saw Zoë alone. I am concerned about محمد here. She told me, “No.”"
COMMENT = "I am concerned about محمد here."

HEARD = """() => {
    window.heard = [];
    for (const name of ["record-feedback:levels", "record-feedback:findings"]) {
        document.addEventListener(name, ({ detail, target }) => window.heard.push({ name, detail, id: target.id }));
    }
}"""
HIGHLIGHTS = """name => [...(CSS.highlights.get("record-feedback-" + name) ?? [])].map((range) => range.toString())"""


@pytest.fixture
def demo(open_page, stub):
    page = open_page(stub=stub, path="/demo")
    page.evaluate(HEARD)
    return page


def plain(page):
    return page.locator("record-feedback").first


def rich(page):
    return page.locator("#rich-feedback")


def up_to_date(component):
    component.get_by_text("Up to date").wait_for()


def test_beside_a_textarea_it_lists_and_leads_to_the_words(demo, stub):
    page = demo
    page.get_by_role("textbox", name="Visit note").fill(TEXT)
    up_to_date(plain(page))
    assert stub.asked[0] == {"text": TEXT, "record_type": "visit", "people": None, "draft": True}
    shown = plain(page).locator(".box").inner_text()
    assert QUESTION in shown
    assert "Seen alone: how clearly recorded: Limited" in shown
    assert shown.index("Each child") < shown.index("The record on four dimensions")
    plain(page).get_by_role("button", name=COMMENT).click()
    area = page.get_by_role("textbox", name="Visit note")
    assert area.evaluate("node => node.value.slice(node.selectionStart, node.selectionEnd)") == COMMENT
    assert area.input_value() == TEXT


def test_in_a_rich_text_editor_it_marks_the_words_and_touches_no_node(demo):
    page = demo
    text = page.locator("#rich-text")
    text.click()
    page.keyboard.insert_text(TEXT)
    page.keyboard.press("Enter")
    page.keyboard.insert_text("It was because of the noise.")
    before = text.inner_html()
    up_to_date(rich(page))
    page.get_by_role("textbox", name="Visit note").focus()
    until(page, f"() => ({HIGHLIGHTS})('praise').length === 1")
    assert page.evaluate(HIGHLIGHTS, "suggestion") == [COMMENT]
    assert page.evaluate(HIGHLIGHTS, "seen_alone") == ["😀 I saw Zoë alone."]
    assert page.evaluate(HIGHLIGHTS, "child_voice") == ["She told me, “No.”"]
    assert page.evaluate(HIGHLIGHTS, "analysis") == ["It was because of the noise."]
    assert text.inner_html() == before
    rich(page).get_by_role("button", name=COMMENT).click()
    assert page.evaluate("getSelection().toString()") == COMMENT


def test_marks_stay_on_their_words_while_one_types_above_them(demo, stub):
    page = demo
    page.locator("#rich-text").click()
    page.keyboard.insert_text(TEXT)
    up_to_date(rich(page))
    page.get_by_role("textbox", name="Visit note").focus()
    until(page, f"() => ({HIGHLIGHTS})('suggestion').length === 1")
    stub.hold = True
    page.locator("#rich-text").click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("👨‍👩‍👧 New. ")
    assert page.evaluate(HIGHLIGHTS, "suggestion") == [COMMENT]
    assert page.evaluate(HIGHLIGHTS, "child_voice") == ["She told me, “No.”"]


def test_nothing_is_flagged_in_the_sentence_being_written(demo):
    page = demo
    page.get_by_role("textbox", name="Visit note").click()
    page.keyboard.type("I am concerned. I am concerned about Ottilie")
    up_to_date(plain(page))
    assert plain(page).locator(".findings li").count() == 1
    page.locator("#rich-text").focus()
    plain(page).locator(".findings li").nth(1).wait_for()


def test_the_page_hears_levels_and_findings(demo):
    page = demo
    page.get_by_role("textbox", name="Visit note").fill(TEXT)
    up_to_date(plain(page))
    until(page, "window.heard.length >= 2")
    levels, findings = page.evaluate("window.heard")[:2]
    card = card_of(TEXT)
    assert levels["name"] == "record-feedback:levels"
    assert {name: value["level"] for name, value in levels["detail"]["levels"].items()} == {
        name: value["level"] for name, value in card["dimensions"].items()
    }
    assert levels["detail"]["children"] == [
        {"child": "Ottilie", "status": "seen_alone", "companions": [], "heard": "words"}
    ]
    assert findings["name"] == "record-feedback:findings"
    assert findings["detail"]["findings"] == card["findings"]


def test_attributes_and_the_token_go_along(open_page, stub):
    page = open_page(stub=stub, path="/demo")
    asked = []
    page.on("request", lambda request: asked.append(request) if "/v1/score" in request.url else None)
    page.evaluate(
        """() => {
            const component = document.querySelector("record-feedback");
            component.getToken = async () => "a-token";
            component.setAttribute("endpoint", location.origin + "/");
            component.setAttribute("record-type", "supervision");
            component.setAttribute("people", JSON.stringify([{ name: "Zoë", role: "child", age: 7 }]));
        }"""
    )
    page.get_by_role("textbox", name="Visit note").fill(TEXT)
    up_to_date(plain(page))
    assert stub.asked[-1]["record_type"] == "supervision"
    assert stub.asked[-1]["people"] == [{"name": "Zoë", "role": "child", "age": 7}]
    assert asked[-1].headers["authorization"] == "Bearer a-token"


def test_without_highlights_the_list_is_enough(open_page, stub):
    page = open_page(stub=stub)
    page.add_init_script("delete window.Highlight")
    page.goto(page.url + "demo")
    page.locator("#rich-text").click()
    page.keyboard.insert_text(TEXT)
    page.get_by_role("textbox", name="Visit note").focus()
    up_to_date(rich(page))
    rich(page).get_by_text(QUESTION).wait_for()
    rich(page).get_by_role("button", name=COMMENT).click()
    assert page.evaluate("getSelection().toString()") == COMMENT


def test_trouble_is_said_and_the_text_stays(open_page, stub):
    page = open_page(stub=stub, path="/demo", expect_trouble=True)
    stub.refuse = lambda body: (503, {"Retry-After": "3600"}, {})
    page.get_by_role("textbox", name="Visit note").fill(TEXT)
    plain(page).get_by_text("The service is busy or starting. Your draft is still here.").wait_for()
    stub.refuse = None
    plain(page).get_by_role("button", name="Try again now").click()
    up_to_date(plain(page))
    assert page.get_by_role("textbox", name="Visit note").input_value() == TEXT


def test_a_component_taken_out_leaves_nothing_behind(demo):
    page = demo
    page.locator("#rich-text").click()
    page.keyboard.insert_text(TEXT)
    page.get_by_role("textbox", name="Visit note").focus()
    up_to_date(rich(page))
    until(page, f"() => ({HIGHLIGHTS})('suggestion').length === 1")
    rich(page).evaluate("node => node.remove()")
    assert page.evaluate(HIGHLIGHTS, "suggestion") == []


def test_no_violation_on_the_demonstration_page(demo):
    page = demo
    page.get_by_role("textbox", name="Visit note").fill(TEXT)
    up_to_date(plain(page))
    for summary in plain(page).locator("summary").all():
        summary.click()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).response
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found["violations"]] == []


def test_with_the_real_service(open_page):
    page = open_page(path="/demo")
    page.locator("#rich-text").click()
    page.keyboard.insert_text("😀 Zoë was there. I saw Ottilie on her own in the kitchen. The end came.")
    page.get_by_role("textbox", name="Visit note").focus()
    up_to_date(rich(page))
    assert page.evaluate(HIGHLIGHTS, "seen_alone") == ["I saw Ottilie on her own in the kitchen."]
