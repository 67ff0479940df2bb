"""Counting the graph: each thing that does not fit is found, once, and nothing else is."""

from datetime import date

import pytest

from graph.model.errors import Conflict
from graph.model.quality import Facts, Oddity
from graph.services import loads, quality
from graph.store import Database
from tests.builders import (
    _run,
    given_address,
    given_area,
    given_carer,
    given_child,
    given_fact,
    given_record,
    given_run,
    given_service,
    values,
)

PRACTICES = ("ods:A81001", "ods:A81002")
SCHOOLS = ("urn:100001", "urn:100002", "urn:100003")


def given_sound_child(db: Database, child_id: str, **said: object) -> str:
    """A child of whom nothing is amiss."""
    child = given_child(db, child_id=child_id, **said)  # type: ignore[arg-type]
    given_fact(db, child_id=child, type="LIVES_AT", target="address-1")
    return child


@pytest.fixture
def town(db: Database) -> Database:
    """An area with two practices, three schools and an address."""
    given_run(db)
    given_area(db)
    for practice in PRACTICES:
        given_service(db, service_id=practice, name=practice, kind="gp_practice")
    for school in SCHOOLS:
        given_service(db, service_id=school, name=school)
    given_address(db)
    _run(db, "MATCH (record:Record) WHERE record.subject IS NULL SET record.subject = 'service'")
    return db


def people_have_subjects(db: Database) -> None:
    """What the loaders say of a record, which the builders leave out."""
    _run(db, "MATCH (record:Record)-[:IDENTIFIES]->() WHERE record.subject IS NULL SET record.subject = 'child'")


def oddities(db: Database) -> dict[str, int]:
    people_have_subjects(db)
    found = quality.take_snapshot(db).figures.oddities
    return {code.value: number for code, number in found.items() if number}


def test_a_sound_graph_has_nothing_odd_and_is_counted(town: Database) -> None:
    child = given_sound_child(town, "A000000001", nhs_number="9434765919")
    given_carer(town, child_id=child)
    given_fact(town, child_id=child, type="ATTENDS", target=SCHOOLS[0], enrolment="main")
    given_fact(town, child_id=child, type="ATTENDS", target=SCHOOLS[1], enrolment="subsidiary")
    given_fact(town, child_id=child, type="ATTENDS", target=SCHOOLS[2], until=date(2024, 1, 1))
    heard: list[tuple[str, int, int]] = []

    people_have_subjects(town)
    taken = quality.take_snapshot(town, lambda stage, done, total: heard.append((stage, done, total)))

    figures = taken.figures
    assert {code: number for code, number in figures.oddities.items() if number} == {}
    assert set(figures.oddities) == set(Oddity)
    assert (figures.things["children"], figures.things["carers"], figures.things["schools"]) == (1, 1, 3)
    assert figures.records["pds"]["child"].properties["nhs_number"] == 1
    assert figures.facts["ATTENDS"]["pds"] == Facts(3, 0, 1)
    assert ("children", 1, 1) in heard
    assert quality.list_snapshots(town) == [taken]


def test_each_conflict_is_found(town: Database) -> None:
    for number, child in enumerate(("A000000001", "A000000002")):
        given_sound_child(town, child, nhs_number="9434765919", upn=f"B80120000500{number}")
    odd = given_sound_child(town, "A000000003", upn="B801200005001")
    for school in SCHOOLS[:2]:
        given_fact(town, child_id=odd, type="ATTENDS", target=school)
    for practice in PRACTICES:
        given_fact(town, child_id=odd, type="REGISTERED_WITH", target=practice)
    given_record(town, child_id=odd, source="births", supplier="ons", date_of_birth=date(2017, 4, 6))
    given_address(town, address_id="address-2", postcode="NS9 9ZZ")
    given_fact(town, child_id=odd, type="LIVES_AT", target="address-2")
    given_area(town, gss_code="E06000002")
    given_fact(town, child_id=odd, type="RESPONSIBILITY_OF", target="E06000002")

    assert oddities(town) == {
        "shared_nhs_number": 2,
        "shared_upn": 2,
        "several_schools": 1,
        "several_practices": 1,
        "several_births": 1,
        "several_homes": 1,
        "several_authorities": 1,
    }


def test_each_orphan_is_found(town: Database) -> None:
    _run(town, "CREATE (:Person:Child {person_id: 'A000000009', child_id: 'A000000009', run: 1})")
    given_child(town, child_id="A000000001", area=None)
    lost = given_sound_child(town, "A000000002")
    given_fact(town, child_id=lost, type="ATTENDS", target=SCHOOLS[0], record="of no record")
    _run(
        town,
        "CREATE (:Record {record: 'nobody', record_version: 'nobody/1', source: 'pds', supplier: 'NHS', run: 1,"
        " subject: 'child'})",
    )

    assert oddities(town) == {
        "child_without_record": 1,
        "child_without_fact": 2,
        "child_without_home": 2,
        "child_without_authority": 2,
        "fact_without_record": 1,
        "record_of_nobody": 1,
    }


def test_what_is_not_published_or_has_ended_is_not_counted(town: Database) -> None:
    child = given_sound_child(town, "A000000001")
    given_fact(town, child_id=child, type="ATTENDS", target=SCHOOLS[0])
    given_fact(town, child_id=child, type="ATTENDS", target=SCHOOLS[1], run=2)
    given_fact(town, child_id=child, type="ATTENDS", target=SCHOOLS[2], ended_run=1)
    given_record(town, child_id=child, source="births", supplier="ons", run=2, date_of_birth=date(2017, 4, 6))

    assert oddities(town) == {}
    assert quality.list_snapshots(town)[0].figures.facts["ATTENDS"]["pds"] == Facts(1, 0, 0)


def test_the_newest_snapshots_are_kept_and_come_newest_first(town: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "KEPT", 2)

    for _ in range(3):
        quality.take_snapshot(town)

    kept = quality.list_snapshots(town)
    assert len(kept) == 2
    assert kept[0].at > kept[1].at


def test_an_undo_meanwhile_spoils_the_count(town: Database) -> None:
    given_sound_child(town, "A000000001")

    def undo(stage: str, _done: int, _total: int) -> None:
        if stage == "orphans":
            _run(town, "MATCH (publication:Publication) SET publication.withdrawn = [1]")

    with pytest.raises(Conflict, match="Count it again"):
        quality.take_snapshot(town, undo)
    assert quality.list_snapshots(town) == []


def test_the_names_and_numbers_of_children_are_not_in_the_figures(town: Database) -> None:
    given_sound_child(town, "A000000001", nhs_number="9434765919")

    quality.take_snapshot(town)

    assert loads.show_publication(town).published == 1
    kept = str(values(town, "MATCH (quality:Quality) RETURN quality.figures"))
    assert not [said for said in ("Ana", "Costa", "9434765919", "A000000001") if said in kept]
