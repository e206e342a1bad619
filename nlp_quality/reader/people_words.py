"""The words and titles by which records name people: `mum`, `MGM`, `the twins`, `Mr`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

MALE_TITLES: Final = frozenset(("mr", "sir", "fr", "imam"))
FEMALE_TITLES: Final = frozenset(("mrs", "ms", "miss", "sr"))
TITLES: Final = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|PC|DC|DS|DI|PS|Sgt|Rev|Imam|Sister|Nurse|Judge|HHJ|Cllr|Auntie|"
    r"Aunty|Aunt|Uncle|Nan|Nana|Granny|Grandad|Grandma)"
)
KIN_TITLES: Final = frozenset(("auntie", "aunty", "aunt", "uncle", "nan", "nana", "granny", "grandad", "grandma"))
NAME: Final = r"[A-ZÀ-ÖØ-Þ][\w'’]*(?:-[\w'’]+)*"


@dataclass(frozen=True, slots=True)
class PersonWord:
    """A common word for a person (`mum`, `MGM`, `the twins`)."""

    role: str
    gender: str


@cache
def person_words() -> Mapping[str, PersonWord]:
    """The person words of `lexicons/people.toml`, lower case."""
    data = tomllib.loads(resources.files("nlp_quality.lexicons").joinpath("people.toml").read_text(encoding="utf-8"))
    return {form: PersonWord(entry["role"], entry["gender"]) for entry in data["word"] for form in entry["forms"]}
