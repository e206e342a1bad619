"""The command line: scorecards in input order, errors in one line, never a traceback and never a record's text."""

import importlib.metadata
import io
import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from nlp_quality import cli, scheme
from nlp_quality.errors import InvalidRecord, ModelNotFound
from nlp_quality.formats import output
from nlp_quality.types import DimensionScore, ModelInfo, NotApplicable, Scorecard

CANARY = "Zebedee Quillfeather"
EMPTY = DimensionScore(None, None, None, None, None, True, NotApplicable("out_of_domain", "Too short."), "Too short.")


class StubScorer:
    """Scores nothing, in no time: the command line is what is tested."""

    loaded: list[str | None] = []  # noqa: RUF012  # emptied by the fixture.
    model = ModelInfo("stub", "1", "0" * 64)

    @classmethod
    def load(cls, model=None, *, flag_means="without_anyone", wording=None):
        if model == "missing":
            raise ModelNotFound("model_not_found", "no model of that name is installed.")
        cls.loaded.append(model)
        return cls()

    def describe(self):
        return {"wording": None}

    def score(self, record):
        if "interrupt" in record.text:
            raise KeyboardInterrupt
        if "fault" in record.text:
            raise ValueError(record.text)
        if record.format == "html":
            raise InvalidRecord("blank", "text", "text is empty or blank; give 1 character or more.")
        return Scorecard(
            id=record.id,
            scheme="1.0",
            model=ModelInfo("stub", "1", "0" * 64),
            dimensions=dict.fromkeys(scheme.DIMENSIONS, EMPTY),
            sentences=(),
            findings=(),
            text=None,
            source_text=record.text,
            context=record.context,
        )


@pytest.fixture
def stub(monkeypatch):
    """The stub in the place of the scorer."""
    StubScorer.loaded.clear()
    monkeypatch.setattr(cli, "Scorer", StubScorer)
    return StubScorer


@pytest.fixture
def run(monkeypatch, capfd):
    """A function from arguments to the exit status, standard output and standard error of the program."""

    def run_main(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["nlp-quality", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        assert CANARY not in err
        return SimpleNamespace(status=caught.value.code or 0, out=out, err=err)

    return run_main


def records(*values):
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def good(number, **fields):
    return {"id": f"r{number}", "text": f"{CANARY} was seen, {number}."} | fields


def lines(text):
    assert text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


# --- score -----------------------------------------------------------------------------------------------------------


def test_standard_input_to_standard_output_in_order(run, stub):
    result = run("score", stdin=records(*(good(number) for number in range(20))))
    assert result.status == 0
    assert result.err == ""
    assert [card["id"] for card in lines(result.out)] == [f"r{number}" for number in range(20)]
    assert stub.loaded == [None]


def test_a_bad_record_in_its_place_and_status_1(run, stub):
    raw = records(good(1)) + b'{"id": "r2", "text": "' + CANARY.encode() + b"\n" + records(good(3), good(4, text=" "))
    result = run("score", "-", stdin=raw)
    assert result.status == 1
    first, second, third, fourth = lines(result.out)
    assert (first["id"], third["id"]) == ("r1", "r3")
    assert (second["id"], second["error"]["code"], second["error"]["line"]) == (None, "invalid_json", 2)
    assert (fourth["id"], fourth["error"]["code"], fourth["error"]["field"]) == ("r4", "blank", "text")
    assert CANARY not in result.out
    assert result.err == "nlp-quality: 2 of 4 records could not be scored.\n"


def test_a_record_found_blank_by_the_scorer(run, stub):
    result = run("score", stdin=records(good(1, format="html"), good(2)))
    assert result.status == 1
    bad, card = lines(result.out)
    assert bad["error"]["code"] == "blank"
    assert bad["error"]["line"] == 1
    assert card["id"] == "r2"


def test_context_is_echoed_and_text_only_for_documents(run, stub, tmp_path):
    (tmp_path / "a.txt").write_text("Nell was seen.")
    (tmp_path / "b.csv").write_text("text,team\nSeen.,East\n")
    (tmp_path / "c.jpg").write_text("")
    result = run("score", tmp_path)
    document, row = lines(result.out)
    assert (document["id"], document["text"]) == ("a.txt", "Nell was seen.")
    assert row["context"] == {"team": "East"}
    assert "text" not in row
    assert "1 files of other kinds" in result.err


def test_the_model_is_passed_on_and_a_missing_one_is_named_by_its_code(run, stub):
    assert run("score", "--model", "rules", stdin=records(good(1))).status == 0
    assert stub.loaded == ["rules"]
    result = run("score", "--model", "missing", stdin=records(good(1)))
    assert (result.status, result.out) == (2, "")
    assert result.err == "nlp-quality: no model of that name is installed. [model_not_found]\n"


def test_no_records(run, stub):
    result = run("score")
    assert (result.status, result.out) == (0, "")
    assert "no records" in result.err


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        pytest.param("t.csv", f"Narrative\n{CANARY}\n".encode(), "no_text_column", id="CSV without a text column"),
        pytest.param("t.docx", CANARY.encode(), "not_a_docx", id="no DOCX"),
        pytest.param("t.pdf", CANARY.encode(), "not_a_pdf", id="no PDF"),
        pytest.param("t.xlsx", CANARY.encode(), "not_an_xlsx", id="no XLSX"),
        pytest.param("t.parquet", CANARY.encode(), "not_a_parquet", id="no Parquet"),
        pytest.param("t.txt", CANARY.encode() + b"\xff", "invalid_utf8", id="no UTF-8"),
        pytest.param("t.json", CANARY.encode(), "invalid_json", id="no JSON"),
        pytest.param("t.rtf", CANARY.encode(), "unknown_format", id="unknown format"),
        pytest.param(f"{CANARY}.rtf", b"", "unknown_format", id="a name in the file's name"),
        pytest.param(None, b"", "not_found", id="no such file"),
    ],
)
def test_an_input_that_cannot_be_read_is_one_line(run, stub, tmp_path, name, data, code):
    path = tmp_path / (name or "missing.csv")
    if name is not None:
        path.write_bytes(data)
    result = run("score", path)
    assert (result.status, result.out) == (2, "")
    assert result.err.count("\n") == 1
    assert result.err.endswith(f"[{code}]\n")


