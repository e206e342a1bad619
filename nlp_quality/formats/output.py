"""Where results go: standard output, or a file that appears only once it is complete."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TextIO

from nlp_quality.errors import NlpQualityError

PART: Final = ".part"  # suffix of a file that is still being written.
# JSON allows these in a string, but many readers take them for the end of a line.
_LINE_ENDS: Final = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def json_line(value: Mapping[str, Any]) -> str:
    """`value` as one line of JSON Lines, its line end included."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS) + "\n"


def check_output(output: Path | None, *, source: str) -> None:
    """Refuse an output that cannot be written, or that would overwrite what is being read.

    Raises:
        NlpQualityError: `output_is_folder`, `no_output_folder` or `output_is_input`.
    """
    if output is None:
        return
    if output.is_dir():
        raise NlpQualityError("output_is_folder", "the output is a folder; name a file in it.")
    if not output.absolute().parent.is_dir():
        raise NlpQualityError("no_output_folder", "the folder of the output does not exist.")
    if source == "-":
        return
    place, read = output.resolve(), Path(source).resolve()
    if read in (place, _part(place)) or (output.exists() and read.exists() and output.samefile(read)):
        raise NlpQualityError("output_is_input", "the output is the input; name another file.")
    if read.is_dir() and place.is_relative_to(read):
        raise NlpQualityError("output_is_input", "the output lies in the folder that is read; put it elsewhere.")


@contextmanager
def open_output(output: Path | None) -> Iterator[TextIO]:
    """A UTF-8 text stream to `output`, or to standard output when None.

    A file is written beside its place as `OUT.part` and takes its name once complete; after an error it is
    removed, so that no narrative is left behind unasked. A device or pipe is written directly.

    Raises:
        NlpQualityError: `not_writable`.
    """
    if output is None:
        with _standard_output() as stream:
            yield stream
        return
    place = output.resolve()  # a link keeps pointing at what it points at.
    direct = place.exists() and not place.is_file()
    part = place if direct else _part(place)
    try:
        # Closed below in every case; a `with` would put the caller's own errors under the `except`.
        stream = part.open("w", encoding="utf-8", newline="\n")
    except OSError:
        raise NlpQualityError("not_writable", "the output cannot be written.") from None
    try:
        with stream:
            yield stream
        if not direct:
            if place.exists():
                shutil.copymode(place, part)
            part.replace(place)
    except BaseException:
        if not direct:
            part.unlink(missing_ok=True)
        raise


def close_standard_output() -> None:
    """Point standard output at nothing, once its reader has gone, so that the interpreter's last flush is quiet."""
    with suppress(OSError, ValueError):  # a stream without a descriptor, as in tests.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """Standard output in UTF-8 with plain line ends, whatever the locale."""
    sys.stdout.flush()
    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    try:
        yield stream
    finally:
        with suppress(ValueError):
            stream.detach()  # flushes, and leaves the process its standard output.


def _part(place: Path) -> Path:
    return place.with_name(place.name + PART)
