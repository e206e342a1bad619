"""The label scheme: dimensions, levels and labels, the one place where they are listed.

Guideline pages, the API's `/v1/scheme`, the corpus checks and the models all read their lists from here.
Order matters where the scheme says so: the first `presence` label that a sentence asserts is the one it takes,
and equally strong readings of a sentence resolve to the earlier of `FUNCTION_PRECEDENCE`.
"""

from __future__ import annotations

from typing import Final

from nlp_quality.words import Words, packaged

SCHEME_VERSION: Final = "1.0"

LEVELS: Final[dict[str, str]] = {
    "absent": "Nothing of the kind is in the record.",
    "limited": "Something is there, but fleeting, stock, second-hand or unexplained.",
    "sound": "The record does what practice standards ask.",
    "strong": "The record does it fully and vividly, and uses it.",
}
LEVEL_NAMES: Final[tuple[str, ...]] = tuple(LEVELS)
MAX_LEVEL: Final = len(LEVELS) - 1

DIMENSIONS: Final[dict[str, dict[str, object]]] = {
    "child_voice": {
        "title": "Child's voice",
        "description": "Whether the child is heard: their words, views and observed experience, and how they count.",
        "levels": (
            "The child is not heard: no view, words or specific observation; at most adults talking about the child.",
            "Fleeting, stock or second-hand only.",
            "The child's own words or views, or a specific observation of a child who does not speak, "
            "and some sense of their life.",
            "Vivid, specific and lived: daily life, what the child wants, and how it shaped the analysis or plan.",
        ),
    },
    "seen_alone": {
        "title": "Seen alone: how clearly recorded",
        "description": "How clearly the record says, for each child, whether the writer saw them alone.",
        "levels": (
            "Cannot tell whether any child was seen by the writer.",
            "A child was seen, but not whether alone; or clear for some children and silent on others.",
            "For every child it is clear whether they were seen alone.",
            "Clear for every child, with where or how if alone, and why, or what will be done about it, "
            "if not alone or not seen.",
        ),
    },
    "analysis": {
        "title": "Analysis versus description",
        "description": "Whether the record explains and weighs what it describes, and what it means for the child.",
        "levels": (
            "Description and accounts only.",
            "Isolated opinion, inference or verdict, with no reasoning from evidence.",
            "The main issues are analysed from the evidence, with what they mean for the child.",
            "Weighs evidence for and against, other explanations, risk and protective factors and significance "
            "for the child, and reasons to a decision.",
        ),
    },
    "parental_capacity": {
        "title": "Evaluation of parental capacity",
        "description": "Whether parents' or carers' ability to meet this child's needs is evaluated.",
        "levels": (
            "Parenting is not addressed at all.",
            "Factors or parenting described, not evaluated; or bare assertion.",
            "For the main issue the parent's ability to meet this child's needs is evaluated, "
            "with its effect on the child.",
            "Weighs strengths and limits with evidence, effect on the child, and capacity to change or sustain change.",
        ),
    },
}

FUNCTION: Final[dict[str, str]] = {
    "description": "States events, observations, history or facts as the writer saw or knows them.",
    "account": "Relays what somebody said, thinks or reported.",
    "analysis": "Interprets, explains, weighs, infers, evaluates or states what something means for the child.",
    "plan": "States what will or should happen, who does it and by when; recommendation, decision or safety step.",
    "admin": "Heading, form label, identifying or procedural boilerplate, distribution, signature, greeting.",
}
FUNCTION_PRECEDENCE: Final[tuple[str, ...]] = ("analysis", "plan", "account", "description", "admin")

VOICE: Final[dict[str, str]] = {
    "child_words": "The child's own words, said to the writer, verbatim or marked as the child's phrase.",
    "child_view": "The child's wishes, feelings, views or account, given by the child to the writer.",
    "child_view_via_other": "What the child feels, wants or said, as relayed by another person.",
    "child_observed": "The writer's own first-hand, specific observation of this child.",
    "daily_life": "What life is like for the child: routines, sleep, food, school, who is there, friendships.",
    "voice_used": "The child's view or lived experience weighed in judgement or carried into a decision or plan.",
}

CAPACITY: Final[dict[str, str]] = {
    "parental_factor": "Something about the parent or carer that may affect parenting.",
    "parenting_described": "What the parent does or fails to do in caring for the child, without judging it.",
    "capacity_judged": "Evaluation of the parent's ability to meet this child's needs.",
    "impact_on_child": "What the parenting or the parental factor does or is likely to do to the child.",
    "capacity_to_change": "Insight, motivation, engagement, or whether change is made and sustained.",
    "protective": "A strength or protective factor in the parenting or the family, with substance.",
}

PRESENCE: Final[dict[str, str]] = {
    "seen_alone": "The writer saw or spoke to a child with nobody else present.",
    "seen_not_alone": "The writer saw a child with somebody else present, or the child was not seen alone.",
    "seen_unclear": "The writer saw a child; whether alone is not said.",
    "not_seen": "A child was not seen at this contact.",
    "planned": "A child is to be seen in future, or should be.",
    "by_other": "Somebody other than the writer saw or spoke to the child.",
    "past_contact": "A sighting at an earlier contact than the one this record is of.",
    "none": "Nothing of the kind.",
}

STATUSES: Final[dict[str, str]] = {
    "seen_alone": "Seen by the writer with nobody else there.",
    "seen_not_alone": "Seen by the writer with somebody else there.",
    "seen_unclear": "Seen by the writer; whether alone is not said.",
    "not_seen": "Not seen by the writer at this contact.",
    "not_stated": "The record does not say whether the writer saw the child.",
}
COMPANIONS: Final[tuple[str, ...]] = ("parent", "carer", "sibling", "relative", "professional", "other")
HEARD: Final[tuple[str, ...]] = ("words", "view", "observed", "via_other", "not_heard")
ROLES: Final[tuple[str, ...]] = ("child", "parent", "carer", "relative", "professional", "other")
RECORD_TYPES: Final[tuple[str, ...]] = ("visit", "assessment", "case_note", "supervision", "meeting", "other")
SEVERITIES: Final[tuple[str, ...]] = ("praise", "suggestion", "important")
RECONCILIATIONS: Final[tuple[str, ...]] = (
    "corroborated",
    "contradicted",
    "flag_only",
    "narrative_only",
    "undetermined",
)

OUT_OF_DOMAIN: Final[dict[str, str]] = {
    "too_short": "There is too little text to judge; a person should read it.",
    "no_words": "There are no words to judge; a person should read it.",
    "not_english": "The text does not read as English; a person should judge it.",
    "gibberish": "The text does not read as sentences; a person should judge it.",
    "no_child": "The text is no narrative of a particular child; a person should judge it.",
}


def as_dict(words: Words | None = None) -> dict[str, object]:
    """The whole scheme as plain data, as `/v1/scheme` and `nlp-quality scheme` give it.

    Args:
        words: what prompts and findings say; the packaged words when None.
    """
    return {
        "scheme": SCHEME_VERSION,
        "levels": [
            {"level": number, "name": name, "description": text} for number, (name, text) in enumerate(LEVELS.items())
        ],
        "dimensions": {
            key: {**value, "levels": list(value["levels"])}  # type: ignore[call-overload]
            for key, value in DIMENSIONS.items()
        },
        "labels": {"function": FUNCTION, "presence": PRESENCE, "voice": VOICE, "capacity": CAPACITY},
        "statuses": STATUSES,
        "companions": list(COMPANIONS),
        "heard": list(HEARD),
        "roles": list(ROLES),
        "record_types": list(RECORD_TYPES),
        "codes": (words or packaged()).as_dict(),
    }
