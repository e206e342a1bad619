"""The group of commands: those of this package, those that others register, and what their errors look like."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import typer
from typer.core import TyperGroup

from nlp_quality.errors import NlpQualityError
from nlp_quality.formats.output import close_standard_output

ENTRY_POINTS: Final = (
    "nlp_quality.commands"  # each loads a function, or a Typer app, that becomes the command of its name.
)

EXIT_ERROR: Final = 2
EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT, as shells have it.
EXIT_BROKEN_PIPE: Final = 141  # 128 + SIGPIPE.


class CommandGroup(TyperGroup):
    """Commands of this package first, then registered ones, each loaded only when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of all commands, those of this package first."""
        own = super().list_commands(ctx)
        return own + sorted({entry.name for entry in entry_points(group=ENTRY_POINTS)} - set(own))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None when there is none."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        found = sorted(entry_points(group=ENTRY_POINTS, name=cmd_name), key=lambda entry: entry.value)
        return _load(found[0]) if found else None

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error of this package becomes one line on standard error."""
        try:
            return super().invoke(ctx)
        except NlpQualityError as error:
            typer.echo(f"nlp-quality: {error.message} [{error.code}]", err=True)
            raise typer.Exit(EXIT_ERROR) from None
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            close_standard_output()
            raise typer.Exit(EXIT_BROKEN_PIPE) from None
        except OSError as error:  # a full disk, say; `strerror` leaves out the name of the file.
            typer.echo(f"nlp-quality: reading or writing failed: {error.strerror} [io_error]", err=True)
            raise typer.Exit(EXIT_ERROR) from None


def _load(entry: EntryPoint) -> Any:
    try:
        loaded = entry.load()
        return typer.main.get_command(loaded) if isinstance(loaded, typer.Typer) else _command(entry.name, loaded)
    except Exception as error:  # another package's import may raise anything; the other commands must still work.
        return _unavailable(entry.name, f"{type(error).__name__}: {error}".splitlines()[0])


def _command(name: str, function: Any, **settings: Any) -> Any:
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.command(name, **settings)(function)
    return typer.main.get_command(alone)


def _unavailable(name: str, why: str) -> Any:
    def unavailable() -> None:
        raise NlpQualityError("command_unavailable", f"the command {name} cannot be loaded ({why}).")

    anything = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
    return _command(name, unavailable, help="Cannot be loaded.", context_settings=anything)
