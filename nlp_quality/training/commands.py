"""`nlp-quality train`: registered through the entry-point group, so that the command line never imports training."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nlp_quality import corpus


class Step(StrEnum):
    """The steps that make the trained model, in order."""

    fit = "fit"
    export = "export"
    calibrate = "calibrate"
    measure = "measure"


def train(
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="`minilm` or `rules`; both when left out.")
    ] = None,
    step: Annotated[Step | None, typer.Option("--step", help="One step of `minilm` alone; all when left out.")] = None,
    folder: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The corpus to build from.")] = corpus.CORPUS,
) -> None:
    """Rebuild the models from the corpus: fit, export, calibrate, measure, write cards and digests.

    Training needs the extra `train`; a run that was stopped goes on from its last whole epoch. `make train` runs
    the steps as the workflow of `models/project.yml`, each only where what it needs has changed.
    """
    if model not in (None, "minilm", "rules"):
        raise typer.BadParameter("the models are 'minilm' and 'rules'", param_hint="--model")
    if model != "minilm" and step is None:
        from nlp_quality.training import rules_model  # noqa: PLC0415  # what it needs is in the extra `train` too.

        typer.echo(f"nlp-quality: built {rules_model.build(folder).parent.name}", err=True)
    if model != "rules":
        from nlp_quality.training import encoder_model as own  # noqa: PLC0415  # torch is only in the extra `train`.

        steps: dict[Step, Callable[[], Path]] = {
            Step.fit: lambda: own.fit_weights(folder=folder),
            Step.export: lambda: own.export_weights(folder=folder),
            Step.calibrate: lambda: own.calibrate(folder=folder),
            Step.measure: lambda: own.measure_all(folder=folder),
        }
        for name in Step if step is None else [step]:
            typer.echo(f"nlp-quality: {own.NAME}: {name}: {steps[name]().name}", err=True)
