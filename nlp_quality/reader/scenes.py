"""What a record says of each child's being seen: meetings, held against who was there and who was away around them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nlp_quality.reader import meetings, statements, whereabouts
from nlp_quality.reader.circumstances import SHORT, Scene
from nlp_quality.reader.meetings import NOW, UNSEEN, Meeting
from nlp_quality.reader.statements import Reading
from nlp_quality.types import ParsedRecord

FAINT: Final = 0.63  # below this a sighting gives way to the word that the child was not seen
FIRM: Final = 0.63  # a sighting as sure as this stands by itself
# An attempt to have the child alone: where somebody stayed, the child was seen with them.
_TRIED: Final = re.compile(
    r"WRITER(?:['’]d| had)? (?:asked|hoped|tried|planned|offered|suggested|wanted)\b[^.;]{0,60}\bCHILD\b"
)
_ACTING: Final = re.compile(
    r"\W*CHILD(?:REN)? (?:then |also |\w+ly )?(?:said|told|told me|showed|came|sat|talked|spoke|asked|drew|read|cried|"
    r"laughed|whispered|described|explained|shared)\b"
)
_SIGHTINGS: Final = ("seen_alone", "seen_not_alone", "seen_unclear")


def read(parsed: ParsedRecord) -> tuple[Reading, ...]:
    """All readings of a record whose sentences have their functions, in order of the sentences."""
    how = meetings.setting(parsed)
    aside = whereabouts.interpreters(parsed)
    met = [meetings.find(sentence, how) for sentence in parsed.sentences]
    out: list[Reading] = []
    stated = [statements.stated(sentence, parsed, how) for sentence in parsed.sentences]
    elsewhen = frozenset(
        sentence.index
        for sentence, found, said in zip(parsed.sentences, met, stated, strict=True)
        if not any(r.label in _SIGHTINGS for r in said)
        and (
            (found and all(m.kind != NOW for m in found))
            or (not found and any(r.label in ("past_contact", "planned") for r in said))
            or ("WRITER" not in sentence.marked and any(r.label == "by_other" for r in said))
        )
    )
    scene = Scene(parsed, how, aside, stated, elsewhen)
    for sentence, found, said in zip(parsed.sentences, met, stated, strict=True):
        out.extend(
            replace(r, companions=scene.others(sentence, r.child, found)) if r.label == "seen_not_alone" else r
            for r in said
        )
        forms = any(r.form for r in said)
        for child in dict.fromkeys(c for m in found for c in m.children):
            own = [m for m in found if child in m.children]
            best = max((m for m in own if m.kind == NOW), key=lambda m: m.strength, default=None)
            other = max((m.strength for m in own if m.kind != NOW), default=0.0)
            if best is not None and best.strength < FAINT <= other:
                best = None  # somebody else's sighting, or another day's, with the child described in it
            if best is not None and not forms:
                out.append(scene.judge(sentence, child, best, found))
            elif best is None:
                kind = max((m for m in own if m.kind != NOW), key=lambda m: m.strength).kind
                out.append(Reading(sentence.index, child, kind, 0.8 if kind == UNSEEN else 0.7))
    known = {r.child for r in out if r.label in (*_SIGHTINGS, "not_seen")}
    for child in parsed.born_children:
        if child not in known and not how.agency and not how.relayed:
            out.extend(_faint(parsed, scene, child))
    return _settle(tuple(sorted(out, key=lambda reading: reading.sentence)), parsed)


def _faint(parsed: ParsedRecord, scene: Scene, child: int) -> list[Reading]:
    """For a child of whom no meeting was found: sentences that show who was with child and writer all the same."""
    out = []
    for sentence in parsed.sentences:
        marked = whereabouts.unquoted(sentence.marked)
        own = any(m.role == "child" and child in m.people for m in sentence.mentions)
        tried = _TRIED.search(marked) is not None
        acting = ("WRITER" in marked and scene.counts(sentence)) or _ACTING.match(marked)
        if not own or (meetings.told(marked) and not tried) or not (acting or tried):
            continue
        named = tuple(
            dict.fromkeys(i for m in sentence.mentions if m.role == "child" and not m.pronoun for i in m.people)
        )
        met = Meeting(sentence.index, 0, len(marked), named or (child,), NOW, 0.5)
        reading = scene.judge(sentence, child, met, (met,))
        if tried and reading.label != "seen_not_alone":
            continue
        if reading.label != "seen_unclear" or ("WRITER" in marked and parsed.record.record_type == "visit"):
            out.append(replace(reading, probability=0.5))
    return out


def _settle(readings: tuple[Reading, ...], parsed: ParsedRecord) -> tuple[Reading, ...]:
    """Without the faint sightings: of a child plainly said not to have been seen, or far from any firm one."""
    short = len(parsed.sentences) <= SHORT
    denied = {(r.child, r.sentence) for r in readings if r.label == "not_seen" and not r.form and r.probability >= 0.9}
    readings = tuple(r for r in readings if not (r.label in _SIGHTINGS and (r.child, r.sentence) in denied))
    unseen = {r.child for r in readings if r.label == "not_seen" and not r.form and r.probability >= 0.8}
    beside = {(r.child, r.sentence) for r in readings if r.label == "not_seen" and not r.form}
    readings = tuple(
        r
        for r in readings
        if not (r.label in _SIGHTINGS and r.probability < FAINT and (r.child, r.sentence) in beside and not r.form)
    )
    paragraphs = [parsed.sentences[r.sentence].paragraph for r in readings]
    met = {(r.child, r.sentence) for r in readings if r.label in _SIGHTINGS and not r.form and r.probability >= FAINT}
    firm = {
        (r.child, paragraph)
        for r, paragraph in zip(readings, paragraphs, strict=True)
        if r.label in _SIGHTINGS and r.probability >= FIRM
    }
    return tuple(
        r
        for r, paragraph in zip(readings, paragraphs, strict=True)
        if (short or r.form or r.label not in _SIGHTINGS or r.probability >= FIRM or (r.child, paragraph) in firm)
        and not (r.child in unseen and r.label in _SIGHTINGS and not r.form and r.probability < FAINT)
        and not (r.label == "not_seen" and not r.form and r.probability < 0.8 and (r.child, r.sentence) in met)
    )
