"""How callers are known, as the OpenAPI document says it; `api.auth.access` does the work."""

from __future__ import annotations

from typing import Final

from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPBearer

BEARER: Final = HTTPBearer(
    scheme_name="bearer", description="An API key (`nlpq_...`) or the council's OAuth2 token.", auto_error=False
)
HEADER: Final = APIKeyHeader(
    name="X-API-Key",
    scheme_name="apiKey",
    description="An API key, for callers that cannot send a bearer token.",
    auto_error=False,
)
COOKIE: Final = APIKeyCookie(
    name="__Host-nlpq", scheme_name="session", description="A person signed in to the page.", auto_error=False
)
