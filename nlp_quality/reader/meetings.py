"""Where a sentence shows a child being met, by whom, and when: now, planned, earlier, or by somebody else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from nlp_quality.reader import cues, frames
from nlp_quality.reader.whereabouts import OTHERS, positions, unquoted
from nlp_quality.types import Mention, ParsedRecord, Sentence

NOW: Final = "now"
UNSEEN: Final = "not_seen"  # by telephone, or with no picture
_FIRST_HAND: Final = (
    "presence.meet_show",
    "presence.meet_joint",
    "presence.meet_pair",
    "presence.meet_see",
    "presence.meet_with",
)
_CLAUSE: Final = re.compile(
    r"[.;:!?]|,\s|\s[-–—]\s|\b(?:and|but|while|whilst|when|so|because|cos|then|although|though|after|before|"
    r"until|till)\b"
)
_REPORTS: Final = re.compile(
    r"(?:PARENT|CARER|RELATIVE|PARTNER|PROF|OTHER|SIBLING|[Nn]ights|[Dd]ays|[Ss]chool|[Nn]ursery|[Pp]olice|"
    r"[Hh]ospital)\b[^.;]{0,30}?\b(?:said|says?|told|tells|report(?:s|ed)?|"
    r"reckon(?:s|ed)?|thinks?|thought|states?|stated|describe[sd]?|explain(?:s|ed)|admit(?:s|ted)|advised|"
    r"mention(?:s|ed)|confirm(?:s|ed)|feels?|felt|"
    r"believes?|informed|claims?|insist(?:s|ed)|worr(?:y|ies|ied)|handed over|fed back|shared|noted|email(?:s|"
    r"ed)|rang|texted|called|remembers?|recalls?)\b|"
    r"\b(?:[Aa]ccording to|[Tt]hey (?:said|say)|reported (?:that|to)|was told|is said to|I understand|"
    r"WRITER understand|WRITER (?:am|was) (?:told|aware|informed))\b"
)
_AGENCY: Final = re.compile(
    r"\b(?:CPOMS|police log|health visiting record|copied to|shared by|forwarded (?:by|from)|pasted|"
    r"as sent to us|custody record|"
    r"(?:school|nursery|ward|nursing|midwifery|GP|police|hospital|health visitor|clinic) (?:record|note|notes|"
    r"log|entry|report|chronology|summary|letter)\b|"
    r"email (?:received )?from (?:the )?(?:school|nursery|police|PROF)|entry by PROF|ED (?:attendance|note)|"
    r"A&E (?:attendance|note)|ambulance (?:record|note)|MERLIN|PNN|niche)\b",
    re.I,
)
_TEAM: Final = re.compile(
    r"\b(?:joint(?:ly)?\b|co-?work|with DC|as a pair|two of WRITER (?:visited|went)|section 47|s\.?47|ABE\b|"
    r"JV\b|PROF and WRITER|WRITER and PROF|"
    r"my (?:PROF|student|colleague)|my \w+,? PROF|PROF \(?(?:co-?work|shadowing)|(?:came|come|went|"
    r"along) (?:with|on|along with) (?:WRITER|the visit))",
    re.I,
)
_DISTANT: Final = re.compile(
    r"\b(?:phoned|telephoned?|rang|ringing|t/?c|phone ?call|(?:spoke|spoken|talk\w*|said|"
    r"told)\b[^.;]{0,40}\b(?:on|over|by) the (?:phone|telephone)|on (?:his|her|their) (?:mobile|phone)|by (?:phone|telephone)|call (?:to|with|from)|"
    r"texted|emailed|messaged|voicemail)\b",
    re.I,
)
_VIDEO: Final = re.compile(r"\b(?:video|facetime\w*|teams|zoom|skype|screen|camera|tablet)\b", re.I)
_BLIND: Final = re.compile(
    r"\b(?:camera|video|picture|screen)\b[^.;]{0,30}\b(?:off|not work|wouldn['’]?t|would not|didn['’]?t|"
    r"did not|fail|froze|broken|black|blank|never|down)|"
    r"\b(?:no|without) (?:a )?(?:picture|video|camera)|\b(?:voice|audio|sound) only|\b(?:black|grey|gray|"
    r"blank) (?:square|circle|screen|box)",
    re.I,
)

_WITH: Final = re.compile(
    r"\s*(?:\([^)]*\))?(?:[,&/+]|\s|and|or|her|his|the|SIBLING|little|big|older|younger|baby|twin|with)*"
)
_AHEAD: Final = re.compile(
    r"\bwill\b|\bshall\b|['’]ll\b|\bnext\b|\bto (?:see|visit|speak|meet)|\bactions?\b|\bplan\b|(?:['’]m|"
    r"am) (?:to\b|\w+ing)",
    re.I,
)
_SPANNING: Final = ("presence.meet_joint", "presence.meet_with", "presence.meet_show")
_DENIED: Final = re.compile(r"\bnot\b|n['’]t\b|\bnever\b|\bmissed\b")
_BOOKED: Final = re.compile(
    r"\bto be (?:booked|arranged|planned|offered|seen|agreed|set up|visited|spoken)\b|\b(?:as and when|action for)\b",
    re.I,
)
_LAST: Final = re.compile(r"\blast (?:WRITER )?(?:saw|seen|met|visited)\b", re.I)
_UNDER: Final = ("when", "while", "whilst", "before", "after", "until", "till", "because", "cos", "although", "though")
_BY: Final = re.compile(
    r"[^.;]{0,25}\bby (?:the |a |an |his |her |their )?(?:PROF|police|school|EDT|hospital|CAMHS|duty|nursery|"
    r"paramedics)"
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A child met.

    Attributes:
        start, end: in the marked sentence.
        children: indices of `people`.
        kind: `now`, `not_seen` (by telephone), `planned`, `past_contact`, `by_other`.
        strength: how surely it is a meeting, 0 to 1.
    """

    sentence: int
    start: int
    end: int
    children: tuple[int, ...]
    kind: str
    strength: float


