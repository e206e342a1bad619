"""Which column of a council's table is what: as told, else guessed by name, and always shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from nlp_quality.errors import NlpQualityError
from nlp_quality.formats.columns import FIELDS
from nlp_quality.record import Record
from nlp_quality.scheme import DIMENSIONS, RECORD_TYPES

# Names of columns as exports of case systems have them, in lower case with single spaces; the likeliest first.
KNOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "text": (
        "narrative",
        "note text",
        "case note text",
        "record text",
        "visit notes",
        "notes",
        "note",
        "body",
        "content",
    ),
    "id": ("record id", "note id", "case note id", "form id", "reference", "ref"),
    "record_type": ("record type", "type", "note type", "case note type", "form type", "document type"),
    "child_id": ("child id", "person id", "client id", "child ref", "person ref", "lcs id", "mosaic id"),
    "team": ("team name", "team", "service", "locality"),
    "worker": ("worker", "social worker", "author", "practitioner", "allocated worker", "written by"),
    "date": ("date of visit", "visit date", "date of contact", "contact date", "record date", "event date", "date"),
    "plan": ("plan type", "plan", "legal status", "case status"),
    "seen": ("seen", "child seen", "seen?", "child seen?"),
    "seen_alone": ("seen alone", "child seen alone", "seen alone?", "child seen alone?"),
    "age": ("age", "child age", "age in years"),
    "audit_grade": ("audit grade", "overall grade", "overall judgement"),
    "auditor": ("auditor", "audited by", "moderator"),
    "auditor_group": ("auditor group", "auditor team", "audit team"),
    **{f"grade.{name}": (f"grade {name}".replace("_", " "), f"{name} grade".replace("_", " ")) for name in DIMENSIONS},
}
# A council's word for a kind of record holds one of these; the first that fits.
TYPE_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("supervision", "supervision"),
    ("assessment", "assessment"),
    ("visit", "visit"),
    ("meeting|conference|minutes|strategy discussion|review|core group|panel", "meeting"),
    ("note|contact|call|e-?mail|daily log", "case_note"),
)
DATE_FORMS: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%d/%m/%y")
MAX_SHAPES: Final = 1_000  # sets of names in `context` that are remembered.
_SHOWABLE: Final = re.compile(r"[A-Za-z][\w ./()?\-]{0,39}")


@dataclass
class Intake:
    """Reads tables under names of their own, and remembers what it took each column and word for.

    Attributes:
        told: wanted name -> column, as given by `--map`.
        guessed: wanted name -> column taken for it by its name.
        types: a council's word for a kind of record -> the contract's.
    """

    told: Mapping[str, str] = field(default_factory=dict)
    guessed: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def names(self, found: Sequence[str]) -> list[str]:
        """The names that the columns `found` of a table stand for.

        Raises:
            NlpQualityError: `unknown_column` where `--map` names a column that is not there.
        """
        for wanted, column in self.told.items():
            if _place(found, column) is None:
                raise NlpQualityError("unknown_column", f"the input has no column that --map gives for {wanted}.")
        return self._named(found, tuple(KNOWN))

    def record(self, record: Record) -> Record:
        """A record of a JSON file: its fields are the contract's, its `context` may use names of its own."""
        if not record.context:
            return record
        keys = tuple(record.context)
        names = self._known.get(keys)
        if names is None:
            names = self._named(keys, tuple(name for name in KNOWN if name not in FIELDS))
            if len(self._known) < MAX_SHAPES:
                self._known[keys] = names
        return replace(record, context=dict(zip(names, record.context.values(), strict=True)))

    def _named(self, found: Sequence[str], known: Sequence[str]) -> list[str]:
        out = list(found)
        for wanted, column in self.told.items():
            place = _place(found, column)
            if place is None:
                continue
            out = [
                f"{name} (not used)" if name.lower() == wanted and i != place else name for i, name in enumerate(out)
            ]
            out[place] = wanted
        for wanted in known:
            if wanted in self.told or any(name.lower() == wanted for name in out):
                continue
            free = [name if name.lower() not in KNOWN else "" for name in out]
            place = next((p for name in KNOWN[wanted] if (p := _place(free, name)) is not None), None)
            if place is not None:
                self.guessed[wanted] = found[place]
                out[place] = wanted
        return [name.lower() if name.lower() in KNOWN else name for name in out]

    def value(self, field: str, text: str) -> str:
        """A cell as the contract has it: kinds of record are known by the words in them, anything else is `other`."""
        if field != "record_type" or text in RECORD_TYPES:
            return text
        if text not in self.types:
            low = text.lower()
            kind = next((kind for words, kind in TYPE_WORDS if re.search(rf"\b(?:{words})", low)), "other")
            if len(self.types) >= 200 or not _SHOWABLE.fullmatch(text):
                return kind
            self.types[text] = kind
        return self.types[text]

    def shown(self) -> Iterator[str]:
        """What was taken for what, a line each."""
        for wanted, column in self.told.items():
            yield f"{wanted} is column “{column}”, as told"
        for wanted, column in self.guessed.items():
            yield f"{wanted} is column “{column}”, guessed from its name: --map {wanted}=COLUMN to change it"
        for word, kind in sorted(self.types.items()):
            yield f"record type “{word}” is read as {kind}"


def read_told(pairs: Sequence[str]) -> dict[str, str]:
    """The `--map NAME=COLUMN` options as wanted name -> column.

    Raises:
        NlpQualityError: `invalid_map`.
    """
    out: dict[str, str] = {}
    for pair in pairs:
        wanted, equals, column = pair.partition("=")
        wanted, column = wanted.strip(), column.strip()
        if not equals or not column or (wanted not in KNOWN and wanted not in FIELDS):
            names = ", ".join(dict.fromkeys([*FIELDS, *KNOWN]))
            raise NlpQualityError("invalid_map", f"--map takes NAME=COLUMN, where NAME is one of: {names}.")
        out[wanted] = column
    return out


def read_date(text: str) -> date | None:
    """A date as ISO 8601 or as England writes it; None where it is neither."""
    text = text.strip()
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    for form in DATE_FORMS:
        for part in (text, text.split(" ")[0]):
            try:
                return datetime.strptime(part, form).date()  # a day, not a moment.
            except ValueError:
                continue
    return None


def _place(names: Sequence[str], wanted: str) -> int | None:
    """The index of a column by its name, letter case and underscores aside."""
    plain = [re.sub(r"[\s_]+", " ", name).strip().lower() for name in names]
    target = re.sub(r"[\s_]+", " ", wanted).strip().lower()
    exact = [i for i, name in enumerate(names) if name == wanted]
    found = exact or [i for i, name in enumerate(plain) if name == target]
    return found[0] if found else None
