"""Tests for graph.model.received."""

from datetime import date, timedelta

from graph.model.circle import Provenance
from graph.model.kinds import Domain
from graph.model.received import Received, ReceivedRun, is_confirmed

TODAY = date(2026, 11, 21)


def run(
    number: int, *, as_at: date, kind: str = "delta", feed: str = "involvements", title: str = "Involvements"
) -> ReceivedRun:
    return ReceivedRun(number, feed, "northshire", as_at, kind, 30, title, False)


def test_a_full_file_confirms_everything_of_its_scope() -> None:
    received = Received([run(1, as_at=date(2026, 1, 1)), run(2, as_at=date(2026, 11, 1), kind="full")])

    said = received.provenance("involvements", "northshire", [1])

    assert said == Provenance("Involvements", "northshire", date(2026, 11, 1), 30, False)


def test_a_delta_confirms_only_what_it_says() -> None:
    received = Received([run(1, as_at=date(2026, 1, 1)), run(2, as_at=date(2026, 11, 1))])

    assert received.provenance("involvements", "northshire", [1]).confirmed_on == date(2026, 1, 1)
    assert received.provenance("involvements", "northshire", [1, 2]).confirmed_on == date(2026, 11, 1)


def test_a_source_that_was_never_received_confirms_nothing() -> None:
    said = Received([]).provenance("school_census", "DfE", [1])

    assert said == Provenance("school census", "DfE", None, 0, False)
    assert not is_confirmed(said, TODAY)


def test_a_line_is_confirmed_for_twice_the_interval() -> None:
    def said(days: int) -> Provenance:
        return Provenance("Involvements", "northshire", TODAY - timedelta(days=days), 30, False)

    assert is_confirmed(said(60), TODAY)
    assert not is_confirmed(said(61), TODAY)


def test_an_empty_sector_says_why() -> None:
    late = run(1, as_at=date(2026, 1, 3), title="Health visiting")

    assert Received([]).why_empty(Domain.HEALTH, TODAY).startswith("Not loaded")
    assert Received([run(1, as_at=TODAY)]).why_empty(Domain.HEALTH, TODAY) == "None recorded."
    assert Received([late]).why_empty(Domain.HEALTH, TODAY) == (
        "None recorded. Health visiting from northshire was last received on 3 January 2026."
    )
    assert Received([run(1, as_at=TODAY, feed="pds")]).why_empty(Domain.EDUCATION, TODAY).startswith("Not loaded")
