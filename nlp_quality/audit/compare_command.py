"""The command `nlp-quality compare`, registered through the entry-point group."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from nlp_quality.errors import NlpQualityError
from nlp_quality.formats.output import check_output, open_output

_CONDITION = "COLUMN=VALUE, as in team=North, or date=FIRST..LAST; may be given again."


def compare(
    a: Annotated[
        Path, typer.Argument(metavar="A", help="What `score` wrote, or a scores.parquet or folder of `audit`.")
    ],
    b: Annotated[Path, typer.Argument(metavar="B", help="The same; may be the same file, with other conditions.")],
    where_a: Annotated[
        list[str] | None, typer.Option("--where-a", metavar="CONDITION", help=f"Of A, only: {_CONDITION}")
    ] = None,
    where_b: Annotated[
        list[str] | None, typer.Option("--where-b", metavar="CONDITION", help=f"Of B, only: {_CONDITION}")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="OUT.json", help="Also write the figures here.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="OUT.html", help="Also write a page here.")] = None,
) -> None:
    """Compare two periods, two teams, or before and after: what differs, how surely, allowing for many comparisons."""
    from nlp_quality.audit import compare as comparing  # noqa: PLC0415  # statsmodels takes its time.
    from nlp_quality.audit.compare_page import lines, page  # noqa: PLC0415
    from nlp_quality.audit.score_files import read_scores, read_where  # noqa: PLC0415

    conditions = [read_where(given or ()) for given in (where_a, where_b)]
    if a == b and conditions[0] == conditions[1]:
        raise NlpQualityError("same_records", "A and B are the same records: give another file, or conditions.")
    for path in (output, html):
        for source in (a, b):
            check_output(path, source=str(source))
    sides = [
        read_scores(path, name=", ".join(one.words() for one in where) or "all records", where=where)
        for path, where in zip((a, b), conditions, strict=True)
    ]
    found = comparing.compare(*sides)
    if html is not None:
        with open_output(html) as stream:
            stream.write(page(found))
    if output is not None:
        with open_output(output) as stream:
            stream.write(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n")
    with open_output(None) as stream:
        stream.write("\n".join(lines(found)) + "\n")
