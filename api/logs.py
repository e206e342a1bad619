"""How the server logs: our own request line, uvicorn's own news, and no access log, which would print the query."""

from __future__ import annotations

import json
import logging
import logging.config
import time
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


class JsonFormatter(QuietFormatter):
    """One JSON object a line: time (UTC), level, logger, message, and of a request what its line says, member by member."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{when}.{int(record.msecs):03}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: vars(record)[name] for name in MEMBERS if name in vars(record)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def log_config(form: str) -> dict[str, Any]:
    """The server's logging, as `plain` lines or as `json`."""
    formatters = {**LOG_CONFIG["formatters"], "plain": LOG_CONFIG["formatters"][form]}
    return {**LOG_CONFIG, "formatters": formatters}


# What a request's line carries beside its message (`middleware.RequestLog`).
MEMBERS: Final = ("method", "route", "status", "milliseconds", "request_id", "code")

LOG_CONFIG: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "api.logs.QuietFormatter", "format": "%(asctime)s %(levelname)s %(message)s"},
        "json": {"()": "api.logs.JsonFormatter"},
    },
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
