"""Text, Word and PDF files, and folders of them."""

import logging
import os

import docx
import pypdf
import pytest
from docx.oxml import parse_xml

from nlp_quality.errors import UnreadableInput
from nlp_quality.formats import BadRecord, Source, documents, read_records
from nlp_quality.record import MAX_TEXT

CANARY = "Zebedee Quillfeather"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(path):
    return list(read_records(path))


def one_text(path):
    (item,) = read(path)
    assert item.extracted
    assert item.record.id == path.name
    return item.record.text


def refused(path):
    with pytest.raises(UnreadableInput) as caught:
        read(path)
    assert CANARY not in caught.value.message
    return caught.value.code


def write_pdf(path, *pages, password=None):
    """A PDF whose pages show these lines of text."""
    writer = pypdf.PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(width=595, height=842)
        if not lines:
            continue
        shown = "".join(f"1 0 0 1 50 {800 - 20 * i} Tm ({line}) Tj\n" for i, line in enumerate(lines))
        stream = pypdf.generic.DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf {shown} ET".encode())
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        named = {pypdf.generic.NameObject(k): pypdf.generic.NameObject(v) for k, v in font.items()}
        fonts = pypdf.generic.DictionaryObject({pypdf.generic.NameObject("/F1"): pypdf.generic.DictionaryObject(named)})
        page[pypdf.generic.NameObject("/Resources")] = pypdf.generic.DictionaryObject(
            {pypdf.generic.NameObject("/Font"): fonts}
        )
        page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(path)
    return path


# --- text ------------------------------------------------------------------------------------------------------------


def test_text_with_byte_order_mark_and_windows_line_ends(tmp_path):
    path = tmp_path / "visit note.TXT"
    path.write_bytes(b"\xef\xbb\xbfNell was seen.\r\nShe was well.\r")
    assert one_text(path) == "Nell was seen.\nShe was well.\n"


def test_text_that_is_no_record(tmp_path):
    path = tmp_path / "t.txt"
    for text, code in (("", "blank"), (" \n ", "blank"), ("x" * (MAX_TEXT + 1), "too_long")):
        path.write_text(text)
        (bad,) = read(path)
        assert isinstance(bad, BadRecord)
        assert (bad.id, bad.code, bad.field) == ("t.txt", code, "text")


