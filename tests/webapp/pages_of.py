"""Pages of invented children as values, for what needs no graph."""

from dataclasses import replace
from datetime import date, datetime

from graph.model.circle import (
    Absence,
    CarerCard,
    ChildPage,
    Contact,
    Depth,
    Home,
    Occasion,
    Provenance,
    ServiceCard,
    Standing,
)
from graph.model.clock import LONDON
from graph.model.kinds import KINDS, Domain

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 14, 5, tzinfo=LONDON)
CENSUS = Provenance("School census", "Northshire", date(2026, 11, 3), 120, national=False)
REGISTER = Provenance("PDS", "NHS England", date(2026, 11, 9), 1, national=True)
DIRECTORY = Provenance("Involvements", "Northshire", date(2026, 11, 20), 1, national=False)


def carer(name="Maria Costa", relationship="mother", **changes) -> CarerCard:
    """Someone who lives with the child and cares for them."""
    usual = CarerCard(
        key=f"carer:{name}",
        name=name,
        relationship=relationship,
        parental_responsibility=True,
        lives_with_child=True,
        telephone="07700 900142",
        since=date(2017, 6, 4),
        until=None,
        standing=Standing.CURRENT,
        sources=(REGISTER,),
    )
    return replace(usual, **changes)


def service(kind="school", name="Hillbrook Primary School", **changes) -> ServiceCard:
    """A service that is involved now, of a known kind."""
    known = KINDS[kind]
    usual = ServiceCard(
        key=f"{kind}:{name}",
        domain=known.domain,
        tier=known.tier,
        kind=kind,
        name=name,
        organisation=None,
        practitioner=None,
        role=None,
        contact=Contact(telephone="01632 960118"),
        practitioner_contact=Contact(),
        since=date(2023, 9, 1),
        until=None,
        standing=Standing.CURRENT,
        lead=False,
        you=False,
        sources=(CENSUS,),
    )
    return replace(usual, **changes)


def ana_services() -> tuple[ServiceCard, ...]:
    """The services of the page that the design shows."""
    return (
        service(practitioner="Dawn Okoro", role="class teacher", you=True),
        service(
            "education_welfare",
            "Education welfare",
            practitioner="Sam Pryce",
            role="officer",
            practitioner_contact=Contact(telephone="01632 960771", email="sam.pryce@northshire.example"),
            since=date(2026, 6, 1),
            sources=(DIRECTORY,),
        ),
        service(
            "gp_practice",
            "Station Road Surgery",
            contact=Contact(telephone="01632 960300"),
            since=date(2021, 2, 1),
            sources=(REGISTER,),
        ),
        service(
            "health_visiting",
            "Health visiting, Eastway team",
            contact=Contact(telephone="01632 960310"),
            since=date(2024, 10, 1),
            standing=Standing.UNCONFIRMED,
            sources=(Provenance("Involvements", "Eastway NHS", date(2026, 1, 9), 30, national=False),),
        ),
        lead(),
        service(
            "early_help",
            "Early help, Family Hub",
            since=date(2025, 1, 1),
            until=date(2026, 3, 1),
            standing=Standing.ENDED,
            sources=(DIRECTORY,),
        ),
        service(
            "voluntary",
            "Harbour Young Carers",
            practitioner="Lena Walsh",
            role="key worker",
            contact=Contact(telephone="01632 960555", hours="Monday to Friday, 9am to 5pm"),
            since=date(2025, 1, 1),
            sources=(DIRECTORY,),
        ),
    )


def lead() -> ServiceCard:
    """The lead professional of the page that the design shows."""
    return service(
        "social_care",
        "Children’s social care",
        practitioner="Priya Nair",
        role="social worker",
        lead=True,
        practitioner_contact=Contact(telephone="01632 960404", email="priya.nair@northshire.example"),
        contact=Contact(telephone="01632 960400", out_of_hours="01632 960999"),
        since=date(2026, 5, 1),
        sources=(DIRECTORY,),
    )


def page(**changes) -> ChildPage:
    """The page that the design shows."""
    usual = ChildPage(
        handle="0123456789abcdef0123456789abcdef",
        child_number="K7Q2M94D3X",
        name="Ana Costa",
        date_of_birth=date(2017, 6, 4),
        age=9,
        sex="female",
        shielded=False,
        depth=Depth.CIRCLE,
        may_open_circle=False,
        reason="Attendance concern",
        as_at=TODAY,
        authority="Northshire",
        home=Home("14 Larch Road, Eastway, NS1 4LR", date(2021, 2, 1), "Northshire"),
        carers=(carer(), carer("Joe Costa", "grandfather", parental_responsibility=None, telephone=None)),
        services=ana_services(),
        absences=(Absence(Domain.JUSTICE, "No justice service is recorded."),),
        lead=lead(),
        sensitive_exists=None,
        summary="Ana lives with 2 carers, goes to 1 school, is registered with 1 GP practice, and has 4 other services "
        "from 4 agencies involved. Priya Nair is the lead professional. One involvement ended in the last 12 months.",
        services_in_all=7,
        to_ring=tuple(card for card in ana_services() if card.standing is not Standing.ENDED),
        occasion=Occasion("Dawn Okoro", "Hillbrook Primary School", NOW, "Attendance concern", "AB12"),
    )
    return replace(usual, **changes)
