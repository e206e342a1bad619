"""A service in its own process, by the rules alone: it starts fast and answers alike."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

SERVE = "import typer; from api.commands import serve; typer.run(serve)"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("NLP_QUALITY_")}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "--port", "0", "--model", "rules"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=own | {"NLP_QUALITY_DATA_DIR": str(tmp_path_factory.mktemp("data"))},
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:  # few lines: the pipe does not fill
            if found := re.search(r"running on (http://\S+)", line):
                yield found[1]
                break
        else:
            raise AssertionError("the service did not start")
    finally:
        process.terminate()
        process.communicate(timeout=60)
