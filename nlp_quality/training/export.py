"""The trained network as ONNX with int8 weights: what onnxruntime runs without torch."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from nlp_quality.encoder import ALL_HEADS
from nlp_quality.training.network import Network


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
