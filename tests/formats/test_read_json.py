"""JSON Lines and JSON files: a bad record takes its place and the others are read."""

import io
import json

import pytest

from nlp_quality.errors import UnreadableInput
from nlp_quality.formats import BadRecord, Source, json_lines, read_records

CANARY = "Zebedee Quillfeather"


def lines(*raw: bytes) -> list[Source | BadRecord]:
    return list(read_records("-", stdin=io.BytesIO(b"\n".join(raw))))


def good(number: int) -> bytes:
    return json.dumps({"id": f"r{number}", "text": f"Nell was seen, {number}."}).encode()


def test_broken_json_on_line_7_of_10():
    raw = [good(number) for number in range(1, 11)]
    raw[6] = b'{"id": "r7", "text": "' + CANARY.encode() + b"}"
    items = lines(*raw)
    assert [item.record.id for item in items if isinstance(item, Source)] == [
        f"r{number}" for number in range(1, 11) if number != 7
    ]
    bad = items[6]
    assert isinstance(bad, BadRecord)
    assert (bad.code, bad.line, bad.id) == ("invalid_json", 7, None)
    assert CANARY not in str(bad)
    assert bad.to_dict() == {"id": None, "error": {"code": "invalid_json", "message": bad.message, "line": 7}}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param(b'{"text": "Zebedee Quillfeather', "invalid_json", id="cut short"),
        pytest.param(b"Zebedee Quillfeather", "invalid_json", id="no JSON"),
        pytest.param(b'"Zebedee Quillfeather"', "not_an_object", id="a string"),
        pytest.param(b'{"text": "Zebedee \xff Quillfeather"}', "invalid_utf8", id="invalid UTF-8"),
        pytest.param('{"text": "Zebedee"}'.encode("utf-16"), "invalid_utf8", id="UTF-16"),
        pytest.param(b'{"text": "Zebedee \\ud83d"}', "lone_surrogate", id="lone surrogate"),
        pytest.param(b'{"text": "Zebedee \x07"}', "invalid_json", id="raw control character"),
        pytest.param(b'{"text": "Zebedee", "text": "x"}', "repeated_field", id="repeated field"),
        pytest.param(b'{"text": NaN}', "not_a_string", id="NaN"),
        pytest.param(b'{"text": ' + b"9" * 5000 + b"}", "not_a_string", id="huge integer"),
        pytest.param(b'{"text": 1e999}', "not_a_string", id="infinite number"),
        pytest.param(b"[" * 100_000, "too_deep", id="deep nesting"),
        pytest.param(b'{"text": ' + b'{"a":' * 100_000, "too_deep", id="deep objects"),
    ],
)
def test_a_bad_line_takes_its_place(line, code):
    first, bad, last = lines(good(1), line, good(3))
    assert isinstance(first, Source)
    assert isinstance(last, Source)
    assert isinstance(bad, BadRecord)
    assert (bad.code, bad.line) == (code, 2)
    assert "Zebedee" not in str(bad)


def test_a_bad_record_keeps_its_id():
    (bad,) = lines(b'{"id": "r1", "text": "Seen.", "people": [{"name": "Zebedee", "role": "aunt"}]}')
    assert isinstance(bad, BadRecord)
    assert (bad.id, bad.field) == ("r1", "people.0.role")
    assert bad.to_dict()["error"]["field"] == "people.0.role"


def test_byte_order_mark_blank_lines_and_windows_line_ends():
    items = lines(b"\xef\xbb\xbf" + good(1) + b"\r", b"", b"  \r", good(4) + b"\r", b"")
    assert [(item.record.id, item.line) for item in items if isinstance(item, Source)] == [("r1", 1), ("r4", 4)]


def test_escaped_pairs_and_line_separators_inside_a_text():
    (item,) = lines('{"text": "Smile \\ud83d\\ude00 and\u2028then \x85 more"}'.encode())
    assert isinstance(item, Source)
    assert item.record.text == "Smile \U0001f600 and\u2028then \x85 more"


def test_a_line_beyond_the_limit_is_dropped_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(json_lines, "MAX_LINE", 100)
    bad, after = lines(b'{"text": "' + b"x" * 450 + b'"}', good(2))
    assert isinstance(bad, BadRecord)
    assert bad.code == "too_long"
    assert isinstance(after, Source)


def test_reading_is_lazy():
    class Endless(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            line = good(1) + b"\n"
            buffer[: len(line)] = line
            return len(line)

    items = read_records("-", stdin=io.BufferedReader(Endless()))
    assert isinstance(next(items), Source)


def test_no_lines_no_records():
    assert lines(b"") == []


def test_json_file_of_one_record_and_of_many(tmp_path):
    one, many = tmp_path / "one.json", tmp_path / "many.JSON"
    one.write_bytes(b"\xef\xbb\xbf" + good(1))
    many.write_text('[{"id": "a", "text": "Seen."}, {"id": "b"}, "Zebedee", {"id": "d", "text": "Seen."}]')
    assert [type(item) for item in read_records(one)] == [Source]
    items = list(read_records(many))
    assert [item.code if isinstance(item, BadRecord) else item.record.id for item in items] == [
        "a",
        "missing",
        "not_an_object",
        "d",
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b'[{"text": "Zebedee"},', "invalid_json", id="cut short"),
        pytest.param(b"", "invalid_json", id="empty"),
        pytest.param(b'["\xff"]', "invalid_utf8", id="invalid UTF-8"),
        pytest.param(b"[" * 100_000, "too_deep", id="deep nesting"),
    ],
)
def test_a_broken_json_file(tmp_path, data, code):
    path = tmp_path / "records.json"
    path.write_bytes(data)
    with pytest.raises(UnreadableInput) as caught:
        list(read_records(path))
    assert caught.value.code == code
    assert "Zebedee" not in str(caught.value)
