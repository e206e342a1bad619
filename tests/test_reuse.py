"""Steps recalled or not, a record gives the same scorecard byte for byte, whatever was scored before it."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp_quality import Person, Record, to_dict
from nlp_quality.reader import LONG_PIECE, pieces
from nlp_quality.steps import straight

PARAGRAPHS = (
    "I visited Ottilie Marsh and her brother Bram at home on Tuesday. Mum let me in and made tea.",
    "I saw Ottilie on her own in her bedroom. She told me, “I make the breakfast when Mummy is asleep.”",
    "Bram was at nursery and was not seen. His key worker, Ms Dell, says he has been tired and hungry on Mondays.",
    "Analysis",
    "I think the mornings worry Ottilie because she went quiet when I asked who wakes her, and this means she carries "
    "more than an eight-year-old should.",
    "Child seen: Yes  Seen alone: No",
    "Ms Marsh recognises that the mornings are hard. She has not yet accepted the offer of a breakfast club, so the "
    "children's needs are not met before school.",
    "- Ottilie to start breakfast club\n- Bram's nursery to ring me if he is not brought\n- I will see both on Friday",
    "she was seen alone",
    "Leila Haddad, aged 4, sat under the table through the visit and would not come out; her grandmother said she has "
    "been like this since her father left. " * 4,
)
PEOPLE = (
    None,
    (),
    (Person("Ottilie Marsh", "child", age=8), Person("Bram", "child", age=3), Person("Ms Marsh", "parent")),
)


class Recall:
    """Steps kept for ever, as the service keeps them for a while; counts those that are done."""

    def __init__(self):
        self.kept = {}
        self.done = []

    def __call__(self, kind, key, work):
        if (kind, key) not in self.kept:
            self.done.append(kind)
            self.kept[kind, key] = work()
        return self.kept[kind, key]


def written(scorer, record, steps=straight):
    return json.dumps(to_dict(scorer.score(record, steps=steps)), ensure_ascii=False)


place = st.integers(0, 30)
edit = st.one_of(
    st.tuples(st.just("insert"), place, st.sampled_from(PARAGRAPHS)),
    st.tuples(st.just("delete"), place, st.just("")),
    st.tuples(st.just("append"), place, st.sampled_from((" She smiled.", " I asked why", ".", " Bram was not seen."))),
    st.tuples(st.just("cut"), place, st.just("")),
    st.tuples(st.just("join"), place, st.just("")),
)


def edited(paragraphs, what, where, words):
    out = list(paragraphs)
    at = where % len(out)
    if what == "insert":
        out.insert(at, words)
    elif what == "append":
        out[at] += words
    elif what == "cut":
        out[at] = out[at][: max(1, len(out[at]) * 2 // 3)]
    elif what == "join" and at + 1 < len(out):
        out[at : at + 2] = [f"{out[at]} {out[at + 1]}"]
    elif what == "delete" and len(out) > 1:
        del out[at]
    return out


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=9),
    edits=st.lists(edit, max_size=3),
    people=st.sampled_from(PEOPLE),
    record_type=st.sampled_from(("visit", "assessment")),
)
def test_the_history_of_a_text_never_shows(scorer, start, edits, people, record_type):
    recall = Recall()
    paragraphs = start
    for change in (None, *edits):
        paragraphs = paragraphs if change is None else edited(paragraphs, *change)
        record = Record(text="\n\n".join(paragraphs), people=people, record_type=record_type)
        assert written(scorer, record, recall) == written(scorer, record)


def test_an_edit_of_a_long_record_takes_few_steps(scorer):
    paragraphs = [f"{paragraph} This was on day {day}." for day in range(12) for paragraph in PARAGRAPHS]
    recall = Recall()
    scorer.score(Record(text="\n\n".join(paragraphs)), steps=recall)
    whole = len(recall.done)
    assert whole > 40
    paragraphs[60] += " She asked me to come again, and I said that I would."
    record = Record(text="\n\n".join(paragraphs))
    recall.done.clear()
    card = written(scorer, record, recall)
    assert 0 < len(recall.done) <= whole / 5
    assert card == written(scorer, record)


def test_nothing_is_done_once_a_step_is_refused(scorer):
    class NoTime(Exception):
        pass

    done = []

    def stopping(kind, _key, work):
        if len(done) == 2:
            raise NoTime
        done.append(kind)
        return work()

    with pytest.raises(NoTime):
        scorer.score(Record(text="\n\n".join(PARAGRAPHS)), steps=stopping)
    assert len(done) == 2


@given(st.lists(st.sampled_from((*PARAGRAPHS, "\n", "\n \n", "x" * (LONG_PIECE - 1), " ", "a b\n")), max_size=30))
def test_pieces_are_the_text_but_for_white_space(parts):
    text = "\n".join(parts)
    found = list(pieces(text))
    assert all(text[start : start + len(piece)] == piece for start, piece in found)
    assert "".join("".join(piece for _, piece in found).split()) == "".join(text.split())
    assert all(len(piece) <= LONG_PIECE + max(map(len, text.splitlines())) for _, piece in found)
