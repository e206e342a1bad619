"""The commands of the store and of batches; the settings come from the environment, as those of `serve` do."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from api.auth.callers import LOCAL
from api.batches.worker import Worker
from api.logs import configure_logs
from api.main import load
from api.settings import ENV_PREFIX, Settings
from api.store import audit_log as log
from api.store import feedback as opinions
from api.store import migrate as versions
from api.store import retention, rotation
from api.store.database import Store, translated
from api.store.errors import StoreError
from api.store.export import export as export_everything
from nlp_quality.formats import Source, read_records
from nlp_quality.formats.output import check_output, json_line, open_output
from nlp_quality.formats.records import record_to_mapping

EXIT_BROKEN: Final = 1

Tenant = Annotated[str, typer.Option(help="Whose; 'local' where callers have no keys.")]

audit_log = typer.Typer(no_args_is_help=True, help="The log of who did what.")
feedback = typer.Typer(no_args_is_help=True, help="What readers said of the tool's answers.")


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


def worker(
    model: Annotated[str | None, typer.Option(help="Model to use.", show_default="the packaged one")] = None,
) -> None:
    """Score batches until stopped; several may run beside the service, on one database."""
    settings = read_settings(model=model)
    configure_logs()
    store = open_store(settings)
    scorer = load(settings)
    working = [Worker(store, settings, lambda: scorer) for _ in range(max(1, settings.batch_workers))]

    def stop(*_: object) -> None:
        for one in working:
            one.tell_to_stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for one in working:
        one.start()
    typer.echo("Scoring batches.", err=True)
    for one in working:
        one.join()
    store.close()


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Remove what is past its time; the service does the same every hour."""
    settings = read_settings()
    store = open_store(settings)
    found = retention.purge(store, settings, pretend=dry_run)
    verb = "Would remove" if dry_run else "Removed"
    typer.echo(f"{verb} {found.batches} batches, {found.score_events} score events, {found.feedback} feedback.")


def export(
    output: Annotated[Path, typer.Option("--output", metavar="OUT", help="A new folder, or a new .zip file.")],
    tenant: Tenant = LOCAL,
) -> None:
    """Write everything held for a council. It holds narrative: keep it as safe as the case system."""
    export_everything(open_store(), output, tenant=tenant)
    typer.echo("Exported.")


def rotate_key(
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Drop the old keys too, once every service has read the new one.")
    ] = False,
) -> None:
    """Seal everything under a new key.

    Where the key is a file, a new one is put in front of it first; where it is in the environment, put it in front
    there yourself, restart every service, then run this.
    """
    store = Store(read_settings())
    store.open()
    file = store.key_file
    if forget_old and file is None:
        raise StoreError("key_in_environment", "the key is in the environment; take the old one away there.")
    if file is not None and not forget_old:
        rotation.put_new_key(file)
        store.close()
        store.open()
    typer.echo(f"Sealed {rotation.seal_everything_anew(store)} values anew.")
    if forget_old and file is not None:
        rotation.forget_old_keys(file)
        typer.echo("The old keys are gone from the file.")


def pseudonym(
    kind: Annotated[str, typer.Option(help="child_id, worker or team.")] = "child_id",
    tenant: Tenant = LOCAL,
) -> None:
    """Print the pseudonym of each identifier on standard input, a line each, to join exports to your own records."""
    store = open_store()
    with store.session() as session:
        secret = store.tenant(session, tenant)
    for line in sys.stdin:
        if value := line.strip():
            typer.echo(secret.pseudonym(kind, value))


@feedback.callback()
def _feedback() -> None:
    """What readers said of the tool's answers."""


@feedback.command("export")
def feedback_export(
    output: Annotated[Path | None, typer.Option("--output", metavar="OUT", help="Write here.")] = None,
    records: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Your records: write those that readers disagreed about, to be annotated."),
    ] = None,
    tenant: Tenant = LOCAL,
) -> None:
    """Write feedback as JSON Lines, or the records it makes worth annotating."""
    check_output(output, source=records or "-")
    store = open_store()
    if records is None:
        lines = list(opinions.read(store, tenant=tenant))
    else:
        known = [item.record for item in read_records(records) if isinstance(item, Source)]
        lines = [record_to_mapping(record) for record in opinions.candidates(store, known, tenant=tenant)]
    with open_output(output) as stream:
        for line in lines:
            stream.write(json_line(line))
