"""Evaluation of parental capacity: can this parent meet this child's needs, and does the record weigh it?

Standard: "the capacity of parents or carers (resident and non-resident) ... to respond to those needs" (Working Together
to Safeguard Children 2023); six dimensions of parenting capacity (Framework for the Assessment of Children in Need, 2000).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nlp_quality.dimensions._evidence import ask, backed, comment, surest
from nlp_quality.record import Person, Record
from nlp_quality.scheme import CAPACITY
from nlp_quality.types import Evidence, Example, Finding, NotApplicable, ParsedRecord, Prompt, Sentence

ID: Final = "parental_capacity"
_FAMILY: Final = ("parent", "carer", "relative", "partner")


def applies(parsed: ParsedRecord) -> NotApplicable | None:
    """Null where text or people place the child with no parent or family carer and mention none."""
    if any(p.role in _FAMILY for p in parsed.people):
        return None
    if any(m.role in _FAMILY for s in parsed.sentences for m in s.mentions):
        return None
    if any(cue.label == "placed_without_family" for s in parsed.sentences for cue in s.cues):
        return NotApplicable("no_parent_or_carer", "No parent or family carer is in the picture in this record.")
    return None


def _judged(parsed: ParsedRecord) -> tuple[Sentence, ...]:
    return tuple(s for s in parsed.distinct_sentences if "capacity_judged" in s.capacity)


def features(parsed: ParsedRecord) -> Mapping[str, float]:
    """Counts of sentences by label; judgements by the writer apart from those relayed."""
    sentences = parsed.distinct_sentences
    count = {label: float(sum(label in s.capacity for s in sentences)) for label in CAPACITY}
    own = [s for s in _judged(parsed) if s.function in ("analysis", "plan")]
    return {
        **count,
        "judged_by_writer": float(len(own)),
        "judged_with_substance": float(sum(len(s.text.split()) >= 10 for s in own)),
        **surest(parsed, CAPACITY),
    }


def rule_level(features: Mapping[str, float]) -> int:
    """The scheme's table over the counts; a relayed judgement counts one level lower."""
    if sum(features[label] for label in CAPACITY) == 0:
        return 0
    effect = features["impact_on_child"] >= 1
    if features["judged_by_writer"] == 0:
        relayed = (
            features["capacity_judged"] >= 2
            and effect
            and features["capacity_to_change"] >= 1
            and features["protective"] >= 1
        )
        return 2 if relayed else 1
    if not effect or features["judged_with_substance"] == 0:
        return 1
    if features["judged_by_writer"] >= 2 and features["capacity_to_change"] >= 1 and features["protective"] >= 1:
        return 3
    return 2


def evidence(parsed: ParsedRecord, level: int) -> tuple[Evidence, ...]:
    """The sentences on parenting, judgements first."""
    return backed(
        parsed,
        level,
        (
            "capacity_judged",
            "impact_on_child",
            "capacity_to_change",
            "protective",
            "parental_factor",
            "parenting_described",
        ),
    )


def reason(parsed: ParsedRecord, level: int) -> str:
    """What is there and what is missing, in one sentence."""
    return (
        "Parenting is not addressed.",
        "What affects the parenting, or what the parent does, is described but not evaluated against this child's needs.",
        "For the main issue the parent's ability to meet this child's needs is judged, with its effect on the child.",
        "Strengths and limits of the parenting are weighed with evidence, its effect on the child, and whether change lasts.",
    )[level]


def prompts(parsed: ParsedRecord, level: int) -> tuple[Prompt, ...]:
    """Questions that lead from what a parent does to whether it meets this child's needs."""
    has = features(parsed)
    out: list[Prompt] = []
    if level == 0:
        out += ask(parsed, "capacity.parenting")
    if level >= 1 and has["judged_by_writer"] == 0:
        out += ask(parsed, "capacity.judgement")
    if 1 <= level < 3 and has["impact_on_child"] == 0:
        out += ask(parsed, "capacity.effect")
    if 1 <= level < 3 and has["capacity_to_change"] == 0:
        out += ask(parsed, "capacity.change")
    if 1 <= level < 3 and has["protective"] == 0:
        out += ask(parsed, "capacity.strengths")
    return tuple(out)


def findings(parsed: ParsedRecord) -> tuple[Finding, ...]:
    """Praise where ability is judged with its effect; a question where a factor stands without one."""
    judged = (s for s in _judged(parsed) if "impact_on_child" in s.capacity and s.function == "analysis")
    has = features(parsed)
    factor = _factor(parsed) if has["impact_on_child"] == 0 and has["capacity_judged"] == 0 else None
    return (
        *comment(parsed, "capacity.judged_with_effect", judged),
        *comment(parsed, "capacity.factor_without_effect", () if factor is None else (factor,)),
    )


def _factor(parsed: ParsedRecord) -> Sentence | None:
    """The surest sentence that names a factor in words of the lexicon too: the model alone sees one in half too many."""
    named = [
        s
        for s in parsed.sentences
        if "parental_factor" in s.capacity and any(cue.label == "parental_factor" for cue in s.cues)
    ]
    return max(named, key=lambda s: (s.probability("parental_factor"), -s.index), default=None)


def children(parsed: ParsedRecord) -> None:
    """Capacity is judged of the whole record."""
    return


EXAMPLES: Final = (
    Example(
        Record(
            text="Assessment of parenting. Ms Tillotson drinks most evenings. "
            "I do not think Ms Tillotson is able to wake for Corin in the night when she has been drinking, which leaves him unsafe and frightened.",
            people=(Person("Corin", "child", age=4), Person("Ms Tillotson", "parent")),
            record_type="assessment",
        ),
        2,
        (
            "I do not think Ms Tillotson is able to wake for Corin in the night when she has been drinking, which leaves him unsafe and frightened.",
        ),
        ("capacity.judged_with_effect",),
    ),
    Example(
        Record(
            text="I visited on Tuesday. Ms Tillotson drinks most evenings. The hall was being painted.",
            people=(Person("Corin", "child", age=4), Person("Ms Tillotson", "parent")),
            record_type="visit",
        ),
        1,
        codes=("capacity.factor_without_effect",),
    ),
    Example(
        Record(
            text="I saw Corin at school. He told me about the tortoise in his class. The hall was being painted.",
            people=(Person("Corin", "child", age=4), Person("Ms Tillotson", "parent")),
            record_type="visit",
        ),
        0,
    ),
)
