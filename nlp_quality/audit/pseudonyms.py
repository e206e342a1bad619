"""Workers and children under other names: the same within one audit, and no use without its input.

The key is a digest of the whole input, so whoever lacks the input cannot try out identifiers, and two audits of different
records cannot be joined by them. Whoever holds the input holds the identifiers anyway.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

LENGTH: Final = 10  # hexadecimal digits: among a million identifiers two meet by chance once in two runs, harmlessly.


@dataclass(frozen=True, slots=True)
class Names:
    """How identifiers are shown.

    Attributes:
        key: bytes that only the input gives; None shows identifiers as they are.
    """

    key: bytes | None

    def of(self, kind: str, value: str | None) -> str | None:
        """`value` as it may be shown; `kind` (`worker`, `child`) keeps equal identifiers of two kinds apart."""
        if value is None or self.key is None:
            return value
        digest = hmac.new(self.key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()
        return f"{kind}-{digest[:LENGTH]}"
