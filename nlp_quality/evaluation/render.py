"""Figures as a short plain table for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def number(value: float | None, digits: int = 3) -> str:
    """A figure, or `-` where it is not defined."""
    return "-" if value is None else f"{value:.{digits}f}"


def render(figures: Mapping[str, Any]) -> str:
    """The figures of `evaluate` as lines of text."""
    model = figures["model"]
    lines = [f"model {model['name']} {model['version']}, {figures['records']} records"]
    segmentation = figures["segmentation"]
    if segmentation["labelled"]:
        lines.append(f"sentences split as labelled: {segmentation['exact']:.3f} of {segmentation['labelled']}")
    for head, found in figures["sentences"].items():
        name = "macro F1" if "macro_f1" in found else "micro F1"
        lines.append(f"{head:<18} {name} {found.get('macro_f1', found.get('micro_f1')):.3f}  (n {found['n']})")
        lines.extend(
            f"    {label:<22} P {one['precision']:.2f}  R {one['recall']:.2f}  F1 {one['f1']:.2f}  (n {one['support']})"
            for label, one in found["labels"].items()
        )
    for dimension, found in figures["levels"].items():
        lines.append(
            f"{dimension:<18} quadratic kappa {number(found['quadratic_kappa'])}  exact {found['exact']:.2f}  "
            f"within one {found['within_one']:.2f}  in 90 % set {found['coverage']:.2f}  refer {found['refer']:.2f}  (n {found['n']})"
        )
        lines.extend(
            "    labelled {}: {}".format(i, "  ".join(f"{n:>4}" for n in row))
            for i, row in enumerate(found["confusion"])
        )
    seen = figures["seen"]
    if seen:
        lines.append(
            f"seen, per child     right {seen['status_accuracy']:.3f} of {seen['children']}; companions right "
            f"{seen['companions_accuracy']:.3f} where not alone; mean probability when wrong {seen['mean_probability_when_wrong']}"
        )
    return "\n".join(lines)
