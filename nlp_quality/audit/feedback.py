"""What readers said of the tool's answers: the service's export, counted by dimension."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats.json_text import parse_json
from nlp_quality.scheme import DIMENSIONS, MAX_LEVEL

MOST: Final = 10  # codes listed.
# A reason or a code is a stable word of the service; anything else might be narrative and is not repeated.
_WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.-")


def read(path: Path) -> Iterator[Mapping[str, Any]]:
    """Entries `{record_id, text_digest, dimension, code, agree, reason_code, level, created}` of a JSON Lines file.

    Raises:
        UnreadableInput: `no_feedback_file`, or `invalid_feedback` naming the line.
    """
    if not path.is_file():
        raise UnreadableInput("no_feedback_file", "--feedback names no file.")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = parse_json(line)
            except (InvalidRecord, UnicodeDecodeError):
                entry = None
            if (
                not isinstance(entry, Mapping)
                or entry.get("dimension") not in DIMENSIONS
                or not isinstance(entry.get("agree"), bool)
            ):
                raise UnreadableInput(
                    "invalid_feedback", f"line {number} of the feedback is no entry of the service's export."
                )
            yield entry


def figures(path: Path, scored: Mapping[str, Mapping[str, int | None]]) -> dict[str, Any]:
    """Agreement by dimension, what is disagreed with most, and how far off readers say a level is.

    Args:
        scored: text digest -> dimension -> the tool's level, of the records of this audit.
    """
    agree: Counter[str] = Counter()
    total: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    gaps: dict[str, list[int]] = {name: [] for name in DIMENSIONS}
    here = 0
    for entry in read(path):
        name = entry["dimension"]
        total[name] += 1
        agree[name] += entry["agree"]
        own = scored.get(str(entry.get("text_digest") or ""))
        here += own is not None
        if entry["agree"]:
            continue
        codes[_word(entry.get("code"))] += 1
        reasons[_word(entry.get("reason_code"))] += 1
        level = entry.get("level")
        known = None if own is None else own.get(name)
        if isinstance(level, int) and not isinstance(level, bool) and 0 <= level <= MAX_LEVEL and known is not None:
            gaps[name].append(level - known)
    return {
        "entries": sum(total.values()),
        "of_this_audit": here,
        "dimensions": {
            name: {
                "n": total[name],
                "agree": agree[name],
                "levels_given": len(gaps[name]),
                "mean_gap": round(sum(gaps[name]) / len(gaps[name]), 4) if gaps[name] else None,
            }
            for name in DIMENSIONS
            if total[name]
        },
        "codes": [{"code": code, "n": n} for code, n in codes.most_common(MOST) if code],
        "reasons": [{"reason": reason, "n": n} for reason, n in reasons.most_common(MOST) if reason],
    }


def _word(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 60 and set(value) <= _WORD else ""
