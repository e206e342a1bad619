"""Each child's status: what the trained model reads, weighed against what the rules find; by the rules alone without it.

Section 2 of the label scheme decides what counts; `annotation_guidelines/who_decides.md` says who decides what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, log
from typing import Any, Final

from nlp_quality.scheme import COMPANIONS, STATUSES
from nlp_quality.types import ParsedRecord, PresenceEvent, SeenReading

CLEAR: Final = ("seen_alone", "seen_not_alone", "not_seen")
DISPUTED: Final = 0.15  # less, where sightings of one child do not agree
UNSAID: Final = 0.7  # of a record that says nothing of a child's being seen
UNREAD: Final = 0.5  # of a short visit note that seems to say nothing of it: more likely unread than silent
BRIEF: Final = 8  # sentences
LONG: Final = 0.8  # times, in a longer record, where a sighting and its circumstances are harder to bring together
BESIDE: Final = 0.7  # of an event that its sentence's label does not name
MARGIN: Final = 0.25  # how far behind the surest sighting another may be and still count
LIKELY: Final = 0.5  # probability from which a companion, or an explanation, is taken to be there
LEAST: Final = 1e-3  # probability below which differences say nothing


@dataclass(frozen=True, slots=True)
class Status:
    """One child's status and the events that settle it.

    Attributes:
        stated, clear: probability that it is said whether the child was seen, and clearly so.
        explanation: probability that the where, why or what next is said; `explained` when it is likely.
    """

    child: int
    status: str
    companions: tuple[str, ...]
    probability: float
    settled_by: tuple[PresenceEvent, ...]
    stated: float
    clear: float
    explanation: float

    @property
    def explained(self) -> bool:
        """Whether the where, why or what next is likely to be said."""
        return self.explanation >= LIKELY


def statuses(parsed: ParsedRecord) -> tuple[Status, ...]:
    """The status of each child who is born or not, in the order of `people`, by section 2 of the label scheme."""
    return tuple(_status(parsed, child) for child in parsed.children)


def _status(parsed: ParsedRecord, child: int) -> Status:
    reading = next((r for r in parsed.seen if r.child == child), None)
    return by_rules(parsed, child) if reading is None else _as_read(parsed, reading)


def _as_read(parsed: ParsedRecord, reading: SeenReading) -> Status:
    """The status that is read, with what the rules found as its evidence."""
    status = max(reading.status, key=lambda name: reading.status[name])
    probability = reading.status[status]
    by = tuple(e for e in parsed.events if e.child == reading.child and e.label == status)
    if not by and status != "not_stated":
        by = (_most_like(parsed, reading.child, status),)
    companions = (
        tuple(name for name, p in reading.companions.items() if p >= LIKELY) if status == "seen_not_alone" else ()
    )
    return Status(
        reading.child,
        status,
        companions,
        probability,
        by,
        stated=1 - reading.status["not_stated"],
        clear=sum(reading.status[name] for name in CLEAR),
        explanation=reading.explained,
    )


def _most_like(parsed: ParsedRecord, child: int, status: str) -> PresenceEvent:
    """The sentence that most likely says it, one about the child before any other."""
    best = max(parsed.sentences, key=lambda s: (s.probability(status) * (1 + (child in s.child_indices)), -s.index))
    return PresenceEvent(child, best.index, status)


def by_rules(parsed: ParsedRecord, child: int) -> Status:
    """The status that the events of the rules give."""
    own = [e for e in parsed.events if e.child == child]
    told = [e for e in own if not e.form]
    forms = [e for e in own if e.form]
    planned = any(e.label == "planned" and e.detail for e in told)
    for events, certainty in ((told, 1.0), (forms, 0.9)):
        # A form that says alone settles what the narrative leaves open; nothing else of a form outweighs it.
        settling = [*events, *forms] if events is told and _best(told) == "seen_unclear" else events
        settling = _firm(settling, parsed) if events is told else settling  # what a form asserts, it asserts
        best = _best(settling)
        if best is None:
            continue
        by = tuple(e for e in settling if e.label == best)
        companions = (
            tuple(c for c in COMPANIONS if any(c in e.companions for e in by)) if best == "seen_not_alone" else ()
        )
        explained = any(e.detail for e in by) or (planned and best != "seen_alone")
        labels = {e.label for e in settling if e.label in CLEAR}
        length = LONG if len(parsed.sentences) > BRIEF and events is told else 1.0
        sure = certainty * length * max(_sureness(e, parsed) for e in by) - DISPUTED * (len(labels) > 1)
        return _ruled(child, best, companions, round(max(sure, 0.3), 4), by, explained=explained)
    silent = parsed.record.record_type != "visit" or len(parsed.sentences) > BRIEF
    return _ruled(child, "not_stated", (), UNSAID if silent else UNREAD, (), explained=False)


def _sureness(event: PresenceEvent, parsed: ParsedRecord) -> float:
    """How surely the sentence says it; a sentence that says several things of several children gives the middle."""
    sentence = parsed.sentences[event.sentence]
    return sentence.probability(event.label) if sentence.presence == event.label else BESIDE


def _firm(events: list[PresenceEvent], parsed: ParsedRecord) -> list[PresenceEvent]:
    """The events but those much less sure than the surest sighting."""
    top = max((_sureness(e, parsed) for e in events if e.label in (*CLEAR, "seen_unclear")), default=0.0)
    return [e for e in events if _sureness(e, parsed) >= top - MARGIN]


def _best(events: list[PresenceEvent]) -> str | None:
    labels = {e.label for e in events}
    return next((s for s in ("seen_alone", "seen_not_alone", "seen_unclear", "not_seen") if s in labels), None)


def _ruled(
    child: int,
    status: str,
    companions: tuple[str, ...],
    probability: float,
    by: tuple[PresenceEvent, ...],
    *,
    explained: bool,
) -> Status:
    stated, clear = float(status != "not_stated"), float(status in CLEAR)
    return Status(child, status, companions, probability, by, stated, clear, float(explained))


def weighed(parsed: ParsedRecord, head: Mapping[str, Any]) -> ParsedRecord:
    """`parsed` with the readings of the trained model weighed against the rules' own status of each child.

    Args:
        head: of a model's `seen.json`: `weights` (statuses, 2 x statuses) over the logarithms of the model's probabilities and
            the rules' status, and `intercepts`; fitted by multinomial logistic regression on the dev split.
    """
    return replace(parsed, seen=tuple(_weighed(parsed, reading, head) for reading in parsed.seen))


def evidence_of(parsed: ParsedRecord, reading: SeenReading) -> list[float]:
    """What the weighing rests on: the model's log-probabilities, and 1 at the rules' status."""
    ruled = by_rules(parsed, reading.child).status
    return [log(max(reading.status[name], LEAST)) for name in STATUSES] + [float(ruled == name) for name in STATUSES]


def _weighed(parsed: ParsedRecord, reading: SeenReading, head: Mapping[str, Any]) -> SeenReading:
    ruled = by_rules(parsed, reading.child)
    if ruled.settled_by and all(event.form for event in ruled.settled_by):
        # The narrative is silent and a form line speaks: what it asserts is the answer.
        rest = round((1 - ruled.probability) / (len(STATUSES) - 1), 4)
        return replace(reading, status={n: ruled.probability if n == ruled.status else rest for n in STATUSES})
    given = evidence_of(parsed, reading)
    logits = [
        intercept + sum(w * x for w, x in zip(weights, given, strict=True))
        for weights, intercept in zip(head["weights"], head["intercepts"], strict=True)
    ]
    powers = [exp(value - max(logits)) for value in logits]
    status = {name: round(power / sum(powers), 4) for name, power in zip(STATUSES, powers, strict=True)}
    return replace(reading, status=status)
