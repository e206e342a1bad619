"""Build the model `rules`: its level tables from the corpus, its figures, its card, its digests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nlp_quality import corpus, dimensions, model_store, rules
from nlp_quality.reader import Reader, presence
from nlp_quality.scheme import DIMENSIONS
from nlp_quality.scorer import Scorer
from nlp_quality.training import people_model, publish, sets
from nlp_quality.training.level_tables import level_table

VERSION: Final = "0.3.0"
NOTICE: Final = (
    "Scored by rules alone: no trained model has read this text. Rules miss much of what a record says in its own way; "
    "read the record."
)
ABOUT: Final = """**What it is.** Sentence labels from the cues of the lexicons, levels from the scheme's table over them, probabilities
from how often each level was right on the corpus's train split. No trained model: the baseline that a trained model has to
beat, and the check on it."""
LIMITS: Final = (
    "Made and measured on texts that language models wrote in the style of practitioners; not validated on real records.",
    "English only; records of children's social care in England only.",
    "Cues are patterns of words: what is said in other words is missed, so levels tend to be too low.",
    "A level is about what the text says, never about what was done, the family or the worker.",
)


def build(folder: Path = corpus.CORPUS, *, models: Path | None = None) -> Path:
    """Write `models/rules/<version>/` from the corpus's train split, measured on its dev split; gives the folder.

    The reader's own model of people (`people_model`) is built first, and only from the default corpus.

    Raises:
        UnreadableInput: the corpus is missing, or not as its manifest records it.
    """
    home = (models or model_store.models_folder()) / "rules" / VERSION
    home.mkdir(parents=True, exist_ok=True)
    if folder == corpus.CORPUS:
        people_model.build(folder)
    publish.write(home / "levels.json", _tables(folder))
    publish.seal(home, _about(None))
    figures = publish.figures(Scorer.load("rules", models=home.parents[1]), "dev", folder=folder)
    publish.write(home / "metrics.json", {"dev": figures})
    card = publish.card(f"rules {VERSION}", ABOUT, "dev", figures, LIMITS)
    (home / "card.md").write_text(card, encoding="utf-8")
    publish.seal(home, _about(publish.summary("dev", figures)))
    return home


def _tables(folder: Path) -> dict[str, dict[str, Any]]:
    reader = Reader.load()
    pairs: dict[str, list[tuple[int, int]]] = {name: [] for name in DIMENSIONS}
    for row in corpus.read("train", folder=folder):
        parsed = presence.events(rules.label(reader.read(row.record)))
        for dimension in dimensions.all_dimensions():
            labelled = row.levels.get(dimension.ID)
            if labelled is not None and dimension.applies(parsed) is None:
                pairs[dimension.ID].append((dimension.rule_level(dimension.features(parsed)), labelled))
    return {name: _head(found) for name, found in pairs.items()}


def _head(pairs: list[tuple[int, int]]) -> dict[str, Any]:
    table = level_table(pairs)
    return {"table": table, "limit": sets.limit([table[by_rule] for by_rule, _ in pairs], [own for _, own in pairs])}


def _about(evaluation: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "name": "rules",
        "kind": "rules",
        "version": VERSION,
        "notice": NOTICE,
        "limits": list(LIMITS),
        "evaluation": evaluation,
    }
