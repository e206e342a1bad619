"""One audit through the command line, with the council's own scorer in the place of a model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import council
import pytest
from typer.testing import CliRunner

from nlp_quality.audit import commands
from nlp_quality.cli import app


@dataclass
class Done:
    folder: Path
    status: int
    out: str
    err: str

    @property
    def found(self) -> dict:
        return json.loads((self.folder / "audit.json").read_text(encoding="utf-8"))

    @property
    def page(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def audit(monkeypatch, tmp_path):
    """A function from rows (or a path) and options to a finished audit; `scorer` scores in the place of a model."""

    def run(rows, *options, scorer=None, folder="out") -> Done:
        scorer = scorer or council.GoldScorer()
        monkeypatch.setattr(commands, "Scorer", SimpleNamespace(load=lambda *_, **__: scorer))
        source = rows if isinstance(rows, Path) else council.write(rows, tmp_path / "input.jsonl")
        arguments = ["audit", str(source), "--output", str(tmp_path / folder), *map(str, options)]
        result = CliRunner().invoke(app, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(tmp_path / folder, result.exit_code, result.stdout, result.stderr)

    return run
