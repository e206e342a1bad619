"""A folder of files, read in the order of their paths."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from nlp_quality.errors import UnreadableInput


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """What a folder holds.

    Attributes:
        files: readable ones with their names below the folder (`2024/visit.docx`), sorted by name.
        skipped: how many files are of other kinds.
    """

    files: tuple[tuple[Path, str], ...]
    skipped: int


def file_name(path: Path) -> str:
    """`path` as a record's id: with `/`, and bytes that are not UTF-8 replaced, so that it can be written out."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def list_files(folder: Path, *, suffixes: Collection[str]) -> FolderFiles:
    """The files of `folder` and the folders in it, links to folders not followed.

    Hidden files and Word's lock files (`~$…`) are neither read nor counted.

    Args:
        suffixes: those that can be read, in lower case, as in `.csv`.

    Raises:
        UnreadableInput: `empty_folder` when no file in it can be read; `unreadable_folder`.
    """

    def refuse(error: OSError) -> None:
        raise UnreadableInput("unreadable_folder", "the folder, or one inside it, cannot be opened.") from error

    found: list[tuple[Path, str]] = []
    skipped = 0
    for place, inner, names in os.walk(folder, onerror=refuse):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if name.startswith((".", "~$")):
                continue
            if path.suffix.lower() in suffixes and path.is_file():
                found.append((path, file_name(path.relative_to(folder))))
            else:
                skipped += 1
    if not found:
        raise UnreadableInput(
            "empty_folder", f"the folder holds no file of a kind that can be read ({', '.join(suffixes)})."
        )
    return FolderFiles(files=tuple(sorted(found, key=lambda pair: pair[1])), skipped=skipped)
