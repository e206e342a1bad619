"""Whatever bytes come in: records, bad records or `UnreadableInput`, and nothing else."""

import io
import random
from contextlib import suppress

import docx
import openpyxl
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats import BadRecord, Source, csv_table, json_lines, read_records
from nlp_quality.formats.records import record_from_mapping

PIECES = [
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\r",
    b"\xff",
    b"\\ud800",
    b"text",
    b"id",
    b"\x00",
    b"1",
    b" ",
]
SAME = settings(derandomize=True, deadline=None, max_examples=300)
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "id", "people", "name", "role", "age", "flags", "context", "sentences", "para"]),
            inner,
        )
    ),
)


@SAME
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join) | st.binary(max_size=80))
def test_any_bytes_as_lines_and_as_a_table(data):
    assert all(isinstance(item, Source | BadRecord) for item in json_lines.read_stream(io.BytesIO(data)))
    assert all(isinstance(item, Source | BadRecord) for item in csv_table.read_stream(io.BytesIO(b"text,id\n" + data)))
    with suppress(UnreadableInput):
        list(csv_table.read_stream(io.BytesIO(data)))


@SAME
@given(json_like)
def test_any_value_as_a_record(value):
    with suppress(InvalidRecord):
        record_from_mapping(value)


def sample(path):
    """A small whole file of the kind that the name of `path` claims."""
    match path.suffix:
        case ".docx":
            document = docx.Document()
            document.add_paragraph("Nell was seen.")
            document.save(path)
        case ".xlsx":
            workbook = openpyxl.Workbook()
            workbook.active.append(["text"])
            workbook.active.append(["Nell was seen."])
            workbook.save(path)
        case ".pdf":
            writer = pypdf.PdfWriter()
            writer.add_blank_page(width=100, height=100)
            writer.write(path)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".pdf"])
def test_damaged_files(tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    whole = sample(path)
    dice = random.Random(7)  # noqa: S311  # no secret: the same damage every time.
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 20)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data[: dice.randint(1, len(data))] if dice.random() < 0.3 else data)
        with suppress(UnreadableInput):
            assert all(isinstance(item, Source | BadRecord) for item in read_records(path))
