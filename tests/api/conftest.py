"""The application in this process, called through ASGI: no socket, no network."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.main import create_app
from api.settings import ENV_PREFIX, Settings
from api.store.database import Store
from nlp_quality import Record, Scorer

TEXT = (
    "I saw Ottilie Marsh on her own in the kitchen while her mother put the baby to bed. "
    "Ottilie told me, “I make the breakfast when Mummy is asleep.” "
    "I think the mornings worry her because she went quiet when I asked who wakes her. "
    "I will see her again on Friday and ask her about the mornings."
)


class Caller:
    """Calls an application and gives httpx's reply. Each call has an event loop of its own."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                return await client.request(method, path, **options)

        return asyncio.run(call())

    def score(self, record: object, query: str = "", **headers: str) -> httpx.Response:
        return self.send(json.dumps(record).encode(), query, **headers)

    def send(self, body: Any, query: str = "", **headers: str) -> httpx.Response:
        # A busy machine must not fail a test: one that is about time gives its own.
        if "deadline_ms" not in query:
            query += f"{'&' if query else '?'}deadline_ms=60000"
        sent = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self("POST", f"/v1/score{query}", content=body, headers=sent)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv(f"{ENV_PREFIX}DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    return warm(Scorer.load())


@pytest.fixture(scope="session")
def rules_scorer() -> Scorer:
    return warm(Scorer.load("rules"))


def warm(scorer: Scorer) -> Scorer:
    """A scorer that has scored, as the service's own has before its first request."""
    scorer.score(Record(text=TEXT))
    return scorer


@pytest.fixture
def call_with() -> Iterator[Callable[..., Caller]]:
    """A caller of an application made with these settings and this scorer, its store open."""
    stores: list[Store] = []

    def make(scorer: Any, **settings: Any) -> Caller:
        given = Settings(**settings)
        stores.append(Store(given))
        stores[-1].open()
        return Caller(create_app(given, scorer=scorer, store=stores[-1]))

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def call(scorer: Scorer, call_with: Callable[..., Caller]) -> Caller:
    return call_with(scorer)


@pytest.fixture
def text() -> str:
    return TEXT
