"""Files in and out, and paper: a Word document or rich text opened, the draft saved with its comments, printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docx import Document
from drafts import editor, paste, settled, written
from stub import QUESTION

TEXT = "I am concerned about Ottilie 😀.\n\nShe told me, “No.” It is so because of the noise."


@pytest.fixture
def word_file(tmp_path) -> Path:
    document = Document()
    document.add_heading("Visit", level=1)
    document.add_paragraph("I saw Zoë alone.")
    document.add_paragraph("First point", style="List Bullet")
    document.add_paragraph("Second point", style="List Bullet")
    row = document.add_table(rows=1, cols=2).rows[0]
    row.cells[0].text, row.cells[1].text = "Seen alone", "Yes"
    path = tmp_path / "visit.docx"
    document.save(path)
    return path


def test_a_word_document_is_opened_in_the_browser(stubbed, stub, word_file):
    page = stubbed
    page.get_by_label("Open a document").set_input_files(word_file)
    settled(page)
    assert written(page) == "Visit\n\nI saw Zoë alone.\n\nFirst point\nSecond point\n\nSeen alone\n\nYes"
    assert stub.asked[0]["text"] == written(page)


def test_a_file_that_cannot_be_read_is_said_and_the_draft_stays(stubbed, tmp_path):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    broken = tmp_path / "visit.docx"
    broken.write_bytes(b"not a document")
    page.get_by_label("Open a document").set_input_files(broken)
    page.get_by_role("alert").get_by_text("could not be read as a Word document").wait_for()
    picture = tmp_path / "visit.png"
    picture.write_bytes(b"")
    page.get_by_label("Open a document").set_input_files(picture)
    page.get_by_role("alert").get_by_text("Choose a Word document").wait_for()
    assert written(page) == TEXT


def test_rich_text_is_pasted_as_its_words_with_its_paragraphs(stubbed, stub):
    page = stubbed
    editor(page).click()
    page.evaluate(
        """html => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/html", html);
            clipboardData.setData("text/plain", "plain");
            const content = document.querySelector(".editor").shadowRoot.querySelector(".cm-content");
            content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        "<style>p{}</style><p style='color: red'>I saw <b>Zoë</b> alone.</p><p onclick='x()'>She told me, <i>“No.”</i></p>"
        "<ul><li>One</li><li>Two</li></ul>",
    )
    settled(page)
    assert written(page) == "I saw Zoë alone.\n\nShe told me, “No.”\n\nOne\nTwo"
    assert stub.asked[0]["text"] == written(page)


def test_the_draft_is_saved_as_word_with_real_comments(stubbed, tmp_path):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Word with comments").click()
    assert download.value.suggested_filename == "draft-with-comments.docx"
    path = tmp_path / "saved.docx"
    download.value.save_as(path)
    document = Document(path)
    assert "\n".join(paragraph.text for paragraph in document.paragraphs) == TEXT
    comments = [comment.text for comment in document.comments]
    assert any(QUESTION in comment for comment in comments)
    assert any("Ottilie: Seen" in comment or "Ottilie: The record" in comment for comment in comments)
    assert any(comment.startswith("Analysis versus description: Limited") for comment in comments)


def test_the_draft_is_saved_as_a_web_page_that_needs_nothing(stubbed, chromium, tmp_path):
    page = stubbed
    paste(page, TEXT + " <script>document.title = 1</script>")
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a web page").click()
    assert download.value.suggested_filename == "draft-with-comments.html"
    path = tmp_path / "saved.html"
    download.value.save_as(path)
    assert not re.search(r"(src|href)=", path.read_text(encoding="utf-8"))
    context = chromium.new_context()
    saved = context.new_page()
    saved.goto(path.as_uri())
    assert saved.title() == "Draft with comments"
    assert QUESTION in saved.inner_text("body")
    assert saved.locator("mark.finding").first.text_content() == "I am concerned about Ottilie 😀.[1]"
    assert saved.locator("script").count() == 0
    context.close()


def test_what_is_put_aside_is_not_saved(stubbed, tmp_path):
    page = stubbed
    paste(page, TEXT)
    settled(page)
    page.locator(".comment").first.get_by_role("button", name="Dismiss").click()
    page.get_by_label("Another reason").check()
    page.get_by_role("button", name="Dismiss", exact=True).click()
    page.locator(".dismissed").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a web page").click()
    path = tmp_path / "saved.html"
    download.value.save_as(path)
    assert QUESTION not in path.read_text(encoding="utf-8")


def test_paper_holds_the_whole_draft_its_comments_and_levels_and_no_form(stubbed):
    page = stubbed
    long = "\n\n".join([TEXT] + [f"Line {number}." for number in range(300)])
    paste(page, long)
    settled(page)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    paper = page.locator(".paper")
    assert paper.is_visible()
    assert not page.locator(".workspace").is_visible()
    assert not page.get_by_label("Type of record").is_visible()
    shown = paper.inner_text()
    assert "Line 299." in shown
    assert QUESTION in shown
    assert shown.index("Each child") < shown.index("The record on four dimensions") < shown.index("The draft")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert paper.text_content() == ""
