"""Seen alone: for each child, does the record say whether the writer saw them, and with whom?

Standard: "Where possible, children should be seen alone. Where a child requests to be seen with a trusted adult, this
should be supported" (Working Together to Safeguard Children 2023, p. 53). The level grades how clearly it is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nlp_quality.dimensions._evidence import ask, call, comment, listed, of_sentence
from nlp_quality.levels import TOP
from nlp_quality.reconciliation import reconcile
from nlp_quality.record import Person, Record
from nlp_quality.seen_status import CLEAR, Status, statuses
from nlp_quality.types import (
    ChildSeen,
    Evidence,
    Example,
    Finding,
    NotApplicable,
    ParsedRecord,
    PresenceEvent,
    Prompt,
)

ID: Final = "seen_alone"
REFER_BELOW: Final = 0.6  # a status less probable than this is for a person to settle
BABY_UNDER: Final = 2.0  # years; nobody asks to see a baby alone


def applies(parsed: ParsedRecord) -> NotApplicable | None:
    """Null for a record whose only children are unborn."""
    if not parsed.born_children:
        return NotApplicable("unborn", "The record is about an unborn child, who cannot yet be seen.")
    return None


def features(parsed: ParsedRecord) -> Mapping[str, float]:
    """Of the children who are born: whether any is said to be seen or not, all clearly, and all with the where or why."""
    born = [s for s in statuses(parsed) if not parsed.people[s.child].unborn]
    return {
        "stated": float(any(s.status != "not_stated" for s in born)),
        "clear": float(all(s.status in CLEAR for s in born)),
        "explained": float(all(s.status in CLEAR and s.explained for s in born)),
        f"{TOP}stated": max(s.stated for s in born),
        f"{TOP}clear": min(s.clear for s in born),
        f"{TOP}explained": min(s.clear * s.explanation for s in born),
    }


def rule_level(features: Mapping[str, float]) -> int:
    """The scheme's table over the children."""
    if features["stated"] == 0:
        return 0
    if features["clear"] == 0:
        return 1
    return 3 if features["explained"] else 2


def _shown(parsed: ParsedRecord, status: Status) -> tuple[Evidence, ...]:
    return tuple(
        of_sentence(parsed.sentences[i], status.status) for i in sorted({e.sentence for e in status.settled_by})
    )


def evidence(parsed: ParsedRecord, level: int) -> tuple[Evidence, ...]:
    """The sentences that settle each child's status."""
    if level == 0:
        return ()
    found = {(e.start, e.end): e for status in statuses(parsed) for e in _shown(parsed, status)}
    if not found:
        best = max(parsed.sentences, key=lambda s: (s.probability("seen_unclear"), -s.index))
        return (of_sentence(best, "seen_unclear"),)
    return tuple(found[span] for span in sorted(found))


def children(parsed: ParsedRecord) -> tuple[ChildSeen, ...]:
    """Status, companions, reason and evidence of each child, with the case system's flags held against them."""
    out = []
    for status in statuses(parsed):
        person = parsed.people[status.child]
        shown = _shown(parsed, status)
        why = next((parsed.sentences[e.sentence].text for e in status.settled_by if e.detail), None)
        known = why if status.status in ("not_seen", "seen_not_alone") else None
        out.append(
            ChildSeen(
                child=person.name,
                id=person.id,
                status=status.status,
                companions=status.companions,
                reason=known,
                probability=status.probability,
                refer=status.probability < REFER_BELOW or _shares_a_name(parsed, status.child),
                reconciliation=reconcile(
                    status.status,
                    person.flags,
                    reason_given=status.explained,
                    companions=status.companions,
                    meaning=parsed.flag_means,
                ),
                evidence=shown,
            )
        )
    return tuple(out)


def _shares_a_name(parsed: ParsedRecord, child: int) -> bool:
    """True where the record calls the child by a name that is another's too: nobody can tell whom it means."""
    return any(m.named and child in m.people and len(m.people) > 1 for s in parsed.sentences for m in s.mentions)


_SAID: Final[Mapping[str, str]] = {
    "seen_alone": "{} seen alone",
    "seen_not_alone": "{} seen, not alone",
    "seen_unclear": "{} seen, but not whether alone",
    "not_seen": "{} not seen",
    "not_stated": "nothing said of whether {} seen",
}


