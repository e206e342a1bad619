"""Other people's clients of the LanguageTool API, as they are, against the running service.

`language_tool_python` from PyPI; from npm Quill's plug-in `quill-languagetool` inside Quill, and `annotatedtext-rehype`, with
which editors' plug-ins send rich text. The last two run where node is and `npm ci --prefix tests/clients` has been done.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import language_tool_python
import pytest
from language_tool_python.exceptions import LanguageToolError

HERE = Path(__file__).parent
DRAFT = (
    "Visit on Tuesday 😀. I saw Perrin, and Perrin appeared happy. "
    "Mr Delacroix said that the job had come through. I think he is a devoted dad."
)
STOCK = "I saw Perrin, and Perrin appeared happy."
VIEW = "I think he is a devoted dad."
PEOPLE = json.dumps([{"name": "Perrin", "role": "child", "age": 8}, {"name": "Mr Delacroix", "role": "parent"}])


@pytest.fixture
def tool(address):
    with language_tool_python.LanguageTool("en-GB", remote_server=address) as client:
        yield client


def test_language_tool_python_finds_each_sentence(tool) -> None:
    found = tool.check(DRAFT)
    spans = {match.rule_id: DRAFT[match.offset : match.offset + match.error_length] for match in found}
    assert spans["analysis.unsupported_conclusion"] == VIEW
    assert spans["voice.stock_phrase"] == STOCK
    assert {match.category for match in found} == {"analysis", "child_voice"}
    assert all(match.replacements == [] for match in found)
    assert all(match.message.endswith("?") for match in found)


def test_language_tool_python_chooses_rules_and_levels(tool) -> None:
    tool.disabled_rules = {"voice.stock_phrase"}
    assert "voice.stock_phrase" not in {match.rule_id for match in tool.check(DRAFT)}
    tool.disabled_rules = set()
    tool.picky = True
    assert "voice.daily_life" in {match.rule_id for match in tool.check(DRAFT)}


def test_language_tool_python_never_changes_the_text(tool) -> None:
    assert tool.correct(DRAFT) == DRAFT


def test_language_tool_python_shows_a_refusal_as_it_comes(tool) -> None:
    with pytest.raises(LanguageToolError, match=r"^Error: The text is longer than the limit of 200,000 characters\.$"):
        tool.check(DRAFT * 2_000)


def node(script: str, text: str, address: str, **options: str) -> dict[str, Any]:
    if shutil.which("node") is None or not (HERE / "node_modules").is_dir():
        pytest.skip("node, or the clients of tests/clients, are not installed")
    command = ["node", str(HERE / script), address, json.dumps(options)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    reply: dict[str, Any] = json.loads(done.stdout)
    return reply


def test_quills_plug_in_marks_the_words_in_the_editor(address) -> None:
    found = node("quill.mjs", DRAFT, address, people=PEOPLE)
    assert {match["rule"]["id"] for match in found["matches"]} == {
        "analysis.unsupported_conclusion",
        "voice.stock_phrase",
    }
    assert sorted(found["marked"]) == sorted([STOCK, VIEW])
    assert found["text"] == f"{DRAFT}\n"


def test_rich_text_is_marked_where_it_stands_between_its_markup(address) -> None:
    html = "".join(f"<p>{part}</p>" for part in DRAFT.replace("devoted", "<i>devoted</i>").split(". "))
    found = node("rich_text.mjs", html, address, people=PEOPLE)
    assert found["status"] == 200
    assert "I think he is a <i>devoted</i> dad." in found["marked"]
    assert STOCK.rstrip(".") in found["marked"]
