"""Servers and workers in processes of their own, that a test may kill at any moment.

Run as `python -m tests.soak.processes serve PORT` or `... worker`: the real service with a quick scorer.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

ROOT: Final = Path(__file__).parents[2]
DEADLINE: Final = 120.0  # seconds in which anything a test waits for must come


class Process:
    """A server or a worker: started, killed without warning, started again."""

    def __init__(self, *arguments: str, environment: Mapping[str, str], log: Path) -> None:
        self.arguments = arguments
        self.environment = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.soak.processes", *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """As a power cut would: no handler runs."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Start them, and leave none behind."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until(condition: Callable[[], Any], *, seconds: float = DEADLINE, what: str = "it") -> Any:
    """What `condition` gives once it is truthy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} seconds")


def ask(method: str, url: str, **options: Any) -> httpx.Response | None:
    """A reply, or None where nobody answers."""
    try:
        return httpx.request(method, url, timeout=30, trust_env=False, **options)
    except httpx.TransportError:
        return None


def upload(count: int, *, name: str = "r") -> bytes:
    """`count` records as JSON Lines, each with words of its own; every tenth is no record."""
    lines = []
    for number in range(count):
        text = f"I saw child {name}{number} alone." if number % 10 else ""
        lines.append(json.dumps({"id": f"{name}{number}", "text": text, "context": {"child_id": str(number)}}))
    return ("\n".join(lines) + "\n").encode()


def check_results(lines: list[dict[str, Any]], count: int, *, name: str = "r") -> None:
    """Every record once, in order, with its own result."""
    assert [line["id"] for line in lines] == [f"{name}{number}" for number in range(count)]
    for number, line in enumerate(lines):
        if number % 10:
            (evidence,) = line["dimensions"]["analysis"]["evidence"]
            assert evidence["text"] == f"I saw child {name}{number} alone."
        else:
            assert line["error"]["code"] == "blank"


def main() -> None:
    import uvicorn

    from api.batches.worker import Worker
    from api.logs import LOG_CONFIG, configure_logs
    from api.main import create_app
    from api.settings import Settings
    from api.store.database import Store
    from tests.soak.quick import Quick

    settings = Settings()
    scorer = Quick(float(os.environ.get("QUICK_SECONDS", "0.005")))
    if sys.argv[1] == "serve":
        uvicorn.run(create_app(settings, scorer=scorer), port=int(sys.argv[2]), log_config=LOG_CONFIG, access_log=False)
        return
    configure_logs()
    store = Store(settings)
    store.open()
    worker = Worker(store, settings, lambda: scorer)
    signal.signal(signal.SIGTERM, lambda *_: worker.tell_to_stop())
    worker.start()
    worker.join()


if __name__ == "__main__":
    main()
