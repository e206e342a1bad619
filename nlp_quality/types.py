"""The values that pass through the house: a parsed record is scored, a scorecard comes out.

All are frozen. Offsets are half-open `[start, end)` in Unicode code points of the text as extracted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nlp_quality.record import Person, Record
from nlp_quality.words import Words, packaged

# --- what the reader makes -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern of the lexicons found in the text.

    Attributes:
        id: the pattern's stable identifier, as in `presence.one_to_one`.
        label: the label it speaks for, as in `seen_alone`.
        start, end: where, in code points of the text.
        negated, hypothetical, historical, elsewhere: how it is said (not so; only planned or supposed;
            of an earlier contact; of somebody other than the child or the writer).
    """

    id: str
    label: str
    start: int
    end: int
    negated: bool = False
    hypothetical: bool = False
    historical: bool = False
    elsewhere: bool = False

    @property
    def asserted(self) -> bool:
        """True when the text claims it of this contact and these people."""
        return not (self.negated or self.hypothetical or self.historical or self.elsewhere)


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, or several, pointed at in the text: `Mia`, `her mother`, `the twins`, `she`.

    Attributes:
        people: indices into `ParsedRecord.people`; empty when the person is known by role alone.
        role: one of `scheme.ROLES`, or `writer`, or `unknown`.
        pronoun: true for he, she, they, you: a guess from the context.
        named: true for a name, which nothing may depend on; false for a word such as `mum`.
        gender: `m`, `f` or "" where the word does not tell.
    """

    start: int
    end: int
    role: str
    people: tuple[int, ...] = ()
    pronoun: bool = False
    gender: str = ""
    named: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading, bullet or form line, with what was read in it.

    Attributes:
        paragraph: index of the block (text between blank lines) it stands in.
        line: index of the source line on which it starts.
        marked: its text with people replaced by role markers (`CHILD`, `PARENT`, `WRITER`).
        function, presence: the most probable label of each; voice, capacity: those at 0.5 or above.
        probabilities: head -> label -> probability, 4 decimals.
        child_indices: the children it is about, by mention or by context.
    """

    index: int
    start: int
    end: int
    paragraph: int
    line: int
    text: str
    marked: str
    mentions: tuple[Mention, ...] = ()
    cues: tuple[Cue, ...] = ()
    child_indices: tuple[int, ...] = ()
    function: str = "description"
    presence: str = "none"
    voice: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()
    probabilities: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def probability(self, label: str) -> float:
        """The probability of `label`, whichever head it belongs to; 0.0 when no head gives it."""
        return next((labels[label] for labels in self.probabilities.values() if label in labels), 0.0)


@dataclass(frozen=True, slots=True)
class PresenceEvent:
    """What one sentence says of one child's being seen.

    Attributes:
        child: index into `ParsedRecord.people`.
        label: one of `scheme.PRESENCE` other than `none`.
        companions: roles of those who were there, of `scheme.COMPANIONS`.
        form: true for a form line or tick box, which the narrative outweighs.
        detail: where, how or why is said with it.
    """

    child: int
    sentence: int
    label: str
    companions: tuple[str, ...] = ()
    form: bool = False
    detail: bool = False


@dataclass(frozen=True, slots=True)
class SeenReading:
    """What the trained model reads of one child's being seen, over the whole record.

    Attributes:
        child: index into `ParsedRecord.people`.
        status: one of `scheme.STATUSES` -> probability; they sum to 1.
        companions: one of `scheme.COMPANIONS` -> probability, should the child have been seen with somebody.
        explained: probability that the where, why or what next is said.
    """

    child: int
    status: Mapping[str, float]
    companions: Mapping[str, float]
    explained: float


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """A record as read: what every dimension is a pure function of.

    Attributes:
        text: as extracted; all offsets point into it.
        people: given or inferred, children first in order of appearance where inferred.
        inferred: true when people and roles came from the text.
        seen: what the trained model reads of each born child; empty for the model `rules`.
        flag_means: what the council's flag `seen_alone` means, one of `reconciliation.MEANINGS`.
        out_of_domain: None, or the reason why no level can be given.
        words: what prompts and findings say; no level rests on it.
    """

    record: Record
    text: str
    sentences: tuple[Sentence, ...]
    people: tuple[Person, ...]
    inferred: bool
    events: tuple[PresenceEvent, ...] = ()
    seen: tuple[SeenReading, ...] = ()
    flag_means: str = "without_anyone"
    out_of_domain: str | None = None
    words: Words = field(default_factory=packaged)

    @property
    def distinct_sentences(self) -> tuple[Sentence, ...]:
        """The sentences without repetitions of the same words: saying a thing again earns nothing."""
        first: dict[str, Sentence] = {}
        for sentence in self.sentences:
            first.setdefault(" ".join(sentence.text.lower().split()), sentence)
        return tuple(first.values())

    @property
    def children(self) -> tuple[int, ...]:
        """Indices of the children, unborn ones included."""
        return tuple(index for index, person in enumerate(self.people) if person.role == "child")

    @property
    def born_children(self) -> tuple[int, ...]:
        """Indices of the children who can be seen and heard."""
        return tuple(index for index in self.children if not self.people[index].unborn)


# --- what comes out --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span that backs a level: `text[start:end]` is `text`; `label` says what it is evidence of."""

    start: int
    end: int
    text: str
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question about what is absent; never a sentence to paste."""

    code: str
    message: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A comment on a span, or on the order of things; `severity` is one of `scheme.SEVERITIES`."""

    start: int
    end: int
    dimension: str
    code: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class ChildHeard:
    """How one child is heard: the best of `scheme.HEARD`."""

    child: str
    id: str | None
    heard: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The case system's flag held against the narrative."""

    result: str
    reason_given: bool


@dataclass(frozen=True, slots=True)
class ChildSeen:
    """Whether one child was seen by the writer, and with whom."""

    child: str
    id: str | None
    status: str
    companions: tuple[str, ...]
    reason: str | None
    probability: float
    refer: bool
    reconciliation: Reconciliation | None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Why a level is null: a stable code and a plain sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension of a scorecard; a null level has null score, probabilities and interval, and no evidence."""

    level: int | None
    name: str | None
    score: float | None
    probabilities: tuple[float, ...] | None
    interval: tuple[int, int] | None
    refer: bool
    not_applicable: NotApplicable | None
    reason: str
    evidence: tuple[Evidence, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    children: tuple[ChildHeard, ...] | tuple[ChildSeen, ...] | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A record in small that a dimension carries: the level it earns, and spans that must be among its evidence.

    Attributes:
        codes: of the dimension's findings, all of them, in the order of the text; None where that is not the point.
    """

    record: Record
    level: int | None
    spans: tuple[str, ...] = ()
    codes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model made a scorecard."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What the record was found to hold, with the spans that say so.

    Attributes:
        text: the text as extracted, where the caller did not have it (HTML, documents); else None.
        notice: a plain warning that readers must see, or None.
    """

    id: str | None
    scheme: str
    model: ModelInfo
    dimensions: Mapping[str, DimensionScore]
    sentences: tuple[Sentence, ...]
    findings: tuple[Finding, ...]
    text: str | None
    source_text: str
    notice: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
