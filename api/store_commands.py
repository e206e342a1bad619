"""The commands of the store: `nlp-quality migrate` and `nlp-quality audit-log verify`."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError

from api.settings import ENV_PREFIX, Settings
from api.store import audit_log as log
from api.store import migrate as versions
from api.store.database import Store, translated

EXIT_BROKEN = 1

audit_log = typer.Typer(no_args_is_help=True, help="The log of who did what.")


def read_settings(**given: object) -> Settings:
    """The settings of the environment, with those given on the command line in front.

    Raises:
        typer.BadParameter: names the settings that are wrong, never their values.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        names = ", ".join(sorted({f"{ENV_PREFIX}{item['loc'][0]}".upper() for item in error.errors()}))
        raise typer.BadParameter(f"not a valid setting: {names}") from None


def open_store(settings: Settings | None = None) -> Store:
    """The store of the environment, open.

    Raises:
        StoreError: the one thing that is wrong with it.
    """
    store = Store(settings or read_settings())
    store.open()
    return store


def migrate(
    to: Annotated[str | None, typer.Option(help="A revision, or 'base' to remove every table.")] = None,
) -> None:
    """Bring the store's tables to this version, or back to an older one before this program is taken back."""
    store = open_store()
    with translated(), store.engine.begin() as connection:
        versions.to(connection, to or versions.head())
        typer.echo(f"The store is at revision {versions.current_revision(connection) or versions.BASE}.")


@audit_log.callback()
def _audit_log() -> None:
    """The log of who did what."""


@audit_log.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="The hash of a last row noted earlier; it must still be there.")
    ] = None,
) -> None:
    """Check every row of the audit log; name the first that does not hold."""
    store = open_store()
    found = log.verify(store)
    if found.broken is not None:
        typer.echo(f"Row {found.broken} does not hold: {found.why}")
        raise typer.Exit(EXIT_BROKEN)
    if head is not None and not log.holds(store, head):
        typer.echo("The rows hold together, but the head noted earlier is not among them.")
        raise typer.Exit(EXIT_BROKEN)
    typer.echo(f"{found.rows} rows hold. Head: {found.head}")
