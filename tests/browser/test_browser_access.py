"""The page for everybody: axe in every state, the keyboard, a screen reader's words, contrast, narrow windows."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from drafts import TEXT, checked, editor, paste, people, settled, until

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COMMENTED = TEXT + " I am concerned about Bram. The wrong form was used because of the noise. Ms Marsh told me so."
VIEWS = [
    pytest.param({}, id="light"),
    pytest.param({"color_scheme": "dark"}, id="dark"),
    pytest.param({"forced_colors": "active"}, id="forced colours"),
    pytest.param({"width": 360}, id="phone"),
]


def expect_no_violation(page, state):
    found = Axe().run(page, options={"runOnly": STANDARDS}).response["violations"]
    told = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]
    assert told == [], state
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state


@pytest.mark.parametrize("view", VIEWS)
def test_no_violation_in_any_state(open_page, stub, view):
    page = open_page(stub=stub, expect_trouble=True, **view)
    expect_no_violation(page, "empty")
    people(page, [("Ottilie Marsh " + "x" * 100, "child", "6"), ("", "child", "six")])
    editor(page).click()
    expect_no_violation(page, "a wrong row")
    page.get_by_role("button", name="Remove person 2").click()
    paste(page, COMMENTED + " " + "x" * 400)
    settled(page)
    for summary in page.locator(".dimension summary").all():
        summary.click()
    page.keyboard.press("F8")
    page.locator(".comment[aria-current]").wait_for()
    expect_no_violation(page, "comments")
    page.locator(".comment").nth(1).get_by_role("button", name="Dismiss").click()
    page.get_by_role("button", name="Dismiss", exact=True).click()
    page.get_by_text("Choose a reason.").wait_for()
    expect_no_violation(page, "dismissing")
    page.get_by_label("Another reason").check()
    page.get_by_role("button", name="Dismiss", exact=True).click()
    page.locator(".dismissed").wait_for()
    expect_no_violation(page, "dismissed")
    page.get_by_role("button", name="Compare two drafts").click()
    page.get_by_role("textbox", name="Earlier draft").fill("Ottilie told me, “I like it.”")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator("#compared").wait_for()
    expect_no_violation(page, "compared")
    page.get_by_role("button", name="Back to the draft").click()
    stub.refuse = lambda body: (503, {"Retry-After": "3600"}, {})
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" More.")
    page.locator("#trouble").wait_for()
    expect_no_violation(page, "busy")


def test_keyboard_alone_is_enough(stubbed, stub):
    page = stubbed
    focused = "document.activeElement.id || document.activeElement.className || document.activeElement.textContent"

    def tab_to(wanted, most=40):
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate(focused).startswith(wanted):
                return
        raise AssertionError(wanted)

    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "govuk-skip-link"
    page.keyboard.press("Enter")
    tab_to("record-type")
    page.keyboard.press("ArrowDown")
    tab_to("govuk-details__summary")
    page.keyboard.press("Enter")
    tab_to("add-person")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'person-1-name'")
    page.keyboard.insert_text("Ottilie Marsh")
    tab_to("add-person")
    tab_to("editor", most=2)
    page.keyboard.insert_text(COMMENTED)
    page.keyboard.press("Enter")
    settled(page)
    assert stub.asked[-1]["record_type"] == "assessment"
    assert stub.asked[-1]["people"] == [{"name": "Ottilie Marsh", "role": "child"}]
    assert page.evaluate(focused) == "editor"
    page.keyboard.press("F8")
    until(page, "document.getElementById('said').textContent.startsWith('Comment 1 of')")
    tab_to("open")  # Tab leaves the editor
    tab_to("show-child_voice")
    page.keyboard.press("Space")
    until(page, "!document.getElementById('show-child_voice').checked")


def test_new_feedback_is_told_politely_and_once(stubbed):
    page = stubbed
    paste(page, "I am concerned about Ottilie. ")
    settled(page)
    region = page.get_by_role("status")
    until(page, "document.getElementById('said').textContent.includes('1 comment')")
    told = page.evaluate_handle(
        """() => {
            const told = [];
            const region = document.getElementById("said");
            new MutationObserver(() => told.push(region.textContent)).observe(region, { childList: true, subtree: true, characterData: true });
            return told;
        }"""
    )
    assert region.count() == 1
    for word in ("It ", "rained ", "all ", "day. "):
        page.keyboard.insert_text(word)
        settled(page)
    # Nothing new was found, so nothing is said.
    assert told.json_value() == []


def test_every_control_has_a_label_and_headings_skip_no_level(open_page):
    page = open_page()
    checked(page, rows=[("Ottilie Marsh", "child", "6")])
    unlabelled = page.locator("#app input, #app select, #app textarea").evaluate_all(
        "controls => controls.filter((control) => control.labels.length !== 1).map((control) => control.id)"
    )
    assert unlabelled == []
    levels = page.locator("h1, h2, h3, h4, h5").evaluate_all(
        "headings => headings.filter((h) => h.checkVisibility()).map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for landmark in ("banner", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1
    ids = page.locator("[id]").evaluate_all("nodes => nodes.map((node) => node.id)")
    assert len(ids) == len(set(ids))


CONTRAST = """selector => {
    const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const parse = (colour) => colour.match(/[0-9.]+/g).map(Number);
    const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const ground = (node) => {
        for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour[3] !== 0) return colour;
        }
    };
    const roots = [document, document.querySelector(".editor").shadowRoot];
    const nodes = roots.flatMap((root) => [...root.querySelectorAll(selector)]);
    return nodes.filter((node) => node.checkVisibility()).map((node) => {
        const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(ground(node))];
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.tagName + "." + node.className];
    });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_both_schemes(open_page, stub, scheme):
    page = open_page(stub=stub, color_scheme=scheme)
    checked(page, COMMENTED, rows=[("Ottilie Marsh", "child", "6")])
    ratios = page.evaluate(CONTRAST, "p, a, h1, h2, h3, h4, h5, li, dt, dd, label, legend, button, input, span, strong")
    assert len(ratios) > 60
    assert [pair for pair in ratios if pair[0] < 4.5] == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")


