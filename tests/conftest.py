"""What several rooms share: one verified scorer, loaded once."""

from __future__ import annotations

import pytest

from nlp_quality import Scorer


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    return Scorer.load()
