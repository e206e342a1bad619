"""Words of a text that may be somebody's name, each with all its mentions: who they are is for `roles` to say."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from spacy.lang.en.stop_words import STOP_WORDS

from nlp_quality.reader import names
from nlp_quality.reader.people_words import TITLES

Span = tuple[int, int, str]

MAX_WORDS: Final = 3  # of a name: `Mary Ann Jones`
_TOKEN: Final = re.compile(
    r"(?:[A-Z]\.){2,}|\d[\d/:.,]*\d|\d|[^\W\d_]\w*(?:[-'’]\w+)*|\n+|[^\w\s]"
)  # initials, numbers, words, line ends, marks
_TITLE: Final = re.compile(TITLES)
PROPER: Final = ("NNP", "NNPS")
_KNOWN_AS: Final = re.compile(
    r"\s*[(,]?\s*(?:(?:who is |is |but |and )?(?:(?:also |better |usually |always )?known as|called|aka|a\.k\.a\.|"
    r"likes to be called|prefers(?: to be called)?|goes by|or)\s+)?[\"“'‘(]?"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, mark or line end of the text; `bare` is it without a possessive ending.

    Attributes:
        masked: the word may be a name, and neither tag nor entity depends on which.
    """

    text: str
    start: int
    end: int
    bare: str
    tag: str = ""
    entity: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a candidate stands: tokens `first` up to, but not with, `last`."""

    first: int
    last: int
    words: tuple[str, ...]
    possessive: bool


@dataclass(slots=True)
class Candidate:
    """A name that may be a person's, in its fullest form.

    Attributes:
        nicknames: other first names by which the text shows the same person to be called.
        lower: how often the first word also stands in lower case.
    """

    name: str
    mentions: list[Mention] = field(default_factory=list)
    nicknames: list[str] = field(default_factory=list)
    lower: int = 0


def tokens(text: str, entities: Iterable[Span], tags: Iterable[Span], masked: Container[int] = ()) -> list[Token]:
    """The text's tokens with what the recogniser and the tagger say of the place where each begins."""
    tagged = {start: tag for start, _, tag in tags}
    entity = {at: label for start, end, label in entities for at in range(start, end)}
    out = []
    for match in _TOKEN.finditer(text):
        word, start = match.group(), match.start()
        bare = re.sub(r"['’]s$", "", word)
        out.append(Token(word, start, match.end(), bare, tagged.get(start, ""), entity.get(start, ""), start in masked))
    return out


def find(text: str, own: Sequence[Token]) -> list[Candidate]:
    """Candidates in order of appearance, one a name; people with a title and bodies such as `Elm Lodge` are none."""
    found: dict[str, Candidate] = {}
    surnames: dict[str, set[str]] = {}
    for mention in _mentions(text, own):
        key = mention.words[0].lower()
        candidate = found.setdefault(key, Candidate(" ".join(mention.words)))
        candidate.mentions.append(mention)
        if len(mention.words) > len(candidate.name.split()):
            candidate.name = " ".join(mention.words)
        for word in mention.words[1:]:
            surnames.setdefault(word.lower(), set()).add(key)
    for key in [key for key in found if surnames.get(key, set()) - {key} and " " not in found[key].name]:
        del found[key]
    _join_nicknames(text, own, found)
    lower = [token.bare for token in own if token.bare.islower()]
    for candidate in found.values():
        first = candidate.name.split()[0].lower()
        named = any(own[mention.first].masked for mention in candidate.mentions)
        candidate.lower = 0 if named or candidate.name.islower() else lower.count(first)
    return list(found.values())


def _mentions(text: str, own: Sequence[Token]) -> Iterable[Mention]:
    at = 0
    while at < len(own):
        if not _may_be_name(own, at):
            at += 1
            continue
        end = at + 1
        while (
            end < len(own)
            and own[end - 1].bare == own[end - 1].text
            and own[end].text[0].isupper() == own[at].text[0].isupper()
            and own[end].start == own[end - 1].end + 1
            and text[own[end].start - 1] == " "
            and _may_be_name(own, end)
        ):
            end += 1
        mention = _core(own, at, end)
        if mention is not None:
            yield mention
        at = end


