"""Tests for graph.services.directory: services by place, kind and name, and what their pages tell to whom."""

from datetime import date
from typing import Any

import pytest

from graph.model.directory import Sought, read_postcode
from graph.model.errors import NotFound, Refused
from graph.model.roles import Role
from graph.services.directory import find_services, show_practitioner, show_service
from graph.store import Database
from tests.builders import (
    AREA,
    given_area,
    given_post,
    given_practitioner,
    given_run,
    given_service,
    given_service_area,
    given_session,
    values,
)

SOUTH = "E06000002"


@pytest.fixture
def places(db: Database) -> Database:
    """Two areas with schools, a hub, a refuge and a clinic."""
    given_run(db)
    given_area(db)
    given_area(db, gss_code=SOUTH, name="Southmere")
    for service_id, name, kind, postcode, area in (
        ("urn:1", "St Mary’s School", "school", "NS1 6TT", AREA),
        ("urn:2", "Hillbrook School", "school", "NS1 4AA", AREA),
        ("urn:3", "Far School", "school", "NS9 1AA", AREA),
        ("urn:4", "Pier School", "school", "SX1 0NL", SOUTH),
        ("n:EH", "Family Hub, Eastway", "early_help", "NS1 6AA", AREA),
        ("n:RF", "Harbour refuge", "domestic_abuse", "NS1 6AB", AREA),
        ("n:SH", "Young people’s clinic", "sexual_health", "NS1 6AC", AREA),
    ):
        more: dict[str, Any] = {"telephone": "01632 960111", "line_1": "1 High Street", "organisation": "Northshire"}
        given_service(db, service_id=service_id, name=name, kind=kind, postcode=postcode, **more)
        given_service_area(db, service_id=service_id, gss_code=area)
    return db


def sought(db: Database, token: str, **asked: Any) -> list[str]:
    postcode = asked.pop("postcode", None)
    near = None if postcode is None else read_postcode(postcode)
    return [row.name for row in find_services(db, token, Sought(postcode=near, **asked)).rows]


def test_near_is_the_sector_then_the_district_then_the_authority(places: Database) -> None:
    token = given_session(places)

    assert sought(places, token, postcode="ns1 6zz", kind="school") == [
        "St Mary’s School",
        "Hillbrook School",
        "Far School",
    ]
    assert sought(places, token, postcode="SX1", kind="school") == ["Pier School"]
    assert sought(places, token, postcode="ZZ1") == []


def test_a_kind_alone_is_looked_for_in_the_users_own_area(places: Database) -> None:
    south = given_session(places, username="hana", authority=SOUTH)
    nowhere = given_session(places, username="nobody", authority=None)

    assert sought(places, south, kind="school") == ["Pier School"]
    with pytest.raises(Refused, match="postcode"):
        sought(places, nowhere, kind="school")
    with pytest.raises(Refused, match="Give a postcode"):
        sought(places, south)


def test_by_words_of_the_name_the_own_area_first(places: Database) -> None:
    token = given_session(places, authority=SOUTH)

    assert sought(places, token, name="school") == ["Pier School", "Far School", "Hillbrook School", "St Mary’s School"]
    assert sought(places, token, name="marys st") == ["St Mary’s School"]
    assert sought(places, token, name="*:* OR school~") == []
    assert sought(places, token, name="hub", kind="school") == []


def test_fifty_are_listed_and_all_are_counted(places: Database) -> None:
    for number in range(60):
        given_service(places, service_id=f"x:{number}", name=f"Nursery {number:02}", kind="early_years")
        given_service_area(places, service_id=f"x:{number}")

    found = find_services(places, given_session(places), Sought(kind="early_years"))

    assert (len(found.rows), found.total) == (50, 60)


