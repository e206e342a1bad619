"""The case system's flags held against the narrative: one full table of status by flag.

The Standard Safeguarding Dataset stores anything but "seen alone" as N, so an N for `seen_alone` stands with every
status but `seen_alone` itself. Flags never change a status or a level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from nlp_quality.scheme import STATUSES
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
MEANINGS: Final[Mapping[str, str]] = {
    "without_anyone": "nobody but the writer was there",
    "without_parent_or_carer": "no parent or carer was there: with a brother or sister, or anybody else, counts as alone",
}
_GRAVEST_FIRST: Final = ("contradicted", "flag_only", "undetermined", "narrative_only", "corroborated")


def reconcile(
    status: str,
    flags: Mapping[str, str] | None,
    *,
    reason_given: bool,
    companions: Sequence[str] = (),
    meaning: str = "without_anyone",
) -> Reconciliation | None:
    """How the flags given for a child stand against the narrative's status.

    Args:
        status: one of `scheme.STATUSES`.
        flags: `seen` and `seen_alone`, `Y` or `N`; a flag left out is compared as `narrative_only`.
        reason_given: whether the narrative says why the child was not seen, or not alone.
        companions: who was there, where the child was not alone.
        meaning: what the council's `seen_alone` means, one of `MEANINGS`.

    Returns:
        The gravest result over the flags; None where no flag was given.
    """
    if not flags:
        return None
    held = {"seen": status, "seen_alone": _as_meant(status, companions, meaning)}
    results = [TABLE[name, value][held[name]] for name, value in flags.items()]
    if "seen_alone" not in flags and status in ("seen_alone", "seen_not_alone") and results == ["corroborated"]:
        results.append("narrative_only")
    return Reconciliation(min(results, key=_GRAVEST_FIRST.index), reason_given)


def _as_meant(status: str, companions: Sequence[str], meaning: str) -> str:
    """The status as the council's flag would have it; not alone with nobody named cannot be told."""
    if meaning == "without_anyone" or status != "seen_not_alone":
        return status
    if not companions:
        return "seen_unclear"
    return status if {"parent", "carer"} & set(companions) else "seen_alone"


def lines() -> Iterator[str]:
    """The table as Markdown rows, for the guideline."""
    columns = list(TABLE)
    yield "| status | " + " | ".join(f"`{name}` {value}" for name, value in columns) + " |"
    yield "| --- " * (len(columns) + 1) + "|"
    for status in STATUSES:
        yield f"| `{status}` | " + " | ".join(f"`{TABLE[column][status]}`" for column in columns) + " |"
