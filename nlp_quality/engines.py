"""Where records are scored: in this process, or on a cluster. Either way records go in and scorecards come out, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path

from nlp_quality.errors import NlpQualityError
from nlp_quality.formats import BadRecord, Item, score_items
from nlp_quality.scorer import Scorer
from nlp_quality.types import Scorecard

Engine = Callable[[Iterable[Item]], Iterator[Scorecard | BadRecord]]


class EngineName(StrEnum):
    """What can be asked for."""

    local = "local"
    ray = "ray"


def choose(
    name: EngineName,
    scorer: Scorer,
    *,
    model: str | None,
    flag_means: str,
    wording: Path | None = None,
    address: str | None = None,
) -> Engine:
    """The engine of that name.

    Args:
        scorer: scores in this process; on a cluster every machine has to have its model.
        model, flag_means, wording: as given to `Scorer.load`, for the machines of a cluster to load the same.
        address: of a running cluster.

    Raises:
        NlpQualityError: `no_engine_for_address`; `ray_missing` and others once records are scored.
    """
    if name is EngineName.local:
        if address is not None:
            raise NlpQualityError("no_engine_for_address", "--address is of a Ray cluster: give --engine ray too.")
        return partial(score_items, scorer)
    from nlp_quality.ray_engine import score_on_ray  # noqa: PLC0415  # pyarrow takes its time.

    # One thread each: there is an actor for every core.
    load = partial(Scorer.load, model, flag_means=flag_means, wording=wording, threads=1)
    return partial(score_on_ray, load=load, expected=scorer.model, address=address)
