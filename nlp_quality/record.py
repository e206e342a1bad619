"""What goes in: a record and the people it names, every limit of the contract checked when one is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from nlp_quality.errors import InvalidRecord
from nlp_quality.scheme import RECORD_TYPES, ROLES

MAX_TEXT: Final = 200_000  # code points after extraction, contract.
MAX_MARKUP: Final = 2_000_000  # code points of HTML before extraction: ten of markup for one of text.
MAX_PEOPLE: Final = 200
MAX_NAME: Final = 200
FORMATS: Final = ("text", "html")
FLAGS: Final = ("seen", "seen_alone")
FLAG_VALUES: Final = ("Y", "N")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the record names.

    Attributes:
        name: as it occurs in the text, the fullest form given.
        role: one of `scheme.ROLES`.
        id: the caller's opaque identifier, echoed.
        age: in years; decimals allowed.
        unborn: true for a child not yet born.
        aliases: other forms that occur in the text.
        flags: `seen` and `seen_alone` (`Y` or `N`) as the case system holds them for this visit.
    """

    name: str
    role: str
    id: str | None = None
    age: float | None = None
    unborn: bool = False
    aliases: tuple[str, ...] = ()
    flags: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One narrative to score. Construction checks every limit of the contract.

    Attributes:
        flags: `seen` and `seen_alone` (`Y` or `N`) of a table's row, for the child of `context["child_id"]`, or the only child.

    Raises:
        InvalidRecord: with the code, the field and its limit; never with the text.
    """

    text: str
    id: str | None = None
    format: str = "text"
    record_type: str = "other"
    people: tuple[Person, ...] | None = None
    draft: bool = False
    context: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        _check_choice("format", self.format, FORMATS)
        _check_choice("record_type", self.record_type, RECORD_TYPES)
        check_text(self.text, limit=MAX_MARKUP if self.format == "html" else MAX_TEXT)
        if self.people is not None and not isinstance(self.people, tuple):
            object.__setattr__(self, "people", tuple(self.people))
        for index, person in enumerate(self.people or ()):
            _check_person(index, person)
        _check_flags("flags", self.flags)
        if len(self.people or ()) > MAX_PEOPLE:
            raise InvalidRecord("too_many", "people", f"people holds more than {MAX_PEOPLE} entries.")


def check_text(text: object, *, limit: int = MAX_TEXT) -> None:
    """Refuse a text that is no string, blank, longer than `limit` code points, or holds a lone surrogate."""
    if not isinstance(text, str):
        raise InvalidRecord("not_a_string", "text", "text must be a string.")
    if len(text) > limit:
        raise InvalidRecord("too_long", "text", f"text is longer than {limit:,} characters.")
    if not text.strip():
        raise InvalidRecord("blank", "text", "text is empty or blank; give 1 character or more.")
    _check_unicode("text", text)


def _check_unicode(name: str, value: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidRecord(
            "lone_surrogate", name, f"{name} holds half of a surrogate pair, which is not a character."
        ) from None


def _check_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidRecord("unknown_value", name, f"{name} must be one of: {', '.join(allowed)}.")


def _check_person(index: int, person: Person) -> None:
    where = f"people.{index}"
    for alias in (person.name, *person.aliases):
        if not isinstance(alias, str) or not alias.strip():
            raise InvalidRecord("blank", f"{where}.name", "a person's name is empty; leave the person out instead.")
        if len(alias) > MAX_NAME:
            raise InvalidRecord("too_long", f"{where}.name", f"a name is longer than {MAX_NAME} characters.")
        _check_unicode(f"{where}.name", alias)
    _check_choice(f"{where}.role", person.role, ROLES)
    if person.age is not None and not 0 <= person.age <= 150:
        raise InvalidRecord("out_of_range", f"{where}.age", "age is in years, 0 to 150.")
    _check_flags(f"{where}.flags", person.flags)


def _check_flags(where: str, flags: Mapping[str, str] | None) -> None:
    for key, value in (flags or {}).items():
        _check_choice(where, key, FLAGS)
        _check_choice(f"{where}.{key}", value, FLAG_VALUES)