@dataclass(frozen=True, slots=True)
class Setting:
    """What the whole record says of how sightings in it are to be read."""

    agency: bool
    relayed: bool
    team: bool
    blind: bool
    dated: bool


def setting(parsed: ParsedRecord) -> Setting:
    """The record's setting: another agency's note, minutes, a joint visit, a call without picture."""
    marked = " ".join(sentence.marked for sentence in parsed.sentences)
    head = " ".join(sentence.text for sentence in parsed.sentences[:1])
    return Setting(
        agency=_AGENCY.search(head) is not None and parsed.record.record_type != "visit",
        relayed=parsed.record.record_type in ("supervision", "meeting"),
        team=_TEAM.search(marked) is not None,
        blind=_BLIND.search(marked) is not None,
        dated=parsed.record.record_type == "assessment",
    )


def find(sentence: Sentence, how: Setting) -> tuple[Meeting, ...]:
    """The meetings a sentence shows."""
    spots = positions(sentence)
    children = [(start, end, m) for start, end, m in spots if m.role == "child"]
    if not children:
        return ()
    marked = unquoted(sentence.marked)
    context = triggers(marked)
    out = []
    for frame, match in frames.matches("meeting", marked):
        inside = [number for number, (s, e, _) in enumerate(children) if match.start() <= s and e <= match.end()]
        if not inside:
            continue
        met = [i for number in _joined(marked, children, inside) for i in children[number][2].people] or list(
            sentence.child_indices
        )
        kind = _kind(sentence, marked, spots, frame.id, match, context, how)
        if kind is not None:
            out.append(
                Meeting(sentence.index, match.start(), match.end(), tuple(dict.fromkeys(met)), kind, frame.weight)
            )
    return tuple(out)


def _joined(marked: str, children: list[tuple[int, int, Mention]], inside: list[int]) -> list[int]:
    """The children of a match with those named in one breath with them (`Ali, Sana and their brother Omar`)."""
    low, high = inside[0], inside[-1]
    while low > 0 and _WITH.fullmatch(marked[children[low - 1][1] : children[low][0]]):
        low -= 1
    while high + 1 < len(children) and _WITH.fullmatch(marked[children[high][1] : children[high + 1][0]]):
        high += 1
    return list(range(low, high + 1))


def triggers(marked: str) -> tuple[tuple[str, int, int], ...]:
    """How parts of the sentence are said: (kind, start, end) of every trigger of the context lexicon."""
    found = []
    for pattern in cues.patterns("context"):
        for match in pattern.regex.finditer(marked):
            if pattern.when == "sentence":
                found.append((pattern.label, 0, len(marked)))
                continue
            ahead = pattern.label == "hypothetical" and _AHEAD.search(match.group()) is not None
            stop = None if ahead else _CLAUSE.search(marked, match.end())
            found.append((pattern.label, match.start(), stop.start() if stop else len(marked)))
    return tuple(found)