def reason(parsed: ParsedRecord, level: int) -> str:
    """Who was seen and how, in one sentence; a form line that the narrative contradicts is named."""
    groups: dict[str, list[str]] = {}
    for status in statuses(parsed):
        if not parsed.people[status.child].unborn:
            groups.setdefault(status.status, []).append(call(parsed.people[status.child]))
    parts = [
        _SAID[name].format(f"{listed(members)} {'was' if len(members) == 1 else 'were'}")
        for name, members in groups.items()
    ]
    said = f"The record says: {'; '.join(parts)}."
    if _contradicted(parsed):
        said += " A form line says otherwise than the narrative."
    return said


def prompts(parsed: ParsedRecord, level: int) -> tuple[Prompt, ...]:
    """What is missing, by name; nothing where no contact is reported, and of a baby what was observed."""
    found = statuses(parsed)
    if all(s.status == "not_stated" for s in found) and parsed.record.record_type != "visit":
        return ()
    out: list[Prompt] = []
    for status in found:
        person = parsed.people[status.child]
        if person.unborn:
            continue
        name = call(person)
        baby = person.age is not None and person.age < BABY_UNDER
        if status.status == "seen_unclear":
            out += ask(parsed, "seen.who_was_there", baby=baby, child=name)
        elif status.status == "not_stated":
            out += ask(parsed, "seen.not_stated", child=name)
        elif status.status == "seen_not_alone" and not status.explained and not baby:
            out += ask(parsed, "seen.why_not_alone", child=name)
        elif status.status == "not_seen" and not status.explained:
            out += ask(parsed, "seen.why_not_seen", child=name)
        elif status.status == "seen_alone" and not status.explained:
            out += ask(parsed, "seen.where", child=name)
    return tuple(out)


def _contradicted(parsed: ParsedRecord) -> tuple[PresenceEvent, ...]:
    """Form events that the narrative's status of the child contradicts."""
    settled = {s.child: s.status for s in statuses(parsed)}
    told = {e.child for e in parsed.events if not e.form and e.label in (*CLEAR, "seen_unclear")}
    return tuple(e for e in parsed.events if e.form and e.child in told and _against(e.label, settled[e.child]))


def _against(form: str, status: str) -> bool:
    """True when a form line says what the settled status rules out; a bare `seen: yes` agrees with any sighting."""
    seen = ("seen_alone", "seen_not_alone", "seen_unclear")
    if form == "seen_unclear":
        return status == "not_seen"
    if form == "not_seen":
        return status in seen
    return status in CLEAR and status != form


def findings(parsed: ParsedRecord) -> tuple[Finding, ...]:
    """A form line that the narrative contradicts; praise where the record says alone and where or how."""
    lines = sorted({e.sentence for e in _contradicted(parsed)})
    clear = sorted(_clear(parsed) - set(lines))
    return (
        *comment(parsed, "seen_alone.form_contradicted", (parsed.sentences[i] for i in lines)),
        *comment(parsed, "seen_alone.clear", (parsed.sentences[i] for i in clear)),
    )


def _clear(parsed: ParsedRecord) -> set[int]:
    """The first sentence for each child that says where or how they were seen alone, and that settles their status."""
    out = set()
    for status in statuses(parsed):
        if status.status == "seen_alone" and status.probability >= REFER_BELOW:
            out |= set(sorted(e.sentence for e in status.settled_by if e.detail and not e.form)[:1])
    return out


EXAMPLES: Final = (
    Example(
        Record(
            text="CIN visit. Thandeka was seen alone in the school library.",
            people=(Person("Thandeka", "child", age=10),),
            record_type="visit",
        ),
        3,
        ("Thandeka was seen alone in the school library.",),
        ("seen_alone.clear",),
    ),
    Example(
        Record(
            text="I saw Bartek with his mother present throughout. The boiler has been mended.",
            people=(Person("Bartek", "child", age=6), Person("Halina", "parent")),
            record_type="visit",
        ),
        2,
        ("I saw Bartek with his mother present throughout.",),
        (),
    ),
    Example(
        Record(
            text="Visit to the address. Ione was seen. Her room has new curtains.",
            people=(Person("Ione", "child", age=5),),
            record_type="visit",
        ),
        1,
        ("Ione was seen.",),
    ),
    Example(
        Record(
            text="Telephone call with school about the timetable. Ione has a new tutor group from Monday.",
            people=(Person("Ione", "child", age=12),),
            record_type="case_note",
        ),
        0,
    ),
    Example(
        Record(
            text="Child seen alone: Yes\n\nI saw Bartek in the kitchen with his mother present throughout.",
            people=(Person("Bartek", "child", age=6), Person("Halina", "parent")),
            record_type="visit",
        ),
        2,
        codes=("seen_alone.form_contradicted",),
    ),
)