def test_marks_are_told_apart_without_colour(open_page, stub):
    page = open_page(stub=stub)
    checked(page, COMMENTED)
    key = page.locator(".filter .evidence")
    lines = key.evaluate_all("marks => marks.map((mark) => getComputedStyle(mark).textDecorationStyle)")
    assert len(set(lines)) == 4
    assert [text.strip() for text in key.all_text_contents()] == [
        "Child's voice",
        "Seen alone",
        "Analysis",
        "Parenting",
    ]
    edges = {
        kind: page.locator(f".editor .finding.{kind}").first.evaluate(
            "mark => [getComputedStyle(mark).borderLeftStyle, getComputedStyle(mark).borderLeftWidth].join()"
        )
        for kind in ("praise", "suggestion", "important")
    }
    assert len(set(edges.values())) == 3


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
def test_nothing_is_wider_than_the_window(open_page, stub, width):
    page = open_page(stub=stub, width=width)
    checked(page, COMMENTED + " " + "x" * 400, rows=[("Ottilie Marsh " + "x" * 100, "child", "6")])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_pages_policy_is_strict_and_kept(open_page, service, stub):
    page = open_page(stub=stub)  # whatever the policy refuses is told on the console, which `open_page` listens to
    headers = []
    page.on("response", lambda reply: headers.append(reply.headers) if reply.url == f"{service.url}/" else None)
    page.reload()
    checked(page, COMMENTED)
    page.keyboard.press("F8")
    page.locator(".editor .finding").first.hover()
    page.locator(".editor .cm-tooltip").wait_for()
    policy = headers[0]["content-security-policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "default-src 'self'" in policy
    assert json.loads(page.locator("#app").get_attribute("data-page"))["maxText"] == 200_000
