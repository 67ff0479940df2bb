"""Tests for graph.services.audit."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.model.audit import GENESIS, shard_of
from graph.model.errors import Conflict, Unrecorded
from graph.services import audit
from graph.store import Database, Transaction
from tests.builders import _run, values


def act(db: Database, actor: str = "os:root", op_id: str | None = None) -> str:
    made = op_id or secrets.token_hex(16)

    def work(tx: Transaction) -> str:
        return audit.record_act(tx, actor=actor, action="shield.add", child_refs=("K7Q2M94D00",), op_id=made).key

    return db.transact(work, op_id=made)


def test_acts_are_chained_and_verify(db: Database) -> None:
    keys = [act(db) for _ in range(3)]

    assert [key.split(":")[1] for key in keys] == ["1", "2", "3"]
    assert audit.verify_log(db) == []


def test_an_event_holds_no_relationship(db: Database) -> None:
    act(db)

    assert values(db, "MATCH (event:AuditEvent)-[link]-() RETURN link") == []


def test_a_flipped_byte_is_detected(db: Database) -> None:
    act(db)
    act(db)
    content = bytearray(values(db, "MATCH (event:AuditEvent {seq: 1}) RETURN event.content")[0][0])
    content[40] ^= 1

    _run(db, "MATCH (event:AuditEvent {seq: 1}) SET event.content = $content", content=bytes(content))

    assert any("was changed" in fault for fault in audit.verify_log(db))


def test_a_deleted_event_is_detected(db: Database) -> None:
    act(db)
    act(db)

    _run(db, "MATCH (event:AuditEvent {seq: 2}) DELETE event")

    assert audit.verify_log(db) != []


def test_an_operation_is_recorded_once(db: Database) -> None:
    act(db, op_id="same")

    with pytest.raises(Conflict):
        act(db, op_id="same")

    assert len(values(db, "MATCH (event:AuditEvent) RETURN event.key")) == 1


def test_an_event_after_a_head_that_has_moved_is_refused(db: Database) -> None:
    act(db)
    stale = audit.Head(shard_of("os:root"), 0, GENESIS)

    with pytest.raises(Unrecorded, match="was not written"):
        db.transact(lambda tx: audit.append_after(tx, audit.new_event("os:root", "user.add"), stale))


def test_eight_at_once_make_whole_chains(db: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: act(db, actor=f"user {number % 5}"), range(80)))

    assert len(values(db, "MATCH (event:AuditEvent) RETURN event.key")) == 80
    assert audit.verify_log(db) == []
