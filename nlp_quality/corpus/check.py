"""Whether the corpus is fit to learn from: shape, counts, no templates, nothing that a level can be guessed from.

Each check gives findings: plain sentences that say what is wrong, with counts and authors, never with text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from datasketch import MinHash, MinHashLSH
from scipy.stats import spearmanr

from nlp_quality import corpus
from nlp_quality.corpus.artefacts import guessable
from nlp_quality.corpus.masking import Masker
from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.scheme import CAPACITY, COMPANIONS, DIMENSIONS, FUNCTION, PRESENCE, STATUSES, VOICE

MIN_RECORDS: Final = 1_200
MIN_SENTENCES: Final = 18_000
MIN_PASSAGES: Final = 3_000
MIN_AUTHORS: Final = 24
MIN_PER_LABEL: Final = 150
MIN_LEVEL_SHARE: Final = 0.15
MAX_CORRELATION: Final = 0.5
MIN_SPLIT_SHARE: Final = 0.14  # 15 % asked of dev and test; authors are not equally long
MIN_SPLIT_AUTHORS: Final = 4
RUN: Final = 8  # words in a row
MASKED_RUN: Final = 12  # words in a row once names, numbers, nouns and cues are masked
MAX_SHARED: Final = 3  # records that may share such a run
SHINGLE: Final = 5
NEAR: Final = 0.5  # Jaccard similarity of shingles from which two texts are near-copies
PERMUTATIONS: Final = 128


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the corpus with what the checks need of it."""

    id: str
    author: str
    split: str
    kind: str
    row: Labelled


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong, and the figures that say how it stands."""

    problems: tuple[str, ...]
    figures: Mapping[str, Any]


def check(folder: Path = corpus.CORPUS, *, complete: bool = True) -> Report:
    """Run every check over the corpus.

    Args:
        complete: also hold the corpus to its full size; without it a part of it can be checked while it grows.

    Raises:
        UnreadableInput: the manifest, or a file it names, is missing, altered or broken.
    """
    texts = tuple(_texts(folder))
    records = [t for t in texts if t.kind == "records"]
    passages = [t for t in texts if t.kind == "presence"]
    masker = Masker.load()
    problems = [*schema(texts), *_levels(records)]
    if complete:
        problems += [*_size(records, passages), *_label_counts(texts)]
        problems += _splits(records)
    for group in (records, passages):
        problems += _shared_runs(group, lambda t: _words(t.row.record.text), RUN, "words in a row")
        problems += _near_copies(group, lambda t: _words(t.row.record.text), "near-copies")
        masked = {t.id: masker.mask(t.row.record.text) for t in group}
        problems += _shared_runs(group, lambda t: masked[t.id], MASKED_RUN, "masked words in a row")  # noqa: B023
        problems += _near_copies(group, lambda t: masked[t.id], "near-copies once masked")  # noqa: B023
    guesses = guessable([t.row for t in records], [t.author for t in records])
    problems += [
        f"{name}: levels of {d} can be guessed (kappa {k:.2f}, limit {limit})"
        for name, d, k, limit in guesses
        if k >= limit
    ]
    return Report(tuple(problems), _figures(texts, guesses))


def _texts(folder: Path) -> Iterator[Text]:
    for author in corpus.authors(folder):
        for kind in author.files:
            for number, row in enumerate(corpus.read_author(author, kind=kind, folder=folder)):
                yield Text(row.record.id or f"{author.id}/{kind}/{number}", author.id, author.split, kind, row)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’]+", text.lower())


def schema(texts: Sequence[Text]) -> Iterator[str]:
    """What breaks the labelled form or the scheme, by id."""
    for identifier, count in Counter(t.id for t in texts).items():
        if count > 1:
            yield f"{identifier}: the id stands {count} times"
    for text in texts:
        yield from (f"{text.id}: {problem}" for problem in _row_problems(text))


def _row_problems(text: Text) -> Iterator[str]:
    row = text.row
    for number, sentence in enumerate(row.sentences):
        labels = sentence.labels
        if labels.get("presence") not in PRESENCE:
            yield f"sentence {number}: presence is not of the scheme"
        if text.kind == "records":
            if labels.get("function") not in FUNCTION:
                yield f"sentence {number}: function is not of the scheme"
            if not set(labels.get("voice", ("?",))) <= set(VOICE) or not set(labels.get("capacity", ("?",))) <= set(
                CAPACITY
            ):
                yield f"sentence {number}: voice or capacity is not of the scheme"
    if text.kind == "records" and set(row.levels) != set(DIMENSIONS):
        yield "levels are missing"
    named = {p.name for p in row.record.people or () if p.role == "child"}
    if row.record.people and named != {entry["child"] for entry in row.seen}:
        yield "the children of people and of seen differ"
    for entry in row.seen:
        if entry["status"] not in STATUSES or not set(entry.get("companions", ())) <= set(COMPANIONS):
            yield "a status or companion is not of the scheme"
        elif entry.get("companions") and entry["status"] != "seen_not_alone":
            yield "companions are given for a child who was not seen with anybody"


def _levels(records: Sequence[Text]) -> Iterator[str]:
    for name in DIMENSIONS:
        counts = Counter(t.row.levels.get(name) for t in records)
        for level in range(4):
            if counts[level] < MIN_LEVEL_SHARE * len(records):
                share = f"{counts[level]} of {len(records)} records"
                yield f"{name}: level {level} holds {share}, under {MIN_LEVEL_SHARE:.0%}"
    for (a, b), value in _correlations(records).items():
        if abs(value) > MAX_CORRELATION:
            yield f"{a} and {b} go together: rank correlation {value:.2f}, limit {MAX_CORRELATION}"


def _correlations(records: Sequence[Text]) -> dict[tuple[str, str], float]:
    """Spearman's rank correlation of each pair of dimensions; 0 where one of them has a single level."""
    out = {}
    for a, b in combinations(DIMENSIONS, 2):
        both = [(t.row.levels.get(a), t.row.levels.get(b)) for t in records]
        graded = [pair for pair in both if None not in pair]
        varied = all(len(set(side)) > 1 for side in zip(*graded, strict=True)) and len(graded) > 2
        out[a, b] = round(float(spearmanr(*zip(*graded, strict=True)).statistic), 4) if varied else 0.0
    return out


