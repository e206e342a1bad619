"""The command line: a skin over the library."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Annotated, Final, TextIO, cast

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from nlp_quality import engines
from nlp_quality import scheme as label_scheme
from nlp_quality.command_group import CommandGroup
from nlp_quality.engines import EngineName
from nlp_quality.errors import NlpQualityError
from nlp_quality.formats import BadRecord, read_records
from nlp_quality.formats.output import check_output, json_line, open_output
from nlp_quality.formats.resumable import input_identity, open_resumable
from nlp_quality.formats.scorecard import to_dict
from nlp_quality.formats.table import console_for, print_bad, print_card
from nlp_quality.reconciliation import MEANINGS
from nlp_quality.scorer import Scorer
from nlp_quality.types import Scorecard

EXIT_BAD_RECORDS: Final = 1
EXIT_FAULT: Final = 70  # EX_SOFTWARE of sysexits.h.

app = typer.Typer(
    name="nlp-quality",
    help="Tells whether a child's record lets the child be heard.",
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, which hold narrative.
    rich_markup_mode=None,
)


class ScoreFormat(StrEnum):
    """How scorecards are written."""

    jsonl = "jsonl"
    table = "table"


class SchemeFormat(StrEnum):
    """How the scheme is written."""

    text = "text"
    json = "json"


Output = Annotated[Path | None, typer.Option("--output", metavar="OUT", help="Write here, not to standard output.")]
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help="A model's name, as in 'rules'.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"nlp-quality {version('nlp-quality')}")
        except PackageNotFoundError:
            typer.echo("nlp-quality (not installed as a package)")
        raise typer.Exit


@app.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Tells whether a child's record lets the child be heard."""


@app.command()
def score(
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="A .jsonl, .json, .csv, .xlsx, .parquet, .txt, .docx or .pdf file, a folder of those, "
            "or - for JSON Lines on standard input.",
        ),
    ] = "-",
    output: Output = None,
    format: Annotated[ScoreFormat, typer.Option("--format", help="JSON Lines, or a table to read.")] = (
        ScoreFormat.jsonl
    ),
    model: Model = None,
    flag_means: Annotated[
        str,
        typer.Option(
            "--flag-means", metavar="MEANING", help=f"What the flag seen_alone means: {' or '.join(MEANINGS)}."
        ),
    ] = "without_anyone",
    wording: Annotated[
        Path | None,
        typer.Option("--wording", metavar="FILE", envvar="NLP_QUALITY_WORDING", help="Your organisation's own words."),
    ] = None,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="Score in this process, or on a Ray cluster (extra `ray`).")
    ] = EngineName.local,
    address: Annotated[
        str | None,
        typer.Option("--address", metavar="ADDRESS", help="Of a running Ray cluster: auto, or host:port."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep what is done when stopped, and go on from it when started again.")
    ] = False,
) -> None:
    """Score records.

    Scorecards come in input order. A bad record becomes an error in its place, and the exit status is then 1.
    """
    check_output(output, source=source)
    items = read_records(source, on_skipped=_say_skipped)
    scorer = Scorer.load(model, flag_means=flag_means, wording=wording)
    score_all = engines.choose(engine, scorer, model=model, flag_means=flag_means, wording=wording, address=address)
    with _results_to(
        output,
        format,
        resume=resume,
        source=source,
        settings=[flag_means, str(scorer.describe()["wording"])],
        scorer=scorer,
    ) as (
        stream,
        done,
        failed,
    ):
        total, bad = done, failed
        write = _writer(stream, format)
        rest = islice(items, done, None)
        for result in _with_progress(score_all(rest), shown=output is not None or not stream.isatty()):
            total += 1
            bad += isinstance(result, BadRecord)
            write(result)
    if not total:
        typer.echo("nlp-quality: the input holds no records.", err=True)
    if bad:
        typer.echo(f"nlp-quality: {bad} of {total} records could not be scored.", err=True)
        raise typer.Exit(EXIT_BAD_RECORDS)


