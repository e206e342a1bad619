"""Sentences as workers write them: prose, one a line, bullets, headings, form lines, notes without full stops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

# Words after which a full stop ends no sentence.
_ABBREVIATIONS: Final = frozenset(
    "mr mrs ms miss dr prof rev st sgt insp det supt cllr jr sr fr approx appt appts dept est etc eg ie e.g i.e viz vs cf "
    "no nos tel ref re hr hrs min mins wk wks yr yrs mth mths dob d.o.b a.m p.m incl inc ltd ext rd ave para pp ed "
    "mon tue tues wed weds thu thur thurs fri sat sun jan feb mar apr jun jul aug sept oct nov dec y.o yo lit "
    "temp max temps poss prob usu addr info".split()
)
_NEVER_LAST: Final = frozenset(
    "mr mrs ms miss dr prof rev st sgt insp det supt cllr approx eg ie e.g i.e viz vs cf re".split()
)
_BULLET: Final = re.compile(r"\s*(?:[-*•·–—▪◦‣>]+\s+|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+|\[[ xX✓]?\]\s*)")
_LABEL: Final = r"[A-Z][\w/()'’&+ -]{0,40}?"
_FIELD_BREAK: Final = re.compile(rf"(?:\s{{2,}}|\t+|\s+\|\s+)(?={_LABEL}\s?[:?](?:\s|$))")
# Ticked and yes/no fields that run on in one line: `Child seen: [x] Yes Seen alone: [x] Yes Bedroom seen: No`.
_TICKED: Final = re.compile(
    r"\s+(?=[A-Z][a-z]+(?: [a-z]+){0,3}\s?[:?]\s?(?:\[[ xX✓]?\]|(?:Yes|No|Y|N)\b))"
    r"|(?<=[:?] Yes)\s+(?=[A-Z])|(?<=[:?] No)\s+(?=[A-Z])|(?<=\] Yes)\s+(?=[A-Z])|(?<=\] No)\s+(?=[A-Z])"
)
_TERMINATOR: Final = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)")
_SPEECH_TAG: Final = re.compile(
    r"\s+(?:[A-Z][\w'’-]+|(?:[Ss]?[Hh]e|[Tt]hey|[Mm]um|[Dd]ad))(?:\s+[A-Z][\w'’-]+)?\s+"
    r"(?:said|says|asked|told|replied|shouted|added|answered|whispered|explained|goes|went|was like)\b"
)
_OPENERS: Final = "\"“‘'(["
_CONTINUES: Final = re.compile(
    r"(?:,|\b(?:and|or|but|the|a|an|of|to|in|on|at|with|for|by|from|that|which|who|his|her|their|my|is|was|were|has|had|not))\s*$",
    re.I,
)
WRAP_WIDTH: Final = (50, 130)  # columns at which hand-wrapped text breaks its lines


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence's place: offsets, the paragraph (blank lines part paragraphs) and the line it starts on."""

    start: int
    end: int
    paragraph: int
    line: int


