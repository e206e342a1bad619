"""Who calls, and what they may do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

SCOPES: Final[dict[str, str]] = {
    "score": "Score records.",
    "batch": "Send, read, cancel and delete batches.",
    "feedback": "Give feedback.",
    "read": "Read the scheme, the model and the metrics.",
    "admin": "All of these.",
}
ADMIN: Final = "admin"
LOCAL: Final = "local"  # of everybody where nobody signs in, and of those whose key or token names none
MAX_WHO: Final = 128

_TENANT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WHO: Final = re.compile(r"[!-~]+")

Kind = Literal["open", "key", "token", "person"]


@dataclass(frozen=True, slots=True)
class Caller:
    """One who may call.

    Attributes:
        kind: how they were known; `open` where nothing is set up and only this machine can reach the service.
        tenant: whose batches, feedback and events are theirs.
        who: the id of a key or the subject of a token, for the audit log; never a name.
        scopes: what they may do.
    """

    kind: Kind
    tenant: str
    who: str
    scopes: frozenset[str]

    def may(self, *scopes: str) -> bool:
        """Whether they hold any of these scopes."""
        return ADMIN in self.scopes or not self.scopes.isdisjoint(scopes)


OPEN: Final = Caller("open", LOCAL, LOCAL, frozenset(SCOPES))


def known_scopes(words: Iterable[object], *, prefix: str = "") -> frozenset[str]:
    """Those of `words` that are scopes of ours once `prefix` is taken off; others mean nothing here."""
    bare = (word.removeprefix(prefix) for word in words if isinstance(word, str) and word.startswith(prefix))
    return frozenset(word for word in bare if word in SCOPES)


def is_tenant(word: object) -> bool:
    """Whether `word` may name a tenant: 1 to 64 letters, digits, dots, hyphens and underscores."""
    return isinstance(word, str) and _TENANT.fullmatch(word) is not None


def who_of(subject: str) -> str:
    """A subject as the audit log holds it; one that is long or holds more than printable ASCII, by its digest."""
    if len(subject) <= MAX_WHO and _WHO.fullmatch(subject):
        return subject
    return f"sha256:{hashlib.sha256(subject.encode()).hexdigest()}"