def _may_be_name(own: Sequence[Token], at: int) -> bool:
    token = own[at]
    if not token.text[0].isalpha() or token.text in ("I", "A"):
        return False
    if token.text[0].isupper():
        return True
    lower = token.bare
    return (
        (token.tag in PROPER or token.entity == "PERSON")
        and lower.isalpha()
        and len(lower) > 2
        and not (names.is_never(lower) or lower in STOP_WORDS or names.is_english(lower))
    )


def _core(own: Sequence[Token], at: int, end: int) -> Mention | None:
    """The part of a run of capitalised words that may be a name: no title, weekday or word that opens a sentence."""
    if _TITLE.fullmatch(own[at].text) or (at > 1 and own[at - 1].text == "." and _TITLE.fullmatch(own[at - 2].text)):
        return None
    if end - at > 1 and not own[end - 1].bare.isupper() and names.is_organisation(own[end - 1].bare):
        return None
    while at < end and (names.is_never(own[at].text) or _opens(own, at, end)):
        at += 1
        if at < end and _TITLE.fullmatch(own[at].text):
            return None
    stop = at
    while stop < end and stop - at < MAX_WORDS and not names.is_never(own[stop].text):
        if _TITLE.fullmatch(own[stop].text) or (stop > at and own[stop].text in ("Y", "N")):  # a form's yes and no
            break
        stop += 1
    if stop == at:
        return None
    words = tuple(token.bare for token in own[at:stop])
    if len(words) > 1 and names.is_organisation(" ".join(words)) and not " ".join(words).isupper():
        return None
    return Mention(at, stop, words, own[stop - 1].bare != own[stop - 1].text)


def _opens(own: Sequence[Token], at: int, end: int) -> bool:
    """True for an ordinary word that has its capital from where it stands."""
    token = own[at]
    lower = token.bare.lower().replace("’", "'")
    if end - at > 1 and (lower in STOP_WORDS or lower == "whilst") and lower not in ("will", "may"):
        return True
    if token.masked or token.tag in PROPER:
        return False
    return lower in STOP_WORDS or "'" in lower or (end - at > 1 and names.is_english(lower))


def _join_nicknames(text: str, own: Sequence[Token], found: dict[str, Candidate]) -> None:
    """One candidate for a full name and the name it is shortened to, where the text puts one beside the other."""
    for key in list(found):
        for mention in list(found[key].mentions) if key in found else ():
            after = text[own[mention.last - 1].end : own[mention.last - 1].end + 60]
            match = _KNOWN_AS.match(after)
            if match is None or mention.possessive:
                continue
            start = own[mention.last - 1].end + match.end()
            other = next(
                (k for k, c in found.items() if k != key and any(own[m.first].start == start for m in c.mentions)), None
            )
            named = re.search(r"[a-z]", match.group()) is not None
            quoted = re.search(r"[\"“'‘]$", match.group()) is not None
            bracketed = match.group().endswith("(") and (alike(key, other) if other else False)
            if other is None or not (quoted or bracketed or (named and " or " not in match.group())):
                continue
            joined = found.pop(other)
            full, short = found[key].name, joined.name
            if full.isupper() and not short.isupper():  # initials before the name they stand for
                full, short = short, full
            shut = joined.mentions[0].last
            surname = next((k for k, c in found.items() if c.mentions[0].first == shut + 1), None)
            if quoted and surname is not None and " " not in full and own[shut].text in "\"”'’":
                rest = found.pop(surname)  # `Annelise "Lise" Brandt`
                full = f"{full} {rest.name}"
            found[key].name = full
            found[key].nicknames.append(short)
            found[key].mentions = sorted((*found[key].mentions, *joined.mentions), key=lambda m: m.first)


def alike(name: str, other: str) -> bool:
    """True for a name and its short form: the same first letter, and the letters of the shorter in the longer."""
    short, long = sorted((name, other), key=len)
    letters = iter(long)
    return short[0] == long[0] and all(letter in letters for letter in short[:3])
