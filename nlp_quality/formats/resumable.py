"""An output that survives a stop: what was written stays beside its place, and the next run goes on behind it.

Scorecards quote records, so this is done only where it was asked for; the pieces lie in the folder of the output, for its owner alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from nlp_quality.errors import NlpQualityError
from nlp_quality.formats.output import PART

RESUME: Final = ".resume"  # suffix of the file that says what the unfinished output is of.
PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Resumed:
    """An output to go on with.

    Attributes:
        done: entries that are there already.
        bad: how many of those are errors.
    """

    stream: TextIO
    done: int
    bad: int


def input_identity(source: str) -> str:
    """A digest of the names, sizes and times of what is read: the same input has the same, an edited one has not.

    Raises:
        NlpQualityError: `not_a_file` for standard input, which cannot be read again.
    """
    if source == "-":
        raise NlpQualityError("not_a_file", "--resume needs a file or folder: standard input cannot be read again.")
    path = Path(source)
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    known = [(str(p.relative_to(path)), p.stat().st_size, p.stat().st_mtime_ns) for p in files if p.exists()]
    return hashlib.sha256(json.dumps(known).encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def open_resumable(output: Path, settings: Mapping[str, Any]) -> Iterator[Resumed]:
    """A stream behind what an earlier run with the same `settings` has written; `output` appears once all is.

    Raises:
        NlpQualityError: `other_run` where the unfinished output is of other records or settings.
    """
    place = output.resolve()
    part, note = place.with_name(place.name + PART), place.with_name(place.name + RESUME)
    wanted = json.dumps(dict(settings), sort_keys=True)
    done = bad = 0
    if note.exists() and part.exists():
        if note.read_text(encoding="utf-8") != wanted:
            raise NlpQualityError(
                "other_run",
                "the unfinished output is of other records or settings: give the same ones, or delete OUT.part and OUT.resume.",
            )
        done, bad = _count(part)
    else:
        part.unlink(missing_ok=True)
        for path, text in ((part, ""), (note, wanted)):
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w", encoding="utf-8"
            ) as stream:
                stream.write(text)
    with part.open("a", encoding="utf-8", newline="\n") as stream:
        yield Resumed(stream, done, bad)
    part.replace(place)
    note.unlink()


def _count(part: Path) -> tuple[int, int]:
    """Whole lines of a file, and how many are errors; a line cut short by the stop is cut off."""
    done = bad = end = 0
    with part.open("rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                break
            done, end = done + 1, end + len(line)
            bad += b'"error":' in line[:1_000] and "error" in json.loads(line)
    os.truncate(part, end)
    return done, bad
