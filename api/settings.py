"""What the operator may set, read from the environment (`NLP_QUALITY_PORT=9000`) when `Settings()` is made."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr
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
        wording: an organisation's wording file; the packaged words when None.
        max_body_bytes: longest request body read, in bytes.
        body_seconds: how long a request's body may take to arrive.
        workers: processes that serve, each with the model in memory.
        threads: records scored at the same time in one process.
        data_dir: the folder of the store and of its key.
        database_url: a PostgreSQL database in place of the SQLite file in `data_dir`.
        key: the keys that seal what is stored, in base64, the one that seals first; in place of `key_file`.
        key_file: a file of such keys; made in `data_dir` where the store is SQLite and neither is given.
        batch_workers: threads that score batches in each process of the service; 0 leaves it to `nlp-quality worker`.
        batch_max_rows, batch_max_bytes: the longest batch taken.
        batch_max_open: batches of one tenant that may wait or run at the same time.
        batch_uploads: batches received at the same time by one process.
        batch_upload_seconds: how long receiving one may take.
        batch_days: how long a batch's results are kept, and its text where nothing scores it.
        batch_claim_seconds: how long a worker that has died keeps its rows from the others.
        batch_poll_seconds: how often an idle worker looks for rows.
        event_days: how long score events are kept.
        feedback_days: how long feedback is kept.
        webhook_hosts: hosts that may be told of a batch's end, separated by commas, each with its port unless 443.
        webhook_secret: what those messages are signed with, `whsec_` and base64, as Standard Webhooks has it.
        webhook_ca_file: certificates that those hosts are verified with, where they are not the machine's.
        model_threads: threads of one run of the model; 0 shares the processors out among workers and their threads.
        waiting: records that may wait for one of the threads, in one process; more are refused at once.
        max_deadline_ms: longest `deadline_ms` a caller may give.
        memory_bytes: what one process may remember of replies and of steps, in bytes.
        memory_entries: how many of them.
        memory_seconds: for how long.
        log_format: `plain` lines, or a line of `json` each.
        otel: send a trace of each request by OpenTelemetry, set up by its own `OTEL_` variables; needs the extra `otel`.
        shutdown_seconds: how long a stop waits for what was accepted.
        public_url: where people and programs reach the service, as in `https://quality.example.gov.uk`.
        token_issuer: whose OAuth2 tokens are taken, exactly as their `iss` says.
        token_audience: what their `aud` must be; several are separated by commas.
        token_jwks_url: where the issuer's keys are; found by its OpenID configuration when None.
        oidc_issuer: the OpenID Connect provider that people sign in with.
        oidc_client_id, oidc_client_secret: what the provider knows this service by; a public client has no secret.
        sign_in_scopes: what everybody who signs in may do, in words; their roles at the provider add to it.
        session_minutes: how long a sign-in lasts.
        tenant_claim: the claim of tokens and sign-ins that names the tenant; all are of one when None.
        scope_prefix: what roles and scopes begin with at the issuer, before our own word.
        rate_limit: how often one key, token or person may call each process.
        failure_limit: how often one address may fail to be known.
        cors_origins: origins whose pages may call the service from a browser, separated by commas.
        trusted_proxies: addresses of proxies whose X-Forwarded-For is believed, separated by commas.
    """

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    model: str | None = None
    flag_means: Literal["without_anyone", "without_parent_or_carer"] = "without_anyone"
    wording: Path | None = None
    max_body_bytes: int = Field(default=DEFAULT_MAX_BODY, ge=1)
    body_seconds: float = Field(default=20.0, gt=0, le=600)
    workers: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=2, ge=1, le=64)
    data_dir: Path = Field(default_factory=lambda: user_data_path("nlp-quality", appauthor=False))
    database_url: SecretStr | None = None
    key: SecretStr | None = None
    key_file: Path | None = None
    batch_workers: int = Field(default=1, ge=0, le=16)
    batch_max_rows: int = Field(default=20_000, ge=1)
    batch_max_bytes: int = Field(default=200_000_000, ge=1)
    batch_max_open: int = Field(default=20, ge=1)
    batch_uploads: int = Field(default=4, ge=1, le=32)
    batch_upload_seconds: float = Field(default=600, gt=0)
    batch_days: float = Field(default=7, gt=0)
    batch_claim_seconds: float = Field(default=60, ge=1)
    batch_poll_seconds: float = Field(default=1, gt=0)
    event_days: float = Field(default=730, gt=0)
    feedback_days: float = Field(default=730, gt=0)
    webhook_hosts: str = ""
    webhook_secret: SecretStr | None = None
    webhook_ca_file: Path | None = None
    model_threads: int = Field(default=0, ge=0, le=64)
    waiting: int = Field(default=16, ge=0, le=1_000)
    max_deadline_ms: int = Field(default=60_000, ge=DEFAULT_DEADLINE_MS, le=600_000)
    memory_bytes: int = Field(default=64_000_000, ge=0)
    memory_entries: int = Field(default=50_000, ge=1)
    memory_seconds: float = Field(default=900.0, gt=0)
    log_format: Literal["plain", "json"] = "plain"
    otel: bool = False
    shutdown_seconds: int = Field(default=60, ge=1)
    public_url: str | None = None
    token_issuer: str | None = None
    token_audience: str = ""
    token_jwks_url: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    sign_in_scopes: str = "score feedback read"
    session_minutes: int = Field(default=480, ge=1, le=1440)
    tenant_claim: str | None = None
    scope_prefix: str = ""
    rate_limit: str = "1200/minute"
    failure_limit: str = "30/minute"
    cors_origins: str = ""
    trusted_proxies: str = ""
