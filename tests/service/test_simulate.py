"""`nlp-quality simulate-saves`: calls as an editor would, and tells what came of it without a word of any record."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from itertools import pairwise

import pytest
from process import SECONDS, serving

from api.simulate import FINISHED, PARAGRAPHS, Writer, paragraphs_of
from nlp_quality.errors import NlpQualityError


@pytest.fixture(scope="module")
def service():
    with serving("--model", "rules") as running:
        yield running


def simulate(*options):
    return subprocess.run(
        [sys.executable, "-m", "nlp_quality", "simulate-saves", *options],
        capture_output=True,
        text=True,
        timeout=2 * SECONDS,
        check=False,
    )


def test_it_reports_statuses_times_and_hits(service, tmp_path):
    output = tmp_path / "figures.json"
    done = simulate(service.url, "--saves", "40", "--deadline-ms", "60000", "--output", str(output))
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text())
    assert json.loads(done.stdout) == figures
    assert figures["saves"] == 40
    assert figures["statuses"] == {"200": 40}
    assert figures["cache"]["hit"] > 0
    assert figures["cache"]["miss"] > 0
    assert figures["milliseconds"]["p50"] > 0
    assert service.figure("nlp_quality_levels_total") % 4 == 0  # finished records were no drafts
    assert "Kofi" not in done.stdout + done.stderr


def test_records_of_ones_own_can_be_written(service, tmp_path):
    own = tmp_path / "own.jsonl"
    own.write_text(json.dumps({"text": "I saw Zephyrine alone.\n\nShe was well."}) + "\n")
    assert paragraphs_of(own) == ("I saw Zephyrine alone.", "She was well.")
    done = simulate(service.url, "--saves", "5", "--rate", "20", "--deadline-ms", "60000", "--text", str(own))
    assert json.loads(done.stdout)["statuses"] == {"200": 5}
    assert "Zephyrine" not in done.stdout + done.stderr + service.printed()


def test_no_service_is_a_clear_error():
    done = simulate("http://127.0.0.1:1", "--saves", "2")
    assert done.returncode == 2
    assert "never answered" in done.stderr


def test_a_file_without_records_is_a_clear_error(tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(NlpQualityError, match="no record"):
        paragraphs_of(empty)


def test_saves_are_shaped_like_an_editors_and_the_same_seed_writes_the_same():
    one, other = (Writer(0, PARAGRAPHS, random.Random("7")) for _ in range(2))  # noqa: S311
    sent = [one.save() for _ in range(60)]
    assert sent == [other.save() for _ in range(60)]
    assert any(a == b for a, b in pairwise(sent))
    records = [json.loads(body) for body in sent]
    assert {record["format"] for record in records} == {"html"}
    assert {record["draft"] for record in records} == {True, False}
    assert all(record["text"].count("<p>") == FINISHED for record in records if not record["draft"])
