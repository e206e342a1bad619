"""Keys as one process remembers them, so that a save costs no query and goes on while the database does not answer."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import update
from starlette.concurrency import run_in_threadpool

from api.auth import api_keys
from api.auth.api_keys import KnownKey, Presented
from api.auth.callers import Caller
from api.store.database import Store
from api.store.errors import StoreError
from api.store.tables import ApiKey

FRESH_SECONDS: Final = 10.0  # a revoked key is refused everywhere within this.
# While the store does not answer, nobody can revoke a key either; keys known before go on for this long.
STALE_SECONDS: Final = 15 * 60.0
USED_EVERY: Final = timedelta(hours=1)  # how exactly `last_used` is kept: a write on every save would be too dear.

logger = logging.getLogger("api.auth")


@dataclass(slots=True)
class _Entry:
    key: KnownKey
    read: float


class KeyCache:
    """The keys read lately. Only prefixes that are in the store are kept, so guesses do not fill it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: dict[str, _Entry] = {}
        # One thread, so that noting the use of a key never keeps a caller waiting for another writer.
        self._notes = ThreadPoolExecutor(max_workers=1, thread_name_prefix="last-used")

    def close(self) -> None:
        """Finish what is being noted."""
        self._notes.shutdown()

    def knows(self, presented: Presented) -> bool:
        """Whether what was presented is a key that this process has read, so that it is no guess."""
        entry = self._entries.get(presented.prefix)
        return entry is not None and api_keys.same_hash(entry.key.hash, presented.hash)

    async def caller(self, presented: Presented) -> Caller | None:
        """Whose key it is; None for one that is unknown, wrong, revoked or expired.

        Raises:
            StoreError: the store does not answer, and the key is not remembered.
        """
        entry = self._entries.get(presented.prefix)
        if entry is None or time.monotonic() - entry.read >= FRESH_SECONDS:
            entry = await self._read(presented.prefix, entry)
        if entry is None:
            api_keys.spend_the_time(presented)
            return None
        now = datetime.now(UTC)
        if not entry.key.opens_for(presented, now=now):
            return None
        self._note_use(entry, now)
        return entry.key.caller

    async def _read(self, prefix: str, entry: _Entry | None) -> _Entry | None:
        try:
            key = await run_in_threadpool(self._find, prefix)
        except StoreError:
            if entry is None or time.monotonic() - entry.read >= STALE_SECONDS:
                raise
            return entry
        if key is None:
            self._entries.pop(prefix, None)
            return None
        self._entries[prefix] = found = _Entry(key, time.monotonic())
        return found

    def _find(self, prefix: str) -> KnownKey | None:
        with self._store.session(write=False) as session:
            return api_keys.find(session, prefix)

    def _note_use(self, entry: _Entry, now: datetime) -> None:
        used = entry.key.last_used
        if used is None or now - used >= USED_EVERY:
            # Whether or not it can be written, it is not tried again before the row is read anew.
            entry.key = KnownKey(entry.key.caller, entry.key.hash, entry.key.expires, entry.key.revoked, now)
            self._notes.submit(self._write_use, entry.key.caller.who, now)

    def _write_use(self, key_id: str, now: datetime) -> None:
        try:
            with self._store.session() as session:
                session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used=now))
        except StoreError as error:
            logger.warning("the use of a key was not noted: %s", error.code)
