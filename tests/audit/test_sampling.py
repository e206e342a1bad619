"""Who is drawn, how many, and what `audit plan` says of it."""

from __future__ import annotations

import re

import council
import pytest
from typer.testing import CliRunner

from nlp_quality import Record
from nlp_quality.audit.sampling import MAX_STRATA, Allocation, Lots, allocate, margin_of, size_for
from nlp_quality.cli import app
from nlp_quality.errors import NlpQualityError


@pytest.mark.parametrize(
    ("margin", "records", "size"),
    [(0.05, None, 385), (0.05, 1000, 278), (0.05, 10_000, 370), (0.10, 100, 50), (0.05, 30, 28), (0.5, 3, 2)],
)
def test_size_is_that_of_the_published_tables(margin, records, size):
    assert size_for(margin, records=records) == size


def test_margin_is_the_inverse_of_size():
    assert margin_of(278, records=1000) == pytest.approx(0.05, abs=0.0005)
    assert margin_of(1000, records=1000) == 0


@pytest.mark.parametrize("how", list(Allocation))
def test_allocation_adds_up_and_takes_no_more_than_is_there(how):
    counts = {("a",): 500, ("b",): 300, ("c",): 3, ("d",): 1}
    out = allocate(counts, 100, how)
    assert sum(out.values()) == 100
    assert all(0 < out[s] <= n for s, n in counts.items())
    assert out[("c",)] >= 2


def test_proportional_allocation_is_in_proportion():
    assert allocate({("a",): 600, ("b",): 300, ("c",): 100}, 100, Allocation.proportional) == {
        ("a",): 60,
        ("b",): 30,
        ("c",): 10,
    }


def test_equal_allocation_is_equal_where_it_can_be():
    out = allocate({("a",): 600, ("b",): 300, ("c",): 5}, 95, Allocation.equal)
    assert out == {("a",): 45, ("b",): 45, ("c",): 5}


def test_more_groups_than_records_to_draw_is_refused():
    with pytest.raises(NlpQualityError, match="cannot hold"):
        allocate({("a",): 5, ("b",): 5}, 1, Allocation.equal)


def draw(seed: int, size: int = 20, total: int = 200) -> frozenset[int]:
    lots = Lots(size, ("team",), seed)
    for position in range(total):
        lots.add(position, Record(text="x", context={"team": "ab"[position % 2]}))
    parts, drawn = lots.draw(Allocation.proportional)
    assert [(part.records, part.drawn) for part in parts] == [(total // 2, size // 2)] * 2
    return drawn


def test_the_same_seed_draws_the_same_records_and_another_seed_others():
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
    assert len(draw(7)) == 20


def test_every_record_is_as_likely_to_be_drawn():
    hits = [0] * 200
    for seed in range(400):
        for position in draw(seed):
            hits[position] += 1
    assert sum(hits) == 400 * 20
    assert min(hits) >= 15  # 40 expected of each; a binomial strays this far once in ten thousand.
    assert max(hits) <= 70


def test_a_column_of_identifiers_is_no_stratum():
    lots = Lots(10, ("child_id",), 7)
    for position in range(MAX_STRATA):
        lots.add(position, Record(text="x", context={"child_id": str(position)}))
    one_more = Record(text="x", context={"child_id": "one more"})
    with pytest.raises(NlpQualityError, match="fewer columns"):
        lots.add(MAX_STRATA, one_more)


def test_plan_says_how_many(tmp_path):
    result = CliRunner().invoke(app, ["audit", "plan", "--records", "1000", "--margin", "5"])
    assert result.exit_code == 0
    assert "draw 278" in result.stdout


def test_plan_counts_the_input_and_its_groups(tmp_path):
    source = council.write(council.council(200), tmp_path / "in.jsonl")
    result = CliRunner().invoke(app, ["audit", "plan", str(source), "--margin", "8", "--stratify", "team"])
    assert result.exit_code == 0, result.output
    assert "of 200 records: draw 86" in result.stdout
    assert len(re.findall(r"50 .*(?:Harbour|Moor|Valley|Weir)", result.stdout)) == 4


def test_a_sample_is_drawn_before_anything_is_scored(audit):
    scorer = council.GoldScorer()
    done = audit(council.council(400), "--sample", 60, "--stratify", "team,record_type", scorer=scorer)
    assert done.status == 0, done.err
    assert len(scorer.scored) == 60
    given = done.found["input"]
    assert (given["records"], given["scored"], given["census"]) == (400, 60, False)
    assert sum(part["drawn"] for part in given["strata"]) == 60


def test_weights_bring_an_equal_allocation_back_to_the_whole(audit):
    rows = council.council(400)
    for number, row in enumerate(rows):
        row["context"]["team"] = "Large" if number < 380 else "Small"
    done = audit(rows, "--sample", 40, "--stratify", "team", "--allocation", "equal")
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(done.folder / "scores.parquet").to_pylist()
    assert sum(row["weight"] for row in table) == pytest.approx(400)
    assert {row["team"]: row["weight"] for row in table} == {"Large": 19, "Small": 1}
