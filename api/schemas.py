"""The shapes at the HTTP edge, as OpenAPI shows them.

They document: a request is read by `nlp_quality.formats.records`, the same code that reads files, and a reply is
`nlp_quality.formats.scorecard.to_dict`. Tests hold both against these models, so that they cannot drift.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from api import examples
from nlp_quality import scheme, words
from nlp_quality.record import FLAG_VALUES, FORMATS, MAX_MARKUP, MAX_NAME, MAX_PEOPLE, MAX_TEXT

# Why a reader disagrees.
REASONS: Final = (
    "missed_evidence",
    "wrong_evidence",
    "wrong_child",
    "wrong_status",
    "level_too_high",
    "level_too_low",
    "not_relevant",
    "other",
)


def one_of(values: Iterable[str | None]) -> dict[str, Any]:
    """The JSON schema keyword for a closed list that `nlp_quality` owns."""
    return {"enum": list(values)}


NOT_BLANK: Final = r"\S"
Level = Annotated[int, Field(ge=0, le=scheme.MAX_LEVEL)]
Probability = Annotated[float, Field(ge=0, le=1, description="0 to 1, 4 decimals.")]
Start = Annotated[int, Field(ge=0, description="First offset of the span, in the unit of `offsets`.")]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=NOT_BLANK)]
End = Annotated[int, Field(ge=0, description="Offset after the span; `text[start:end]` is its text.")]


class _In(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _Out(BaseModel):
    # Forbidden so that the test of real replies finds a member nobody described.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


# --- the request ----------------------------------------------------------------------------------------------------


class FlagsIn(_In):
    """What the case system holds for this visit; compared with the narrative, never used to score."""

    model_config = ConfigDict(extra="forbid")

    seen: str | None = Field(default=None, json_schema_extra=one_of((*FLAG_VALUES, None)))
    seen_alone: str | None = Field(default=None, json_schema_extra=one_of((*FLAG_VALUES, None)))


class PersonIn(_In):
    """Somebody the record names."""

    name: Name = Field(description="The fullest form in which the text names them.")
    role: str = Field(json_schema_extra=one_of(scheme.ROLES))
    id: str | None = Field(default=None, description="Opaque; echoed, never logged.")
    age: float | None = Field(default=None, ge=0, le=150, description="In years; decimals allowed.")
    unborn: bool | None = Field(default=False, description="A child not yet born.")
    aliases: list[Name] | None = Field(
        default=[], max_length=MAX_PEOPLE, description="Other forms that occur in the text."
    )
    flags: FlagsIn | None = None


class RecordIn(_In):
    """One record to score. Fields not listed here are ignored."""

    text: str = Field(
        min_length=1,
        max_length=MAX_MARKUP,
        pattern=NOT_BLANK,
        description=f"The narrative: 1 to {MAX_TEXT:,} characters, counted after extraction where `format` is `html`.",
    )
    id: str | None = Field(default=None, description="Your identifier; echoed, never logged.")
    format: str | None = Field(default="text", json_schema_extra=one_of((*FORMATS, None)))
    record_type: str | None = Field(default="other", json_schema_extra=one_of((*scheme.RECORD_TYPES, None)))
    people: list[PersonIn] | None = Field(
        default=None,
        max_length=MAX_PEOPLE,
        description="An empty list: nobody is named. Null: people and roles are inferred from the text.",
    )
    draft: bool | None = Field(default=False, description="Unfinished writing: scored and never stored.")
    context: dict[str, str] | None = Field(default={}, description="For audit and grouping; never used to score.")


# --- the reply ------------------------------------------------------------------------------------------------------


class EvidenceOut(_Out):
    """A span that backs a level."""

    start: Start
    end: End
    text: str
    label: str = Field(description="What it is evidence of; a label of the scheme.")
    probability: Probability


class PromptOut(_Out):
    """A question about what is absent."""

    code: str
    message: str
    start: int | None = Field(description="Where it belongs in the text, or null.")
    end: int | None


class FindingOut(_Out):
    """A comment on a span, or on the order of things."""

    start: Start
    end: End
    dimension: str = Field(json_schema_extra=one_of(scheme.DIMENSIONS))
    code: str
    severity: str = Field(json_schema_extra=one_of(scheme.SEVERITIES))
    message: str


class NotApplicableOut(_Out):
    """Why a level is null."""

    code: str
    message: str


class ReconciliationOut(_Out):
    """The case system's flag held against the narrative."""

    result: str = Field(json_schema_extra=one_of(scheme.RECONCILIATIONS))
    reason_given: bool