def _size(records: Sequence[Text], passages: Sequence[Text]) -> Iterator[str]:
    sentences = sum(len(t.row.sentences) for t in records)
    for found, least, what in (
        (len(records), MIN_RECORDS, "records"),
        (sentences, MIN_SENTENCES, "sentences"),
        (len(passages), MIN_PASSAGES, "passages"),
        (len({t.author for t in records}), MIN_AUTHORS, "authors"),
    ):
        if found < least:
            yield f"the corpus holds {found:,} {what}, under {least:,}"


def _label_counts(texts: Sequence[Text]) -> Iterator[str]:
    counts = _counts(texts)
    for label in (*FUNCTION, *PRESENCE, *VOICE, *CAPACITY):
        if counts[label] < MIN_PER_LABEL:
            yield f"{label} is on {counts[label]} sentences, under {MIN_PER_LABEL}"


def _counts(texts: Sequence[Text]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        for sentence in text.row.sentences:
            labels = sentence.labels
            counts.update([labels["presence"], *labels.get("voice", ()), *labels.get("capacity", ())])
            counts.update([labels["function"]] if "function" in labels else [])
    return counts


def _splits(records: Sequence[Text]) -> Iterator[str]:
    for split in ("dev", "test"):
        own = [t for t in records if t.split == split]
        writers = {t.author for t in own}
        if len(own) < MIN_SPLIT_SHARE * len(records) or len(writers) < MIN_SPLIT_AUTHORS:
            yield f"the {split} split holds {len(own)} records by {len(writers)} authors, too few"


def _shared_runs(texts: Iterable[Text], words: Callable[[Text], Sequence[str]], run: int, what: str) -> Iterator[str]:
    where: dict[int, set[str]] = defaultdict(set)
    for text in texts:
        own = words(text)
        for start in range(len(own) - run + 1):
            where[hash(tuple(own[start : start + run]))].add(text.id)
    crowded = [ids for ids in where.values() if len(ids) > MAX_SHARED]
    if crowded:
        most = max(len(ids) for ids in crowded)
        shown = sorted(next(ids for ids in crowded if len(ids) == most))[:5]
        yield f"{len(crowded)} runs of {run} {what} stand in more than {MAX_SHARED} texts, as in {', '.join(shown)}"


def _near_copies(texts: Sequence[Text], words: Callable[[Text], Sequence[str]], what: str) -> Iterator[str]:
    index = MinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS)
    for text in texts:
        own = words(text)
        sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update_batch([" ".join(own[i : i + SHINGLE]).encode() for i in range(max(1, len(own) - SHINGLE + 1))])
        for other in index.query(sketch):
            yield f"{text.id} and {other} are {what}"
        index.insert(text.id, sketch, check_duplication=False)


def _figures(texts: Sequence[Text], guesses: Sequence[tuple[str, str, float, float]]) -> dict[str, Any]:
    records = [t for t in texts if t.kind == "records"]
    return {
        "authors": len({t.author for t in records}),
        "records": len(records),
        "sentences": sum(len(t.row.sentences) for t in records),
        "passages": sum(t.kind == "presence" for t in texts),
        "splits": dict(Counter(t.split for t in records)),
        "record_types": dict(Counter(t.row.record.record_type for t in records)),
        "levels": {
            d: {str(k): n for k, n in sorted(Counter(t.row.levels.get(d) for t in records).items(), key=str)}
            for d in DIMENSIONS
        },
        "correlations": {f"{a} ~ {b}": value for (a, b), value in _correlations(records).items()},
        "labels": dict(_counts(texts)),
        "statuses": dict(Counter(entry["status"] for t in texts for entry in t.row.seen)),
        "vocabulary_overlap": _overlap(records),
        "guessable": {f"{name} -> {d}": round(k, 4) for name, d, k, _ in guesses},
    }


def _overlap(records: Sequence[Text]) -> dict[str, float]:
    """For each author, the largest share of their vocabulary that one other author uses too (Jaccard)."""
    own: dict[str, set[str]] = defaultdict(set)
    for text in records:
        own[text.author].update(_words(text.row.record.text))
    return {
        a: round(max((len(own[a] & own[b]) / len(own[a] | own[b]) for b in own if b != a), default=0.0), 4)
        for a in sorted(own)
    }
