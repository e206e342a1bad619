"""A `.pdf` file's text. Scans hold pictures of text and need character recognition first."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pypdf
from pypdf.errors import DependencyError

from nlp_quality.errors import NlpQualityError, UnreadableInput
from nlp_quality.formats.archives import protected, unreadable
from nlp_quality.formats.documents import check_size, document
from nlp_quality.formats.sources import Item
from nlp_quality.record import MAX_TEXT

_PYPDF_LOGGER: Final = logging.getLogger("pypdf")


def read(path: Path, *, name: str) -> Iterator[Item]:
    """The one record of a `.pdf` file; `name` becomes its id.

    Raises:
        UnreadableInput: `not_a_pdf`, `password_protected`, `no_text` (a scan) or `too_large`.
    """
    check_size(path)
    text = extract(path)
    if not text.strip():
        message = "the PDF holds no text; if it is a scan, run character recognition (OCR) on it first."
        raise UnreadableInput("no_text", message)
    yield from document(text, name=name)


def extract(path: Path) -> str:
    """The text of the pages in order, each starting on a new line; stops once it is beyond `MAX_TEXT` code points.

    Raises:
        UnreadableInput: `not_a_pdf` or `password_protected`.
    """
    pages: list[str] = []
    length = 0
    try:
        with _quiet(), pypdf.PdfReader(path) as reader:
            # An empty password opens files that only forbid printing or copying.
            if reader.is_encrypted and not reader.decrypt(""):
                raise protected("pdf")
            for page in reader.pages:
                pages.append(page.extract_text())
                length += len(pages[-1])
                if length > MAX_TEXT:
                    break
    except (NlpQualityError, OSError):
        raise
    except DependencyError:  # AES, for which pypdf needs a further library.
        raise protected("pdf") from None
    except Exception:  # pypdf answers a damaged file with whatever its parts raise.
        raise unreadable("pdf") from None
    return "\n".join(pages)


@contextmanager
def _quiet() -> Iterator[None]:
    """No messages of pypdf meanwhile: they can quote the file."""
    level = _PYPDF_LOGGER.level
    _PYPDF_LOGGER.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        _PYPDF_LOGGER.setLevel(level)
