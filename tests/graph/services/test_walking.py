"""Tests for graph.services.walking: who is come to, why, in what number, and who never is."""

import json
from datetime import date, timedelta

import pytest

from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import NotFound, Refused
from graph.model.filter import Filter
from graph.model.roles import Role
from graph.model.walking import MOST_AT_A_STEP, Connections, Step, Way, hub_of
from graph.services.handles import child_of, handle_of
from graph.services.walking import show_connections
from graph.store import Database
from tests.builders import (
    SCHOOL,
    given_address,
    given_area,
    given_carer,
    given_child,
    given_fact,
    given_involvement,
    given_post,
    given_practitioner,
    given_run,
    given_service,
    given_session,
    given_shield,
    values,
)

HOME, ELSEWHERE = "address-1", "address-2"
TODAY = clock.day_in_england(clock.now())
LONG_AGO = date(2019, 3, 1)
LEAD = {"role": Role.SAFEGUARDING_LEAD}


@pytest.fixture
def ana(db: Database) -> str:
    """Ana at home with Maria, her mother; nobody else is known yet."""
    given_run(db)
    given_area(db)
    given_address(db, address_id=HOME)
    given_address(db, address_id=ELSEWHERE, line_1="3 Pier Street", postcode="SX1 0NL")
    return given_home(db, "AAAAAAAAA0", "Ana", since=date(2021, 2, 1))


def given_home(
    db: Database, child_id: str, forename: str, *, home: str | None = HOME, since: date | None = None, **more: object
) -> str:
    """A child at a home, whose mother Maria Costa, in the records of this child, lives there too."""
    given_child(db, child_id=child_id, forename=forename, **more)  # type: ignore[arg-type]
    if home is not None:
        given_fact(db, child_id=child_id, type="LIVES_AT", target=home, since=since)
    given_carer(db, child_id=child_id, address_id=home)
    return child_id


def walk(db: Database, token: str, child_id: str, *steps: str, as_at: date | None = None) -> Connections:
    return show_connections(
        db,
        token,
        handle_of(token, child_id),
        reason="safeguarding",
        case_reference="",
        depth=Depth.CIRCLE,
        steps=steps,
        chosen=None if as_at is None else Filter(as_at),
    )


def offered(shown: Connections) -> dict[str, Step]:
    """The steps by what they start from: `home`, the carer's or the service's name."""
    return {step.name or step.word: step for step in shown.walk.steps}


def names(shown: Connections) -> list[list[str]]:
    return [[each.name for each in (*band.children, *band.adults)] for band in shown.walk.bands]


def last_event(db: Database) -> dict[str, object]:
    ((content,),) = values(
        db, "MATCH (event:AuditEvent) RETURN event.content ORDER BY event.at DESC, event.seq DESC LIMIT 1"
    )
    event = json.loads(bytes(content))
    assert isinstance(event, dict)
    return event


def test_siblings_are_counted_first_and_named_with_a_reason_when_the_step_is_taken(db: Database, ana: str) -> None:
    joe = given_home(db, "BBBBBBBBB0", "Joe", since=date(2022, 5, 1))
    half = given_home(db, "CCCCCCCCC0", "Lia", home=None)
    given_fact(db, child_id=half, type="CARED_FOR_BY", target=carer_of(db, ana))
    token = given_session(db, **LEAD)

    before = walk(db, token, ana)

    steps = offered(before)
    assert (steps["home"].children, steps["Maria Costa"].children) == (1, 2)
    assert before.walk.bands == ()
    assert last_event(db)["child_refs"] == [ana]

    shown = walk(db, token, ana, "home", steps["Maria Costa"].word)

    assert names(shown) == [["Joe Costa"], ["Lia Costa"]]
    first, second = shown.walk.bands
    assert second.shown_before == 1
    (link, carer) = first.children[0].links
    assert (link.way, link.since) == (Way.HOME, date(2022, 5, 1))
    assert (carer.way, carer.name, carer.by_name) == (Way.CARER, "Maria Costa", True)
    assert second.children[0].links[0].by_name is False
    assert [source.title for source in link.sources] == ["NHS patient register"]
    assert child_of(token, first.children[0].handle) == joe
    event = last_event(db)
    assert (event["action"], event["purpose"]) == ("child.walk", "safeguarding")
    assert set(event["child_refs"]) == {ana, joe, half}  # type: ignore[call-overload]


def test_steps_are_taken_back_one_by_one(db: Database, ana: str) -> None:
    given_home(db, "BBBBBBBBB0", "Joe")
    token = given_session(db, **LEAD)
    carer = offered(walk(db, token, ana))["Maria Costa"].word

    both, without = walk(db, token, ana, "home", carer), walk(db, token, ana, carer)

    assert names(both) == [["Joe Costa"], []]
    assert names(without) == [["Joe Costa"]]
    assert [step.taken for step in without.walk.steps] == [step.word == carer for step in without.walk.steps]


