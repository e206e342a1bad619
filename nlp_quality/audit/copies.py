"""Near-copies within a family: MinHash over runs of words, names taken out.

Broder 1997, "On the resemblance and containment of documents"; hashing and index by datasketch. A sketch cannot be turned back
into text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from datasketch import MinHash, MinHashLSH

from nlp_quality.record import Record

PERMUTATIONS: Final = 128  # the estimate of a resemblance of 0.8 is then within 0.07 nineteen times in twenty.
SHINGLE: Final = 4  # words a run.
MIN_WORDS: Final = 40  # a shorter note is alike by chance, or by what such a note has to say.
NEAR: Final = 0.7  # of all runs that either text has, seven in ten are in both.
CANDIDATE: Final = 0.5  # the index is asked wider, as it may miss what lies at its threshold.
SEED: Final = 1

_WORD: Final = re.compile(r"[a-z0-9']+")
_TAG: Final = re.compile(r"<[^>]*>")
_PERSON: Final = "someone"
# A visit copied from a sister's file to her brother's has its pronouns changed.
_PRONOUNS: Final = {"he": "they", "she": "they", "him": "them", "his": "them", "her": "them", "hers": "them"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, by their place in what was given, and the share of runs they have in common."""

    first: int
    second: int
    resemblance: float


def sketch_of(record: Record) -> bytes | None:
    """The sketch of a record's text, with the names it gives taken out; None for a text too short to tell."""
    text = record.text if record.format == "text" else _TAG.sub(" ", record.text)
    names = {
        form
        for person in record.people or ()
        for name in (person.name, *person.aliases)
        for form in (name, *name.split())
    }
    plain = text
    if names:
        longest_first = sorted((re.escape(name) for name in names if len(name) > 1), key=len, reverse=True)
        plain = re.sub(rf"\b(?:{'|'.join(longest_first)})\b", _PERSON, text) if longest_first else text
    words = [_PRONOUNS.get(word, word) for word in _WORD.findall(plain.lower().replace("’", "'"))]
    if len(words) < MIN_WORDS:
        return None
    sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update_batch([" ".join(words[i : i + SHINGLE]).encode() for i in range(len(words) - SHINGLE + 1)])
    return bytes(np.asarray(sketch.hashvalues, dtype="<u4").tobytes())


def near_copies(sketches: Sequence[bytes]) -> Iterator[Pair]:
    """Each sketch with the earlier one it is most like, where that is a near-copy."""
    index = MinHashLSH(threshold=CANDIDATE, num_perm=PERMUTATIONS)
    made: list[MinHash] = []
    for place, raw in enumerate(sketches):
        own = MinHash(num_perm=PERMUTATIONS, seed=SEED)
        own.hashvalues = np.frombuffer(raw, dtype="<u4").astype(own.hashvalues.dtype)
        alike = [(made[other].jaccard(own), -other) for other in index.query(own)]
        if alike:
            resemblance, minus = max(alike)
            if resemblance >= NEAR:
                yield Pair(-minus, place, round(float(resemblance), 2))
        index.insert(place, own, check_duplication=False)
        made.append(own)
