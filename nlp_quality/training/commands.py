"""`nlp-quality train`: registered through the entry-point group, so that the command line never imports training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlp_quality import corpus
from nlp_quality.training import rules_model


def train(
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="The model to rebuild.")] = "rules",
    folder: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The corpus to build from.")] = corpus.CORPUS,
) -> None:
    """Rebuild a model from the corpus: its tables, figures, card and digests."""
    if model != "rules":
        raise typer.BadParameter("only 'rules' can be rebuilt in this version", param_hint="--model")
    rules_model.build(folder)
    typer.echo("nlp-quality: the model rules is rebuilt.", err=True)
