"""Does a name change an answer? The same records with every name changed for one of another community."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any, Final

from nlp_quality.record import Record
from nlp_quality.scorer import Scorer
from nlp_quality.types import ChildSeen, Scorecard

NAMES: Final = (
    "Oluwaseun Xiaoming Zbigniew Rukhsana Featherstone Chidera Tadhg Nguyet Kwabena Siobhan Mohammed Katarzyna Priyanka "
    "Lwazi Anneliese Demetrios Yevgenia Hamza Llinos Ekaterina Tomasz Adaeze Gurpreet Saoirse Bogdan Thandiwe Callum "
    "Meihua Ibrahim Jadwiga Nasreen Ransome Kelechi Vasile Aoife Sukhdeep Bronwen Tuan Farida Gethin Zainab Krzysztof "
    "Makena Rhodri Ayodele Shabnam Ioan Nkechi Piotr Yasmina Desmond Hyacinth Olena Tariro Marek Cedella"
).split()
_KEPT: Final = frozenset(
    "mr mrs ms miss mx dr pc dc ds sgt aunt auntie uncle nan nana baby unborn foster the sister brother father nurse pastor "
    "imam rabbi judge rev reverend prof professor cllr inspector".split()
)


def renamed(record: Record, *, start: int = 0) -> Record:
    """The record with the words of its people's names changed, in the text and in the list; titles and roles stay."""
    numbers = count(start)
    found: dict[str, str] = {}
    for person in record.people or ():
        for word in re.findall(r"[^\W\d_][\w'’-]*", person.name):
            if word.lower() not in _KEPT and word[0].isupper() and word not in found:
                found[word] = NAMES[next(numbers) % len(NAMES)]
    if not found:
        return record
    found |= {word.upper(): name.upper() for word, name in found.items()}  # a heading keeps its capitals
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(found, key=len, reverse=True)))})(?![\w-])")

    def change(text: str) -> str:
        return pattern.sub(lambda match: found[match.group()], text)

    people = tuple(
        replace(p, name=change(p.name), aliases=tuple(change(a) for a in p.aliases)) for p in record.people or ()
    )
    return replace(record, text=change(record.text), people=people)


def changes(records: Sequence[Record], scorer: Scorer) -> dict[str, Any]:
    """How many records keep all levels and statuses under other names, with people given and with people inferred."""
    out: dict[str, Any] = {}
    for name, given in (("people_given", True), ("people_inferred", False)):
        own = [r for r in records if r.people]
        pairs = [(r, renamed(r)) for r in own]
        if not given:
            pairs = [(replace(a, people=None), replace(b, people=None)) for a, b in pairs]
        cards = list(scorer.score_many(record for pair in pairs for record in pair))
        same = [_answers(a) == _answers(b) for a, b in zip(cards[::2], cards[1::2], strict=True)]
        level = [_levels(a) == _levels(b) for a, b in zip(cards[::2], cards[1::2], strict=True)]
        out[name] = {
            "records": len(own),
            "levels_changed": round(1 - sum(level) / len(level), 4) if level else None,
            "anything_changed": round(1 - sum(same) / len(same), 4) if same else None,
        }
    return out


def _levels(card: Scorecard) -> list[int | None]:
    return [score.level for score in card.dimensions.values()]


def _answers(card: Scorecard) -> tuple[Any, ...]:
    children = card.dimensions["seen_alone"].children or ()
    return _levels(card), [(c.status, c.companions) for c in children if isinstance(c, ChildSeen)]
