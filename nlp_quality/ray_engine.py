"""Scoring on a Ray cluster with Ray Data: the scorecards of one machine, in the same order, byte for byte.

    input -> windows -> pieces, held where this program runs -> actors, each with the model loaded once -> results in order

A window bounds what waits in memory. A piece that is lost with a worker is sent out and scored again, as often as it takes:
scoring has no other effect, and the same record gives the same scorecard. Ray is imported only when this engine is asked for.
"""

from __future__ import annotations

import logging
import os
import pickle
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow

from nlp_quality.errors import NlpQualityError
from nlp_quality.formats import BadRecord, Item, score_items
from nlp_quality.formats.sources import Scores
from nlp_quality.types import ModelInfo, Scorecard

PIECE: Final = 32  # records: some seconds of one actor's work, which is what a lost worker costs.
# Records for each actor, a quarter of an hour or more: starting actors again then costs one part in a hundred.
WINDOW: Final = 12_500
# An actor does a core's work and asks for half of one, so that the actors of a lost machine find room on those that are left.
CORES: Final = 0.5
MAX_BLOCK: Final = 16_000_000  # bytes: a piece of scorecards is one or two; Ray's own 128 MB would ask for more memory.
LOCAL_STORE: Final = 300_000_000  # bytes of shared memory where this engine starts Ray itself.

Load = Callable[[], Scores]


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in an actor. It travels as a result: what Ray makes of an exception quotes too much."""

    code: str
    message: str


class Scoring:
    """What runs in each actor: the scorer, loaded once."""

    def __init__(self, *, load: Load, expected: ModelInfo | None) -> None:
        self._failure: Failure | None = None
        try:
            self._scorer = load()
        except NlpQualityError as error:
            self._failure = Failure(error.code, error.message)
            return
        if expected is not None and getattr(self._scorer, "model", expected) != expected:
            message = "a machine of the cluster holds another model: install the same version on all."
            self._failure = Failure("other_model", message)

    def __call__(self, batch: pyarrow.Table) -> pyarrow.Table:
        """Score one piece. A fault is told by its place alone: its message, or a traceback, could quote a record."""
        if self._failure is not None:
            return _table([self._failure])
        try:
            return _table(list(score_items(self._scorer, _read(batch))))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
            return _table([Failure("fault", f"a fault while scoring, please report it ({where}).")])


def score_on_ray(
    items: Iterable[Item],
    *,
    load: Load,
    expected: ModelInfo | None = None,
    address: str | None = None,
    actors: int | None = None,
    piece: int = PIECE,
    window: int = WINDOW,
) -> Iterator[Scorecard | BadRecord]:
    """Results lazily and in order, as `formats.score_items` gives them.

    Args:
        load: makes the scorer in each actor; has to be importable there.
        expected: the model that has to be on every machine.
        address: of a running cluster (`auto`, `host:port`); Ray is started on this machine when None.
        actors: one a core when None.
        piece: records that are scored together, and again together when lost.
        window: records for each actor that are laid out at a time.

    Raises:
        NlpQualityError: `ray_missing`, `no_cluster`, `not_in_cluster`, `other_model`, `fault`, `cluster_failed`.
    """
    with _cluster(address) as ray:
        count = actors or max(1, int(ray.cluster_resources().get("CPU", 1)))
        rest = iter(items)
        while pieces := [_table(p) for p in _cut(islice(rest, count * window), piece)]:
            # Ray Data spreads actors over machines, starts lost ones again and sends their pieces out again, without limit.
            made = ray.data.from_blocks(pieces).map_batches(
                Scoring,
                fn_constructor_kwargs={"load": load, "expected": expected},
                batch_size=1,
                batch_format="pyarrow",
                num_cpus=CORES,
                compute=ray.data.ActorPoolStrategy(size=min(count, len(pieces))),
            )
            try:
                for batch in made.iter_batches(batch_size=1, batch_format="pyarrow", prefetch_batches=0):
                    for result in _read(batch):
                        if isinstance(result, Failure):
                            raise NlpQualityError(result.code, result.message)
                        yield result
            except ray.exceptions.RayError as error:
                raise NlpQualityError("cluster_failed", f"the cluster failed ({type(error).__name__}).") from None


def _cut(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while piece := list(islice(items, size)):
        yield piece


def _table(values: list[Any]) -> pyarrow.Table:
    """A piece as one cell: what Ray cuts and joins are rows, so a piece stays whole."""
    return pyarrow.table({"piece": pyarrow.array([pickle.dumps(values)], pyarrow.large_binary())})


def _read(table: pyarrow.Table) -> list[Any]:
    """What `_table` holds; it comes from this program's own actors."""
    found: list[Any] = pickle.loads(table["piece"][0].as_py())  # noqa: S301
    return found


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    """Ray, connected; what was not running before is stopped afterwards."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray  # noqa: PLC0415  # an extra: most installations do without.
        import ray.data  # noqa: PLC0415
    except ImportError:
        raise NlpQualityError("ray_missing", "the engine ray needs Ray: pip install 'nlp-quality[ray]'.") from None
    if address is not None and address.startswith("ray://"):
        raise NlpQualityError(
            "not_in_cluster",
            "run this on a machine of the cluster and give its own address; ray:// leads in from outside.",
        )
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    own = not ray.is_initialized()
    if own:
        _start(ray, address)
    ours = ray.data.DataContext.get_current().copy()
    ours.execution_options.preserve_order = True
    ours.enable_progress_bars = False
    ours.target_max_block_size = MAX_BLOCK
    try:
        with ray.data.DataContext.current(ours):
            yield ray
    finally:
        if own:
            ray.shutdown()


def _start(ray: Any, address: str | None) -> None:
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    try:
        if address is None:
            ray.init("local", include_dashboard=False, object_store_memory=LOCAL_STORE, **quiet)
        else:
            ray.init(address, **quiet)
    except (ConnectionError, ValueError, RuntimeError):
        raise NlpQualityError("no_cluster", "no Ray cluster answers at that address.") from None
