"""Run by Alembic: migrates over the connection, and in the transaction, that `api.store.migrate` hands it."""

from __future__ import annotations

from alembic import context

from api.store.migrate import VERSION_TABLE
from api.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by copying it
)
context.run_migrations()
