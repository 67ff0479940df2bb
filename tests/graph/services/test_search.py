"""Tests for graph.services.search: who finds whom by what, and what of it is written down."""

from datetime import date, timedelta
from typing import Any

import pytest

from graph.model.circle import ChildRow, SearchResult
from graph.model.errors import Refused
from graph.model.intervals import years_before
from graph.model.roles import Role
from graph.model.visibility import Number
from graph.services.handles import child_of, handle_of
from graph.services.search import Clues, find_children, find_schools, list_areas, own_numbers
from graph.store import Database
from tests.builders import (
    AREA,
    SCHOOL,
    _run,
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
    given_session,
    given_shield,
)
from tests.graph.services.test_disclosure import (
    BORN,
    CAMHS,
    DATA_MANAGER,
    SOCIAL_WORKER,
    TODAY,
    YOUTH_JUSTICE,
    events,
    given_ana,
)

NHS_NUMBER, UPN, FORMER_UPN = "9000000009", "B801200005001", "G990200121900"
CLINIC = "northshire:clinic"


def find(db: Database, token: str, name: str = "ana costa", born: date | None = BORN, **more: Any) -> SearchResult:
    return find_children(db, token, Clues(name=name, date_of_birth=born, **more))


def names(result: SearchResult) -> list[str]:
    return [row.name for row in result.rows]


def test_a_search_lists_only_what_a_shielded_record_may_show(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db)

    result = find(db, token)

    assert result == SearchResult(
        (ChildRow(handle=handle_of(token, ana), name="Ana Costa", age=9, sex="female", carers=("Maria Costa",)),),
        too_many=False,
    )
    assert [(event["child_refs"], event["fields"], event["count"], event["rule"]) for event in events(db)] == [
        ([ana], ["age", "carers", "name", "sex"], 1, "listed by name, date of birth")
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("brien", "O'Brien-Smyth", "zoe SMYTH", "Smyth, Zoë", "O’Brien", "hughes", "Zoey Smyth", "Zoe Obrien Smith"),
        *("zoë hugues", "Z Smyth", "Zoe Brien-Smyth", "brian zoe", "zoe OBRIENSMYTH", "poppy hughes"),
    ],
)
def test_a_child_is_found_by_every_name_it_has_in_any_spelling_and_order(db: Database, name: str) -> None:
    given_run(db)
    zoe = given_child(db, forename="Zoë", family_name="O'Brien-Smyth")
    given_record(
        db,
        child_id=zoe,
        source="births",
        supplier="ONS",
        forename="Zoe",
        family_name="Hughes",
        preferred_forename="Poppy",
    )
    given_child(db, forename="Leo", family_name="Novak")

    assert names(find(db, given_session(db), name)) == ["Zoë O'Brien-Smyth"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        (("Alexander", "Lee"), "alex lee"),
        (("Mohammed", "Khan"), "Muhammad Kahn"),
        (("William", "Moss"), "Bill Moss"),
        (("Ewa", "Nowak"), "Eva Novak"),
        (("Wing-Yan", "Chan"), "Chan Wingyan"),
        (("Maryanne", "Fox"), "Mary Anne Fox"),
        (("Bilal", "Al-Hassan"), "bilal alhasan"),
        (("Łukasz", "Wiśniewski"), "Lukas Wisniewsky"),
        (("Suharto", None), "soeharto"),
    ],
)
def test_nicknames_spellings_and_names_written_as_one(db: Database, name: tuple[str, str | None], typed: str) -> None:
    given_run(db)
    given_child(db, forename=name[0], family_name=name[1])
    given_child(db, forename="Kwame", family_name="Idowu")

    assert [found.split()[0] for found in names(find(db, given_session(db), typed))] == [name[0]]


def test_a_date_may_be_swapped_out_or_an_age(db: Database) -> None:
    given_run(db)
    given_child(db)
    given_child(db, family_name="Costa", date_of_birth=date(2012, 1, 1))
    token = given_session(db)
    age = TODAY.year - 2017 - ((TODAY.month, TODAY.day) < (6, 4))

    dates = [date(2017, 4, 6), date(2017, 12, 1), date(2016, 12, 10), date(2018, 6, 4), date(2017, 6, 5)]
    found = [find(db, token, born=born) for born in dates]
    found += [find(db, token, born=None, age=years) for years in (age - 1, age, age + 1)]

    assert [[row.age for row in result.rows] for result in found] == [[age]] * len(found)
    assert find(db, token, born=date(2018, 3, 1)).rows == ()
    assert find(db, token, born=None, age=2).rows == ()


def test_the_best_fit_is_first(db: Database) -> None:
    given_run(db)
    for name in ("Anne", "Anna", "Ana"):
        given_child(db, forename=name)
    token = given_session(db)

    assert names(find(db, token, "ana costa"))[0] == "Ana Costa"
    assert names(find(db, token, "anna costa"))[0] == "Anna Costa"


