import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp_quality import UnreadableInput
from nlp_quality.corpus.agreement import agreement, gwet_ac1, render

LABELLED = Path(__file__).parents[1] / "data" / "labelled.jsonl"


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        change(row)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_file_agrees_with_itself() -> None:
    figures = agreement(LABELLED, LABELLED, resamples=20)
    assert figures["records"] == 2
    for one in figures["measures"].values():
        assert one["observed"] == 1
        assert one["alpha"] in (1.0, None)
    assert figures["measures"]["function"]["kappa"] == 1.0


def test_one_label_changed_is_found_where_it_was_changed(tmp_path: Path) -> None:
    def change(row: dict[str, Any]) -> None:
        row["sentences"][1]["function"] = "analysis"

    figures = agreement(LABELLED, changed(tmp_path / "b.jsonl", change), resamples=20)["measures"]
    assert figures["function"]["observed"] < 1
    assert figures["function"]["alpha"] < 1
    assert figures["presence"]["observed"] == 1
    assert "function" in render(agreement(LABELLED, LABELLED, resamples=5))


def test_a_level_of_null_is_a_value_of_its_own(tmp_path: Path) -> None:
    def change(row: dict[str, Any]) -> None:
        row["levels"]["analysis"] = None

    figures = agreement(LABELLED, changed(tmp_path / "b.jsonl", change), resamples=5)["measures"]
    assert figures["level.analysis"]["observed"] == 0


def test_ac1_as_in_its_paper() -> None:
    # Two annotators, 100 items, 90 % of them "no": observed 0.9, chance 2 * 0.1 * 0.9 = 0.18.
    a = np.array([1] * 10 + [0] * 90)
    b = np.array([1] * 5 + [0] * 90 + [1] * 5)
    assert gwet_ac1(a, b) == pytest.approx((0.9 - 0.18) / (1 - 0.18))


def test_files_without_a_common_record_are_an_error(tmp_path: Path) -> None:
    def change(row: dict[str, Any]) -> None:
        row["id"] = f"other-{row['id']}"

    with pytest.raises(UnreadableInput, match="share no record"):
        agreement(LABELLED, changed(tmp_path / "b.jsonl", change))
