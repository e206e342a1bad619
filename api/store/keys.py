"""The operator's keys: what they seal (AES-256-GCM), where they come from, and how one follows another.

A key is 32 random bytes. The first one seals; every one opens, found by the id that each sealed value begins with, so
that a new key can be put in front while the old one still opens what it sealed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.store.errors import WRONG_KEY, StoreError

KEY_BYTES: Final = 32
ID_BYTES: Final = 4
NONCE_BYTES: Final = 12  # of GCM; random, and no key of a batch seals near the 2**32 values where that would matter.
VERSION: Final = b"\x01"
PRIVATE: Final = 0o600


class SealBroken(Exception):
    """A sealed value was altered, belongs elsewhere, or its key is not at hand."""


class KeyRing:
    """The keys at hand, the one that seals first."""

    def __init__(self, keys: Sequence[bytes], *, file: Path | None = None) -> None:
        """Hold these keys.

        Args:
            file: where they were read, and are read again when a value was sealed by a key that was put there since.
        """
        self._ciphers: Mapping[bytes, AESGCM] = {_key_id(key): AESGCM(derive(key, "rows")) for key in keys}
        self._current = _key_id(keys[0])
        self._file = file

    @property
    def current(self) -> str:
        """The id of the key that seals, in hexadecimal; it tells nothing of the key."""
        return self._current.hex()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of every key at hand."""
        return frozenset(key.hex() for key in self._ciphers)

    def seal(self, value: bytes, *, place: str) -> bytes:
        """`value` encrypted under the first key, bound to `place`: it opens there and nowhere else."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, value, place.encode())
        return VERSION + self._current + nonce + sealed

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """What `seal` was given.

        Raises:
            SealBroken: the value was altered or moved, or its key is not among those at hand.
        """
        key_id, rest = sealed[1 : 1 + ID_BYTES], sealed[1 + ID_BYTES :]
        if key_id not in self._ciphers:
            self._read_again()
        cipher = self._ciphers.get(key_id)
        if sealed[:1] != VERSION or cipher is None:
            raise SealBroken
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise SealBroken from None

    def _read_again(self) -> None:
        if self._file is None:
            return
        try:
            found = load_key_file(self._file)
        except StoreError:
            return
        # Both at once matter to nobody: an older pair still opens and seals what it did.
        self._ciphers, self._current = found._ciphers, found._current


class TenantSecret:
    """What digests and pseudonyms of one tenant are keyed with: the same value means nothing in another tenant."""

    def __init__(self, secret: bytes) -> None:
        self._digest = derive(secret, "digest")
        self._pseudonym = derive(secret, "pseudonym")

    def digest(self, value: bytes) -> str:
        """64 hexadecimal digits that stand for `value` within the tenant."""
        return hmac.new(self._digest, value, hashlib.sha256).hexdigest()

    def pseudonym(self, kind: str, value: str) -> str:
        """32 hexadecimal digits that stand for the `child_id`, `worker` or `team` of that value within the tenant."""
        return hmac.new(self._pseudonym, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def derive(secret: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"nlp-quality {purpose}".encode()).derive(secret)


def key_id_of(sealed: bytes) -> str:
    """The id of the key that sealed a value."""
    return sealed[1 : 1 + ID_BYTES].hex()


def new_key() -> str:
    """A new key as it is written in a key file: base64url without padding."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).rstrip(b"=").decode()


def parse_keys(text: str, *, file: Path | None = None) -> KeyRing:
    """The keys of a text: one a line or separated by commas, the one that seals first; `#` begins a comment.

    Raises:
        StoreError: `invalid_key`, which never repeats what was given.
    """
    lines = [line.partition("#")[0] for line in text.splitlines()]
    words = [word.strip() for line in lines for word in line.split(",") if word.strip()]
    if not words:
        raise StoreError("invalid_key", "the key is empty; give 32 random bytes in base64.")
    return KeyRing([_decode(word) for word in words], file=file)


def load_key_file(path: Path) -> KeyRing:
    """The keys of a file.

    Raises:
        StoreError: `no_key`, `invalid_key`, or `key_not_private` where others than its owner may read it.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise StoreError("invalid_key", "the key file holds no keys in base64.") from None
    except OSError:
        raise StoreError("no_key", "the key file cannot be read.") from None
    # Group read is how service managers and container platforms hand secrets over; the world's is a mistake.
    if os.name == "posix" and mode & 0o007:
        raise StoreError("key_not_private", "the key file can be read by every user of this machine; chmod 600 it.")
    return parse_keys(text, file=path)


def make_key_file(path: Path) -> None:
    """A new key at `path`, for its owner alone; whichever of several processes comes first makes it.

    Raises:
        OSError: the folder cannot be written.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    write_private(part, new_key() + "\n")
    try:
        os.link(part, path)  # fails where another process was first, and never shows a half-written key
    except FileExistsError:
        pass
    finally:
        part.unlink()


def write_private(path: Path, text: str) -> None:
    """A new file for its owner alone, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def wrong_key() -> StoreError:
    """The keys at hand are not those of this store."""
    return StoreError(
        WRONG_KEY, "the key is not the one this store was made with; set NLP_QUALITY_KEY or NLP_QUALITY_KEY_FILE."
    )


def _key_id(key: bytes) -> bytes:
    return derive(key, "key id")[:ID_BYTES]


def _decode(word: str) -> bytes:
    digits = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError("invalid_key", "a key must be 32 bytes in base64.")
    return key