@app.command()
def scheme(
    format: Annotated[SchemeFormat, typer.Option("--format", help="Text to read, or JSON.")] = SchemeFormat.text,
) -> None:
    """Print the dimensions, levels and labels."""
    with open_output(None) as stream:
        if format is SchemeFormat.json:
            stream.write(json.dumps(label_scheme.as_dict(), ensure_ascii=False, indent=2) + "\n")
        else:
            stream.write("\n".join(_scheme_lines()) + "\n")


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A labelled file, or behavioural cases: JSON Lines.")],
    model: Model = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="OUT.json", help="Also write the figures here.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="OUT.html", help="Also write a page with tables and plots here.")
    ] = None,
) -> None:
    """Measure a model on a labelled file, or on a file of behavioural cases."""
    from nlp_quality import evaluation  # noqa: PLC0415  # scikit-learn's metrics are slow to load.
    from nlp_quality.evaluation import behaviour  # noqa: PLC0415
    from nlp_quality.evaluation.report import html as page  # noqa: PLC0415

    if file.is_dir():
        raise NlpQualityError("not_a_file", "FILE is a folder; give one labelled .jsonl file.")
    if not file.is_file():
        raise NlpQualityError("not_found", "FILE does not exist.")
    for path in (output, html):
        check_output(path, source=str(file))
    scorer = Scorer.load(model)
    cases = behaviour.is_cases(file)
    if cases and html is not None:
        raise NlpQualityError("no_page", "there is no page of behavioural cases; leave --html out.")
    figures = behaviour.rates(file, scorer) if cases else evaluation.evaluate(file, scorer)
    if html is not None:
        with open_output(html) as stream:
            stream.write(page(figures))
    if output is not None:
        with open_output(output) as stream:
            stream.write(json.dumps(figures, ensure_ascii=False, indent=2) + "\n")
    with open_output(None) as stream:
        text = behaviour.render(figures) if cases else evaluation.render(figures)
        stream.write(text.rstrip("\n") + "\n")


def main() -> None:
    """Run the command line and exit with its status.

    Status 0: done; 1: some records were bad; 2: nothing could be done; 70: a fault in this program; 130: interrupted.
    """
    try:
        app(prog_name="nlp-quality")
    except Exception as error:  # A traceback, or the message of a foreign error, can quote a record.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        typer.echo(f"nlp-quality: a fault in this program, please report it ({where}).", err=True)
        raise SystemExit(EXIT_FAULT) from None


def _writer(stream: TextIO, format: ScoreFormat) -> Callable[[Scorecard | BadRecord], None]:
    if format is ScoreFormat.table:
        console = console_for(stream)

        def write_table(result: Scorecard | BadRecord) -> None:
            print_bad(console, result) if isinstance(result, BadRecord) else print_card(console, result)
            stream.flush()

        return write_table

    def write_line(result: Scorecard | BadRecord) -> None:
        value = result.to_dict() if isinstance(result, BadRecord) else to_dict(result, context=True)
        stream.write(json_line(value))
        stream.flush()

    return write_line


@contextmanager
def _results_to(
    output: Path | None, format: ScoreFormat, *, resume: bool, source: str, settings: list[str], scorer: Scorer
) -> Iterator[tuple[TextIO, int, int]]:
    """Where results go, and how many entries and errors an earlier run has left there."""
    if not resume:
        with open_output(output) as stream:
            yield stream, 0, 0
        return
    if output is None or format is not ScoreFormat.jsonl:
        raise NlpQualityError("cannot_resume", "--resume needs --output, and JSON Lines.")
    known = {"input": input_identity(source), "model": scorer.model.sha256, "settings": settings}
    with open_resumable(output, known) as found:
        yield found.stream, found.done, found.bad


def _with_progress(results: Iterable[Scorecard | BadRecord], *, shown: bool) -> Iterator[Scorecard | BadRecord]:
    """`results`, counted on standard error while a person watches and nothing else is printed there."""
    if not shown or not sys.stderr.isatty():
        yield from results
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed} records"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        for result in results:
            yield result
            progress.advance(task)


def _say_skipped(count: int) -> None:
    typer.echo(f"nlp-quality: {count} files of other kinds were passed over.", err=True)


def _scheme_lines() -> Iterator[str]:
    yield f"Label scheme {label_scheme.SCHEME_VERSION}"
    yield "\nLevels"
    for number, (name, description) in enumerate(label_scheme.LEVELS.items()):
        yield f"  {number} {name}: {description}"
    for key, dimension in label_scheme.DIMENSIONS.items():
        yield f"\n{dimension['title']} ({key})\n  {dimension['description']}"
        levels = cast(tuple[str, ...], dimension["levels"])
        yield from (f"  {number}: {text}" for number, text in enumerate(levels))
    labels = {
        "Function of a sentence": label_scheme.FUNCTION,
        "Voice": label_scheme.VOICE,
        "Parental capacity": label_scheme.CAPACITY,
        "Presence": label_scheme.PRESENCE,
        "Seen status of a child": label_scheme.STATUSES,
    }
    for title, entries in labels.items():
        yield f"\n{title}"
        yield from (f"  {name}: {description}" for name, description in entries.items())
