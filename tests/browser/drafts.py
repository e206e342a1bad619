"""A draft, and how a practitioner fills in the page and checks it."""

from __future__ import annotations

import re

TEXT = (
    "😀 Home visit. I saw Ottilie on her own in the kitchen while her mother put Bram to bed. "
    "Ottilie told me, “I make the breakfast when Mummy is asleep.” She showed me her drawing of the cat.\n\n"
    "Bram slept throughout and I looked in on him with his mother. "
    "I think the mornings worry Ottilie, because she went quiet when I asked who wakes her. "
    "Ms Marsh says she has started going to bed earlier. I will see both children again on Friday."
)


def fill(page, text=TEXT, people=()):
    page.get_by_label("Text of the record").fill(text)
    for index, (name, role, age) in enumerate(people):
        page.get_by_role("button", name="Add a person").click()
        row = page.get_by_role("group", name=f"Person {index + 1}")
        row.get_by_label("Name").fill(name)
        row.get_by_label("Role").select_option(role)
        row.get_by_label("Age in years").fill(age)


def check(page):
    """Press the button; the request and the scorecard of its reply, once shown."""
    with page.expect_response(re.compile("/v1/score")) as found:
        page.get_by_role("button", name="Check this draft").click()
    page.get_by_role("heading", name="What the record shows").wait_for()
    return found.value.request, found.value.json()


def texts(page, selector):
    return [item.strip() for item in page.locator(selector).all_text_contents()]
