"""`nlp-quality serve`, which the library's command line finds through the entry point `nlp_quality.commands`."""

from __future__ import annotations

import ipaddress
import os
import tempfile
from typing import Annotated, Final

import typer
import uvicorn
from pydantic import ValidationError

from api.logs import log_config
from api.main import create_app, load
from api.metrics import SHARED_FOLDER
from api.settings import ENV_PREFIX, Settings

# After so long without an answer a worker is replaced. On a busy machine one that starts is silent for much longer than the
# server's own 5 seconds, and would be ended and started again for ever.
WORKER_SECONDS: Final = 120
# Longer than proxies and clients keep an idle connection, so that it is they who close it, never we under a save.
KEEP_ALIVE_SECONDS: Final = 75


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.", show_default="8000")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes, each with the model in memory.", show_default="1")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model to use.", show_default="the packaged one")] = None,
) -> None:
    """Start the API and the page.

    Every option may also be set in the environment (`NLP_QUALITY_PORT`).

    \f
    Raises:
        typer.BadParameter: the settings are wrong, or the host is not of this machine.
        ModelError: the model is missing or altered; the command line prints it as one line.
    """
    given = {"host": host, "port": port, "workers": workers, "model": model}
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
    scorer = load(settings)
    common = {
        "host": settings.host,
        "port": settings.port,
        "log_config": log_config(settings.log_format),
        "access_log": False,  # it prints query strings; `middleware.RequestLog` logs instead.
        "server_header": False,
        "proxy_headers": False,
        "ws": "none",
        "lifespan": "on",
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_worker_healthcheck": WORKER_SECONDS,
        "timeout_graceful_shutdown": settings.shutdown_seconds,
    }
    if settings.workers == 1:
        uvicorn.run(create_app(settings, scorer=scorer), **common)  # type: ignore[arg-type]
        return
    del scorer
    # Workers are fresh processes that can be told of the options through their environment alone.
    os.environ[f"{ENV_PREFIX}WORKERS"] = str(settings.workers)
    if settings.model is not None:
        os.environ[f"{ENV_PREFIX}MODEL"] = settings.model
    with tempfile.TemporaryDirectory(prefix="nlp-quality-") as folder:
        os.environ[SHARED_FOLDER] = folder  # counts alone
        uvicorn.run("api.main:create_app", factory=True, workers=settings.workers, **common)  # type: ignore[arg-type]


def is_loopback(host: str) -> bool:
    """Whether `host` is an address of this machine that no other can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
