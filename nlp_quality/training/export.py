"""The trained network as ONNX with int8 weights: what onnxruntime runs without torch, held against the network itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from nlp_quality.encoder import ALL_HEADS, EXCLUSIVE, HEADS
from nlp_quality.training.data import Example
from nlp_quality.training.network import Network, batch
from nlp_quality.windows import pooling

SAME: Final = 0.97  # share of one-label answers that must survive quantisation


class _OneWindow(torch.nn.Module):
    """The network for a single window without padding: (1, tokens) ids and (rows, tokens) pooling."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, pooling: torch.Tensor) -> tuple[torch.Tensor, ...]:
        outputs = self.network(ids, torch.ones_like(ids), pooling.unsqueeze(0))
        return tuple(output[0] for output in outputs)


def export(network: Network, path: Path) -> None:
    """Write `network` to `path` as ONNX, weights in int8 by channel."""
    ids = torch.randint(1000, 2000, (1, 24))
    pooling = torch.full((3, 24), 1 / 24)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _OneWindow(network).eval(),
            (ids, pooling),
            str(whole),
            input_names=["ids", "pooling"],
            output_names=list(ALL_HEADS),
            dynamic_axes={"ids": {1: "tokens"}, "pooling": {0: "rows", 1: "tokens"}}
            | {head: {0: "rows"} for head in ALL_HEADS},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(str(whole), str(path), weight_type=QuantType.QInt8, per_channel=True)


@torch.no_grad()
def agreement(network: Network, path: Path, examples: Iterable[Example]) -> dict[str, Any]:
    """How far the int8 model answers as the network does: share of the same labels a head, mean difference in logits.

    Raises:
        ValueError: fewer than `SAME` of the answers are the same.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    same: dict[str, list[bool]] = {head: [] for head in HEADS}
    apart: dict[str, list[float]] = {head: [] for head in HEADS}
    for example in examples:
        ids, mask, pool, _ = batch([example])
        ours = dict(zip(ALL_HEADS, network(ids, mask, pool), strict=True))
        inputs = {"ids": ids.numpy(), "pooling": pooling(example.window)}
        for head, theirs in zip(HEADS, session.run(list(HEADS), inputs), strict=True):
            own = ours[head][0].numpy()
            chosen = (own.argmax(1) == theirs.argmax(1)) if head in EXCLUSIVE else ((own > 0) == (theirs > 0)).ravel()
            same[head].extend(chosen.tolist())
            apart[head].extend(np.abs(own - theirs).ravel().tolist())
    found = {
        head: {"same": round(float(np.mean(same[head])), 4), "mean_difference": round(float(np.mean(apart[head])), 4)}
        for head in HEADS
    }
    if min(one["same"] for one in found.values()) < SAME:
        raise ValueError(f"quantisation changes too many answers: {found}")
    return found
