"""nlp_quality: tells a social worker whether a child's record lets the child be heard."""

from nlp_quality.errors import (
    InvalidRecord,
    ModelAltered,
    ModelError,
    ModelNotFound,
    NlpQualityError,
    UnreadableInput,
)
from nlp_quality.formats.scorecard import to_dict
from nlp_quality.record import Person, Record
from nlp_quality.scorer import Scorer
from nlp_quality.types import ChildHeard, ChildSeen, DimensionScore, Evidence, Finding, NotApplicable, Prompt, Scorecard

__all__ = [
    "ChildHeard",
    "ChildSeen",
    "DimensionScore",
    "Evidence",
    "Finding",
    "InvalidRecord",
    "ModelAltered",
    "ModelError",
    "ModelNotFound",
    "NlpQualityError",
    "NotApplicable",
    "Person",
    "Prompt",
    "Record",
    "Scorecard",
    "Scorer",
    "UnreadableInput",
    "to_dict",
]
