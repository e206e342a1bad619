"""A real service in its own process, and Chromium to read its page with."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from stub import Stub

CHROMIUM = Path("/usr/bin/chromium")
START_SECONDS = 120
SERVE = "import typer; from api.commands import serve; typer.run(serve)"


@dataclass
class Service:
    """A running service: where it is and what it has printed so far."""

    process: subprocess.Popen[str]
    url: str = ""
    printed: list[str] = field(default_factory=list)
    readers: list[threading.Thread] = field(default_factory=list)

    def stop(self) -> str:
        """End the process; everything it printed."""
        self.process.terminate()
        self.process.wait(START_SECONDS)
        for reader in self.readers:
            reader.join(START_SECONDS)
        return "".join(self.printed)


def start_service(*, temporary: Path | None = None, **settings: str) -> Service:
    """A service with these settings of the environment, once it answers."""
    root = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH")
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([known, root] if known else [root]),
            **({} if temporary is None else {"TMPDIR": str(temporary)}),
            **{f"NLP_QUALITY_{name.upper()}": value for name, value in settings.items()},
        },
    )
    service = Service(process)
    lines: queue.Queue[str | None] = queue.Queue()

    def read(stream) -> None:
        with stream:
            for line in stream:
                service.printed.append(line)
                lines.put(line)
        lines.put(None)

    for stream in (process.stdout, process.stderr):
        reader = threading.Thread(target=read, args=(stream,), daemon=True)
        reader.start()
        service.readers.append(reader)
    while not service.url:
        line = lines.get(timeout=START_SECONDS)
        if line is None:
            raise AssertionError(f"the service did not start:\n{service.stop()}")
        if found := re.search(r"running on (http://\S+)", line):
            service.url = found[1]
    return service


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    # What is tested here is the page: the rules read as the default model does, and start sooner.
    running = start_service(model="rules")
    yield running
    running.stop()


@pytest.fixture
def serve_with(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Start a service that is the test's own, with the model `rules` and a store in the test's folder."""
    running: list[Service] = []

    def make(**settings: str) -> Service:
        running.append(start_service(**{"model": "rules", "data_dir": str(tmp_path / "data"), **settings}))
        return running[-1]

    yield make
    for service in running:
        service.stop()


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """A service that the test may stop; its temporary files lie in the test's own folder."""
    running = start_service(temporary=tmp_path)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    # For the module alone: while Playwright runs, its event loop keeps others from `asyncio.run`.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, service):
    """Open the page in a window of its own; at the end nothing may have failed or gone elsewhere."""
    contexts, troubles, asked = [], [], []

    def make(*, width=1280, url=service.url, path="/", stub=None, expect_trouble=False, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.set_default_timeout(60_000)  # a busy machine is no failure
        page = context.new_page()
        if not expect_trouble:
            page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: asked.append((url, request.url)))
        if stub:
            stub.install(page)
        page.goto(url + path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert troubles == []
    assert all(wanted.startswith(url) for url, wanted in asked)


@pytest.fixture
def stub():
    return Stub()


@pytest.fixture
def stubbed(open_page, stub):
    """The page with a stand-in for the scorer, where the page's behaviour is tested and not the model."""
    return open_page(stub=stub)
