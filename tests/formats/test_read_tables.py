"""CSV, XLSX and Parquet: the same columns, the same checks."""

import csv
import datetime
import zipfile

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from nlp_quality.errors import UnreadableInput
from nlp_quality.formats import BadRecord, Source, archives, csv_table, read_records
from nlp_quality.formats.columns import cell_text

CANARY = "Zebedee Quillfeather"
PEOPLE = '[{"name": "Nell Ward", "role": "child", "age": 8}]'
HEADER = ["id", "text", "record_type", "draft", "people", "team", "seen", "seen_alone"]
ROWS = [
    ["r1", "Nell was seen,\nalone.", "visit", "true", PEOPLE, "East", "Y", "N"],
    ["r2", 'She said "no".', None, None, None, None, None, None],
    ["r3", None, "visit", None, None, "East", None, None],
    ["r4", "Seen.", CANARY, None, None, "East", None, None],
    ["r5", "Seen.", None, None, "[{", "East", None, None],
    ["r6", "Seen.", None, CANARY, None, "East", None, None],
    ["r7", "Seen.", None, None, '[{"name": "", "role": "child"}]', "East", None, None],
]


def write_csv(path, rows, **options):
    with path.open("w", encoding=options.pop("encoding", "utf-8"), newline="") as stream:
        csv.writer(stream, **options).writerows(rows)
    return path


def write_xlsx(path, rows):
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def write_parquet(path, rows):
    header, *rest = rows
    table = pyarrow.table({name: [row[i] for row in rest] for i, name in enumerate(header)})
    pyarrow.parquet.write_table(table, path)
    return path


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet}


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    """A function from rows to a file of each kind in turn."""
    return lambda rows: WRITERS[request.param](tmp_path / f"table.{request.param}", rows)


def read(path):
    return list(read_records(path))


def test_columns_and_context(written):
    first, second, *bad = read(written([HEADER, *ROWS]))
    assert first.record.text == "Nell was seen,\nalone."
    assert (first.record.id, first.record.record_type, first.record.draft) == ("r1", "visit", True)
    assert first.record.people[0].name == "Nell Ward"
    assert first.record.context == {"team": "East", "seen": "Y", "seen_alone": "N"}
    assert second.record.context == {}
    assert second.record.people is None
    assert [(item.id, item.code, item.field) for item in bad] == [
        ("r3", "blank", "text"),
        ("r4", "unknown_value", "record_type"),
        ("r5", "invalid_json", "people"),
        ("r6", "not_a_boolean", "draft"),
        ("r7", "blank", "people.0.name"),
    ]
    assert CANARY not in str(bad)
    assert not first.extracted


def test_names_match_whatever_their_case_unless_one_matches_exactly(written):
    (item,) = read(written([["ID", "Text", "Team"], ["r1", "Seen.", "East"]]))
    assert (item.record.id, item.record.text, item.record.context) == ("r1", "Seen.", {"Team": "East"})
    (item,) = read(written([["text", "Text"], ["Seen.", "Other"]]))
    assert (item.record.text, item.record.context) == ("Seen.", {"Text": "Other"})


def test_no_text_column_names_the_columns_there_are(written):
    with pytest.raises(UnreadableInput) as caught:
        read(written([["id", "Narrative"], ["r1", CANARY]]))
    assert caught.value.code == "no_text_column"
    assert "text" in caught.value.message
    assert "Narrative" in caught.value.message
    assert CANARY not in caught.value.message


def test_a_table_without_header_is_not_repeated(written):
    with pytest.raises(UnreadableInput) as caught:
        read(written([["r1", f"{CANARY} was seen in his bedroom, on his own, for an hour."], ["r2", "Seen."]]))
    assert caught.value.code == "no_text_column"
    assert "Zebedee" not in caught.value.message


def test_a_field_with_two_columns_is_refused(tmp_path):
    for header in (["text", "text"], ["Text", "TEXT"]):
        with pytest.raises(UnreadableInput) as caught:
            read(write_csv(tmp_path / "t.csv", [header, ["a", "b"]]))
        assert caught.value.code == "repeated_column"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        ("  as it is ", "  as it is "),
        (True, "true"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (datetime.date(2024, 3, 1), "2024-03-01"),
        (datetime.datetime(2024, 3, 1), "2024-03-01"),
        (datetime.datetime(2024, 3, 1, 14, 30), "2024-03-01T14:30:00"),
        ([1], "[1]"),
    ],
)
def test_cells_as_people_write_them(cell, text):
    assert cell_text(cell) == text


# --- CSV -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"encoding": "utf-8-sig"}, id="byte order mark"),
        pytest.param({"delimiter": ";"}, id="semicolons"),
        pytest.param({"delimiter": "\t"}, id="tabs"),
        pytest.param({"quoting": csv.QUOTE_ALL}, id="quotes everywhere"),
    ],
)
def test_dialects(tmp_path, options):
    path = write_csv(tmp_path / "t.csv", [["text", "team"], ["Seen; café, “yes”.\n\nThen left.", "East"]], **options)
    (item,) = read(path)
    assert item.record.text == "Seen; café, “yes”.\n\nThen left."
    assert item.record.context == {"team": "East"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param(b"r2,Zebedee caf\xe9", "invalid_utf8", id="invalid UTF-8"),
        pytest.param(b"r2,Zebedee, who was seen", "too_many_cells", id="commas without quotes"),
        pytest.param(b'r2,"Zebedee said "no" to me"', "invalid_csv", id="quotes not doubled"),
        pytest.param(b"r2", "blank", id="cells missing"),
        pytest.param(b"r2," + b"x" * 200_001, "too_long", id="over 200,000"),
    ],
)
def test_a_bad_row_takes_its_place(tmp_path, row, code):
    path = tmp_path / "t.csv"
    path.write_bytes(b'id,text\nr1,"Seen\nhere."\n' + row + b"\n\n,\nr3,Seen.\n")
    first, bad, last = read(path)
    assert (first.record.id, last.record.id) == ("r1", "r3")
    assert (bad.code, bad.line, last.line) == (code, 4, 7)
    assert "Zebedee" not in str(bad)


