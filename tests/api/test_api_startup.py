"""How the service starts, and how it refuses to."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from api import commands
from api.logs import LOG_CONFIG, QuietFormatter
from api.main import create_app
from api.metrics import SHARED_FOLDER
from api.settings import Settings
from nlp_quality import ModelError

app = typer.Typer()
app.command()(commands.serve)


@pytest.fixture
def started(monkeypatch):
    """What `serve` hands to uvicorn."""
    calls = []
    monkeypatch.setattr(commands.uvicorn, "run", lambda target, **options: calls.append((target, options)))
    return calls


async def start(service):
    async with service.router.lifespan_context(service):
        return service.state.service.scorer


def test_the_lifespan_loads_the_model():
    service = create_app(Settings())
    assert service.state.service.scorer is None
    scorer = asyncio.run(start(service))
    assert scorer is not None
    assert scorer.model.name


def test_a_missing_model_stops_the_start():
    with pytest.raises(ModelError):
        asyncio.run(start(create_app(Settings(model="no-such-model"))))


def test_a_missing_model_stops_serve_before_it_listens(started):
    result = CliRunner().invoke(app, ["--model", "no-such-model"])
    assert isinstance(result.exception, ModelError)
    assert started == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])  # noqa: S104
def test_serve_listens_on_this_machine_alone(started, host):
    result = CliRunner().invoke(app, ["--host", host])
    assert result.exit_code == 2
    assert "authentication" in result.output
    assert started == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_hosts_are_taken(started, host):
    assert CliRunner().invoke(app, ["--host", host, "--port", "8123"]).exit_code == 0
    (_, options) = started[0]
    assert (options["host"], options["port"]) == (host, 8123)
    assert options["access_log"] is False
    assert options["server_header"] is False


def test_settings_come_from_the_environment_unless_told(started, monkeypatch):
    monkeypatch.setenv("NLP_QUALITY_PORT", "8111")
    CliRunner().invoke(app, [])
    CliRunner().invoke(app, ["--port", "8222"])
    assert [options["port"] for _, options in started] == [8111, 8222]


def test_a_wrong_setting_is_named_and_its_value_is_not(started, monkeypatch):
    monkeypatch.setenv("NLP_QUALITY_MAX_BODY_BYTES", "plenty")
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "NLP_QUALITY_MAX_BODY_BYTES" in result.output
    assert "plenty" not in result.output
    assert started == []


def test_workers_are_told_of_the_model(started, monkeypatch, scorer):
    for name in ("NLP_QUALITY_MODEL", "NLP_QUALITY_WORKERS", SHARED_FOLDER):
        monkeypatch.setenv(name, "1")  # set by the test so that it is restored
    CliRunner().invoke(app, ["--workers", "2", "--model", scorer.model.name])
    (target, options) = started[0]
    assert (target, options["factory"], options["workers"]) == ("api.main:create_app", True, 2)
    assert os.environ["NLP_QUALITY_MODEL"] == scorer.model.name
    assert os.environ["NLP_QUALITY_WORKERS"] == "2"


def test_importing_reads_no_environment_and_loads_no_model():
    # A wrong setting would raise, and a loaded pipeline would be found among the objects.
    code = (
        "import gc, api.main, api.commands; from spacy.language import Language; "
        "assert not any(isinstance(item, Language) for item in gc.get_objects())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "NLP_QUALITY_PORT": "x"}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_logs_hold_no_message_of_an_exception():
    formatter = QuietFormatter()
    try:
        raise RuntimeError("Zephyrine was seen")
    except RuntimeError:
        text = formatter.formatException(sys.exc_info())
    assert text.startswith("RuntimeError at test_api_startup.py:")
    assert "Zephyrine" not in text
    assert LOG_CONFIG["loggers"]["uvicorn.access"]["handlers"] == []
