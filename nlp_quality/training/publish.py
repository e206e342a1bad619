"""What every model's folder holds beside its own files: figures, a card made from them, and the digest of each file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nlp_quality import corpus, model_store
from nlp_quality.evaluation import measure
from nlp_quality.evaluation.render import number
from nlp_quality.scheme import SCHEME_VERSION
from nlp_quality.scorer import Scorer

NOT_FILES: Final = ("meta.json",)


def figures(scorer: Scorer, split: str, *, folder: Path) -> dict[str, Any]:
    """A model's figures on one split's records and presence passages."""
    return {kind: measure.figures(list(corpus.read(split, kind=kind, folder=folder)), scorer) for kind in corpus.KINDS}


def seal(home: Path, about: Mapping[str, Any]) -> None:
    """Write `meta.json`: what the model says of itself, with the sha256 of every file and lexicon."""
    own = sorted(path.name for path in home.iterdir() if path.name not in NOT_FILES)
    names = [*(f"{model_store.LEXICON_PREFIX}{path.name}" for path in model_store.lexicons()), *own]
    files = {name: model_store.digest(home, name) for name in names}
    write(home / "meta.json", {"scheme": SCHEME_VERSION, **about, "files": files})


def read_meta(home: Path) -> dict[str, Any]:
    """What a model's `meta.json` says."""
    return dict(json.loads((home / "meta.json").read_text(encoding="utf-8")))


def summary(split: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that `/v1/model` gives."""
    records, passages = found["records"], found["presence"]
    sentences = records["sentences"]
    return {
        "split": split,
        "records": records["records"],
        "quadratic_kappa": {name: one["quadratic_kappa"] for name, one in records["levels"].items()},
        "function_macro_f1": sentences["function"]["macro_f1"],
        "presence_macro_f1": sentences["presence"]["macro_f1"],
        "voice_micro_f1": sentences["voice"]["micro_f1"],
        "capacity_micro_f1": sentences["capacity"]["micro_f1"],
        "seen_status_accuracy": records["seen"].get("status_accuracy"),
        "passages": passages["records"],
        "seen_status_accuracy_passages": passages["seen"].get("status_accuracy"),
    }


def card(title: str, about: str, split: str, found: Mapping[str, Any], limits: tuple[str, ...]) -> str:
    """A model card in Markdown; every figure is one of `found`."""
    records, passages = found["records"], found["presence"]
    levels = "\n".join(
        f"| {name} | {number(one['quadratic_kappa'], 2)} | {one['exact']:.2f} | {one['within_one']:.2f} | "
        f"{one['coverage']:.2f} | {one['refer']:.2f} | {one['n']} |"
        for name, one in records["levels"].items()
    )
    heads = "\n".join(
        f"| {head} | {one.get('macro_f1', one.get('micro_f1')):.2f} | {'macro' if 'macro_f1' in one else 'micro'} | "
        f"{', '.join(f'{label} {own:.2f}' for label, own in _f1(one).items())} |"
        for head, one in records["sentences"].items()
    )
    return f"""# Model card: {title}

Written by `nlp-quality train`; every figure is measured by that command.

{about}

**Intended use.** Feedback on drafts and audits of samples, each answer read by a person with the record beside it. Never
for decisions about a child or a family, never to judge or rank workers.

## Figures

The corpus's {split} split, authors whose texts nothing was written or fitted on: {records["records"]} records,
{passages["records"]} presence passages.

| dimension | quadratic kappa | exact | within one | in 90 % set | refer | n |
| --- | --- | --- | --- | --- | --- | --- |
{levels}

| sentence labels | F1 | | label by label |
| --- | --- | --- | --- |
{heads}

Status of a child right: {_share(records)} in records, {_share(passages)} in passages.

## Limits

{chr(10).join(f"- {limit}" for limit in limits)}
"""


def _f1(head: Mapping[str, Any]) -> dict[str, float]:
    return {label: figure["f1"] for label, figure in head["labels"].items()}


def _share(found: Mapping[str, Any]) -> str:
    seen = found["seen"]
    return f"{seen['status_accuracy']:.2f} of {seen['children']}" if seen else "not measured"


def write(path: Path, value: object) -> None:
    """Write plain data as JSON that a person can read and a diff can show."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
