"""Sentence labels from the cues alone: the model named `rules`, and the check on any other.

Each head takes the cues that are asserted, in the scheme's order where one label is wanted. Probabilities are fixed by
how the label was reached; they order evidence and are no measured frequencies (the model's card says so).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from nlp_quality import rules_presence
from nlp_quality.reader import cues
from nlp_quality.scheme import CAPACITY, FUNCTION, FUNCTION_PRECEDENCE, VOICE
from nlp_quality.types import Cue, ParsedRecord, Sentence

SURE: Final = 0.9  # a cue that states it
LIKELY: Final = 0.75  # taken from the context
_ADULT: Final = re.compile(r"\b(?:PARENT|CARER|RELATIVE|PARTNER|parent(?:s|ing)?|care)\b")
_CHILD: Final = re.compile(r"\bCHILD(?:REN)?\b|\byou\b")
_CONSEQUENCE: Final = re.compile(
    r"\b(?:so|because|means?|meant|leaves?|leaving|left|makes?|risk|harm|without|when|if|until|would"
    r"|cost|pays?|paying|result|why|and is|already|cannot|can['’]t|for CHILD)\b"
)
_JUDGING: Final = ("analysis", "plan")
_SPEECH: Final = re.compile(
    r"\bCHILD(?:REN)?\b[^.\"“]{0,60}\b(?:said|says|told|asked|replied|added|put it|called|calls|described|explained|shouted|"
    r"whispered|answered|goes|wrote|texted|as|that|was|words?|phrase|is)\b|[\"”’'],?\s*(?:CHILD(?:REN)?)\b|^\W*CHILD(?:REN)?\s*[:–-]",
)
_ADULT_SPEECH: Final = re.compile(
    r"\b(?:PARENT|CARER|RELATIVE|PARTNER|PROF|OTHER)\b[^.\"“]{0,40}\b(?:said|says|told|asked|replied|added|described|shouted|"
    r"whispered|answered|wrote|texted|stated|reported|calls|called)\b[^\"“]{0,20}[\"“'‘]|[\"”'’],? (?:PARENT|CARER|RELATIVE|PROF|OTHER)\b"
)


@dataclass(frozen=True, slots=True)
class _Context:
    """What a condition may look at: the sentence, the one before, and the function already settled."""

    sentence: Sentence
    before: Sentence | None
    function: str
    heading: bool


def _child_speaker(context: _Context) -> bool:
    sentence = context.sentence
    if _ADULT_SPEECH.search(sentence.marked):
        return False
    if _SPEECH.search(sentence.marked):
        return True
    before = context.before
    bare = not any(m.role not in ("writer", "child") and not m.pronoun for m in sentence.mentions)
    return (
        bare
        and before is not None
        and before.paragraph == sentence.paragraph
        and re.search(r"\bCHILD(?:REN)?\b", before.marked) is not None
        and _ADULT_SPEECH.search(before.marked) is None
    )


def _child_focus(context: _Context) -> bool:
    """True when the sentence is of a child, itself or by the one before it in the paragraph."""
    if _CHILD.search(context.sentence.marked):
        return True
    before = context.before
    return before is not None and before.paragraph == context.sentence.paragraph and bool(_CHILD.search(before.marked))


CONDITIONS: Final[Mapping[str, Callable[[_Context], bool]]] = {
    "heading": lambda c: c.heading,
    "child_speaker": _child_speaker,
    "child_account": lambda c: c.function == "account" and not _ADULT.search(c.sentence.marked) and _child_focus(c),
    "child_near": lambda c: (
        re.search(r"\b(?:CHILD|CHILDREN)\b|\byou\b", c.sentence.marked) is not None and c.function != "plan"
    ),
    "adult_near": lambda c: _ADULT.search(c.sentence.marked) is not None and c.function != "plan",
    "judging": lambda c: c.function in _JUDGING,
    "family_near": lambda c: (
        c.function == "analysis" or (_ADULT.search(c.sentence.marked) is not None and c.function != "plan")
    ),
    "judging_family": lambda c: c.function == "analysis" and _ADULT.search(c.sentence.marked) is not None,
}


def label(parsed: ParsedRecord) -> ParsedRecord:
    """`parsed` with every sentence labelled by its cues."""
    out: list[Sentence] = []
    for sentence in parsed.sentences:
        before = out[-1] if out else None
        function = _function(sentence, before, parsed)
        context = _Context(sentence, before, function, _is_heading(sentence, parsed))
        found = tuple(c for c in sentence.cues if _condition(c, context))
        if _is_form(found) and function == "admin":
            function = "description"
        voice = _voice(found, function)
        if function in _JUDGING and not _planned_visit(found) and _CHILD.search(sentence.marked) and _heard(out):
            voice = tuple(name for name in VOICE if name in (*voice, "voice_used"))
        capacity = _capacity(sentence, found, function)
        out.append(
            replace(
                sentence,
                cues=found,
                function=function,
                voice=voice,
                capacity=capacity,
                probabilities=_probabilities(function, voice, capacity),
            )
        )
    return rules_presence.label(replace(parsed, sentences=tuple(out)))


def _condition(cue: Cue, context: _Context) -> bool:
    when = cues.by_id(cue.id).when
    return when is None or CONDITIONS[when](context)


def _planned_visit(found: tuple[Cue, ...]) -> bool:
    return any(c.label == "planned" for c in found)


def _is_form(found: tuple[Cue, ...]) -> bool:
    return any(cues.by_id(c.id).form for c in found)


def _is_heading(sentence: Sentence, parsed: ParsedRecord) -> bool:
    """A short line of its own without a verb's shape: capitalised, no full stop, or a label before a colon."""
    text = sentence.text.strip()
    follows = parsed.text[sentence.end : sentence.end + 2]
    alone = (not follows or follows[0] in "\n\r") and (sentence.start == 0 or parsed.text[sentence.start - 1] in "\n\r")
    words = text.split()
    if not alone or len(words) > 9 or text[-1:] in '.!?"”':
        return False
    if any(m.pronoun or m.role == "writer" for m in sentence.mentions) or _ENTRY.search(text):
        return False
    return (
        text.endswith(":")
        or text.isupper()
        or not re.search(
            r"\b(?:is|was|were|are|has|had|have|said|says|saw|seen|not|did|will|to|told|went|came|asked)\b", text
        )
    )


