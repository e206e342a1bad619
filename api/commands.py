"""`nlp-quality serve`, which the library's command line finds through the entry point `nlp_quality.commands`."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError

from api.logs import LOG_CONFIG
from api.main import create_app
from api.settings import ENV_PREFIX, Settings
from nlp_quality import Scorer


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.", show_default="8000")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with the model in memory.")] = 1,
    model: Annotated[str | None, typer.Option(help="Model to use.", show_default="the packaged one")] = None,
    wording: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your organisation's own words.", show_default="none")
    ] = None,
) -> None:
    """Start the API and the page.

    Every option but `workers` may also be set in the environment (`NLP_QUALITY_PORT`).

    \f
    Raises:
        typer.BadParameter: the settings are wrong, or the host is not of this machine.
        ModelError: the model is missing or altered; the command line prints it as one line.
        InvalidWording: the wording file breaks a rule; so is this.
    """
    given = {"host": host, "port": port, "model": model, "wording": wording}
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        names = ", ".join(sorted({f"{ENV_PREFIX}{item['loc'][0]}".upper() for item in error.errors()}))
        raise typer.BadParameter(f"not a valid setting: {names}") from None
    if not is_loopback(settings.host):
        raise typer.BadParameter(
            "the service has no authentication yet, so it listens on this machine alone: use 127.0.0.1, ::1 or "
            "localhost, and put an authenticating proxy in front of it to share it",
            param_hint="--host",
        )
    # Loaded here even where the workers load it again: a missing model is then one clear line and no loop of workers
    # that start and die.
    scorer = Scorer.load(settings.model, flag_means=settings.flag_means, wording=settings.wording)
    common = {
        "host": settings.host,
        "port": settings.port,
        "log_config": LOG_CONFIG,
        "access_log": False,  # it prints query strings; `middleware.RequestLog` logs instead.
        "server_header": False,
        "proxy_headers": False,
        "ws": "none",
        "lifespan": "on",
    }
    if workers == 1:
        uvicorn.run(create_app(settings, scorer=scorer), **common)  # type: ignore[arg-type]
        return
    del scorer
    # Workers are fresh processes that can be told of the model and the words through their environment alone.
    if settings.model is not None:
        os.environ[f"{ENV_PREFIX}MODEL"] = settings.model
    if settings.wording is not None:
        os.environ[f"{ENV_PREFIX}WORDING"] = str(settings.wording)
    uvicorn.run("api.main:create_app", factory=True, workers=workers, **common)  # type: ignore[arg-type]


def is_loopback(host: str) -> bool:
    """Whether `host` is an address of this machine that no other can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