def test_closed_and_unpublished_services_are_not_there(places: Database) -> None:
    given_service(places, service_id="n:OLD", name="Old school", kind="school", closed_on=date(2020, 1, 1))
    given_service(places, service_id="n:SHUT", name="Shut school", kind="school", status="closed")
    given_run(places, run=2, publish=False)
    given_service(places, service_id="n:NEW", name="New school", kind="school", run=2)
    for service_id in ("n:OLD", "n:SHUT", "n:NEW"):
        given_service_area(places, service_id=service_id)
    token = given_session(places)

    assert {"Old school", "Shut school", "New school"} & set(sought(places, token, kind="school")) == set()
    for service_id in ("n:OLD", "n:NEW", "n:NONE"):
        with pytest.raises(NotFound):
            show_service(places, token, service_id)


def test_where_a_guarded_service_is_nobody_is_told_nor_finds_it_by_that(places: Database) -> None:
    token = given_session(places, role=Role.DATA_MANAGER, statutory=True)

    found = find_services(places, token, Sought(postcode=read_postcode("NS1 6AB")))

    assert [(row.name, row.postcode) for row in found.rows[-3:]] == [
        ("Far School", "NS9 1AA"),
        ("Harbour refuge", None),
        ("Young people’s clinic", None),
    ]
    for service_id in ("n:RF", "n:SH"):
        page = show_service(places, token, service_id)
        assert (page.address, page.address_withheld, page.practitioners) == ((), True, None)
        assert page.contact.telephone == "01632 960111"


def test_the_page_of_a_service_lists_its_practitioners_by_role(places: Database) -> None:
    for number, name, role in (("1", "Sam Pryce", "key worker"), ("2", "Ada Bell", "manager"), ("3", "Bo Gone", "x")):
        given_practitioner(places, practitioner_id=f"n:{number}", name=name, telephone=f"01632 96077{number}")
        until = date(2024, 1, 1) if number == "3" else None
        given_post(places, practitioner_id=f"n:{number}", service_id="n:EH", role=role, until=until)
    given_post(places, practitioner_id="n:1", service_id="n:SH", role="nurse")
    token = given_session(places)

    page = show_service(places, token, "n:EH")

    assert (page.name, page.area, page.address) == ("Family Hub, Eastway", "Northshire", ("1 High Street", "NS1 6AA"))
    assert page.practitioners is not None
    assert [(person.name, person.role) for person in page.practitioners] == [
        ("Sam Pryce", "key worker"),
        ("Ada Bell", "manager"),
    ]
    sam = show_practitioner(places, token, page.practitioners[0].key, "n:EH")
    # That he works for the clinic too is told to nobody.
    assert (sam.name, sam.role, [place.name for place in sam.workplaces]) == (
        "Sam Pryce",
        "key worker",
        ["Family Hub, Eastway"],
    )


def test_a_practitioner_has_no_page_by_another_sessions_key_nor_by_a_guarded_service(places: Database) -> None:
    given_practitioner(places, practitioner_id="n:1")
    given_post(places, practitioner_id="n:1", service_id="n:EH")
    given_post(places, practitioner_id="n:1", service_id="n:SH")
    token, other = given_session(places), given_session(places, username="other")
    page = show_service(places, token, "n:EH")
    assert page.practitioners is not None
    key = page.practitioners[0].key

    for asked_by, service_id in ((other, "n:EH"), (token, "n:SH"), (token, "urn:1")):
        with pytest.raises(NotFound):
            show_practitioner(places, asked_by, key, service_id)


def test_a_look_is_recorded_and_the_others_roles_have_none(places: Database) -> None:
    token, operator = given_session(places), given_session(places, username="ops", role=Role.OPERATOR)

    show_service(places, token, "urn:1")
    with pytest.raises(Refused):
        show_service(places, operator, "urn:1")

    events = values(
        places, "MATCH (event:AuditEvent) RETURN event.action, event.decision, event.child_refs ORDER BY event.at"
    )
    assert sorted(events) == [("directory.service", "allowed", []), ("directory.service", "denied", [])]
