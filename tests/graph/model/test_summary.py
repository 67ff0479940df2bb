"""Tests for graph.model.summary: none, one and several."""

from datetime import date

from graph.model.circle import CarerCard, Contact, Depth, ServiceCard, Standing
from graph.model.filter import Filter, Show
from graph.model.kinds import KINDS, Domain
from graph.model.summary import count_agencies, summarise

TODAY = date(2026, 11, 21)
NOW = Filter(TODAY)


def carer(*, at_home: bool = True, standing: Standing = Standing.CURRENT) -> CarerCard:
    return CarerCard("c1", "Maria Costa", "mother", True, at_home, None, None, None, standing, ())


def service(
    kind: str,
    *,
    standing: Standing = Standing.CURRENT,
    organisation: str | None = None,
    lead: bool = False,
    practitioner: str | None = None,
) -> ServiceCard:
    known = KINDS[kind]
    return ServiceCard(
        key="s1",
        domain=known.domain,
        tier=known.tier,
        kind=kind,
        name=known.words,
        practitioner=practitioner,
        role=None,
        contact=Contact(),
        practitioner_contact=Contact(),
        since=date(2026, 1, 1),
        until=None,
        standing=standing,
        lead=lead,
        you=False,
        sources=(),
        organisation=organisation,
    )


def test_nothing_recorded_is_said() -> None:
    assert summarise("Ana", (), (), Depth.CIRCLE, NOW, today=TODAY) == (
        "Ana has no carer recorded, has no school recorded, has no GP practice recorded "
        "and has no other service listed."
    )


def test_one_of_each_is_singular() -> None:
    cards = [service("school"), service("gp_practice"), service("early_help")]

    assert summarise("Ana", [carer()], cards, Depth.CIRCLE, NOW, today=TODAY) == (
        "Ana lives with 1 carer, goes to 1 school, is registered with 1 GP practice "
        "and has 1 other service from 1 agency involved."
    )


def test_several_are_plural_with_the_lead_and_what_has_ended() -> None:
    cards = [
        service("school"),
        service("gp_practice"),
        service("social_care", organisation="Northshire", lead=True, practitioner="Priya Nair"),
        service("early_help", organisation="Northshire"),
        service("youth_service", organisation="Harbour"),
        service("housing", standing=Standing.ENDED),
    ]

    assert summarise("Ana", [carer(), carer(), carer(at_home=False)], cards, Depth.CIRCLE, NOW, today=TODAY) == (
        "Ana lives with 2 carers and has 1 elsewhere, goes to 1 school, is registered with 1 GP practice "
        "and has 3 other services from 2 agencies involved. Priya Nair is the lead professional. "
        "One involvement ended in the last 12 months."
    )


def test_the_signpost_says_nothing_of_carers_and_of_what_has_ended() -> None:
    cards = [service("school"), service("housing", standing=Standing.ENDED)]

    said = summarise("Ana", (), cards, Depth.SIGNPOST, Filter(TODAY, Show.CURRENT), today=TODAY)

    assert said == "Ana goes to 1 school, has no GP practice recorded and has no other service listed."


def test_agencies_are_counted_by_domain_and_organisation() -> None:
    cards = [
        service("school", organisation="Hillbrook"),
        service("early_help", organisation="Northshire"),
        service("social_care", organisation="Northshire"),
        service("education_welfare", organisation="Northshire"),
        service("therapy", standing=Standing.ENDED),
    ]

    assert count_agencies(cards) == 2


def test_what_was_not_asked_for_is_not_said_to_be_missing() -> None:
    cards = [service("gp_practice"), service("therapy", organisation="Trust")]

    said = summarise("Ana", (), cards, Depth.CIRCLE, Filter(TODAY, domains=frozenset({Domain.HEALTH})), today=TODAY)

    assert said == (
        "Ana has no carer recorded, is registered with 1 GP practice "
        "and has 1 other service of the kinds chosen from 1 agency involved."
    )


def test_another_day_is_named_before_what_is_said_of_it() -> None:
    cards = [service("housing", standing=Standing.ENDED)] * 2

    said = summarise("Ana", (), cards, Depth.CIRCLE, Filter(date(2026, 5, 3)), today=TODAY)

    assert said.startswith("As at 3 May 2026: Ana has no carer recorded,")
    assert said.endswith("Two involvements ended in the 12 months before.")


def test_all_that_has_ended_is_counted_when_it_is_asked_for() -> None:
    cards = [service("housing", standing=Standing.ENDED)]

    assert summarise("Ana", (), cards, Depth.CIRCLE, Filter(TODAY, Show.ENDED), today=TODAY) == (
        "One involvement has ended."
    )
    assert summarise("Ana", (), (), Depth.CIRCLE, Filter(TODAY, Show.ENDED), today=TODAY) == (
        "No involvements have ended."
    )
    assert summarise("Ana", (), cards, Depth.CIRCLE, Filter(TODAY, Show.ALL), today=TODAY).endswith(
        "One involvement has ended."
    )
