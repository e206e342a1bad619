"""What plainer methods reach on the same texts: the most frequent label, words alone, and the base model left as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlp_quality.encoder import EXCLUSIVE, HEADS
from nlp_quality.evaluation.measure import kappa
from nlp_quality.scheme import DIMENSIONS
from nlp_quality.training import data
from nlp_quality.windows import role_text

# A view gives each sentence of a record as something to learn from; a record is the mean, or the whole, of its own.
View = Callable[[data.Read], Sequence[Any]]
Estimator = Callable[[], Any]
SHOWN: Final = ("function_macro_f1", "presence_macro_f1", "voice_micro_f1", "capacity_micro_f1")


def words(item: data.Read) -> list[str]:
    """The sentences as text, names by their roles."""
    return [role_text(sentence) for sentence in item.parsed.sentences]


def majority() -> Any:
    """Always the most frequent answer."""
    return DummyClassifier(strategy="most_frequent")


def of_words() -> Any:
    """TF-IDF of words and pairs of words, logistic regression."""
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10, max_iter=1000)
    )


def of_vectors() -> Any:
    """Logistic regression over vectors."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))


def figures(train: Sequence[data.Read], test: Sequence[data.Read], view: View, estimator: Estimator) -> dict[str, Any]:
    """Headline figures of one method, fitted on `train`: kappa a dimension, F1 a kind of label."""
    seen, unseen = ([view(item) for item in items] for items in (train, test))
    out: dict[str, Any] = {"records": len(test)}
    for name in DIMENSIONS:
        learn = [(_whole(v), i.row.levels[name]) for v, i in zip(seen, train, strict=True) if _graded(i, name)]
        hold = [(_whole(v), i.row.levels[name]) for v, i in zip(unseen, test, strict=True) if _graded(i, name)]
        found = estimator().fit(*_columns(learn)).predict(_columns(hold)[0])
        out[f"kappa_{name}"] = kappa([level for _, level in hold], found)
    for head in HEADS:
        learn, hold = list(_sentences(train, seen, head)), list(_sentences(test, unseen, head))
        one = head in EXCLUSIVE
        method = estimator() if one else OneVsRestClassifier(estimator())
        found = method.fit(*_columns(learn)).predict(_columns(hold)[0])
        kind = "macro" if one else "micro"
        out[f"{head}_{kind}_f1"] = round(float(f1_score(_columns(hold)[1], found, average=kind, zero_division=0)), 4)
    return out


def _graded(item: data.Read, dimension: str) -> bool:
    return item.row.levels.get(dimension) is not None


def _whole(sentences: Sequence[Any]) -> Any:
    return " ".join(sentences) if isinstance(sentences[0], str) else np.mean(sentences, axis=0)


def _columns(pairs: Sequence[tuple[Any, Any]]) -> tuple[Any, Any]:
    given, wanted = zip(*pairs, strict=True)
    return (list(given) if isinstance(given[0], str) else np.array(given)), np.array(wanted)


def _sentences(items: Sequence[data.Read], views: Sequence[Sequence[Any]], head: str) -> Iterator[tuple[Any, Any]]:
    for item, own in zip(items, views, strict=True):
        for given, (_, labels) in zip(own, data.aligned(item.row, item.parsed.sentences), strict=True):
            wanted = data.targets(labels).get(head)
            if wanted is not None:
                yield given, wanted


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Methods side by side, in Markdown."""
    names = [f"kappa_{name}" for name in DIMENSIONS] + list(SHOWN)
    head = "| method | " + " | ".join(name.replace("_", " ") for name in names) + " |"
    rows = [
        f"| {method} | " + " | ".join("-" if one.get(n) is None else f"{one[n]:.2f}" for n in names) + " |"
        for method, one in found.items()
    ]
    return "\n".join([head, "| --- " * (len(names) + 1) + "|", *rows])
