"""The store: one database, SQLite in the data folder or PostgreSQL by URL, its keys, and its transactions."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from api.settings import Settings
from api.store import migrate
from api.store.errors import CORRUPT, READ_ONLY, StoreError, from_database, store_error
from api.store.keys import KeyRing, SealBroken, TenantSecret, load_key_file, make_key_file, parse_keys, wrong_key
from api.store.secrets import check_key, tenant_secret

FILE: Final = "store.sqlite"
KEY_FILE: Final = "key"
BUSY_MILLISECONDS: Final = 15_000  # how long a writer of SQLite waits for another.
CONNECT_SECONDS: Final = 5


class Store:
    """Opened once a process; its sessions may be used from any thread. Making one touches no file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._keys: KeyRing | None = None
        self._tenants: dict[str, TenantSecret] = {}

    @property
    def keys(self) -> KeyRing:
        """The operator's keys.

        Raises:
            StoreError: the store is not open.
        """
        if self._keys is None:
            raise not_open()
        return self._keys

    @property
    def engine(self) -> Engine:
        """The database's connections.

        Raises:
            StoreError: the store is not open.
        """
        if self._engine is None:
            raise not_open()
        return self._engine

    @property
    def key_file(self) -> Path | None:
        """The file that the keys are read from; None where they come from the environment."""
        settings = self._settings
        if settings.key is not None or settings.key_file is not None:
            return settings.key_file if settings.key is None else None
        return None if self.file is None else self.file.parent / KEY_FILE

    @property
    def is_open(self) -> bool:
        """Whether `open` has succeeded."""
        return self._engine is not None

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for another database."""
        url = self._url()
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    def open(self, *, migrating: bool = True) -> None:
        """Make what is missing (folder, key, tables), check the key, and be ready; a second call does nothing.

        Args:
            migrating: bring the tables to this version; else refuse tables of another.

        Raises:
            StoreError: with the one thing that is wrong.
        """
        with self._lock:
            if self._engine is not None:
                return
            url = self._url()
            try:
                keys = self._load_keys()
                if self.file is not None:
                    # SQLite gives its journal the mode of this file.
                    os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
            except PermissionError:
                raise store_error(READ_ONLY) from None
            except OSError as error:
                raise StoreError("store_unavailable", f"the data folder cannot be used: {error.strerror}.") from None
            engine = _engine(url)
            try:
                with translated():
                    self._prepare(engine, keys, migrating=migrating)
            except BaseException:
                engine.dispose()
                raise
            self._engine, self._keys = engine, keys

    def close(self) -> None:
        """Let go of every connection."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = self._keys = None
            self._tenants.clear()

    @contextmanager
    def session(self, *, write: bool = True) -> Iterator[Session]:
        """A transaction: committed at the end, undone after an error.

        Args:
            write: false for one that only reads, which on SQLite waits for no writer.

        Raises:
            StoreError: the database cannot be reached, is full, read-only or damaged.
        """
        engine = self.engine if write else self.engine.execution_options(read_only=True)
        with translated(), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def now(self, session: Session) -> datetime:
        """The database's time, so that machines whose clocks differ agree when a claim ends."""
        if session.get_bind().dialect.name == "sqlite":
            return datetime.now(UTC)
        found: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return found.astimezone(UTC)

    def tenant(self, session: Session, name: str) -> TenantSecret:
        """What digests and pseudonyms of this tenant are keyed with; made when first asked for."""
        known = self._tenants.get(name)
        if known is not None:
            return known
        secret, made = tenant_secret(session, self.keys, name)
        if not made:
            self._tenants[name] = secret
        return secret

    def check(self) -> None:
        """Whether the database answers and its tables are of this version.

        Raises:
            StoreError: what is wrong.
        """
        with self.session(write=False) as session:
            migrate.check(session.connection())

    def is_ready(self) -> bool:
        """Whether `check` finds nothing wrong."""
        try:
            self.check()
        except StoreError:
            return False
        return True

    def _prepare(self, engine: Engine, keys: KeyRing, *, migrating: bool) -> None:
        with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                (verdict,) = connection.exec_driver_sql("PRAGMA quick_check(1)").one()
                if verdict != "ok":
                    raise store_error(CORRUPT)
            if migrating:
                migrate.upgrade(connection)
            migrate.check(connection)
            with Session(connection) as session:
                try:
                    check_key(session, keys)
                except SealBroken:
                    raise wrong_key() from None
                session.commit()

    def _url(self) -> URL:
        given = self._settings.database_url
        if given is None:
            return URL.create("sqlite", database=str(self._settings.data_dir / FILE))
        try:
            url = make_url(given.get_secret_value())
        except ArgumentError:
            raise StoreError("invalid_database_url", "NLP_QUALITY_DATABASE_URL is not a database's URL.") from None
        if url.get_backend_name() == "postgresql":
            return url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            return url.set(drivername="sqlite")
        raise StoreError("invalid_database_url", "NLP_QUALITY_DATABASE_URL must begin postgresql:// or sqlite:///.")

    def _load_keys(self) -> KeyRing:
        settings = self._settings
        if settings.key is not None:
            return parse_keys(settings.key.get_secret_value())
        if settings.key_file is not None:
            return load_key_file(settings.key_file)
        file = self.file
        if file is None:
            raise StoreError(
                "no_key", "PostgreSQL needs NLP_QUALITY_KEY or NLP_QUALITY_KEY_FILE; see the store's page."
            )
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = file.parent / KEY_FILE
        if not place.exists():
            if file.exists() and file.stat().st_size:
                raise StoreError("no_key", "the store's key file is gone; what it holds cannot be read without it.")
            make_key_file(place)
        return load_key_file(place)


def not_open() -> StoreError:
    """The store has not been opened yet."""
    return store_error("store_unavailable")


@contextmanager
def translated() -> Iterator[None]:
    """A database's error becomes a `StoreError`; its message and its statement go no further.

    A broken constraint passes through: whoever wrote the row knows what it means.
    """
    try:
        yield
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        known = from_database(error)
        if known is None:
            raise
        raise known from None


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_MILLISECONDS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS}
    )


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own; `_begin_sqlite` does
    cursor = connection.cursor()
    for setting in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",  # what was accepted outlives a power cut
        "foreign_keys = ON",
        "secure_delete = ON",  # deleted rows are overwritten with zeros
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns into a writer half-way fails when another has written; so a writer says so at once.
    reads = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
