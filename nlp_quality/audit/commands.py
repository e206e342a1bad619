"""`nlp-quality audit` and `nlp-quality audit plan`: registered through the entry-point group."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from typer.core import TyperGroup

from nlp_quality.audit import feedback as feedbacks
from nlp_quality.audit.figures import Made, figures, records
from nlp_quality.audit.grades import read_grades
from nlp_quality.audit.intake import Intake, read_told
from nlp_quality.audit.plan import lines as plan_lines
from nlp_quality.audit.run import Audited, Options, Survey, names_of, score_sample
from nlp_quality.audit.run import survey as read_once
from nlp_quality.audit.sampling import Allocation
from nlp_quality.audit.timeline import Settings, Timeline, findings
from nlp_quality.audit.visiting import read_intervals
from nlp_quality.audit.work import remove_work
from nlp_quality.engines import EngineName, choose
from nlp_quality.errors import NlpQualityError
from nlp_quality.formats.output import check_output, open_output
from nlp_quality.reconciliation import MEANINGS
from nlp_quality.scorer import Scorer

EXIT_BAD_RECORDS: Final = 1
SHOWN_BAD: Final = 20  # bad rows named on the terminal; the report lists them all.
FILES: Final = ("report.html", "report.xlsx", "scores.parquet", "scores.csv", "audit.json")
DEFAULT: Final = "run"


class AuditGroup(TyperGroup):
    """`audit INPUT` audits; `audit plan` plans. A file that is called plan is `./plan`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the arguments for those of `run` unless they begin with another command's name."""
        if not args or args[0] not in self.commands:
            args = [DEFAULT, *args]
        return list(super().parse_args(ctx, args))


audit = typer.Typer(
    cls=AuditGroup,
    help="Audit a sample of records: nlp-quality audit INPUT --output DIR. "
    "How large a sample has to be: nlp-quality audit plan.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Input = Annotated[
    str, typer.Argument(metavar="INPUT", help="A file, or a folder of files, in any format that `score` reads.")
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="NAME=COLUMN", help="What a column is, as in text=Narrative; may be given again."),
]
Stratify = Annotated[
    str | None,
    typer.Option("--stratify", metavar="COLUMNS", help="Draw from each group of these apart, as in team,record_type."),
]


@audit.command(DEFAULT)
def run(
    source: Input,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="The folder to write the report in.")],
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help="How many to draw; all if left out.")
    ] = None,
    stratify: Stratify = None,
    allocation: Annotated[
        Allocation, typer.Option("--allocation", help="Shares of the sample in proportion to the groups, or equal.")
    ] = Allocation.proportional,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw: the same seed draws the same records.")] = 7,
    told: Map = None,
    grade: Annotated[
        list[str] | None,
        typer.Option(
            "--grade",
            metavar="WORD=LEVEL",
            help="What an auditor's grade is, 0 to 3, as in weak=1; may be given again.",
        ),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="A model's name, as in 'rules'.")] = None,
    flag_means: Annotated[
        str,
        typer.Option(
            "--flag-means", metavar="MEANING", help=f"What the flag seen_alone means: {' or '.join(MEANINGS)}."
        ),
    ] = "without_anyone",
    feedback: Annotated[
        Path | None, typer.Option("--feedback", metavar="FILE", help="Readers' feedback, as the service exports it.")
    ] = None,
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help="What the report is called.")
    ] = "Audit of records",
    identify: Annotated[
        bool, typer.Option("--identify", help="Show workers, children and auditors as the input names them.")
    ] = False,
    quotes: Annotated[bool, typer.Option("--quotes/--no-quotes", help="Whether the report quotes records.")] = True,
    visit_every: Annotated[
        list[str] | None,
        typer.Option(
            "--visit-every",
            metavar="PLAN=TIME",
            help="How often children of a plan have to be seen, as in cp=10wd (working days), cin=6w; may be given again.",
        ),
    ] = None,
    wording: Annotated[
        Path | None,
        typer.Option("--wording", metavar="FILE", envvar="NLP_QUALITY_WORDING", help="Your organisation's own words."),
    ] = None,
    engine_name: Annotated[
        EngineName, typer.Option("--engine", help="Score in this process, or on a Ray cluster (extra `ray`).")
    ] = EngineName.local,
    address: Annotated[
        str | None, typer.Option("--address", metavar="ADDRESS", help="Of a running Ray cluster: auto, or host:port.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Throw an unfinished audit in DIR away, and begin again.")
    ] = False,
) -> None:
    """Audit a sample of records; `audit plan` says how large it has to be.

    An audit that was stopped goes on where it was when it is started again.
    """
    options = Options(sample, _columns(stratify), allocation, seed, read_grades(grade or ()), identify, fresh)
    intake = Intake(read_told(told or ()))
    intervals = read_intervals(visit_every or ())
    _check(source, output, feedback)
    scorer = Scorer.load(model, flag_means=flag_means, wording=wording)
    with _reading() as on_read:
        found = read_once(source, intake, options, on_read=on_read)
    _say_survey(intake, found)
    _say(f"{found.size:,} of them are scored.")
    _folder(output)
    engine = choose(engine_name, scorer, model=model, flag_means=flag_means, wording=wording, address=address)
    with _scoring(found.size) as on_scored, Timeline() as timeline:
        done = score_sample(
            source,
            output,
            intake,
            options,
            found,
            engine,
            scorer.model,
            watchers=(timeline,),
            digests=feedback is not None,
            on_scored=on_scored,
        )
        over_time = findings(timeline, Settings(intervals=intervals, complete=found.drawn is None))
    made = Made(scorer.describe(), scorer.measured(), flag_means, title)
    said = None if feedback is None else feedbacks.figures(feedback, done.levels_by_digest)
    names = names_of(options, found)

    def shown(child: str) -> str:
        return names.of("child", child) or ""

    children = over_time.to_dict(shown) if over_time.children else None
    whole = figures(done, options, intake, made, feedback=said, children=children)
    sheets = over_time.tables(shown) if children else ()
    _write(output, whole, done, options, sheets, quotes=quotes)
    remove_work(output)
    _say_done(output, whole)
    if whole["input"]["bad_total"]:
        raise typer.Exit(EXIT_BAD_RECORDS)


