"""The page's bundles: built from the sources beside them, with their licences, and reaching nowhere else."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

API = Path(__file__).parents[2] / "api"
WEB, STATIC = API / "web", API / "static"
OWN = {"sign_out.js", "icon.svg"}


def test_the_bundles_were_built_from_the_sources_as_they_are():
    """As `build.mjs` reckons it: a change without `npm run build` is seen where there is no node."""
    names = ["build.mjs", "package.json", "package-lock.json", "tsconfig.json"]
    names += [path.relative_to(WEB).as_posix() for path in (WEB / "src").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{name}\n{hashlib.sha256((WEB / name).read_bytes()).hexdigest()}\n".encode())
    assert (STATIC / "sources.sha256").read_text().strip() == digest.hexdigest(), "run `npm run build` in api/web"


def test_the_lock_names_no_registry():
    assert "resolved" not in (WEB / "package-lock.json").read_text()


def test_every_package_in_the_bundles_has_its_licence_beside_them():
    notices = (STATIC / "NOTICES.txt").read_text(encoding="utf-8")
    for name in (
        "@codemirror/lint",
        "@codemirror/view",
        "preact",
        "docx",
        "mammoth",
        "quill",
        "govuk-frontend",
        "jszip",
    ):
        assert re.search(rf"^{re.escape(name)} \d", notices, re.MULTILINE), name


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_stylesheets_fetch_nothing_and_hold_no_typeface(path):
    sheet = path.read_text(encoding="utf-8")
    assert "@font-face" not in sheet
    assert "@import" not in sheet
    assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", sheet)
    assert "crown" not in sheet


def test_the_component_is_one_file_that_imports_nothing():
    script = (STATIC / "record-feedback.js").read_text(encoding="utf-8")
    assert not re.search(r"\bimport\b\s*[({\"'*]", script)
    assert len(script) < 60_000


def test_every_file_is_accounted_for():
    built = {"page.js", "page.css", "demo.js", "demo.css", "open-docx.js", "export-docx.js", "record-feedback.js"}
    assert {path.name for path in STATIC.iterdir()} == built | OWN | {"NOTICES.txt", "sources.sha256"}
