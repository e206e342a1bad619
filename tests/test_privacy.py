"""A canary in a sentence that becomes evidence and in a child's name stays where it belongs: in the output alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

CANARY = "Zephyrine"
GOOD = {
    "id": "good",
    "text": f"I saw {CANARY} on her own in the kitchen. {CANARY} told me she likes the mornings with her aunt.",
    "people": [{"name": CANARY, "role": "child"}],
    "record_type": "visit",
}
BAD = [
    json.dumps(GOOD | {"text": [CANARY]}),
    json.dumps(GOOD | {"people": [{"name": CANARY, "role": CANARY}]}),
    json.dumps(GOOD | {"record_type": CANARY}),
    json.dumps(GOOD)[:-2],
]


def test_the_command_line_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    source, output = tmp_path / "records.jsonl", tmp_path / "cards.jsonl"
    source.write_text("\n".join([json.dumps(GOOD), *BAD]) + "\n", encoding="utf-8")
    command = [sys.executable, "-c", "from nlp_quality.cli import main; main()"]
    done = subprocess.run(
        [*command, "score", str(source), "--output", str(output)],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert CANARY not in done.stdout + done.stderr
    card, *errors = output.read_text(encoding="utf-8").splitlines()
    assert CANARY in json.dumps(json.loads(card)["dimensions"]["child_voice"]["evidence"])
    assert len(errors) == len(BAD)
    assert not any(CANARY in line for line in errors)
    left = [path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert sorted(left) == [output, source]
