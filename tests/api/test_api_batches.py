"""Batches over HTTP: what is taken, what is refused, and what comes back."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.deps import get_tenant
from api.main import create_app
from api.settings import Settings
from api.store.database import Store
from api.store.tables import Batch, BatchItem
from nlp_quality.errors import NlpQualityError
from tests.soak.processes import check_results, until, upload
from tests.soak.quick import Quick

NDJSON = {"content-type": "application/x-ndjson"}
CSV = {"content-type": "text/csv; charset=utf-8"}


class Paused(Quick):
    """Scores nothing until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.go_on.set()

    def score(self, record: Any, **options: Any) -> Any:
        self.go_on.wait()
        return super().score(record, **options)


@pytest.fixture
def scorer() -> Paused:
    return Paused()


@pytest.fixture
def client_with(scorer: Paused) -> Iterator[Callable[..., TestClient]]:
    clients: list[TestClient] = []

    def make(**settings: Any) -> TestClient:
        client = TestClient(create_app(Settings(batch_poll_seconds=0.05, **settings), scorer=scorer))
        client.__enter__()
        clients.append(client)
        return client

    yield make
    scorer.go_on.set()
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(client_with: Callable[..., TestClient]) -> TestClient:
    return client_with()


def send(client: TestClient, body: Any = None, query: str = "", **headers: str) -> Any:
    sent = NDJSON | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/v1/batches{query}", content=upload(20) if body is None else body, headers=sent)


def finished(client: TestClient, batch_id: str) -> dict[str, Any]:
    def look() -> Any:
        batch = client.get(f"/v1/batches/{batch_id}").json()
        return batch if batch["state"] not in {"queued", "running"} else None

    return until(look, seconds=30)


def results(client: TestClient, batch_id: str) -> list[dict[str, Any]]:
    reply = client.get(f"/v1/batches/{batch_id}/results")
    assert reply.headers["content-type"] == "application/x-ndjson"
    assert reply.headers["cache-control"] == "no-store"
    return [json.loads(line) for line in reply.text.splitlines()]


def stored(client: TestClient) -> Store:
    return client.app.state.service.store


# --- from upload to results -----------------------------------------------------------------------------------------


def test_a_batch_is_accepted_scored_and_read_back(client: TestClient) -> None:
    reply = send(client)
    assert reply.status_code == 202
    batch = reply.json()
    assert set(batch) == {"id", "state", "total", "done", "failed", "created", "expires"}
    assert (batch["total"], batch["failed"]) == (20, 2)
    assert reply.headers["location"] == f"/v1/batches/{batch['id']}"
    ended = finished(client, batch["id"])
    assert (ended["state"], ended["done"], ended["failed"]) == ("done", 18, 2)
    check_results(results(client, batch["id"]), 20)


def test_a_table_is_taken_row_by_row(client: TestClient) -> None:
    table = io.StringIO()
    rows = csv.writer(table, delimiter=";")
    rows.writerows(
        [["id", "text", "team"], ["a", "I saw Mia;\nalone.", "North"], ["b", " ", "=1+1"], ["c", "Yes.", ""]]
    )
    batch = client.post("/v1/batches", content=table.getvalue().encode(), headers=CSV).json()
    finished(client, batch["id"])
    found = results(client, batch["id"])
    assert [line["id"] for line in found] == ["a", "b", "c"]
    assert found[1]["error"]["code"] == "blank"
    assert found[0]["dimensions"]["analysis"]["evidence"][0]["text"] == "I saw Mia;\nalone."


def test_options_are_those_of_one_record(client: TestClient) -> None:
    record = json.dumps({"text": "\U0001f600 I saw Mia."}).encode()
    batch = send(client, record, "?detail=full&offsets=utf-16&dimensions=analysis").json()
    finished(client, batch["id"])
    (card,) = results(client, batch["id"])
    assert (card["offsets"], set(card["dimensions"])) == ("utf-16", {"analysis"})
    assert card["dimensions"]["analysis"]["evidence"][0]["end"] == 13
    batch = send(client, record, "?detail=summary").json()
    finished(client, batch["id"])
    assert "sentences" not in results(client, batch["id"])[0]


