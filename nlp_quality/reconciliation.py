"""The case system's flags held against the narrative: one full table of status by flag.

The Standard Safeguarding Dataset stores anything but "seen alone" as N, so an N for `seen_alone` stands with every
status but `seen_alone` itself. Flags never change a status or a level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nlp_quality.types import Reconciliation

# flag, value -> status -> result
TABLE: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("seen_alone", "Y"): {
        "seen_alone": "corroborated",
        "seen_not_alone": "contradicted",
        "seen_unclear": "undetermined",
        "not_seen": "contradicted",
        "not_stated": "flag_only",
    },
    ("seen_alone", "N"): {
        "seen_alone": "contradicted",
        "seen_not_alone": "corroborated",
        "seen_unclear": "undetermined",
        "not_seen": "corroborated",
        "not_stated": "flag_only",
    },
    ("seen", "Y"): {
        "seen_alone": "corroborated",
        "seen_not_alone": "corroborated",
        "seen_unclear": "corroborated",
        "not_seen": "contradicted",
        "not_stated": "flag_only",
    },
    ("seen", "N"): {
        "seen_alone": "contradicted",
        "seen_not_alone": "contradicted",
        "seen_unclear": "contradicted",
        "not_seen": "corroborated",
        "not_stated": "flag_only",
    },
}
_GRAVEST_FIRST: Final = ("contradicted", "flag_only", "undetermined", "narrative_only", "corroborated")


def reconcile(status: str, flags: Mapping[str, str] | None, *, reason_given: bool) -> Reconciliation | None:
    """How the flags given for a child stand against the narrative's status.

    Args:
        status: one of `scheme.STATUSES`.
        flags: `seen` and `seen_alone`, `Y` or `N`; a flag left out is compared as `narrative_only`.
        reason_given: whether the narrative says why the child was not seen, or not alone.

    Returns:
        The gravest result over the flags; None where no flag was given.
    """
    if not flags:
        return None
    results = [TABLE[name, value][status] for name, value in flags.items()]
    if "seen_alone" not in flags and status in ("seen_alone", "seen_not_alone") and results == ["corroborated"]:
        results.append("narrative_only")
    return Reconciliation(min(results, key=_GRAVEST_FIRST.index), reason_given)
