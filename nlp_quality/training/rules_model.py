"""Build the model `rules`: its level tables from the corpus, its figures, its card, its digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

from nlp_quality import corpus, dimensions, model_store, rules
from nlp_quality.evaluation import measure
from nlp_quality.reader import Reader, presence
from nlp_quality.scheme import DIMENSIONS, SCHEME_VERSION
from nlp_quality.scorer import Scorer
from nlp_quality.training.level_tables import level_table

VERSION: Final = "0.1.0"
NOTICE: Final = (
    "Scored by rules alone: no trained model has read this text. Rules miss much of what a record says in its own way; "
    "read the record."
)
LIMITS: Final = (
    "Made and measured on texts that language models wrote in the style of practitioners; not validated on real records.",
    "English only; records of children's social care in England only.",
    "Cues are patterns of words: what is said in other words is missed, so levels tend to be too low.",
    "A level is about what the text says, never about what was done, the family or the worker.",
)


def build(folder: Path = corpus.CORPUS, *, models: Path | None = None) -> Path:
    """Write `models/rules/<version>/` from the corpus's train split, measured on its dev split; gives the folder.

    Raises:
        UnreadableInput: the corpus is missing, or not as its manifest records it.
    """
    home = (models or model_store.models_folder()) / "rules" / VERSION
    home.mkdir(parents=True, exist_ok=True)
    _write(home / "levels.json", _tables(folder))
    _seal(home, None)
    scorer = Scorer.load("rules", models=home.parents[1])
    figures = {
        "split": "dev",
        "records": measure.figures(list(corpus.read("dev", folder=folder)), scorer),
        "presence": measure.figures(list(corpus.read("dev", kind="presence", folder=folder)), scorer),
    }
    _write(home / "metrics.json", figures)
    (home / "card.md").write_text(_card(figures, folder), encoding="utf-8")
    _seal(home, _summary(figures))
    return home


def _tables(folder: Path) -> dict[str, list[list[float]]]:
    reader = Reader.load()
    pairs: dict[str, list[tuple[int, int]]] = {name: [] for name in DIMENSIONS}
    for row in corpus.read("train", folder=folder):
        parsed = presence.events(rules.label(reader.read(row.record)))
        for dimension in dimensions.all_dimensions():
            labelled = row.levels.get(dimension.ID)
            if labelled is not None and dimension.applies(parsed) is None:
                pairs[dimension.ID].append((dimension.rule_level(dimension.features(parsed)), labelled))
    return {name: level_table(found) for name, found in pairs.items()}


def _seal(home: Path, evaluation: Mapping[str, Any] | None) -> None:
    """Write `meta.json` with the sha256 of every file and lexicon."""
    lexicons = [
        f"{model_store.LEXICON_PREFIX}{p.name}"
        for p in resources.files("nlp_quality.lexicons").iterdir()
        if p.name.endswith(".toml")
    ]
    files = [p.name for p in home.iterdir() if p.name != "meta.json"]
    _write(
        home / "meta.json",
        {
            "name": "rules",
            "version": VERSION,
            "scheme": SCHEME_VERSION,
            "notice": NOTICE,
            "limits": list(LIMITS),
            "evaluation": evaluation,
            "files": {name: model_store.digest(home, name) for name in sorted([*lexicons, *files])},
        },
    )


def _summary(figures: Mapping[str, Any]) -> dict[str, Any]:
    records, passages = figures["records"], figures["presence"]
    return {
        "split": figures["split"],
        "records": records["records"],
        "quadratic_kappa": {name: one["quadratic_kappa"] for name, one in records["levels"].items()},
        "function_macro_f1": records["sentences"]["function"]["macro_f1"],
        "presence_macro_f1": records["sentences"]["presence"]["macro_f1"],
        "voice_micro_f1": records["sentences"]["voice"]["micro_f1"],
        "capacity_micro_f1": records["sentences"]["capacity"]["micro_f1"],
        "seen_status_accuracy": records["seen"].get("status_accuracy"),
        "passages": passages["records"],
        "seen_status_accuracy_passages": passages["seen"].get("status_accuracy"),
    }


def _card(figures: Mapping[str, Any], folder: Path) -> str:
    records, passages = figures["records"], figures["presence"]
    used = [a for a in corpus.authors(folder) if a.split == "train"]
    levels = "\n".join(
        f"| {name} | {one['quadratic_kappa']:.2f} | {one['exact']:.2f} | {one['within_one']:.2f} | {one['coverage']:.2f} | {one['refer']:.2f} | {one['n']} |"
        for name, one in records["levels"].items()
    )
    labels = "\n".join(
        f"| {head} | {one.get('macro_f1', one.get('micro_f1')):.2f} | {'macro' if 'macro_f1' in one else 'micro'} |"
        for head, one in records["sentences"].items()
    )
    limits = "\n".join(f"- {limit}" for limit in LIMITS)
    return f"""# Model card: rules {VERSION}

Written by `nlp-quality train --model rules`; every figure is measured by that command.

**What it is.** Sentence labels from the cues of the lexicons, levels from the scheme's table over them, probabilities from
how often each level was right on the corpus's train split ({len(used)} authors). No trained model. It is the baseline that a
trained model has to beat, and the check on it.

**Intended use.** Trying the tool; never for decisions, never about a family or a worker.

## Figures

Dev split, authors whose texts no rule was written on: {records["records"]} records, {passages["records"]} presence passages.

| dimension | quadratic kappa | exact | within one | in 90 % set | refer | n |
| --- | --- | --- | --- | --- | --- | --- |
{levels}

| sentence labels | F1 | |
| --- | --- | --- |
{labels}

Status of a child right: {_share(records)} in records, {_share(passages)} in passages.

## Limits

{limits}
"""


def _share(figures: Mapping[str, Any]) -> str:
    seen = figures["seen"]
    return f"{seen['status_accuracy']:.2f} of {seen['children']}" if seen else "not measured"


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
