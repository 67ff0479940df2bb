"""Tests for graph.model.received."""

from dataclasses import replace
from datetime import date, timedelta

from graph.model.circle import Provenance
from graph.model.kinds import Domain
from graph.model.received import Received, ReceivedRun, Sent, is_confirmed

TODAY = date(2026, 11, 21)


def run(
    number: int, *, as_at: date, kind: str = "delta", feed: str = "involvements", title: str = "Involvements"
) -> ReceivedRun:
    return ReceivedRun(number, feed, "northshire", as_at, kind, 30, title, False)


def test_a_full_file_confirms_everything_of_its_scope() -> None:
    received = Received([run(1, as_at=date(2026, 1, 1)), run(2, as_at=date(2026, 11, 1), kind="full")])

    said = received.provenance("involvements", "northshire", [1])

    assert said == Provenance("Involvements", "northshire", date(2026, 11, 1), 30, False, "Northshire")


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
        "None recorded. The list from Northshire was last received on 3 January 2026."
    )
    assert Received([run(1, as_at=TODAY, feed="pds")]).why_empty(Domain.EDUCATION, TODAY).startswith("Not loaded")


def test_a_daily_source_stays_confirmed_over_a_week_of_holidays() -> None:
    def said(days: int) -> Provenance:
        return Provenance("Involvements", "northshire", TODAY - timedelta(days=days), 1, False)

    assert is_confirmed(said(7), TODAY)
    assert not is_confirmed(said(8), TODAY)


def test_a_sender_is_called_after_the_organisation_whose_services_it_named() -> None:
    late = replace(run(1, as_at=date(2026, 1, 3)), supplier="healthvisiting")
    nursing = replace(run(2, as_at=TODAY), supplier="communityhealth")
    received = Received(
        [late, nursing],
        [
            Sent("healthvisiting", "Community Health", "health_visiting", 100),
            Sent("communityhealth", "Community Health", "school_nursing", 90),
            Sent("communityhealth", "Community Health", "therapy", 10),
        ],
    )

    assert received.provenance("involvements", "communityhealth", [2]).sender == "Community Health"
    assert received.why_empty(Domain.HEALTH, TODAY) == (
        "None recorded. The list from Community Health (health visiting) was last received on 3 January 2026."
    )
    assert received.why_empty(Domain.SOCIAL_CARE, TODAY) == "None recorded."


def test_a_late_list_of_guarded_services_is_said_in_no_sector() -> None:
    late = replace(run(1, as_at=date(2026, 1, 3)), supplier="clinic")
    received = Received([late, run(2, as_at=TODAY)], [Sent("clinic", "The Clinic", "sexual_health", 3)])

    assert {received.why_empty(domain, TODAY) for domain in (Domain.HEALTH, Domain.SOCIAL_CARE)} == {"None recorded."}


def test_a_sender_for_two_organisations_is_called_after_the_one_that_a_line_is_of() -> None:
    sent = [Sent("health", f"{area} Community Health", "therapy", 50) for area in ("Southmere", "Northshire")]
    received = Received([replace(run(1, as_at=date(2026, 1, 3)), supplier="health")], sent)

    assert received.provenance("involvements", "health", [1], "Northshire Community Health").sender == (
        "Northshire Community Health"
    )
    assert "from Northshire Community Health and Southmere Community Health was" in received.why_empty(
        Domain.HEALTH, TODAY
    )
