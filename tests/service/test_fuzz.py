"""The OpenAPI document is kept: schemathesis calls every operation with data that fits it and data that does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from process import SECONDS, serving

EXAMPLES = "15"  # of each operation and phase
OFTEN = "1000000/minute"


def test_every_operation_is_as_documented(tmp_path):
    with serving("--model", "rules") as service:
        expect_as_documented(service, tmp_path)


def test_every_operation_is_as_documented_where_callers_must_be_known(tmp_path):
    data = str(tmp_path / "data")
    made = subprocess.run(
        [sys.executable, "-m", "nlp_quality", "keys", "create", "--name", "fuzz", "--scope", "admin"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
        env={**os.environ, "NLP_QUALITY_DATA_DIR": data},
    )
    key = made.stdout.strip()
    with serving("--model", "rules", data_dir=data, rate_limit=OFTEN, failure_limit=OFTEN) as service:
        # In both places a key may stand, since two that differ are refused and schemathesis would make one up.
        both = (f"Authorization: Bearer {key}", f"X-API-Key: {key}")
        expect_as_documented(service, tmp_path, *(part for header in both for part in ("--header", header)))
        assert key not in service.printed()


def expect_as_documented(service, folder, *options):
    done = subprocess.run(
        [
            Path(sys.executable).with_name("st"),
            *("--config-file", Path(__file__).with_name("schemathesis.toml"), "run"),
            f"{service.url}/openapi.json",
            *("--checks", "all", "--max-examples", EXAMPLES, "--generation-deterministic", "--no-color"),
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=2 * SECONDS,
        check=False,
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in service.printed()
    assert "unforeseen" not in service.printed()
