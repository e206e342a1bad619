"""Records in, from files, folders and streams: `read_records` is the one entry."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

from nlp_quality.errors import UnreadableInput
from nlp_quality.formats.columns import Adapt
from nlp_quality.formats.folder import file_name, list_files
from nlp_quality.formats.json_lines import read_stream
from nlp_quality.formats.sources import BadRecord, Item, Source, bad_record, score_items

__all__ = ["SUFFIXES", "BadRecord", "Item", "Source", "read_records", "score_items"]

# Suffix -> the module of this package that reads it; loaded when met, as pyarrow and openpyxl take their time.
SUFFIXES: Final[dict[str, str]] = {
    ".jsonl": "json_lines",
    ".json": "json_file",
    ".csv": "csv_table",
    ".xlsx": "xlsx_table",
    ".parquet": "parquet_table",
    ".txt": "plain_text",
    ".docx": "docx_text",
    ".pdf": "pdf_text",
}


TABLES: Final = (".csv", ".xlsx", ".parquet")


class _Read(Protocol):
    def __call__(self, path: Path, *, name: str) -> Iterator[Item]: ...


def read_records(
    source: str | Path,
    *,
    stdin: BinaryIO | None = None,
    on_skipped: Callable[[int], None] | None = None,
    adapt: Adapt | None = None,
) -> Iterator[Item]:
    """The records of a file, a folder or standard input: lazily, in order, a `BadRecord` in the place of a bad one.

    In a folder a file that cannot be read becomes one `BadRecord` and the others are read.

    Args:
        source: a path, or `-` for JSON Lines on standard input.
        stdin: binary stream to read for `-`; the process's own when None.
        adapt: what the columns of tables stand for, where their names are not the contract's.
        on_skipped: called with the number of files of other kinds in a folder, when there are any.

    Raises:
        UnreadableInput: at once for `not_found`, `unknown_format`, `empty_folder`; on reading for a file that is not
            what its name claims (`not_a_docx`, `password_protected`, `no_text_column`, …).
    """
    if str(source) == "-":
        return _opened(read_stream(sys.stdin.buffer if stdin is None else stdin))
    path = Path(source)
    try:
        if path.is_dir():
            found = list_files(path, suffixes=SUFFIXES)
            if found.skipped and on_skipped is not None:
                on_skipped(found.skipped)
            return _read_all(found.files, adapt)
        if not path.exists():
            raise UnreadableInput("not_found", "the input does not exist.")
    except (OSError, ValueError):  # a name the file system cannot hold.
        raise UnreadableInput("not_found", "the input cannot be opened.") from None
    if path.suffix.lower() not in SUFFIXES:
        raise UnreadableInput("unknown_format", f"the input is none of: {', '.join(SUFFIXES)}, a folder, or -.")
    return _read_file(path, name=file_name(Path(path.name)), adapt=adapt)


def _read_file(path: Path, *, name: str, adapt: Adapt | None) -> Iterator[Item]:
    module = import_module(f"{__name__}.{SUFFIXES[path.suffix.lower()]}")
    read = partial(module.read, adapt=adapt) if path.suffix.lower() in TABLES else module.read
    return _opened(cast(_Read, read)(path, name=name))


def _read_all(files: tuple[tuple[Path, str], ...], adapt: Adapt | None) -> Iterator[Item]:
    for path, name in files:
        try:
            yield from _read_file(path, name=name, adapt=adapt)
        except UnreadableInput as error:
            yield bad_record(error, id=name)


def _opened(items: Iterator[Item]) -> Iterator[Item]:
    try:
        yield from items
    except OSError:
        raise UnreadableInput("not_readable", "the input cannot be opened or read.") from None
