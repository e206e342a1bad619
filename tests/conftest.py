"""What several rooms share: verified scorers, loaded once."""

from __future__ import annotations

import pytest

from nlp_quality import Scorer


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    return Scorer.load()


@pytest.fixture(scope="session")
def rules_scorer() -> Scorer:
    return Scorer.load("rules")
