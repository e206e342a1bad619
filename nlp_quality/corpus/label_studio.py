"""Annotation in Label Studio: tasks with a region a sentence, the labelling set-up, and its JSON export read back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from nlp_quality.corpus.drafting import Draft, people_rows
from nlp_quality.errors import UnreadableInput
from nlp_quality.scheme import CAPACITY, COMPANIONS, DIMENSIONS, FUNCTION, PRESENCE, STATUSES, VOICE

MAX_CHILDREN: Final = 8  # slots for per-child answers in the set-up
_HEADS: Final = (
    ("function", FUNCTION, "single"),
    ("presence", PRESENCE, "single"),
    ("voice", VOICE, "multiple"),
    ("capacity", CAPACITY, "multiple"),
)


def setup() -> str:
    """The labelling set-up (XML) to paste into a Label Studio project."""
    view = Element("View")
    SubElement(view, "Header", value="$id")
    SubElement(view, "Text", name="text", value="$text", granularity="paragraph")
    SubElement(SubElement(view, "Labels", name="unit", toName="text"), "Label", value="sentence")
    for head, labels, choice in _HEADS:
        _choices(view, head, labels, choice, region=True)
    for dimension in DIMENSIONS:
        _choices(view, f"level.{dimension}", ("0", "1", "2", "3", "null"), "single")
    for slot in range(1, MAX_CHILDREN + 1):
        SubElement(view, "Header", value=f"$child_{slot}")
        _choices(view, f"seen.{slot}", STATUSES, "single")
        _choices(view, f"companions.{slot}", COMPANIONS, "multiple")
    indent(view)
    return tostring(view, encoding="unicode")


def _choices(view: Element, name: str, values: Iterable[str], choice: str, *, region: bool = False) -> None:
    holder = SubElement(view, "Choices", {"name": name, "toName": "text", "choice": choice})
    if region:
        holder.set("perRegion", "true")
    for value in values:
        SubElement(holder, "Choice", value=value)


def write(drafts: Iterable[Draft], path: Path) -> int:
    """Write the drafts as Label Studio tasks (JSON), each sentence a region without labels; gives their number."""
    tasks = [_task(draft) for draft in drafts]
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(tasks)


def _task(draft: Draft) -> dict[str, Any]:
    regions = [
        {
            "id": f"s{number}",
            "from_name": "unit",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": draft.text[start:end], "labels": ["sentence"]},
        }
        for number, (start, end, _) in enumerate(draft.sentences)
    ]
    children = {f"child_{slot}": "" for slot in range(1, MAX_CHILDREN + 1)}
    children |= {f"child_{slot}": name for slot, name in enumerate(draft.children[:MAX_CHILDREN], start=1)}
    data = {
        "id": draft.id,
        "text": draft.text,
        "record_type": draft.record.record_type,
        "people": people_rows(draft.record),
        "paragraphs": [paragraph for _, _, paragraph in draft.sentences],
        **children,
    }
    return {"data": data, "predictions": [{"model_version": "sentences", "result": regions}]}


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Labelled records of a Label Studio JSON export (its first annotation each), in the contract's form.

    Raises:
        UnreadableInput: no such export; the task is named by number.
    """
    try:
        tasks = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableInput("not_an_export", "The file is no Label Studio JSON export.") from error
    for number, task in enumerate(tasks if isinstance(tasks, list) else [None], start=1):
        try:
            yield _labelled(task)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise UnreadableInput(
                "not_an_export", f"Task {number} is not annotated in full, or no task of this project."
            ) from error


def _labelled(task: Mapping[str, Any]) -> dict[str, Any]:
    data, result = task["data"], task["annotations"][0]["result"]
    regions: dict[str, Mapping[str, Any]] = {}
    chosen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in result:
        if item["type"] == "labels":
            regions[item["id"]] = item["value"]
        elif item["type"] == "choices":
            per_region = item["from_name"] in {head for head, _, _ in _HEADS}
            chosen[item["id"] if per_region else "", item["from_name"]] = item["value"]["choices"]
    ordered = sorted(regions.items(), key=lambda entry: entry[1]["start"])
    children = [data[f"child_{slot}"] for slot in range(1, MAX_CHILDREN + 1) if data.get(f"child_{slot}")]
    levels = {d: chosen["", f"level.{d}"][0] for d in DIMENSIONS}
    return {
        "id": data["id"],
        "record_type": data["record_type"],
        "people": data["people"],
        "levels": {d: None if value == "null" else int(value) for d, value in levels.items()},
        "seen": [
            {
                "child": name,
                "status": chosen["", f"seen.{slot}"][0],
                "companions": [c for c in COMPANIONS if c in chosen["", f"companions.{slot}"]],
            }
            for slot, name in enumerate(children, start=1)
        ],
        "sentences": [
            {
                "text": value["text"],
                "para": data["paragraphs"][place],
                "function": chosen[region, "function"][0],
                "presence": chosen[region, "presence"][0],
                "voice": [v for v in VOICE if v in chosen[region, "voice"]],
                "capacity": [c for c in CAPACITY if c in chosen[region, "capacity"]],
            }
            for place, (region, value) in enumerate(ordered)
        ],
    }