class HeardOut(_Out):
    """How one child is heard (`child_voice`)."""

    child: str = Field(description="The child's name; `unknown` for a child who is never named.")
    id: str | None
    heard: str = Field(json_schema_extra=one_of(scheme.HEARD))
    evidence: list[EvidenceOut] | SkipJsonSchema[None] = None


class SeenOut(_Out):
    """Whether one child was seen by the writer, and with whom (`seen_alone`)."""

    child: str = Field(description="The child's name; `unknown` for a child who is never named.")
    id: str | None
    status: str = Field(json_schema_extra=one_of(scheme.STATUSES))
    companions: list[Annotated[str, Field(json_schema_extra=one_of(scheme.COMPANIONS))]]
    reason: str | None = Field(description="Why not seen, or not alone, where the record says so.")
    probability: Probability
    refer: bool = Field(description="A person should judge.")
    reconciliation: ReconciliationOut | None = Field(description="Null where the record carried no flag.")
    evidence: list[EvidenceOut] | SkipJsonSchema[None] = None


class DimensionOut(_Out):
    """One dimension of a scorecard. A null `level` has null `score`, `probabilities` and `interval`."""

    level: Level | None
    name: str | None = Field(json_schema_extra=one_of((*scheme.LEVEL_NAMES, None)))
    score: Annotated[float, Field(ge=0, le=100)] | None = Field(description="The expected level, rescaled to 0 to 100.")
    probabilities: list[Probability] | None = Field(description="One a level, from 0 to 3.")
    interval: list[Level] | None = Field(description="Lowest and highest level of a set with 90 % coverage.")
    refer: bool = Field(description="The set is so wide that a person should judge.")
    not_applicable: NotApplicableOut | None
    reason: str = Field(description="One plain sentence.")
    evidence: list[EvidenceOut] | SkipJsonSchema[None] = Field(default=None, description="Not in a summary.")
    prompts: list[PromptOut]
    children: list[HeardOut] | list[SeenOut] | SkipJsonSchema[None] = Field(
        default=None, description="One entry a child, in `child_voice` and `seen_alone` alone."
    )


class SentenceOut(_Out):
    """A sentence with the labels read in it."""

    start: Start
    end: End
    function: str = Field(json_schema_extra=one_of(scheme.FUNCTION))
    presence: str = Field(json_schema_extra=one_of(scheme.PRESENCE))
    voice: list[str]
    capacity: list[str]
    probabilities: dict[str, dict[str, Probability]] = Field(description="Head, label, probability.")


class ModelIdOut(_Out):
    """Which model made a scorecard."""

    name: str
    version: str
    sha256: str


class ScorecardOut(_Out):
    """What the record was found to hold, with the spans that say so."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SCORECARD]})

    id: str | None = Field(description="Your identifier.")
    scheme: str
    model: ModelIdOut
    offsets: str = Field(description="The unit of every `start` and `end`.")
    dimensions: dict[str, DimensionOut]
    sentences: list[SentenceOut] | SkipJsonSchema[None] = Field(default=None, description="Not in a summary.")
    findings: list[FindingOut] | SkipJsonSchema[None] = Field(default=None, description="Not in a summary.")
    text: str | SkipJsonSchema[None] = Field(default=None, description="The text as extracted; for `html` alone.")
    notice: str | SkipJsonSchema[None] = Field(default=None, description="A warning that readers must see.")


class BatchOut(_Out):
    """A batch: how far it is, and until when its results are kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BATCH]})

    id: str
    state: str = Field(json_schema_extra=one_of(("queued", "running", "done", "cancelled", "failed")))
    total: int = Field(ge=0, description="Rows of the upload.")
    done: int = Field(ge=0, description="Rows that have a scorecard.")
    failed: int = Field(ge=0, description="Rows that have an error in its place.")
    created: str = Field(json_schema_extra={"format": "date-time"})
    expires: str = Field(json_schema_extra={"format": "date-time"}, description="When all of it is deleted.")


class BatchesOut(_Out):
    """A page of batches."""

    batches: list[BatchOut]
    next: str | None = Field(description="Send it as `after` for the next page; null at the end.")


