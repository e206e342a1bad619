"""What a file or stream yields: records, each with where it stood, or what was wrong with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias

from nlp_quality.errors import InvalidRecord, NlpQualityError
from nlp_quality.record import Record
from nlp_quality.types import Scorecard


@dataclass(frozen=True, slots=True)
class Source:
    """A record as read from a file.

    Attributes:
        line: the line or row it starts on, counted from 1; None for a document.
        extracted: true when the caller does not hold the text (a document), so that the scorecard must carry it.
    """

    record: Record
    line: int | None = None
    extracted: bool = False


@dataclass(frozen=True, slots=True)
class BadRecord:
    """Takes the place of a record that cannot be read or scored; never holds its text.

    Attributes:
        id: the caller's identifier where it could be read.
        code: a stable word, as in `invalid_json`, `blank`, `unknown_value`.
        field: the path of the field, as in `people.2.role`.
        line: the line or row it starts on, counted from 1.
    """

    id: str | None
    code: str
    field: str | None
    message: str
    line: int | None

    def to_dict(self) -> dict[str, Any]:
        """The contract's `{"id", "error": {"code", "message"}}`, with `field` and `line` where known."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field is not None:
            error["field"] = self.field
        if self.line is not None:
            error["line"] = self.line
        return {"id": self.id, "error": error}


Item: TypeAlias = Source | BadRecord


class Scores(Protocol):
    """Whatever scores one record: a `Scorer`."""

    def score(self, record: Record) -> Scorecard:
        """The scorecard of one record."""
        ...


def bad_record(error: NlpQualityError, *, id: str | None = None, line: int | None = None) -> BadRecord:
    """The entry that takes the place of the record which raised `error`."""
    field = (error.field or None) if isinstance(error, InvalidRecord) else None
    return BadRecord(id=id, code=error.code, field=field, message=error.message, line=line)


def score_items(scorer: Scores, items: Iterable[Item]) -> Iterator[Scorecard | BadRecord]:
    """Scorecards lazily and in order, a bad record in its place; those of documents carry the text as extracted."""
    for item in items:
        if isinstance(item, BadRecord):
            yield item
            continue
        try:
            card = scorer.score(item.record)
        except InvalidRecord as error:  # HTML can turn out blank or too long once its markup is gone.
            yield bad_record(error, id=item.record.id, line=item.line)
            continue
        yield replace(card, text=card.source_text) if item.extracted else card
