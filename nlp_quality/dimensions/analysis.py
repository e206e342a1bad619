"""Analysis versus description: does the record explain and weigh what it describes?

Standard: "Analysis should build upon the history of every child" and beware "a desire to think the best of adults"
(Working Together to Safeguard Children 2023, paragraphs 169 and 172).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from nlp_quality.dimensions._evidence import ask, backed, comment, surest
from nlp_quality.record import Person, Record
from nlp_quality.types import Evidence, Example, Finding, NotApplicable, ParsedRecord, Prompt, Sentence

ID: Final = "analysis"
_CHILD: Final = re.compile(r"\b(?:CHILD|CHILDREN|UNBORN|you|he|she|him|her|them)\b")
LONG_ENOUGH: Final = 8  # words; a shorter sentence has no room for a reason
SUBSTANTIAL: Final = 12  # words of an analysis that carries its own weight
BARE: Final = 25  # words; a longer conclusion carries something of its grounds
WEIGHTY: Final = 15  # words of a weighing that is worth praise
STEP: Final = 5  # words of a step of a plan; a shorter one is an errand or a date
STEPS: Final = 2  # steps that make a plan
SURE: Final = 0.6  # a comment on what is not there speaks only of a sentence whose function is this probable
TELLS: Final = ("description", "account")


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
    out: list[Prompt] = []
    if level == 0:
        out += ask(parsed, "analysis.so_what")
    if level >= 1 and has["reasoned"] == 0:
        out += ask(parsed, "analysis.evidence", at=_unsupported(parsed))
    if 1 <= level < 3 and has["consequence"] == 0:
        out += ask(parsed, "analysis.meaning_for_child")
    if 1 <= level < 3 and has["weighing"] == 0:
        out += ask(parsed, "analysis.other_explanations")
    return tuple(out)


def findings(parsed: ParsedRecord) -> tuple[Finding, ...]:
    """What is asserted and not reasoned, what stands in the wrong order or is left out between; praise for weighing."""
    bare = [s for s in parsed.sentences if any(c.id == "function.bare_concern" for c in s.cues)]
    early = _early(parsed)
    unsupported = _unsupported(parsed)
    weighed = (s for s in _analysed(parsed) if _has(s, "weighing") and _has(s, "cause") and _words(s) >= WEIGHTY)
    return (
        *comment(parsed, "analysis.bare_concern", bare),
        *comment(parsed, "analysis.conclusion_first", _only(early)),
        *comment(parsed, "analysis.unsupported_conclusion", _only(unsupported if unsupported != early else None)),
        *comment(parsed, "analysis.plan_from_nothing", _only(_from_nothing(parsed))),
        *comment(parsed, "analysis.weighed", weighed),
    )


def _only(sentence: Sentence | None) -> tuple[Sentence, ...]:
    return () if sentence is None else (sentence,)


def _words(sentence: Sentence) -> int:
    return len(sentence.text.split())


def _reasons(sentence: Sentence) -> bool:
    return _has(sentence, "cause") or _has(sentence, "decision")


def _early(parsed: ParsedRecord) -> Sentence | None:
    """A conclusion with no reason that stands before anything is told."""
    told = next((s.index for s in parsed.sentences if s.function in TELLS), len(parsed.sentences))
    return next((s for s in _analysed(parsed) if not _has(s, "cause") and s.index < told), None)


def _unsupported(parsed: ParsedRecord) -> Sentence | None:
    """The surest conclusion of a record in which no conclusion is reasoned."""
    found = _analysed(parsed)
    if any(_has(s, "cause") and _words(s) >= LONG_ENOUGH for s in found):
        return None
    alone = [
        s
        for s in found
        if not _reasons(s) and not _has(s, "weighing") and _words(s) <= BARE and s.probability("analysis") >= SURE
    ]
    return max(alone, key=lambda s: (s.probability("analysis"), -s.index), default=None)


def _from_nothing(parsed: ParsedRecord) -> Sentence | None:
    """The first step of a plan, in a record that tells what happened, says what will be done, and thinks nothing between.

    A visit to come, a date or a single errand is no plan that needs a reason.
    """
    told = next((s.index for s in parsed.sentences if s.function in TELLS), len(parsed.sentences))
    steps = [s for s in parsed.distinct_sentences if s.function == "plan" and s.presence != "planned"]
    if _analysed(parsed) or any(_reasons(s) or "voice_used" in s.voice for s in steps):
        return None
    steps = [s for s in steps if s.index > told and _words(s) >= STEP and s.probability("plan") >= SURE]
    return steps[0] if len(steps) >= STEPS else None


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
        codes=("analysis.bare_concern",),
    ),
    Example(
        Record(
            text="Visit on Tuesday. The bins had been emptied. Mr Delacroix said that the job had come through. "
            "I think he is a devoted dad.",
            people=(Person("Perrin", "child", age=8), Person("Mr Delacroix", "parent")),
            record_type="visit",
        ),
        1,
        codes=("analysis.unsupported_conclusion",),
    ),
    Example(
        Record(
            text="Visit on Tuesday. The bins had been emptied. "
            "I think he is a devoted dad, because he was up with Perrin each night of the fever while he worked days.",
            people=(Person("Perrin", "child", age=8), Person("Mr Delacroix", "parent")),
            record_type="visit",
        ),
        1,
        codes=(),
    ),
    Example(
        Record(
            text="I think this is a resilient family. I visited on Tuesday. The bins had been emptied. "
            "Mr Delacroix said that the job had come through.",
            people=(Person("Perrin", "child", age=8), Person("Mr Delacroix", "parent")),
            record_type="visit",
        ),
        1,
        codes=("analysis.conclusion_first",),
    ),
    Example(
        Record(
            text="Visit on Tuesday. The bins had been emptied. Mr Delacroix said that the job had come through.\n\n"
            "Actions\nSchool nurse to measure Perrin every month.\nMr Delacroix to be referred to the debt service.",
            people=(Person("Perrin", "child", age=8), Person("Mr Delacroix", "parent")),
            record_type="visit",
        ),
        0,
        codes=("analysis.plan_from_nothing",),
    ),
    Example(
        Record(
            text="Visit on Tuesday. The bins had been emptied. Mr Delacroix said that the job had come through.\n\n"
            "Actions\nSchool nurse to measure Perrin every month because he has lost two kilos.\n"
            "Mr Delacroix to be referred to the debt service.",
            people=(Person("Perrin", "child", age=8), Person("Mr Delacroix", "parent")),
            record_type="visit",
        ),
        0,
        codes=(),
    ),
    Example(
        Record(
            text="Visit on Tuesday. The bins had been emptied. I think Perrin is tired because he is up at night with the baby, "
            "but it could also be the new tablets, and only the nights at his aunt's can tell the two apart.",
            people=(Person("Perrin", "child", age=8), Person("Mr Delacroix", "parent")),
            record_type="visit",
        ),
        1,
        codes=("analysis.weighed",),
    ),
)
