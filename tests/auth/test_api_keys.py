"""Keys: what they open, when they stop, and that nothing tells one failure from another."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from api.auth import api_keys, key_cache
from api.key_commands import keys
from api.store import audit_log
from api.store.database import Store
from api.store.errors import store_error
from api.store.tables import ApiKey, AuditEntry


def run(*arguments):
    return CliRunner().invoke(keys, list(arguments))


def made(*arguments):
    """The id and the key that `keys create` or `rotate` prints."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return re.search(r"Key (\w{32})", result.stderr)[1], result.stdout.strip()


def create(*scopes, tenant="local"):
    options = [part for scope in scopes or ("score",) for part in ("--scope", scope)]
    return made("create", "--name", "case system", "--tenant", tenant, *options)


@pytest.fixture
def store(tmp_path):
    """The store that the commands use."""
    from api.settings import Settings

    store = Store(Settings())
    store.open()
    yield store
    store.close()


def test_a_key_is_shown_once_and_only_its_hash_is_kept(store, tmp_path):
    key_id, key = create("score", "batch", tenant="north")
    assert re.fullmatch(r"nlpq_[0-9a-f]{12}_[\w-]{43}", key)
    with store.session(write=False) as session:
        row = session.get(ApiKey, key_id)
    assert (row.tenant, row.scopes, row.name) == ("north", "score batch", "case system")
    assert (row.expires - row.created).days == 365
    secret = key.rpartition("_")[2] if "_" not in key.split("_", 2)[2] else key.split("_", 2)[2]
    store.close()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    listed = run("list").output
    assert key_id in listed
    assert "active" in listed
    assert secret not in listed


def test_making_rotating_and_revoking_are_in_the_audit_log(store):
    first, _ = create()
    second, _ = made("rotate", first)
    run("revoke", second)
    run("revoke", second)
    with store.session(write=False) as session:
        rows = [(row.what, row.who, row.subjects) for row in session.scalars(select(AuditEntry))]
    assert rows == [
        ("keys.created", "operator", f'["{first}"]'),
        ("keys.rotated", "operator", f'["{first}", "{second}"]'),
        ("keys.revoked", "operator", f'["{second}"]'),
    ]
    assert audit_log.verify(store).broken is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scope", "everything"],
        ["--scope", "score", "--tenant", "north/south"],
        ["--scope", "score", "--tenant", ""],
        ["--scope", "score", "--name", " "],
        ["--scope", "score", "--name", "two\nlines"],
    ],
)
def test_what_cannot_be_is_refused_and_no_key_is_made(store, arguments):
    assert run("create", "--name", "test", *arguments).exit_code != 0
    with store.session(write=False) as session:
        assert not api_keys.any_made(session)


def test_a_key_that_is_over_or_unknown_cannot_be_rotated(store):
    key_id, _ = create()
    run("revoke", key_id)
    assert run("rotate", key_id).exit_code != 0
    assert run("rotate", "0" * 32).exit_code != 0
    assert run("revoke", "0" * 32).exit_code != 0


def test_a_key_opens_by_either_header(service_with):
    service = service_with()
    _, key = service.make_key()
    assert service.score(key).status_code == 200
    assert service.score(headers={"X-API-Key": key}).status_code == 200
    assert service.score(headers={"Authorization": f"bearer {key}"}).status_code == 200


def bad_keys(service):
    """A key of every kind that does not open, and a good one."""
    _, good = service.make_key()
    revoked_id, revoked = service.make_key()
    expired_id, expired = service.make_key(lifetime=timedelta(days=1))
    with service.store.session() as session:
        api_keys.revoke(service.store, session, revoked_id)
        session.execute(
            update(ApiKey)
            .where(ApiKey.id == expired_id)
            .values(expires=service.store.now(session) - timedelta(seconds=1))
        )
    wrong_secret = good[:-2] + ("AA" if good[-2:] != "AA" else "BB")
    unknown = "nlpq_" + "0" * 12 + good[17:]
    return good, {"revoked": revoked, "expired": expired, "wrong": wrong_secret, "unknown": unknown, "none": None}


def test_every_failure_to_be_known_is_the_same_reply(service_with):
    service = service_with()
    good, bad = bad_keys(service)
    assert service.score(good).status_code == 200
    more = {"nonsense": "x", "empty": "", "token": "a.b.c", "two marks": f"{good} {good}"}
    replies = {name: service.score(key) for name, key in (bad | more).items()}
    assert {reply.status_code for reply in replies.values()} == {401}
    assert len({reply.text for reply in replies.values()}) == 1
    names = {tuple(sorted(set(reply.headers) - {"x-request-id"})) for reply in replies.values()}
    assert len(names) == 1
    assert {reply.headers["www-authenticate"] for reply in replies.values()} == {'Bearer realm="nlp-quality"'}
    assert replies["none"].json()["code"] == "unauthenticated"


def test_two_keys_in_one_request_are_refused(service_with):
    service = service_with()
    _, one = service.make_key()
    _, other = service.make_key()
    assert service.score(one, headers={"X-API-Key": other}).status_code == 401
    assert service.score(one, headers={"X-API-Key": one}).status_code == 200


