"""Every snippet of the README is run as it stands, by the tools it names."""

import json
import re
import shlex
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def run(command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("command", re.findall(r"^\$ (.+)$", "\n".join(blocks("console")), re.M))
def test_command_line_snippet(command: str, tmp_path: Path) -> None:
    done = run(command.replace("scores.jsonl", str(tmp_path / "scores.jsonl")))
    assert done.returncode == 0, done.stderr
    if "scores.jsonl" in command:
        lines = (tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["id"] for line in lines] == [f"sample-{n}" for n in range(1, 5)]
    else:
        assert done.stdout.strip()


@pytest.mark.parametrize("snippet", blocks("python"))
def test_python_snippet(snippet: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(snippet, "README.md", "exec"), {})  # noqa: S102
    assert "Anwen seen_alone ['Anwen was seen alone in the garden.'" in capsys.readouterr().out


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.M))
def test_make_targets_exist(target: str) -> None:
    assert run(f"make --dry-run {target}").returncode == 0


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [BIN / "nlp-quality", "serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while process.poll() is None:
            try:
                with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310
                    break
            except (urllib.error.URLError, ConnectionError):
                continue
        assert process.poll() is None, "the service stopped"
        yield address
    finally:
        process.terminate()
        process.wait(30)


def test_http_snippet(service: str) -> None:
    (snippet,) = [block for block in blocks("sh") if "curl" in block]
    done = run(shlex.join(["bash", "-c", snippet.replace("http://127.0.0.1:8000", service)]))
    card = json.loads(done.stdout)
    assert card["dimensions"]["seen_alone"]["children"][0]["status"] == "seen_alone"


def test_every_command_and_option_is_documented() -> None:
    listed = run("nlp-quality --help").stdout
    for command in re.findall(r"^\s{2}(\w+)\s{2,}\S", listed, re.M):
        assert f"nlp-quality {command}" in README, command


def test_relative_links_lead_somewhere() -> None:
    for page in (README, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page):
            assert (ROOT / target).exists(), target
