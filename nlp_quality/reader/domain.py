"""Whether a text is one that can be judged at all: enough of it, in English, in words, about a particular child."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from spacy.lang.en.stop_words import STOP_WORDS

MIN_WORDS: Final = 4  # fewer words than this say nothing that can be judged
MIN_FUNCTION_SHARE: Final = 0.12  # English prose has some 40 % function words, telegraphic notes some 20 %
FEW_WORDS: Final = 6  # as many different words make no narrative, however often they come
SAMPLE: Final = 4_000  # words looked at; language does not change after that
# Languages told from English by their function words, all from spaCy's own lists.
_LANGUAGES: Final = ("fr", "de", "es", "it", "pt", "nl", "pl", "ro", "tr", "sv", "sq", "cs", "hu", "lt", "da")
# Words of notes without function words: enough to tell shorthand from gibberish.
_TRADE: Final = frozenset(
    "seen visit visited child children mum dad mother father baby school home alone cp cin lac cla sw hv carer placement "
    "nursery bedroom review meeting core group plan settled well stable attended contact update call tc nfa asleep unseen "
    "duty notes unannounced stat police hospital feeding sleep family access answer door".split()
)


@cache
def _function_words() -> Mapping[str, frozenset[str]]:
    """Function words of each language that English does not share."""
    return {
        code: frozenset(import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS) - STOP_WORDS for code in _LANGUAGES
    }


def out_of_domain(text: str, *, has_child: bool) -> str | None:
    """A key of `scheme.OUT_OF_DOMAIN` when no level should be given; None when the text can be judged."""
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())[:SAMPLE]
    if not words:
        return "no_words"
    latin = sum(word[0] < "\u0250" for word in words)
    if latin < 0.5 * len(words):
        return "not_english"
    if len(words) < MIN_WORDS:
        return "too_short"
    english = sum(word in STOP_WORDS or word in ("i've", "didn't", "wasn't", "couldn't") for word in words)
    trade = sum(word in _TRADE for word in words)
    foreign = max(sum(word in listed for word in words) for listed in _function_words().values())
    if foreign > english + trade and foreign >= 0.15 * len(words):
        return "not_english"
    if english + trade == 0 or (len(words) >= 12 and (english + 2 * trade) / len(words) < MIN_FUNCTION_SHARE):
        return "gibberish"
    if len(words) >= 30 and len(set(words)) < FEW_WORDS:
        return "gibberish"
    return None if has_child else "no_child"
