"""LanguageTool's HTTP API in its own terms: the form it is asked with, and the JSON it answers with.

The names, and what they mean, are those of the public LanguageTool API, so that clients written for it find what they know.
Its rule is our code, its rule category our dimension. We propose no replacements: the words are the writer's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from api.annotated import Annotated, annotated, bad, plain
from api.errors import Problem, from_library
from api.openapi import API_VERSION
from nlp_quality.errors import InvalidRecord
from nlp_quality.formats.json_text import parse_json
from nlp_quality.formats.records import record_from_mapping
from nlp_quality.record import MAX_TEXT, Record
from nlp_quality.scheme import DIMENSIONS, OUT_OF_DOMAIN
from nlp_quality.types import Finding, Scorecard
from nlp_quality.words import Words

FORM: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 50
LEVELS: Final = ("default", "picky")
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "en-GB": "English (GB)",
    "en-US": "English (US)",
    "en-AU": "English (Australian)",
    "en-CA": "English (Canadian)",
    "en-NZ": "English (New Zealand)",
    "en-ZA": "English (South African)",
}
HOME: Final = "en-GB"
CONTEXT: Final = 40  # characters shown on each side of a match
# What editors colour by: the issue types of the Internationalization Tag Set 2.0, which LanguageTool uses.
ISSUE_TYPES: Final[Mapping[str | None, str]] = {
    "important": "inconsistency",
    "suggestion": "style",
    "praise": "uncategorized",
    None: "omission",  # a prompt
}
SHORT: Final[Mapping[str | None, str]] = {
    "important": "Important",
    "suggestion": "A question",
    "praise": "Good",
    None: "Not there yet",
}
DEFAULT: Final = ("important", "suggestion")  # severities shown at level `default`


@dataclass(frozen=True, slots=True)
class Check:
    """One request.

    Attributes:
        given: the text with its markup, as offsets count it.
        record: what is scored, a draft; None where there is nothing to read.
        language: one of `LANGUAGES`, or `auto`.
        shown: whether a code of that dimension and severity is wanted.
    """

    given: Annotated
    record: Record | None
    language: str
    shown: Callable[[str, str, str | None], bool]


def read(content_type: str, body: bytes) -> Check:
    """The request that a form holds.

    Raises:
        Problem: 400, 413 or 415, in words of ours: nothing of the form is repeated.
    """
    form = _form(content_type, body)
    if ("text" in form) == ("data" in form):
        raise bad("Set one of the parameters 'text' and 'data', and not both")
    given = plain(form["text"]) if "text" in form else annotated(form["data"])
    language = form.get("language", "")
    if not language:
        raise bad(f"The parameter 'language' is missing, e.g. 'language={HOME}' or 'language=auto'")
    known = {code.lower(): code for code in (*LANGUAGES, "auto")}
    if language.lower() not in known:
        raise bad(f"This 'language' is not supported; the codes are: {', '.join(known.values())}")
    if len(given.text) > MAX_TEXT:
        raise Problem(413, "too_long", f"The text is longer than the limit of {MAX_TEXT:,} characters.", field="text")
    return Check(given, _record(form, given.text), known[language.lower()], _shown(form))


def reply(check: Check, card: Scorecard | None, words: Words) -> dict[str, Any]:
    """What the client is answered; the scorecard is None where there was nothing to read."""
    unread = _unread(card)
    english = unread != OUT_OF_DOMAIN["not_english"]
    code = HOME if check.language in ("auto", "en") else check.language
    warnings: dict[str, Any] = {"incompleteResults": unread is not None}
    if unread is not None:
        warnings["incompleteResultsReason"] = unread
    return {
        "software": {
            "name": "nlp_quality",
            "version": API_VERSION,
            "buildDate": "",
            "apiVersion": 1,
            "premium": False,
            "premiumHint": "",
            "status": card.notice or "" if card else "",
        },
        "warnings": warnings,
        "language": {
            "name": LANGUAGES[code],
            "code": code,
            "detectedLanguage": {
                "name": LANGUAGES[HOME],
                "code": HOME,
                "confidence": 1.0 if english else 0.0,
                "source": "nlp_quality",
            },
        },
        "matches": [] if card is None else _matches(check, card, words),
        "sentenceRanges": [] if card is None else [list(check.given.span(s.start, s.end)) for s in card.sentences],
    }


def languages() -> list[dict[str, str]]:
    """The languages as `GET /v2/languages` lists them."""
    return [{"name": name, "code": code.partition("-")[0], "longCode": code} for code, name in LANGUAGES.items()]


def _form(content_type: str, body: bytes) -> dict[str, str]:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != FORM:
        raise Problem(415, "unsupported_media_type", f"Send the parameters as {FORM}; multipart and JSON are not read.")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS, separator="&"
        )
    except UnicodeDecodeError:
        raise bad("The form is not valid UTF-8") from None
    except ValueError:
        raise bad(f"There are more than {MAX_FIELDS} parameters") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise bad("A parameter is given twice")
    return form


def _record(form: Mapping[str, str], text: str) -> Record | None:
    if not text.strip():
        return None
    try:
        people = parse_json(form["people"]) if form.get("people") else None
    except InvalidRecord:
        raise bad("'people' is not valid JSON") from None
    try:
        return record_from_mapping(
            {"text": text, "record_type": form.get("recordType") or "other", "people": people, "draft": True}
        )
    except InvalidRecord as error:
        raise bad(from_library(error).detail.rstrip(".").replace("record_type", "recordType")) from None


def _shown(form: Mapping[str, str]) -> Callable[[str, str, str | None], bool]:
    def listed(name: str) -> frozenset[str]:
        return frozenset(part.strip() for part in form.get(name, "").split(",") if part.strip())

    level = form.get("level") or "default"
    if level not in LEVELS:
        raise bad(f"'level' must be one of: {', '.join(LEVELS)}")
    only = form.get("enabledOnly", "").lower() in ("true", "yes")
    rules, categories = listed("enabledRules"), listed("enabledCategories")
    no_rules, no_categories = listed("disabledRules"), listed("disabledCategories")
    if only and (no_rules or no_categories):
        raise bad("Rules or categories cannot be disabled with 'enabledOnly=true'")
    if only and not (rules or categories):
        raise bad("'enabledOnly=true' needs 'enabledRules' or 'enabledCategories'")

    def shown(code: str, dimension: str, severity: str | None) -> bool:
        if code in no_rules:
            return False
        if code in rules:
            return True
        if dimension in no_categories:
            return False
        return dimension in categories or (not only and (level == "picky" or severity in DEFAULT))

    return shown


def _matches(check: Check, card: Scorecard, words: Words) -> list[dict[str, Any]]:
    found = [f for f in (*card.findings, *_asked(card)) if check.shown(f.code, f.dimension, words[f.code].severity)]
    found.sort(key=lambda f: (f.start, f.end, f.dimension, f.code))
    return [_match(finding, check.given, card, words) for finding in found]


def _asked(card: Scorecard) -> Iterable[Finding]:
    """Prompts as comments on a span: their own, else the first that backs their dimension, else the first sentence."""
    for dimension, score in card.dimensions.items():
        first = next((s for s in card.sentences if s.function != "admin"), card.sentences[0])
        at = score.evidence[0] if score.evidence else first
        for prompt in score.prompts:
            start, end = (
                (at.start, at.end) if prompt.start is None or prompt.end is None else (prompt.start, prompt.end)
            )
            yield Finding(start, end, dimension, prompt.code, "", prompt.message)


def _match(finding: Finding, given: Annotated, card: Scorecard, words: Words) -> dict[str, Any]:
    wording = words[finding.code]
    start, end = given.span(finding.start, finding.end)
    sentence = next((s.text for s in card.sentences if s.start <= finding.start < s.end), "")
    return {
        "message": finding.message,
        "shortMessage": SHORT[wording.severity],
        "replacements": [],
        "offset": start,
        "length": end - start,
        "context": given.context(start, end, CONTEXT),
        "sentence": sentence,
        "type": {"typeName": "Hint"},
        "rule": {
            "id": finding.code,
            "description": wording.why,
            "issueType": ISSUE_TYPES[wording.severity],
            "urls": [],
            "category": {"id": finding.dimension, "name": str(DIMENSIONS[finding.dimension]["title"])},
            "isPremium": False,
        },
        "ignoreForIncompleteSentence": False,
        "contextForSureMatch": -1,  # as LanguageTool has it: the whole text was needed
    }


def _unread(card: Scorecard | None) -> str | None:
    """Why a person should judge the text, where it is out of the model's domain."""
    reasons = {s.not_applicable.message for s in card.dimensions.values() if s.not_applicable} if card else set()
    return next((text for text in OUT_OF_DOMAIN.values() if text in reasons), None)
