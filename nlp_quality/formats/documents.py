"""One document, one record: the text as extracted, under the name of the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats.sources import Item, Source, bad_record
from nlp_quality.record import Record

MAX_DOCUMENT: Final = 100 * 2**20  # bytes of a file; pictures make Word and PDF files large.


def check_size(path: Path) -> None:
    """Refuse a document of more than `MAX_DOCUMENT` bytes before any of it is read.

    Raises:
        UnreadableInput: `too_large`.
    """
    if path.stat().st_size > MAX_DOCUMENT:
        raise UnreadableInput("too_large", f"the document is larger than {MAX_DOCUMENT:,} bytes.")


def document(text: str, *, name: str) -> Iterator[Item]:
    """The one record of a document.

    Args:
        text: as extracted; line ends become `\\n`, and halves of surrogate pairs (broken fonts) `U+FFFD`.
        name: of the file, which becomes the record's id.
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = clean.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    try:
        yield Source(Record(text=clean, id=name), extracted=True)
    except InvalidRecord as error:
        yield bad_record(error, id=name)