@audit.command()
def plan(
    source: Annotated[
        str | None, typer.Argument(metavar="[INPUT]", help="The records, to count them and their groups.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--records", min=1, metavar="N", help="How many there are, without INPUT.")
    ] = None,
    margin: Annotated[
        float,
        typer.Option(
            "--margin", min=1, max=50, metavar="POINTS", help="Half the interval wanted, in percentage points."
        ),
    ] = 8,
    share: Annotated[
        float,
        typer.Option("--share", min=1, max=99, metavar="PERCENT", help="The share expected; 50 asks for most records."),
    ] = 50,
    stratify: Stratify = None,
    told: Map = None,
) -> None:
    """Say how large a sample has to be for the interval wanted."""
    strata = None
    if source is not None:
        intake = Intake(read_told(told or ()))
        with _reading() as on_read:
            found = read_once(source, intake, Options(stratify=_columns(stratify)), on_read=on_read)
        _say_survey(intake, found)
        count = found.records
        strata = {part.stratum: part.records for part in found.parts} if stratify else None
    for line in plan_lines(count, margin / 100, share / 100, strata):
        typer.echo(line)


def _write(
    output: Path, whole: dict[str, Any], done: Audited, options: Options, sheets: Iterable[Any], *, quotes: bool
) -> None:
    from nlp_quality.audit.report.page import page  # noqa: PLC0415  # matplotlib and XlsxWriter take their time.
    from nlp_quality.audit.report.workbook import write_workbook  # noqa: PLC0415

    read = partial(records, done=done, options=options, quotes=quotes)
    lists = {
        "read_first": read(done.first),
        "good_practice": {name: read(one) for name, one in done.good.items()},
        "moderation": read(done.discussed),
    }
    with open_output(output / "report.html") as stream:
        stream.write(page(whole, lists, quotes=quotes))
    write_workbook(output / "report.xlsx", whole, output / "scores.parquet", more=sheets)
    with open_output(output / "audit.json") as stream:
        stream.write(json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _columns(stratify: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (stratify or "").split(",") if name.strip())


def _check(source: str, output: Path, feedback: Path | None) -> None:
    if source == "-":
        raise NlpQualityError(
            "not_a_file", "an audit reads its input twice: give a file or a folder, not standard input."
        )
    if output.exists() and not output.is_dir():
        raise NlpQualityError("not_a_folder", "--output must be a folder.")
    if not output.absolute().parent.is_dir():
        raise NlpQualityError("no_output_folder", "the folder that --output is to be made in does not exist.")
    if Path(source).is_dir() and output.resolve().is_relative_to(Path(source).resolve()):
        raise NlpQualityError("output_is_input", "the output lies in the folder that is read; put it elsewhere.")
    if output.is_dir():
        for name in FILES:
            check_output(output / name, source=source)
    if feedback is not None and not feedback.is_file():
        raise NlpQualityError("no_feedback_file", "--feedback names no file.")


def _folder(output: Path) -> None:
    # A report holds case text: a folder made for it is its owner's alone.
    output.mkdir(mode=0o700, exist_ok=True)


def _say_survey(intake: Intake, found: Survey) -> None:
    for line in intake.shown():
        _say(line)
    _say(f"{found.records:,} records in the input; {found.drafts:,} drafts left out; {found.bad_total:,} bad rows.")
    for bad in found.bad[:SHOWN_BAD]:
        where = "a file" if bad.line is None else f"row {bad.line}"
        _say(f"{where} cannot be read: {bad.message}")
    if found.bad_total > SHOWN_BAD:
        _say(f"and {found.bad_total - SHOWN_BAD:,} more, all in the report.")


def _say_done(output: Path, whole: dict[str, Any]) -> None:
    for sentence in whole["headline"]:
        typer.echo(sentence)
    graded = whole["grades"]
    if graded:
        words = ", ".join(f"{word} {level}" for word, level in graded["mapping"].items() if not word.isdigit())
        _say(f"grades were read as: {words}.")
        if graded["unknown_total"]:
            rows = ", ".join(f"row {u['line']} ({u['column']})" for u in graded["unknown"][:SHOWN_BAD])
            _say(f"{graded['unknown_total']:,} grades are none of these; --grade WORD=LEVEL reads them: {rows}.")
    _say(f"written: {', '.join(FILES)}.")


def _say(line: str) -> None:
    typer.echo(f"nlp-quality: {line}", err=True)


@contextmanager
def _reading() -> Iterator[Callable[[], None]]:
    """Counts what is read on standard error, while a person watches."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    columns = (TextColumn("reading"), TextColumn("{task.completed:,.0f} records"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda: progress.advance(task)


@contextmanager
def _scoring(total: int) -> Iterator[Callable[[int], None]]:
    """Shows what is scored and the time left on standard error, while a person watches."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda done: progress.update(task, completed=done)
