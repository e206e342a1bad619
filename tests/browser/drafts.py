"""A draft, and how a practitioner writes it into the page and waits for feedback."""

from __future__ import annotations

import time

PATIENCE = 60

TEXT = (
    "😀 Home visit. I saw Ottilie on her own in the kitchen while her mother put Bram to bed. "
    "Ottilie told me, “I make the breakfast when Mummy is asleep.” She showed me her drawing of the cat.\n\n"
    "Bram slept throughout and I looked in on him with his mother. "
    "I think the mornings worry Ottilie, because she went quiet when I asked who wakes her. "
    "Ms Marsh says she has started going to bed earlier. I will see both children again on Friday."
)


def editor(page):
    return page.get_by_role("textbox", name="Text of the record")


def paste(page, text=TEXT):
    """Put a text in at the caret in one go, as a paste does."""
    editor(page).click()
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const content = document.querySelector(".editor").shadowRoot.querySelector(".cm-content");
            content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def people(page, rows):
    page.locator("#people summary").click()
    for index, (name, role, age) in enumerate(rows):
        page.get_by_role("button", name="Add a person").click()
        row = page.get_by_role("group", name=f"Person {index + 1}")
        row.get_by_label("Name").fill(name)
        row.get_by_label("Role").select_option(role)
        row.get_by_label("Age in years").fill(age)


def settled(page):
    """Wait until what is shown is about the text as it stands."""
    page.locator("#status.current").wait_for()


def checked(page, text=TEXT, rows=()):
    """Paste a draft and wait; the request and the scorecard of its last reply."""
    replies = []
    page.on("response", lambda reply: replies.append(reply) if "/v1/score" in reply.url else None)
    if rows:
        people(page, rows)
    paste(page, text)
    settled(page)
    return replies[-1].request, replies[-1].json()


def written(page):
    """The draft as it stands. CodeMirror draws only what is on screen, so short drafts alone can be read so."""
    return "\n".join(editor(page).locator(".cm-line").all_text_contents())


def texts(page, selector):
    return [item.strip() for item in page.locator(selector).all_text_contents()]


def marked(page, selector):
    """The words under each kind of mark in the editor; a mark cut by another is joined again by its place."""
    return texts(page, f".editor {selector}")


def until(page, script, argument=None, *, patience=PATIENCE):
    """Wait until a script gives true. Playwright's own `wait_for_function` evaluates strings, which the page's policy refuses."""
    deadline = time.monotonic() + patience
    while not page.evaluate(script, argument):
        assert time.monotonic() < deadline, script
        page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
