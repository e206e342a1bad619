"""Whether a candidate is somebody's name, and whose: a small learned model over how the text writes of them.

The model is a multinomial logistic regression (`training/people_model.py`) whose features never depend on which name
it is: the words around its mentions, what the recogniser and the tagger say, its shape, and the company it keeps.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from spacy.lang.en.stop_words import STOP_WORDS

from nlp_quality.reader import names
from nlp_quality.reader.candidates import PROPER, Candidate, Mention, Token
from nlp_quality.reader.masking import OPENERS
from nlp_quality.reader.people_words import TITLES, person_words

NONE: Final = "none"
REACH: Final = 3  # tokens on each side whose place counts
NEAR: Final = 8  # tokens on each side that count wherever they stand, within the sentence
SURE: Final = 0.5  # probability from which a candidate is a child
LIKELY: Final = 0.1  # and from which the likeliest is, where no other is
_ENDS: Final = frozenset(".!?\n")
_TITLE: Final = re.compile(TITLES)


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Weights as trained: feature -> one for each of `roles`."""

    roles: tuple[str, ...]
    intercepts: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Role -> probability; they sum to 1."""
        sums = list(self.intercepts)
        for feature in sorted(features):
            own = self.weights.get(feature)
            if own is not None:
                sums = [total + weight for total, weight in zip(sums, own, strict=True)]
        top = max(sums)
        powers = [math.exp(total - top) for total in sums]
        return {role: power / sum(powers) for role, power in zip(self.roles, powers, strict=True)}


@cache
def load() -> RoleModel:
    """The packaged model."""
    stored = json.loads(resources.files("nlp_quality.reader").joinpath("people_model.json").read_text(encoding="utf-8"))
    scale = stored["scale"]
    return RoleModel(
        tuple(stored["roles"]),
        tuple(weight / scale for weight in stored["intercepts"]),
        {feature: tuple(w / scale for w in own) for feature, own in stored["weights"].items()},
    )


def choose(shown: Sequence[set[str]], stated: Sequence[str | None]) -> list[str]:
    """The role of each candidate; where none is surely a child's name, the likeliest is, if likely at all.

    Args:
        stated: an adult's role where the text gives it outright: such a candidate is never a child.
    """
    model = load()
    read = [model.probabilities(features) for features in shown]
    chosen = []
    for own, adult in zip(read, stated, strict=True):
        others = {role: own[role] for role in own if role != "child"}
        if adult is not None and own["child"] >= max(others.values()):
            chosen.append(adult)
            continue
        chosen.append("child" if own["child"] > SURE and adult is None else max(others, key=lambda role: others[role]))
    if "child" not in chosen and read:
        best = max(range(len(read)), key=lambda index: (stated[index] is None, read[index]["child"]))
        if stated[best] is None and read[best]["child"] > LIKELY:
            chosen[best] = "child"
    return chosen


def features(own: Sequence[Token], candidates: Sequence[Candidate]) -> list[set[str]]:
    """What the text shows of each candidate; no feature tells which name it is."""
    places = {at for c in candidates for m in c.mentions for at in range(m.first, m.last)}
    words = [_word(token, at in places) for at, token in enumerate(own)]
    counts = _counts(candidates)
    surnames = [c.name.split()[-1] if " " in c.name else "" for c in candidates]
    out = []
    for index, candidate in enumerate(candidates):
        found = {f"of={_bucket(len(candidates))}", f"mentions={_bucket(len(candidate.mentions))}", *counts[index]}
        found |= _shape(own, candidate)
        if surnames[index]:
            found.add(f"surname shared={surnames.count(surnames[index]) > 1}")
        for mention in candidate.mentions:
            found |= _around(own, words, mention)
        out.append(found)
    return out


def _counts(candidates: Sequence[Candidate]) -> list[set[str]]:
    most = max((len(c.mentions) for c in candidates), default=0)
    return [
        {f"most={len(c.mentions) == most}", f"first={index == 0}", f"only={len(candidates) == 1}"}
        for index, c in enumerate(candidates)
    ]


def _bucket(count: int) -> str:
    return str(count) if count < 4 else "4+" if count < 8 else "8+"


def _word(token: Token, named: bool) -> str:
    """A token as context: a name, a person word's role, a number, a title, else the word itself."""
    if named:
        return "NAME"
    if token.text[0].isdigit():
        value = token.text.replace(".", "").replace(",", "")
        return ("AGE" if int(value) < 20 else "NUMBER") if value.isdigit() else "DATE"
    if token.text[0] == "\n":
        return "\n"
    if _TITLE.fullmatch(token.text):
        return "TITLE"
    lower = token.bare.lower().replace("’", "'")
    known = person_words().get(lower)
    if known is not None:
        return f"{known.role.upper()}{known.gender}"
    return lower


