"""Groups that may be shown, and what may be said of them."""

from __future__ import annotations

import council
import numpy as np
import pytest

from nlp_quality.audit.groups import JOINED, shown_groups
from nlp_quality.audit.sample import Coded


def groups(**sizes: int) -> dict[str, int]:
    coded = Coded()
    for name, size in sizes.items():
        for _ in range(size):
            coded.add(name.replace("_", " "))
    return {name: int(np.sum(mask)) for name, mask in shown_groups(coded).items()}


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"a": 30, "b": 20}, {"a": 30, "b": 20}),
        ({"a": 30, "b": 20, "c": 6, "d": 5}, {"a": 30, "b": 20, JOINED: 11}),
        ({"a": 30, "b": 20, "c": 9}, {"a": 30, JOINED: 29}),
        ({"a": 30, "b": 20, "c": 3, "d": 2}, {"a": 30, JOINED: 25}),
        ({"a": 30, "b": 9}, {}),
        ({"a": 9, "b": 9}, {}),
        ({"a": 30}, {}),
        ({"a": 30, "b": 20, "not_given": 1}, {"a": 30, "b": 20}),
        ({"a": 30, "not_given": 15}, {"a": 30, "not given": 15}),
    ],
)
def test_no_small_group_is_shown_or_given_away_by_the_total(sizes, shown):
    assert groups(**sizes) == shown


def test_a_team_that_improves_is_found_and_no_other(audit):
    found = audit(council.council(400, improves="Moor")).found
    standing = [one for one in found["changes"] if one["stands_out"]]
    assert ("Moor", "analysis") in {(one["team"], one["dimension"]) for one in standing}
    assert {one["team"] for one in standing} == {"Moor"}
    assert all(one["value"] > 0 for one in standing)
    assert any(line.startswith("Moor: analysis is higher in records after") for line in found["headline"])


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_nothing_stands_out_where_nothing_was_planted(audit, seed):
    done = audit(council.council(400, seed=seed, graded=90))
    found = done.found
    assert not [one for one in found["changes"] + found["differences"] if one["stands_out"]]
    assert not found["grades"]["over_optimism"]
    assert not any("over-" in line or "higher" in line or "above" in line for line in found["headline"])
    assert "No difference between teams, and no change over time, holds" in done.page


def test_workers_are_never_grouped_or_named(audit):
    done = audit(council.council(200))
    for file in done.folder.iterdir():
        assert b"Harbour worker" not in file.read_bytes(), file.name
    assert set(done.found["groups"]) == {"team", "record_type", "age_band", "period"}


def test_seen_alone_of_a_team_is_of_visits_and_assessments(audit):
    rows = council.council(200)
    visits = sum(row["record_type"] in ("visit", "assessment") for row in rows)
    found = audit(rows).found
    assert sum(group["dimensions"]["seen_alone"]["n"] for group in found["groups"]["team"]) <= visits
    assert found["levels"]["seen_alone"]["n"] <= visits < found["levels"]["analysis"]["n"]
    assert set(found["levels_apart"]) <= {"case_note", "supervision", "meeting", "other"}
