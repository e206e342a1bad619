"""A temperature a head, and biases where one label is rare: least cross-entropy on unseen texts (Guo and others 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp

from nlp_quality.encoder import ALL_HEADS, EXCLUSIVE, Encoder
from nlp_quality.training import data

LEAST: Final = 1e-4
BIASED: Final = ("presence",)  # heads whose rare labels the loss made dearer: their logits are shifted back
RIDGE: Final = 1e-4


def calibrated(items: Sequence[data.Read], plain: Encoder) -> tuple[dict[str, float], dict[str, list[float]]]:
    """The temperature of every head, and the biases of those in `BIASED`.

    Args:
        plain: the encoder with neither set.
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
    found = {head: round(_temperature(head, pairs), 3) for head, pairs in seen.items()}
    biases = {}
    for head in BIASED:
        scale, *shifts = _shifted(seen[head])
        found[head], biases[head] = round(1 / scale, 3), [round(shift, 3) for shift in shifts]
    return found, biases


def _shifted(pairs: Sequence[tuple[Any, Any]]) -> list[float]:
    """The factor of the logits and what is added to each."""
    logits = np.log(np.array([p for p, _ in pairs]))
    target = np.array([t for _, t in pairs])

    def cost(theta: Any) -> float:
        moved = logits * theta[0] + theta[1:]
        chosen = moved[np.arange(len(target)), target] - logsumexp(moved, axis=1)
        return float(-chosen.mean() + RIDGE * (theta[1:] ** 2).sum())

    return [float(value) for value in minimize(cost, np.append(1.0, np.zeros(logits.shape[1]))).x]


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
