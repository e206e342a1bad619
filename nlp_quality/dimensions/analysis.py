"""Analysis versus description: does the record explain and weigh what it describes?

Standard: "Analysis should build upon the history of every child" and beware "a desire to think the best of adults"
(Working Together to Safeguard Children 2023, paragraphs 169 and 172).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from nlp_quality.dimensions._evidence import backed, surest
from nlp_quality.record import Person, Record
from nlp_quality.types import Evidence, Example, Finding, NotApplicable, ParsedRecord, Prompt, Sentence

ID: Final = "analysis"
_CHILD: Final = re.compile(r"\b(?:CHILD|CHILDREN|UNBORN|you|he|she|him|her|them)\b")
LONG_ENOUGH: Final = 8  # words; a shorter sentence has no room for a reason
SUBSTANTIAL: Final = 12  # words of an analysis that carries its own weight


def applies(parsed: ParsedRecord) -> NotApplicable | None:
    """Always judged where there is a record of a child."""
    return None


def _analysed(parsed: ParsedRecord) -> tuple[Sentence, ...]:
    return tuple(s for s in parsed.distinct_sentences if s.function == "analysis")


def _has(sentence: Sentence, label: str) -> bool:
    return any(cue.label == label for cue in sentence.cues)


def features(parsed: ParsedRecord) -> Mapping[str, float]:
    """Counts of analysis sentences, and of those that give a cause, a consequence for the child, or weigh."""
    found = _analysed(parsed)
    words = {s.index: len(s.text.split()) for s in found}
    reasoned = [s for s in found if _has(s, "cause") and words[s.index] >= LONG_ENOUGH]
    consequence = [
        s
        for s in found
        if "impact_on_child" in s.capacity
        or ("voice_used" in s.voice)
        or (_CHILD.search(s.marked) and _has(s, "cause"))
    ]
    weighing = [s for s in found if _has(s, "weighing") and words[s.index] >= LONG_ENOUGH]
    decided = [
        s
        for s in parsed.distinct_sentences
        if s.function in ("plan", "analysis")
        and _has(s, "decision")
        and words.get(s.index, len(s.text.split())) >= LONG_ENOUGH
    ]
    return {
        "analysis": float(len(found)),
        "reasoned": float(len(reasoned)),
        "consequence": float(len(consequence)),
        "weighing": float(len(weighing)),
        "decided": float(len(decided)),
        "substantial": float(sum(n >= SUBSTANTIAL for n in words.values())),
        **surest(parsed, ("analysis", "plan", "impact_on_child", "capacity_judged", "protective", "voice_used")),
    }


def rule_level(features: Mapping[str, float]) -> int:
    """Reasoning with a consequence makes 2; weighing several ways and reaching a decision makes 3."""
    if features["analysis"] == 0:
        return 0
    reasoned = features["reasoned"] >= 1 and features["consequence"] >= 1
    if not reasoned or features["substantial"] < 2:
        return 1
    if (
        features["weighing"] >= 2
        and features["reasoned"] >= 3
        and features["decided"] >= 1
        and features["substantial"] >= 4
    ):
        return 3
    return 2


def evidence(parsed: ParsedRecord, level: int) -> tuple[Evidence, ...]:
    """The sentences that analyse."""
    return backed(parsed, level, ("analysis",))


def reason(parsed: ParsedRecord, level: int) -> str:
    """What is there and what is missing, in one sentence."""
    return (
        "The record describes and reports; it does not say what any of it means.",
        "There is an opinion or inference, but not the reasoning from evidence that would carry it.",
        "The main issues are reasoned from the evidence, with what they mean for the child.",
        "The record weighs evidence more ways than one and reasons its way to a decision.",
    )[level]


def prompts(parsed: ParsedRecord, level: int) -> tuple[Prompt, ...]:
    """Questions that lead from description to analysis."""
    has = features(parsed)
    out = []
    if level == 0:
        out.append(
            Prompt(
                "analysis.so_what", "What do you make of what you saw and heard, and what does it mean for the child?"
            )
        )
    if level >= 1 and has["reasoned"] == 0:
        out.append(Prompt("analysis.evidence", "What have you seen or heard that leads you to this view?"))
    if 1 <= level < 3 and has["consequence"] == 0:
        out.append(
            Prompt("analysis.meaning_for_child", "What does this mean for the child, now and if nothing changes?")
        )
    if 1 <= level < 3 and has["weighing"] == 0:
        out.append(Prompt("analysis.other_explanations", "What points the other way, and what else could explain it?"))
    return tuple(out)


def findings(parsed: ParsedRecord) -> tuple[Finding, ...]:
    """A bare concern asks why; a conclusion before any evidence is said to be one."""
    out = []
    for sentence in parsed.sentences:
        if any(c.id == "function.bare_concern" for c in sentence.cues):
            out.append(
                Finding(
                    sentence.start,
                    sentence.end,
                    ID,
                    "analysis.bare_concern",
                    "suggestion",
                    "What is it that worries you, and what could it mean for the child?",
                )
            )
    told = next((s.index for s in parsed.sentences if s.function in ("description", "account")), None)
    early = next((s for s in _analysed(parsed) if not _has(s, "cause")), None)
    if early is not None and (told is None or early.index < told):
        out.append(
            Finding(
                early.start,
                early.end,
                ID,
                "analysis.conclusion_first",
                "suggestion",
                "This comes before any evidence: what is it drawn from?",
            )
        )
    out.extend(
        Finding(s.start, s.end, ID, "analysis.weighed", "praise", "More than one reading is weighed here.")
        for s in _analysed(parsed)
        if _has(s, "weighing") and _has(s, "cause") and len(s.text.split()) >= 15
    )
    return tuple(out)


def children(parsed: ParsedRecord) -> None:
    """Analysis is of the whole record."""
    return


EXAMPLES: Final = (
    Example(
        Record(
            text="Visit on Tuesday. The flat was cold. Mrs Achterberg said the meter had run out. "
            "I think Femke is hungry on Fridays because the money is gone by then, which leaves her too tired to learn. "
            "This suggests that the debt, and not a want of care, is what puts her at risk of falling further behind.",
            people=(Person("Femke", "child", age=8), Person("Mrs Achterberg", "parent")),
            record_type="visit",
        ),
        2,
        ("I think Femke is hungry on Fridays because the money is gone by then, which leaves her too tired to learn.",),
    ),
    Example(
        Record(
            text="I visited on Tuesday. The bedroom was tidy. Mrs Achterberg said that the heating is fixed. I am concerned about Femke.",
            people=(Person("Femke", "child", age=8), Person("Mrs Achterberg", "parent")),
            record_type="visit",
        ),
        0,
    ),
)