# A ticked box, a dated entry, a list: a note that states something, however short.
_ENTRY: Final = re.compile(r"^\W*\[[ xX✓]?\]|\bx ?\d|[+&=]|\b\d{2}:\d{2}\s+\w+\s+\w+\s+\w|:\s+\S+\s+\S+\s+\S+\s+\S")


def _function(sentence: Sentence, before: Sentence | None, parsed: ParsedRecord) -> str:
    heading = _is_heading(sentence, parsed)
    scores = dict.fromkeys(FUNCTION_PRECEDENCE, 0.0)
    scores["description"] = 1.0
    for cue in sentence.cues:
        if cue.label not in FUNCTION:
            continue
        pattern = cues.by_id(cue.id)
        if pattern.when == "heading" and not heading:
            continue
        scores[cue.label] += pattern.weight
    # Reasons support a judgement that is there; on their own they are not one.
    if scores["analysis"] < 1.5:
        scores["analysis"] = min(scores["analysis"], 0.9)
    section = _section(sentence, parsed)
    if section in ("analysis", "plan") and scores["admin"] == 0 and scores["account"] < 2:
        scores[section] += 1.1 if section == "analysis" else 1.3
    return max(FUNCTION_PRECEDENCE, key=lambda name: scores[name])


_SECTIONS: Final = (
    (
        "analysis",
        re.compile(
            r"\b(?:analysis|my view|assessment of risk|what (?:this|it) means|formulation|conclusion|evaluation"
            r"|reflection|impact|so what|professional judgement|weighing|strengths|risks?|protective)\b",
            re.I,
        ),
    ),
    (
        "plan",
        re.compile(
            r"\b(?:plan|actions?|next steps?|recommendations?|agreed|outcome|decisions?|safety plan|what (?:will|happens|needs))\b",
            re.I,
        ),
    ),
)


def _section(sentence: Sentence, parsed: ParsedRecord) -> str | None:
    """What the nearest heading above says the section is for."""
    for earlier in reversed(parsed.sentences[max(0, sentence.index - 12) : sentence.index]):
        if _is_heading(earlier, parsed):
            return next((name for name, shape in _SECTIONS if shape.search(earlier.text)), None)
    return None


def _heard(before: list[Sentence]) -> bool:
    """True when the child has been heard first-hand earlier in the record, so that a judgement can carry it."""
    return any({"child_words", "child_view"} & set(s.voice) for s in before)


def _capacity(sentence: Sentence, found: tuple[Cue, ...], function: str) -> tuple[str, ...]:
    """The cues' labels; an analysis of parent and child together judges the one's care of the other."""
    if function == "admin":
        return ()
    labels = {c.label for c in found if c.label in CAPACITY}
    if function == "analysis" and _ADULT.search(sentence.marked) and _CHILD.search(sentence.marked):
        labels.add("capacity_judged")
        if _CONSEQUENCE.search(sentence.marked):
            labels.add("impact_on_child")
    if function == "plan":
        labels -= {"parenting_described", "parental_factor"}
    return tuple(name for name in CAPACITY if name in labels)


def _voice(found: tuple[Cue, ...], function: str) -> tuple[str, ...]:
    if function == "admin":
        return ()
    labels = {c.label for c in found if c.label in VOICE and not c.hypothetical}
    if "child_view_via_other" in labels:
        labels -= {"child_view", "child_words"}
    if function in _JUDGING:
        labels -= {"child_view", "child_observed"}
    if function == "account":
        labels.discard("child_observed")
    if "child_words" in labels:
        labels.discard("child_view")
    if "child_view" in labels:
        labels.discard("child_observed")
    return tuple(sorted(labels, key=list(VOICE).index))


def _one(labels: Mapping[str, str], chosen: str, probability: float) -> dict[str, float]:
    rest = round((1 - probability) / (len(labels) - 1), 4)
    return {name: probability if name == chosen else rest for name in labels}


def _many(labels: Mapping[str, str], chosen: tuple[str, ...]) -> dict[str, float]:
    return {name: SURE if name in chosen else round(1 - SURE, 4) for name in labels}


def _probabilities(function: str, voice: tuple[str, ...], capacity: tuple[str, ...]) -> dict[str, dict[str, float]]:
    return {
        "function": _one(FUNCTION, function, LIKELY),
        "voice": _many(VOICE, voice),
        "capacity": _many(CAPACITY, capacity),
    }
