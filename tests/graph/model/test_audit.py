"""Tests for graph.model.audit."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.audit import GENESIS, SHARDS, AuditEvent, StoredEvent, canonical_bytes, chained, shard_of, verify_chain

EVENT = AuditEvent(
    op_id="ab",
    at=1_795_000_000_000,
    actor="u1",
    action="child.circle",
    decision="allowed",
    rule="circle: at once",
    policy="2026-11-21",
    salt="00",
    child_refs=("K7Q2M94D00",),
)


def chain_of(number: int) -> list[StoredEvent]:
    made: list[StoredEvent] = []
    for place in range(number):
        prev = made[-1].hash if made else GENESIS
        made.append(chained(replace(EVENT, op_id=f"op{place}"), shard=3, last_seq=place, prev=prev))
    return made


def faults(events: list[StoredEvent], seq: int, head: bytes) -> list[str]:
    return verify_chain(events, seq=seq, head=head)


def test_the_bytes_of_an_event_are_pinned() -> None:
    assert canonical_bytes(EVENT) == (
        b'{"action":"child.circle","actor":"u1","at":1795000000000,"case_reference":null,"child_refs":["K7Q2M94D00"],'
        b'"count":0,"decision":"allowed","facts":[],"fields":[],"op_id":"ab","organisation":null,"policy":"2026-11-21",'
        b'"purpose":null,"request_id":null,"role":null,"rule":"circle: at once","salt":"00","seq":0,"session":null,'
        b'"shard":0,"v":1}'
    )


def test_a_chain_as_it_was_written_has_no_fault() -> None:
    events = chain_of(5)

    assert faults(events, 5, events[-1].hash) == []
    assert faults([], 0, GENESIS) == []


@given(st.integers(0, 4), st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_detected(place: int, position: int, change: int) -> None:
    events = chain_of(5)
    content = bytearray(events[place].content)
    content[position % len(content)] ^= change
    events[place] = replace(events[place], content=bytes(content))

    assert faults(events, 5, events[-1].hash)


@pytest.mark.parametrize("copy", [{"actor": "u2"}, {"at": 1}, {"child_refs": ()}, {"action": "x"}, {"key": "3:9"}])
def test_a_changed_copy_is_detected(copy: dict[str, str]) -> None:
    events = chain_of(3)
    events[1] = replace(events[1], **copy)  # type: ignore[arg-type]

    assert faults(events, 3, events[-1].hash) == [f"{events[1].key} has a searchable copy that differs from its bytes."]


def test_a_missing_event_and_a_cut_chain_are_detected() -> None:
    events = chain_of(4)

    assert faults([*events[:1], *events[2:]], 4, events[-1].hash)
    assert faults(events[:3], 4, events[-1].hash)
    assert faults([], 4, events[-1].hash)


def test_a_rewritten_event_breaks_the_next_link() -> None:
    events = chain_of(3)
    events[0] = chained(replace(EVENT, actor="other"), shard=3, last_seq=0, prev=GENESIS)

    assert faults(events, 3, events[-1].hash) == ["3:2 does not follow the event before it."]


def test_actors_are_spread_over_the_chains() -> None:
    assert {shard_of(f"user {number}") for number in range(500)} == set(range(SHARDS))
