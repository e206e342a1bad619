"""What the operator's Prometheus is told: counts and times, by names of our own alone.

No label takes a value from a caller: a route is its template, a code one of ours, a status one that we sent.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from nlp_quality.types import ModelInfo, Scorecard

# Where the worker processes of one service put their figures together; prometheus_client reads it when imported.
SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The figures of one application; with several workers, `render` gives those of all of them."""

    def __init__(self) -> None:
        self._own = CollectorRegistry()
        self._shared = SHARED_FOLDER in os.environ
        own = self._own
        self.requests = Histogram(
            "nlp_quality_request_seconds",
            "From a request's head to the end of its reply.",
            ("route", "status"),
            buckets=SECONDS,
            registry=own,
        )
        self.refusals = Counter(
            "nlp_quality_refusals", "Requests refused, by the problem's code.", ("code",), registry=own
        )
        self.waited = Histogram(
            "nlp_quality_queue_seconds",
            "How long a record waited for a thread before it was scored.",
            buckets=SECONDS,
            registry=own,
        )
        self.depth = Gauge(
            "nlp_quality_queue_depth",
            "Records being scored, and waiting to be.",
            ("state",),
            multiprocess_mode="livesum",
            registry=own,
        )
        self.scoring = Histogram(
            "nlp_quality_score_seconds", "How long a record took to score, once begun.", buckets=SECONDS, registry=own
        )
        self.replies = Counter(
            "nlp_quality_replies", "Scorecards sent, by whether they came from memory.", ("cache",), registry=own
        )
        self.steps = Counter(
            "nlp_quality_steps", "Costly steps, by whether they were recalled.", ("kind", "cache"), registry=own
        )
        self.levels = Counter(
            "nlp_quality_levels", "Levels given, drafts left out: for drift.", ("dimension", "level"), registry=own
        )
        self.referred = Counter(
            "nlp_quality_referred", "Levels that a person should judge, drafts left out.", ("dimension",), registry=own
        )
        self.untold = Counter("nlp_quality_events_failed", "Scores that could not be noted in the store.", registry=own)
        self.model = Gauge(
            "nlp_quality_model_info",
            "The model in use.",
            ("name", "version"),
            multiprocess_mode="livemax",
            registry=own,
        )

    def started(self, model: ModelInfo) -> None:
        """A process is ready with this model; forget the state of processes that ended without saying so."""
        if self._shared:
            for file in Path(os.environ[SHARED_FOLDER]).glob("gauge_live*_*.db"):
                pid = int(file.stem.rpartition("_")[2])
                if not _is_alive(pid):
                    mark_process_dead(pid)  # type: ignore[no-untyped-call]
        self.model.labels(model.name, model.version).set(1)

    def stopped(self) -> None:
        """This process ends."""
        if self._shared:
            mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]

    def queue(self, running: int, waiting: int) -> None:
        """So many records are being scored, and so many wait."""
        self.depth.labels("running").set(running)
        self.depth.labels("waiting").set(waiting)

    def scored(self, card: Scorecard) -> None:
        """A record that is no draft was scored."""
        for name, dimension in card.dimensions.items():
            self.levels.labels(name, "none" if dimension.level is None else str(dimension.level)).inc()
            if dimension.refer:
                self.referred.labels(name).inc()

    def render(self) -> bytes:
        """All figures in Prometheus's text format."""
        if not self._shared:
            return generate_latest(self._own)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
