"""The annotated corpus on disk: authors, their split, their labelled records and presence passages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nlp_quality.errors import UnreadableInput
from nlp_quality.evaluation.labelled import Labelled, read_labelled

CORPUS: Final = Path(__file__).parents[2] / "annotation_guidelines" / "corpus"
SPLITS: Final = ("train", "dev", "test")
KINDS: Final = ("records", "presence")


@dataclass(frozen=True, slots=True)
class Author:
    """One author's hand: who they are, the split all their texts belong to, and the digest of each file."""

    id: str
    persona: str
    split: str
    files: dict[str, str]


def authors(folder: Path = CORPUS) -> tuple[Author, ...]:
    """The authors of the manifest, in order.

    Raises:
        UnreadableInput: the manifest is missing or broken, or a file is not the one it names.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        found = tuple(Author(**entry) for entry in manifest["authors"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableInput("no_corpus", "The corpus has no manifest that can be read.") from error
    for author in found:
        for kind, recorded in author.files.items():
            path = folder / kind / f"{author.id}.jsonl"
            if not path.is_file() or sha256(path) != recorded:
                raise UnreadableInput("corpus_altered", f"{kind}/{author.id}.jsonl is not as the manifest records it.")
    return found


def read(split: str, *, kind: str = "records", folder: Path = CORPUS) -> Iterator[Labelled]:
    """Labelled records (or presence passages) of one split, author by author, lazily."""
    for author in authors(folder):
        if author.split == split and kind in author.files:
            yield from read_author(author, kind=kind, folder=folder)


def read_author(author: Author, *, kind: str = "records", folder: Path = CORPUS) -> Iterator[Labelled]:
    """One author's labelled records, or presence passages, in order."""
    return read_labelled(folder / kind / f"{author.id}.jsonl")


def sha256(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
