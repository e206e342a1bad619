"""What a million records cost: records per second of one core, here and on Ray, and a table made of the rate.

`python -m tests.benchmarks.cluster [RECORDS] [--model NAME]` scores records of the corpus once in this process and
once on a Ray cluster of this machine, and prints Markdown. Time is that of the processor, not of the clock, so that other work on the
machine does not count; records are scored once beforehand, so that loading does not count either.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice, pairwise
from pathlib import Path

from nlp_quality import Record, Scorecard, Scorer, corpus
from nlp_quality.formats import Source
from nlp_quality.ray_engine import score_on_ray

SIZES = (1_000_000, 10_000_000, 100_000_000)
CORES = (4, 16, 64)


class Timed:
    """A scorer that writes down its process's time after each record."""

    def __init__(self, model: str | None, folder: Path) -> None:
        self._inner = Scorer.load(model, threads=1)
        self._log = folder / str(os.getpid())

    def score(self, record: Record) -> Scorecard:
        """Score, and write the time down."""
        card = self._inner.score(record)
        with self._log.open("a") as log:
            log.write(f"{time.process_time()}\n")
        return card


def seconds_a_record(folder: Path) -> float:
    """Of a core, over all processes; the first records of each are left out, as what they load is loaded once."""
    steps: list[float] = []
    for log in folder.iterdir():
        times = [float(line) for line in log.read_text().split()]
        steps += [b - a for a, b in pairwise(times[2:])]
    return statistics.fmean(steps)


def table(rate: float) -> Iterator[str]:
    """What so many records a second of one core make of a million."""
    yield "| records | core-hours | " + " | ".join(f"days on {cores} cores" for cores in CORES) + " |"
    yield "| ---: " * (2 + len(CORES)) + "|"
    for size in SIZES:
        hours = size / rate / 3600
        days = " | ".join(
            f"{hours / cores / 24:.2g}" if hours / cores < 240 else f"{hours / cores / 24:.0f}" for cores in CORES
        )
        yield f"| {size:,} | {hours:,.0f} | {days} |"


def main() -> None:
    """Measure, and print."""
    read = argparse.ArgumentParser()
    read.add_argument("records", nargs="?", type=int, default=200)
    read.add_argument("--model")
    asked = read.parse_args()
    rows = [row.record for split in corpus.SPLITS for row in corpus.read(split)]
    records = list(islice(cycle(rows[:: max(1, len(rows) // asked.records)]), asked.records))
    words = statistics.fmean(len(record.text.split()) for record in records)
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        scorer = Timed(asked.model, Path(here))
        for record in records:
            scorer.score(record)
        local = 1 / seconds_a_record(Path(here))
        load = partial(Timed, asked.model, Path(there))
        began = time.perf_counter()
        done = sum(1 for _ in score_on_ray((Source(r) for r in records), load=load, piece=8))
        clock = time.perf_counter() - began
        ray = 1 / seconds_a_record(Path(there))
    version = Scorer.load(asked.model).model
    print(f"Model {version.name} {version.version}, {done} records of {words:.0f} words on average.\n")
    print("| | records a second of one core |\n| --- | ---: |")
    print(f"| in one process | {local:.1f} |\n| on Ray | {ray:.1f} ({100 * ray / local:.0f} % of that) |\n")
    print("\n".join(table(ray)))
    print(f"\nThe clock of the run on Ray, starting and loading included: {clock:.0f} s.", file=sys.stderr)


if __name__ == "__main__":
    main()
