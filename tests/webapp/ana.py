"""Ana Costa in the graph, with the services that the design shows."""

from datetime import date

from graph.store import Database
from tests.builders import (
    PRACTICE,
    SCHOOL,
    given_address,
    given_area,
    given_carer,
    given_child,
    given_fact,
    given_involvement,
    given_practitioner,
    given_record,
    given_run,
    given_service,
)

_WELFARE, _VISITING, _CARE = "northshire:EW1", "northshire:HV1", "northshire:SC1"
_HELP, _CARERS = "northshire:EH1", "northshire:VC1"


def given_ana(db: Database) -> str:
    """Ana with two carers at home, a school, a practice, a lead professional and four other services."""
    given_run(db, run=1)
    given_run(db, run=2, feed="school_census", supplier="DfE", title="School census", every_days=120)
    given_run(db, run=3, feed="involvements", supplier="northshire", title="Northshire directory", national=False)
    given_area(db)
    _given_services(db)
    ana = given_child(db)
    home = given_address(db)
    given_fact(db, child_id=ana, type="LIVES_AT", target=home, since=date(2021, 2, 1))
    given_carer(db, child_id=ana, address_id=home, telephone="07700 900142", since=date(2017, 6, 4))
    given_carer(
        db,
        child_id=ana,
        forename="Joe",
        relationship="grandfather",
        parental_responsibility=None,
        address_id=home,
        since=date(2021, 2, 1),
    )
    given_fact(db, child_id=ana, type="REGISTERED_WITH", target=PRACTICE, since=date(2021, 2, 1))
    _given_school(db, ana)
    _given_involvements(db, ana)
    return ana


def _given_services(db: Database) -> None:
    given_service(db, service_id=SCHOOL, telephone="01632 960118")
    given_service(db, service_id=PRACTICE, name="Station Road Surgery", kind="gp_practice", telephone="01632 960300")
    for service_id, name, kind, telephone in (
        (_WELFARE, "Education welfare", "education_welfare", "01632 960770"),
        (_VISITING, "Health visiting, Eastway", "health_visiting", "01632 960310"),
        (_CARE, "Children’s social care", "social_care", "01632 960400"),
        (_HELP, "Early help, Family Hub", "early_help", "01632 960420"),
        (_CARERS, "Harbour Young Carers", "voluntary", "01632 960555"),
    ):
        given_service(db, service_id=service_id, name=name, kind=kind, telephone=telephone, organisation=name)
    for number, name, telephone in (
        ("P1", "Priya Nair", "01632 960404"),
        ("P2", "Sam Pryce", "01632 960771"),
        ("P3", "Lena Walsh", "01632 960555"),
    ):
        given_practitioner(db, practitioner_id=f"northshire:{number}", name=name, telephone=telephone)


def _given_school(db: Database, ana: str) -> None:
    census = given_record(
        db, child_id=ana, source="school_census", supplier="DfE", run=2, forename="Ana", family_name="Costa"
    )
    given_fact(
        db,
        child_id=ana,
        type="ATTENDS",
        target=SCHOOL,
        source="school_census",
        supplier="DfE",
        record=census,
        run=2,
        since=date(2023, 9, 1),
    )


def _given_involvements(db: Database, ana: str) -> None:
    named = {"forename": "Ana", "family_name": "Costa", "run": 3}
    given_involvement(
        db,
        child_id=ana,
        service_id=_CARE,
        practitioner_id="northshire:P1",
        lead=True,
        role="social worker",
        since=date(2026, 5, 1),
        **named,
    )
    given_involvement(
        db,
        child_id=ana,
        service_id=_WELFARE,
        practitioner_id="northshire:P2",
        role="officer",
        since=date(2026, 6, 1),
        **named,
    )
    given_involvement(
        db,
        child_id=ana,
        service_id=_CARERS,
        practitioner_id="northshire:P3",
        role="key worker",
        since=date(2025, 1, 1),
        **named,
    )
    given_involvement(db, child_id=ana, service_id=_VISITING, since=date(2024, 10, 1), **named)
    given_involvement(db, child_id=ana, service_id=_HELP, since=date(2025, 1, 1), until=date(2026, 3, 1), **named)
