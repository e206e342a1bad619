"""`nlp-quality serve`, which the library's command line finds through the entry point `nlp_quality.commands`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn
from pydantic import ValidationError

from api.auth import configuration
from api.logs import log_config
from api.main import create_app, load
from api.metrics import SHARED_FOLDER
from api.settings import ENV_PREFIX, Settings
from api.store.database import Store

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
    wording: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your organisation's own words.", show_default="none")
    ] = None,
) -> None:
    """Start the API and the page.

    Every option may also be set in the environment (`NLP_QUALITY_PORT`).

    \f
    Raises:
        typer.BadParameter: the settings are wrong, or nobody has to be known and the host is not of this machine.
        AccessError: the settings about access do not go together.
        ModelError: the model is missing or altered; the command line prints it as one line.
        StoreError: the store cannot be opened; the same.
        InvalidWording: the wording file breaks a rule; the same.
    """
    given = {"host": host, "port": port, "workers": workers, "model": model, "wording": wording}
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        names = ", ".join(sorted({f"{ENV_PREFIX}{item['loc'][0]}".upper() for item in error.errors()}))
        raise typer.BadParameter(f"not a valid setting: {names}") from None
    configuration.check(settings)
    # Opened and loaded here even where the workers do it again: what is wrong with the store, its key or the model is
    # then one clear line and no loop of workers that start and die.
    store = Store(settings)
    store.open()
    try:
        configuration.check_address(settings, store)
    except configuration.AccessError as error:
        store.close()
        raise typer.BadParameter(error.message, param_hint="--host") from None
    scorer = load(settings)
    common = {
        "host": settings.host,
        "port": settings.port,
        "log_config": log_config(settings.log_format),
        "access_log": False,  # it prints query strings; `middleware.RequestLog` logs instead.
        "server_header": False,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": configuration.words(settings.trusted_proxies),
        "ws": "none",
        "lifespan": "on",
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_worker_healthcheck": WORKER_SECONDS,
        "timeout_graceful_shutdown": settings.shutdown_seconds,
    }
    if settings.workers == 1:
        uvicorn.run(create_app(settings, scorer=scorer, store=store), **common)  # type: ignore[arg-type]
        return
    del scorer
    store.close()
    # Workers are fresh processes that can be told of the options through their environment alone.
    os.environ[f"{ENV_PREFIX}WORKERS"] = str(settings.workers)
    if settings.model is not None:
        os.environ[f"{ENV_PREFIX}MODEL"] = settings.model
    if settings.wording is not None:
        os.environ[f"{ENV_PREFIX}WORDING"] = str(settings.wording)
    with tempfile.TemporaryDirectory(prefix="nlp-quality-") as folder:
        os.environ[SHARED_FOLDER] = folder  # counts alone
        uvicorn.run("api.main:create_app", factory=True, workers=settings.workers, **common)  # type: ignore[arg-type]
