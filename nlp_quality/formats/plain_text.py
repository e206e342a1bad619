"""A `.txt` file in UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nlp_quality.errors import UnreadableInput
from nlp_quality.formats.documents import check_size, document
from nlp_quality.formats.sources import Item


def read(path: Path, *, name: str) -> Iterator[Item]:
    """The one record of a `.txt` file; `name` becomes its id.

    Raises:
        UnreadableInput: `too_large` or `invalid_utf8`.
    """
    check_size(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableInput("invalid_utf8", "the file is not UTF-8 text; save it as UTF-8.") from None
    yield from document(text, name=name)
