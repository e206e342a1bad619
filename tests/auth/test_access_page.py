"""The page of who may call names what there is."""

from __future__ import annotations

import re
from pathlib import Path

from api.auth import jwks, key_cache, tokens
from api.auth.callers import SCOPES
from api.settings import Settings

PAGE = (Path(__file__).parents[2] / "api" / "docs" / "access.md").read_text(encoding="utf-8")
ABOUT_ACCESS = (
    "token_",
    "oidc_",
    "tenant_claim",
    "scope_prefix",
    "public_url",
    "sign_in_",
    "session_",
    "cors_",
    "trusted_",
)


def test_every_setting_about_access_is_told_and_every_one_told_is_there():
    told = {name.lower() for name in re.findall(r"`([A-Z][A-Z_]+[A-Z])`", PAGE)}
    about = {name for name in Settings.model_fields if name.startswith(ABOUT_ACCESS) or name.endswith("_limit")}
    assert about <= told
    assert told <= set(Settings.model_fields)
    known = Settings()
    for default in (known.rate_limit, known.failure_limit, known.sign_in_scopes, str(known.session_minutes)):
        assert default in PAGE


def test_every_scope_is_told():
    assert set(re.findall(r"^\| `(\w+)` \| ", PAGE, re.M)) >= set(SCOPES)


def test_the_times_it_tells_are_those_that_hold():
    assert tokens.LEEWAY_SECONDS == 60
    assert "differ by 60 seconds" in PAGE
    assert jwks.USABLE_SECONDS == 24 * 3600
    assert "go on for 24 hours" in PAGE
    assert key_cache.FRESH_SECONDS == 10
    assert "within ten seconds" in PAGE
    assert key_cache.STALE_SECONDS == 15 * 60
    assert re.search(r"go on for 15\s+minutes", PAGE)
