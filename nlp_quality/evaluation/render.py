"""Figures as a short plain table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def number(value: float | None, digits: int = 3) -> str:
    """A figure, or `-` where it is not defined."""
    return "-" if value is None else f"{value:.{digits}f}"


def between(bounds: list[float] | None) -> str:
    """An interval in brackets; nothing where there is none."""
    return "" if bounds is None else f" [{bounds[0]:.2f}, {bounds[1]:.2f}]"


def render(figures: Mapping[str, Any]) -> str:
    """The figures of `evaluate` as lines of text; intervals are 95 % bootstraps over records."""
    model = figures["model"]
    lines = [f"model {model['name']} {model['version']}, {figures['records']} records"]
    segmentation = figures["segmentation"]
    if segmentation["labelled"]:
        lines.append(f"sentences split as labelled: {segmentation['exact']:.3f} of {segmentation['labelled']}")
    lines += _heads(figures["sentences"])
    lines += _levels(figures["levels"])
    lines += _seen(figures["seen"])
    for title in ("by_record_type", "by_author"):
        if len(figures[title]) > 1:
            lines += ["", title.replace("_", " ")]
            lines += [f"    {name:<20} {_short(one)}" for name, one in figures[title].items()]
    return "\n".join(lines)


def _heads(sentences: Mapping[str, Any]) -> Iterator[str]:
    for head, found in sentences.items():
        kind = "macro" if "macro_f1" in found else "micro"
        yield (
            f"{head:<18} {kind} F1 {found[f'{kind}_f1']:.3f}{between(found['interval'])}  "
            f"calibration error {number(found['calibration']['ece'])}  (n {found['n']})"
        )
        for label, one in found["labels"].items():
            yield (
                f"    {label:<22} P {one['precision']:.2f}  R {one['recall']:.2f}  F1 {one['f1']:.2f}  (n {one['support']})"
            )


def _levels(levels: Mapping[str, Any]) -> Iterator[str]:
    for dimension, found in levels.items():
        yield (
            f"{dimension:<18} quadratic kappa {number(found['quadratic_kappa'])}{between(found['interval'])}  "
            f"exact {found['exact']:.2f}{between(found['exact_interval'])}  within one {found['within_one']:.2f}  "
            f"calibration error {number(found['calibration']['ece'])}  in 90 % set {found['coverage']:.2f}  "
            f"refer {found['refer']:.2f}  (n {found['n']})"
        )
        for level, row in enumerate(found["confusion"]):
            yield f"    labelled {level}: " + "  ".join(f"{n:>4}" for n in row)


def _seen(seen: Mapping[str, Any]) -> Iterator[str]:
    if not seen:
        return
    yield (
        f"seen, per child     right {seen['status_accuracy']:.3f}{between(seen['interval'])} of {seen['children']}; "
        f"companions right {seen['companions_accuracy']:.3f} where not alone; calibration error "
        f"{number(seen['calibration']['ece'])}; mean probability when wrong {number(seen['mean_probability_when_wrong'])}"
    )


def _short(found: Mapping[str, Any]) -> str:
    return "  ".join(
        f"{name.replace('_', ' ')} {value if name == 'records' else number(value, 2)}" for name, value in found.items()
    )
