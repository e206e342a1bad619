"""XLSX and DOCX are zip files from strangers: looked at before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from nlp_quality.errors import UnreadableInput

MAX_UNPACKED: Final = 256 * 2**20  # bytes, all members together; a year of one team's records is some 50 MiB.
MAX_MEMBERS: Final = 10_000
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")  # the pre-2007 Office container, which also wraps encrypted files.
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_FLAG_ENCRYPTED: Final = 0x1


def check_archive(path: Path, *, kind: str) -> None:
    """Refuse what is no zip file, is encrypted, or unpacks to more than `MAX_UNPACKED` bytes.

    The sizes are those the archive declares; `zipfile` reads no member beyond its declared size, so they bind.

    Args:
        kind: `docx` or `xlsx`, for the code and the message.

    Raises:
        UnreadableInput: `not_a_<kind>`, `password_protected` or `too_large`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise _not_a_zip(path, kind) from None
    if any(member.flag_bits & _FLAG_ENCRYPTED for member in members):
        raise protected(kind)
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnreadableInput("too_large", f"the {kind} file unpacks to more than {MAX_UNPACKED:,} bytes.")


def protected(kind: str) -> UnreadableInput:
    """The error for a file that needs a password."""
    return UnreadableInput("password_protected", f"the {kind} file is protected; save a copy without a password.")


def unreadable(kind: str) -> UnreadableInput:
    """The error for a file that is not of the kind its name claims."""
    article = "an" if kind.startswith("x") else "a"
    return UnreadableInput(f"not_{article}_{kind}", f"the file is not {article} {kind} file, or it is damaged.")


def _not_a_zip(path: Path, kind: str) -> UnreadableInput:
    data = path.read_bytes() if path.stat().st_size <= MAX_UNPACKED else b""
    return protected(kind) if data.startswith(_OLE) and _ENCRYPTED in data else unreadable(kind)
