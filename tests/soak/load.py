"""The service under more saves than it can score: refusals are clean, what is accepted is in time, memory stays."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.service.process import Process, serving

DEADLINE_MS = 2_000
TIMES = 3  # capacity


def run(*, seconds: float, capacity_seconds: float = 10, model: str | None = None) -> dict[str, Any]:
    """Figures of a load of three times what one service can score, by a client in another process.

    Args:
        seconds: of the load.
        capacity_seconds: of the measurement before it, two writers each after its own last reply.
    """
    with serving(*([] if model is None else ["--model", model])) as service:
        capacity = saves(service, seconds=capacity_seconds, writers=2)
        before = resident(service)
        rate = TIMES * capacity["scored_per_second"]
        load = saves(service, seconds=seconds, writers=50, rate=rate)
        figures = {
            "deadline_ms": DEADLINE_MS,
            "capacity": capacity,
            "offered_per_second": round(rate, 2),
            "load": load,
            # As the service saw it: the client's own waits on a busy machine are not in it.
            "scored_in_time_by_the_service": in_time(service),
            "resident_mb": {"before": before, "after": resident(service)},
            "answers_after": saves(service, count=3, writers=1)["statuses"],
        }
    figures["printed_tracebacks"] = service.printed().count("Traceback")
    return figures


def saves(
    service: Process, *, writers: int, seconds: float | None = None, count: int | None = None, rate: float | None = None
) -> dict[str, Any]:
    """What `nlp-quality simulate-saves` reports."""
    options = {"writers": writers, "seconds": seconds, "saves": count, "rate": rate, "deadline-ms": DEADLINE_MS}
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "figures.json"
        subprocess.run(
            [sys.executable, "-m", "nlp_quality", "simulate-saves", service.url, *given, f"--output={output}"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        figures: dict[str, Any] = json.loads(output.read_text())
    return figures


def in_time(service: Process) -> float:
    """The share of scorecards that went out within the deadline of their request's arrival."""
    ours = 'route="/v1/score",status="200"'
    within = service.figure(f'nlp_quality_request_seconds_bucket{{le="{DEADLINE_MS / 1000}",{ours}')
    return round(within / service.figure(f"nlp_quality_request_seconds_count{{{ours}"), 4)


def resident(service: Process) -> float:
    """Megabytes that the service holds in the working memory."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)