def test_an_interruption_is_quiet(run, stub, tmp_path):
    out = tmp_path / "out.jsonl"
    result = run("score", "-", "--output", out, stdin=records(good(1), good(2, text="interrupt")))
    assert result.status == 130
    assert list(tmp_path.iterdir()) == []


def test_a_fault_in_the_program_says_where_and_nothing_else(run, stub):
    result = run("score", stdin=records(good(1), good(2, text=f"fault {CANARY}")))
    assert result.status == 70
    assert "ValueError at test_cli.py:" in result.err
    assert result.err.count("\n") == 1


def test_the_process_closes_quietly_when_its_reader_has_gone(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(
        "import test_cli, sys\nfrom nlp_quality import cli\ncli.Scorer = test_cli.StubScorer\n"
        "sys.argv = ['nlp-quality', 'score', sys.argv[1]]\ncli.main()\n"
    )
    many = tmp_path / "many.jsonl"
    many.write_bytes(records(*(good(number) for number in range(2000))))
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    with subprocess.Popen(
        [sys.executable, script, many],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths, "PYTHONIOENCODING": "ascii"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["id"] == "r0"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141


# --- output ----------------------------------------------------------------------------------------------------------


def test_output_takes_its_name_once_complete(run, stub, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("earlier")
    out.chmod(0o600)
    result = run("score", "-", "--output", out, stdin=records(good(1, text="café \u2028 \U0001f600"), good(2)))
    assert (result.status, result.out) == (0, "")
    assert [card["id"] for card in lines(out.read_text("utf-8"))] == ["r1", "r2"]
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_an_output_is_left_as_it_was_after_a_failure(run, stub, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("earlier")
    assert run("score", "-", "--output", out, stdin=records(good(1), good(2, text="fault"))).status == 70
    assert out.read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_output_to_a_device(run, stub):
    assert run("score", "-", "--output", "/dev/null", stdin=records(good(1))).status == 0


def test_outputs_that_are_refused(run, stub, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_bytes(records(good(1)))
    link = tmp_path / "link.jsonl"
    link.symlink_to(source)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("Seen.")
    for given, out, code in (
        (source, tmp_path, "output_is_folder"),
        (source, tmp_path / "missing" / "out.jsonl", "no_output_folder"),
        (source, source, "output_is_input"),
        (source, link, "output_is_input"),
        (link, source, "output_is_input"),
        (folder, folder / "out.jsonl", "output_is_input"),
    ):
        result = run("score", given, "--output", out)
        assert (result.status, result.out) == (2, "")
        assert result.err.endswith(f"[{code}]\n")
    assert source.read_bytes() == records(good(1))


def test_json_line_is_one_line_for_every_reader():
    value = {"text": "a\u2028b\u2029c\x85d\ne\U0001f600"}
    line = output.json_line(value)
    assert len(line.splitlines()) == 1
    assert json.loads(line) == value


# --- table, scheme, version ------------------------------------------------------------------------------------------


def test_table_holds_no_narrative_and_no_colour(run, stub):
    result = run("score", "--format", "table", stdin=records(good(1), {"id": "r2", "text": ""}))
    assert result.status == 1
    assert CANARY not in result.out
    assert "\x1b" not in result.out
    assert "Record r1" in result.out
    assert "Record r2, line 2\nNot scored: text is empty" in result.out


def test_scheme_names_every_label(run):
    as_json = run("scheme", "--format", "json")
    assert json.loads(as_json.out) == json.loads(json.dumps(scheme.as_dict()))
    text = run("scheme").out
    for label in (*scheme.DIMENSIONS, *scheme.FUNCTION, *scheme.PRESENCE, *scheme.VOICE, *scheme.CAPACITY):
        assert label in text


def test_version_and_help(run):
    assert run("--version").out.startswith("nlp-quality ")
    for arguments in (("--help",), ("score", "--help"), ("evaluate", "--help"), ("scheme", "--help")):
        result = run(*arguments)
        assert result.status == 0
        assert "Usage: nlp-quality" in result.out
    result = run("no-such-command")
    assert result.status == 2
    assert "no-such-command" in result.err


# --- evaluate --------------------------------------------------------------------------------------------------------


def test_evaluate_prints_and_writes(run, stub, tmp_path, monkeypatch):
    monkeypatch.setattr("nlp_quality.evaluation.evaluate", lambda path, scorer: {"n": 1})
    monkeypatch.setattr("nlp_quality.evaluation.render", lambda figures: f"records: {figures['n']}")
    labelled, out = tmp_path / "labelled.jsonl", tmp_path / "figures.json"
    labelled.write_bytes(records(good(1)))
    result = run("evaluate", labelled, "--model", "rules", "--output", out)
    assert (result.status, result.out) == (0, "records: 1\n")
    assert json.loads(out.read_text()) == {"n": 1}
    assert stub.loaded == ["rules"]


def test_evaluate_wants_a_file(run, stub, tmp_path):
    for given, code in ((tmp_path, "not_a_file"), (tmp_path / "missing.jsonl", "not_found")):
        result = run("evaluate", given)
        assert result.status == 2
        assert result.err.endswith(f"[{code}]\n")


# --- commands of other packages --------------------------------------------------------------------------------------


def hello(name: str = "you") -> None:
    """Greet."""
    print(f"hello {name}")


@pytest.fixture
def registered(monkeypatch):
    """A function that registers entry points for the test."""

    def register(**targets):
        points = importlib.metadata.EntryPoints(
            EntryPoint(name=name, value=value, group="nlp_quality.commands") for name, value in targets.items()
        )
        monkeypatch.setattr("nlp_quality.command_group.entry_points", points.select)

    return register


def test_a_registered_command_runs(run, registered):
    registered(hello=f"{__name__}:hello", score=f"{__name__}:hello")
    assert run("hello", "--name", "Nell").out == "hello Nell\n"
    assert "Greet." in run("--help").out
    assert "INPUT" in run("score", "--help").out


def test_a_command_that_cannot_be_loaded_harms_no_other(run, stub, registered):
    registered(broken="no_such_package:serve")
    assert "broken" in run("--help").out
    assert run("score", stdin=records(good(1))).status == 0
    result = run("broken", "--port", "80")
    assert result.status == 2
    assert result.err.startswith("nlp-quality: the command broken cannot be loaded (ModuleNotFoundError")
    assert result.err.endswith("[command_unavailable]\n")


# --- with the packaged model -----------------------------------------------------------------------------------------


def test_a_small_text_end_to_end(run, tmp_path):
    path = tmp_path / "t.jsonl"
    people = [{"name": "Nell Ward", "role": "child", "aliases": ["Nell"]}, {"name": "Ms Ward", "role": "parent"}]
    text = (
        "I visited the family on Monday. I spoke with Nell alone in her bedroom for half an hour. "
        'Nell told me, "I like it when Mum reads to me." Ms Ward was downstairs and appeared tired but warm.'
    )
    path.write_bytes(records({"id": "r1", "record_type": "visit", "text": text, "people": people}))
    result = run("score", path)
    assert result.status == 0
    (card,) = lines(result.out)
    assert (card["id"], set(card["dimensions"])) == ("r1", set(scheme.DIMENSIONS))
    table = run("score", path, "--format", "table")
    assert table.status == 0
    assert "Nell Ward" in table.out
    assert "half an hour" not in table.out


# --- score --resume --------------------------------------------------------------------------------------------------


def resumable(tmp_path, *values):
    source = tmp_path / "in.jsonl"
    source.write_bytes(records(*values))
    return source, tmp_path / "out.jsonl"


def test_a_stopped_run_goes_on_where_it_was_and_scores_nothing_twice(run, stub, tmp_path, monkeypatch):
    values = [good(number) for number in range(6)]
    values[1] = good(1, format="html")  # a bad record counts in the end, whichever run met it.
    values[4] = good(4, text="interrupt")
    source, output = resumable(tmp_path, *values)
    assert run("score", source, "--output", output, "--resume").status == 130
    assert not output.exists()
    scored = []
    score = stub.score
    monkeypatch.setattr(stub, "score", lambda self, record: scored.append(record.id) or score(self, record))
    text = source.read_text()
    known = source.stat()
    source.write_text(text.replace('"interrupt"', '"no stop!!"'))  # as long as before, and given the time of before.
    os.utime(source, ns=(known.st_atime_ns, known.st_mtime_ns))
    done = run("score", source, "--output", output, "--resume")
    assert done.status == 1
    assert scored == ["r4", "r5"]
    assert [line["id"] for line in lines(output.read_text())] == [f"r{number}" for number in range(6)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_an_unfinished_output_of_other_records_is_not_gone_on_with(run, stub, tmp_path):
    source, output = resumable(tmp_path, good(0), good(1, text="interrupt"))
    assert run("score", source, "--output", output, "--resume").status == 130
    source.write_bytes(records(good(7)))
    refused = run("score", source, "--output", output, "--resume")
    assert (refused.status, "other_run" in refused.err) == (2, True)


def test_what_was_cut_short_is_scored_again(run, stub, tmp_path):
    source, output = resumable(tmp_path, good(0), good(1), good(2, text="interrupt"))
    run("score", source, "--output", output, "--resume")
    part = tmp_path / "out.jsonl.part"
    part.write_bytes(part.read_bytes()[:-20])
    run("score", source, "--output", output, "--resume")
    assert [line["id"] for line in lines(part.read_text())] == ["r0", "r1"]
    assert part.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("more", [(), ("--output", "out.jsonl", "--format", "table")])
def test_resume_needs_a_file_of_json_lines(run, stub, tmp_path, monkeypatch, more):
    monkeypatch.chdir(tmp_path)
    source, _ = resumable(tmp_path, good(0))
    refused = run("score", source, "--resume", *more)
    assert (refused.status, "cannot_resume" in refused.err) == (2, True)


def test_resume_needs_an_input_that_can_be_read_again(run, stub, tmp_path):
    refused = run("score", "-", "--resume", "--output", tmp_path / "out.jsonl", stdin=records(good(0)))
    assert (refused.status, "not_a_file" in refused.err) == (2, True)
