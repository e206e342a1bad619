"""What a scorecard says that a child's timeline needs, as a few words without any text.

| sign | the record has a sentence that |
| --- | --- |
| `improvement` | says in so many words that the parenting or the family has improved |
| `change` | speaks to change, or to a strength: labelled `capacity_to_change` or `protective`, or with a cue for either |
| `plan` | is labelled `plan`, or says that a child is to be seen |
| `attempt` | says that a call came to nothing: no answer, no access, card left |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nlp_quality.scheme import CAPACITY
from nlp_quality.types import Scorecard, Sentence

SIGNS: Final = ("improvement", "change", "plan", "attempt")
_BETTER: Final = re.compile(
    r"\b(?:(?:has|have|had|is|are|were|was)(?: \w+){0,2} (?:improv(?:ed|ing)|better(?! of\b| mother| father| parent| carer))"
    r"|improved (?:a lot|greatly|significantly|considerably|markedly|hugely)|(?:significant|real|good|great|clear|marked|notable|"
    r"considerable|positive|sustained|steady|huge|much) (?:improvements?|progress|changes?)|ma(?:de|king|kes) (?:\w+ )?progress"
    r"|(?:concerns?|risks?) (?:\w+ ){0,3}(?:reduced|lessened|lowered|come down|decreased)|turned (?:it|this|things) (?:a)?round(?! to\b))\b",
    re.I,
)
_NOT_SO: Final = re.compile(
    r"\b(?:not?|never|nor|without|little|hardly|yet to|n['’]t|if|unless|until|whether|would|could|should|may|might|need(?:s|ed)? "
    r"to|hopes?|hoped|hoping|wants?|wanted|aims?|expects?|doubt(?:s|ed)?|less|once|used to|claims?|claimed)\b|\?",
    re.I,
)
_NOBODY: Final = re.compile(
    r"\bno (?:answer|reply|response|access|one (?:was |is )?(?:in|home|at home)|entry)\b|\bnobody (?:was |is )?(?:in|home|at home)\b"
    r"|\bnot (?:at )?home\b|\bcard (?:was )?left\b|\bleft (?:a |my )?(?:calling )?card\b|\b(?:failed|attempted|abortive|missed) "
    r"(?:home |stat(?:utory)? |unannounced )?visit\b|\brefused (?:me |us )?(?:entry|access)\b|\bturned (?:me |us )?away\b",
    re.I,
)


def signs_of(card: Scorecard) -> tuple[str, ...]:
    """The signs of one record, each once, in the order of `SIGNS`."""
    found = {sign for sentence in card.sentences for sign in _signs(sentence)}
    return tuple(sign for sign in SIGNS if sign in found)


def _signs(sentence: Sentence) -> Iterator[str]:
    if sentence.function == "admin":
        return
    if sentence.function == "plan" or sentence.presence == "planned":
        yield "plan"
    # The model and the lexicons together: a claim must be missed by both before it counts as the only mention of change.
    capacity = {*sentence.capacity, *(cue.label for cue in sentence.cues if cue.label in CAPACITY)}
    if capacity & {"capacity_to_change", "protective"}:
        yield "change"
    if _NOBODY.search(sentence.text):
        yield "attempt"
    # What a parent or a teacher says of it is not the writer's claim.
    if (
        capacity
        and sentence.function != "account"
        and _BETTER.search(sentence.text)
        and not _NOT_SO.search(sentence.text)
    ):
        yield "improvement"
