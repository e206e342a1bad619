"""Who is where around each meeting of one record, and so whether the child was alone with the writer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nlp_quality.reader import frames, meetings, whereabouts
from nlp_quality.reader.meetings import NOW, Meeting, Setting
from nlp_quality.reader.statements import Reading
from nlp_quality.reader.whereabouts import Placed
from nlp_quality.scheme import COMPANIONS
from nlp_quality.types import ParsedRecord, Sentence

SHORT: Final = 8  # sentences: a record no longer is one scene
REACH: Final = 3  # sentences around a meeting that belong to its scene, in a longer record
ALONE_FROM: Final = 2.0  # circumstances that together make a meeting one alone
STATED: Final = 3.0
_LIVES_IN: Final = re.compile(
    r"(?<!not )(?<!n't )(?<!n’t )\b(?:live[- ]in|lives? (?:with|there|at|here)|lived there|moved in|step[- ]?(?:dad|father|mum|mom))\b",
    re.I,
)
_THEY: Final = re.compile(r"(?:they|them|both|all|you (?:two|both|three|all))\b", re.I)
_SIBLINGS: Final = re.compile(
    r"\bSIBLING|\b(?:together|as (?:a )?(?:pair|group)|side by side|(?:three|four|five) of (?:WRITER|them)|"
    r"with each other|all (?:of them )?in)\b"
)
# What the child tells, which places nobody; and the words with which the sentence comes back to the room.
_CONTENT: Final = re.compile(
    r"\bCHILD(?:REN)?\b[^.;]{0,40}?\b(?:told WRITER|tells? WRITER|said|says|described|explained|spoke about|"
    r"talked about|wants?|likes|asked if)\b"
    r"\s+(?:WRITER\s+)?(?:to WRITER\s+)?(?:that|about|how|of|when|if|CHILD|PARENT|RELATIVE|SIBLING|CARER|"
    r"PARTNER|her|his|the|it)\b"
)
_BACK: Final = re.compile(
    r"\b(?:while|whilst|with|as|beside|next to|in front of|but|throughout|present|listening|sat|there|nobody|"
    r"no one|just|only|to (?:WRITER|ourselves)|door)\b|;"
)
_APART: Final = re.compile(
    r"\b(?:separately|each (?:alone|on|in)|in turn|one (?:by one|at a time|after)|individually|"
    r"each on their own|each of)\b",
    re.I,
)
_SEEN: Final = 0.9  # strength of the frame that only says `seen`
_ROLE: Final = {"professional": "professional", "partner": "other", **{role: role for role in COMPANIONS}}


@dataclass(frozen=True, slots=True)
class _Said:
    """What one sentence says of the circumstances: people placed, and (frame, offset, weight) of being alone."""

    placed: tuple[Placed, ...] = ()
    alone: tuple[tuple[str, int, float], ...] = ()


_NOTHING: Final = _Said()


class Scene:
    """Who is where around each meeting of one record."""

    def __init__(
        self,
        parsed: ParsedRecord,
        how: Setting,
        aside: frozenset[int],
        stated: Sequence[tuple[Reading, ...]],
        elsewhen: frozenset[int],
    ) -> None:
        self._parsed = parsed
        self._short = len(parsed.sentences) <= SHORT
        self._several = len(parsed.born_children) > 1
        self._live_in = _LIVES_IN.search(parsed.text) is not None
        self._how = how
        self._aside = aside
        self._elsewhen = elsewhen
        self._known: dict[int, _Said] = {}
        self._stated = stated

    def _said(self, sentence: Sentence) -> _Said:
        """What one sentence says of this contact, read once and only when a meeting asks for it."""
        if sentence.index not in self._known:
            self._known[sentence.index] = _NOTHING if sentence.index in self._elsewhen else self._read(sentence)
        return self._known[sentence.index]

    def _read(self, sentence: Sentence) -> _Said:
        marked = whereabouts.unquoted(sentence.marked)
        context = meetings.triggers(marked)

        def counts(at: int) -> bool:
            """False for what is planned, supposed, told by the child or of an earlier contact."""
            kinds = {kind for kind, a, b in context if a <= at < b}
            everywhere = {kind for kind, a, b in context if (a, b) == (0, len(marked))}
            content = _CONTENT.search(marked)
            if content and content.end() <= at and not _BACK.search(marked[content.end() : at + 40]):
                return False
            past = "historical" in kinds and "today" not in everywhere and not self._how.dated
            return not past and "hypothetical" not in kinds

        places = whereabouts.placed(sentence, self._aside)
        return _Said(
            tuple(p for p in places if not (p.role == "professional" and self._how.team) and counts(p.at)),
            tuple((f.id, m.start(), f.weight) for f, m in frames.matches("alone", marked) if counts(m.start())),
        )

    def _scope(self, sentence: Sentence, child: int) -> list[Sentence]:
        """Sentences whose circumstances bear on the child's meeting in `sentence`."""
        out = []
        for other in self._parsed.sentences:
            near = other.paragraph == sentence.paragraph and abs(other.index - sentence.index) <= REACH
            if not (self._short or near or abs(other.index - sentence.index) <= 1):
                continue
            if self._several and other.index != sentence.index:
                named = {i for m in other.mentions if m.role == "child" and not m.pronoun for i in m.people}
                if named and child not in named:
                    continue
                if not named and child not in other.child_indices and other.child_indices:
                    continue
            out.append(other)
        return out

    def counts(self, sentence: Sentence) -> bool:
        """True when the sentence itself places somebody, or says that nobody else was there, at this contact."""
        said = self._said(sentence)
        return bool(said.placed or said.alone)

    def others(self, sentence: Sentence, child: int, found: Sequence[Meeting]) -> tuple[str, ...]:
        """Who is said to have been there, for a sentence that says outright that the child was not alone."""
        whole = Meeting(sentence.index, 0, len(sentence.marked), (child,), NOW, 0.5)
        start, end = self._unit(sentence, child, whole)
        there = {p.role for other in self._scope(sentence, child) for p in self._said(other).placed if p.there}
        without = re.search(
            r"\bwithout\b[^.;]{0,25}?\b(PARENT|CARER|RELATIVE|SIBLING|PROF|OTHER|PARTNER)\b", sentence.marked
        )
        if without:
            there.add({"PROF": "professional"}.get(without.group(1), without.group(1).lower()))
        return self._companions(there, sentence, child, found, start, end)

    def judge(self, sentence: Sentence, child: int, meeting: Meeting, found: Sequence[Meeting]) -> Reading:
        """Alone, not alone or unclear, from the circumstances of the scene."""
        start, end = self._unit(sentence, child, meeting)
        scope = self._scope(sentence, child)
        states: dict[tuple[object, ...], Placed] = {}
        for other in scope:
            for place in self._said(other).placed:
                if other.index == sentence.index and not start <= place.at < end:
                    continue
                known = states.get(place.who)
                later = (other.index, 0) > (sentence.index, 0)
                if known is not None and (
                    known.lasting or (later and known.sentence <= sentence.index and not place.lasting)
                ):
                    continue
                states[place.who] = place
        there = {p.role for p in states.values() if p.there}
        away = [p for p in states.values() if not p.there]
        stated = [
            r for r in self._stated[sentence.index] if r.child == child and r.label in ("seen_alone", "seen_not_alone")
        ]
        companions = self._companions(there, sentence, child, found, start, end)
        alone = self._weight(sentence, scope, start, end, away)
        if any(r.label == "seen_alone" for r in stated):
            return Reading(sentence.index, child, "seen_alone", 0.92)
        if any(r.label == "seen_not_alone" for r in stated):
            return Reading(sentence.index, child, "seen_not_alone", 0.9, companions)
        if companions or "group" in there:
            sure = 0.6 if alone >= STATED else 0.8
            if (
                alone >= STATED
                and not any(p.there and p.sentence == sentence.index for p in states.values())
                and "sibling" not in companions
            ):
                return Reading(sentence.index, child, "seen_alone", 0.6 * meeting.strength + 0.1)
            return Reading(
                sentence.index, child, "seen_not_alone", round(sure * (0.5 + meeting.strength / 2), 4), companions
            )
        if alone >= ALONE_FROM:
            return Reading(
                sentence.index,
                child,
                "seen_alone",
                round(min(0.9, 0.65 + 0.07 * alone) * (0.5 + meeting.strength / 2), 4),
            )
        # Somebody whose whereabouts went unread may well have been there.
        others = any(m.role in whereabouts.OTHERS for other in scope for m in other.mentions)
        doubt = 0.8 if others and self._short else 1.0
        return Reading(sentence.index, child, "seen_unclear", round(doubt * (0.7 * meeting.strength + 0.08), 4))

    def _unit(self, sentence: Sentence, child: int, meeting: Meeting) -> tuple[int, int]:
        """The part of the sentence that is about the child, where it is about several apart."""
        spots = [(s, m) for s, _, m in whereabouts.positions(sentence) if m.role == "child" and not m.pronoun]
        own = [s for s, m in spots if child in m.people]
        others = [s for s, m in spots if child not in m.people]
        if not self._several or not own or not others:
            return 0, len(sentence.marked)
        marks = [
            0,
            *(
                m.end()
                for m in re.finditer(
                    r"[;.]\s|\s[-–]\s|,\s(?:and\s|but\s|while\s)?|\b(?:and|but|while|whereas)\s", sentence.marked
                )
            ),
        ]
        start, end = 0, len(sentence.marked)
        for s, m in spots:
            if child in m.people or re.fullmatch(
                r"(?:[\s,&]|and|CHILD|her|his|SIBLING|with|little|big|the|twin)*",
                sentence.marked[min(s, own[0]) : max(s, own[0])],
            ):
                continue
            cut = max((at for at in marks if at <= s), default=0)
            if s > own[0]:
                end = min(end, max(cut, own[0] + 5))
            else:
                start = max(start, max((at for at in marks if at <= own[0]), default=0))
        return start, end

    def _weight(
        self, sentence: Sentence, scope: Sequence[Sentence], start: int, end: int, away: Sequence[Placed]
    ) -> float:
        """How much speaks for nobody else having been there."""
        weights: dict[str, float] = {}
        for other in scope:
            nearness = 1.0 if abs(other.index - sentence.index) <= 1 else 0.65
            for frame, at, weight in self._said(other).alone:
                if other.index == sentence.index and not start <= at < end:
                    continue
                if (
                    other.index != sentence.index
                    and not self._short
                    and "WRITER" not in other.marked
                    and "CHILD" not in other.marked
                ):
                    continue
                weights[frame] = max(weights.get(frame, 0.0), weight * nearness)
        total = sum(weights.values())
        if away:
            near = any(abs(p.sentence - sentence.index) <= (1 if self._short else 0) for p in away)
            total += 2.0 if near else 1.2
        return total

    def _companions(
        self, there: set[str], sentence: Sentence, child: int, found: Sequence[Meeting], start: int, end: int
    ) -> tuple[str, ...]:
        roles = {("parent" if role == "partner" and self._live_in else _ROLE.get(role, "")) for role in there}
        part = sentence.marked[start:end]
        doing = {
            c
            for m in found
            if child in m.children and m.kind == NOW and m.strength != _SEEN and start <= m.start < end
            for c in m.children
        }
        if all(
            m.pronoun and not _THEY.match(sentence.text[m.start - sentence.start :])
            for m in sentence.mentions
            if m.role == "child"
        ):
            doing = set()  # `you` in a letter to several may be any of them
        listed = any(len(m.children) > 1 and child in m.children for m in found) and _SIBLINGS.search(part) is not None
        if not _APART.search(sentence.marked) and (len(doing) > 1 or listed):
            roles.add("sibling")
        return tuple(c for c in COMPANIONS if c in roles)