def _kind(
    sentence: Sentence,
    marked: str,
    spots: tuple[tuple[int, int, Mention], ...],
    frame: str,
    match: re.Match[str],
    context: tuple[tuple[str, int, int], ...],
    how: Setting,
) -> str | None:
    """When and by whom; None where it is no meeting at all."""
    start = match.start()
    flags = {kind for kind, a, b in context if a <= start < b or (start <= a < match.end() and kind != "historical")}
    everywhere = {kind for kind, a, b in context if (a, b) == (0, len(marked))}
    if sentence.text.isupper() or (sentence.function == "admin" and len(sentence.text.split()) < 9):
        return None
    if frame in _SPANNING and _DENIED.search(match.group()):
        return None
    if "hypothetical" in flags or _BOOKED.search(marked, match.start()):
        return "planned" if "negated" not in flags else None
    if "negated" in flags:
        return None
    if "historical" in flags | everywhere and "today" not in everywhere and (not how.dated or _LAST.search(marked)):
        return "past_contact"
    if how.agency:
        return "by_other"
    agent = agent_before(marked, spots, match, frame)
    if agent == "professional" and how.team:
        agent = "writer"
    if agent in OTHERS:
        return "by_other" if agent == "professional" else None
    reported = _REPORTS.search(marked, 0, start)
    if how.relayed and (reported or "WRITER" not in marked or not re.search(r"\b(?:I|we|me|us)\b", sentence.text)):
        return "by_other"
    if reported and (frame not in _FIRST_HAND or not _CLAUSE.search(marked, reported.end(), start + 1)):
        return None
    if _DISTANT.search(marked[max(0, start - 12) : match.end() + 20]) and not _VIDEO.search(marked):
        return UNSEEN
    return UNSEEN if how.blind else NOW


def told(marked: str) -> bool:
    """True when the sentence relays what somebody else says, or is planned, supposed or of an earlier contact."""
    kinds = {kind for kind, _, _ in triggers(marked)}
    return _REPORTS.search(marked) is not None or bool(kinds & {"hypothetical", "historical"})


def in_marked(sentence: Sentence, at: int) -> int:
    """The place in the marked sentence of an offset in the record."""
    shift = 0
    for start, end, mention in positions(sentence):
        if mention.start >= at:
            break
        shift += (end - start) - (mention.end - mention.start)
    return at - sentence.start + shift


def ahead(sentence: Sentence, at: int) -> bool:
    """True when what stands at an offset in the record is planned or supposed."""
    place = in_marked(sentence, at)
    return any(kind == "hypothetical" and a <= place < b for kind, a, b in triggers(unquoted(sentence.marked)))


def reported(sentence: Sentence, at: int) -> bool:
    """True when what stands at `at` (an offset in the record) is told by somebody else, not seen by the writer."""
    place = in_marked(sentence, at)
    marked = unquoted(sentence.marked)
    found = _REPORTS.search(marked, 0, place)
    return found is not None and "WRITER" not in marked[found.end() : place + 12]


def agent_before(marked: str, spots: tuple[tuple[int, int, Mention], ...], match: re.Match[str], frame: str) -> str:
    """The role of whoever does the meeting: the subject before a verb of seeing, the one named after `by`."""
    if frame == "presence.meet_seen":
        by = _BY.match(marked, match.end())
        return "professional" if by else "writer"
    if frame not in ("presence.meet_see", "presence.meet_time"):
        return "writer"
    before = [(s, m) for s, _, m in spots if s < match.start()]
    clause = max((m.end() for m in _CLAUSE.finditer(marked, 0, match.start())), default=0)
    own = [m for s, m in before if s >= clause]
    if own:
        return own[-1].role if own[-1].role in OTHERS else "writer"
    if re.search(
        r"\b(?:school|nursery|police|officers?|college|hospital|crew|paramedics?|clinic|duty|EDT)\s+(?:\w+\s+){0,2}$",
        marked[clause : match.start()],
        re.I,
    ):
        return "professional"
    ends = [(0, ""), *((m.end(), m.group()) for m in _CLAUSE.finditer(marked, 0, match.start()))]
    for (open_, word), (close, _) in reversed(list(pairwise(ends))):
        if word in _UNDER:
            continue
        subject = next((m for s, m in before if open_ <= s < close and s - open_ < 9), None)
        if subject is not None:
            return subject.role if subject.role in OTHERS else "writer"
    return "writer"
