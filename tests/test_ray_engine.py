"""Scoring on a real Ray cluster of two nodes: the results of one machine, whatever happens to a node."""

import os
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nlp_quality import Record, Scorer
from nlp_quality.cli import app
from nlp_quality.errors import NlpQualityError
from nlp_quality.formats import BadRecord, Source, score_items
from nlp_quality.formats.output import json_line
from nlp_quality.formats.scorecard import to_dict
from nlp_quality.ray_engine import score_on_ray

CANARY = "Zebedee Quillfeather"
STORE = 100_000_000  # bytes; Ray's least is some 75 MB.


class Marked:
    """A scorer that says in a folder where it was loaded and what it scored, and takes a moment a record."""

    def __init__(self, folder: Path, seconds: float) -> None:
        import ray

        self._inner = Scorer.load("rules")
        self._mark = folder / f"{ray.get_runtime_context().get_node_id()}.{os.getpid()}"
        self._mark.touch(exist_ok=False)  # twice in one process would be an error.
        self._seconds = seconds

    @property
    def model(self):
        return self._inner.model

    def score(self, record):
        if record.text.startswith("fault"):
            raise ValueError(record.text)
        until = time.monotonic() + self._seconds
        card = self._inner.score(record)
        while time.monotonic() < until:  # work, not a wait: it keeps the core.
            pass
        return card


def nodes(folder: Path) -> list[str]:
    """The node of each time a scorer was loaded."""
    return [mark.name.partition(".")[0] for mark in folder.iterdir()]


def items(count: int) -> list[Source | BadRecord]:
    out = [
        Source(
            Record(
                f"{CANARY} was seen alone in room {n}. She told me about number {n}.", id=f"r{n}", context={"n": str(n)}
            )
        )
        for n in range(count)
    ]
    out[count // 2] = BadRecord(id="bad", code="blank", field="text", message="text is empty.", line=7)
    return out


def lines(results) -> list[str]:
    return [json_line(r.to_dict() if isinstance(r, BadRecord) else to_dict(r, context=True)) for r in results]


@pytest.fixture(scope="module")
def local():
    scorer = Scorer.load("rules")
    return lambda count: lines(score_items(scorer, items(count)))


@pytest.fixture(scope="module")
def cluster():
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    # Patience: on a busy machine a node takes its time, and Ray would take that for a fault.
    patience = {"RAY_raylet_start_wait_time_s": "180", "RAY_gcs_server_request_timeout_seconds": "180"}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in patience.items() | {("RAY_USAGE_STATS_ENABLED", "0")}:
            environment.setenv(name, value)
        ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
        niceness = {"worker_niceness": 0}  # Ray gives way to all other programs, which a busy machine makes minutes of.
        head = {"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False, "_system_config": niceness}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        try:
            cluster.add_node(num_cpus=1, object_store_memory=STORE)
            yield cluster
        finally:
            ray.shutdown()
            cluster.shutdown()
            ray.cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


cluster_test = [
    pytest.mark.cluster,
    # Ray leaves sockets and processes to the end of the program.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


def marked(function):
    for mark in cluster_test:
        function = mark(function)
    return function


@marked
def test_a_killed_node_loses_no_record_and_changes_no_byte(cluster, local, tmp_path):
    count = 240
    lost = cluster.add_node(num_cpus=1, object_store_memory=STORE)
    load = partial(Marked, tmp_path, 0.03)
    results = score_on_ray(items(count), load=load, address=cluster.address, piece=4, window=80)
    found = [next(results)]
    deadline = time.monotonic() + 120
    while lost.node_id not in nodes(tmp_path):  # until the node that is to be lost has begun.
        assert time.monotonic() < deadline
    before = len(nodes(tmp_path))
    cluster.remove_node(lost, allow_graceful=False)
    found.extend(results)
    assert lines(found) == local(count)
    assert len(nodes(tmp_path)) > before  # the lost actor began again on a node that was left.


@marked
def test_the_model_is_loaded_once_an_actor_and_a_fault_tells_no_text(cluster, local, tmp_path, capfd):
    load = partial(Marked, tmp_path, 0)
    assert lines(score_on_ray(items(40), load=load, address=cluster.address, piece=4)) == local(40)
    assert len(nodes(tmp_path)) == len(set(nodes(tmp_path))) == 2
    faulty = [Source(Record(f"fault {CANARY}"))]
    with pytest.raises(NlpQualityError) as caught:
        list(score_on_ray(faulty, load=load, address=cluster.address))
    assert caught.value.code == "fault"
    assert "ValueError at test_ray_engine.py" in caught.value.message
    out, err = capfd.readouterr()
    logs = Path(cluster.head_node.get_session_dir_path(), "logs")
    written = "".join(path.read_text(errors="replace") for path in logs.rglob("*") if path.is_file())
    assert CANARY not in out + err + written + caught.value.message


@marked
def test_another_model_on_a_machine_is_an_error(cluster, tmp_path):
    load = partial(Marked, tmp_path, 0)
    with pytest.raises(NlpQualityError) as caught:
        list(score_on_ray(items(4), load=load, expected=Scorer.load().model, address=cluster.address))
    assert caught.value.code == "other_model"


@marked
def test_the_command_gives_the_same_file_and_goes_on_after_a_stop(cluster, tmp_path):
    source, here, there = tmp_path / "in.jsonl", tmp_path / "here.jsonl", tmp_path / "there.jsonl"
    source.write_text("".join(f'{{"id": "r{n}", "text": "Mia was seen alone, {n}."}}\n' for n in range(12)) + "no\n")
    arguments = ["score", str(source), "--model", "rules", "--output"]
    assert CliRunner().invoke(app, [*arguments, str(here)]).exit_code == 1
    on_ray = [*arguments, str(there), "--engine", "ray", "--address", cluster.address, "--resume"]
    assert CliRunner().invoke(app, on_ray).exit_code == 1
    assert there.read_bytes() == here.read_bytes()


def test_without_ray_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(NlpQualityError) as caught:
        next(score_on_ray(items(2), load=partial(Scorer.load, "rules")))
    assert caught.value.code == "ray_missing"
    assert "nlp-quality[ray]" in caught.value.message


def test_a_program_outside_the_cluster_is_refused():
    pytest.importorskip("ray")
    with pytest.raises(NlpQualityError) as caught:
        next(score_on_ray(items(2), load=partial(Scorer.load, "rules"), address="ray://127.0.0.1:10001"))
    assert caught.value.code == "not_in_cluster"


def test_an_address_without_the_engine_is_an_error(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "Mia was seen."}\n')
    done = CliRunner().invoke(app, ["score", str(source), "--model", "rules", "--address", "auto"])
    assert done.exit_code == 2
    assert "no_engine_for_address" in done.output
