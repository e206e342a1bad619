"""The workflow that rebuilds the models names what is there."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from nlp_quality.cli import app
from nlp_quality.training.commands import Step

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((MODELS / "project.yml").read_text(encoding="utf-8"))
    return found


def test_it_runs_every_step_of_the_trained_model_in_order(project: dict[str, Any]) -> None:
    named = [name for name in project["workflows"]["all"] if name in set(Step)]
    assert named == list(Step)
    assert {command["name"] for command in project["commands"]} == set(project["workflows"]["all"])


def test_what_it_depends_on_is_in_the_house_or_made_by_a_step_before(project: dict[str, Any]) -> None:
    made: set[str] = set()
    for command in project["commands"]:
        for path in command["deps"]:
            assert path in made or (MODELS / path).exists(), path
        made |= {*command.get("outputs", ()), *command.get("outputs_no_cache", ())}


def test_its_outputs_are_the_packaged_models(project: dict[str, Any]) -> None:
    for command in project["commands"]:
        for path in command.get("outputs", ()):
            assert (MODELS / path).is_file(), path


def test_every_script_is_a_command_there_is(project: dict[str, Any]) -> None:
    for command in project["commands"]:
        for script in command["script"]:
            arguments = script.removeprefix("python -m nlp_quality ").split()
            assert (
                CliRunner()
                .invoke(app, [*arguments[: arguments.index("check") + 1 if "check" in arguments else 1], "--help"])
                .exit_code
                == 0
            )
