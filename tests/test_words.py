"""What is said: plain words, each with its reason and standard, and an organisation's own in one checked file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import textstat

from nlp_quality import Person, Record, Scorer, organisation, to_dict
from nlp_quality.errors import InvalidWording
from nlp_quality.scheme import DIMENSIONS, SEVERITIES, as_dict
from nlp_quality.words import KINDS, Wording, packaged, placeholders

OWN = Path(__file__).parent / "data" / "wording.toml"
SOURCE = Path(__file__).parents[1] / "nlp_quality"
OLDEST = 9.0  # the school grade of fourteen-year-olds
WORDS = packaged().by_code
RECORD = Record(
    text="Visit to the flat. Ms Tillotson did not engage with the service. Corin and I did the three houses in the hall. "
    "Ms Tillotson drinks most evenings.",
    people=(Person("Corin", "child", age=6), Person("Ms Tillotson", "parent")),
    record_type="visit",
)


def said(wording: Wording) -> list[str]:
    filled = [message.replace("{child}", "Mia") for message in (wording.message, wording.baby) if message]
    return [*filled, wording.why]


@pytest.mark.parametrize("wording", WORDS.values(), ids=lambda w: w.code)
def test_a_code_is_worded_for_a_reading_age_of_twelve_to_fourteen(wording: Wording) -> None:
    for text in said(wording):
        assert textstat.automated_readability_index(text) <= OLDEST, text
        assert textstat.coleman_liau_index(text) <= OLDEST, text


@pytest.mark.parametrize("wording", WORDS.values(), ids=lambda w: w.code)
def test_a_code_asks_unless_it_praises_and_says_why_and_by_what_standard(wording: Wording) -> None:
    assert wording.kind in KINDS
    assert wording.dimension in DIMENSIONS
    assert (wording.severity in SEVERITIES) == (wording.kind == "finding")
    assert wording.source
    for message in (wording.message, wording.baby or wording.message):
        assert ("?" in message) == (wording.severity != "praise")
        assert placeholders(message) <= {"child"}
    assert wording.why.endswith(".")


def test_every_dimension_has_something_good_to_say() -> None:
    assert {wording.dimension for wording in WORDS.values() if wording.severity == "praise"} == set(DIMENSIONS)


def test_no_code_is_used_that_is_not_worded_and_none_is_worded_in_vain() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "dimensions").glob("*.py"))
    for name in WORDS:
        assert f'"{name}"' in code, name


def test_the_scheme_lists_every_code_with_why() -> None:
    codes = as_dict()["codes"]
    assert set(codes) == set(WORDS)
    assert codes["voice.not_heard"]["why"] == WORDS["voice.not_heard"].why
    assert any("paragraph 14" in source for source in codes["voice.not_heard"]["source"])


# --- an organisation's own file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["rules", "minilm"])
def test_own_words_change_what_is_said_and_no_level(model: str) -> None:
    plain, own = (Scorer.load(model, wording=wording).score(RECORD) for wording in (None, OWN))
    before, after = to_dict(plain), to_dict(own)
    for name in DIMENSIONS:
        said_before, said_after = (card["dimensions"][name].pop("prompts") for card in (before, after))
        assert {p["code"] for p in said_before} - {p["code"] for p in said_after} <= {"capacity.strengths"}
    findings = {f["code"]: f for f in after["findings"]}
    assert {"own.did_not_engage", "own.three_houses"} <= set(findings)
    assert findings["own.did_not_engage"]["dimension"] == "parental_capacity"
    assert findings["own.three_houses"]["severity"] == "praise"
    assert RECORD.text[slice(*(findings["own.three_houses"][k] for k in ("start", "end")))].startswith("Corin and I")
    after["findings"] = [f for f in after["findings"] if not f["code"].startswith("own.")]
    assert after == before
    messages = [p.message for score in own.dimensions.values() for p in score.prompts]
    assert "What is a school day like for the child, and what is a Sunday like?" in messages


def test_a_child_not_heard_is_named_in_an_organisations_words_too() -> None:
    record = replace(RECORD, text="Visit to the flat. The hall was being painted. Ms Tillotson was out at work.")
    prompts = Scorer.load("rules", wording=OWN).score(record).dimensions["child_voice"].prompts
    assert [p.message for p in prompts if p.code == "voice.not_heard"] == ["What has Corin told you, or shown you?"]


def test_a_cue_that_is_denied_or_planned_says_nothing() -> None:
    own = organisation.load(OWN)
    scorer = Scorer.load("rules", wording=OWN)
    record = replace(
        RECORD, text="Visit to the flat. Next time Corin and I will do the three houses together. He waved."
    )
    assert own.words["own.three_houses"].severity == "praise"
    assert not [f for f in scorer.score(record).findings if f.code.startswith("own.")]


CUE = """
[[cue]]
id = "own.x"
label = "child_view"
pattern = "three houses"
examples = ["three houses"]
message = "What did the child say?"
"""
BROKEN = {
    "not-toml": ('off = [\n\n  "voice.used"\n', 4, "not TOML"),
    "a-slip": ("off = []\n\nwords = = 1\n", 3, "not TOML"),
    "unknown-key": ("\n\nofff = []\n", 3, "offf"),
    "unknown-code-off": ('# ours\noff = ["voice.daily_live"]\n', 2, "voice.daily_live"),
    "fixed-off": ('off = [\n  "voice.used",\n  "voice.not_heard",\n]\n', 1, "cannot be turned off"),
    "off-no-list": ('off = "voice.used"\n', 1, "list"),
    "unknown-code": ('\n[words."voice.us"]\nmessage = "Why?"\n', 2, "voice.us"),
    "unknown-field": ('[words."voice.used"]\nmesage = "Why?"\n', 2, "mesage"),
    "no-text": ('[words."voice.used"]\n# a number\nmessage = 3\n', 3, "one line"),
    "blank": ('[words."voice.used"]\nmessage = " "\n', 2, "one line"),
    "too-long": (f'[words."voice.used"]\nmessage = "{"Why? " * 80}"\n', 2, "one line"),
    "lost-placeholder": ('[words."voice.not_heard"]\nmessage = "What did they say?"\n', 2, "{child}"),
    "new-placeholder": ('[words."voice.used"]\nmessage = "And {name}?"\n', 2, "placeholders"),
    "sly-placeholder": ('[words."voice.not_heard"]\nmessage = "And {child.__class__}?"\n', 2, "placeholder"),
    "open-brace": ('[words."voice.not_heard"]\nmessage = "And {child?"\n', 2, "placeholder"),
    "no-question": ('[words."voice.used"]\nwhy = "So."\nmessage = "Write more."\n', 3, "asks"),
    "no-baby": ('[words."voice.used"]\nbaby = "Why?"\n', 2, "every child"),
    "cue-lacks": ('off = []\n\n[[cue]]\nid = "own.x"\n', 3, "label"),
    "cue-id": (CUE.replace("own.x", "voice.x"), 3, "own."),
    "cue-twice": (CUE + CUE, 10, "another cue"),
    "cue-label": (CUE.replace("child_view", "child_views"), 4, "label"),
    "cue-severity": (CUE + 'severity = "grave"\n', 8, "severity"),
    "cue-pattern": (CUE.replace("three houses", "three (houses", 1), 5, "regular expression"),
    "cue-macro": (CUE.replace("three houses", "{KID} houses", 1), 5, "braces"),
    "cue-empty": (CUE.replace("three houses", "(?:three houses)?", 1), 5, "nothing is written"),
    "cue-example": (CUE.replace('["three houses"]', '["three houses", "two"]'), 6, "example 2"),
    "cue-counter": (CUE + 'not = [\n  "a",\n  "three houses",\n]\n', 8, "counter-example 2"),
    "cue-no-example": (CUE.replace('["three houses"]', "[]"), 6, "example"),
    "after-long-text": (
        CUE.replace('"What', '"""What').replace('say?"', 'say\\\n  ?"""') + "\n# end\nwhat = 1\n",
        11,
        "what",
    ),
    "cue-slow": (CUE.replace("three houses", r"(?:\\w+ ?)+houses", 1), 5, "too long"),
    "laid-out": (CUE.replace('"three houses"', "'''\nthree\\ houses(\n'''", 1), 5, "regular expression"),
}


