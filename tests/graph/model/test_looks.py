"""Tests for graph.model.looks: what of a look is hidden from whom."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.model.looks import ACTIONS, NOT_NAMED, Looker, LookEvent, Reader, is_hidden, lines_for, words_of

_ACTION = re.compile(r"[a-z]+(\.[a-z_]+)+")
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
KINDS = {"open": "school", "need to know": "youth_justice", "sensitive": "sexual_health", "unknown": "astrology"}


def looker(kind: str | None = "school", *, statutory: bool = False) -> Looker:
    return Looker("u1", "Dawn Okoro", statutory, kind is not None, (kind,) if kind else ())


def event(**more: object) -> LookEvent:
    said = {"role": "practitioner", "organisation": "Hillbrook", "purpose": "attendance", **more}
    return LookEvent(AT, "u1", "child.circle", "allowed", **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "hidden_from"),
    [
        ("open", set()),
        ("need to know", {Reader.LEAD, Reader.FAMILY}),
        ("sensitive", {Reader.LEAD, Reader.STATUTORY_LEAD, Reader.FAMILY}),
        ("unknown", {Reader.LEAD, Reader.STATUTORY_LEAD, Reader.FAMILY}),
    ],
)
def test_a_guarded_service_is_hidden_from_whom_it_is_hidden_on_the_childs_page(
    kind: str, hidden_from: set[Reader]
) -> None:
    made = looker(KINDS[kind])

    assert {reader for reader in Reader if is_hidden(reader, made, "practitioner")} == hidden_from
    for reader in hidden_from:
        (line,) = lines_for(reader, [event(case_reference="AB12")], [made])
        assert (line.who, line.organisation, line.role) == ("Not named here", NOT_NAMED, "")
        assert "Dawn" not in repr(line)
        assert "Hillbrook" not in repr(line)


def test_a_practitioner_of_no_known_service_is_hidden_and_the_council_is_not() -> None:
    assert is_hidden(Reader.LEAD, looker(None), "practitioner")
    assert is_hidden(Reader.LEAD, None, "practitioner")
    assert not is_hidden(Reader.LEAD, looker(None), "data_manager")


def test_a_family_is_told_who_looked_and_why_but_not_who_is_looking_into_a_concern() -> None:
    (line,) = lines_for(Reader.FAMILY, [event(case_reference="AB12")], [looker()])
    assert (line.who, line.organisation, line.why) == ("Dawn Okoro", "Hillbrook", "Attendance concern")

    (concern,) = lines_for(Reader.FAMILY, [event(purpose="child_protection")], [looker()])
    assert (concern.who, concern.organisation) == ("Not named here", "Hillbrook")
    assert concern.why == "A duty to keep children safe"

    (council,) = lines_for(Reader.FAMILY, [event()], [looker(statutory=True)])
    assert (council.who, council.organisation) == ("Not named here", "Hillbrook")


def test_refusals_and_what_the_directory_does_are_for_those_who_look_after_it() -> None:
    refused = LookEvent(AT, "u1", "child.signpost", "denied", "practitioner", "Hillbrook")
    shield = LookEvent(AT, "os:ops", "shield.add", "allowed")

    for reader in Reader:
        listed = lines_for(reader, [refused, shield], [looker()])
        assert len(listed) == (2 if reader.sees_all else 0), reader
    assert lines_for(Reader.AUDITOR, [refused], [looker()])[0].refused


def test_what_one_person_saw_again_is_one_line_the_last_time_first() -> None:
    later = LookEvent(
        AT + timedelta(days=1), "u1", "child.circle", "allowed", "practitioner", "Hillbrook", "attendance"
    )

    (line,) = lines_for(Reader.MANAGER, [event(), later], [looker()])

    assert (line.first, line.at, line.times) == (AT, AT + timedelta(days=1), 2)


def test_numbers_of_children_are_for_auditors_and_oneself() -> None:
    seen = LookEvent(AT, "u1", "child.find", "allowed", "practitioner", "Hillbrook", None, None, ("K7", "K8"))

    for reader in Reader:
        (line,) = lines_for(reader, [seen], [looker()])
        assert line.children == (("K7", "K8") if reader in (Reader.AUDITOR, Reader.ONESELF) else ())


def test_every_action_has_words() -> None:
    """Whatever looks like an action in the code that records, by its first part; what no code names reads as it is."""
    firsts = {action.partition(".")[0] for action in ACTIONS if "." in action}
    written = {
        node.value
        for path in [*Path("graph").rglob("*.py"), *Path("loaders").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ACTION.fullmatch(node.value)
    }

    assert {each for each in written if each.partition(".")[0] in firsts} - set(ACTIONS) <= {"key.pub"}
    # What no code names any more is no line of this table.
    assert {each for each in ACTIONS if "." in each and not each.startswith("child.")} <= written
    assert words_of("child.find") == "In a list of children found"
    assert words_of("hens.count_all") == "Hens: count all"