def test_a_quote_that_is_never_closed(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(b'id,text\nr1,"Zebedee was seen.\nr2,Seen.\n')
    (bad,) = read(path)
    assert (bad.code, bad.line) == ("invalid_csv", 2)
    monkeypatch.setattr(csv_table, "MAX_CELL", 200)
    previous = csv.field_size_limit(100)
    try:
        path.write_bytes(b'id,text\nr1,"' + b"x" * 300 + b'"\nr2,Seen.\n')
        bad, good = read(path)
    finally:
        csv.field_size_limit(previous)
    assert bad.code == "invalid_csv"
    assert good.record.id == "r2"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "no_text_column", id="empty"),
        pytest.param(b"text,caf\xe9\nSeen.,x\n", "invalid_utf8", id="invalid UTF-8"),
        pytest.param('text\n"Zebedee"\n'.encode("utf-16"), "invalid_utf8", id="UTF-16"),
        pytest.param(b'"text\nSeen.', "invalid_csv", id="quote never closed"),
    ],
)
def test_a_header_that_cannot_be_read(tmp_path, data, code):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(UnreadableInput) as caught:
        read(path)
    assert caught.value.code == code


def test_the_stream_stays_the_callers(tmp_path):
    path = write_csv(tmp_path / "t.csv", [["text"], ["Seen."]])
    with path.open("rb") as stream:
        assert len(list(csv_table.read_stream(stream))) == 1
        assert not stream.closed


# --- XLSX ------------------------------------------------------------------------------------------------------------


def test_sheets_dates_numbers_and_blank_rows(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Notes"])
    sheet = workbook.create_sheet("Records")
    sheet.append([])
    sheet.append(["id", "text", "date", "audit_grade"])
    sheet.append([])
    sheet.append([17, "Seen.", datetime.datetime(2024, 3, 1), 2.0])
    workbook.save(tmp_path / "t.xlsx")
    (item,) = read(tmp_path / "t.xlsx")
    assert (item.record.id, item.line) == ("17", 4)
    assert item.record.context == {"date": "2024-03-01", "audit_grade": "2"}


def test_line_ends_that_excel_escapes(tmp_path):
    (item,) = read(write_xlsx(tmp_path / "t.xlsx", [["text"], ["Seen._x000D_\nThen left."]]))
    assert item.record.text == "Seen.\r\nThen left."


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
def test_not_a_zip_file_and_not_that_kind_of_zip_file(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    code = {"xlsx": "not_an_xlsx", "docx": "not_a_docx"}[suffix]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", CANARY)
    for data in (path.read_bytes(), CANARY.encode(), b"", b"PK\x03\x04", path.read_bytes()[:-10]):
        path.write_bytes(data)
        with pytest.raises(UnreadableInput) as caught:
            read(path)
        assert caught.value.code == code
        assert CANARY not in caught.value.message


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
def test_a_zip_bomb_is_not_unpacked(tmp_path, suffix):
    path = tmp_path / f"bomb.{suffix}"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(archives.MAX_UNPACKED // 2**20 + 1):
            member.write(bytes(2**20))
    assert path.stat().st_size < archives.MAX_UNPACKED / 100
    with pytest.raises(UnreadableInput) as caught:
        read(path)
    assert caught.value.code == "too_large"


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
def test_an_encrypted_office_file(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnreadableInput) as caught:
        read(path)
    assert caught.value.code == "password_protected"


# --- Parquet ---------------------------------------------------------------------------------------------------------


def test_people_as_a_nested_list_and_typed_columns(tmp_path):
    person = {"name": "Nell Ward", "role": "child", "age": 8.0, "aliases": None, "flags": {"seen": "Y", "x": None}}
    person["flags"].pop("x")
    table = pyarrow.table(
        {
            "id": [1.0, float("nan")],
            "text": pyarrow.array(["Seen.", "Seen."]).dictionary_encode(),
            "people": [[person], None],
            "draft": [True, None],
            "date": [datetime.date(2024, 3, 1), None],
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "t.parquet")
    first, second = read(tmp_path / "t.parquet")
    assert (first.record.id, first.record.draft, first.record.context) == ("1", True, {"date": "2024-03-01"})
    assert first.record.people[0].flags == {"seen": "Y"}
    assert (second.record.id, second.record.people, second.record.context) == (None, None, {})


def test_a_string_that_is_not_utf8_spoils_its_own_row_only(tmp_path):
    text = pyarrow.array([b"Seen.", b"Zebedee \xff", b"Seen."]).view(pyarrow.string())
    pyarrow.parquet.write_table(pyarrow.table({"text": text}), tmp_path / "t.parquet")
    first, bad, last = read(tmp_path / "t.parquet")
    assert isinstance(first, Source)
    assert isinstance(bad, BadRecord)
    assert (bad.code, bad.line, last.line) == ("invalid_utf8", 2, 3)


def test_not_a_parquet_file(tmp_path):
    path = tmp_path / "t.parquet"
    for data in (b"", CANARY.encode(), b"PAR1" + bytes(20) + b"PAR1"):
        path.write_bytes(data)
        with pytest.raises(UnreadableInput) as caught:
            read(path)
        assert caught.value.code == "not_a_parquet"
