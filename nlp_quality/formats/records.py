"""Plain data to a `Record`, with every type checked: the one way in for JSON, tables and the labelled form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Final

from nlp_quality.errors import InvalidRecord
from nlp_quality.formats.json_text import RepeatedFields
from nlp_quality.record import MAX_PEOPLE, Person, Record, check_text

MAX_FIELD_NAME: Final = 60  # code points of a context key repeated in an error; a longer one may be narrative.


def record_from_mapping(value: object) -> Record:
    """The record a JSON object or a table row describes.

    The text is `text`, or else the labelled form's `sentences`. An optional field that is null counts as left out,
    and fields the contract does not name (`levels`, `seen`) are passed over.

    Raises:
        InvalidRecord: with the path of the field, never its value. Codes: `not_an_object`, `repeated_field`,
            `missing`, `not_a_string`, `not_a_list`, `not_a_number`, `not_a_boolean`, `lone_surrogate`, and those of
            `Record` itself (`blank`, `too_long`, `unknown_value`, `out_of_range`, `too_many`).
    """
    fields = _object(value, "")
    return Record(
        text=_text(fields),
        id=_optional_string(fields.get("id"), "id"),
        format=_or(_optional_string(fields.get("format"), "format"), "text"),
        record_type=_or(_optional_string(fields.get("record_type"), "record_type"), "other"),
        people=_people(fields.get("people")),
        draft=_boolean(fields.get("draft"), "draft"),
        context=_context(fields.get("context")),
    )


def record_to_mapping(record: Record) -> dict[str, Any]:
    """The JSON object that `record_from_mapping` reads as `record`; a table row's own flags are left out."""
    people = None
    if record.people is not None:
        people = [asdict(person) | {"aliases": list(person.aliases)} for person in record.people]
    return asdict(record) | {"people": people, "context": dict(record.context), "flags": None}


def known_id(value: object) -> str | None:
    """The `id` of what may be no valid record, for the error that takes its place; None when there is none."""
    candidate = value.get("id") if isinstance(value, Mapping) else None
    if not isinstance(candidate, str):
        return None
    try:
        candidate.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return candidate


def join_sentences(sentences: object) -> str:
    """The text of the labelled form: sentences of one `para` joined by one space, paragraphs by a blank line.

    Args:
        sentences: a list of objects with `text` (string) and `para` (integer, 0 when left out); in reading order.

    Raises:
        InvalidRecord: naming `sentences.<index>.text` or `.para`.
    """
    pairs: list[tuple[int, str]] = []
    for index, entry in enumerate(_list(sentences, "sentences")):
        where = f"sentences.{index}"
        sentence = _object(entry, where)
        para = sentence.get("para", 0)
        if isinstance(para, bool) or not isinstance(para, int):
            raise InvalidRecord("not_a_number", f"{where}.para", f"{where}.para must be a whole number.")
        pairs.append((para, _string(sentence.get("text"), f"{where}.text")))
    paragraphs = groupby(pairs, key=lambda pair: pair[0])
    return "\n\n".join(" ".join(text for _, text in group) for _, group in paragraphs)


def _text(fields: Mapping[str, Any]) -> str:
    if "text" in fields:
        # `Record` checks the length for the format; the type and the characters are checked here, before anything else.
        return _string(fields["text"], "text")
    if "sentences" in fields:
        text = join_sentences(fields["sentences"])
        check_text(text)
        return text
    raise InvalidRecord("missing", "text", "the record has no text.")


def _people(value: object) -> tuple[Person, ...] | None:
    if value is None:
        return None
    entries = _list(value, "people")
    if len(entries) > MAX_PEOPLE:
        raise InvalidRecord("too_many", "people", f"people holds more than {MAX_PEOPLE} entries.")
    return tuple(_person(entry, f"people.{index}") for index, entry in enumerate(entries))


def _person(value: object, where: str) -> Person:
    fields = _object(value, where)
    for required in ("name", "role"):
        if required not in fields:
            raise InvalidRecord("missing", f"{where}.{required}", f"a person needs a {required}.")
    aliases = fields.get("aliases")
    return Person(
        name=_string(fields["name"], f"{where}.name"),
        role=_string(fields["role"], f"{where}.role"),
        id=_optional_string(fields.get("id"), f"{where}.id"),
        age=_age(fields.get("age"), f"{where}.age"),
        unborn=_boolean(fields.get("unborn"), f"{where}.unborn"),
        aliases=()
        if aliases is None
        else tuple(
            _string(alias, f"{where}.aliases.{index}")
            for index, alias in enumerate(_list(aliases, f"{where}.aliases", limit=MAX_PEOPLE))
        ),
        flags=_flags(fields.get("flags"), f"{where}.flags"),
    )


def _flags(value: object, where: str) -> dict[str, str] | None:
    if value is None:
        return None
    flags = {key: flag for key, flag in _object(value, where).items() if flag is not None}
    unknown = set(flags) - {"seen", "seen_alone"}
    if unknown:
        raise InvalidRecord("unknown_value", where, f"{where} may hold seen and seen_alone only.")
    return {key: _string(flag, f"{where}.{key}") for key, flag in flags.items()}


def _context(value: object) -> dict[str, str]:
    if value is None:
        return {}
    fields = _object(value, "context")
    return {
        _string(key, "context"): _string(entry, f"context.{key}" if len(key) <= MAX_FIELD_NAME else "context")
        for key, entry in fields.items()
    }


def _age(value: object, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidRecord("not_a_number", where, f"{where} must be a number of years.")
    return value


def _object(value: object, where: str) -> Mapping[str, Any]:
    name = where or "the record"
    if isinstance(value, RepeatedFields):
        raise InvalidRecord("repeated_field", where, f"{name} gives a field more than once.")
    if not isinstance(value, Mapping):
        raise InvalidRecord("not_an_object", where, f"{name} must be an object.")
    return value


def _list(value: object, where: str, *, limit: int | None = None) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise InvalidRecord("not_a_list", where, f"{where} must be a list.")
    if limit is not None and len(value) > limit:
        raise InvalidRecord("too_many", where, f"{where} holds more than {limit} entries.")
    return value


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InvalidRecord("not_a_string", where, f"{where} must be a string.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        message = f"{where} holds half of a surrogate pair, which is not a character."
        raise InvalidRecord("lone_surrogate", where, message) from None
    return value


def _optional_string(value: object, where: str) -> str | None:
    return None if value is None else _string(value, where)


def _boolean(value: object, where: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidRecord("not_a_boolean", where, f"{where} must be true or false.")
    return value


def _or(value: str | None, default: str) -> str:
    return default if value is None else value
