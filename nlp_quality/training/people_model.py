"""Train the model of `reader/roles.py`: who is a person in a text, and in which role, from the corpus's train split."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from nlp_quality import corpus
from nlp_quality.evaluation.labelled import Labelled
from nlp_quality.reader import Reader, roles
from nlp_quality.reader.candidates import Candidate
from nlp_quality.reader.people_words import TITLES
from nlp_quality.scheme import ROLES

STORED: Final = Path(roles.__file__).with_name("people_model.json")
CLASSES: Final = (*ROLES, roles.NONE)
SCALE: Final = 100  # weights are stored as whole hundredths
MIN_TEXTS: Final = 3  # a feature of fewer candidates is left out
PENALTY: Final = 0.5  # scikit-learn's C
ROUNDS: Final = 2  # of naming the adults of passages without a list


def build(folder: Path, *, to: Path = STORED) -> Path:
    """Train on the train split's records and passages and write the model; gives the file.

    Raises:
        UnreadableInput: the corpus is missing, or not as its manifest records it.
    """
    reader = Reader.load()
    rows = []
    for kind in corpus.KINDS:
        for row in corpus.read("train", kind=kind, folder=folder):
            found, features = reader.candidates(row.record.text)
            rows.append((features, gold(row, found)))
    to.write_text(dumps(fit(rows)), encoding="utf-8")
    roles.load.cache_clear()
    return to


def dumps(stored: Mapping[str, Any]) -> str:
    """The stored model as JSON, a feature a line."""
    head = {key: value for key, value in stored.items() if key != "weights"}
    own = (
        f"{json.dumps(f, ensure_ascii=False)}:{json.dumps(w, separators=(',', ':'))}"
        for f, w in stored["weights"].items()
    )
    return json.dumps(head)[:-1] + ', "weights": {\n' + ",\n".join(own) + "\n}}\n"


def gold(row: Labelled, found: Sequence[Candidate]) -> list[str | None]:
    """The role of each candidate as the row tells it; None for one who may be an adult or nobody."""
    listed: dict[str, str] = {}
    for person in row.record.people or ():
        for form in (person.name, *person.aliases):
            words = _words(form)
            if words:
                listed.setdefault(words[0], person.role)
                for word in words[1:]:
                    listed.setdefault(f"{word} ", person.role)
    children = {word: "child" for entry in row.seen for word in _words(str(entry["child"]))[:1]}
    listed = {**listed, **children}
    out: list[str | None] = []
    for candidate in found:
        forms = [candidate.name.split()[0].lower(), *(n.split()[0].lower() for n in candidate.nicknames)]
        role = next((listed[form] for form in forms if form in listed), None)
        if role is None and " " not in candidate.name:
            role = listed.get(f"{forms[0]} ")
        out.append(role or (roles.NONE if row.record.people is not None else None))
    return out


def _words(name: str) -> list[str]:
    words = re.findall(r"[^\W\d_][\w.'’-]*", name)
    return [w.lower() for w in words if not re.fullmatch(TITLES, w) and w.lower() not in ("baby", "unborn", "unknown")]


def fit(rows: Iterable[tuple[Sequence[set[str]], Sequence[str | None]]]) -> dict[str, Any]:
    """The model as stored, from each text's candidates: their features, and their roles where known."""
    own, labels = [], []
    for features, known in rows:
        own += list(features)
        labels += list(known)
    counts = Counter(feature for features in own for feature in features)
    vocabulary = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= MIN_TEXTS))}
    columns = [sorted(vocabulary[f] for f in features if f in vocabulary) for features in own]
    pointers = np.cumsum([0, *map(len, columns)])
    matrix = csr_matrix((np.ones(pointers[-1]), np.concatenate(columns), pointers), shape=(len(own), len(vocabulary)))
    target = np.array([-1 if label is None else CLASSES.index(label) for label in labels])
    known_rows = np.flatnonzero(target >= 0)
    classifier = _fitted(matrix[known_rows], target[known_rows])
    child = CLASSES.index("child")
    open_rows = np.flatnonzero(target < 0)
    for _ in range(ROUNDS if len(open_rows) else 0):
        guessed = classifier.predict_proba(matrix[open_rows])
        guessed[:, child] = 0
        full = target.copy()
        full[open_rows] = guessed.argmax(axis=1)
        classifier = _fitted(matrix, full)
    return _stored(classifier, vocabulary)


def _fitted(matrix: Any, target: Any) -> LogisticRegression:
    with threadpool_limits(1):  # threads that wait on one another cost a hundredfold on a busy machine
        return LogisticRegression(C=PENALTY, max_iter=120, tol=1e-3).fit(matrix, target)


def _stored(classifier: LogisticRegression, vocabulary: Mapping[str, int]) -> dict[str, Any]:
    weights = np.rint(classifier.coef_.T * SCALE).astype(int)
    return {
        "roles": [CLASSES[i] for i in classifier.classes_],
        "scale": SCALE,
        "intercepts": np.rint(classifier.intercept_ * SCALE).astype(int).tolist(),
        "weights": {f: weights[i].tolist() for f, i in vocabulary.items() if np.abs(weights[i]).max() >= 8},
    }
