"""The program as it is run, with a real model, in its own process: a few records, and nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import council
import pytest

CANARY = "Zephyrine"


@pytest.mark.parametrize("model", ["rules", "minilm"])
def test_a_few_records(tmp_path, model):
    rows = council.council(8, graded=4)
    rows[0]["text"] = (
        f"I saw {CANARY} on her own in the kitchen. {CANARY} told me she likes the mornings with her aunt."
    )
    rows[0]["people"] = [{"name": CANARY, "role": "child"}]
    rows.append({"id": "bad", "text": "", "people": [{"name": CANARY, "role": CANARY}]})
    source, temporary = council.write(rows, tmp_path / "records.jsonl"), tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-c", "from nlp_quality.cli import main; main()", "audit", str(source)]
    done = subprocess.run(
        [*command, "--output", str(tmp_path / "out"), "--model", model, "--sample", "6", "--no-quotes"],
        env={**os.environ, "TMPDIR": str(temporary), "MPLCONFIGDIR": str(tmp_path / "matplotlib")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # one row is bad.
    assert CANARY not in done.stdout + done.stderr
    found = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert found["audit"]["model"]["name"] == model
    assert found["input"]["scored"] == 6
    left = [path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert left == [source]
