"""The store's commands, as an operator types them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from api.settings import Settings
from api.store import audit_log, feedback
from api.store.database import Store
from api.store.feedback import Opinion
from nlp_quality.cli import app
from tests.soak.processes import until


def run(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=stdin)


@pytest.fixture
def store() -> Any:
    store = Store(Settings())
    store.open()
    yield store
    store.close()


def test_migrate_goes_up_and_down(store: Store) -> None:
    assert run("migrate").stdout == "The store is at revision 0002.\n"
    assert run("migrate", "--to", "base").stdout == "The store is at revision base.\n"
    wrong = run("migrate", "--to", "7")
    assert wrong.exit_code == 2
    assert "[unknown_revision]" in wrong.output


def test_verify_names_the_first_row_that_does_not_hold(store: Store) -> None:
    for _ in range(3):
        with store.session() as session:
            audit_log.append(store, session, tenant="local", who="operator", what="purged")
    good = run("audit-log", "verify")
    assert good.exit_code == 0
    head = good.stdout.split()[-1]
    assert run("audit-log", "verify", "--head", head).exit_code == 0
    assert run("audit-log", "verify", "--head", "0" * 63 + "1").exit_code == 1
    with store.session() as session:
        session.execute(text("DROP TRIGGER audit_log_no_update"))
        session.execute(text("UPDATE audit_log SET who = 'nobody' WHERE number = 2"))
    bad = run("audit-log", "verify")
    assert (bad.exit_code, bad.stdout) == (1, "Row 2 does not hold: it was changed.\n")


def test_a_wrong_key_is_one_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.store.keys import new_key

    monkeypatch.setenv("NLP_QUALITY_KEY", new_key())
    for words in (("migrate",), ("purge",), ("audit-log", "verify"), ("serve", "--model", "rules")):
        found = run(*words)
        assert found.exit_code == 2
        assert found.output.splitlines()[-1].endswith("[wrong_key]")


def test_purge_says_what_went(store: Store) -> None:
    assert run("purge", "--dry-run").stdout == "Would remove 0 batches, 0 score events, 0 feedback.\n"
    assert run("purge").stdout == "Removed 0 batches, 0 score events, 0 feedback.\n"


def test_export_and_pseudonyms(store: Store, tmp_path: Path) -> None:
    assert run("export", "--output", str(tmp_path / "out")).exit_code == 0
    assert (tmp_path / "out" / "score_events.csv").exists()
    assert run("export", "--output", str(tmp_path / "out")).exit_code == 2
    found = run("pseudonym", stdin="child-7\n\nchild-8\n").stdout.split()
    with store.session() as session:
        secret = store.tenant(session, "local")
    assert found == [secret.pseudonym("child_id", name) for name in ("child-7", "child-8")]


def test_feedback_comes_out_as_opinions_or_as_records(store: Store, tmp_path: Path) -> None:
    with store.session() as session:
        feedback.keep(store, session, Opinion("analysis", agree=False, record_id="b"), tenant="local", who="x")
    (line,) = run("feedback", "export").stdout.splitlines()
    assert json.loads(line)["record_id"] == "b"
    records = tmp_path / "records.jsonl"
    records.write_text('{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}\n')
    output = tmp_path / "candidates.jsonl"
    assert run("feedback", "export", "--records", str(records), "--output", str(output)).exit_code == 0
    (candidate,) = map(json.loads, output.read_text().splitlines())
    assert (candidate["id"], candidate["text"]) == ("b", "Two.")


def test_rotate_key_and_forget_the_old(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    file = store.key_file
    assert file is not None
    before = file.read_text()
    assert "anew" in run("rotate-key").stdout
    assert before in file.read_text()
    assert "gone" in run("rotate-key", "--forget-old").stdout
    assert before not in file.read_text()
    assert len(file.read_text().split()) == 1
    assert run("audit-log", "verify").exit_code == 0
    monkeypatch.setenv("NLP_QUALITY_KEY", file.read_text())
    assert "[key_in_environment]" in run("rotate-key", "--forget-old").output


def test_a_worker_starts_and_ends_when_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "nlp_quality", "worker", "--model", "rules"], stdout=stream, stderr=stream
        )
    try:
        until(lambda: "Scoring batches." in log.read_text(), what="a start")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
