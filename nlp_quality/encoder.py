"""The fine-tuned transformer, by onnxruntime and tokenizers alone: labels of sentences, and what is read of each child.

Sentences are read in windows of whole paragraphs. For each child the same network then reads one more window, the
sentences that bear on who was seen, with that child marked apart from the others. Each window is its own run of the model,
so a record's answer never depends on what else is scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from nlp_quality.scheme import CAPACITY, COMPANIONS, FUNCTION, PRESENCE, STATUSES, VOICE
from nlp_quality.steps import Steps, straight
from nlp_quality.types import ParsedRecord, SeenReading, Sentence
from nlp_quality.windows import Tokens, Window, pooling

HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "function": tuple(FUNCTION),
    "presence": tuple(PRESENCE),
    "voice": tuple(VOICE),
    "capacity": tuple(CAPACITY),
}
SEEN_HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": tuple(STATUSES),
    "companions": tuple(COMPANIONS),
    "explained": ("explained",),
}
ALL_HEADS: Final = {**HEADS, **SEEN_HEADS}
EXCLUSIVE: Final = ("function", "presence", "status")  # heads that give exactly one label
CHOSEN_FROM: Final = 0.5  # probability from which a label of another head is given


class Encoder:
    """The fine-tuned model: holds the ONNX session and its tokenizer."""

    def __init__(
        self,
        *,
        session: Any,
        tokens: Tokens,
        temperatures: Mapping[str, float],
        biases: Mapping[str, Sequence[float]] = MappingProxyType({}),
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._temperatures = temperatures
        self._biases = {head: np.array(own) for head, own in biases.items()}

    @classmethod
    def load(
        cls,
        home: Path,
        *,
        temperatures: Mapping[str, float],
        biases: Mapping[str, Sequence[float]] = MappingProxyType({}),
        threads: int = 0,
    ) -> Encoder:
        """Load `model.onnx` and `tokenizer.json` from a model's folder.

        Args:
            temperatures: head -> the temperature that calibrates it.
            biases: head -> what is added to each label's logit after that.
            threads: of one run; onnxruntime's choice when 0.
        """
        import onnxruntime  # noqa: PLC0415  # slow to load, and the model `rules` needs none of it.

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.use_deterministic_compute = True
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(home / "model.onnx"), options, providers=["CPUExecutionProvider"])
        return cls(
            session=session,
            tokens=Tokens.load(home / "tokenizer.json"),
            temperatures=temperatures,
            biases=biases,
        )

    def label(self, parsed: ParsedRecord, steps: Steps = straight) -> ParsedRecord:
        """`parsed` with every sentence labelled and each born child's being seen read, all probabilities given."""
        found: dict[int, dict[str, dict[str, float]]] = {}
        for window in self._tokens.windows(parsed):
            rows = self._run(window, HEADS, steps)
            found.update({place[0]: row for place, row in zip(window.places, rows, strict=True)})
        sentences = tuple(labelled(s, found[s.index]) for s in parsed.sentences)
        done = replace(parsed, sentences=sentences)
        return replace(done, seen=tuple(self._seen(done, child, steps) for child in parsed.born_children))

    def _seen(self, parsed: ParsedRecord, child: int, steps: Steps) -> SeenReading:
        bearing = [1 - s.probabilities["presence"]["none"] for s in parsed.sentences]
        row = next(self._run(self._tokens.question(parsed, child, bearing), SEEN_HEADS, steps))
        return SeenReading(child, row["status"], row["companions"], row["explained"]["explained"])

    def _run(
        self, window: Window, heads: Mapping[str, Sequence[str]], steps: Steps
    ) -> Iterator[dict[str, dict[str, float]]]:
        def run() -> Any:
            inputs = {"ids": np.array([window.ids], dtype=np.int64), "pooling": pooling(window)}
            return self._session.run(list(heads), inputs)

        bounds = [place[1:] for place in window.places]  # not the sentences' own numbers, which an edit shifts
        outputs = steps("window", repr((list(heads), window.ids, bounds)).encode(), run)
        for row in range(len(window.places)):
            yield {
                head: _probabilities(
                    head, logits[row] / self._temperatures.get(head, 1.0) + self._biases.get(head, 0.0)
                )
                for head, logits in zip(heads, outputs, strict=True)
            }


def _probabilities(head: str, logits: Any) -> dict[str, float]:
    logits = logits.astype(np.float64)
    if head in EXCLUSIVE:
        powers = np.exp(logits - logits.max())
        values = powers / powers.sum()
    else:
        values = 1 / (1 + np.exp(-logits))
    return {label: round(float(value), 4) for label, value in zip(ALL_HEADS[head], values, strict=True)}


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
