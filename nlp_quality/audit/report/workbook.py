"""`report.xlsx`: the figures with native charts and filters. It quotes no record, and no cell of it is a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet
import xlsxwriter

from nlp_quality.audit.headline import percent
from nlp_quality.audit.report.words import FLAG_WORDS, GROUP_TITLES, RESULT_WORDS, STATUS_WORDS, TYPE_WORDS
from nlp_quality.formats.output import PART
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES

TITLES: Final = {name: str(one["title"]) for name, one in DIMENSIONS.items()}
# A value that begins like a formula is written as text by its type; nothing is ever evaluated.
OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
MAX_ROWS: Final = 200_000  # of the sheet of records: more belongs in scores.parquet.
SHADES: Final = ("#FFFFFF", "#C9DCEF", "#6F9FCC", "#123C69", "#8F8A7C")
WIDEST: Final = 60  # characters.

Cells = Sequence[Any]
Sheet = tuple[str, Cells, Sequence[Cells]]


def write_workbook(path: Path, found: Mapping[str, Any], scores: Path, *, more: Iterable[Sheet] = ()) -> None:
    """Write the workbook.

    Args:
        found: of `figures.figures`.
        scores: `scores.parquet`, for the sheet of records.
        more: further sheets: title, heads, rows.
    """
    part = path.with_name(path.name + PART)
    book = xlsxwriter.Workbook(str(part), OPTIONS)
    styles = {
        "head": book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "share": book.add_format({"num_format": "0%"}),
        "level": book.add_format({"num_format": "0.00"}),
    }
    try:
        _brief(book, styles, found)
        _seen(book, styles, found)
        _levels(book, styles, found)
        _groups(book, styles, found)
        for name, (head, rows) in _lists(found).items():
            if rows:
                _sheet(book, styles, name, head, rows)
        for name, head, found_rows in more:
            _sheet(book, styles, name, head, found_rows)
        _records(book, styles, scores)
    finally:
        book.close()
    part.replace(path)


def _brief(book: Any, styles: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("In brief")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 100, styles["wrap"])
    sheet.write_string(0, 0, found["title"], styles["title"])
    lines = [
        "It judges records, never a family or a worker. Figures only: no quotes are in this workbook.",
        *found["headline"],
        f"Model {found['audit']['model']['name']} {found['audit']['model']['version']}, seed {found['audit']['seed']}, "
        f"nlp_quality {found['audit']['version']}.",
        *([found["audit"]["notice"]] if found["audit"]["notice"] else []),
        *found["audit"]["limits"],
    ]
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line, styles["wrap"])


def _seen(book: Any, styles: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    parts = {"Visits and assessments": found["seen"]["headline"]}
    parts |= {TYPE_WORDS[kind]: one for kind, one in found["seen"]["apart"].items()}
    rows = [
        (title, STATUS_WORDS[name], one["children"], *_interval(one["share"]))
        for title, part in parts.items()
        for name, one in part["statuses"].items()
    ]
    sheet = _sheet(
        book, styles, "Seen", ("Records", "Status", "Children", "Share", "Low", "High"), rows, shares=(3, 4, 5)
    )
    chart = book.add_chart({"type": "bar"})
    last = len(STATUS_WORDS)
    chart.add_series(
        {
            "name": "Share of children",
            "categories": ["Seen", 1, 1, last, 1],
            "values": ["Seen", 1, 3, last, 3],
            "fill": {"color": SHADES[3]},
        }
    )
    _place(sheet, chart, "Children in visits and assessments", "H2", percent_axis="x_axis")


def _levels(book: Any, styles: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    rows = []
    for name, one in found["levels"].items():
        shares = [None if share is None else share["value"] for share in one["shares"]]
        rows.append(
            (TITLES[name], one["n"], *shares, *_interval(one["sound_or_strong"]), one["refer"], one["no_level"])
        )
    head = ("Dimension", "Records", *LEVEL_NAMES, "Sound or strong", "Low", "High", "A person should judge", "No level")
    sheet = _sheet(book, styles, "Levels", head, rows, shares=range(2, 9))
    chart = book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for level, name in enumerate(LEVEL_NAMES):
        chart.add_series(
            {
                "name": name,
                "categories": ["Levels", 1, 0, len(rows), 0],
                "values": ["Levels", 1, 2 + level, len(rows), 2 + level],
                "fill": {"color": SHADES[level]},
                "border": {"color": "#16191C", "width": 0.5},
            }
        )
    _place(sheet, chart, "Records at each level", "B8", percent_axis="x_axis")
    for level, name in enumerate(LEVEL_NAMES):
        sheet.write_string(24 + level, 0, f"{name}: 95 % range", styles["head"])
        for column, one in enumerate(found["levels"].values(), start=1):
            share = one["shares"][level]
            sheet.write_string(24 + level, column, "" if share is None else percent(share))


def _groups(book: Any, styles: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    rows = []
    for kind, groups in found["groups"].items():
        for group in groups:
            for name, one in group["dimensions"].items():
                mean = one["mean"] or {"value": None, "low": None, "high": None}
                word = TYPE_WORDS.get(group["group"], group["group"])
                what = (GROUP_TITLES[kind], word, TITLES[name], one["n"])
                rows.append((*what, *_interval(one["sound"]), *one["shares"], mean["value"], mean["low"], mean["high"]))
    head = ("Grouped", "Group", "Dimension", "Records", "Sound or strong", "Low", "High", *LEVEL_NAMES)
    sheet = _sheet(
        book, styles, "Groups", (*head, "Mean level", "Low", "High"), rows, shares=range(4, 11), levels=range(11, 14)
    )
    teams = [index for index, row in enumerate(rows, start=1) if row[0] == GROUP_TITLES["team"]]
    if not teams:
        return
    chart = book.add_chart({"type": "bar"})
    count = len(found["groups"]["team"])
    # Rows go group by group, so a dimension's cells are scattered: they are laid out again for the chart alone.
    at = len(rows) + 4
    sheet.write_row(at, 0, ["Chart data", *(TITLES[name] for name in TITLES)], styles["head"])
    for index, group in enumerate(found["groups"]["team"], start=1):
        sheet.write_string(at + index, 0, group["group"])
        for column, name in enumerate(TITLES, start=1):
            if name in group["dimensions"] and group["dimensions"][name]["sound"]:
                sheet.write_number(at + index, column, group["dimensions"][name]["sound"]["value"], styles["share"])
    for column, name in enumerate(TITLES, start=1):
        chart.add_series(
            {
                "name": TITLES[name],
                "categories": ["Groups", at + 1, 0, at + count, 0],
                "values": ["Groups", at + 1, column, at + count, column],
            }
        )
    _place(sheet, chart, "Sound or strong, by team", "P2", percent_axis="x_axis")


def _lists(found: Mapping[str, Any]) -> dict[str, tuple[Cells, list[Cells]]]:
    return {
        "Differences": (
            ("Where", "Dimension", "Compared", "Difference", "Low", "High", "p", "p corrected", "Stands out"),
            list(_differences(found)),
        ),
        "Discrepancies": (
            (
                "Record",
                "Row",
                "Date",
                "Type",
                "Team",
                "Child",
                "Flags",
                "Narrative",
                "With",
                "Result",
                "Reason given",
                "Not sure",
            ),
            [
                (
                    one["record"],
                    one["line"],
                    one["date"],
                    TYPE_WORDS[one["record_type"]],
                    one["team"],
                    one["child"],
                    "; ".join(f"{FLAG_WORDS[name]} {value}" for name, value in one["flags"].items()),
                    STATUS_WORDS[one["status"]],
                    ", ".join(one["companions"]),
                    RESULT_WORDS[one["result"]],
                    "yes" if one["reason_given"] else "no",
                    "yes" if one["refer"] else "",
                )
                for one in found["reconciliation"]["discrepancies"]
            ],
        ),
        "Read first": (
            ("Record", "Row", "Type", "Date", "Team", "Why", *TITLES.values()),
            [_record(one, "; ".join(one["why"])) for one in found["read_first"]],
        ),
        "Good practice": (
            ("Record", "Row", "Type", "Date", "Team", "Strong in", *TITLES.values()),
            [_record(one, TITLES[name]) for name, ones in found["good_practice"].items() for one in ones],
        ),
        "Grades": (
            (
                "Dimension",
                "Auditors",
                "Records",
                "Auditor less tool",
                "Low",
                "High",
                "Tool's own error",
                "Low",
                "High",
                "Finding",
            ),
            list(_gaps(found["grades"])),
        ),
        "Estimates": (
            (
                "Dimension",
                "Level",
                "Grades and tool",
                "Low",
                "High",
                "Grades alone",
                "Low",
                "High",
                "Graded",
                "Scored only",
            ),
            list(_estimates(found["grades"])),
        ),
        "Bad rows": (
            ("Row", "Record", "Field", "Code", "Why"),
            [(one["line"], one["id"], one["field"], one["code"], one["message"]) for one in found["input"]["bad"]],
        ),
        "Sample": (
            ("Group", "Records", "Drawn", "Scored"),
            [
                (" / ".join(s["stratum"]) or "all", s["records"], s["drawn"], s["scored"])
                for s in found["input"]["strata"]
            ],
        ),
    }


def _differences(found: Mapping[str, Any]) -> Iterator[Cells]:
    for one in [*found["changes"], *found["differences"]]:
        over_time = "team" in one
        where = (one["team"] or "All teams") if over_time else one["group"]
        compared = f"after {one['until']} with before" if over_time else "with the other teams"
        yield (
            where,
            TITLES[one["dimension"]],
            compared,
            *(one[key] for key in ("value", "low", "high", "p", "p_corrected")),
            "yes" if one["stands_out"] else "",
        )


def _record(one: Mapping[str, Any], why: str) -> Cells:
    levels = [None if level is None else LEVEL_NAMES[level] for level in one["levels"].values()]
    return (one["record"], one["line"], TYPE_WORDS[one["record_type"]], one["date"], one["team"], why, *levels)


def _gaps(graded: Mapping[str, Any] | None) -> Iterator[Cells]:
    for gap in graded["gaps"] if graded else ():
        error = graded["tool_error"].get(gap["dimension"]) if graded else None
        word = "over-optimism" if gap["over_optimism"] else "over-strictness" if gap["over_strict"] else ""
        own = (error["value"], error["low"], error["high"]) if error else (None, None, None)
        yield (
            TITLES[gap["dimension"]], gap["group"] or "all", gap["n"], gap["value"], gap["low"], gap["high"], *own, word,
        )  # fmt: skip


def _estimates(graded: Mapping[str, Any] | None) -> Iterator[Cells]:
    for name, one in graded["estimates"].items() if graded else ():
        for level, (both, alone) in enumerate(zip(one["shares"], one["alone"], strict=True)):
            yield TITLES[name], LEVEL_NAMES[level], *_interval(both), *_interval(alone), one["graded"], one["scored"]


def _records(book: Any, styles: Mapping[str, Any], scores: Path) -> None:
    with pyarrow.parquet.ParquetFile(scores) as file:
        names = file.schema_arrow.names
        if file.metadata.num_rows > MAX_ROWS:
            rows: Iterable[Cells] = [("There are too many records for a sheet: they are in scores.parquet.",)]
            names = ("Records",)
        else:
            rows = (tuple(one.values()) for batch in file.iter_batches(batch_size=2_000) for one in batch.to_pylist())
        _sheet(book, styles, "Records", names, rows)


def _sheet(
    book: Any,
    styles: Mapping[str, Any],
    name: str,
    head: Cells,
    rows: Iterable[Cells],
    *,
    shares: Iterable[int] = (),
    levels: Iterable[int] = (),
) -> Any:
    """A sheet with a header that stays, filters, and columns as wide as what is in them."""
    sheet = book.add_worksheet(name)
    formats = dict.fromkeys(shares, styles["share"]) | dict.fromkeys(levels, styles["level"])
    widths = [min(24, max(8, len(str(title)) + 2)) for title in head]
    for column, title in enumerate(head):
        sheet.write_string(0, column, str(title), styles["head"])
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_boolean(count, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(count, column, value, formats.get(column))
            elif value is not None:
                sheet.write_string(count, column, str(value))
                widths[column] = max(widths[column], min(WIDEST, len(str(value)) + 1))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    if count:
        sheet.autofilter(0, 0, count, len(head) - 1)
    return sheet


def _place(sheet: Any, chart: Any, title: str, cell: str, *, percent_axis: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 12}})
    getattr(chart, f"set_{percent_axis}")(
        {"num_format": "0%", "min": 0, "max": 1, "major_gridlines": {"visible": True}}
    )
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 720, "height": 320})
    sheet.insert_chart(cell, chart, {"description": f"{title}: the cells of this sheet hold the same figures."})


def _interval(share: Mapping[str, Any] | None) -> tuple[Any, Any, Any]:
    return (None, None, None) if share is None else (share["value"], share["low"], share["high"])
