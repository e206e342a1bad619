"""What the trained model reads: sentences with names by their roles, in windows that fit it.

A window is a run of whole paragraphs of at most `WINDOW` tokens; a longer paragraph has windows of its own, split between
sentences, and a sentence longer than a window is cut. Windows depend on the record alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np

from nlp_quality.types import Mention, ParsedRecord, Sentence

WINDOW: Final = 224  # tokens, special ones included; the length the model was trained on
BEARS: Final = 0.3  # probability of any presence label from which a sentence is read with those around it
ENOUGH: Final = 96  # tokens up to which sentences that bear on nothing are read as well
# What stands for a name: the model reads roles, never names. Words such as `mum` stand as they are.
_ROLE_WORDS: Final = {
    "child": "child",
    "unborn": "unborn baby",
    "parent": "parent",
    "carer": "carer",
    "relative": "relative",
    "sibling": "sibling",
    "professional": "professional",
    "interpreter": "interpreter",
    "partner": "partner",
    "other": "friend",
}
_FIRST_PERSON: Final = frozenset(("i", "me", "myself", "we", "us"))


def role_text(sentence: Sentence, about: int | None = None) -> str:
    """A sentence as the model reads it: names by their roles, white space closed up.

    Args:
        about: index of the child asked about, who is then `the child` and the others `sibling`.
    """
    parts: list[str] = []
    at = sentence.start
    for mention in sentence.mentions:
        own = sentence.text[mention.start - sentence.start : mention.end - sentence.start]
        word = _word(mention, own, about)
        if word is not None:
            parts += [sentence.text[at - sentence.start : mention.start - sentence.start], word]
            at = mention.end
    parts.append(sentence.text[at - sentence.start :])
    return " ".join("".join(parts).split())


def _word(mention: Mention, own: str, about: int | None) -> str | None:
    """What stands for a mention; None where it stays as it is."""
    if mention.role == "writer":
        return None if own.lower() in _FIRST_PERSON and own != "i" else "I"
    if mention.pronoun:
        return None
    if about is not None and mention.role == "child" and mention.people:
        if mention.people == (about,):
            return "the child"
        if about in mention.people:
            return "the children"
        return "sibling" if len(mention.people) == 1 else "siblings"
    if not mention.named:
        return None
    return "the children" if mention.role == "child" and len(mention.people) > 1 else _ROLE_WORDS[mention.role]


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of a run of sentences: `ids` of the whole, and for each sentence its index and `[start, end)` in them."""

    ids: tuple[int, ...]
    places: tuple[tuple[int, int, int], ...]


def windows(
    sentences: Iterable[tuple[int, int, Sequence[int]]], *, opening: Sequence[int], between: int
) -> Iterator[Window]:
    """Windows over a record's sentences.

    Args:
        sentences: (index, paragraph, token ids) in order.
        opening: ids of the tokens that open every window.
        between: id of the token that closes each sentence.
    """
    start = len(opening)
    room = WINDOW - start - 1
    run: list[tuple[int, list[int]]] = []
    used = start
    for _, group in groupby(sentences, key=lambda entry: entry[1]):
        paragraph = [(index, list(ids[:room])) for index, _, ids in group]
        length = sum(len(ids) + 1 for _, ids in paragraph)
        if run and used + length > WINDOW:
            yield _window(run, opening, between)
            run, used = [], start
        for index, ids in paragraph:
            if run and used + len(ids) + 1 > WINDOW:
                yield _window(run, opening, between)
                run, used = [], start
            run.append((index, ids))
            used += len(ids) + 1
        if length > room + 1:  # what is left of a long paragraph shares its window with no other
            yield _window(run, opening, between)
            run, used = [], start
    if run:
        yield _window(run, opening, between)


def _window(run: Sequence[tuple[int, Sequence[int]]], opening: Sequence[int], between: int) -> Window:
    ids = [*opening]
    places = []
    for index, own in run:
        places.append((index, len(ids), len(ids) + len(own) + 1))
        ids += [*own, between]
    return Window(tuple(ids), tuple(places))


def question(
    sentences: Sequence[tuple[int, int, Sequence[int]]],
    bearing: Sequence[float],
    *,
    opening: Sequence[int],
    between: int,
) -> Window:
    """The one window read to settle a child's status: sentences that bear on it with those around them, as many as fit.

    Args:
        sentences: (index, paragraph, token ids) in order, the child marked.
        bearing: for each, how far it bears on the child's being seen, 0 to 1.
    """
    room = WINDOW - len(opening) - 1
    ids = [list(own[:room]) for _, _, own in sentences]
    order = sorted(range(len(ids)), key=lambda i: (-bearing[i], i))
    strong = [i for i in order if bearing[i] >= BEARS]
    beside = [j for i in strong for j in (i - 1, i + 1) if 0 <= j < len(ids)]
    same = [j for i in strong for j in (i - 1, i + 1) if 0 <= j < len(ids) and sentences[i][1] == sentences[j][1]]
    chosen: set[int] = set()
    used = len(opening)
    for place, i in enumerate((*strong, *same, *beside, *order)):
        limit = WINDOW if place < len(strong) + len(same) + len(beside) else ENOUGH
        if i not in chosen and used + len(ids[i]) + 1 <= limit:
            chosen.add(i)
            used += len(ids[i]) + 1
    window = _window([(sentences[i][0], ids[i]) for i in sorted(chosen)], opening, between)
    return Window(window.ids, ((0, 0, len(window.ids)),))


def pooling(window: Window) -> Any:
    """The matrix (sentences, tokens) that averages each sentence's tokens."""
    matrix = np.zeros((len(window.places), len(window.ids)), dtype=np.float32)
    for row, (_, start, end) in enumerate(window.places):
        matrix[row, start:end] = 1.0 / (end - start)
    return matrix


class Tokens:
    """A tokenizer file with the two special tokens that windows are made with."""

    def __init__(self, *, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._first: int = tokenizer.token_to_id("[CLS]")
        self._between: int = tokenizer.token_to_id("[SEP]")

    @classmethod
    def load(cls, path: Path) -> Tokens:
        """Load a `tokenizer.json`, without truncation or padding."""
        from tokenizers import Tokenizer  # noqa: PLC0415  # the model `rules` needs none of it.

        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(tokenizer=tokenizer)

    def entries(self, sentences: Sequence[Sentence], about: int | None = None) -> list[tuple[int, int, Sequence[int]]]:
        """(index, paragraph, token ids) of sentences as the model reads them."""
        encoded = self._tokenizer.encode_batch([role_text(s, about) for s in sentences], add_special_tokens=False)
        return [(s.index, s.paragraph, e.ids) for s, e in zip(sentences, encoded, strict=True)]

    def opening(self, parsed: ParsedRecord) -> list[int]:
        """What every window of a record opens with: the kind of record, since minutes relay what a visit shows."""
        kind = self._tokenizer.encode(parsed.record.record_type.replace("_", " "), add_special_tokens=False)
        return [self._first, *kind.ids, self._between]

    def windows(self, parsed: ParsedRecord) -> Iterator[Window]:
        """The windows in which a record's sentences are read."""
        return windows(self.entries(parsed.sentences), opening=self.opening(parsed), between=self._between)

    def question(self, parsed: ParsedRecord, child: int, bearing: Sequence[float]) -> Window:
        """The window in which one child's being seen is read."""
        entries = self.entries(parsed.sentences, child)
        named = [0.05 * any(child in m.people for m in s.mentions) for s in parsed.sentences]
        weights = [b + n for b, n in zip(bearing, named, strict=True)]
        return question(entries, weights, opening=self.opening(parsed), between=self._between)