def test_people_flags_and_format_outlive_the_database(client: TestClient, scorer: Paused) -> None:
    seen: list[Any] = []
    plain = scorer.score
    scorer.score = lambda record, **options: seen.append(record) or plain(record, **options)  # type: ignore[method-assign]
    people = [{"name": "Mia", "role": "child", "age": 3.5, "aliases": ["Mi"], "flags": {"seen": "Y"}}]
    table = io.StringIO()
    csv.writer(table).writerows(
        [["text", "people", "seen_alone", "format"], ["<p>Mia</p>", json.dumps(people), "N", "html"]]
    )
    batch = client.post("/v1/batches", content=table.getvalue().encode(), headers=CSV).json()
    finished(client, batch["id"])
    (record,) = seen
    assert (record.people[0].age, record.people[0].aliases, record.people[0].flags) == (3.5, ("Mi",), {"seen": "Y"})
    assert (record.flags, record.format) == ({"seen_alone": "N"}, "html")


def test_results_so_far_come_in_order_while_it_runs(client: TestClient, scorer: Paused) -> None:
    scorer.go_on.clear()
    batch = send(client).json()
    found = results(client, batch["id"])
    assert [line["id"] for line in found] == ["r0", "r10"]  # the bad rows are known at once
    assert client.get(f"/v1/batches/{batch['id']}").json()["state"] in {"queued", "running"}
    scorer.go_on.set()
    finished(client, batch["id"])
    assert len(results(client, batch["id"])) == 20


def test_results_that_have_not_moved_are_not_sent_again(client: TestClient) -> None:
    batch = send(client).json()
    finished(client, batch["id"])
    url = f"/v1/batches/{batch['id']}/results"
    tag = client.get(url).headers["etag"]
    again = client.get(url, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_batch_of_bad_rows_alone_has_failed(client: TestClient) -> None:
    batch = send(client, b'{"id": "a"}\nnot json\n').json()
    assert (batch["state"], batch["failed"]) == ("failed", 2)
    assert [line["error"]["code"] for line in results(client, batch["id"])] == ["missing", "invalid_json"]


def test_a_record_at_which_the_scorer_fails_costs_its_row_alone(
    client: TestClient, scorer: Paused, caplog: pytest.LogCaptureFixture
) -> None:
    plain = scorer.score

    def fail(record: Any, **options: Any) -> Any:
        if record.id == "r3":
            raise RuntimeError(record.text)
        if record.id == "r4":
            raise NlpQualityError("too_odd", "it is too odd.")
        return plain(record, **options)

    scorer.score = fail  # type: ignore[method-assign]
    batch = send(client).json()
    assert finished(client, batch["id"])["failed"] == 4
    found = results(client, batch["id"])
    assert (found[3]["error"]["code"], found[4]["error"]["code"]) == ("internal_error", "too_odd")
    assert "I saw" not in caplog.text + json.dumps(found[3])


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("application/json", b"{}", 415, "unsupported_media_type"),
        ("text/csv; charset=latin-1", b"text\nx\n", 415, "unsupported_media_type"),
        ("application/x-ndjson", b"", 422, "empty_batch"),
        ("application/x-ndjson", b"\n \n", 422, "empty_batch"),
        ("text/csv", b"id,Zephyrine\n1,x\n", 422, "no_text_column"),
        ("text/csv", b"text,text\nx,y\n", 422, "repeated_column"),
        ("text/csv", b"te\xffxt\nx\n", 422, "invalid_utf8"),
    ],
)
def test_an_upload_that_is_none_is_refused(
    client: TestClient, content_type: str, body: bytes, status: int, code: str
) -> None:
    reply = client.post("/v1/batches", content=body, headers={"content-type": content_type})
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert "Zephyrine" not in reply.text
    assert client.get("/v1/batches").json()["batches"] == []


def test_limits_hold_and_nothing_of_what_passes_them_is_kept(client_with: Callable[..., TestClient]) -> None:
    client = client_with(batch_max_rows=5, batch_max_bytes=2000)
    assert send(client, upload(6)).json()["code"] == "too_many_rows"
    assert send(client, b"x" * 2001).status_code == 413
    chunks = (b'{"text": "I saw Mia."}\n' for _ in range(100))
    assert send(client, chunks).json()["code"] == "body_too_large"
    assert send(client, upload(5)).status_code == 202
    with stored(client).session() as session:
        assert session.query(Batch).count() == 1
        assert session.query(BatchItem).count() == 5


