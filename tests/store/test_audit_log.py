"""The audit log is append-only, and whatever is done to it behind its back shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.store import audit_log
from api.store.audit_log import FIRST, Verified
from api.store.database import Store
from api.store.tables import AuditEntry

KEY = b"k" * 32


def fill(store: Store, count: int = 4) -> None:
    for number in range(count):
        with store.session() as session:
            audit_log.append(
                store, session, tenant="north", who="operator", what="batch.deleted", subjects=[f"b{number}"]
            )


def test_an_empty_log_holds(store):
    assert audit_log.verify(store) == Verified(0, FIRST)


def test_rows_hold_together(store):
    fill(store)
    found = audit_log.verify(store)
    assert (found.rows, found.broken) == (4, None)
    assert audit_log.holds(store, found.head)
    assert not audit_log.holds(store, "f" * 64)


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET who = 'nobody'", "DELETE FROM audit_log"])
def test_rows_can_be_neither_changed_nor_deleted(store, statement):
    fill(store)
    with pytest.raises(DBAPIError), store.session() as session:
        session.execute(text(statement))
    assert audit_log.verify(store).rows == 4


def test_a_row_belongs_to_the_transaction_it_tells_of(store):
    fill(store, 1)
    with store.session() as session:
        audit_log.append(store, session, tenant="north", who="operator", what="purge")
        session.rollback()
    fill(store, 1)
    assert audit_log.verify(store).rows == 2


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit_log SET who = 'nobody' WHERE number = 2", 2),
        ("UPDATE audit_log SET subjects = '[]' WHERE number = 3", 3),
        ("DELETE FROM audit_log WHERE number = 2", 2),
        ("DELETE FROM audit_log WHERE number = 4", 4),
        ("DELETE FROM audit_log", 1),
        ("UPDATE store_meta SET value = (SELECT sealed FROM tenant_keys) WHERE name = 'audit_head'", 5),
    ],
)
def test_the_first_row_tampered_with_is_named(store, tampering, broken):
    fill(store)
    with store.session() as session:
        store.tenant(session, "north")
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_log_no_update"))
            session.execute(text("DROP TRIGGER audit_log_no_delete"))
        else:
            session.execute(text("DROP TRIGGER audit_log_append_only ON audit_log"))
        session.execute(text(tampering))
    assert audit_log.verify(store).broken == broken


def rows(count: int) -> tuple[list[AuditEntry], bytes]:
    made, previous = [], FIRST
    for number in range(1, count + 1):
        entry = AuditEntry(
            number=number,
            tenant="north",
            who="operator",
            what="purge",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            subjects="[]",
            previous_hash=previous,
        )
        entry.hash = previous = audit_log.row_hash(entry, KEY)
        made.append(entry)
    return made, audit_log.written_head(count, previous, KEY)


@given(st.integers(1, 12), st.data())
def test_any_one_change_is_found_at_its_row(count, data):
    log, head = rows(count)
    assert audit_log.verify_rows(log, key=KEY, head=head).broken is None
    place = data.draw(st.integers(0, count - 1))
    field = data.draw(st.sampled_from(["tenant", "who", "what", "subjects", "previous_hash", "hash"]))
    setattr(log[place], field, data.draw(st.text(max_size=64).filter(lambda new: new != getattr(log[place], field))))
    assert audit_log.verify_rows(log, key=KEY, head=head).broken == place + 1


@given(st.integers(2, 12), st.data())
def test_any_row_gone_doubled_or_moved_is_found(count, data):
    log, head = rows(count)
    first = data.draw(st.integers(0, count - 2))
    how = data.draw(st.sampled_from(["gone", "doubled", "moved"]))
    if how == "gone":
        del log[first]
        expected = first + 1
    elif how == "doubled":
        log.insert(first + 1, log[first])
        expected = first + 2
    else:
        log[first], log[first + 1] = log[first + 1], log[first]
        expected = first + 1
    assert audit_log.verify_rows(log, key=KEY, head=head).broken == expected


@given(st.integers(1, 12), st.data())
def test_rows_that_another_key_made_are_found(count, data):
    log, head = rows(count)
    place = data.draw(st.integers(0, count - 1))
    log[place].who = "forged"
    for entry in log[place:]:
        entry.hash = audit_log.row_hash(entry, b"another" + KEY)
    assert audit_log.verify_rows(log, key=KEY, head=head).broken == place + 1
