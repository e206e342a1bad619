"""`nlp-quality train`: registered through the entry-point group, so that the command line never imports training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlp_quality import corpus
from nlp_quality.training import rules_model


def train(
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="`minilm` or `rules`; both when left out.")
    ] = None,
    folder: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The corpus to build from.")] = corpus.CORPUS,
) -> None:
    """Rebuild the models from the corpus: fit, calibrate, export, measure, write cards and digests.

    The trained model needs the extra `train`; a run that was stopped goes on from its last whole epoch.
    """
    if model not in (None, "minilm", "rules"):
        raise typer.BadParameter("the models are 'minilm' and 'rules'", param_hint="--model")
    if model != "minilm":
        typer.echo(f"nlp-quality: built {rules_model.build(folder).parent.name}", err=True)
    if model != "rules":
        from nlp_quality.training import encoder_model  # noqa: PLC0415  # torch is only in the extra `train`.

        typer.echo(f"nlp-quality: built {encoder_model.build(folder).parent.name}", err=True)