def test_no_more_batches_wait_than_allowed(client_with: Callable[..., TestClient], scorer: Paused) -> None:
    client = client_with(batch_max_open=2)
    scorer.go_on.clear()
    assert [send(client).status_code for _ in range(3)] == [202, 202, 429]
    assert send(client).headers["retry-after"]


@pytest.mark.parametrize("query", ["?detail=most", "?offsets=utf-32", "?dimensions=joy", "?webhook=https://evil.test/"])
def test_a_wrong_option_names_its_field(client: TestClient, query: str) -> None:
    reply = send(client, query=query)
    assert reply.status_code == 422
    assert reply.json()["field"] == query[1:].partition("=")[0]
    assert "evil" not in reply.text


def test_an_upload_that_breaks_off_leaves_nothing(client: TestClient) -> None:
    def body() -> Iterator[bytes]:
        yield upload(300)
        raise ConnectionError

    assert send(client, body()).status_code == 500
    assert client.get("/v1/batches").json()["batches"] == []
    with stored(client).session(write=False) as session:
        assert session.query(BatchItem).count() == 0


def test_a_full_disk_refuses_and_loses_nothing(client: TestClient) -> None:
    kept = send(client).json()
    finished(client, kept["id"])
    from sqlalchemy import text

    with stored(client).session() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
    engine = stored(client).engine
    from sqlalchemy import event

    def full(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    engine.dispose()
    event.listen(engine, "connect", full)
    reply = send(client, upload(2000))
    assert (reply.status_code, reply.json()["code"]) == (507, "store_full")
    event.remove(engine, "connect", full)
    engine.dispose()
    assert len(results(client, kept["id"])) == 20
    assert send(client, upload(30)).status_code == 202


# --- the same upload twice ------------------------------------------------------------------------------------------


def test_the_same_key_and_upload_give_the_same_batch(client: TestClient) -> None:
    first = send(client, idempotency_key='"night-1"')
    again = send(client, idempotency_key="night-1")
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert len(client.get("/v1/batches").json()["batches"]) == 1


def test_the_same_key_with_another_upload_or_option_is_refused(client: TestClient) -> None:
    send(client, idempotency_key="k")
    for reply in (
        send(client, upload(21), idempotency_key="k"),
        send(client, query="?detail=summary", idempotency_key="k"),
    ):
        assert (reply.status_code, reply.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_free_again_once_its_batch_is_deleted(client: TestClient) -> None:
    first = send(client, idempotency_key="k").json()["id"]
    client.delete(f"/v1/batches/{first}")
    assert send(client, idempotency_key="k").json()["id"] != first


def test_a_key_whose_upload_still_arrives_is_a_conflict(client: TestClient) -> None:
    first = send(client, idempotency_key="k").json()["id"]
    finished(client, first)
    with stored(client).session() as session:
        batch = session.get_one(Batch, first)
        batch.state, batch.receiving_until = "receiving", batch.expires
    reply = send(client, idempotency_key="k")
    assert (reply.status_code, reply.json()["code"]) == (409, "idempotency_in_progress")
    assert reply.headers["retry-after"]
    # Once its time is over the upload has died, and the key is free again.
    with stored(client).session() as session:
        batch = session.get_one(Batch, first)
        batch.receiving_until = batch.created
    assert send(client, idempotency_key="k").status_code == 202


@pytest.mark.parametrize("key", ["", '""', '"a', "a b", "a" * 256, "\u00e9".encode("latin-1").decode("latin-1")])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    reply = client.post("/v1/batches", content=upload(1), headers={**NDJSON, "idempotency-key": key.encode("latin-1")})  # type: ignore[dict-item]
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_idempotency_key")


# --- cancel, delete, list -------------------------------------------------------------------------------------------


def test_a_cancelled_batch_keeps_results_and_drops_text(client: TestClient, scorer: Paused) -> None:
    scorer.go_on.clear()
    batch = send(client).json()
    reply = client.post(f"/v1/batches/{batch['id']}/cancel")
    assert (reply.status_code, reply.json()["state"]) == (200, "cancelled")
    with stored(client).session() as session:
        assert session.query(BatchItem).filter(BatchItem.record.is_not(None)).count() == 0
    scorer.go_on.set()
    assert client.post(f"/v1/batches/{batch['id']}/cancel").json()["state"] == "cancelled"
    assert [line["id"] for line in results(client, batch["id"])] == ["r0", "r10"]


def test_a_batch_that_has_ended_cannot_be_cancelled(client: TestClient) -> None:
    batch = send(client).json()
    finished(client, batch["id"])
    reply = client.post(f"/v1/batches/{batch['id']}/cancel")
    assert (reply.status_code, reply.json()["code"]) == (409, "already_ended")


def test_a_deleted_batch_is_gone_even_while_it_runs(client: TestClient, scorer: Paused) -> None:
    scorer.go_on.clear()
    batch = send(client).json()
    assert client.delete(f"/v1/batches/{batch['id']}").status_code == 204
    scorer.go_on.set()
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/results"), ("POST", "/cancel")):
        assert client.request(method, f"/v1/batches/{batch['id']}{path}").status_code == 404
    with stored(client).session() as session:
        assert session.query(BatchItem).count() == 0


def test_the_list_has_pages(client: TestClient) -> None:
    made = [send(client, upload(1, name=str(number))).json()["id"] for number in range(5)]
    first = client.get("/v1/batches?limit=3").json()
    second = client.get(f"/v1/batches?limit=3&after={first['next']}").json()
    assert len(first["batches"]) == 3
    assert second["next"] is None
    listed = [batch["id"] for batch in first["batches"] + second["batches"]]
    assert sorted(listed) == sorted(made)
    assert [batch["created"] for batch in first["batches"]] == sorted(
        (batch["created"] for batch in first["batches"]), reverse=True
    )


@pytest.mark.parametrize("batch_id", ["0" * 32, "1", "..%2f..%2fetc", "Zephyrine", "0" * 33, "%00" * 32])
def test_an_id_that_is_none_of_ours_is_not_found(client: TestClient, batch_id: str) -> None:
    reply = client.get(f"/v1/batches/{batch_id}")
    assert reply.status_code in {404, 422}
    assert "Zephyrine" not in reply.text


def test_a_method_that_a_batch_does_not_take_is_told_those_it_does(client: TestClient) -> None:
    reply = client.put(f"/v1/batches/{'0' * 32}")
    assert (reply.status_code, reply.headers["allow"]) == (405, "DELETE, GET")
    assert client.delete("/v1/batches").headers["allow"] == "GET, POST"


# --- tenants --------------------------------------------------------------------------------------------------------


def test_tenants_see_nothing_of_each_other(client: TestClient) -> None:
    def be(tenant: str) -> None:
        client.app.dependency_overrides[get_tenant] = lambda: tenant

    be("north")
    batch = send(client, idempotency_key="k").json()
    finished(client, batch["id"])
    be("south")
    assert client.get("/v1/batches").json() == {"batches": [], "next": None}
    for method, path in (("GET", ""), ("GET", "/results"), ("POST", "/cancel"), ("DELETE", "")):
        reply = client.request(method, f"/v1/batches/{batch['id']}{path}")
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert client.get(f"/v1/batches?after={batch['id']}").status_code == 404
    # The same key and upload of another tenant is another batch: neither learns that the other holds it.
    other = send(client, idempotency_key="k").json()
    assert other["id"] != batch["id"]
    be("north")
    assert [one["id"] for one in client.get("/v1/batches").json()["batches"]] == [batch["id"]]
    with stored(client).session(write=False) as session:
        digests = session.query(Batch.idempotency, Batch.fingerprint).all()
    assert len({digest for row in digests for digest in row}) == 4


def test_what_is_done_with_a_batch_is_in_the_audit_log(client: TestClient) -> None:
    from sqlalchemy import select

    from api.store import audit_log
    from api.store.tables import AuditEntry

    batch = send(client).json()
    finished(client, batch["id"])
    results(client, batch["id"])
    client.delete(f"/v1/batches/{batch['id']}")
    with stored(client).session(write=False) as session:
        found = session.execute(select(AuditEntry.what, AuditEntry.subjects).order_by(AuditEntry.number)).all()
    assert [what for what, _ in found] == ["batch.created", "batch.results_read", "batch.deleted"]
    assert {subjects for _, subjects in found} == {json.dumps([batch["id"]])}
    assert audit_log.verify(stored(client)).broken is None
