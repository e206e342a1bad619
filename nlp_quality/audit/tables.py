"""`scores.parquet` and `scores.csv`: a line a record, without text, and with workers and children under other names."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow
import pyarrow.parquet

from nlp_quality.audit.pseudonyms import Names
from nlp_quality.audit.rows import Row
from nlp_quality.formats.output import PART
from nlp_quality.scheme import DIMENSIONS

ROWS_AT_ONCE: Final = 2_000
FORMULA: Final = "=+-@\t\r"  # what a spreadsheet would run.
_TEXT: Final = ("id", "record_type", "team", "worker", "child_id", "date", "plan", "age_band")
_PER_DIMENSION: Final = (
    ("level", pyarrow.int8()),
    ("score", pyarrow.float32()),
    ("low", pyarrow.int8()),
    ("high", pyarrow.int8()),
    ("refer", pyarrow.bool_()),
    ("not_applicable", pyarrow.string()),
    ("prompts", pyarrow.string()),
)
SCHEMA: Final = pyarrow.schema(
    [
        ("line", pyarrow.int64()),
        *((name, pyarrow.string()) for name in _TEXT),
        ("stratum", pyarrow.string()),
        ("weight", pyarrow.float64()),
        ("words", pyarrow.int32()),
        *((f"{name}.{part}", kind) for name in DIMENSIONS for part, kind in _PER_DIMENSION),
        ("children", pyarrow.int16()),
        ("statuses", pyarrow.string()),
        ("heard", pyarrow.string()),
        ("reconciliation", pyarrow.string()),
        ("important", pyarrow.string()),
        ("praise", pyarrow.string()),
        ("audit_grade", pyarrow.int8()),
        *((f"grade.{name}", pyarrow.int8()) for name in DIMENSIONS),
        ("text_digest", pyarrow.string()),
    ]
)


def values(row: Row, weight: float, names: Names, grade: Callable[[str | None], int | None]) -> dict[str, Any]:
    """One line of the tables; an auditor's grade is the level it stands for, since its words may be anything."""
    out: dict[str, Any] = {name: getattr(row, name) for name in ("line", *_TEXT, "words")}
    out |= {
        "worker": names.of("worker", row.worker),
        "child_id": names.of("child", row.child_id),
        "stratum": " / ".join(row.stratum),
        "weight": round(weight, 6),
        "children": len(row.children),
        "statuses": _joined(child.status for child in row.children),
        "heard": _joined(child.heard or "" for child in row.children),
        "reconciliation": _joined(child.result or "" for child in row.children),
        "important": _joined(row.important),
        "praise": _joined(row.praise),
        "audit_grade": grade(row.audit_grade),
        "text_digest": row.digest,
    }
    for name in DIMENSIONS:
        one = row.dimensions[name]
        low, high = one.interval or (None, None)
        out |= {
            f"{name}.level": one.level,
            f"{name}.score": one.score,
            f"{name}.low": low,
            f"{name}.high": high,
            f"{name}.refer": one.refer,
            f"{name}.not_applicable": one.not_applicable,
            f"{name}.prompts": _joined(one.prompts),
            f"grade.{name}": grade(row.grades.get(name)),
        }
    return out


@contextmanager
def score_tables(folder: Path) -> Iterator[Any]:
    """A function that writes one line to both tables; the files appear once all is written."""
    parquet, plain = folder / "scores.parquet", folder / "scores.csv"
    parts = [path.with_name(path.name + PART) for path in (parquet, plain)]
    waiting: list[Mapping[str, Any]] = []
    try:
        with (
            pyarrow.parquet.ParquetWriter(parts[0], SCHEMA) as columns,
            parts[1].open("w", encoding="utf-8-sig", newline="") as stream,
        ):
            lines = csv.writer(stream)
            lines.writerow(SCHEMA.names)

            def flush() -> None:
                columns.write_table(pyarrow.Table.from_pylist(waiting, schema=SCHEMA))
                waiting.clear()

            def write(value: Mapping[str, Any]) -> None:
                waiting.append(value)
                lines.writerow([safe(value[name]) for name in SCHEMA.names])
                if len(waiting) >= ROWS_AT_ONCE:
                    flush()

            yield write
            flush()
        os.replace(parts[0], parquet)
        os.replace(parts[1], plain)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def safe(value: Any) -> Any:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in FORMULA and value else value


def _joined(words: Any) -> str:
    return ";".join(words)
