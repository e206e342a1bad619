"""Cues of the lexicons found in a sentence, each with how it is said: negated, planned, past, of somebody else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from nlp_quality.types import Cue

LEXICONS: Final = ("presence", "function", "voice", "capacity", "reasoning", "context")
# Macros stand for role markers, which are upper case; the rest of a pattern is read in any case.
_MACROS: Final = {
    "{CHILD}": r"(?-i:CHILD(?:REN)?|UNBORN)",
    "{ADULT}": r"(?-i:PARENT|CARER|RELATIVE|PARTNER)",
    "{FAMILY}": r"(?-i:PARENT|CARER|RELATIVE|PARTNER|SIBLING)",
    "{SIB}": r"(?-i:SIBLING|CHILD)",
    "{PROF}": r"(?-i:PROF)",
    "{OTHER}": r"(?-i:PARENT|CARER|RELATIVE|PARTNER|SIBLING|PROF|OTHER)",
}
_MARKER: Final = re.compile(
    r"(?<![\w\\-])(CHILDREN|CHILD|PARENT|CARER|RELATIVE|PARTNER|SIBLING|PROF|OTHER|WRITER|INTERPRETER|UNBORN)(?![\w}-])"
)
_CLAUSE_BREAK: Final = re.compile(
    r";|:|\s[-–—]\s|\b(?:but|however|although|though|whereas|then)\b|,\s(?:and|so|which|who)\b|, "
)


@dataclass(frozen=True, slots=True)
class CuePattern:
    """A pattern of a lexicon.

    Attributes:
        id: stable; never reused for another meaning.
        label: the label it speaks for.
        regex: over the marked sentence.
        weight: how strongly, where cues of one head compete.
        require: a pattern that must stand somewhere in the match.
        when: a condition on the sentence, by name: one of `labels.CONDITIONS`, or `sentence` for context triggers
            that reach over the whole sentence.
        reject: a pattern that, anywhere in the sentence, unmakes the match.
        form: true for form lines and tick boxes.
        examples, counter_examples: marked sentences it must and must not match.
    """

    id: str
    label: str
    regex: re.Pattern[str]
    weight: float = 1.0
    require: re.Pattern[str] | None = None
    when: str | None = None
    reject: re.Pattern[str] | None = None
    form: bool = False
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()


def _expand(pattern: str) -> re.Pattern[str]:
    """Compile a lexicon pattern: macros opened, bare markers matched in upper case only."""
    marked = _MARKER.sub(r"(?-i:\1)", pattern)
    for macro, body in _MACROS.items():
        marked = marked.replace(macro, body)
    layout = re.VERBOSE if "\n" in marked else 0  # a pattern over several lines is laid out with white space
    return re.compile(marked.strip(), re.IGNORECASE | layout)


@cache
def patterns(lexicon: str) -> tuple[CuePattern, ...]:
    """The cue patterns of one lexicon, in file order.

    Raises:
        KeyError, re.error: the packaged file is broken; a test holds every file against this.
    """
    source = resources.files("nlp_quality.lexicons").joinpath(f"{lexicon}.toml").read_text(encoding="utf-8")
    return tuple(map(compiled, tomllib.loads(source)["cue"]))


def compiled(entry: Mapping[str, Any]) -> CuePattern:
    """An entry of a lexicon as a pattern.

    Raises:
        KeyError, re.error: the entry is broken.
    """
    return CuePattern(
        id=entry["id"],
        label=entry["label"],
        regex=_expand(entry["pattern"]),
        weight=float(entry.get("weight", 1.0)),
        require=_expand(entry["require"]) if "require" in entry else None,
        when=entry.get("when"),
        reject=_expand(entry["reject"]) if "reject" in entry else None,
        form=bool(entry.get("form", False)),
        examples=tuple(entry.get("examples", ())),
        counter_examples=tuple(entry.get("not", ())),
    )


def by_id(cue_id: str) -> CuePattern:
    """The pattern with that id.

    Raises:
        KeyError: no lexicon has it.
    """
    for pattern in patterns(cue_id.split(".", 1)[0]):
        if pattern.id == cue_id:
            return pattern
    raise KeyError(cue_id)


def matches(pattern: CuePattern, marked: str) -> re.Match[str] | None:
    """The first match of `pattern` in a marked sentence, its `require` and `reject` heeded; `when` is the caller's."""
    for found in pattern.regex.finditer(marked):
        if pattern.require is None or pattern.require.search(found.group()):
            unmade = pattern.reject is not None and pattern.reject.search(marked)
            return None if unmade else found
    return None


def asserts(pattern: CuePattern, marked: str) -> bool:
    """True where a marked sentence holds the pattern, and says it of this contact and these people."""
    match = matches(pattern, marked)
    return match is not None and not _flags(match.start(), match.end(), marked, _context(marked))


def find(marked: str, offsets: Sequence[int], *, lexicons: Iterable[str] = LEXICONS[:-1]) -> tuple[Cue, ...]:
    """Cues of a marked sentence, at most one a pattern, with offsets in the record's text."""
    cues = []
    context: tuple[tuple[str, int, int], ...] | None = None
    for lexicon in lexicons:
        for pattern in patterns(lexicon):
            match = matches(pattern, marked)
            if match is None or match.start() == match.end():
                continue
            if context is None:
                context = _context(marked)
            flags = _flags(match.start(), match.end(), marked, context)
            cues.append(
                Cue(
                    id=pattern.id,
                    label=pattern.label,
                    start=offsets[match.start()],
                    end=offsets[match.end() - 1] + 1,
                    negated="negated" in flags,
                    hypothetical="hypothetical" in flags,
                    historical="historical" in flags,
                    elsewhere="elsewhere" in flags,
                )
            )
    return tuple(cues)


def _context(marked: str) -> tuple[tuple[str, int, int], ...]:
    """Triggers of the context lexicon: (kind, start, end of their reach)."""
    found = []
    for pattern in patterns("context"):
        for match in pattern.regex.finditer(marked):
            if pattern.when == "sentence":
                found.append((pattern.label, 0, len(marked)))
                continue
            stop = _CLAUSE_BREAK.search(marked, match.end())
            found.append((pattern.label, match.start(), stop.start() if stop else len(marked)))
    return tuple(found)


def _flags(start: int, end: int, marked: str, context: tuple[tuple[str, int, int], ...]) -> set[str]:
    """Kinds whose trigger stands before the cue in its clause, or reaches over the sentence."""
    return {kind for kind, a, b in context if a <= start < b or (kind == "hypothetical" and start <= a < end)}
