"""The tables' versions: brought up or down by Alembic in one transaction that no other process can enter."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from api.store.errors import StoreError

VERSION_TABLE: Final = "nlp_quality_version"  # a council's PostgreSQL may hold another application's `alembic_version`
BASE: Final = "base"
_LOCK: Final = 6_079_431_204_417_331  # any number, as long as it is always this one


def upgrade(connection: Connection) -> None:
    """Bring the tables to this version; nothing happens where they are."""
    to(connection, head())


def to(connection: Connection, revision: str) -> None:
    """Bring the tables up or down to `revision`, or away altogether with `base`.

    Raises:
        StoreError: `unknown_revision`, or `store_newer` where the tables are of a version this program does not know.
    """
    # SQLite's transaction was begun for writing, which is its lock.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    known, current = revisions(), current_revision(connection)
    if revision not in (*known, BASE):
        raise StoreError("unknown_revision", f"the revision must be one of: {', '.join((*known, BASE))}.")
    if current is not None and current not in known:
        raise _newer()
    if revision == (current or BASE):
        return
    config = _config()
    config.attributes["connection"] = connection
    down = revision == BASE or (current is not None and known.index(revision) < known.index(current))
    try:
        (command.downgrade if down else command.upgrade)(config, revision)
    except CommandError:
        raise StoreError("unknown_revision", "the tables cannot be brought to that revision.") from None


def check(connection: Connection) -> None:
    """Whether the tables are of this version.

    Raises:
        StoreError: `not_migrated` or `store_newer`.
    """
    current = current_revision(connection)
    if current == head():
        return
    if current is not None and current not in revisions():
        raise _newer()
    raise StoreError("not_migrated", "the store's tables are of an older version; run nlp-quality migrate.")


def current_revision(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def head() -> str:
    """The newest version."""
    return revisions()[-1]


def revisions() -> tuple[str, ...]:
    """Every version, the oldest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())[::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _newer() -> StoreError:
    return StoreError("store_newer", "the store's tables are of a newer version of this program; upgrade it.")
