"""Two sets of scores: a true difference is found, chance is not called one, and workers are never compared."""

import json

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from nlp_quality import scheme
from nlp_quality.audit.compare import compare
from nlp_quality.audit.score_files import Scores, read_scores, read_where
from nlp_quality.cli import app
from nlp_quality.errors import NlpQualityError

MODEL = {"name": "stub", "version": "1", "sha256": "0" * 64}


def card(number: int, level: int | None, status: str, context: dict[str, str], model=MODEL) -> dict:
    one = {"level": level, "refer": level is None}
    seen = one | {"children": [{"child": "Zebedee", "status": status}]}
    dimensions = {name: seen if name == "seen_alone" else one for name in scheme.DIMENSIONS}
    return {"id": f"r{number}", "model": model, "dimensions": dimensions, "context": context}


def cards(
    seed: int, *, records: int = 200, sound: float = 0.5, workers: int = 20, spread: float = 0.0, **context
) -> list[dict]:
    """Records whose levels are sound with a chance that differs by worker by `spread`."""
    dice = np.random.default_rng(seed)
    chance = np.clip(sound + dice.normal(0, spread, workers), 0, 1)
    out = []
    for number in range(records):
        worker = number % workers
        level = int(dice.choice((2, 3))) if dice.random() < chance[worker] else int(dice.choice((0, 1)))
        status = str(dice.choice(list(scheme.STATUSES)))
        known = {"worker": f"{seed}-{worker}", "date": "2025-03-03", "team": "North"} | context
        out.append(card(seed * 10_000 + number, level, status, known))
    return out


def scores(values: list[dict], name: str = "x", tmp=None) -> Scores:
    path = tmp / f"{name}.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return read_scores(path, name=name)


def test_a_difference_that_is_there_is_found(tmp_path):
    found = compare(scores(cards(1), "a", tmp_path), scores(cards(2, sound=0.8), "b", tmp_path))
    sound = [one for one in found.differences if one.kind == "sound_or_strong"]
    assert all(one.stands_out and one.low < 0.3 < one.high and one.low_all < one.low for one in sound)
    assert not any(one.stands_out for one in found.differences if one.kind in ("refer", "status"))
    assert "stand out" in found.headline[0]
    assert found.clusters == "worker"


def test_chance_is_not_called_a_difference(tmp_path):
    wrong = 0
    for seed in range(20):
        found = compare(
            scores(cards(2 * seed, spread=0.2), "a", tmp_path), scores(cards(2 * seed + 1, spread=0.2), "b", tmp_path)
        )
        wrong += any(one.stands_out for one in found.differences)
    assert wrong <= 3  # a true five in a hundred gives more than three in 20 once in 60 runs; the seeds are fixed.


def test_intervals_hold_the_true_difference_where_workers_differ(tmp_path):
    """Records of one worker are alike: an interval that took them for independent would hold it far too seldom."""
    held = 0
    for seed in range(30):
        a = scores(cards(1000 + seed, spread=0.25, workers=15), "a", tmp_path)
        b = scores(cards(2000 + seed, spread=0.25, workers=15), "b", tmp_path)
        (one,) = [d for d in compare(a, b).differences if d.kind == "sound_or_strong" and d.dimension == "analysis"]
        held += one.low <= 0 <= one.high
    assert held >= 26


def test_a_sample_counts_each_record_for_those_it_stands_for(tmp_path):
    rows = []
    for number in range(100):
        level = 3 if number < 50 else 0
        row = {f"{name}.level": level for name in scheme.DIMENSIONS} | {
            f"{name}.refer": False for name in scheme.DIMENSIONS
        }
        rows.append(
            row | {"id": f"w{number}", "weight": 9.0 if level else 1.0, "statuses": "seen_alone", "team": "South"}
        )
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "scores.parquet")
    (tmp_path / "audit.json").write_text(json.dumps({"audit": {"model": MODEL}}))
    sampled = read_scores(tmp_path, name="an audit")
    found = compare(sampled, scores(cards(3), "b", tmp_path))
    (one,) = [d for d in found.differences if d.kind == "sound_or_strong" and d.dimension == "analysis"]
    assert one.a.value == pytest.approx(0.9)
    assert one.a.effective < 100
    assert found.a.models == found.b.models


def test_the_mix_and_the_same_records_on_both_sides_are_said(tmp_path):
    before = cards(1, records=60, plan="cp")
    after = cards(2, records=60, plan="cin")
    found = compare(scores(before + after, "a", tmp_path), scores(after, "b", tmp_path))
    said = " ".join(found.cautions)
    assert "mix of plan" in said
    assert "60 identifiers are on both sides" in said
    assert "overlap in time" in said


def test_other_models_or_too_few_records_are_errors(tmp_path):
    other = [card(n, 2, "seen_alone", {}, MODEL | {"version": "2"}) for n in range(20)]
    for a, b, code in ((cards(1), other, "different_models"), (cards(1), cards(2, records=9), "too_few")):
        with pytest.raises(NlpQualityError) as caught:
            compare(scores(a, "a", tmp_path), scores(b, "b", tmp_path))
        assert caught.value.code == code


@pytest.mark.parametrize("name", ["worker", "auditor", "child_id"])
def test_workers_are_never_compared(name):
    with pytest.raises(NlpQualityError) as caught:
        read_where([f"{name}=Zebedee"])
    assert caught.value.code == "not_compared"
    assert "Zebedee" not in caught.value.message


@pytest.mark.parametrize("given", ["team", "team=", "=North", "date=2025..2026"])
def test_a_condition_that_cannot_be_read_is_an_error(given):
    with pytest.raises(NlpQualityError) as caught:
        read_where([given])
    assert caught.value.code == "invalid_condition"


def test_the_command_compares_teams_and_periods_of_one_file(tmp_path):
    path, figures, page = tmp_path / "scores.jsonl", tmp_path / "out.json", tmp_path / "out.html"
    values = cards(1, sound=0.4) + cards(2, sound=0.85, date="2025-09-01", team="<b>South</b>")
    path.write_text("".join(json.dumps(v) + "\n" for v in [*values, {"id": None, "error": {"code": "blank"}}]))
    arguments = ["compare", str(path), str(path), "--where-a", "team=North", "--where-b", "date=2025-07-01..2025-12-31"]
    done = CliRunner().invoke(app, [*arguments, "--output", str(figures), "--html", str(page)])
    assert done.exit_code == 0, done.output
    assert "*" in done.output
    assert "Zebedee" not in done.output + page.read_text() + figures.read_text()
    whole = json.loads(figures.read_text())
    assert (whole["a"]["records"], whole["b"]["records"]) == (200, 200)
    assert [one["stands_out"] for one in whole["differences"] if one["kind"] == "sound_or_strong"] == [True] * 4
    assert "<b>South" not in page.read_text()
    same = CliRunner().invoke(app, ["compare", str(path), str(path)])
    assert same.exit_code == 2
    assert "same_records" in same.output


def test_a_file_that_holds_no_scores_is_an_error_without_its_text(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "Zebedee was seen."}\n')
    for wanted, code in ((path, "not_scores"), (tmp_path / "none.jsonl", "not_found")):
        with pytest.raises(NlpQualityError) as caught:
            read_scores(wanted, name="a")
        assert caught.value.code == code
        assert "Zebedee" not in caught.value.message
