"""Presence events: what each labelled sentence says of each child's being seen, and who else was there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nlp_quality.reader import cues
from nlp_quality.scheme import COMPANIONS
from nlp_quality.types import Mention, ParsedRecord, PresenceEvent, Sentence

_ROLE_OF: Final = {"partner": "other", "sibling": "sibling", **{role: role for role in COMPANIONS}}
# Said of an adult right after the mention: they were somewhere else.
_ABSENT: Final = re.compile(
    r"^['’]?s?\s*(?:(?:both|all|had|was|were|is|are|who|has|been|then|,|just|still)\s+)*(?:out\b|at work|at the|upstairs|downstairs|outside|"
    r"in (?:the (?:kitchen|garden|other|next|bath|shower|car|hall|bedroom|yard|shed|shop)|another|bed\b|a meeting|hospital|prison)|"
    r"not (?:in|there|at home|present|back|home)|n['’]t (?:in|there|back|home|present)|away\b|stayed (?:downstairs|outside|in the (?:kitchen|car|garden))|"
    r"waited (?:in|outside|downstairs)|went\b|left\b|popped|nipped|stepped out|rang|phoned|texted|emailed|later|asleep|cooked|had left|had gone|"
    r"(?:being )?on (?:speakerphone|the phone)|has (?:since|not)|reports?|told WRITER|confirmed|house|flat|home\b)",
    re.I,
)
_POSSESSIVE: Final = re.compile(
    r"^['’]s?\s+(?!(?:lap|knees?|arms?|hip|hand|shoulder|side|legs?|chest|sleeve|neck|skirt|presence|earshot|company|dressing|coat|back|feet|foot|breast)\b)"
)
_DETAIL_ALONE: Final = re.compile(
    r"\b(?:bedroom|her room|his room|their room|my room|room|school|car|park|garden|library|office|caf[eé]|playground|nursery|hall|kitchen|"
    r"lounge|conservatory|walk(?:ed)?|drove|drive|bench|field|corridor|canteen|hospital|ward|bay|step|stairs|landing|yard|shop|chip|mcdonald|"
    r"downstairs|upstairs|outside|door|while|whilst|earshot|allotment|mosque|church|centre|hostel|unit|bus|tent|van|den|shed|attic|tree|river|beach|rec)\b",
    re.I,
)
_REASON: Final = re.compile(
    r"\b(?:because|as (?:he|she|they|CHILD|PARENT|WRITER|it|there|this)|since|so (?:WRITER|he|she|that|as|CHILD)|due to|given|too (?:young|small|shy|upset|ill|unwell|little|tired|frightened)|"
    r"wouldn['’]?t|would not|refused|declined|did(?:n['’]?t| not) want|asked (?:for|to)|preferred|requested|insisted|clung|reason|at (?:school|nursery|college|his|her|a friend|work|football)|"
    r"asleep|baby|only \d+ (?:weeks|months)|weeks old|months old|no answer|no reply|not (?:in|at home|answer)|refus\w+|missing|hospital|out (?:with|at)|gone to|no access|for (?:his|her) (?:own )?safety|seizure|can(?:not|['’]?t)|unable)\b",
    re.I,
)
_FOLLOW_UP: Final = re.compile(
    r"\b(?:alone|on (?:his|her|their|CHILD) own|1[:-]1|one[- ]to[- ]one|separate(?:ly)?|just (?:CHILD|you|us)|at school|without|again tomorrow|tomorrow|time with just)\b",
    re.I,
)


def events(parsed: ParsedRecord) -> ParsedRecord:
    """`parsed` with the presence events that its labelled sentences hold, a child at a time."""
    found: list[PresenceEvent] = []
    for sentence in parsed.sentences:
        if sentence.presence == "none":
            continue
        form = any(cues.by_id(c.id).form for c in sentence.cues if c.label == sentence.presence)
        own = tuple(sorted({i for m in sentence.mentions if m.role == "child" for i in m.people}))
        children = own or (parsed.born_children if form else sentence.child_indices) or _fallback(parsed)
        subject = _subject(sentence, children) if sentence.presence != "planned" else children
        roles = _companions(sentence, parsed) if sentence.presence == "seen_not_alone" else ()
        for child in subject:
            if parsed.people[child].unborn:
                continue
            together = len(subject) > 1 or "SIBLING" in sentence.marked
            with_sibling = sentence.presence == "seen_not_alone" and together and not form
            companions = tuple(r for r in COMPANIONS if r in roles or (r == "sibling" and with_sibling))
            found.append(PresenceEvent(child, sentence.index, sentence.presence, companions, form, _detail(sentence)))
    return replace(parsed, events=tuple(found))


def _fallback(parsed: ParsedRecord) -> tuple[int, ...]:
    """With nobody pointed at, the only child, or all of them."""
    return parsed.born_children


def _subject(sentence: Sentence, children: tuple[int, ...]) -> tuple[int, ...]:
    """The children the sighting is of: where one is named and others only by pronoun, all stay."""
    return children


def _detail(sentence: Sentence) -> bool:
    if sentence.presence == "seen_alone":
        return _DETAIL_ALONE.search(sentence.marked) is not None
    if sentence.presence == "planned":
        return _FOLLOW_UP.search(sentence.marked) is not None
    return _REASON.search(sentence.marked) is not None


def _companions(sentence: Sentence, parsed: ParsedRecord) -> set[str]:
    roles: set[str] = set()
    for mention in sentence.mentions:
        role = _companion_role(mention, parsed)
        if role is None or mention.pronoun and role != "parent":
            continue
        after = parsed.text[mention.end : sentence.end]
        if _ABSENT.search(after) or _POSSESSIVE.search(after):
            continue
        roles.add(role)
    return roles


def _companion_role(mention: Mention, parsed: ParsedRecord) -> str | None:
    if mention.role == "partner":
        lives_in = re.search(
            r"\b(?:live[- ]in|lives (?:with|there|at)|step[- ]?(?:dad|father|mum))\b", parsed.text, re.I
        )
        return "parent" if lives_in else "other"
    return _ROLE_OF.get(mention.role)
