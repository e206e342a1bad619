"""The way through an audit: survey the input, draw the sample, score it, count, write.

The input is read twice and never held: once to count, to let every record draw its lot and to digest it, once to score those
drawn. Bytes of memory go with the number of places drawn, not with the texts.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Protocol

from nlp_quality.audit.grades import DISCUSSED, GRADES, GradeBook
from nlp_quality.audit.intake import Intake
from nlp_quality.audit.pseudonyms import Names
from nlp_quality.audit.rows import Row, row_of
from nlp_quality.audit.sample import Sample, sample_of
from nlp_quality.audit.sampling import Allocation, Lots, Part, Stratum, stratum_of
from nlp_quality.audit.seen import Flags, NotJudged
from nlp_quality.audit.shortlist import Shortlist, good_practice, read_first
from nlp_quality.audit.tables import score_tables, values
from nlp_quality.audit.work import WorkFile, open_work
from nlp_quality.errors import NlpQualityError
from nlp_quality.formats import BadRecord, Item, Source, read_records
from nlp_quality.record import Record
from nlp_quality.scheme import DIMENSIONS
from nlp_quality.types import ModelInfo, Scorecard

MAX_BAD: Final = 1_000  # bad rows listed; the count goes on.
JSON_SUFFIXES: Final = (".json", ".jsonl")

Engine = Callable[[Iterable[Item]], Iterator[Scorecard | BadRecord]]


class Watcher(Protocol):
    """Whoever follows the records of a sample as they are scored, as the timeline of each child does."""

    def see(self, record: Record, row: Row) -> None:
        """Take in one scored record, in the order of the input; after a resumed stop those scored before come again."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of an audit.

    Attributes:
        sample: records to draw; None for all.
        stratify: columns whose groups are drawn from separately.
        grades: an auditor's word -> level.
        identify: show workers, children and auditors as the input names them.
        fresh: throw an unfinished audit in the same folder away.
    """

    sample: int | None = None
    stratify: tuple[str, ...] = ()
    allocation: Allocation = Allocation.proportional
    seed: int = 7
    grades: Mapping[str, int] = field(default_factory=lambda: GRADES)
    identify: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first reading of the input found.

    Attributes:
        parts: each stratum, how many records it holds and how many are drawn.
        drawn: places of the records drawn; None for all.
        total: entries read, bad rows and drafts included.
        digest: of everything read: the same input has the same.
    """

    parts: tuple[Part, ...]
    drawn: frozenset[int] | None
    total: int
    drafts: int
    bad: tuple[BadRecord, ...]
    bad_total: int
    digest: bytes

    @property
    def records(self) -> int:
        """Records that can be scored."""
        return sum(part.records for part in self.parts)

    @property
    def size(self) -> int:
        """Records drawn."""
        return sum(part.drawn for part in self.parts)


@dataclass
class Audited:
    """A finished scoring: what all figures are made from."""

    survey: Survey
    sample: Sample
    scored: dict[Stratum, int]
    unscored: list[Mapping[str, Any]]
    flags: Flags
    unjudged: NotJudged
    book: GradeBook
    first: Shortlist
    good: dict[str, Shortlist]
    discussed: Shortlist
    levels_by_digest: dict[str, dict[str, int | None]]


def survey(source: str, intake: Intake, options: Options, *, on_read: Callable[[], None] = lambda: None) -> Survey:
    """Read the input once: count, draw, digest.

    Raises:
        UnreadableInput: the input cannot be read, or its text column is not known.
        NlpQualityError: `no_records`, `too_many_strata`, `sample_too_small`.
    """
    lots = Lots(options.sample, options.stratify, options.seed)
    digest = hashlib.sha256()
    bad: list[BadRecord] = []
    drafts = bad_total = total = 0
    for position, item in enumerate(_items(source, intake)):
        total = position + 1
        on_read()
        if isinstance(item, BadRecord):
            bad_total += 1
            if len(bad) < MAX_BAD:
                bad.append(item)
        elif item.record.draft:
            drafts += 1
        else:
            lots.add(position, item.record)
            digest.update(_identity(item.record))
    if not lots.counts:
        raise NlpQualityError("no_records", "the input holds no record that can be audited.")
    parts, drawn = lots.draw(options.allocation)
    return Survey(parts, drawn, total, drafts, tuple(bad), bad_total, digest.digest())


