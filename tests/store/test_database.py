"""How the store starts on both databases, and how it says what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from api.settings import Settings
from api.store import migrate
from api.store.database import Store
from api.store.errors import StoreError
from api.store.keys import new_key
from api.store.tables import Base, TenantKey


def failure(settings: Settings, *, migrating: bool = True) -> str:
    with pytest.raises(StoreError) as caught:
        Store(settings).open(migrating=migrating)
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_the_migrations_make_the_tables(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": migrate.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    store.check()


def test_tables_go_down_and_up_again(store):
    with store.engine.begin() as connection:
        migrate.to(connection, migrate.BASE)
        assert set(inspect(connection).get_table_names()) == {migrate.VERSION_TABLE}
        assert inspect(connection).get_view_names() == []
    with pytest.raises(StoreError) as caught:
        store.check()
    assert caught.value.code == "not_migrated"
    with store.engine.begin() as connection:
        for revision in migrate.revisions():
            migrate.to(connection, revision)
    store.check()


def test_tables_of_another_version_are_refused(store, settings_with):
    settings = settings_with()
    with store.engine.begin() as connection:
        connection.execute(text(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '9999'"))  # noqa: S608
    assert failure(settings) == "store_newer"
    with store.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {migrate.VERSION_TABLE}"))  # noqa: S608
    assert failure(settings, migrating=False) == "not_migrated"


def test_many_processes_may_start_at_once(settings_with):
    stores = [Store(settings_with()) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda store: store.open(), stores))
    for store in stores:
        store.check()
        store.close()


def test_another_key_is_refused(store, settings_with):
    assert failure(settings_with(key=new_key())) == "wrong_key"


def test_a_tenant_keeps_its_secret(store, settings_with):
    with store.session() as session:
        made = store.tenant(session, "north").digest(b"x")
        assert store.tenant(session, "south").digest(b"x") != made
    again = Store(settings_with())
    again.open()
    with again.session() as session:
        assert again.tenant(session, "north").digest(b"x") == made
        assert len(session.scalars(select(TenantKey)).all()) == 2
    again.close()


def test_a_lost_key_file_is_not_replaced(tmp_path):
    settings = Settings(data_dir=tmp_path)
    store = Store(settings)
    store.open()
    store.close()
    (tmp_path / "key").unlink()
    assert failure(settings) == "no_key"
    assert not (tmp_path / "key").exists()


def test_postgresql_needs_a_key():
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing")  # type: ignore[arg-type]
    assert failure(settings) == "no_key"


def test_a_database_that_is_not_there_is_said():
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing", key=new_key())  # type: ignore[arg-type]
    assert failure(settings) == "store_unavailable"


@pytest.mark.parametrize("url", ["nonsense", "mysql://a/b", "sqlite://", "sqlite:///:memory:"])
def test_another_kind_of_database_is_refused(url):
    assert failure(Settings(database_url=url, key=new_key())) == "invalid_database_url"  # type: ignore[arg-type]


@pytest.mark.parametrize("damage", [b"not a database at all" * 500, None])
def test_a_damaged_file_is_said(tmp_path, damage):
    settings = Settings(data_dir=tmp_path)
    store = Store(settings)
    store.open()
    store.close()
    file = tmp_path / "store.sqlite"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xff" * (4096 * 3)
    file.write_bytes(damage or bytes(content))
    for journal in tmp_path.glob("store.sqlite-*"):
        journal.unlink()
    assert failure(settings) == "store_corrupt"


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    assert failure(Settings(data_dir=tmp_path / "file" / "data")) == "store_unavailable"


def test_a_full_disk_is_said_and_undoes_what_was_begun(tmp_path):
    store = Store(Settings(data_dir=tmp_path))
    store.open()
    with store.session(write=False) as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()

    def fill() -> None:
        with store.session() as session:
            session.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
            session.add_all(TenantKey(tenant=f"t{number}", sealed=b"x" * 4000) for number in range(40))

    with pytest.raises(StoreError) as caught:
        fill()
    assert caught.value.code == "store_full"
    with store.session() as session:
        assert session.scalars(select(TenantKey)).all() == []
        session.execute(text("PRAGMA max_page_count = 1000000"))
    store.close()


def test_the_files_are_for_their_owner_alone(tmp_path):
    store = Store(Settings(data_dir=tmp_path / "data"))
    store.open()
    with store.session() as session:
        store.tenant(session, "north")
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    store.close()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert {"store.sqlite", "store.sqlite-wal", "key"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_a_read_only_folder_is_said():
    """As a user who is not root, to whom every folder is writable."""
    code = (
        "import os\n"
        "from api.settings import Settings\nfrom api.store.database import Store\n"
        "from api.store.errors import StoreError\n"
        "os.getuid() == 0 and os.setuid(65534)\n"
        "try: Store(Settings()).open()\n"
        "except StoreError as error: print(error.code)\n"
    )
    with tempfile.TemporaryDirectory() as data:
        folder = Path(data)
        store = Store(Settings(data_dir=folder))
        store.open()
        store.close()
        key = (folder / "key").read_text().strip()
        (folder / "store.sqlite").chmod(0o444)
        folder.chmod(0o555)
        environment = {**os.environ, "NLP_QUALITY_DATA_DIR": data, "NLP_QUALITY_KEY": key}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
        folder.chmod(0o700)
    assert done.stdout.strip() == "store_read_only", done.stderr
