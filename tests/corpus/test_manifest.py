"""The corpus in the repository is the one its manifest names, and holds together."""

from collections import Counter

import pytest

from nlp_quality import corpus
from nlp_quality.corpus.check import Text, schema

AUTHORS = corpus.authors()


def test_every_file_is_in_the_manifest() -> None:
    for kind in corpus.KINDS:
        named = {f"{author.id}.jsonl" for author in AUTHORS if kind in author.files}
        assert {path.name for path in (corpus.CORPUS / kind).glob("*.jsonl")} == named


def test_every_author_is_described_and_in_one_split() -> None:
    assert max(Counter(author.id for author in AUTHORS).values()) == 1
    assert {author.split for author in AUTHORS} == set(corpus.SPLITS)
    assert all(author.persona for author in AUTHORS)


@pytest.mark.parametrize("author", AUTHORS, ids=lambda author: author.id)
def test_every_record_keeps_the_scheme(author: corpus.Author) -> None:
    texts = [
        Text(row.record.id or "", author.id, author.split, kind, row)
        for kind in author.files
        for row in corpus.read_author(author, kind=kind)
    ]
    assert texts
    assert list(schema(texts)) == []
