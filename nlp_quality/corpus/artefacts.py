"""What a level must not be guessable from: length, names, the first sentence. A corpus that lets it teaches nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline

from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.scheme import DIMENSIONS

FOLDS: Final = 4
LIMITS: Final = {"length": 0.2, "names": 0.2, "first sentence": 0.35}


def guessable(rows: Sequence[Labelled], authors: Sequence[str]) -> list[tuple[str, str, float, float]]:
    """Quadratic weighted kappa of each guess, cross-validated by author: (from what, dimension, kappa, limit)."""
    out = []
    for name, (view, model) in _GUESSES.items():
        for dimension in DIMENSIONS:
            known = [
                (row, author)
                for row, author in zip(rows, authors, strict=True)
                if row.levels.get(dimension) is not None
            ]
            groups = [author for _, author in known]
            if len(set(groups)) < FOLDS or len({row.levels[dimension] for row, _ in known}) < 2:
                continue
            truth = [row.levels[dimension] for row, _ in known]
            guess = cross_val_predict(
                model(), [view(row) for row, _ in known], truth, groups=groups, cv=GroupKFold(FOLDS)
            )
            out.append(
                (
                    name,
                    dimension,
                    float(cohen_kappa_score(truth, guess, weights="quadratic", labels=[0, 1, 2, 3])),
                    LIMITS[name],
                )
            )
    return out


def _length(row: Labelled) -> list[int]:
    text = row.record.text
    return [len(text), len(text.split()), len(row.sentences), text.count("\n\n")]


def _names(row: Labelled) -> str:
    return " ".join(person.name for person in row.record.people or ())


def _first(row: Labelled) -> str:
    return str(row.sentences[0].labels["text"])


def _words_model() -> Pipeline:
    return make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(max_iter=1000))


def _forest() -> Any:
    return RandomForestClassifier(200, min_samples_leaf=8, random_state=0)


_GUESSES: Final[dict[str, tuple[Callable[[Labelled], Any], Callable[[], Any]]]] = {
    "length": (_length, _forest),
    "names": (_names, _words_model),
    "first sentence": (_first, _words_model),
}
