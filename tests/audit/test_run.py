"""Stopping and going on, bad rows, drafts, and what is left on the disk."""

from __future__ import annotations

import json
import os
import stat
import tracemalloc
from functools import partial

import council
import pytest

from nlp_quality.audit.intake import Intake
from nlp_quality.audit.run import Options, score_sample, survey
from nlp_quality.formats import score_items

CANARY = "Zephyrine Quillfeather"


def stopped(audit, rows, after: int, *options):
    scorer = council.GoldScorer(stop_after=after)
    done = audit(rows, *options, scorer=scorer)
    assert done.status == 130
    return scorer


def test_a_stopped_audit_goes_on_and_scores_nothing_twice(audit):
    rows = council.council(80, graded=30)
    whole = audit(rows, folder="whole")
    first = stopped(audit, rows, 50)
    second = council.GoldScorer()
    done = audit(rows, scorer=second)
    assert done.status == 0
    shown = {one["record"] for key in ("read_first", "moderation") for one in done.found[key]}
    shown |= {one["record"] for ones in done.found["good_practice"].values() for one in ones}
    again = set(first.scored) & set(second.scored)
    assert again <= shown  # the few whose words the report shows, which no file kept.
    assert len(second.scored) == 30 + len(again)
    assert done.found == whole.found
    for name in ("scores.csv", "audit.json", "report.html"):
        assert (done.folder / name).read_bytes() == (whole.folder / name).read_bytes(), name


def test_without_a_stop_nothing_is_scored_twice(audit):
    scorer = council.GoldScorer()
    audit(council.council(80), scorer=scorer)
    assert len(scorer.scored) == len(set(scorer.scored)) == 80


def test_a_line_cut_short_by_the_stop_is_scored_again(audit, tmp_path):
    rows = council.council(40)
    stopped(audit, rows, 20)
    work = tmp_path / "out" / "audit.unfinished"
    work.write_bytes(work.read_bytes()[:-30])
    done = audit(rows)
    assert done.status == 0
    assert done.found["input"]["scored"] == 40


def test_the_work_file_holds_no_narrative_and_no_name_and_is_gone_at_the_end(audit, tmp_path):
    rows = council.council(40)
    stopped(audit, rows, 30)
    work = tmp_path / "out" / "audit.unfinished"
    kept = work.read_text(encoding="utf-8")
    assert stat.S_IMODE(os.stat(work).st_mode) == 0o600
    for row in rows[:30]:
        assert row["text"].split("\n")[0][:60] not in kept
        assert not any(person["name"] in kept for person in row["people"])
    audit(rows)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "audit.json", "report.html", "report.xlsx", "scores.csv", "scores.parquet",
    ]  # fmt: skip


@pytest.mark.parametrize("change", ["records", "seed"])
def test_an_unfinished_audit_of_something_else_is_not_mixed_in(audit, change):
    rows = council.council(40)
    stopped(audit, rows, 20, "--sample", 30)
    if change == "records":
        rows[0]["text"] += " More."
    done = audit(rows, "--sample", 30, *(["--seed", 8] if change == "seed" else []))
    assert done.status == 2
    assert "unfinished audit" in done.err
    assert audit(rows, "--sample", 30, "--fresh").status == 0


def test_bad_rows_are_listed_with_their_row_and_reason(audit):
    rows = council.council(30)
    rows.insert(2, {"id": "bad-1", "text": ""})
    rows.insert(9, {"id": "bad-2", "text": "x", "record_type": CANARY})
    done = audit(rows)
    assert done.status == 1
    bad = {one["line"]: one for one in done.found["input"]["bad"]}
    assert (bad[3]["code"], bad[10]["code"]) == ("blank", "unknown_value")
    assert "row 3 cannot be read: text is empty or blank" in done.err
    assert CANARY not in done.err + done.page + json.dumps(done.found)
    assert done.found["input"]["scored"] == 30


def test_drafts_are_left_out_of_everything(audit):
    rows = council.council(30)
    rows[4]["draft"] = True
    scorer = council.GoldScorer()
    done = audit(rows, scorer=scorer)
    assert rows[4]["id"] not in scorer.scored
    assert (done.found["input"]["records"], done.found["input"]["drafts"]) == (29, 1)
    assert rows[4]["id"] not in (done.folder / "scores.csv").read_text(encoding="utf-8")


def test_the_same_input_gives_the_same_files(audit):
    rows = council.council(60, graded=30)
    one, two = audit(rows, "--sample", 40, folder="one"), audit(rows, "--sample", 40, folder="two")
    for name in ("scores.csv", "scores.parquet", "audit.json", "report.html"):
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes(), name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["-"], "reads its input twice"), (["missing.jsonl"], "does not exist")],
)
def test_input_that_cannot_be_audited(arguments, said, tmp_path):
    from typer.testing import CliRunner

    from nlp_quality.cli import app

    result = CliRunner().invoke(app, ["audit", *arguments, "--output", str(tmp_path / "out"), "--model", "rules"])
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_output_is_never_the_input(audit, tmp_path):
    rows = council.council(20)
    (tmp_path / "out").mkdir()
    council.write(rows, tmp_path / "out" / "scores.csv")
    assert audit(tmp_path / "out" / "scores.csv").status == 2
    assert audit(tmp_path, folder="in").status == 2


def test_memory_does_not_go_with_the_number_of_records(tmp_path):
    """Ten times the records, the same sample: the peak stays."""
    text = "Mia was seen alone in her room and said that the house is loud at night. " * 40

    def peak(size: int) -> int:
        source = tmp_path / f"{size}.jsonl"
        with source.open("w", encoding="utf-8") as stream:
            for number in range(size):
                stream.write(
                    json.dumps({"id": str(number), "text": text, "context": {"team": "ab"[number % 2]}}) + "\n"
                )
        folder = tmp_path / f"out{size}"
        folder.mkdir()
        options, intake, scorer = Options(sample=50, stratify=("team",)), Intake(), council.GoldScorer()
        tracemalloc.start()
        found = survey(str(source), intake, options)
        score_sample(str(source), folder, intake, options, found, partial(score_items, scorer), scorer.model)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(200)  # imports and caches.
    assert peak(5_000) < peak(500) + 2_000_000


def test_a_watcher_sees_every_record_of_a_resumed_audit(tmp_path):
    class Watcher:
        def __init__(self):
            self.seen = []

        def see(self, record, row):
            self.seen.append((record.id, row.position))

    rows = council.council(30)
    source, folder = str(council.write(rows, tmp_path / "in.jsonl")), tmp_path / "out"
    folder.mkdir()
    options, intake = Options(), Intake()
    found = survey(source, intake, options)
    first, second = Watcher(), Watcher()
    scorer = council.GoldScorer(stop_after=12)
    with pytest.raises(KeyboardInterrupt):
        score_sample(
            source, folder, intake, options, found, partial(score_items, scorer), scorer.model, watchers=[first]
        )
    scorer = council.GoldScorer()
    score_sample(source, folder, intake, options, found, partial(score_items, scorer), scorer.model, watchers=[second])
    assert second.seen == [(row["id"], number) for number, row in enumerate(rows)]
    assert first.seen == second.seen[:12]
