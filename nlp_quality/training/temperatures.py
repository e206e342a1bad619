"""A temperature a head, least cross-entropy on texts the weights have not seen (Guo and others 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from nlp_quality.encoder import ALL_HEADS, EXCLUSIVE, Encoder
from nlp_quality.training import data

LEAST: float = 1e-4


def temperatures(items: Sequence[data.Read], plain: Encoder) -> dict[str, float]:
    """The temperature of every head.

    Args:
        plain: the encoder with no temperatures set.
    """
    seen: dict[str, list[tuple[Any, Any]]] = {head: [] for head in ALL_HEADS}
    for item in items:
        parsed = plain.label(item.parsed)
        for sentence, labels in data.aligned(item.row, parsed.sentences):
            _note(seen, sentence.probabilities, data.targets(labels))
        readings = {reading.child: reading for reading in parsed.seen}
        for child, entry in data.children(item):
            if child in readings:
                own = readings[child]
                given = {"status": own.status, "companions": own.companions, "explained": {"": own.explained}}
                _note(seen, given, data.seen_targets(item.row, entry))
    return {head: round(_temperature(head, pairs), 3) for head, pairs in seen.items()}


def _note(seen: dict[str, list[tuple[Any, Any]]], given: Any, targets: dict[str, Any]) -> None:
    for head, target in targets.items():
        seen[head].append((np.clip(list(given[head].values()), LEAST, 1 - LEAST), target))


def _temperature(head: str, pairs: Sequence[tuple[Any, Any]]) -> float:
    probabilities = np.array([p for p, _ in pairs])
    target = np.array([t for _, t in pairs])

    def cost(temperature: float) -> float:
        if head in EXCLUSIVE:
            powers = probabilities ** (1 / temperature)
            chosen = powers[np.arange(len(target)), target] / powers.sum(axis=1)
            return float(-np.log(chosen).mean())
        logits = np.log(probabilities / (1 - probabilities)) / temperature
        return float((np.logaddexp(0, logits) - target * logits).mean())

    return float(minimize_scalar(cost, bounds=(0.3, 4.0), method="bounded").x)
