"""Sentence label probabilities from the fine-tuned transformer, by onnxruntime and tokenizers alone.

A window is a run of whole paragraphs of at most `WINDOW` tokens; a longer paragraph has windows of its own, split between
sentences, and a sentence longer than a window is cut. Windows depend on the record alone, and each is its own run of the model, so a
record's answer never depends on what else is scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np

from nlp_quality.scheme import CAPACITY, FUNCTION, PRESENCE, VOICE
from nlp_quality.types import ParsedRecord, Sentence

WINDOW: Final = 224  # tokens, special ones included; the length the model was trained on
HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "function": tuple(FUNCTION),
    "presence": tuple(PRESENCE),
    "voice": tuple(VOICE),
    "capacity": tuple(CAPACITY),
}
EXCLUSIVE: Final = ("function", "presence")  # heads that give each sentence exactly one label
CHOSEN_FROM: Final = 0.5  # probability from which a label of another head is given
# Role markers as the words they stand for: the model reads roles, never names.
_WORDS: Final = {
    "CHILDREN": "the children",
    "CHILD": "child",
    "UNBORN": "unborn baby",
    "PARENT": "parent",
    "CARER": "carer",
    "RELATIVE": "relative",
    "SIBLING": "sibling",
    "PROF": "professional",
    "INTERPRETER": "interpreter",
    "PARTNER": "partner",
    "OTHER": "friend",
    "WRITER": "I",
}
_MARKER: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")


def role_text(marked: str) -> str:
    """A marked sentence as the model reads it: roles in words, white space closed up."""
    return " ".join(_MARKER.sub(lambda match: _WORDS[match.group()], marked).split())


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of a run of sentences: `ids` of the whole, and for each sentence its index and `[start, end)` in them."""

    ids: tuple[int, ...]
    places: tuple[tuple[int, int, int], ...]


def windows(sentences: Iterable[tuple[int, int, Sequence[int]]], *, first: int, between: int) -> Iterator[Window]:
    """Windows over a record's sentences.

    Args:
        sentences: (index, paragraph, token ids) in order.
        first: id of the token that opens a window.
        between: id of the token that closes each sentence.
    """
    room = WINDOW - 2
    run: list[tuple[int, list[int]]] = []
    used = 1
    for _, group in groupby(sentences, key=lambda entry: entry[1]):
        paragraph = [(index, list(ids[:room])) for index, _, ids in group]
        length = sum(len(ids) + 1 for _, ids in paragraph)
        if run and used + length > WINDOW:
            yield _window(run, first, between)
            run, used = [], 1
        for index, ids in paragraph:
            if run and used + len(ids) + 1 > WINDOW:
                yield _window(run, first, between)
                run, used = [], 1
            run.append((index, ids))
            used += len(ids) + 1
        if length > room + 1:  # what is left of a long paragraph shares its window with no other
            yield _window(run, first, between)
            run, used = [], 1
    if run:
        yield _window(run, first, between)


def _window(run: Sequence[tuple[int, list[int]]], first: int, between: int) -> Window:
    ids = [first]
    places = []
    for index, own in run:
        places.append((index, len(ids), len(ids) + len(own) + 1))
        ids += [*own, between]
    return Window(tuple(ids), tuple(places))


def pooling(window: Window) -> Any:
    """The matrix (sentences, tokens) that averages each sentence's tokens."""
    matrix = np.zeros((len(window.places), len(window.ids)), dtype=np.float32)
    for row, (_, start, end) in enumerate(window.places):
        matrix[row, start:end] = 1.0 / (end - start)
    return matrix


class Encoder:
    """The fine-tuned model: holds the ONNX session and its tokenizer."""

    def __init__(self, *, session: Any, tokenizer: Any, temperatures: Mapping[str, float]) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._temperatures = temperatures
        self._first = tokenizer.token_to_id("[CLS]")
        self._between = tokenizer.token_to_id("[SEP]")

    @classmethod
    def load(cls, home: Path, *, temperatures: Mapping[str, float], threads: int = 0) -> Encoder:
        """Load `model.onnx` and `tokenizer.json` from a model's folder.

        Args:
            temperatures: head -> the temperature that calibrates it.
            threads: of one run; onnxruntime's choice when 0.
        """
        import onnxruntime  # noqa: PLC0415  # slow to load, and the model `rules` needs none of it.
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.use_deterministic_compute = True
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(home / "model.onnx"), options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(home / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(session=session, tokenizer=tokenizer, temperatures=temperatures)

    def label(self, parsed: ParsedRecord) -> ParsedRecord:
        """`parsed` with every sentence labelled, probabilities of all heads given."""
        texts = [role_text(sentence.marked) for sentence in parsed.sentences]
        encoded = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        entries = [(s.index, s.paragraph, e.ids) for s, e in zip(parsed.sentences, encoded, strict=True)]
        found: dict[int, dict[str, dict[str, float]]] = {}
        for window in windows(entries, first=self._first, between=self._between):
            found.update(self._run(window))
        return replace(parsed, sentences=tuple(labelled(s, found[s.index]) for s in parsed.sentences))

    def _run(self, window: Window) -> Iterator[tuple[int, dict[str, dict[str, float]]]]:
        inputs = {"ids": np.array([window.ids], dtype=np.int64), "pooling": pooling(window)}
        outputs = self._session.run(list(HEADS), inputs)
        for row, (index, _, _) in enumerate(window.places):
            yield (
                index,
                {
                    head: _probabilities(head, logits[row] / self._temperatures.get(head, 1.0))
                    for head, logits in zip(HEADS, outputs, strict=True)
                },
            )


def _probabilities(head: str, logits: Any) -> dict[str, float]:
    logits = logits.astype(np.float64)
    if head in EXCLUSIVE:
        powers = np.exp(logits - logits.max())
        values = powers / powers.sum()
    else:
        values = 1 / (1 + np.exp(-logits))
    return {label: round(float(value), 4) for label, value in zip(HEADS[head], values, strict=True)}


def labelled(sentence: Sentence, probabilities: Mapping[str, Mapping[str, float]]) -> Sentence:
    """The sentence with the labels that its probabilities give; ties go to the scheme's order."""

    def best(head: str) -> str:
        return max(probabilities[head], key=lambda name: probabilities[head][name])

    def likely(head: str) -> tuple[str, ...]:
        return tuple(name for name, p in probabilities[head].items() if p >= CHOSEN_FROM)

    return replace(
        sentence,
        function=best("function"),
        presence=best("presence"),
        voice=likely("voice"),
        capacity=likely("capacity"),
        probabilities=probabilities,
    )