@pytest.mark.parametrize(("text", "line", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_the_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = tmp_path / "wording.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidWording) as refused:
        organisation.load(path)
    assert refused.value.line == line
    assert f"line {line}: " in refused.value.message
    assert says in refused.value.message


def test_a_file_that_is_not_utf8_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wording.toml"
    path.write_bytes(b"off = []\n# caf\xe9\n")
    with pytest.raises(InvalidWording, match="line 2: this is not UTF-8"):
        organisation.load(path)
    with pytest.raises(InvalidWording, match="cannot be opened"):
        organisation.load(tmp_path / "none.toml")


def test_a_file_with_a_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wording.toml"
    path.write_bytes(b"\xef\xbb\xbf" + OWN.read_bytes().replace(b"\n", b"\r\n"))
    assert organisation.load(path).words == organisation.load(OWN).words


def score(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from nlp_quality.cli import main; main()", "score", "-", "--model", "rules"]
    line = json.dumps({"text": RECORD.text, "record_type": "visit"})
    return subprocess.run(
        [*command, *options], input=line, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_the_command_line_takes_the_file_by_option_or_environment(tmp_path: Path) -> None:
    for done in (score("--wording", str(OWN)), score(NLP_QUALITY_WORDING=str(OWN))):
        assert done.returncode == 0, done.stderr
        assert "own.did_not_engage" in done.stdout
    broken = tmp_path / "wording.toml"
    broken.write_text('off = ["voice.nothing"]\n', encoding="utf-8")
    done = score("--wording", str(broken))
    assert done.returncode == 2
    assert "line 1: there is no code voice.nothing." in done.stderr
    assert done.stdout == ""
