"""How the server logs: our own request line, uvicorn's own news, and no access log, which would print the query."""

from __future__ import annotations

import logging
import logging.config
from types import TracebackType
from typing import Any, Final

from api.middleware import places


class QuietFormatter(logging.Formatter):
    """Prints an exception as its type and the places it passed through: its message may quote a record."""

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The type and the places of an exception."""
        error = ei[1]
        return "" if error is None else f"{type(error).__name__} at {places(error)}"


LOG_CONFIG: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "api.logs.QuietFormatter", "format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}},
    "loggers": {
        "uvicorn": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "api": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}


def configure_logs() -> None:
    """Log as the server does, in a process that is none."""
    logging.config.dictConfig(LOG_CONFIG)
