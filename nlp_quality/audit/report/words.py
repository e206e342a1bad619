"""Names of the scheme as a reader says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STATUS_WORDS: Final[Mapping[str, str]] = {
    "seen_alone": "seen alone",
    "seen_not_alone": "seen, not alone",
    "seen_unclear": "seen, not told if alone",
    "not_seen": "not seen",
    "not_stated": "not told",
}
TYPE_WORDS: Final[Mapping[str, str]] = {
    "visit": "Visits",
    "assessment": "Assessments",
    "case_note": "Case notes",
    "supervision": "Supervision",
    "meeting": "Meetings",
    "other": "Other records",
}
RESULT_WORDS: Final[Mapping[str, str]] = {
    "corroborated": "the narrative bears the flag out",
    "contradicted": "the narrative contradicts the flag",
    "flag_only": "the flag stands alone: the narrative is silent",
    "narrative_only": "the narrative tells more than was flagged",
    "undetermined": "the narrative leaves it open",
}
FLAG_WORDS: Final[Mapping[str, str]] = {"seen": "seen", "seen_alone": "seen alone"}
GROUP_TITLES: Final[Mapping[str, str]] = {
    "team": "By team",
    "record_type": "By type of record",
    "age_band": "By age of the child",
    "period": "Over time",
}
UNJUDGED_WORDS: Final[Mapping[str, str]] = {
    "out_of_domain": "The text is not one the tool can read: too short, another language, not sentences, or about no child.",
    "nothing_to_judge": "The entry is administrative only.",
    "unborn": "The child is not yet born, and can be neither heard nor seen.",
    "no_parent_or_carer": "No parent or family carer is in the picture, so there is no capacity to evaluate.",
}
