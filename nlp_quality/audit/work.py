"""The work file: what has been scored so far, so that a stopped audit goes on where it was.

One line of JSON a record, figures and codes alone (`rows.Row`): no narrative, reason, evidence or name. It does hold the
identifiers of records, children and workers, so it is the owner's alone to read, and it is deleted once the report is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from nlp_quality.audit.rows import Row, from_dict
from nlp_quality.errors import NlpQualityError
from nlp_quality.formats.output import json_line

NAME: Final = "audit.unfinished"
PRIVATE: Final = 0o600


class WorkFile:
    """Rows in the order of the input; a bad record is a row too. Made by `open_work`."""

    def __init__(self, path: Path, done: int) -> None:
        self._path = path
        self._stream = path.open("a", encoding="utf-8")
        self.done = done

    def __enter__(self) -> WorkFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, value: Row | Mapping[str, Any]) -> None:
        """Write one row, or one bad record, to the disk at once."""
        self._stream.write(json_line({"row": value.to_dict()} if isinstance(value, Row) else {"bad": value}))
        self._stream.flush()
        self.done += 1

    def entries(self) -> Generator[Row | Mapping[str, Any], None, None]:
        """All that has been written, in order."""
        self._stream.flush()
        with self._path.open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                value = json.loads(line)
                yield from_dict(value["row"]) if "row" in value else value["bad"]


def remove_work(folder: Path) -> None:
    """Delete the work file: the report is written."""
    (folder / NAME).unlink(missing_ok=True)


def open_work(folder: Path, settings: Mapping[str, Any], *, fresh: bool) -> WorkFile:
    """The work file of an audit in `folder`, new or taken up again.

    Args:
        settings: what makes two audits the same: the input's digest, model, seed, sample.
        fresh: throw an unfinished audit away.

    Raises:
        NlpQualityError: `other_audit` where the folder holds an unfinished audit with other settings.
    """
    path = folder / NAME
    header = json_line(dict(settings))
    if fresh:
        path.unlink(missing_ok=True)
    if path.exists():
        with path.open("rb") as stream:
            first = stream.readline()
            if first != header.encode():
                raise NlpQualityError(
                    "other_audit",
                    "the folder holds an unfinished audit of other records or with other settings: "
                    "give the same ones, another --output, or --fresh to throw it away.",
                )
            done, end = 0, stream.tell()
            for line in stream:
                if not line.endswith(b"\n"):
                    break  # cut short by the stop: that record is scored again.
                done, end = done + 1, end + len(line)
        os.truncate(path, end)
        return WorkFile(path, done)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(header)
    return WorkFile(path, 0)