def test_a_key_in_the_address_means_nothing(service_with):
    service = service_with()
    _, key = service.make_key()
    for name in ("key", "api_key", "apiKey", "access_token", "X-API-Key"):
        assert service("POST", f"/v1/score?{name}={key}", json={"text": "x"}).status_code == 401


@pytest.fixture
def clock(monkeypatch):
    """The clock of what is remembered of keys, in seconds, that the test moves."""
    now = [1000.0]
    monkeypatch.setattr(key_cache.time, "monotonic", lambda: now[0])
    return now


def test_a_rotated_key_goes_on_for_the_overlap_alone(service_with, clock):
    service = service_with()
    old_id, old = service.make_key("score", "batch", tenant="north")
    assert service.score(old).status_code == 200
    with service.store.session() as session:
        _, new = api_keys.rotate(service.store, session, old_id, lifetime=None, overlap=timedelta(hours=1))
    clock[0] += key_cache.FRESH_SECONDS
    assert [service.score(key).status_code for key in (old, new)] == [200, 200]
    with service.store.session() as session:
        row = session.get(ApiKey, old_id)
        left = (row.expires - service.store.now(session)).total_seconds()
        assert 3500 < left <= 3600
        row.expires = service.store.now(session)  # the hour is over
    clock[0] += key_cache.FRESH_SECONDS
    assert [service.score(key).status_code for key in (old, new)] == [401, 200]


def test_rotation_never_lengthens_a_key(service_with):
    service = service_with()
    old_id, _ = service.make_key(lifetime=timedelta(minutes=5))
    with service.store.session() as session:
        end = session.get(ApiKey, old_id).expires
        api_keys.rotate(service.store, session, old_id, lifetime=None, overlap=timedelta(days=7))
        assert session.get(ApiKey, old_id).expires == end


def test_a_revoked_key_is_refused_once_what_is_remembered_is_old(service_with, clock):
    service = service_with()
    key_id, key = service.make_key()
    assert service.score(key).status_code == 200
    with service.store.session() as session:
        api_keys.revoke(service.store, session, key_id)
    clock[0] += key_cache.FRESH_SECONDS
    assert service.score(key).status_code == 401


def test_known_keys_go_on_while_the_store_does_not_answer_and_new_ones_wait(service_with, clock, monkeypatch):
    service = service_with()
    _, known = service.make_key()
    _, new = service.make_key()
    assert service.score(known).status_code == 200

    def broken(*_, **__):
        raise store_error("store_unavailable")

    monkeypatch.setattr(Store, "session", broken)
    clock[0] += key_cache.FRESH_SECONDS
    assert service.score(known).status_code == 200
    refused = service.score(new)
    assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
    assert int(refused.headers["retry-after"]) > 0
    clock[0] += key_cache.STALE_SECONDS
    assert service.score(known).status_code == 503


def test_when_a_key_was_last_used_is_noted(service_with):
    service = service_with()
    key_id, key = service.make_key()
    assert service.score(key).status_code == 200
    service.app.state.access.close()
    with service.store.session(write=False) as session:
        assert session.get(ApiKey, key_id).last_used is not None


def test_revoking_the_last_key_closes_the_service(service_with):
    service = service_with()
    key_id, _ = service.make_key()
    with service.store.session() as session:
        api_keys.revoke(service.store, session, key_id)
    assert service.score().status_code == 401


def test_the_first_key_closes_a_running_service(service_with, clock):
    service = service_with()
    assert service.score(base_url="http://127.0.0.1").status_code == 200
    service.make_key()
    clock[0] += key_cache.FRESH_SECONDS
    assert service.score(base_url="http://127.0.0.1").status_code == 401


def test_guesses_are_slowed_and_a_key_in_use_goes_on(service_with):
    service = service_with(failure_limit="5/hour")
    _, good = service.make_key()
    _, unseen = service.make_key()
    assert service.score(good).status_code == 200
    guess = [service.score(f"nlpq_{number:012x}_{'A' * 43}").status_code for number in range(8)]
    assert guess == [401] * 5 + [429] * 3
    refused = service.score(good[:-1] + ("A" if good[-1] != "A" else "B"))  # the known prefix with another secret
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert service.score(unseen).status_code == 429
    assert service.score(good).status_code == 200
    assert service.score(unseen, client="192.0.2.7").status_code == 200


def test_guesses_from_one_ipv6_network_count_together(service_with):
    service = service_with(failure_limit="3/hour")
    service.make_key()
    statuses = [service.score("x", client=f"2001:db8:1:2::{number}").status_code for number in range(1, 6)]
    assert statuses == [401] * 3 + [429] * 2
    assert service.score("x", client="2001:db8:1:3::1").status_code == 401


def test_each_key_has_a_limit_of_its_own_and_is_told_of_it(service_with):
    service = service_with(rate_limit="3/hour")
    _, one = service.make_key()
    _, other = service.make_key()
    replies = [service.score(one) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert replies[0].headers["ratelimit-policy"] == '"default";q=3;w=3600'
    assert [re.match(r'"default";r=(\d+);t=\d+', reply.headers["ratelimit"])[1] for reply in replies] == list("2100")
    assert replies[3].json()["code"] == "too_many_requests"
    assert int(replies[3].headers["retry-after"]) > 0
    assert service.score(other).status_code == 200