def score_sample(
    source: str,
    folder: Path,
    intake: Intake,
    options: Options,
    found: Survey,
    engine: Engine,
    model: ModelInfo,
    *,
    watchers: Sequence[Watcher] = (),
    digests: bool = False,
    on_scored: Callable[[int], None] = lambda _: None,
) -> Audited:
    """Score what was drawn and write the score tables; take up an unfinished audit of the same input and settings.

    Args:
        folder: exists; receives `scores.parquet`, `scores.csv` and, while it runs, the work file.
        engine: records in, scorecards out, in order: `score_items` with a scorer, or something that does the same elsewhere.
        digests: keep the levels by text digest, for feedback.
        on_scored: called with how many records are done.

    Raises:
        NlpQualityError: `other_audit`, `nothing_scored`.
    """
    names = Names(None if options.identify else found.digest)
    book = GradeBook(options.grades, identify=options.identify)
    first, discussed = read_first(), Shortlist(DISCUSSED, book.gap)
    good = {name: good_practice(name) for name in DIMENSIONS}
    lists = [first, discussed, *good.values()]
    counts: Counter[Stratum] = Counter()
    unscored: list[Mapping[str, Any]] = []
    with open_work(folder, _settings(options, found, model), fresh=options.fresh) as work:
        for record, row, card in _scored(source, intake, options, found, engine, work, unscored, on_scored):
            counts[row.stratum] += 1
            for one in lists:
                one.add(row, card)
            for watcher in watchers:
                watcher.see(record, row)
        if not counts:
            raise NlpQualityError("nothing_scored", "none of the records drawn could be scored.")
        _fill(lists, source, intake, engine)
        sizes = {part.stratum: part.records for part in found.parts}
        flags, unjudged = Flags(), NotJudged()
        by_digest: dict[str, dict[str, int | None]] = {}
        with score_tables(folder) as write:

            def counted() -> Iterator[Row]:
                for index, row in enumerate(entry for entry in work.entries() if isinstance(entry, Row)):
                    write(values(row, sizes[row.stratum] / counts[row.stratum], names, book.level))
                    flags.add(row, names)
                    unjudged.add(row)
                    book.add(index, row)
                    if digests:
                        by_digest[row.digest] = {name: one.level for name, one in row.dimensions.items()}
                    yield row

            sample = sample_of(counted(), found.parts)
        return Audited(found, sample, dict(counts), unscored, flags, unjudged, book, first, good, discussed, by_digest)


def names_of(options: Options, found: Survey) -> Names:
    """How this audit shows workers and children."""
    return Names(None if options.identify else found.digest)


def _scored(
    source: str,
    intake: Intake,
    options: Options,
    found: Survey,
    engine: Engine,
    work: WorkFile,
    unscored: list[Mapping[str, Any]],
    on_scored: Callable[[int], None],
) -> Iterator[tuple[Record, Row, Scorecard | None]]:
    """Each drawn record with its row; the scorecard too where it was scored now and not before a stop."""
    earlier = work.entries()
    before, done = work.done, 0
    drawn = _drawn(source, intake, found)
    for _, item in drawn if before else ():
        entry = next(earlier)
        done += 1
        on_scored(done)
        if isinstance(entry, Row):
            yield item.record, entry, None
        else:
            unscored.append(entry)
        if done == before:
            break
    earlier.close()
    waiting: deque[tuple[int, Source]] = deque()

    def feed() -> Iterator[Item]:
        for position, item in drawn:
            waiting.append((position, item))
            yield item

    for result in engine(feed()):
        position, item = waiting.popleft()
        done += 1
        if isinstance(result, BadRecord):
            unscored.append(bad_entry(result))
            work.add(unscored[-1])
        else:
            row = row_of(position, item.line, item.record, result, stratum_of(item.record, options.stratify))
            work.add(row)
            yield item.record, row, result
        on_scored(done)


def bad_entry(bad: BadRecord) -> dict[str, Any]:
    """A bad row as it is listed."""
    return {"id": bad.id, "line": bad.line, "field": bad.field, "code": bad.code, "message": bad.message}


def _fill(lists: Sequence[Shortlist], source: str, intake: Intake, engine: Engine) -> None:
    """Score the few shown records again that an earlier run had scored."""
    wanted: set[int] = set().union(*(one.missing() for one in lists))
    if not wanted:
        return
    places = sorted(wanted)
    items = (item for position, item in enumerate(_items(source, intake)) if position in wanted)
    cards = {p: card for p, card in zip(places, engine(items), strict=True) if isinstance(card, Scorecard)}
    for one in lists:
        one.fill(cards)


def _drawn(source: str, intake: Intake, found: Survey) -> Iterator[tuple[int, Source]]:
    for position, item in enumerate(_items(source, intake)):
        if isinstance(item, BadRecord) or item.record.draft:
            continue
        if found.drawn is None or position in found.drawn:
            yield position, item


def _items(source: str, intake: Intake) -> Iterator[Item]:
    items = read_records(source, adapt=intake)
    if Path(source).suffix.lower() not in JSON_SUFFIXES:
        return items
    return (i if isinstance(i, BadRecord) else Source(intake.record(i.record), i.line, i.extracted) for i in items)


def _identity(record: Record) -> bytes:
    people = [repr(person) for person in record.people or ()]
    known = [record.id, record.record_type, record.format, record.text, sorted(record.context.items()), people]
    return json.dumps(known, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _settings(options: Options, found: Survey, model: ModelInfo) -> dict[str, Any]:
    return {
        "kept": [part.name for part in fields(Row)],  # another version may keep something else.
        "input": found.digest.hex(),
        "model": f"{model.name} {model.version} {model.sha256}",
        "sample": options.sample,
        "stratify": list(options.stratify),
        "allocation": options.allocation.value,
        "seed": options.seed,
    }