def test_others_at_the_home_are_told_by_what_a_row_of_a_search_shows(db: Database, ana: str) -> None:
    # The same home, by another key of the register of addresses; next door; and another family at the address.
    given_address(db, address_id="uprn:1", line_1="14 LARCH ROAD")
    given_address(db, address_id="uprn:2", line_1="15 Larch Road")
    joe = given_home(db, "BBBBBBBBB0", "Joe", home="uprn:1", date_of_birth=TODAY - timedelta(days=800), sex="male")
    given_carer(db, child_id=joe, forename="Ravi", family_name="Shah", relationship="father", address_id=HOME)
    given_carer(db, child_id=joe, forename="Lena", family_name="Shah", relationship="aunt", address_id=ELSEWHERE)
    next_door = given_child(db, child_id="CCCCCCCCC0", forename="Next", family_name="Door")
    given_fact(db, child_id=next_door, type="LIVES_AT", target="uprn:2")
    tom = given_child(db, child_id="DDDDDDDDD0", forename="Tom", family_name="Reed")
    given_fact(db, child_id=tom, type="LIVES_AT", target=HOME)
    given_carer(db, child_id=tom, forename="Nell", family_name="Reed", address_id=HOME)

    shown = walk(db, given_session(db, **LEAD), ana, "carer-c000000000000", "home", "home")

    steps = offered(shown)
    assert (steps["home"].children, steps["home"].adults, steps["Maria Costa"].children) == (2, 2, 1)
    assert names(shown) == [["Joe Costa", "Tom Reed", "Nell Reed", "Ravi Shah"]]
    assert [adult.cares_for for adult in shown.walk.bands[0].adults] == [("Tom Reed",), ("Joe Costa",)]
    walked = shown.walk.bands[0].children[0]
    assert {name for name in vars(walked) if name not in ("key", "handle", "links")} == {"name", "age", "sex", "carers"}
    assert (walked.age, walked.sex, walked.carers) == (2, "male", ("Lena Shah", "Maria Costa", "Ravi Shah"))
    assert shown.walk.dropped == 1


def test_neither_family_nor_grown_up_nor_known_to_a_guarded_service_only(db: Database, ana: str) -> None:
    joe = given_home(db, "BBBBBBBBB0", "Joe")
    given_carer(db, child_id=joe, forename="Dawn", family_name="Okoro", address_id=HOME)
    given_home(db, "CCCCCCCCC0", "Old", date_of_birth=date(TODAY.year - 19, 1, 1))
    given_service(db, service_id="n:YJ", name="Youth justice", kind="youth_justice")
    tom = given_child(db, child_id="DDDDDDDDD0", forename=None, family_name=None, source="involvements", supplier="n")
    said = {"forename": "Tom", "family_name": "Costa", "date_of_birth": date(2012, 1, 1)}
    record = given_involvement(db, child_id=tom, service_id="n:YJ", **said)
    given_fact(db, child_id=tom, type="LIVES_AT", target=HOME, record=record)

    mine, others = given_session(db, **LEAD), given_session(db, username="grace", name="Grace Field", **LEAD)

    assert offered(walk(db, mine, ana))["home"].children == 0
    assert names(walk(db, others, ana, "home"))[0][0] == "Joe Costa"
    assert offered(walk(db, others, ana))["home"].children == 1


def carer_of(db: Database, child_id: str) -> str:
    ((found,),) = values(
        db, "MATCH (:Child {child_id: $id})-[:CARED_FOR_BY]->(carer) RETURN carer.person_id LIMIT 1", id=child_id
    )
    return str(found)


# Shields


def _stable(shown: Connections) -> str:
    """A walk as text: everything that a page could be made of."""
    return repr((shown.page, shown.walk))