def _shape(own: Sequence[Token], candidate: Candidate) -> set[str]:
    first = candidate.name.split()[0]
    words = candidate.name.split()
    mentions = candidate.mentions
    tags = [own[m.first].tag for m in mentions]
    entities = [own[m.first].entity for m in mentions]
    opening = [_opens(own, m.first) for m in mentions]
    masked = any(own[m.first].masked for m in mentions)
    english = (
        "no" if masked else "function" if first.lower() in STOP_WORDS else "word" if names.is_english(first) else "no"
    )
    found = {
        f"words={len(words)}",
        f"english={english}",
        f"lower={_bucket(candidate.lower)}",
        f"english={english} lower={candidate.lower > 0} opens={all(opening)}",
        f"opens={'all' if all(opening) else 'some' if any(opening) else 'no'}",
        f"case={'upper' if first.isupper() else 'lower' if first.islower() else 'title'}",
        f"initial={len(first.strip('.')) == 1}",
        f"possessive={any(m.possessive for m in mentions)}",
        f"nickname={bool(candidate.nicknames)}",
        f"digit={any(c.isdigit() for c in first)}",
    }
    for name, values in (("tag", tags), ("entity", entities)):
        for value in set(values):
            share = values.count(value) / len(values)
            found.add(f"{name}={value} {'all' if share == 1 else 'most' if share > 0.5 else 'some'}")
    found.add(f"person={any(e == 'PERSON' for e in entities)} english={english} opens={all(opening)}")
    found.add(f"proper={sum(t in PROPER for t in tags) * 2 >= len(tags)} english={english} opens={all(opening)}")
    return found


def _opens(own: Sequence[Token], at: int) -> bool:
    """True where any word would have a capital: the start of a text, a line, a sentence, a quotation."""
    return at == 0 or own[at - 1].text[0] in OPENERS


def _around(own: Sequence[Token], words: Sequence[str], mention: Mention) -> set[str]:
    found: set[str] = set()
    before = _side(words, mention.first - 1, -1)
    after = _side(words, mention.last, 1)
    for name, side in (("b", before), ("a", after)):
        padded = [*side, *["|"] * REACH]
        for place in range(REACH):
            found.add(f"{name}{place + 1}={padded[place]}")
        found.add(f"{name}12={padded[0]} {padded[1]}")
        found.add(f"{name}123={padded[0]} {padded[1]} {padded[2]}")
        found.update(f"{name}~{word}" for word in side)
    found.add(f"ba={[*before, '|'][0]} {[*after, '|'][0]}")
    if mention.possessive:
        found.add(f"s={[*after, '|'][0]}")
    return found


def _side(words: Sequence[str], at: int, step: int) -> list[str]:
    """Context words from the mention outwards, up to the end of the sentence; a name of several words is one."""
    side: list[str] = []
    while 0 <= at < len(words) and len(side) < NEAR and words[at] not in _ENDS:
        if not (words[at] == "NAME" and side and side[-1] == "NAME"):
            side.append(words[at])
        at += step
    return side
