"""What every model's folder holds beside its own files: figures, a card made from them, and the digest of each file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nlp_quality import corpus, model_store
from nlp_quality.corpus import agreement
from nlp_quality.evaluation import behaviour, measure
from nlp_quality.evaluation.render import between, number
from nlp_quality.scheme import DIMENSIONS, SCHEME_VERSION
from nlp_quality.scorer import Scorer
from nlp_quality.training import baselines

NOT_FILES: Final = ("meta.json",)


def figures(scorer: Scorer, split: str, *, folder: Path) -> dict[str, Any]:
    """A model's figures on one split's records and presence passages."""
    return {kind: measure.figures(list(corpus.read(split, kind=kind, folder=folder)), scorer) for kind in corpus.KINDS}


def seal(home: Path, about: Mapping[str, Any]) -> None:
    """Write `meta.json`: what the model says of itself, with the sha256 of every file and lexicon."""
    own = sorted(path.name for path in home.iterdir() if path.name not in NOT_FILES)
    names = [*model_store.package_files(), *own]
    files = {name: model_store.digest(home, name) for name in names}
    write(home / "meta.json", {"scheme": SCHEME_VERSION, **about, "files": files})


def annotators(folder: Path) -> dict[str, Any]:
    """Agreement of the corpus's two model annotators on the records both labelled, as `nlp-quality agreement` measures it."""
    pairs = sorted((folder / "agreement").glob("*/first.jsonl"))
    return {path.parent.name: agreement.agreement(path, path.with_name("second.jsonl"), resamples=0) for path in pairs}


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


def card(
    title: str,
    about: str,
    split: str,
    found: Mapping[str, Any],
    limits: tuple[str, ...],
    others: Mapping[str, Any] | None = None,
) -> str:
    """A model card in Markdown; every figure is one of `found` or `others`."""
    records, passages = found["records"], found["presence"]
    levels = "\n".join(
        f"| {name} | {number(one['quadratic_kappa'], 2)}{between(one['interval'])} | {one['exact']:.2f} | "
        f"{one['within_one']:.2f} | {number(one['calibration']['ece'], 2)} | {one['coverage']:.2f} | {one['refer']:.2f} | "
        f"{one['n']} |"
        for name, one in records["levels"].items()
    )
    heads = "\n".join(
        f"| {head} | {one.get('macro_f1', one.get('micro_f1')):.2f}{between(one['interval'])} "
        f"{'macro' if 'macro_f1' in one else 'micro'} | {number(one['calibration']['ece'], 2)} | "
        f"{', '.join(f'{label} {own:.2f}' for label, own in _f1(one).items())} |"
        for head, one in records["sentences"].items()
    )
    return f"""# Model card: {title}

Written by `nlp-quality train`; every figure is measured by that command.

{about}

**Intended use.** Feedback on drafts and audits of samples, each answer read by a person with the record beside it.

**Out of scope.** Decisions about a child or a family; judging or ranking workers; predicting what will happen; languages
other than English; anything but records of children's social care.

**Data.** `annotation_guidelines/corpus`, fiction written and labelled by language models: train for the weights, dev for
temperatures, level heads and prediction sets, test for nothing but these figures. No author is in two of them.

## Figures

The corpus's {split} split: {records["records"]} records, {passages["records"]} presence passages. Brackets hold 95 %
bootstraps over records.

| dimension | quadratic kappa | exact | within one | calibration error | in 90 % set | refer | n |
| --- | --- | --- | --- | --- | --- | --- | --- |
{levels}

| sentence labels | F1 | calibration error | label by label |
| --- | --- | --- | --- |
{heads}

| status of a child | right | companions right | calibration error | mean probability when wrong |
| --- | --- | --- | --- | --- |
{_seen("records", records)}
{_seen("passages", passages)}
{_beside(others)}
## Limits

{chr(10).join(f"- {limit}" for limit in limits)}
"""


def _beside(others: Mapping[str, Any] | None) -> str:
    """Plainer methods beside the model, and what other names change."""
    if others is None:
        return ""
    given, inferred = others["renamed"]["people_given"], others["renamed"]["people_inferred"]
    return f"""
Plainer methods, fitted on the same train split:

{baselines.table(others["baselines"])}

For comparison, the corpus's two annotators, both language models, labelling blind (agreement between model annotators, never
human reliability):

{_agreed(others["annotators"])}

## Behaviour

Hand-written cases of "was this child seen alone" (`tests/behaviour`): {_passed(others["behaviour"])} passed, every
child's status right in every text of the case. `nlp-quality evaluate tests/behaviour/cases.jsonl` prints this table.

{_behaviour(others["behaviour"])}

## Fairness

Names are replaced by roles before the model reads. With every name of the test records changed for one of another
community, and the people given, a level changed in {given["levels_changed"]:.1%} of {given["records"]} records and any level,
status or companion in {given["anything_changed"]:.1%}; with people inferred from the text, in {inferred["levels_changed"]:.1%} and
{inferred["anything_changed"]:.1%}. How the tool does for families and workers of any real group is not known: nothing here is real.
"""


def _passed(found: Mapping[str, Any]) -> str:
    return f"{found['passed']:.2f} of {found['cases']}"


def _behaviour(found: Mapping[str, Any]) -> str:
    """Pass rates by capability, in Markdown."""
    lines = ["| capability | " + " | ".join(behaviour.KINDS) + " |", "| --- " * (len(behaviour.KINDS) + 1) + "|"]
    for name, kinds in found["capabilities"].items():
        cells = [f"{kinds[k]['passed']} of {kinds[k]['n']}" if k in kinds else "" for k in behaviour.KINDS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _agreed(rounds: Mapping[str, Any]) -> str:
    """Krippendorff's alpha of the main measures, a row a round of double labelling."""
    shown = [f"level.{name}" for name in DIMENSIONS] + ["seen.status", "function", "presence"]
    lines = ["| labelled twice | " + " | ".join(shown) + " |", "| --- " * (len(shown) + 1) + "|"]
    for name, one in rounds.items():
        cells = [number(one["measures"].get(measure, {}).get("alpha"), 2) for measure in shown]
        lines.append(f"| {name}, {one['records']} texts | {' | '.join(cells)} |")
    return "\n".join(lines)


def _f1(head: Mapping[str, Any]) -> dict[str, float]:
    return {label: figure["f1"] for label, figure in head["labels"].items()}


def _seen(name: str, found: Mapping[str, Any]) -> str:
    seen = found["seen"]
    return (
        f"| {name} | {seen['status_accuracy']:.2f}{between(seen['interval'])} of {seen['children']} | "
        f"{seen['companions_accuracy']:.2f} | {number(seen['calibration']['ece'], 2)} | "
        f"{number(seen['mean_probability_when_wrong'], 2)} |"
    )


def write(path: Path, value: object) -> None:
    """Write plain data as JSON that a person can read and a diff can show."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