@pytest.mark.parametrize("name", ["*:*", "ana* OR 1", ".*", "search_names:ana", "a" * 5_000, "\ud800", "xyz\0"])
def test_a_name_is_never_a_query(db: Database, name: str) -> None:
    given_run(db)
    given_child(db)
    token = given_session(db)

    try:
        assert find(db, token, name).rows == ()
    except Refused:
        assert events(db) == []


def test_long_names_of_many_forms_stay_within_what_the_index_takes(db: Database) -> None:
    given_run(db)
    given_child(db, forename="Mohammed", family_name="Abdirahman")

    name = "Mohammed Elizabeth Alexander Katherine Abdirahman Bartholomew-Wojciechowski " + "n" * 40

    assert find(db, given_session(db), name).rows == ()


def test_facts_that_are_missing_are_asked_for(db: Database) -> None:
    token = given_session(db)

    with pytest.raises(Refused, match="Type a name"):
        find(db, token, "-")
    with pytest.raises(Refused, match="about how old"):
        find(db, token, born=None)


def test_a_search_without_a_hit_is_an_event(db: Database) -> None:
    token = given_session(db)

    assert find(db, token, born=None, age=3) == SearchResult((), too_many=False)
    assert [(event["rule"], event["count"]) for event in events(db)] == [("none fits by name, age", 0)]


def test_more_than_twenty_that_fit_equally_well_list_none(db: Database) -> None:
    given_run(db)
    for _ in range(20):
        given_child(db)
    token = given_session(db)
    twenty = find(db, token)
    given_child(db)

    assert (len(twenty.rows), twenty.too_many, twenty.more) == (20, False, False)
    assert find(db, token) == SearchResult((), too_many=True)
    assert [(event["count"], event["rule"].partition(" by")[0]) for event in events(db)] == [
        (20, "listed"),
        (0, "too many fit"),
    ]


def test_weak_fits_do_not_hide_good_ones(db: Database) -> None:
    given_run(db)
    for _ in range(3):
        given_child(db, forename="Anastazja", family_name="Szczepańska")
    for number in range(30):
        given_child(db, forename="Anastazja", family_name="Okoro", date_of_birth=BORN + timedelta(days=number % 3))
    token = given_session(db)

    result = find(db, token, "anastasja szczepanska")

    assert set(names(result)[:3]) == {"Anastazja Szczepańska"}
    assert len(result.rows) <= 20
    assert not result.too_many


def test_a_shield_changes_no_row_and_no_order(db: Database) -> None:
    ana = given_ana(db)
    given_child(db, forename="Anna", family_name="Costas")
    token = given_session(db)
    before = find(db, token)
    given_shield(db, child_id=ana)

    assert find(db, token) == before
    assert len(before.rows) == 2


def test_an_unpublished_run_is_seen_by_nobody(db: Database) -> None:
    given_run(db, run=1)
    given_run(db, run=2, publish=False)
    known = given_child(db, run=1)
    given_child(db, forename="Bea", family_name="Marsh", run=2)
    given_carer(db, child_id=known, run=2)
    token = given_session(db)

    assert [(row.name, row.carers) for row in find(db, token).rows] == [("Ana Costa", ())]
    assert find(db, token, "bea marsh").rows == ()
    _run(db, "MATCH (publication:Publication) SET publication.withdrawn = [1]")
    assert find(db, token).rows == ()


def test_a_need_to_know_record_finds_and_names_no_child_for_a_teacher(db: Database) -> None:
    ana = given_ana(db)
    said: dict[str, Any] = {"forename": "Zelda", "family_name": "Kray", "date_of_birth": date(2015, 1, 9)}
    given_involvement(db, child_id=ana, service_id=YOUTH_JUSTICE, run=3, nhs_number=NHS_NUMBER, **said)
    given_involvement(db, child_id=ana, service_id=CAMHS, run=3, forename="Odette", date_of_birth=BORN)
    given_service(db, service_id=CLINIC, name="Clinic", kind="health_visiting")
    teacher = given_session(db, service_id=CLINIC)
    officer = given_session(db, username="officer", service_id=CLINIC, **SOCIAL_WORKER)

    elsewhere = date(2015, 1, 9)
    for name, born in (("zelda kray", elsewhere), ("odette", BORN), ("ana costa", elsewhere)):
        assert find(db, teacher, name, born).rows == ()
    assert find(db, teacher, "", None, nhs_number=NHS_NUMBER).rows == ()
    assert find(db, officer, "odette").rows == ()
    assert (
        names(find(db, officer, "zelda kray", elsewhere))
        == names(find(db, officer, "kray", elsewhere))
        == ["Ana Costa"]
    )
    assert names(find(db, officer, "", None, nhs_number=NHS_NUMBER)) == ["Ana Costa"]


