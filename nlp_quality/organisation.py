"""An organisation's own words: codes turned off, wording changed and cues added, in one TOML file.

    off = ["capacity.strengths"]

    [words."voice.daily_life"]
    message = "What is a school day like for the child?"

    [[cue]]
    id = "own.did_not_engage"
    label = "parenting_described"
    pattern = "(?:failed to|did not|does not) engage"
    examples = ["PARENT did not engage with the service"]
    message = "What did they do, and what may have made it hard?"

The file is checked whole when it is loaded, and an error names the line. Nothing in it moves a level or a status, of
any model: a cue of one's own comments on sentences, and that is all it does.
"""

from __future__ import annotations

import hashlib
import re
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nlp_quality.errors import InvalidWording
from nlp_quality.reader import cues
from nlp_quality.scheme import CAPACITY, FUNCTION, PRESENCE, SEVERITIES, VOICE
from nlp_quality.types import Finding, ParsedRecord
from nlp_quality.words import Wording, Words, packaged, placeholders

MAX_BYTES: Final = 200_000
MAX_MESSAGE: Final = 300  # characters: what fits beside a text without covering it
MAX_SECONDS: Final = 1.0  # on a long line; a sound pattern takes milliseconds
DIMENSION_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(VOICE, "child_voice"),
    **dict.fromkeys(PRESENCE, "seen_alone"),
    **dict.fromkeys(FUNCTION, "analysis"),
    **dict.fromkeys(CAPACITY, "parental_capacity"),
}
_KEYS: Final = ("off", "words", "cue")
_WORDING_KEYS: Final = ("message", "baby", "why")
_CUE_KEYS: Final = ("id", "label", "pattern", "require", "reject", "examples", "not", "severity", "message", "why")
_CUE_NEEDS: Final = ("id", "label", "pattern", "examples", "message")
_ID: Final = re.compile(r"own\.[a-z0-9_]+(?:\.[a-z0-9_]+)*")
_MACRO: Final = re.compile(r"\{[A-Za-z_]+\}")
_LONG: Final = "CHILD saw WRITER and then with the not to be " * 60

_Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Own:
    """What an organisation's file makes of the packaged words.

    Attributes:
        words: every code with its wording, its own cues among them.
        cues: its own cues; the id of each is the code of its findings.
        sha256: of the file; None where there is none.
    """

    words: Words
    cues: tuple[cues.CuePattern, ...] = ()
    sha256: str | None = None


def load(path: Path) -> Own:
    """The organisation's file, checked.

    Raises:
        InvalidWording: it cannot be read, or breaks a rule; with the line.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise InvalidWording("it cannot be opened.") from None
    if len(data) > MAX_BYTES:
        raise InvalidWording(f"it is longer than {MAX_BYTES:,} bytes.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        found = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise InvalidWording("this is not UTF-8.", line=data[: error.start].count(b"\n") + 1) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column \d+\)$| \(at end of document\)$", str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise InvalidWording("this is not TOML.", line=line) from None
    return _Check(text, found).own(hashlib.sha256(data).hexdigest())


def findings(parsed: ParsedRecord, own: Sequence[cues.CuePattern]) -> Iterator[Finding]:
    """A finding on each sentence that asserts a cue of the organisation's own."""
    for pattern in own:
        wording = parsed.words[pattern.id]
        if parsed.words.on(pattern.id):
            for s in parsed.sentences:
                if cues.asserts(pattern, s.marked):
                    severity = wording.severity or "suggestion"
                    yield Finding(s.start, s.end, wording.dimension, pattern.id, severity, wording.say())


def line_of(text: str, where: _Where) -> int:
    """The line of a TOML document on which the value at `where` begins, from 1.

    The shortest run of whole lines that can be read and holds the value ends with it; it begins after the longest
    shorter one that can be read. So it needs no second reader of TOML.
    """
    lines = text.split("\n")
    before = 0
    for count in range(1, len(lines) + 1):
        try:
            data = tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        if _holds(data, where):
            return before + 1
        before = count
    return len(lines)


def _holds(data: Any, where: _Where) -> bool:
    for key in where:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _quick(pattern: cues.CuePattern) -> bool:
    """True unless a long line takes `pattern` long. The line grows word by word: one that doubles is caught in time."""
    for line in (_LONG, *((example + " ") * 60 for example in pattern.examples)):
        words = line.split(" ")
        for count in (*range(1, 60), len(words)):
            started = time.perf_counter()
            cues.matches(pattern, " ".join(words[:count]))
            if time.perf_counter() - started > MAX_SECONDS:
                return False
    return True


