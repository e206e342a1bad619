"""Child's voice: is the child heard, in what way, and does it count?

Standard: "see and speak to the child, listen to what they say, observe their behaviour, take their views seriously"
(Working Together to Safeguard Children 2023, paragraph 14).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nlp_quality.dimensions._evidence import ask, backing, call, comment, listed, of_sentence, surest
from nlp_quality.record import Person, Record
from nlp_quality.types import ChildHeard, Evidence, Example, Finding, NotApplicable, ParsedRecord, Prompt, Sentence

ID: Final = "child_voice"
SPEAKS_FROM: Final = 2.0  # years; below, observation stands for words
# Labels by how directly they hear the child, and what the scorecard calls each way of being heard.
WAYS: Final[Mapping[str, str]] = {
    "child_words": "words",
    "child_view": "view",
    "child_observed": "observed",
    "child_view_via_other": "via_other",
}


def applies(parsed: ParsedRecord) -> NotApplicable | None:
    """Null for a record whose only children are unborn."""
    if not parsed.born_children:
        return NotApplicable("unborn", "The record is about an unborn child, who cannot yet be heard.")
    return None


def _speaks(person: Person, parsed: ParsedRecord) -> bool:
    if person.age is not None and person.age < SPEAKS_FROM:
        return False
    return not any(cue.label == "silent_child" for s in parsed.sentences for cue in s.cues)


def _about(sentence: Sentence, child: int) -> bool:
    return child in sentence.child_indices


def _ways(parsed: ParsedRecord, child: int) -> dict[str, Sentence]:
    """The first sentence of each way in which this child is heard."""
    found: dict[str, Sentence] = {}
    for sentence in parsed.sentences:
        if _about(sentence, child):
            for label in WAYS:
                if label in sentence.voice:
                    found.setdefault(label, sentence)
    return found


def _stock(parsed: ParsedRecord) -> tuple[Sentence, ...]:
    return tuple(s for s in parsed.distinct_sentences if any(c.label == "stock" and c.asserted for c in s.cues))


def features(parsed: ParsedRecord) -> Mapping[str, float]:
    """Counts of sentences by label, and whether every child is heard."""
    born = parsed.born_children
    sentences = parsed.distinct_sentences
    count = {label: float(sum(label in s.voice for s in sentences)) for label in (*WAYS, "daily_life", "voice_used")}
    silent = any(not _speaks(parsed.people[i], parsed) for i in born)
    heard = [bool(set(_ways(parsed, i)) & {"child_words", "child_view", "child_observed"}) for i in born]
    vivid = sum(bool({"child_words", "child_view", "child_observed"} & set(s.voice)) for s in sentences)
    return {
        **count,
        "stock": float(len(_stock(parsed))),
        "silent_child": float(silent),
        "every_child_heard": float(all(heard)),
        "vivid": float(vivid),
        **surest(parsed, (*WAYS, "daily_life", "voice_used")),
    }


def rule_level(features: Mapping[str, float]) -> int:
    """The scheme's table over the counts."""
    direct = features["child_words"] + features["child_view"]
    observed = features["child_observed"] if features["silent_child"] else 0.0
    heard = direct + observed
    if heard + features["child_observed"] + features["child_view_via_other"] + features["stock"] == 0:
        return 0
    if not (heard >= 2 or (heard == 1 and features["daily_life"] >= 1)):
        return 1
    lived = features["daily_life"] >= 1 and features["vivid"] >= 2
    if lived and features["voice_used"] >= 1 and features["every_child_heard"]:
        return 3
    return 2


def evidence(parsed: ParsedRecord, level: int) -> tuple[Evidence, ...]:
    """The sentences in which the child is heard, the most telling labels first."""
    if level == 0:
        return ()
    found = backing(parsed, ("voice_used", *WAYS, "daily_life"))
    if found:
        return found
    fallback = _stock(parsed) or tuple(s for s in parsed.sentences if s.child_indices) or parsed.sentences
    return (
        Evidence(fallback[0].start, fallback[0].end, fallback[0].text, "stock", fallback[0].probability("description")),
    )