def test_a_person_of_18_is_not_found(db: Database) -> None:
    given_run(db)
    today = years_before(TODAY, 18)
    given_child(db, forename="Otto", family_name="Lindqvist", date_of_birth=today)
    given_child(db, date_of_birth=today + timedelta(days=1))
    token = given_session(db)

    assert find(db, token, "otto lindqvist", today).rows == ()
    assert len(find(db, token, born=today + timedelta(days=1)).rows) == 1


# Numbers


def given_numbered(db: Database) -> str:
    """Ana with her numbers, and a school and a clinic that use one each."""
    ana = given_ana(db, nhs_number=NHS_NUMBER)
    given_record(
        db,
        child_id=ana,
        source="school_census",
        supplier="X",
        key="upn",
        upn=UPN,
        former_upn=FORMER_UPN,
        forename="Ana",
    )
    given_service(db, service_id=CLINIC, name="Clinic", kind="health_visiting")
    return ana


def test_a_number_alone_finds_for_staff_of_the_body_that_uses_it(db: Database) -> None:
    given_numbered(db)
    teacher = given_session(db, service_id=SCHOOL)
    nurse = given_session(db, username="nurse", service_id=CLINIC)

    assert (
        names(find(db, teacher, "", None, upn=UPN))
        == names(find(db, teacher, "", None, upn=FORMER_UPN))
        == ["Ana Costa"]
    )
    assert names(find(db, nurse, "", None, nhs_number=NHS_NUMBER)) == ["Ana Costa"]
    assert {event["rule"] for event in events(db)} == {"listed by UPN", "listed by NHS number"}


def test_a_number_of_another_body_is_refused_and_written_down(db: Database) -> None:
    given_numbered(db)
    teacher = given_session(db, service_id=SCHOOL)
    nobody = given_session(db, username="nobody", **SOCIAL_WORKER)

    with pytest.raises(Refused, match="does not use NHS numbers"):
        find(db, teacher, nhs_number=NHS_NUMBER)
    with pytest.raises(Refused, match="does not use UPNs"):
        find(db, nobody, upn=UPN)

    assert [(event["decision"], event["rule"], event["child_refs"]) for event in events(db)] == [
        ("denied", "NHS number of another body", []),
        ("denied", "UPN of another body", []),
    ]


def test_a_number_that_nobody_has_leaves_the_name_to_find(db: Database) -> None:
    given_ana(db)
    teacher = given_session(db, service_id=SCHOOL)

    assert names(find(db, teacher, upn=UPN)) == ["Ana Costa"]
    assert find(db, teacher, "", None, upn=UPN).rows == ()


def test_a_number_finds_no_shielded_child_whoever_asks(db: Database) -> None:
    ana = given_numbered(db)
    given_service(db, service_id=CLINIC, kind="hospital")
    askers: list[dict[str, Any]] = [{"service_id": SCHOOL}, {"service_id": SCHOOL, **DATA_MANAGER}]
    for number, asker in enumerate(askers):
        token = given_session(db, username=f"asker{number}", **asker)
        for upn in (UPN, FORMER_UPN):
            assert len(find(db, token, "", None, upn=upn).rows) == 1
        nurse = given_session(db, username=f"nurse{number}", **(asker | {"service_id": CLINIC}))
        assert len(find(db, nurse, "", None, nhs_number=NHS_NUMBER).rows) == 1
        given_shield(db, child_id=ana)

        assert [find(db, token, "", None, upn=upn).rows for upn in (UPN, FORMER_UPN)] == [(), ()]
        assert find(db, nurse, "", None, nhs_number=NHS_NUMBER).rows == ()
        _run(db, "MATCH (shield:Shield) DETACH DELETE shield")


def test_a_services_spelling_of_a_shielded_childs_name_finds_and_names_nobody(db: Database) -> None:
    ana = given_ana(db)
    given_service(db, service_id=CLINIC, kind="hospital")
    said: dict[str, Any] = {"forename": "Zelda", "family_name": "Kray", "date_of_birth": date(2015, 1, 9)}
    given_involvement(db, child_id=ana, service_id=CLINIC, **said)
    token = given_session(db)
    assert len(find(db, token, "zelda kray", date(2015, 1, 9)).rows) == 1
    given_shield(db, child_id=ana)

    assert find(db, token, "zelda kray", date(2015, 1, 9)).rows == ()
    assert names(find(db, token)) == ["Ana Costa"]


