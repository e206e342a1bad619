"""Fine-tune the network on the corpus; stops and resumes between epochs."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from nlp_quality.training.data import Example
from nlp_quality.training.network import Network, batch, loss, rarity

BUCKET: Final = 512  # windows sorted by length together


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn; `tokens` is the size of a batch, padding included."""

    epochs: int = 9
    tokens: int = 1600
    body_rate: float = 3e-4
    head_rate: float = 1e-3
    warmup: float = 0.1
    seed: int = 7


def fit(network: Network, examples: Callable[[int], Sequence[Example]], *, plan: Plan, checkpoint: Path) -> Network:
    """Train in place, saving after each epoch; a run that was stopped goes on from its last whole epoch.

    Args:
        examples: epoch -> what is learnt from in it, in any order.
    """
    torch.manual_seed(plan.seed)
    body = [p for p in network.body.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": body, "lr": plan.body_rate},
            {"params": list(network.heads.parameters()), "lr": plan.head_rate},
        ],
        weight_decay=0.01,
    )
    epochs = [_batches(examples(epoch), plan.tokens, seed=plan.seed + epoch) for epoch in range(plan.epochs)]
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        [plan.body_rate, plan.head_rate],
        total_steps=sum(map(len, epochs)) + 1,
        pct_start=plan.warmup,
    )
    costs = rarity(example for chunk in epochs[0] for example in chunk)
    start = _resume(checkpoint, network, optimiser, schedule)
    began = time.monotonic()
    for epoch in range(start, plan.epochs):
        torch.manual_seed(plan.seed + epoch)  # so that a resumed run draws what an unbroken one would
        network.train()
        total = 0.0
        for chunk in epochs[epoch]:
            ids, mask, pool, targets = batch(chunk)
            optimiser.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = network(ids, mask, pool)
            value = loss(logits, targets, costs)
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(value.detach())
        left = (time.monotonic() - began) / (epoch - start + 1) * (plan.epochs - epoch - 1)
        sys.stderr.write(
            f"epoch {epoch + 1} of {plan.epochs}: loss {total / len(epochs[epoch]):.3f}, {left / 60:.0f} minutes left\n"
        )
        _save(checkpoint, epoch + 1, network, optimiser, schedule)
    network.eval()
    return network


def _batches(examples: Sequence[Example], tokens: int, *, seed: int) -> list[list[Example]]:
    """Batches of windows of like length, in an order that the seed settles."""
    order = random.Random(seed)  # noqa: S311
    indices = list(range(len(examples)))
    order.shuffle(indices)
    out: list[list[Example]] = []
    for start in range(0, len(indices), BUCKET):
        chunk: list[Example] = []
        for index in sorted(indices[start : start + BUCKET], key=lambda i: len(examples[i].window.ids)):
            longest = len(examples[index].window.ids)
            if chunk and longest * (len(chunk) + 1) > tokens:
                out.append(chunk)
                chunk = []
            chunk.append(examples[index])
        out.append(chunk)
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
