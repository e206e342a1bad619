"""A `.docx` file's text in document order, tables and form fields included.

python-docx opens the file; the text is read from its XML, since python-docx passes over content controls (the
fields of most social-care forms), text boxes and tracked insertions. Tracked deletions are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import docx

from nlp_quality.formats.archives import check_archive, unreadable
from nlp_quality.formats.documents import check_size, document
from nlp_quality.formats.sources import Item

MAX_LABEL: Final = 80  # code points: the left cell of a two-cell row is a label up to this length.
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says the Choice again.
_PASSED_OVER: Final = frozenset(
    {_FALLBACK, *(_W + tag for tag in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "tblPr", "trPr", "tcPr", "sectPr"))}
)
_CHARACTERS: Final = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_TEXT, _PARAGRAPH, _TABLE = _W + "t", _W + "p", _W + "tbl"
_ROW, _CELL, _TEXT_BOX = _W + "tr", _W + "tc", _W + "txbxContent"


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of text; `tight` when it follows its like on the next line (a list item, a table row)."""

    text: str
    tight: bool = False


def read(path: Path, *, name: str) -> Iterator[Item]:
    """The one record of a `.docx` file; `name` becomes its id.

    Raises:
        UnreadableInput: `not_a_docx`, `password_protected` or `too_large`.
    """
    check_size(path)
    check_archive(path, kind="docx")
    yield from document(extract(path), name=name)


def extract(path: Path) -> str:
    """Paragraphs parted by blank lines; list items as `- …` and table rows as `label: value`, a line each.

    Raises:
        UnreadableInput: `not_a_docx`.
    """
    try:
        return _joined(_blocks(docx.Document(str(path)).element.body))
    except OSError:
        raise
    except Exception:  # python-docx answers a damaged file with whatever its parts raise.
        raise unreadable("docx") from None


def _joined(blocks: Iterator[_Block]) -> str:
    parts: list[str] = []
    previous = _Block("")
    for block in blocks:
        if parts:
            parts.append("\n" if block.tight and previous.tight else "\n\n")
        parts.append(block.text)
        previous = block
    return "".join(parts)


def _blocks(container: Any) -> Iterator[_Block]:
    """The paragraphs and tables below `container`, through content controls and insertions."""
    for child in _children(container):
        if child.tag == _PARAGRAPH:
            text = "".join(_inline(child)).strip()
            if text:
                listed = _is_listed(child)
                yield _Block(f"- {text}" if listed else text, tight=listed)
            for box in child.iter(_TEXT_BOX):
                if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                    yield from _blocks(box)
        elif child.tag == _TABLE:
            for row in _nested(child, _ROW):
                if row.find(f"{_W}trPr/{_W}del") is None:
                    yield from _row(row)
        else:
            yield from _blocks(child)


def _row(row: Any) -> Iterator[_Block]:
    cells = [text for cell in _nested(row, _CELL) if (text := _joined(_blocks(cell)))]
    match cells:
        case []:
            return
        case [text]:
            yield _Block(text, tight="\n" not in text)
        case [label, value] if len(label) <= MAX_LABEL and "\n" not in label:
            stem = label.rstrip(" :")
            yield _Block(f"{label if label.endswith('?') else stem + ':'} {value}", tight="\n" not in value)
        case _:
            yield _Block(" | ".join(cells), tight=not any("\n" in cell for cell in cells))


def _inline(element: Any) -> Iterator[str]:
    for child in _children(element):
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag != _TEXT_BOX:  # whose paragraphs are blocks of their own.
            yield from _inline(child)


def _nested(element: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, through content controls, but not those of a table inside."""
    for child in _children(element):
        if child.tag == tag:
            yield child
        elif child.tag not in (_PARAGRAPH, _TABLE):
            yield from _nested(child, tag)


def _children(element: Any) -> Iterator[Any]:
    return (child for child in element if isinstance(child.tag, str) and child.tag not in _PASSED_OVER)


def _is_listed(paragraph: Any) -> bool:
    if paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
        return True
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and style.get(f"{_W}val", "").startswith(("ListBullet", "ListNumber"))
