"""The page for everybody: narrow windows, the keyboard, labels, contrast, paper."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from drafts import TEXT, check, fill


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_window(open_page, width):
    page = open_page(width=width)
    fill(page, TEXT + " " + "x" * 400, people=[("Ottilie Marsh " + "x" * 100, "child", "6")])
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_keyboard_alone_is_enough(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.insert_text(TEXT)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Add a person
    page.keyboard.insert_text("Ottilie Marsh")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Remove person 1"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "add-person"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "check"
    with page.expect_response(re.compile("/v1/score")) as found:
        page.keyboard.press("Enter")
    assert json.loads(found.value.request.post_data)["record_type"] == "assessment"
    page.wait_for_function("document.activeElement.id === 'results-heading'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash").startswith("#evidence-")


def test_every_control_has_a_label_and_headings_skip_no_level(checked):
    page, _, _ = checked
    unlabelled = page.locator("input, select, textarea").evaluate_all(
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
        for (let at = node; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour[3] !== 0) return colour;
        }
    };
    return [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility()).map((node) => {
        const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(ground(node))];
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.tagName + "." + node.className];
    });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_both_schemes(open_page, scheme):
    page = open_page(color_scheme=scheme)
    fill(page, people=[("Ottilie Marsh", "child", "6")])
    check(page)
    ratios = page.evaluate(CONTRAST, "p, a, h1, h2, h3, h4, h5, li, dt, dd, label, legend, button, input, mark, span")
    assert len(ratios) > 30
    assert [pair for pair in ratios if pair[0] < 4.5] == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")


def test_print_holds_the_results_and_no_form(checked):
    page, _, _ = checked
    page.emulate_media(media="print")
    assert not page.locator("#form").is_visible()
    assert page.locator("#results").is_visible()
    assert page.locator("#marked").is_visible()
