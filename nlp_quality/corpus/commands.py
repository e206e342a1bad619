"""`nlp-quality corpus`, `annotate` and `agreement`: registered through the entry-point group."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from nlp_quality import corpus as corpora
from nlp_quality.corpus import agreement as agreements
from nlp_quality.corpus import check as checks
from nlp_quality.corpus import drafting, label_studio, spreadsheet
from nlp_quality.errors import UnreadableInput
from nlp_quality.formats import read_records
from nlp_quality.reader import Reader

EXIT_PROBLEMS: Final = 1

corpus = typer.Typer(help="The annotated corpus.", no_args_is_help=True)
annotate = typer.Typer(help="Label records of your own.", no_args_is_help=True)


@corpus.callback()
def _corpus() -> None:
    """The annotated corpus."""


@corpus.command("check")
def corpus_check(
    folder: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The corpus.")] = corpora.CORPUS,
    partial: Annotated[
        bool, typer.Option("--partial", help="Do not ask for the full size: it is still growing.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", metavar="OUT.json", help="Write the figures here.")] = None,
) -> None:
    """Check shape, counts, templates, near-copies and artefacts; exit status 1 when something is wrong."""
    report = checks.check(folder, complete=not partial)
    if output is not None:
        output.write_text(json.dumps(report.figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for problem in report.problems:
        typer.echo(problem)
    figures = report.figures
    typer.echo(
        f"{figures['records']} records, {figures['sentences']} sentences, {figures['passages']} passages by "
        f"{figures['authors']} authors: {len(report.problems)} problems"
    )
    if report.problems:
        raise typer.Exit(EXIT_PROBLEMS)


@annotate.command("export")
def annotate_export(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="Records, in any format that `score` reads.")],
    output: Annotated[
        Path, typer.Option("--output", metavar="OUT", help="An .xlsx workbook, or .json for Label Studio.")
    ],
) -> None:
    """Lay records out for annotation; the tool's own answers are never shown."""
    ready = drafting.drafts(read_records(source), Reader.load())
    if output.suffix == ".xlsx":
        count = spreadsheet.write(ready, output)
    elif output.suffix == ".json":
        count = label_studio.write(ready, output)
        output.with_suffix(".xml").write_text(label_studio.setup(), encoding="utf-8")
        typer.echo(f"nlp-quality: the labelling set-up is in {output.with_suffix('.xml').name}.", err=True)
    else:
        raise typer.BadParameter("OUT must end in .xlsx or .json", param_hint="--output")
    typer.echo(f"nlp-quality: {count} records to annotate.", err=True)


@annotate.command("import")
def annotate_import(
    source: Annotated[
        Path, typer.Argument(metavar="INPUT", help="The annotated .xlsx workbook, or Label Studio's JSON.")
    ],
    output: Annotated[Path, typer.Option("--output", metavar="OUT.jsonl", help="The labelled file to write.")],
) -> None:
    """Turn finished annotation into a labelled file that `evaluate` and `agreement` read."""
    if source.suffix not in (".xlsx", ".json"):
        raise UnreadableInput("unknown_format", "INPUT must end in .xlsx or .json.")
    rows = list(spreadsheet.read(source) if source.suffix == ".xlsx" else label_studio.read(source))
    output.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    typer.echo(f"nlp-quality: {len(rows)} labelled records.", err=True)


def agreement(
    first: Annotated[Path, typer.Argument(metavar="FILE_A", help="A labelled file.")],
    second: Annotated[Path, typer.Argument(metavar="FILE_B", help="Another annotator's labels of the same records.")],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="OUT.json", help="Also write the figures here.")
    ] = None,
) -> None:
    """Agreement of two annotators, label by label, with intervals."""
    figures = agreements.agreement(first, second)
    if output is not None:
        output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    typer.echo(agreements.render(figures))