def children(parsed: ParsedRecord) -> tuple[ChildHeard, ...] | None:
    """How each child is heard, the best way with the sentence that shows it."""
    out = []
    for index in parsed.children:
        person = parsed.people[index]
        if person.unborn:
            continue
        ways = _ways(parsed, index)
        best = next((label for label in WAYS if label in ways), None)
        shown = () if best is None else (of_sentence(ways[best], best),)
        out.append(ChildHeard(person.name, person.id, WAYS[best] if best else "not_heard", shown))
    return tuple(out)


def reason(parsed: ParsedRecord, level: int) -> str:
    """What is there and what is missing, in one sentence."""
    has = features(parsed)
    if level == 0:
        return "Nobody's words, wishes or behaviour let the reader hear the child."
    if level == 1:
        if has["child_words"] + has["child_view"] > 0:
            return "The child is heard briefly, with too little of their life to know what it is like."
        if has["child_observed"] > 0:
            return "The child is watched but gives no words or view of their own."
        if has["child_view_via_other"] > 0:
            return "What the child thinks comes through other people only."
        return "The child is described in stock phrases only."
    if level == 2:
        return "The child's own words, views or behaviour are there, with some sense of their life."
    return "The child is heard vividly, their daily life is there, and it shapes the judgement or the plan."


def prompts(parsed: ParsedRecord, level: int) -> tuple[Prompt, ...]:
    """Questions about what is absent, each child not heard by name first."""
    out: list[Prompt] = []
    silent = [parsed.people[i] for i in parsed.born_children if not _ways(parsed, i)]
    if silent:
        baby = not any(_speaks(person, parsed) for person in silent)
        out += ask(parsed, "voice.not_heard", baby=baby, child=listed(map(call, silent)))
    has = features(parsed)
    if level < 3 and has["child_words"] == 0 and not has["silent_child"] and not silent:
        out += ask(parsed, "voice.own_words")
    if level < 3 and has["daily_life"] == 0:
        out += ask(parsed, "voice.daily_life")
    if level < 3 and has["voice_used"] == 0:
        out += ask(parsed, "voice.used")
    return tuple(out)


def findings(parsed: ParsedRecord) -> tuple[Finding, ...]:
    """Praise for the child's view carried into the plan; a suggestion on a stock phrase that stands alone."""
    if not parsed.born_children:
        return ()
    carried = (s for s in parsed.sentences if "voice_used" in s.voice)
    stock = (s for s in _stock(parsed) if not s.voice)
    return (*comment(parsed, "voice.view_carried", carried), *comment(parsed, "voice.stock_phrase", stock))


EXAMPLES: Final = (
    Example(
        Record(
            text="Home visit. Jaya told me she sleeps on the settee and that she likes it best when her aunt comes. "
            "She said she wants her own pillow. Because Jaya asked for her aunt to be there at bedtime, the plan is that the aunt stays on Thursdays.",
            people=(Person("Jaya", "child", age=9),),
            record_type="visit",
        ),
        3,
        ("Jaya told me she sleeps on the settee and that she likes it best when her aunt comes.",),
        ("voice.view_carried",),
    ),
    Example(
        Record(
            text="I visited the home. The kitchen had been painted. Mr Obuya said work had picked up at the depot.",
            people=(Person("Lusia", "child", age=7), Person("Mr Obuya", "parent")),
            record_type="visit",
        ),
        0,
    ),
    Example(
        Record(
            text="Visit to the flat. Oisin appeared happy and well. His mother said that he loves his new nursery.",
            people=(Person("Oisin", "child", age=3), Person("Grainne", "parent")),
            record_type="visit",
        ),
        1,
        ("His mother said that he loves his new nursery.",),
        ("voice.stock_phrase",),
    ),
)
