"""What one process remembers for a while: replies to unchanged drafts, and the costly steps of reading.

In the working memory alone, bounded by entries, bytes and age. Keys are digests under a random key of this process, with the
tenant and the model in them: no tenant can learn what another holds, and a dump of the keys tells nothing.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterable
from typing import Any, Final

from cachetools import TTLCache

DIGEST_BYTES: Final = 24
ENTRY_BYTES: Final = 400  # what an entry costs beside its value: key, link, clock; measured


class Memory:
    """A bounded memory, the least recently used forgotten first; may be shared between threads."""

    def __init__(self, *, max_bytes: int, max_entries: int, seconds: float) -> None:
        self._kept: TTLCache[bytes, tuple[Any, int]] = TTLCache(
            maxsize=max_bytes, ttl=seconds, getsizeof=lambda entry: entry[1]
        )
        self._max_entries = max_entries
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()

    def key(self, *parts: str | bytes) -> bytes:
        """The digest that stands for `parts`, in this process alone."""
        digest = hashlib.blake2b(key=self._secret, digest_size=DIGEST_BYTES)
        for part in parts:
            data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            digest.update(len(data).to_bytes(8))  # so that no two lists of parts run together alike
            digest.update(data)
        return digest.digest()

    def get(self, key: bytes) -> Any:
        """What was kept under `key`; None where nothing is."""
        with self._lock:
            entry = self._kept.get(key)
        return None if entry is None else entry[0]

    def put(self, key: bytes, value: Any, *, size: int) -> bool:
        """Keep `value`, not None, of `size` bytes; whether there was room for it at all."""
        with self._lock:
            while len(self._kept) >= self._max_entries and key not in self._kept:
                self._kept.popitem()
            try:
                self._kept[key] = (value, size + ENTRY_BYTES)
            except ValueError:  # larger than the whole memory
                return False
        return True

    def missing(self, keys: Iterable[bytes]) -> list[bool]:
        """For each key, whether nothing is kept under it."""
        with self._lock:
            return [key not in self._kept for key in keys]

    def forget_old(self) -> None:
        """Let go of what is past its age; otherwise that waits until something new is kept."""
        with self._lock:
            self._kept.expire()

    @property
    def size(self) -> tuple[int, int]:
        """Entries and bytes kept."""
        with self._lock:
            return len(self._kept), int(self._kept.currsize)