def test_numbers_are_those_of_the_services_a_user_works_for(db: Database) -> None:
    given_ana(db)
    _run(
        db,
        'MATCH (who:Practitioner {practitioner_id: "northshire:P1"}), (team:Service {service_id: "northshire:SC1"}) '
        'CREATE (who)-[:WORKS_FOR {run: 1, record: "r", source: "involvements", fact_id: "w"}]->(team)',
    )

    assert own_numbers(db, SCHOOL, None) == {Number.UPN}
    assert own_numbers(db, None, "northshire:P1") == {Number.NHS_NUMBER}
    assert own_numbers(db, None, None) == own_numbers(db, YOUTH_JUSTICE, None) == frozenset()


# Narrowed by school or area


def given_twins_of_a_name(db: Database) -> tuple[str, str]:
    """Two of one name and birthday: one at Hillbrook in Northshire, one elsewhere."""
    here = given_ana(db)
    given_area(db, gss_code="E06000009", name="Southmere")
    given_service(db, service_id="urn:100009", name="St Mary’s Academy")
    there = given_child(db, area="E06000009")
    given_fact(db, child_id=there, type="ATTENDS", target="urn:100009")
    return here, there


def test_school_or_area_narrows_a_search(db: Database) -> None:
    here, there = given_twins_of_a_name(db)
    token = given_session(db)

    def found(**more: Any) -> set[str | None]:
        return {child_of(token, row.handle) for row in find(db, token, **more).rows}

    assert found() == {here, there}
    assert found(school_ids=find_schools(db, "hilbrook primary")) == found(area=AREA) == {here}
    assert found(school_ids=find_schools(db, "St. Marys")) == found(area="E06000009") == {there}
    assert found(school_ids=find_schools(db, "Hillbrook"), area="E06000009") == set()
    assert events(db)[-1]["rule"] == "none fits by name, date of birth, school, area"
    assert find_schools(db, "Nowhere") == find_schools(db, "-") == ()
    assert [area.name for area in list_areas(db)] == ["Northshire", "Southmere"]


@pytest.mark.parametrize("viewer", [{}, DATA_MANAGER, {"service_id": SCHOOL, **SOCIAL_WORKER}])
def test_no_shielded_child_is_found_by_school_or_area(db: Database, viewer: dict[str, Any]) -> None:
    ana, _ = given_twins_of_a_name(db)
    token = given_session(db, **viewer)
    by_place: list[dict[str, Any]] = [{"school_ids": (SCHOOL,)}, {"area": AREA}]
    before = [len(find(db, token, **place).rows) for place in by_place]
    given_shield(db, child_id=ana)

    assert before == [1, 1]
    assert [find(db, token, **place).rows for place in by_place] == [(), ()]


def test_a_shielded_namesake_does_not_make_too_many(db: Database) -> None:
    given_area(db)
    given_run(db)
    children = [given_child(db) for _ in range(21)]
    token = given_session(db)
    assert find(db, token, area=AREA).too_many
    given_shield(db, child_id=children[7])

    result = find(db, token, area=AREA)

    assert (len(result.rows), result.too_many, result.more) == (20, False, False)
    assert find(db, token).too_many


def test_who_shelters_beside_a_shielded_child_is_not_found_by_place(db: Database) -> None:
    given_run(db)
    given_area(db)
    home = given_address(db)
    given_service(db)
    elsie, noah = (given_child(db, forename=name, family_name="Marlow") for name in ("Elsie", "Noah"))
    for child in (elsie, noah):
        given_fact(db, child_id=child, type="LIVES_AT", target=home, since=BORN)
        given_carer(db, child_id=child, forename="Joanna", family_name="Marlow", address_id=home)
        given_fact(db, child_id=child, type="ATTENDS", target=SCHOOL, since=BORN)
    token = given_session(db)
    assert names(find(db, token, "noah marlow", school_ids=(SCHOOL,))) == ["Noah Marlow"]
    given_shield(db, child_id=elsie)

    assert find(db, token, "noah marlow", school_ids=(SCHOOL,)).rows == ()
    assert find(db, token, "noah marlow", area=AREA).rows == ()
    assert names(find(db, token, "noah marlow")) == ["Noah Marlow"]


def test_a_school_that_was_left_finds_nobody(db: Database) -> None:
    given_run(db)
    given_service(db)
    ana = given_child(db)
    given_fact(db, child_id=ana, type="ATTENDS", target=SCHOOL, until=TODAY)

    assert find(db, given_session(db), school_ids=(SCHOOL,)).rows == ()


def test_roles_that_never_see_a_child_find_none(db: Database) -> None:
    given_ana(db)
    given_practitioner(db, practitioner_id="x:1")
    token = given_session(db, role=Role.OPERATOR, service_id=SCHOOL)

    with pytest.raises(Refused):
        find(db, token)
    assert [(event["decision"], event["count"]) for event in events(db)] == [("denied", 0)]
