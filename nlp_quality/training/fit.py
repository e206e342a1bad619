"""Fine-tune the network on the corpus; stops and resumes between epochs."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from nlp_quality.encoder import HEADS
from nlp_quality.training.data import Example
from nlp_quality.training.network import Network, batch, loss

POSITIVE_WEIGHT: Final = {"voice": 2.0, "capacity": 2.0}  # a label of several is rare: missing it costs more
BUCKET: Final = 16  # batches whose windows are sorted by length together


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn."""

    epochs: int = 6
    batch: int = 8
    body_rate: float = 1e-4
    head_rate: float = 1e-3
    warmup: float = 0.1
    seed: int = 7


def fit(network: Network, examples: Sequence[Example], *, plan: Plan, pad: int, checkpoint: Path) -> Network:
    """Train in place, saving after each epoch; a run that was stopped goes on from its last whole epoch."""
    random.seed(plan.seed)
    torch.manual_seed(plan.seed)
    body = list(network.body.parameters())
    groups = [
        {"params": body, "lr": plan.body_rate},
        {"params": list(network.heads.parameters()), "lr": plan.head_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = plan.epochs * -(-len(examples) // plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [plan.body_rate, plan.head_rate], total_steps=steps + plan.epochs + 1, pct_start=plan.warmup
    )
    weights = {head: torch.full((len(HEADS[head]),), value) for head, value in POSITIVE_WEIGHT.items()}
    start = _resume(checkpoint, network, optimiser, schedule)
    began = time.monotonic()
    for epoch in range(start, plan.epochs):
        network.train()
        total = 0.0
        chunks = _batches(examples, plan.batch, seed=plan.seed + epoch)
        for chunk in chunks:
            ids, mask, pool, targets = batch(chunk, pad=pad)
            optimiser.zero_grad()
            value = loss(network(ids, mask, pool), targets, weights)
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(value.detach())
        left = (time.monotonic() - began) / (epoch - start + 1) * (plan.epochs - epoch - 1)
        sys.stderr.write(
            f"epoch {epoch + 1} of {plan.epochs}: loss {total / len(chunks):.3f}, {left / 60:.0f} minutes left\n"
        )
        _save(checkpoint, epoch + 1, network, optimiser, schedule)
    checkpoint.unlink(missing_ok=True)
    network.eval()
    return network


def _batches(examples: Sequence[Example], size: int, *, seed: int) -> list[list[Example]]:
    """Batches of windows of like length, in an order that the seed settles."""
    order = random.Random(seed)  # noqa: S311
    indices = list(range(len(examples)))
    order.shuffle(indices)
    out = []
    for start in range(0, len(indices), size * BUCKET):
        bucket = sorted(indices[start : start + size * BUCKET], key=lambda i: len(examples[i].window.ids))
        out += [[examples[i] for i in bucket[at : at + size]] for at in range(0, len(bucket), size)]
    order.shuffle(out)
    return out


def _save(path: Path, epoch: int, network: Network, optimiser: Any, schedule: Any) -> None:
    state = {
        "epoch": epoch,
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "schedule": schedule.state_dict(),
    }
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def _resume(path: Path, network: Network, optimiser: Any, schedule: Any) -> int:
    if not path.is_file():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    schedule.load_state_dict(state["schedule"])
    return int(state["epoch"])
