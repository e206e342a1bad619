"""The application with people and programs that must be known: made-up issuers run in threads of their own."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from issuers import AUDIENCE, Issuer, Quick, serve_forever

from api.auth import api_keys
from api.main import create_app
from api.settings import ENV_PREFIX, Settings
from api.store.database import Store

RECORD = {"text": "I saw Ottilie on her own in the kitchen."}


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv(f"{ENV_PREFIX}DATA_DIR", str(tmp_path / "data"))


class Service:
    """An application and its store, called through ASGI."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings)
        self.store.open()
        self.app: FastAPI = create_app(settings, scorer=Quick(), store=self.store)

    def close(self) -> None:
        self.app.state.access.close()
        self.store.close()

    def __call__(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        client: str = "127.0.0.1",
        base_url: str = "https://quality.example",
        **options: Any,
    ) -> httpx.Response:
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, client=(client, 1234))
            async with httpx.AsyncClient(transport=transport, base_url=base_url) as http:
                return await http.request(method, path, headers=headers, **options)

        return asyncio.run(call())

    def score(self, key: str | None = None, **options: Any) -> httpx.Response:
        return self("POST", "/v1/score", key=key, json=RECORD, **options)

    def make_key(self, *scopes: str, tenant: str = "local", **options: Any) -> tuple[str, str]:
        """A new key's id, and the key."""
        with self.store.session() as session:
            row, key = api_keys.create(
                self.store,
                session,
                name="test",
                scopes=scopes or ("score",),
                tenant=tenant,
                lifetime=options.get("lifetime"),
            )
        return row.id, key


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that has its tables and nothing else: making them takes longer than a test."""
    folder = tmp_path_factory.mktemp("empty") / "data"
    store = Store(Settings(data_dir=folder))
    store.open()
    store.close()
    return folder


@pytest.fixture
def service_with(tmp_path: Path, empty_data: Path) -> Iterator[Callable[..., Service]]:
    """A service with these settings."""
    made: list[Service] = []

    def make(**settings: Any) -> Service:
        folder = tmp_path / f"data-{len(made)}"
        shutil.copytree(empty_data, folder)
        made.append(Service(Settings(**{"data_dir": folder, **settings})))
        return made[-1]

    yield make
    for service in made:
        service.close()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of tokens that answers on this machine."""
    issuer = Issuer()
    with serve_forever(issuer):
        yield issuer


@pytest.fixture
def token_service(issuer: Issuer, service_with: Callable[..., Service]) -> Service:
    return service_with(token_issuer=issuer.url, token_audience=AUDIENCE)
