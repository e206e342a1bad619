"""What the operator may set, read from the environment (`NLP_QUALITY_PORT=9000`) when `Settings()` is made."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_PREFIX: Final = "NLP_QUALITY_"

# The longest record the contract allows is 200,000 code points, or 2,000,000 of HTML; 3 MB holds either with
# people and context round it in all but the most escaped JSON.
DEFAULT_MAX_BODY: Final = 3_000_000


class Settings(BaseSettings):
    """The service's settings.

    Attributes:
        host: address to listen on.
        port: TCP port; 0 takes a free one.
        model: a model's name; the packaged default when None.
        flag_means: what the council's flag `seen_alone` means, one of `nlp_quality.reconciliation.MEANINGS`.
        wording: an organisation's wording file; the packaged words when None.
        max_body_bytes: longest request body read, in bytes.
        threads: records scored at the same time in one process.
    """

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    model: str | None = None
    flag_means: Literal["without_anyone", "without_parent_or_carer"] = "without_anyone"
    wording: Path | None = None
    max_body_bytes: int = Field(default=DEFAULT_MAX_BODY, ge=1)
    threads: int = Field(default=2, ge=1, le=64)
