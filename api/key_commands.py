"""`nlp-quality keys`: API keys, by whoever may run commands beside the store."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.auth import api_keys
from api.auth.callers import LOCAL, SCOPES
from api.store.tables import ApiKey
from api.store_commands import open_store

DAYS = 365
MAX_DAYS = 3650

keys = typer.Typer(no_args_is_help=True, help="API keys: who may call, and for what.")

KeyId = Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `list` shows it.")]
Days = Annotated[int, typer.Option(min=0, max=MAX_DAYS, help="Days until the key expires; 0: it does not.")]


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for, as in 'case system, live'.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do: {', '.join(SCOPES)}. Repeat for several.")],
    tenant: Annotated[str, typer.Option(help="Whose batches and feedback it sees.")] = LOCAL,
    days: Days = DAYS,
) -> None:
    """Make a key and print it, this once."""
    store = open_store()
    with store.session() as session:
        row, key = api_keys.create(store, session, name=name, scopes=scope, tenant=tenant, lifetime=_lifetime(days))
    _show_once(row, key)


@keys.command("list")
def list_keys() -> None:
    """Show every key's id, state and use; never the key."""
    store = open_store()
    with store.session(write=False) as session:
        rows, now = api_keys.every(session), store.now(session)
    if not rows:
        typer.echo("There are no keys.")
        return
    table = Table("id", "name", "tenant", "prefix", "scopes", "state", "expires", "last used")
    for row in rows:
        state = api_keys.state(row, now=now)
        table.add_row(
            row.id, row.name, row.tenant, row.prefix, row.scopes, state, _day(row.expires), _day(row.last_used)
        )
    # Not cut to the terminal's width, which would break what is copied or searched.
    Console(width=250, markup=False, highlight=False).print(table)


@keys.command()
def rotate(
    key_id: KeyId,
    overlap_hours: Annotated[int, typer.Option(min=0, max=24 * 90, help="Hours for which the old key goes on.")] = 24
    * 7,
    days: Days = DAYS,
) -> None:
    """Make a key of the same name, scopes and tenant; the old one ends after the overlap."""
    store = open_store()
    with store.session() as session:
        row, key = api_keys.rotate(
            store, session, key_id, lifetime=_lifetime(days), overlap=timedelta(hours=overlap_hours)
        )
    _show_once(row, key)


@keys.command()
def revoke(key_id: KeyId) -> None:
    """End a key; running services refuse it within ten seconds."""
    store = open_store()
    with store.session() as session:
        api_keys.revoke(store, session, key_id)
    typer.echo(f"The key {key_id} is revoked.")


def _show_once(row: ApiKey, key: str) -> None:
    # The key alone goes to standard output, so that it can be piped to where secrets are kept.
    end = "never expires" if row.expires is None else f"expires {_day(row.expires)}"
    typer.echo(f"Key {row.id} ({row.scopes}; tenant {row.tenant}; {end}). It is shown this once:", err=True)
    typer.echo(key)


def _lifetime(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None


def _day(at: object) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"