class FeedbackIn(BaseModel):
    """What a reader says of one dimension, or of one prompt, finding or piece of evidence in it: no free text."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    dimension: str = Field(json_schema_extra=one_of(scheme.DIMENSIONS))
    agree: bool
    record_id: str | None = Field(default=None, min_length=1, max_length=128, description="Your id of the record.")
    text_digest: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="SHA-256 of the record's text in UTF-8, hexadecimal."
    )
    code: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z_]{0,31}(\.[a-z][a-z_]{0,31})?$",
        description="Of the prompt, the finding, or the evidence's label.",
    )
    reason_code: str | None = Field(default=None, json_schema_extra=one_of(REASONS))
    level: Level | None = Field(default=None, description="What the level should be.")


class FeedbackOut(_Out):
    """Feedback was kept."""

    id: str
    created: str = Field(json_schema_extra={"format": "date-time"})


class ModelOut(BaseModel):
    """The model in use: what it is, how it measured, what it cannot do."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [examples.MODEL]})

    name: str
    version: str
    sha256: str
    evaluation: dict[str, Any] | None = Field(default=None, description="Figures of the model's own evaluation.")
    limits: list[Any] | dict[str, Any] | None = Field(
        default=None, description="What it accepts and where it should not be used."
    )


class LevelOut(_Out):
    """One level of the scale."""

    level: Level
    name: str
    description: str


class SchemeDimensionOut(_Out):
    """A dimension and what each of its levels asks for, lowest first."""

    title: str
    description: str
    levels: list[str]


class CodeOut(_Out):
    """A prompt's or finding's code: what it says, and why it matters."""

    kind: str = Field(json_schema_extra=one_of(words.KINDS))
    dimension: str = Field(json_schema_extra=one_of(scheme.DIMENSIONS))
    severity: str | None = Field(json_schema_extra=one_of((*scheme.SEVERITIES, None)), description="Null for a prompt.")
    message: str = Field(description="With `{child}` where a child is named.")
    why: str
    source: list[str] = Field(description="The practice standards it rests on.")


class SchemeOut(BaseModel):
    """The label scheme."""

    scheme: str
    levels: list[LevelOut]
    dimensions: dict[str, SchemeDimensionOut]
    labels: dict[str, dict[str, str]] = Field(description="Head, label, description.")
    statuses: dict[str, str]
    companions: list[str]
    heard: list[str]
    roles: list[str]
    record_types: list[str]
    codes: dict[str, CodeOut] = Field(description="Every prompt and finding that is turned on, by code.")


# --- the LanguageTool API --------------------------------------------------------------------------------------------


class CheckIn(_In):
    """The form of `/v2/check`, as LanguageTool names its fields; two more are our own. Others are ignored."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["data"]}]})

    text: str = Field(default="", description="The text; this or `data`.")
    data: str = Field(default="", description="JSON: `annotation`, a list of `text`, or `markup` with `interpretAs`.")
    language: str = Field(description="As listed by `/v2/languages`, or `auto`.")
    level: str = Field(default="default", json_schema_extra=one_of(("default", "picky")))
    enabledRules: str = Field(default="", description="Codes, separated by commas.")  # noqa: N815
    disabledRules: str = Field(default="", description="Codes, separated by commas.")  # noqa: N815
    enabledCategories: str = Field(default="", description="Dimensions, separated by commas.")  # noqa: N815
    disabledCategories: str = Field(default="", description="Dimensions, separated by commas.")  # noqa: N815
    enabledOnly: str = Field(default="false", description="Only what is enabled.")  # noqa: N815
    recordType: str = Field(default="other", json_schema_extra=one_of(scheme.RECORD_TYPES))  # noqa: N815
    people: str = Field(default="", description="JSON: a list of people, as in a record.")


class LanguageOut(_Out):
    """A language of `/v2/languages`."""

    name: str
    code: str
    longCode: str  # noqa: N815


class CheckOut(BaseModel):
    """The reply of `/v2/check`, as LanguageTool has it. Offsets count UTF-16 units."""

    software: dict[str, Any]
    warnings: dict[str, Any]
    language: dict[str, Any]
    matches: list[dict[str, Any]]
    sentenceRanges: list[list[int]]  # noqa: N815


class StateOut(_Out):
    """Whether the service lives, or is ready."""

    status: str


class ProblemOut(_Out):
    """RFC 9457 problem details; holds nothing of the request's content."""

    type: str
    title: str
    status: int
    detail: str = Field(description="One plain sentence.")
    code: str = Field(description="A stable word for programs.")
    field: str | None = Field(description="Path of the field at fault, as in `people.0.role`.")


# Described in OpenAPI by reference, without passing through a FastAPI parameter.
EXTRA_SCHEMAS: Final[tuple[type[BaseModel], ...]] = (RecordIn, FeedbackIn, ProblemOut, CheckIn)