def test_text_that_is_not_utf8(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(CANARY.encode() + b" caf\xe9")
    assert refused(path) == "invalid_utf8"


def test_a_document_too_large_to_open(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "MAX_DOCUMENT", 10)
    for name in ("t.txt", "t.docx", "t.pdf"):
        (tmp_path / name).write_bytes(bytes(11))
        assert refused(tmp_path / name) == "too_large"


# --- Word ------------------------------------------------------------------------------------------------------------


def test_word_in_document_order(tmp_path):
    document = docx.Document()
    document.add_heading("Visit to Nell", 1)
    document.add_paragraph("Nell was seen.\tShe was well.")
    document.add_paragraph("her bed", style="List Bullet")
    document.add_paragraph("her room", style="List Bullet")
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(table.rows, (("Child seen:", "Yes"), ("Seen alone?", "No"), ("", "")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    wide = document.add_table(rows=2, cols=3)
    for cell, text in zip(wide.rows[0].cells, ("What", "Who", "When"), strict=True):
        cell.text = text
    wide.rows[1].cells[0].merge(wide.rows[1].cells[2]).text = "One box.\nTwo lines."
    document.add_paragraph("Afterwards.")
    document.save(tmp_path / "t.docx")
    assert one_text(tmp_path / "t.docx") == (
        "Visit to Nell\n\n"
        "Nell was seen.\tShe was well.\n\n"
        "- her bed\n- her room\n"
        "Child seen: Yes\nSeen alone? No\n"
        "What | Who | When\n\n"
        "One box.\nTwo lines.\n\n"
        "Afterwards."
    )


def test_word_form_fields_insertions_and_deletions(tmp_path):
    document = docx.Document()
    body = document.element.body
    body.insert(
        0,
        parse_xml(
            f"<w:sdt {W}><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>"
            "<w:p><w:r><w:t>In a field of the form.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ),
    )
    body.insert(
        1,
        parse_xml(
            f"<w:p {W}><w:r><w:t xml:space='preserve'>Seen </w:t></w:r>"
            "<w:sdt><w:sdtContent><w:r><w:t>at home</w:t></w:r></w:sdtContent></w:sdt>"
            "<w:del w:id='1'><w:r><w:delText>Zebedee</w:delText></w:r></w:del>"
            "<w:ins w:id='2'><w:r><w:t>, alone</w:t></w:r></w:ins>"
            "<w:r><w:t>.</w:t><w:br/><w:t>Next</w:t><w:noBreakHyphen/><w:t>line</w:t></w:r></w:p>"
        ),
    )
    body.insert(
        2,
        parse_xml(
            f"<w:p {W}><w:r><w:t>Beside</w:t></w:r><w:r><w:pict><w:txbxContent>"
            "<w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
        ),
    )
    document.save(tmp_path / "t.docx")
    assert one_text(tmp_path / "t.docx") == (
        "In a field of the form.\n\nSeen at home, alone.\nNext-line\n\nBeside\n\nIn a box."
    )


def test_word_without_text(tmp_path):
    docx.Document().save(tmp_path / "t.docx")
    (bad,) = read(tmp_path / "t.docx")
    assert bad.code == "blank"


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_pdf_pages_in_order(tmp_path):
    path = write_pdf(tmp_path / "t.pdf", ["Nell was seen.", "She was well."], ["Next page."])
    assert one_text(path).splitlines() == ["Nell was seen.", "She was well.", "Next page."]


def test_pdf_with_a_password(tmp_path):
    path = write_pdf(tmp_path / "t.pdf", [CANARY], password="secret")  # noqa: S106
    assert refused(path) == "password_protected"


def test_pdf_that_only_forbids_printing(tmp_path):
    assert one_text(write_pdf(tmp_path / "t.pdf", ["Seen."], password="")) == "Seen."


def test_pdf_that_is_a_scan(tmp_path):
    assert refused(write_pdf(tmp_path / "t.pdf", [], [])) == "no_text"


def test_pdf_that_is_none_and_says_nothing_of_it(tmp_path, caplog, capfd):
    whole = write_pdf(tmp_path / "t.pdf", [CANARY]).read_bytes()
    path = tmp_path / "t.pdf"
    with caplog.at_level(logging.DEBUG):
        for data in (b"", CANARY.encode(), b"%PDF-1.7\n" + CANARY.encode(), whole[:60]):
            path.write_bytes(data)
            assert refused(path) == "not_a_pdf"
    assert CANARY not in caplog.text + "".join(capfd.readouterr())


# --- folders ---------------------------------------------------------------------------------------------------------


def test_a_folder_in_the_order_of_its_paths(tmp_path):
    inner = tmp_path / "b"
    inner.mkdir()
    (tmp_path / "a.jsonl").write_text('{"id": "r1", "text": "Seen."}\n{"id": "r2"}\n')
    (inner / "visit.txt").write_text("Nell was seen.")
    (inner / "broken.docx").write_text(CANARY)
    (tmp_path / "c.csv").write_text(f"Narrative\n{CANARY}\n")
    (tmp_path / "d.txt").write_text("Seen.")
    for ignored in ("photo.jpg", "notes.doc", ".hidden.txt", "~$visit.docx"):
        (tmp_path / ignored).write_text(CANARY)
    skipped = []
    items = list(read_records(tmp_path, on_skipped=skipped.append))
    assert [item.code if isinstance(item, BadRecord) else item.record.id for item in items] == [
        "r1",
        "missing",
        "not_a_docx",
        "b/visit.txt",
        "no_text_column",
        "d.txt",
    ]
    assert (items[2].id, items[4].id) == ("b/broken.docx", "c.csv")
    assert CANARY not in str(items)
    assert skipped == [2]


def test_a_folder_without_anything_to_read(tmp_path):
    (tmp_path / "photo.jpg").write_text("")
    assert refused(tmp_path) == "empty_folder"


@pytest.mark.parametrize(
    ("name", "code"),
    [("missing.csv", "not_found"), ("record.doc", "unknown_format"), ("record", "unknown_format"), ("\0", "not_found")],
)
def test_what_cannot_be_read_is_refused_at_once(tmp_path, name, code):
    for existing in ("record.doc", "record"):
        (tmp_path / existing).write_text(CANARY)
    with pytest.raises(UnreadableInput) as caught:
        read_records(tmp_path / name)
    assert caught.value.code == code


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("Seen.")
    path.chmod(0)
    assert refused(path) == "not_readable"


def test_a_file_name_that_is_not_utf8(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    try:
        path.write_text("Seen.")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (item,) = read(path)
    assert isinstance(item, Source)
    assert item.record.id == "caf�.txt"