def split(text: str) -> tuple[Span, ...]:
    """Sentences of `text`, in order, without surrounding white space; together they cover all that is not white space."""
    spans: list[Span] = []
    paragraph = 0
    for number, block in enumerate(_blocks(text)):
        paragraph = number
        for line_number, start, end in _logical_lines(text, block):
            spans.extend(
                Span(*_trim(text, a, b), paragraph, line_number)
                for a, b in _sentences(text, start, end)
                if text[a:b].strip()
            )
    return tuple(spans)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _blocks(text: str) -> Iterator[list[tuple[int, int, int]]]:
    """Runs of lines that are not blank, each line as (number, start, end)."""
    block: list[tuple[int, int, int]] = []
    for number, match in enumerate(
        re.finditer(r"[^\n\r\v\f\u2028\u2029\x85]*(?:\r\n|[\n\r\v\f\u2028\u2029\x85]|$)", text)
    ):
        line = match.group()
        if line.strip():
            block.append((number, match.start(), match.start() + len(line.rstrip())))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _logical_lines(text: str, block: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Lines with the soft wraps of hand-wrapped text undone."""
    wrapped = _is_wrapped(text, block)
    number, start, end = block[0]
    for next_number, next_start, next_end in block[1:]:
        before, after = text[start:end], text[next_start:next_end]
        starts_item = bool(_BULLET.match(after)) or bool(re.match(rf"\s*{_LABEL}:\s", after))
        joins = not starts_item and (
            wrapped or (_CONTINUES.search(before) is not None and after.lstrip()[:1].islower())
        )
        if joins:
            end = next_end
        else:
            yield number, start, end
            number, start, end = next_number, next_start, next_end
    yield number, start, end


def _is_wrapped(text: str, block: list[tuple[int, int, int]]) -> bool:
    """True when each line but the last is broken only because its next word would not have fitted."""
    width = max(end - start for _, start, end in block)
    if len(block) < 2 or not WRAP_WIDTH[0] <= width <= WRAP_WIDTH[1]:
        return False
    full = lower = 0
    for (_, start, end), (_, after_start, after_end) in pairwise(block):
        after = text[after_start:after_end].lstrip()
        word = after.split(maxsplit=1)[0]
        full += (end - start) + 1 + len(word) > width
        lower += after[:1].islower()
    pairs = len(block) - 1
    return full >= 0.8 * pairs and (lower >= 0.4 * pairs if pairs > 1 else lower == 1)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for field_start, field_end in _fields(text, start, end):
        at = field_start
        bullet = _BULLET.match(text, field_start, field_end)
        search_from = bullet.end() if bullet else field_start
        for match in _TERMINATOR.finditer(text, search_from, field_end):
            if match.start() == at or not _ends_sentence(text, at, match, field_end):
                continue
            yield at, match.end()
            at = match.end()
        yield at, field_end


def _fields(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Form fields that share a line (`Child seen: Yes  Seen alone: No`) one by one; any other line whole."""
    at = start
    if ":" in text[start:end]:
        breaks = sorted(
            (match.span() for pattern in (_FIELD_BREAK, _TICKED) for match in pattern.finditer(text, start, end)),
        )
        for stop, resume in breaks:
            if stop >= at and text[at:stop].strip() and (":" in text[at:stop] or _TICKED.match(text, stop)):
                yield at, stop
                at = resume
    yield at, end


def _ends_sentence(text: str, start: int, match: re.Match[str], end: int) -> bool:
    mark, after = match.group(), text[match.end() : end].lstrip()
    if not after:
        return False
    before = text[start : match.start()]
    word = re.search(r"[\w.'’/&-]*$", before)
    last = word.group().lower().lstrip("(\"'“‘") if word else ""
    first = after[0]
    quoted = mark[-1] in "\"'”’"
    if first.islower() and (quoted or "…" in mark or "..." in mark or mark[0] in "!?"):
        return False
    if quoted and mark[0] in "!?…" and _SPEECH_TAG.match(text, match.end(), end):
        return False
    if _inside_quotes(before, mark):
        return False
    if mark[0] == ".":
        if last in _NEVER_LAST or (
            len(last) == 1 and last.isalpha() and word and word.group().isupper() and last != "i"
        ):
            return False
        if last in _ABBREVIATIONS and (first.islower() or first.isdigit()):
            return False
        if re.fullmatch(r"\W*\(?(?:\d{1,2}|[a-z])", before.strip()):
            return False
    return (
        first.isupper()
        or first.isdigit()
        or first.islower()
        or first in _OPENERS
        or not first.isascii()
        or first in "-*•&£@#["
    )


def _inside_quotes(before: str, mark: str) -> bool:
    """True when a double quotation opened in this sentence is still open after `mark`, and not for long."""
    span = before + mark
    opened = max(span.rfind("“"), -1)
    if opened >= 0 and "”" not in span[opened:]:
        return len(span) - opened < 300
    straight = [m.start() for m in re.finditer('"', span)]
    return len(straight) % 2 == 1 and len(span) - straight[-1] < 300
