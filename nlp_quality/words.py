"""What the tool says, by code: every prompt's and finding's wording, why it matters and the standard it rests on.

The words are data, in `words.toml`. An organisation's own file can turn codes off and change wording (`organisation`);
no wording ever changes a level.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any, Final

KINDS: Final = ("prompt", "finding")


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said under one code.

    Attributes:
        code: stable; never reused for another meaning.
        kind: `prompt` asks for what is absent; `finding` speaks of a span, or of the order of things.
        dimension: its key in `scheme.DIMENSIONS`.
        severity: of a finding, one of `scheme.SEVERITIES`; None for a prompt.
        message: one or two plain sentences, with `{child}` where a child is named.
        why: why it matters, in a plain sentence or two.
        source: the practice standards it rests on.
        baby: the message where the child is too young to speak; None where it is the same.
        fixed: promised to other systems, so that it cannot be turned off.
    """

    code: str
    kind: str
    dimension: str
    severity: str | None
    message: str
    why: str
    source: tuple[str, ...] = ()
    baby: str | None = None
    fixed: bool = False

    def say(self, *, baby: bool = False, **values: str) -> str:
        """The message with its placeholders filled."""
        return (self.baby if baby and self.baby else self.message).format_map(values)


@dataclass(frozen=True, slots=True)
class Words:
    """Every code with its wording, and the codes that are turned off."""

    by_code: Mapping[str, Wording]
    off: frozenset[str] = field(default=frozenset())

    def __getitem__(self, code: str) -> Wording:
        """The wording of a code.

        Raises:
            KeyError: there is no such code.
        """
        return self.by_code[code]

    def on(self, code: str) -> bool:
        """True unless the code is turned off."""
        return code not in self.off

    def as_dict(self) -> dict[str, Any]:
        """The codes in use as plain data, as `/v1/scheme` gives them."""
        return {
            code: {
                "kind": wording.kind,
                "dimension": wording.dimension,
                "severity": wording.severity,
                "message": wording.message,
                "why": wording.why,
                "source": list(wording.source),
            }
            for code, wording in self.by_code.items()
            if self.on(code)
        }


@cache
def packaged() -> Words:
    """The words of the package."""
    data = tomllib.loads(resources.files("nlp_quality").joinpath("words.toml").read_text(encoding="utf-8"))
    sources: Mapping[str, str] = data["source"]
    return Words(
        {
            code: Wording(
                code=code,
                kind=entry["kind"],
                dimension=entry["dimension"],
                severity=entry.get("severity"),
                message=entry["message"],
                why=entry["why"],
                source=tuple(sources[name] for name in entry["source"]),
                baby=entry.get("baby"),
                fixed=entry.get("fixed", False),
            )
            for code, entry in data["words"].items()
        }
    )


def placeholders(message: str) -> frozenset[str]:
    """The names in braces in a message.

    Raises:
        ValueError: a brace is not closed, or a placeholder holds more than a name.
    """
    found = set()
    for _, name, spec, conversion in Formatter().parse(message):
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise ValueError("a placeholder is a name in braces, as in {child}")
        found.add(name)
    return frozenset(found)
