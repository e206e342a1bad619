"""What can go wrong with the store, said in one line; a database's own message quotes statements and is never shown."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nlp_quality.errors import NlpQualityError

UNAVAILABLE: Final = "store_unavailable"
FULL: Final = "store_full"
READ_ONLY: Final = "store_read_only"
CORRUPT: Final = "store_corrupt"
WRONG_KEY: Final = "wrong_key"

_MESSAGES: Final = {
    UNAVAILABLE: "the store's database cannot be reached.",
    FULL: "the disk of the store is full.",
    READ_ONLY: "the store cannot be written: its folder or file is read-only.",
    CORRUPT: "the store's database file is damaged; restore it from a backup.",
}
# The low byte of SQLite's extended result codes is the code itself.
_SQLITE: Final = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: CORRUPT,
    sqlite3.SQLITE_NOTADB: CORRUPT,
    sqlite3.SQLITE_BUSY: UNAVAILABLE,
    sqlite3.SQLITE_LOCKED: UNAVAILABLE,
    sqlite3.SQLITE_IOERR: UNAVAILABLE,
    sqlite3.SQLITE_PROTOCOL: UNAVAILABLE,
}
# PostgreSQL's: disk full; a read-only transaction, as on a standby; data or an index corrupted.
_SQLSTATE: Final = {"53100": FULL, "25006": READ_ONLY, "XX001": CORRUPT, "XX002": CORRUPT}


class StoreError(NlpQualityError):
    """The store cannot be opened, read or written. Codes: those above, and those of keys and migrations."""


def store_error(code: str) -> StoreError:
    """The error of this code, with its plain sentence."""
    return StoreError(code, _MESSAGES[code])


def from_database(error: SQLAlchemyError) -> StoreError | None:
    """What a database's error means to an operator; None for one that is a fault of ours."""
    if isinstance(error, PoolTimeout):
        return store_error(UNAVAILABLE)
    if not isinstance(error, DBAPIError):
        return None
    number = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(number, int):
        code = _SQLITE.get(number & 0xFF)
        return None if code is None else store_error(code)
    state = getattr(error.orig, "sqlstate", None)
    if state in _SQLSTATE:
        return store_error(_SQLSTATE[state])
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return store_error(UNAVAILABLE)
    return None