def test_a_shielded_child_changes_nothing_that_an_ordinary_user_gets(db: Database, ana: str) -> None:
    given_home(db, "BBBBBBBBB0", "Joe")
    teacher = given_session(db, username="teacher")
    lead = given_session(db, username="lead", role=Role.SAFEGUARDING_LEAD, statutory=True)
    words = [[step.word for step in walk(db, token, ana).walk.steps] for token in (teacher, lead)]
    without = [_stable(walk(db, token, ana, *asked)) for token, asked in zip((teacher, lead), words, strict=True)]

    # A sister who lives with her father, while Maria is recorded as her carer by the very record of Ana's.
    sister = given_child(db, child_id="DDDDDDDDD0", forename="Elsie")
    given_fact(db, child_id=sister, type="LIVES_AT", target=ELSEWHERE)
    given_fact(db, child_id=sister, type="CARED_FOR_BY", target=carer_of(db, ana))
    given_shield(db, child_id=sister)
    # A stranger at the address, with a mother of her own.
    stranger = given_child(db, child_id="EEEEEEEEE0", forename="Mia", family_name="Marlow")
    given_fact(db, child_id=stranger, type="LIVES_AT", target=HOME)
    given_carer(db, child_id=stranger, forename="Jo", family_name="Marlow", address_id=HOME)
    given_shield(db, child_id=stranger)

    within = [_stable(walk(db, token, ana, *asked)) for token, asked in zip((teacher, lead), words, strict=True)]
    assert within == without
    assert {sister, stranger} & set(last_event(db)["child_refs"]) == set()  # type: ignore[call-overload]


def test_where_a_shielded_child_shares_home_and_carer_the_household_is_not_offered_nor_come_to(
    db: Database, ana: str
) -> None:
    elsie = given_home(db, "DDDDDDDDD0", "Elsie")
    given_shield(db, child_id=elsie)
    token = given_session(db, **LEAD)

    assert "home" not in offered(walk(db, token, ana))
    # Nor does a walk from a half-sister who lives elsewhere come to Ana, whose page withholds where she is.
    half = given_child(db, child_id="CCCCCCCCC0", forename="Lia")
    given_fact(db, child_id=half, type="CARED_FOR_BY", target=carer_of(db, ana))
    assert offered(walk(db, token, half))["Maria Costa"].children == 0


def test_nobody_walks_on_from_a_shielded_child(db: Database, ana: str) -> None:
    given_shield(db, child_id=ana)
    given_home(db, "BBBBBBBBB0", "Joe")

    for role in (Role.PRACTITIONER, Role.DATA_MANAGER):
        token = given_session(db, username=role.value, role=role)
        with pytest.raises(Refused):
            walk(db, token, ana, "home")
        assert (last_event(db)["decision"], last_event(db)["child_refs"]) == ("denied", [ana])


def test_a_data_manager_of_the_area_comes_to_a_shielded_child(db: Database, ana: str) -> None:
    elsie = given_child(db, child_id="DDDDDDDDD0", forename="Elsie")
    given_fact(db, child_id=elsie, type="CARED_FOR_BY", target=carer_of(db, ana))
    given_shield(db, child_id=elsie)

    def counted(role: Role, authority: str) -> int:
        token = given_session(db, username=f"{role} {authority}", role=role, authority=authority)
        return offered(walk(db, token, ana))["Maria Costa"].children

    assert counted(Role.DATA_MANAGER, "E06000001") == 1
    assert counted(Role.DATA_MANAGER, "E06000002") == 0
    assert counted(Role.SAFEGUARDING_LEAD, "E06000001") == 0


# Who else is not come to


def test_what_is_not_published_or_not_of_the_day_does_not_count(db: Database, ana: str) -> None:
    joe = given_child(db, child_id="BBBBBBBBB0", forename="Joe")
    given_fact(db, child_id=joe, type="LIVES_AT", target=HOME, since=LONG_AGO, until=date(2023, 1, 1))
    given_run(db, run=2, publish=False)
    late = given_child(db, child_id="CCCCCCCCC0", forename="Late")
    given_fact(db, child_id=late, type="LIVES_AT", target=HOME, run=2)
    gone = given_child(db, child_id="DDDDDDDDD0", forename="Gone")
    given_fact(db, child_id=gone, type="LIVES_AT", target=HOME, ended_run=1)
    token = given_session(db, **LEAD)

    assert names(walk(db, token, ana, "home")) == []
    then = walk(db, token, ana, "home", as_at=date(2022, 12, 31))
    assert names(then) == [["Joe Costa"]]
    assert then.walk.bands[0].children[0].links[0].since == date(2021, 2, 1)
    assert names(walk(db, token, ana, "home", as_at=date(2023, 1, 1))) == []


def test_a_crowd_at_one_address_is_counted_as_many_and_not_listed(db: Database, ana: str) -> None:
    for number in range(MOST_AT_A_STEP + 1):
        child = given_child(db, child_id=f"B{number:09}", forename=f"Child {number}", family_name="Hostel")
        given_fact(db, child_id=child, type="LIVES_AT", target=HOME)
    token = given_session(db, **LEAD)

    shown = walk(db, token, ana, "home")

    assert (offered(shown)["home"].too_many, shown.walk.bands, shown.walk.dropped) == (True, (), 1)
    assert last_event(db)["child_refs"] == [ana]


# Services


