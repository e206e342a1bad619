"""What several rooms share: verified scorers, loaded once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nlp_quality import Scorer


@pytest.fixture(scope="session", autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever the tests start keeps its store in a folder of theirs, never in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NLP_QUALITY_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    return Scorer.load()


@pytest.fixture(scope="session")
def rules_scorer() -> Scorer:
    return Scorer.load("rules")
