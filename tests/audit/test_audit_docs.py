"""Every option of the audit is in its page."""

from __future__ import annotations

import re
from pathlib import Path

import typer

import nlp_quality.audit
from nlp_quality.audit.commands import audit

PAGE = (Path(nlp_quality.audit.__file__).parent / "README.md").read_text(encoding="utf-8")


def test_every_option_is_documented():
    group = typer.main.get_command(audit)
    options = {
        name
        for command in group.commands.values()
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("--")
    }
    assert {"--sample", "--stratify", "--no-quotes", "--margin"} <= options
    assert sorted(name for name in options if not re.search(rf"{name}\b", PAGE)) == []
