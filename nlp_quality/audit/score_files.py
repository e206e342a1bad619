"""Scored records as figures, from what `score` and `audit` write: a JSON Lines file, a Parquet file, or an audit's folder.

Levels, statuses and context are read; text, reasons and evidence are passed over.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet

from nlp_quality.errors import NlpQualityError
from nlp_quality.scheme import DIMENSIONS, STATUSES

NO_LEVEL: Final = -1
NOBODY: Final = -1
# Comparing named workers is what this tool must not be used for; children and auditors are no groups either.
NEVER_COMPARED: Final = ("worker", "auditor", "child_id", "id")
CLUSTERS: Final = ("worker", "child_id")  # records of one worker, or of one child, are alike.
MIXES: Final = ("record_type", "plan", "age_band", "team")
_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Where:
    """Which records of a file are meant: those whose column has a value, or a date between two days, both included."""

    column: str
    value: str
    until: str | None = None

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is meant."""
        found = str(record.get(self.column) or "").strip()
        return found == self.value if self.until is None else self.value <= found[:10] <= self.until and found != ""

    def words(self) -> str:
        """As it was given."""
        return f"{self.column} {self.value}" + ("" if self.until is None else f" to {self.until}")


@dataclass
class Scores:
    """One side of a comparison, as columns.

    Attributes:
        levels, refer: dimension -> one entry a record; `NO_LEVEL` where the level is null.
        weights: how many records each stands for, 1 without a sample.
        status, status_record: of each child, index into `scheme.STATUSES` and into the records.
        clusters: column -> a number for each record's value, `NOBODY` where it has none.
        mixes: column -> value -> how many records.
        ids: digests of identifiers, to tell whether both sides hold the same records.
        models: name, version and digest of the models that scored, as one string each.
        bad: entries that are errors.
    """

    name: str
    levels: dict[str, array[int]] = field(default_factory=lambda: {d: array("b") for d in DIMENSIONS})
    refer: dict[str, array[int]] = field(default_factory=lambda: {d: array("b") for d in DIMENSIONS})
    weights: array[float] = field(default_factory=lambda: array("d"))
    status: array[int] = field(default_factory=lambda: array("b"))
    status_record: array[int] = field(default_factory=lambda: array("l"))
    clusters: dict[str, array[int]] = field(default_factory=lambda: {c: array("l") for c in CLUSTERS})
    mixes: dict[str, dict[str, int]] = field(default_factory=lambda: {c: {} for c in MIXES})
    ids: set[int] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    first: str | None = None
    last: str | None = None
    bad: int = 0
    _codes: dict[str, dict[str, int]] = field(default_factory=lambda: {c: {} for c in CLUSTERS})

    @property
    def records(self) -> int:
        """How many there are."""
        return len(self.weights)

    def add(self, record: Mapping[str, Any]) -> None:
        """Take in one flat record, as `_from_card` and the tables of an audit have it."""
        for name in DIMENSIONS:
            level = record.get(f"{name}.level")
            self.levels[name].append(NO_LEVEL if level is None else int(level))
            self.refer[name].append(bool(record.get(f"{name}.refer")))
        for status in filter(None, (record.get("statuses") or "").split(";")):
            self.status.append(_STATUS[status])
            self.status_record.append(self.records)
        self.weights.append(float(record.get("weight") or 1.0))
        for column, codes in self._codes.items():
            value = str(record.get(column) or "").strip()
            self.clusters[column].append(codes.setdefault(value, len(codes)) if value else NOBODY)
        for column, counts in self.mixes.items():
            if value := str(record.get(column) or "").strip():
                counts[value] = counts.get(value, 0) + 1
        if record.get("id") is not None:
            self.ids.add(hash(str(record["id"])))
        if day := str(record.get("date") or "")[:10]:
            self.first, self.last = min(self.first or day, day), max(self.last or day, day)


_STATUS: Final = {name: index for index, name in enumerate(STATUSES)}
_NAME: Final = re.compile(r"[\w. -]{1,60}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_where(conditions: Sequence[str]) -> tuple[Where, ...]:
    """Conditions as `team=North` or `date=2025-01-01..2025-06-30`.

    Raises:
        NlpQualityError: `invalid_condition`, or `not_compared` for workers, auditors and children.
    """
    out = []
    for condition in conditions:
        column, equals, value = (part.strip() for part in condition.partition("="))
        first, dots, last = value.partition("..")
        days = bool(dots) and all(_DAY.fullmatch(day) for day in (first, last))
        if not equals or not value or not _NAME.fullmatch(column) or (dots and column == "date" and not days):
            raise NlpQualityError(
                "invalid_condition", "a condition is COLUMN=VALUE or date=FIRST..LAST with days as 2025-01-31."
            )
        if column in NEVER_COMPARED:
            raise NlpQualityError(
                "not_compared",
                "workers, auditors and children are never compared: compare teams, periods or kinds of record.",
            )
        out.append(Where(column, first, last) if days else Where(column, value))
    return tuple(out)


def read_scores(path: Path, *, name: str, where: Sequence[Where] = ()) -> Scores:
    """The records of a file, or of an audit's folder, that meet all conditions.

    Raises:
        NlpQualityError: `not_found`, `not_scores`.
    """
    scores = Scores(name)
    if path.is_dir():
        scores.models |= _audited_with(path)
        path = path / "scores.parquet"
    if not path.is_file():
        raise NlpQualityError("not_found", "a file to compare does not exist, or the folder holds no audit.")
    try:
        for record in _parquet(path) if path.suffix.lower() == ".parquet" else _json_lines(path, scores):
            if all(one.holds(record) for one in where):
                scores.add(record)
    except (ValueError, KeyError, TypeError, AttributeError, pyarrow.ArrowException):
        raise NlpQualityError(
            "not_scores", "a file to compare is neither what `score` writes nor what `audit` writes."
        ) from None
    return scores


def _parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    with pyarrow.parquet.ParquetFile(path) as file:
        missing = {f"{name}.level" for name in DIMENSIONS} - set(file.schema_arrow.names)
        if missing:
            raise ValueError("columns are missing")
        for batch in file.iter_batches(batch_size=_BATCH):
            yield from batch.to_pylist()


def _json_lines(path: Path, scores: Scores) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            card = json.loads(line)
            if "error" in card:
                scores.bad += 1
                continue
            scores.models.add(_model(card["model"]))
            yield _from_card(card)


def _from_card(card: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(card.get("context") or {}) | {"id": card["id"], "weight": 1.0}
    for name in DIMENSIONS:
        one = card["dimensions"][name]
        out[f"{name}.level"], out[f"{name}.refer"] = one["level"], one["refer"]
    out["statuses"] = ";".join(child["status"] for child in card["dimensions"]["seen_alone"].get("children") or ())
    return out


def _audited_with(folder: Path) -> set[str]:
    try:
        return {_model(json.loads((folder / "audit.json").read_text(encoding="utf-8"))["audit"]["model"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _model(value: Mapping[str, str]) -> str:
    return f"{value['name']} {value['version']} ({value['sha256'][:12]})"
