"""What the operator may set, read from the environment (`NLP_QUALITY_PORT=9000`) when `Settings()` is made."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_PREFIX: Final = "NLP_QUALITY_"

# The longest record the contract allows is 200,000 code points, or 2,000,000 of HTML; 3 MB holds either with
# people and context round it in all but the most escaped JSON.
DEFAULT_MAX_BODY: Final = 3_000_000
DEFAULT_DEADLINE_MS: Final = 2_000  # of a caller who names none, contract.
# A shorter deadline counts as this: to refuse a short record takes about as long as to score it.
LEAST_DEADLINE_MS: Final = 250


class Settings(BaseSettings):
    """The service's settings.

    Attributes:
        host: address to listen on.
        port: TCP port; 0 takes a free one.
        model: a model's name; the packaged default when None.
        flag_means: what the council's flag `seen_alone` means, one of `nlp_quality.reconciliation.MEANINGS`.
        max_body_bytes: longest request body read, in bytes.
        body_seconds: how long a request's body may take to arrive.
        workers: processes that serve, each with the model in memory.
        threads: records scored at the same time in one process.
        model_threads: threads of one run of the model; 0 shares the processors out among workers and their threads.
        waiting: records that may wait for one of the threads, in one process; more are refused at once.
        max_deadline_ms: longest `deadline_ms` a caller may give.
        memory_bytes: what one process may remember of replies and of steps, in bytes.
        memory_entries: how many of them.
        memory_seconds: for how long.
        log_format: `plain` lines, or a line of `json` each.
        otel: send a trace of each request by OpenTelemetry, set up by its own `OTEL_` variables; needs the extra `otel`.
        shutdown_seconds: how long a stop waits for what was accepted.
    """

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    model: str | None = None
    flag_means: Literal["without_anyone", "without_parent_or_carer"] = "without_anyone"
    max_body_bytes: int = Field(default=DEFAULT_MAX_BODY, ge=1)
    body_seconds: float = Field(default=20.0, gt=0, le=600)
    workers: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=2, ge=1, le=64)
    model_threads: int = Field(default=0, ge=0, le=64)
    waiting: int = Field(default=16, ge=0, le=1_000)
    max_deadline_ms: int = Field(default=60_000, ge=DEFAULT_DEADLINE_MS, le=600_000)
    memory_bytes: int = Field(default=64_000_000, ge=0)
    memory_entries: int = Field(default=50_000, ge=1)
    memory_seconds: float = Field(default=900.0, gt=0)
    log_format: Literal["plain", "json"] = "plain"
    otel: bool = False
    shutdown_seconds: int = Field(default=60, ge=1)
