"""Drawing the sample: sizes by stratum, one pass over the input, and how large a sample has to be.

Cochran, Sampling Techniques (3rd edition, 1977), chapters 4 and 5: sample size with the finite population correction,
proportional allocation. A record's lot is a number drawn from its place in the input and the seed, and the smallest
lots of a stratum are its sample, so one pass holds no more than `--sample` places a stratum and never a text.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from scipy.stats import norm

from nlp_quality.errors import NlpQualityError
from nlp_quality.record import Record

LEVEL: Final = 0.95
MAX_STRATA: Final = 1_000  # a column with more values is no stratum: an identifier, say.
NOT_GIVEN: Final = "not given"

Stratum = tuple[str, ...]


class Allocation(StrEnum):
    """How the sample is shared out between strata."""

    proportional = "proportional"
    equal = "equal"


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum: how many records it holds and how many of them are drawn."""

    stratum: Stratum
    records: int
    drawn: int

    @property
    def weight(self) -> float:
        """How many records of the input each drawn one stands for."""
        return self.records / self.drawn if self.drawn else 0.0


@dataclass
class Lots:
    """The smallest lots of each stratum, and how many records it holds.

    Attributes:
        size: the sample wanted; None keeps every record, and then no lots.
        columns: what makes a stratum: `record_type`, or a name of `context`.
    """

    size: int | None
    columns: Sequence[str]
    seed: int
    counts: dict[Stratum, int] = field(default_factory=dict)
    kept: dict[Stratum, list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, position: int, record: Record) -> None:
        """Let one record draw its lot.

        Raises:
            NlpQualityError: `too_many_strata`.
        """
        stratum = stratum_of(record, self.columns)
        if stratum not in self.counts and len(self.counts) >= MAX_STRATA:
            names = ", ".join(self.columns)
            raise NlpQualityError(
                "too_many_strata",
                f"--stratify {names} makes more than {MAX_STRATA:,} groups: stratify by fewer columns.",
            )
        self.counts[stratum] = self.counts.get(stratum, 0) + 1
        if self.size is None:
            return
        heap = self.kept.setdefault(stratum, [])
        entry = (-lot(self.seed, position), position)  # a heap gives up its smallest: the largest lot goes.
        if len(heap) < self.size:
            heapq.heappush(heap, entry)
        elif entry > heap[0]:
            heapq.heapreplace(heap, entry)

    def draw(self, allocation: Allocation) -> tuple[tuple[Part, ...], frozenset[int] | None]:
        """Each stratum with its share, and the places of the records drawn; None for all of them."""
        strata = sorted(self.counts)
        if self.size is None or self.size >= sum(self.counts.values()):
            return tuple(Part(s, self.counts[s], self.counts[s]) for s in strata), None
        sizes = allocate({s: self.counts[s] for s in strata}, self.size, allocation)
        drawn: set[int] = set()
        for stratum in strata:
            drawn.update(place for _, place in heapq.nlargest(sizes[stratum], self.kept[stratum]))
        return tuple(Part(s, self.counts[s], sizes[s]) for s in strata), frozenset(drawn)


def stratum_of(record: Record, columns: Sequence[str]) -> Stratum:
    """The stratum of a record; what is not given is a value of its own."""
    return tuple(
        record.record_type if name == "record_type" else record.context.get(name, "").strip() or NOT_GIVEN
        for name in columns
    )


def lot(seed: int, position: int) -> int:
    """A number that looks drawn at random and is always the same for a seed and a place."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{position}".encode(), digest_size=8).digest(), "big")


def allocate(counts: Mapping[Stratum, int], size: int, allocation: Allocation) -> dict[Stratum, int]:
    """How many to draw from each stratum: sums to `size`, none above what is there.

    Each stratum gets two where it can, so that its spread can be told. The rest goes by largest remainder in
    proportion to the records (Cochran 1977, 5.9), or evenly; what a small stratum cannot give the others do.

    Raises:
        NlpQualityError: `sample_too_small` where there are more strata than records to draw.
    """
    if size < len(counts):
        raise NlpQualityError(
            "sample_too_small", f"a sample of {size} cannot hold a record of each of {len(counts)} strata."
        )
    floor = 2 if size >= 2 * len(counts) else 1
    out = {stratum: min(floor, n) for stratum, n in counts.items()}
    while (left := size - sum(out.values())) > 0:
        open_ = [s for s in counts if out[s] < counts[s]]
        if not open_:
            break
        share = {s: counts[s] if allocation is Allocation.proportional else 1 for s in open_}
        total = sum(out[s] for s in open_) + left
        want = {s: max(0.0, total * share[s] / sum(share.values()) - out[s]) for s in open_}
        whole = {s: min(counts[s] - out[s], math.floor(want[s] * left / (sum(want.values()) or 1))) for s in open_}
        for stratum in open_:
            out[stratum] += whole[stratum]
        left = size - sum(out.values())
        if not sum(whole.values()):
            for stratum in sorted(open_, key=lambda s: (-want[s], s))[:left]:
                out[stratum] += 1
    return out


def size_for(margin: float, *, records: int | None, share: float = 0.5) -> int:
    """How many records a simple random sample needs for a 95 % interval of `share` plus or minus `margin`.

    Args:
        margin: half the interval's width, 0 to 0.5.
        records: how many there are; None for no finite population correction.
        share: the share expected; a half asks for most.
    """
    z = float(norm.ppf((1 + LEVEL) / 2))
    wanted = z**2 * share * (1 - share) / margin**2
    if records is not None:
        wanted = wanted / (1 + (wanted - 1) / records)
        return min(records, math.ceil(wanted))
    return math.ceil(wanted)


def margin_of(size: int, *, records: int | None, share: float = 0.5) -> float:
    """The half width that a simple random sample of `size` gives: the inverse of `size_for`."""
    z = float(norm.ppf((1 + LEVEL) / 2))
    correction = 1.0 if records is None or records < 2 else max(0.0, (records - size) / (records - 1))
    return float(z * math.sqrt(share * (1 - share) / size * correction))
