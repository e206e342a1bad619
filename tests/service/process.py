"""A real service in a process of its own, as an operator starts it."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

SECONDS = 300  # that anything may take before a test gives up
ROOT = Path(__file__).parents[2]


@dataclass
class Process:
    """A running service: where it is, and what it has printed so far."""

    process: subprocess.Popen[str]
    url: str = ""
    lines: list[str] = field(default_factory=list)
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def signal(self, number: int = signal.SIGTERM) -> None:
        """Ask it to end."""
        self.process.send_signal(number)

    def wait(self) -> int:
        """Its exit status, once it has ended and all it printed is read."""
        status = self.process.wait(SECONDS)
        for reader in self.readers:
            reader.join(SECONDS)
        return status

    def printed(self) -> str:
        return "".join(self.lines)

    def figure(self, name: str) -> float:
        """A sum of one of its own figures, as in `nlp_quality_queue_depth{state="running"}`."""
        text = httpx.get(f"{self.url}/metrics", timeout=SECONDS).text
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


@contextmanager
def serving(*options: str, **settings: str) -> Iterator[Process]:
    """A service that answers; it is ended on leaving."""
    service = launch(*options, **settings)
    try:
        until(lambda: service.url or service.process.poll() is not None)
        if not service.url:
            service.wait()
            raise AssertionError(f"the service did not start:\n{service.printed()}")
        until(lambda: is_ready(service.url))
        yield service
    finally:
        if service.process.poll() is None:
            service.signal()
        try:
            service.wait()
        except subprocess.TimeoutExpired:
            service.process.kill()
            service.wait()


def launch(*options: str, **settings: str) -> Process:
    """A service that may or may not start; `settings` are those of the environment."""
    known = os.environ.get("PYTHONPATH")
    own = {f"NLP_QUALITY_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "nlp_quality", "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([known, str(ROOT)] if known else [str(ROOT)]), **own},
    )
    service = Process(process)

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                service.lines.append(line)
                if found := re.search(r"running on (http://[^\s\"]+)", line):
                    service.url = found[1]

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    service.readers.append(reader)
    return service


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=SECONDS).status_code == 200
    except httpx.TransportError:
        return False


def until(condition: Callable[[], object]) -> None:
    """Return once `condition` holds."""
    limit = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.02)


def in_background(work: Callable[[], object]) -> queue.Queue[object]:
    """Where the result of `work`, or what it raised, will be put."""
    results: queue.Queue[object] = queue.Queue()

    def run() -> None:
        try:
            results.put(work())
        except Exception as error:
            results.put(error)

    threading.Thread(target=run, daemon=True).start()
    return results


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()
