"""`/v2/check` and `/v2/languages`: LanguageTool's form in, its JSON out, every offset on the words it speaks of."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.annotated import Annotated, Part, annotated, plain
from api.schemas import CheckOut, LanguageOut
from nlp_quality import Person, Record, Scorer
from nlp_quality.formats.scorecard import to_dict
from nlp_quality.scheme import DIMENSIONS
from nlp_quality.steps import straight
from nlp_quality.words import packaged

WORDING = Path(__file__).parents[1] / "data" / "wording.toml"
FORM = "application/x-www-form-urlencoded"
CANARY = "Zephyrine"
PEOPLE = [{"name": "Perrin", "role": "child", "age": 8}, {"name": "Mr Delacroix", "role": "parent"}]
DRAFT = (
    "Visit on Tuesday 😀. Child seen alone: Yes\n\nI saw Perrin in the kitchen with Mr Delacroix present throughout. "
    "The bins had been emptied. I think he is a devoted dad."
)


@pytest.fixture(scope="session")
def scorer(rules_scorer):
    return rules_scorer


@pytest.fixture
def check(call):
    def send(text=DRAFT, **fields):
        form = {"text": text, "language": "en-GB", "people": json.dumps(PEOPLE)} | fields
        body = urlencode({name: value for name, value in form.items() if value is not None})
        return call("POST", "/v2/check", content=body, headers={"content-type": FORM})

    return send


def rules(reply):
    assert reply.status_code == 200, reply.text
    return {match["rule"]["id"] for match in reply.json()["matches"]}


def cut(text: str, offset: int, length: int) -> str:
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


# --- the reply ------------------------------------------------------------------------------------------------------


def test_a_match_has_what_languagetools_clients_read(check):
    found = check().json()
    CheckOut.model_validate(found)
    (match,) = [m for m in found["matches"] if m["rule"]["id"] == "seen_alone.form_contradicted"]
    assert match["rule"]["category"] == {"id": "seen_alone", "name": DIMENSIONS["seen_alone"]["title"]}
    assert match["rule"]["issueType"] == "inconsistency"
    assert match["rule"]["description"] == packaged()["seen_alone.form_contradicted"].why
    assert match["message"] == packaged()["seen_alone.form_contradicted"].message
    assert cut(DRAFT, match["offset"], match["length"]) == match["sentence"] == "Child seen alone: Yes"
    context = match["context"]
    assert cut(context["text"], context["offset"], context["length"]) == match["sentence"]
    assert "\n" not in context["text"]
    assert found["language"]["code"] == "en-GB"
    assert found["software"]["name"] == "nlp_quality"
    assert found["software"]["status"].startswith("Scored by rules alone")
    assert found["warnings"] == {"incompleteResults": False}
    assert [cut(DRAFT, a, b - a) for a, b in found["sentenceRanges"]][-1] == "I think he is a devoted dad."


def test_nothing_is_ever_proposed_to_paste(check):
    assert all(match["replacements"] == [] for match in check(level="picky").json()["matches"])


def test_default_asks_what_matters_and_picky_asks_and_praises_too(check, scorer):
    default, picky = rules(check()), rules(check(level="picky"))
    card = to_dict(scorer.score(Record(text=DRAFT, people=tuple(Person(**p) for p in PEOPLE), draft=True)))
    findings = {f["code"] for f in card["findings"]}
    prompts = {p["code"] for score in card["dimensions"].values() for p in score["prompts"]}
    assert default == {f["code"] for f in card["findings"] if f["severity"] != "praise"}
    assert picky == findings | prompts
    assert prompts


def test_rules_and_categories_are_chosen_as_in_languagetool(check):
    everything = rules(check(level="picky"))
    assert rules(check(level="picky", disabledRules="voice.daily_life, no.such")) == everything - {"voice.daily_life"}
    analysis = {code for code in everything if code.startswith("analysis.")}
    assert rules(check(level="picky", disabledCategories="analysis")) == everything - analysis
    assert rules(check(enabledOnly="true", enabledCategories="analysis")) == analysis
    assert rules(check(enabledRules="voice.daily_life")) == rules(check()) | {"voice.daily_life"}
    assert rules(check(enabledOnly="true", enabledRules="voice.daily_life")) == {"voice.daily_life"}


def test_people_and_record_type_are_heard(check):
    text = "The hall was being painted. Mr Delacroix was out at work, and the bins had been emptied on time."
    asked = "seen.not_stated"
    assert asked in rules(check(text, level="picky", recordType="visit"))
    assert asked not in rules(check(text, level="picky", recordType="case_note"))
    named = [m["message"] for m in check(text, level="picky", recordType="visit").json()["matches"]]
    assert "Was Perrin seen at this contact, and if so, who was with them?" in named


def test_it_is_always_a_draft(call_with):
    class Recording:
        def __init__(self):
            self.scorer, self.records = Scorer.load("rules"), []

        def __getattr__(self, name):
            return getattr(self.scorer, name)

        def score(self, record, *, steps=straight):
            self.records.append(record)
            return self.scorer.score(record, steps=steps)

    recording = Recording()
    form = urlencode({"text": DRAFT, "language": "auto", "draft": "false"})
    assert call_with(recording)("POST", "/v2/check", content=form, headers={"content-type": FORM}).status_code == 200
    assert [record.draft for record in recording.records] == [True]


@pytest.mark.parametrize("text", ["", " \n", "😀"])
def test_a_text_with_nothing_to_read_has_no_matches(check, text):
    reply = check(text, level="picky")
    assert reply.status_code == 200
    assert reply.json()["matches"] == []


def test_another_language_is_said_to_be_one(check):
    text = "L’enfant a été vu seul dans sa chambre et il a dit que tout allait bien à la maison avec sa mère."
    found = check(text, language="auto").json()
    assert found["matches"] == []
    assert found["warnings"]["incompleteResults"] is True
    assert "English" in found["warnings"]["incompleteResultsReason"]
    assert found["language"]["detectedLanguage"]["confidence"] == 0


def test_an_organisations_own_cue_is_a_rule_like_another(call_with):
    call = call_with(Scorer.load("rules", wording=WORDING))
    text = f"{DRAFT} Mr Delacroix did not engage with the service."
    form = {"text": text, "language": "en", "people": json.dumps(PEOPLE)}
    reply = call("POST", "/v2/check", content=urlencode(form), headers={"content-type": FORM})
    assert "own.did_not_engage" in rules(reply)


def test_languages_are_varieties_of_english(call):
    found = call("GET", "/v2/languages").json()
    for entry in found:
        LanguageOut.model_validate(entry)
    assert {"name": "English (GB)", "code": "en", "longCode": "en-GB"} in found
    assert {entry["code"] for entry in found} == {"en"}


# --- what is refused --------------------------------------------------------------------------------------------------

LONG = f"I saw {CANARY} at home. " * 12_000
REFUSED = {
    "no-language": ({"language": None}, 400, "'language'"),
    "other-language": ({"language": "fr"}, 400, "en-GB"),
    "strange-language": ({"language": CANARY}, 400, "en-GB"),
    "no-text": ({"text": None}, 400, "'text'"),
    "text-and-data": ({"data": '{"annotation": []}'}, 400, "'data'"),
    "level": ({"level": CANARY}, 400, "picky"),
    "only-nothing": ({"enabledOnly": "true"}, 400, "enabledRules"),
    "only-and-not": ({"enabledOnly": "true", "enabledRules": "a", "disabledRules": "b"}, 400, "enabledOnly"),
    "record-type": ({"recordType": CANARY}, 400, "recordType"),
    "people-text": ({"people": CANARY}, 400, "'people'"),
    "people-role": ({"people": json.dumps([{"name": CANARY, "role": CANARY}])}, 400, "people.0.role"),
    "people-key": ({"people": json.dumps([{"name": "A", "role": "child", "flags": {CANARY: "Y"}}])}, 400, "people.0"),
    "too-long": ({"text": LONG}, 413, "200,000"),
    "data-no-json": ({"text": None, "data": f"{{{CANARY}"}, 400, "JSON"),
    "data-no-list": ({"text": None, "data": json.dumps({"annotation": CANARY})}, 400, "annotation"),
    "data-both": ({"text": None, "data": json.dumps({"annotation": [{"text": "a", "markup": "b"}]})}, 400, "one of"),
    "data-neither": ({"text": None, "data": json.dumps({"annotation": [{"txt": CANARY}]})}, 400, "one of"),
    "data-number": ({"text": None, "data": json.dumps({"annotation": [{"text": 3}]})}, 400, "strings"),
    "data-half": ({"text": None, "data": json.dumps({"annotation": [{"text": "\ud83d"}]})}, 400, "surrogate"),
    "data-deep": ({"text": None, "data": "[" * 100_000}, 400, "JSON"),
    "data-long": ({"text": None, "data": json.dumps({"annotation": [{"text": LONG}]})}, 413, "200,000"),
}


@pytest.mark.parametrize(("fields", "status", "says"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_one_plain_line_without_the_text(check, caplog, fields, status, says):
    caplog.set_level(logging.DEBUG)
    reply = check(**({"text": f"I saw {CANARY} at home."} | fields))
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert reply.text.startswith("Error: ")
    assert says in reply.text
    assert "\n" not in reply.text
    assert CANARY not in reply.text + str(reply.headers) + caplog.text


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n--x--',
            415,
        ),
        ("application/json", b'{"text": "a", "language": "en"}', 415),
        ("", b"text=a&language=en", 415),
        (FORM, b"text=a&language=en&text=b", 400),
        (FORM, b"text=%ff&language=en", 400),
        (FORM, b"text=\xff&language=en", 400),
        (FORM, b"&".join(b"p%d=1" % n for n in range(60)), 400),
        (FORM, b"", 400),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(call, content_type, body, status):
    reply = call("POST", "/v2/check", content=body, headers={"content-type": content_type} if content_type else {})
    assert reply.status_code == status
    assert reply.text.startswith("Error: ")


def test_a_body_beyond_the_limit_is_refused_in_plain_words(call_with, scorer):
    call = call_with(scorer, max_body_bytes=1_000)
    headers = {"content-type": FORM}
    whole = call("POST", "/v2/check", content=b"text=" + b"a" * 2_000, headers=headers)
    assert (whole.status_code, whole.text[:7]) == (413, "Error: ")

    async def pieces():
        for _ in range(20):
            yield b"a" * 100

    streamed = call("POST", "/v2/check", content=pieces(), headers=headers)
    assert (streamed.status_code, streamed.text[:7]) == (413, "Error: ")


def test_a_service_without_its_model_says_so_plainly(call_with):
    reply = call_with(None)("POST", "/v2/check", content="text=a&language=en", headers={"content-type": FORM})
    assert (reply.status_code, reply.text) == (503, "Error: The model is not loaded and verified.")
    assert int(reply.headers["retry-after"]) > 0


def test_a_text_in_the_address_is_not_read(call):
    assert call("GET", "/v2/check?language=en&text=hello").status_code == 405


def test_no_other_origin_is_let_in(check, call):
    asked = {"origin": "https://elsewhere.example", "content-type": FORM}
    reply = call("POST", "/v2/check", content="text=a&language=en", headers=asked)
    assert not [name for name in reply.headers if name.startswith("access-control")]


# --- offsets ----------------------------------------------------------------------------------------------------------

# Emoji (also joined), combining marks, right-to-left letters and marks, line ends, and plain words.
LETTERS = st.sampled_from(
    ["a", " ", ".", "\n", "\r\n", "é", "e\u0301", "😀", "👩‍👧‍👦", "نور", "מאיה", "\u200f", "ZWJ\u200d", "𝒜"]
)
TEXTS = st.lists(LETTERS, max_size=8).map("".join)
PARTS = st.lists(
    st.one_of(
        TEXTS.map(lambda text: Part(text, text, markup=False)),
        st.tuples(TEXTS, st.sampled_from(["", "\n\n", "😀", "ab"])).map(lambda two: Part(two[0], two[1], markup=True)),
    ),
    max_size=8,
)


def places(parts: list[Part]) -> tuple[str, list[tuple[int, int]]]:
    """What is read, and where each of its characters stands in what was sent, in UTF-16 units: counted one by one."""
    read, spans, at = "", [], 0
    for part in parts:
        end = at + len(part.sent.encode("utf-16-le")) // 2
        for character in part.read:
            read += character
            size = len(character.encode("utf-16-le")) // 2
            spans.append((at, end) if part.markup else (at, at + size))
            at += 0 if part.markup else size
        at = end
    return read, spans


@settings(max_examples=300, deadline=None)
@given(PARTS, st.data())
def test_a_span_of_what_is_read_stands_on_the_same_words_in_what_was_sent(parts, data):
    found = Annotated(tuple(parts))
    read, spans = places(parts)
    assert found.text == read
    if not read:
        return
    start = data.draw(st.integers(0, len(read) - 1))
    end = data.draw(st.integers(start + 1, len(read)))
    offset, stop = found.span(start, end)
    assert (offset, stop) == (spans[start][0], spans[end - 1][1])
    inside = {p for p in parts if p.markup}
    if not inside:
        assert cut(found.sent, offset, stop - offset) == read[start:end]
    context = found.context(offset, stop, 5)
    shown = cut(context["text"], context["offset"], context["length"])
    assert shown == cut(found.sent, offset, stop - offset).replace("\r", " ").replace("\n", " ")


def test_markup_sent_as_an_editor_sends_it():
    html = [
        {"markup": "<p>", "offset": {"start": 0, "end": 3}},
        {"text": "A 😀 "},
        {"markup": "<b>"},
        {"text": "test"},
        {"markup": "</b></p>", "interpretAs": "\n\n"},
        {"text": "B"},
    ]
    found = annotated(json.dumps({"annotation": html}))
    assert found.text == "A 😀 test\n\nB"
    assert found.sent == "<p>A 😀 <b>test</b></p>B"
    for words in ("A 😀 ", "test", "B"):
        start = found.text.index(words)
        offset, stop = found.span(start, start + len(words))
        assert cut(found.sent, offset, stop - offset) == words
    offset, stop = found.span(0, len("A 😀 test"))
    assert cut(found.sent, offset, stop - offset) == "A 😀 <b>test"


NAMES = st.sampled_from(["Perrin", "نور", "מאיה כהן", "Zoë", "Zoe\u0308", "Ứng", "𝒜nna"])
BETWEEN = st.sampled_from(["", " 😀", " 👩‍👧‍👦 ", "\u200f", "\r\n\r\n", "e\u0301 "])


@settings(max_examples=25, deadline=None)
@given(name=NAMES, one=BETWEEN, two=BETWEEN, three=BETWEEN)
def test_every_match_stands_on_the_sentence_it_speaks_of(rules_scorer, name, one, two, three):
    from api import languagetool

    sentences = [
        f"I visited the flat on Tuesday.{one}",
        f"I saw {name} on the stairs, and {name} appeared happy.{two}",
        f"Mr Delacroix said that the job had come through.{three}",
        "I think he is a devoted dad.",
    ]
    parts = [{"markup": "<p>😀"}]
    for sentence in sentences:
        parts += [{"text": sentence}, {"markup": "</p><p>", "interpretAs": "\n\n"}]
    people = [{"name": name, "role": "child", "age": 8}, {"name": "Mr Delacroix", "role": "parent"}]
    form = urlencode(
        {"data": json.dumps({"annotation": parts}), "language": "auto", "level": "picky", "people": json.dumps(people)}
    )
    asked = languagetool.read(FORM, form.encode())
    assert asked.record is not None
    found = languagetool.reply(asked, rules_scorer.score(asked.record), rules_scorer.words)
    assert len({m["rule"]["id"] for m in found["matches"]}) >= 3
    for match in found["matches"]:
        assert cut(asked.given.sent, match["offset"], match["length"]) == match["sentence"]
    assert [cut(asked.given.sent, a, b - a) for a, b in found["sentenceRanges"]]
    assert plain("😀a").span(1, 2) == (2, 3)
