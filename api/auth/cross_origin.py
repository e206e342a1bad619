"""Pages of other origins that may call the service from a browser: none, unless the operator lists them."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from api.auth.configuration import cors_origins
from api.settings import Settings

METHODS: Final = ("GET", "POST", "DELETE")
SENT: Final = ("Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Request-ID")
SHOWN: Final = ("Cache-Status", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID")


def allow_origins(app: FastAPI, settings: Settings) -> None:
    """Answer those origins' browsers as they ask. Cookies stay out of it: such pages bring a key or a token."""
    origins = cors_origins(settings)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=SHOWN,
            allow_credentials=False,
        )
