"""The OpenAPI document is kept: schemathesis calls every operation with data that fits it and data that does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from process import SECONDS, serving

EXAMPLES = "15"  # of each operation and phase


def test_every_operation_is_as_documented(tmp_path):
    with serving("--model", "rules") as service:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("st"),
                *("--config-file", Path(__file__).with_name("schemathesis.toml"), "run"),
                f"{service.url}/openapi.json",
                *("--checks", "all", "--max-examples", EXAMPLES, "--generation-deterministic", "--no-color"),
            ],
            capture_output=True,
            text=True,
            timeout=2 * SECONDS,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(Path(__file__).parent)},
        )
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in service.printed()
    assert "unforeseen" not in service.printed()