class _Check:
    """One file being checked: what was read, with its text, in which lines are looked up."""

    def __init__(self, text: str, data: Mapping[str, Any]) -> None:
        self._text = text
        self._data = data

    def own(self, sha256: str) -> Own:
        self._known((), self._data, _KEYS)
        by_code = dict(packaged().by_code)
        patterns = []
        for index, entry in enumerate(self._tables(("cue",), self._data.get("cue", []))):
            wording, pattern = self._cue(("cue", index), entry)
            if wording.code in by_code:
                raise self._wrong(("cue", index, "id"), "another cue has this id.")
            by_code[wording.code] = wording
            patterns.append(pattern)
        for code, entry in self._table(("words",), self._data.get("words", {})).items():
            where: _Where = ("words", code)
            if code not in packaged().by_code:
                raise self._wrong(where, f"there is no code {code}.")
            by_code[code] = self._changed(where, by_code[code], self._table(where, entry))
        off = self._strings(("off",), self._data.get("off", []))
        for code in off:
            if code not in by_code:
                raise self._wrong(("off",), f"there is no code {code}.")
            if by_code[code].fixed:
                raise self._wrong(("off",), f"{code} cannot be turned off: other systems rely on it.")
        return Own(Words(by_code, frozenset(off)), tuple(patterns), sha256)

    def _changed(self, where: _Where, wording: Wording, entry: Mapping[str, Any]) -> Wording:
        self._known(where, entry, _WORDING_KEYS)
        if "baby" in entry and wording.baby is None:
            raise self._wrong((*where, "baby"), f"{wording.code} says the same of every child.")
        asks = wording.severity != "praise"
        return Wording(
            code=wording.code,
            kind=wording.kind,
            dimension=wording.dimension,
            severity=wording.severity,
            message=self._message((*where, "message"), entry.get("message", wording.message), wording.message, asks),
            why=self._sentence((*where, "why"), entry.get("why", wording.why)),
            source=wording.source,
            baby=None
            if wording.baby is None
            else self._message((*where, "baby"), entry.get("baby", wording.baby), wording.baby, asks),
            fixed=wording.fixed,
        )

    def _cue(self, where: _Where, entry: Mapping[str, Any]) -> tuple[Wording, cues.CuePattern]:
        self._known(where, entry, _CUE_KEYS)
        for key in _CUE_NEEDS:
            if key not in entry:
                raise self._wrong(where, f"a cue needs {key}.")
        for key in ("id", "label", "pattern", "require", "reject"):
            if not isinstance(entry.get(key, ""), str):
                raise self._wrong((*where, key), f"{key} must be a text in quotation marks.")
        for key in ("examples", "not"):
            self._strings((*where, key), entry.get(key, []))
        if not _ID.fullmatch(entry["id"]):
            raise self._wrong((*where, "id"), "an id is own. and small letters, digits or _, as in own.three_houses.")
        if entry["label"] not in DIMENSION_OF:
            raise self._wrong((*where, "label"), f"label must be one of: {', '.join(DIMENSION_OF)}.")
        severity = entry.get("severity", "suggestion")
        if severity not in SEVERITIES:
            raise self._wrong((*where, "severity"), f"severity must be one of: {', '.join(SEVERITIES)}.")
        wording = Wording(
            code=entry["id"],
            kind="finding",
            dimension=DIMENSION_OF[entry["label"]],
            severity=severity,
            message=self._message((*where, "message"), entry["message"], "", severity != "praise"),
            why=self._sentence((*where, "why"), entry["why"]) if "why" in entry else "Your organisation asks for it.",
        )
        return wording, self._pattern(where, entry)

    def _pattern(self, where: _Where, entry: Mapping[str, Any]) -> cues.CuePattern:
        for key in ("pattern", "require", "reject"):
            try:
                part = cues.compiled({"id": "", "label": "", "pattern": entry.get(key, "")}).regex
            except re.error:
                raise self._wrong((*where, key), f"{key} is no regular expression.") from None
            if _MACRO.search(part.pattern):
                raise self._wrong((*where, key), f"{key} holds a name in braces that stands for nobody.")
        pattern = cues.compiled(entry)
        if not pattern.examples:
            raise self._wrong((*where, "examples"), "a cue shows what it is for: give an example.")
        if pattern.regex.search("") is not None:
            raise self._wrong((*where, "pattern"), "pattern matches where nothing is written.")
        for number, example in enumerate(pattern.examples, start=1):
            if not cues.matches(pattern, example):
                raise self._wrong((*where, "examples"), f"example {number} is not matched by the pattern.")
        for number, example in enumerate(pattern.counter_examples, start=1):
            if cues.matches(pattern, example):
                raise self._wrong((*where, "not"), f"counter-example {number} is matched by the pattern.")
        if not _quick(pattern):
            raise self._wrong((*where, "pattern"), "pattern takes too long on a long line.")
        return pattern

    def _message(self, where: _Where, value: object, packaged_message: str, asks: bool) -> str:
        message = self._sentence(where, value)
        allowed = placeholders(packaged_message)
        try:
            found = placeholders(message)
        except ValueError:
            raise self._wrong(where, "a placeholder is a name in braces, as in {child}.") from None
        if found != allowed:
            names = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
            raise self._wrong(where, f"the placeholders of this message are: {names}.")
        if asks and "?" not in message:
            raise self._wrong(where, "whatever is not praise asks: let it hold a question.")
        return message

    def _sentence(self, where: _Where, value: object) -> str:
        if not isinstance(value, str) or not value.strip() or "\n" in value or len(value) > MAX_MESSAGE:
            raise self._wrong(where, f"this must be one line of 1 to {MAX_MESSAGE} characters.")
        return value.strip()

    def _known(self, where: _Where, entry: Mapping[str, Any], keys: Sequence[str]) -> None:
        for key in entry:
            if key not in keys:
                raise self._wrong((*where, key), f"{key} is not known here; what is known: {', '.join(keys)}.")

    def _table(self, where: _Where, value: object) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self._wrong(where, f"{where[-1]} must be a table.")
        return value

    def _tables(self, where: _Where, value: object) -> list[Mapping[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self._wrong(where, f"each {where[-1]} must be a table: [[{where[-1]}]].")
        return value

    def _strings(self, where: _Where, value: object) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self._wrong(where, f"{where[-1]} must be a list of texts in quotation marks.")
        return value

    def _wrong(self, where: _Where, message: str) -> InvalidWording:
        return InvalidWording(message, line=line_of(self._text, where))
