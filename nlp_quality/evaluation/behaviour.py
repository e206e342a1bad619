"""Behavioural cases in the manner of CheckList (Ribeiro and others 2020): does an answer hold, and change when it should?

A case is a labelled record with a `capability` and a `kind`. `minimum`: the statuses and companions must be as labelled.
`invariance`: so must they in each text of `also` (names, order, shorthand changed). `direction`: the text of `also` changes what
happened, and its statuses must be those of `also_seen`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from nlp_quality.errors import InvalidRecord, UnreadableInput
from nlp_quality.formats.records import record_from_mapping
from nlp_quality.scorer import Scorer
from nlp_quality.types import ChildSeen, Scorecard

KINDS: Final = ("minimum", "invariance", "direction")


def is_cases(path: Path) -> bool:
    """True when a file's first line is a behavioural case."""
    with path.open(encoding="utf-8") as lines:
        try:
            row = json.loads(next(lines, ""))
        except ValueError:
            return False
    return isinstance(row, dict) and row.get("kind") in KINDS


def read_cases(path: Path) -> Iterator[dict[str, Any]]:
    """The cases of a JSON Lines file.

    Raises:
        UnreadableInput: a line is no case; the line is named, its text is not.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                if row["kind"] not in KINDS or not row["capability"] or not row["seen"]:
                    raise ValueError
                for _ in texts(row):
                    pass
            except (ValueError, KeyError, TypeError, IndexError, InvalidRecord) as error:
                raise UnreadableInput("invalid_case", f"Line {number} is no behavioural case.") from error
            yield row


def texts(case: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]:
    """Each text of a case as a record to score, with the statuses it must get."""
    own = {"text": case["text"], "people": case.get("people"), "record_type": case.get("record_type", "other")}
    record_from_mapping(own)
    yield own, case["seen"]
    for number, text in enumerate(case.get("also", ())):
        people = case["also_people"][number] if case.get("also_people") else case.get("people")
        if case["kind"] == "direction":
            seen = case["also_seen"][number]
        else:
            names = case["also_names"][number] if case.get("also_names") else {}
            seen = [{**entry, "child": names.get(entry["child"], entry["child"])} for entry in case["seen"]]
        other = {**own, "text": text, "people": people}
        record_from_mapping(other)
        yield other, seen


def passes(case: Mapping[str, Any], scorer: Scorer) -> bool:
    """Whether every text of a case gets the statuses it must."""
    pairs = list(texts(case))
    cards = scorer.score_many(record_from_mapping(record) for record, _ in pairs)
    return all(_as_labelled(card, seen) for card, (_, seen) in zip(cards, pairs, strict=True))


def _as_labelled(card: Scorecard, seen: Sequence[Mapping[str, Any]]) -> bool:
    found = {c.child: c for c in card.dimensions["seen_alone"].children or () if isinstance(c, ChildSeen)}
    lone = next(iter(found.values())) if len(found) == len(seen) == 1 else None
    for entry in seen:
        own = found.get(entry["child"], lone)
        if (own.status if own is not None else "not_stated") != entry["status"]:
            return False
    return True


def rates(path: Path, scorer: Scorer) -> dict[str, Any]:
    """Pass rates by capability and kind, and of all cases."""
    outcomes: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for case in read_cases(path):
        outcomes[case["capability"], case["kind"]].append(passes(case, scorer))
    capabilities = sorted({capability for capability, _ in outcomes})
    every = [ok for oks in outcomes.values() for ok in oks]
    return {
        "model": {"name": scorer.model.name, "version": scorer.model.version, "sha256": scorer.model.sha256},
        "cases": len(every),
        "passed": round(sum(every) / len(every), 4) if every else None,
        "capabilities": {
            name: {
                kind: {"n": len(outcomes[name, kind]), "passed": sum(outcomes[name, kind])}
                for kind in KINDS
                if outcomes[name, kind]
            }
            for name in capabilities
        },
    }


def render(found: Mapping[str, Any]) -> str:
    """The table of pass rates as lines of text."""
    model = found["model"]
    lines = [
        f"model {model['name']} {model['version']}, {found['cases']} cases, {found['passed']:.3f} passed",
        f"{'capability':<36}" + "".join(f"{kind:>14}" for kind in KINDS),
    ]
    for name, kinds in found["capabilities"].items():
        cells = [f"{kinds[k]['passed']} of {kinds[k]['n']}" if k in kinds else "" for k in KINDS]
        lines.append(f"{name:<36}" + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)
