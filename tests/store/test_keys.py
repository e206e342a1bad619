"""What is sealed opens with its key, in its place, unaltered; and nowhere else."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.store.errors import StoreError
from api.store.keys import KeyRing, SealBroken, TenantSecret, load_key_file, make_key_file, new_key, parse_keys

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens(value, place):
    ring = KeyRing([NEW])
    sealed = ring.seal(value, place=place)
    assert ring.open(sealed, place=place) == value
    assert len(value) < 4 or value not in sealed


@given(st.binary(max_size=50), st.data())
def test_an_altered_value_does_not_open(value, data):
    ring = KeyRing([NEW])
    sealed = bytearray(ring.seal(value, place="here"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        ring.open(bytes(sealed), place="here")
    with pytest.raises(SealBroken):
        ring.open(bytes(sealed)[: data.draw(st.integers(0, len(sealed) - 1))], place="here")


def test_a_value_moved_to_another_place_does_not_open():
    ring = KeyRing([NEW])
    with pytest.raises(SealBroken):
        ring.open(ring.seal(b"text", place="batch a row 1"), place="batch a row 2")


def test_the_first_key_seals_and_every_key_opens():
    old, both = KeyRing([OLD]), KeyRing([NEW, OLD])
    assert both.open(old.seal(b"text", place="p"), place="p") == b"text"
    sealed = both.seal(b"text", place="p")
    with pytest.raises(SealBroken):
        old.open(sealed, place="p")
    assert KeyRing([NEW]).open(sealed, place="p") == b"text"


def test_tenants_share_no_digest_and_no_pseudonym():
    north, south = TenantSecret(b"1" * 32), TenantSecret(b"2" * 32)
    assert north.digest(b"text") == TenantSecret(b"1" * 32).digest(b"text") != south.digest(b"text")
    assert north.pseudonym("child", "7") != south.pseudonym("child", "7")
    assert north.pseudonym("child", "7") != north.pseudonym("worker", "7")


@pytest.mark.parametrize("text", ["", "# nothing", "short", new_key() + "A", "é" * 43, new_key()[:-2]])
def test_a_wrong_key_is_refused_and_not_repeated(text):
    with pytest.raises(StoreError) as caught:
        parse_keys(text)
    assert caught.value.code == "invalid_key"
    assert len(text) < 4 or text not in caught.value.message


def test_keys_are_read_one_a_line_or_by_commas():
    one, two = new_key(), new_key()
    assert parse_keys(f"{one}\n# before\n{two}  # since May\n").ids == parse_keys(f"{one},{two}").ids
    assert parse_keys(f"{one},{two}").current == parse_keys(one).current


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "key"
    make_key_file(path)
    first = path.read_text()
    make_key_file(path)
    assert path.read_text() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["key"]
    assert load_key_file(path).current


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_key_file_that_everybody_can_read_is_refused(tmp_path):
    path = tmp_path / "key"
    make_key_file(path)
    path.chmod(0o644)
    with pytest.raises(StoreError) as caught:
        load_key_file(path)
    assert caught.value.code == "key_not_private"
