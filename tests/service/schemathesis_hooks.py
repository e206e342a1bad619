"""What schemathesis cannot send by itself: JSON Lines."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def json_lines(_: Any, value: Any) -> bytes:
    """As it stands."""
    return value if isinstance(value, bytes) else str(value).encode()