@pytest.fixture
def hub(db: Database, ana: str) -> str:
    """A family hub that knows Ana by Priya Nair, where Sam Pryce works too; and her school."""
    given_service(db, service_id="n:EH", name="Family Hub", kind="early_help")
    given_service(db)
    for number, name in (("1", "Priya Nair"), ("2", "Sam Pryce"), ("3", "Lena Walsh")):
        given_practitioner(db, practitioner_id=f"n:{number}", name=name)
    given_post(db, practitioner_id="n:1", service_id="n:EH")
    given_post(db, practitioner_id="n:2", service_id="n:EH", role="key worker")
    given_post(db, practitioner_id="n:3", service_id="n:EH", until=TODAY)
    given_involvement(db, child_id=ana, service_id="n:EH", practitioner_id="n:1", forename="Ana")
    given_fact(db, child_id=ana, type="ATTENDS", target=SCHOOL)
    return "n:EH"


def test_practitioners_of_a_service_besides_those_on_the_card(db: Database, ana: str, hub: str) -> None:
    token = given_session(db, **LEAD)
    step = offered(walk(db, token, ana))["Family Hub"]

    shown = walk(db, token, ana, step.word)

    assert (step.practitioners, step.children) == (1, 0)
    (sam,) = shown.walk.bands[0].practitioners
    assert (sam.name, sam.role, sam.service_id) == ("Sam Pryce", "key worker", hub)


def test_practitioners_of_guarded_services_are_offered_to_nobody(db: Database, ana: str) -> None:
    given_service(db, service_id="n:YJ", name="Youth justice", kind="youth_justice")
    given_service(db, service_id="n:MH", name="CAMHS", kind="mental_health")
    given_practitioner(db, practitioner_id="n:1")
    for service in ("n:YJ", "n:MH"):
        given_post(db, practitioner_id="n:1", service_id=service)
        given_involvement(db, child_id=ana, service_id=service, forename="Ana")
    token = given_session(db, role=Role.DATA_MANAGER, statutory=True)

    shown = walk(db, token, ana)

    assert {card.name for card in shown.page.services} == {"Youth justice", "CAMHS"}
    assert {"Youth justice", "CAMHS"} & offered(shown).keys() == set()
    assert shown.walk.hubs == ()
    assert {card.name: card.service_id for card in shown.page.services} == {"Youth justice": "n:YJ", "CAMHS": None}


def test_a_school_is_counted_without_the_shielded_and_never_opened(db: Database, ana: str, hub: str) -> None:
    token = given_session(db, **LEAD)
    for number in range(14):
        pupil = given_child(db, child_id=f"B{number:09}", forename=f"Pupil {number}")
        given_fact(db, child_id=pupil, type="ATTENDS", target=SCHOOL)
        if number > 10:
            given_shield(db, child_id=pupil)
    school = next(card for card in walk(db, token, ana).page.services if card.kind == "school")

    counted = {each.name: each for each in walk(db, token, ana).walk.hubs}

    assert (counted[school.name].about, counted["Family Hub"].few) == (10, True)
    with pytest.raises(Refused, match="never lists its children"):
        walk(db, token, ana, f"children-{school.key}")
    event = last_event(db)
    assert (event["decision"], event["rule"], event["child_refs"]) == ("denied", "hub: never its children", [ana])


def test_a_hub_says_no_number_from_which_one_child_could_be_told() -> None:
    assert [(hub_of("", "", number).about, hub_of("", "", number).few) for number in (0, 9, 10, 14, 16, 2000)] == [
        (None, True),
        (None, True),
        (10, False),
        (10, False),
        (20, False),
        (2000, False),
    ]
    assert (hub_of("", "", 2001).about, hub_of("", "", 2001).few) == (None, False)


# Who may walk


def test_only_from_the_circle_and_only_by_those_who_look_up_children(db: Database, ana: str) -> None:
    given_home(db, "BBBBBBBBB0", "Joe")
    token = given_session(db)
    signpost = {"reason": "safeguarding", "case_reference": "", "steps": ["home"]}

    with pytest.raises(Refused, match="cannot be explored"):
        show_connections(db, token, handle_of(token, ana), depth=Depth.SIGNPOST, **signpost)  # type: ignore[arg-type]
    assert last_event(db)["decision"] == "denied"
    family = given_session(db, username="maria", name="Maria Costa", **LEAD)
    with pytest.raises(Refused, match="cannot be explored"):
        walk(db, family, ana)
    operator = given_session(db, username="ops", role=Role.OPERATOR)
    with pytest.raises(Refused):
        walk(db, operator, ana)
    with pytest.raises(NotFound):
        walk(db, token, "ZZZZZZZZZ9")
