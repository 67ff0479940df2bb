"""Subject-access packs on the real graph: everything is in them, nothing of others is, and the audit lists the same."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.model import clock
from graph.model.corrections import Outcome, Refusal, Settlement
from graph.model.errors import Conflict, NotFound, Refused, Unproven
from graph.model.packs import Choice, Concern, Held, Item, Pack, Section
from graph.model.roles import Role
from graph.model.statements import SOURCE
from graph.services import access, brokering, fresh, packs, requests
from graph.services.fresh import Action
from graph.services.handles import handle_of
from graph.services.packs import Wish
from graph.services.requests import Objecting
from graph.services.statements import Asked
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
    given_session,
    given_shield,
    given_user,
    record_name,
    values,
)
from tests.conftest import Statement
from tests.loaders.judged import given_proposal

TODAY = clock.day_in_england(clock.now())
HUB, JUSTICE, CLINIC = "northshire:EH1", "northshire:YJ1", "northshire:CL1"
# One word for each thing that is planted on the child, and what stands for it.
OWN = {
    "Anapds", "Anacensus", "Anabenefit", "Anahub", "Middlepds", "Prefcensus", "Formerpds", "Othername", "4 June 2017",
    "5 June 2017", "female", "9990000018", "B801200005001", "LOCAL77", "NS1 2AB", "NS9 9ZZ", "07700 900111",
    "Larchroad", "Oldstreet", "Scolvex", "Praxvex", "Opalvex", "Priya Nair", "key worker", "Northshire", "Endevex",
}  # fmt: skip
GUARDED = {"Kestvex", "Zephvex", "Quinn Shade", "Anaclinic", "clinic-list"}
OTHERS = {"Tessvex", "mother", "01632 960142"}
BROTHER = {"Brovex", "Brotherlane", "Broschool", "Brocarer"}


@pytest.fixture
def ana(db: Database) -> str:
    """Ana, of whom five sources speak and two contradict each other, at home with a carer and a brother."""
    given_run(db, run=1, title="NHS patient register")
    given_run(db, run=2, feed="school_census", supplier="DfE", title="School census")
    given_run(db, run=3, feed="involvements", supplier="northshire", title="Northshire directory", national=False)
    given_run(db, run=4, feed="child_benefit", supplier="DWP", title="Child benefit")
    given_run(db, run=5, feed="involvements", supplier="clinic-list", title="A list", national=False)
    db.write(_text("MATCH (r:Run) SET r.file = r.feed + '.csv'"))
    given_area(db)
    for service, name, kind in (
        (SCHOOL, "Scolvex", "school"),
        (PRACTICE, "Praxvex", "gp_practice"),
        (HUB, "Opalvex", "early_help"),
        ("northshire:EN1", "Endevex", "therapy"),
        (JUSTICE, "Kestvex", "police"),
        (CLINIC, "Zephvex", "sexual_health"),
    ):
        given_service(db, service_id=service, name=name, kind=kind, organisation=name)
    made = given_child(
        db, forename="Anapds", middle_names="Middlepds", former_family_name="Formerpds", other_names=["Othername, A"],
        nhs_number="9990000018", postcode="NS1 2AB", former_postcodes=["NS9 9ZZ"], telephone="07700 900111",
    )  # fmt: skip
    census = given_record(
        db, child_id=made, source="school_census", supplier="DfE", run=2, forename="Anacensus", family_name="Costa",
        preferred_forename="Prefcensus", date_of_birth=date(2017, 6, 5), upn="B801200005001", local_id="LOCAL77",
    )  # fmt: skip
    given_record(db, child_id=made, source="child_benefit", supplier="DWP", run=4, forename="Anabenefit")
    home = given_address(db, line_1="Larchroad")
    old = given_address(db, address_id="old", line_1="Oldstreet")
    given_fact(db, child_id=made, type="LIVES_AT", target=home, since=date(2021, 2, 1))
    given_fact(db, child_id=made, type="LIVES_AT", target=old, until=date(2021, 2, 1), ended_run=3)
    given_carer(db, child_id=made, forename="Tessvex", address_id=home, telephone="01632 960142")
    school = {"source": "school_census", "supplier": "DfE", "record": census, "run": 2}
    given_fact(db, child_id=made, type="ATTENDS", target=SCHOOL, **school)
    given_fact(db, child_id=made, type="REGISTERED_WITH", target=PRACTICE)
    given_practitioner(db)
    given_practitioner(db, practitioner_id="northshire:P9", name="Quinn Shade")
    given_involvement(
        db,
        child_id=made,
        service_id=HUB,
        run=3,
        practitioner_id="northshire:P1",
        role="key worker",
        lead=True,
        forename="Anahub",
    )
    given_involvement(db, child_id=made, service_id="northshire:EN1", run=3, until=date(2024, 1, 1))
    given_involvement(db, child_id=made, service_id=JUSTICE, run=3, practitioner_id="northshire:P9")
    given_involvement(db, child_id=made, service_id=CLINIC, run=5, supplier="clinic-list", forename="Anaclinic")
    _given_brother(db, home)
    return made


def _text(text: str) -> Any:
    return Statement(text)


def _given_brother(db: Database, home: str) -> None:
    brother = given_child(db, forename="Brovex")
    given_fact(db, child_id=brother, type="LIVES_AT", target=home)
    given_fact(db, child_id=brother, type="LIVES_AT", target=given_address(db, address_id="b", line_1="Brotherlane"))
    given_service(db, service_id="urn:100009", name="Broschool")
    given_fact(db, child_id=brother, type="ATTENDS", target="urn:100009")
    given_carer(db, child_id=brother, forename="Brocarer")


def omar(db: Database, **more: Any) -> str:
    """A data manager of the child's authority."""
    return given_session(db, **{"username": "omar", "name": "Omar Said", "role": Role.DATA_MANAGER} | more)


def asked(token: str, child_id: str) -> Asked:
    """The child's page as this session has it open."""
    return Asked(token, handle_of(token, child_id), "wellbeing")


def prove(db: Database, at: Asked) -> None:
    """A code of now was given in this session for this pack."""
    now = clock.milliseconds(clock.now())
    token_hash = access.hash_token(at.token)
    key = access.proof_key(token_hash, Action.EXPORT, at.handle)
    said = {"token_hash": token_hash, "action": "export", "about": at.handle, "by": "code"}
    db.write(fresh.SAVE_PROOF, key=key, now=now, gone_before=0, **said)


def wish(held: Held, *, include: Concern | None = None, **choices: Choice) -> Wish:
    """What is sent back of this page: guarded lines are left out, or those of one concern put in."""
    said = {item.key: Choice.SERIOUS_HARM for item in held.items if item.concern is Concern.GUARDED}
    said |= {item.key: Choice.INCLUDE for item in held.items if item.concern is include}
    return Wish(held.version, said | choices, "child")


def made(db: Database, at: Asked, **more: Any) -> Pack:
    """The pack of this page."""
    return packs.make_pack(db, at, wish(packs.list_held(db, at), **more))


def words_in(pack: Pack | Held) -> str:
    """Everything that a reader of it can read, but for the name that stands over it."""
    held = pack.held if isinstance(pack, Pack) else pack
    return repr([(item.label, item.value, item.sources, item.since, item.until) for item in held.items]) + repr(
        held.looks if isinstance(pack, Held) or pack.looks else None
    )


def found_in(words: set[str], pack: Pack | Held) -> set[str]:
    """Which of these words can be read in it."""
    text = words_in(pack)
    return {word for word in words if (word in text)}


def event(db: Database, action: str) -> dict[str, Any]:
    """What the audit says of the last allowed act of this name."""
    text = "MATCH (e:AuditEvent {action: $action, decision: 'allowed'}) RETURN e.content ORDER BY e.at DESC LIMIT 1"
    ((content,),) = values(db, text, action=action)
    said: dict[str, Any] = json.loads(content)
    return said


def test_everything_that_any_source_says_is_gone_through_with_source_file_and_day(db: Database, ana: str) -> None:
    held = packs.list_held(db, asked(omar(db), ana))

    # Numbers are the child's: whoever goes through the lines reads that there is one.
    assert found_in(OWN | GUARDED | OTHERS, held) == OWN | GUARDED | OTHERS
    assert found_in(BROTHER, held) == set()
    for item in held.items:
        assert item.sources or item.section in (Section.DIRECTORY, Section.LOOKS), item
        assert all(source.file and source.received_on for source in item.sources if "Worked out" not in source.title), (
            item
        )
    numbers = held.of(Section.NUMBERS)
    assert {item.shown for item in numbers} == {"Held. It is shown in the pack alone."}
    (birth, other) = [item for item in held.items if item.label == "Date of birth"]
    assert [source.title for source in (*birth.sources, *other.sources)] == ["NHS patient register", "School census"]
    (old,) = [item for item in held.items if "Oldstreet" in item.value]
    assert [source.said_now for source in old.sources] == [False]


_HUB = "MATCH (on:Service {service_id: 'northshire:EH1'}) CREATE (on)<-[:DESCRIBES {%s}]-(:Record {%s}) "
_WORK = (
    "MATCH (on:Child {child_id: $child})-[work:INVOLVES]->(:Service {service_id: 'northshire:EH1'}) "
    "MATCH (other:Service {service_id: 'northshire:CL1'}) "
    "CREATE (on)-[:INVOLVES {record: work.record, run: %d}]->(other)"
)
_SAYS = "source: 'directory', record: 'other', name: 'Wrongvex', kind: 'police', run: "
_CHILD = "MATCH (on:Child {child_id: $child}) CREATE (on)<-[:IDENTIFIES {%s}]-(:Record%s {subject: 'child', %s}) "
_NAMED = "source: 'pds', supplier: 'NHS', record: 'other', forename: 'Wrongvex', run: "
_MOVED = (
    "MATCH (on:Child {child_id: $child}) "
    "CREATE (on)-[:LIVES_AT {fact_id: 'f', source: 'pds', %s}]->(:Address {line_1: 'Wronglane'})"
)
# Run 6 was undone, run 8 is not published yet, run 3 is what was believed long ago.
UNTRUE = {
    "where it lives, not published": _MOVED % "run: 8",
    "where it lives, undone": _MOVED % "run: 6",
    "a record’s join, not published": _CHILD % ("run: 8", "", _NAMED + "2"),
    "a record’s join, undone": _CHILD % ("run: 6", "", _NAMED + "2"),
    "a record’s join, ended": _CHILD % ("run: 2, ended_run: 3", "", _NAMED + "2"),
    "a record, not published": _CHILD % ("run: 2", "", _NAMED + "8"),
    "a record, undone": _CHILD % ("run: 2", "", _NAMED + "6"),
    "a record put aside": _CHILD % ("run: 2", ":Quarantined", _NAMED + "2"),
    "a service’s description, joined by what is not published": _HUB % ("run: 8", _SAYS + "2"),
    "a service’s description, joined by what was undone": _HUB % ("run: 6", _SAYS + "2"),
    "a service’s description, no longer joined": _HUB % ("run: 2, ended_run: 3", _SAYS + "2"),
    "a service’s description, not published": _HUB % ("run: 2", _SAYS + "8"),
    "a service’s description, undone": _HUB % ("run: 2", _SAYS + "6"),
    "a service’s description, ended": _HUB % ("run: 2", _SAYS + "2, ended_run: 3"),
    "the work of a guarded service, not published": _WORK % 8,
    "the work of a guarded service, undone": _WORK % 6,
    "another record of the carer": "MATCH (:Child {child_id: $child})-[fact:CARED_FOR_BY]->(on)<-[:IDENTIFIES]-(one) "
    "SET fact.carer_record = one.record CREATE (on)<-[:IDENTIFIES {run: 2}]-(:Record {subject: 'carer', "
    + _NAMED
    + "2})",
    "an end, not published": "MATCH (:Child {child_id: $child})-[fact:ATTENDS]->() SET fact.ended_run = 8",
    "an end, undone": "MATCH (:Child {child_id: $child})-[fact:ATTENDS]->() SET fact.ended_run = 6",
    "a record’s end, not published": "MATCH (said:Record {forename: 'Anacensus'}) SET said.ended_run = 8",
    "a record’s end, undone": "MATCH (said:Record {forename: 'Anacensus'}) SET said.ended_run = 6",
    "a join’s end, not published": "MATCH (:Record {forename: 'Anacensus'})-[link]->() SET link.ended_run = 8",
    "a join’s end, undone": "MATCH (:Record {forename: 'Anacensus'})-[link]->() SET link.ended_run = 6",
    "a description’s end, not published": "MATCH (said:Record {name: 'Opalvex'}) SET said.ended_run = 8",
    "a description’s end, undone": "MATCH (said:Record {name: 'Opalvex'})-[link]->() SET link.ended_run = 6",
}


def test_what_is_not_published_undone_or_said_of_somebody_else_changes_no_line(db: Database, ana: str) -> None:
    for run in (6, 7):
        given_run(db, run=run)
    given_run(db, run=8, publish=False)
    db.write(_text("MATCH (publication:Publication) SET publication.withdrawn = [6]"))
    at = asked(omar(db), ana)
    before = packs.list_held(db, at).items

    for untrue, statement in UNTRUE.items():
        db.write(_text(statement), child=ana)
        assert packs.list_held(db, at).items == before, untrue


def test_a_pack_holds_what_is_the_childs_and_nothing_of_others_or_guarded_unless_it_is_ticked(
    db: Database, ana: str
) -> None:
    at = asked(omar(db), ana)
    prove(db, at)

    pack = made(db, at)

    assert found_in(OWN, pack) == OWN
    assert found_in(GUARDED | OTHERS | BROTHER, pack) == set()
    left_out = dict(pack.left_out)
    held = packs.list_held(db, at)
    assert left_out[Choice.THIRD_PARTY] == len(held.of(Section.CARERS)) == 2
    assert left_out[Choice.SERIOUS_HARM] == sum(item.concern is Concern.GUARDED for item in held.items) >= 4
    assert pack.missing == len(held.items) - len(pack.held.items)
    assert found_in(OTHERS, made(db, at, include=Concern.THIRD_PARTY)) == OTHERS
    assert found_in(GUARDED, made(db, at, include=Concern.GUARDED)) == GUARDED
    assert found_in(BROTHER, made(db, at, include=Concern.GUARDED)) == set()


def test_the_event_lists_exactly_what_the_pack_holds(db: Database, ana: str) -> None:
    at = asked(omar(db), ana)
    prove(db, at)

    pack = made(db, at)

    said, items = event(db, "pack.make"), pack.held.items
    assert said["child_refs"] == [ana]
    assert set(said["facts"]) == {fact for item in items for fact in item.facts}
    names = {name for item in items for name in item.names}
    grounds = {f"left_out:{choice.value}={number}" for choice, number in pack.left_out}
    assert set(said["fields"]) == {"name", "for:child"} | names | grounds
    assert said["count"] == len(items)
    facts = values(db, "MATCH (:Child {child_id: $id})-[f]->(s:Service) RETURN f.fact_id, s.service_id", id=ana)
    hidden = {fact for fact, service in facts if service in (JUSTICE, CLINIC)}
    assert hidden.isdisjoint(said["facts"])
    assert {fact for fact, service in facts if service not in (JUSTICE, CLINIC)} <= set(said["facts"])
    assert not found_in(OWN - {"key worker", "female", "Northshire"}, pack) & set(json.dumps(said).split('"'))


def test_the_event_of_going_through_lists_all_but_the_numbers(db: Database, ana: str) -> None:
    held = packs.list_held(db, asked(omar(db), ana))

    said = event(db, "pack.open")

    assert set(said["facts"]) == {fact for item in held.items for fact in item.facts}
    assert not [name for name in said["fields"] if name.startswith(("nhs_number", "upn", "local_id"))]
    assert "Numbers: 3" in said["fields"]


def test_others_are_told_that_no_such_child_is_there(db: Database, ana: str) -> None:
    given_carer(db, child_id=ana, forename="Robin", family_name="Vale")
    family = given_session(db, username="robin", name="Robin Vale", role=Role.DATA_MANAGER)
    said = set()
    for token in (omar(db, authority="E06000002"), family):
        for child_id in (ana, "NOBODY"):
            at = asked(token, child_id)
            prove(db, at)
            for call in (packs.list_held, lambda db, at: packs.make_pack(db, at, Wish("", {}, "child"))):
                with pytest.raises(NotFound) as error:
                    call(db, at)
                said.add(str(error.value))
    assert len(said) == 1
    # Whom somebody tried to open is written down, and no page is opened of a handle that is nobody's.
    refused = (
        "MATCH (e:AuditEvent {decision: 'denied'}) WHERE e.action STARTS WITH 'pack.' RETURN DISTINCT e.child_refs"
    )
    assert sorted(refs for (refs,) in values(db, refused)) == sorted([["NOBODY"], [ana]])
    invented = replace(asked(omar(db, username="oma"), ana), handle="0" * 32)
    with pytest.raises(NotFound):
        packs.list_held(db, invented)
    assert [] in [refs for (refs,) in values(db, refused)]
    for role in (Role.PRACTITIONER, Role.SAFEGUARDING_LEAD, Role.AUDITOR, Role.OPERATOR, Role.ADMINISTRATOR):
        with pytest.raises(Refused):
            packs.list_held(db, asked(given_session(db, username=role.value, role=role), ana))
    assert values(db, "MATCH (e:AuditEvent {decision: 'allowed'}) WHERE e.action STARTS WITH 'pack.' RETURN e") == []


def test_a_pack_is_made_with_a_fresh_code_or_proof_only(db: Database, ana: str) -> None:
    user = given_user(db, username="omar", role=Role.DATA_MANAGER, organisation="Northshire")
    token = access.sign_in(db, username="omar", password=user.password, code=user.code(-1)).token
    at = asked(token, ana)
    wanted = wish(packs.list_held(db, at))

    with pytest.raises(Unproven):
        packs.make_pack(db, at, wanted)
    with pytest.raises(Refused, match="code is not right"):
        packs.make_pack(db, at, replace(wanted, code="000000"))
    assert packs.make_pack(db, at, replace(wanted, code=user.code())).held.name
    # It is spent.
    with pytest.raises(Refused, match="code is not right"):
        packs.make_pack(db, at, replace(wanted, code=user.code()))
    denied = values(db, "MATCH (e:AuditEvent {action: 'pack.make', decision: 'denied'}) RETURN e.child_refs")
    assert denied == [([ana],)] * 3
    # A proof of the last minutes is enough: no code is asked for, and none is looked at.
    prove(db, at)
    assert packs.make_pack(db, at, replace(wanted, code="000000")).held.name


def test_what_is_undecided_off_the_list_or_stale_makes_no_pack(db: Database, ana: str) -> None:
    at = asked(omar(db), ana)
    prove(db, at)
    held = packs.list_held(db, at)
    guarded = next(item.key for item in held.items if item.concern is Concern.GUARDED)
    whole = wish(held)

    without = {key: choice for key, choice in whole.choices.items() if key != guarded}
    with pytest.raises(Refused, match="every line"):
        packs.make_pack(db, at, replace(whole, choices=without))
    with pytest.raises(Refused, match="who asked"):
        packs.make_pack(db, at, replace(whole, asker="neighbour"))
    given_record(db, child_id=ana, source="births", supplier="ONS", forename="Anabirth")
    with pytest.raises(Conflict):
        packs.make_pack(db, at, whole)
    assert values(db, "MATCH (e:AuditEvent {action: 'pack.make', decision: 'allowed'}) RETURN e") == []


def test_a_line_of_the_childs_own_may_be_left_out_on_a_ground(db: Database, ana: str) -> None:
    at = asked(omar(db), ana)
    prove(db, at)
    home = next(item for item in packs.list_held(db, at).items if "Larchroad" in item.value)

    pack = made(db, at, **{home.key: Choice.LEGAL_RESTRICTION})

    assert found_in({"Larchroad"}, pack) == set()
    assert (Choice.LEGAL_RESTRICTION, 1) in pack.left_out
    assert not set(home.facts) & set(event(db, "pack.make")["facts"])


def test_of_a_shielded_child_nothing_is_shown_before_a_proof_and_whereabouts_stay_out(db: Database, ana: str) -> None:
    given_shield(db, child_id=ana)
    entry = given_child(db, forename="Waitvex", source="school_census", supplier="DfE")
    waits = record_name("school_census", "DfE", entry)
    given_proposal(db, entry=entry, candidate=ana, record=waits, reason="namesake")
    at = asked(omar(db), ana)

    with pytest.raises(Unproven):
        packs.list_held(db, at)
    assert values(db, "MATCH (e:AuditEvent {action: 'pack.open', decision: 'allowed'}) RETURN e") == []
    prove(db, at)
    pack = made(db, at)

    whereabouts = {"Larchroad", "Oldstreet", "NS1 2AB", "NS9 9ZZ", "Scolvex", "Praxvex", "Opalvex", "07700 900111"}
    assert found_in(whereabouts | {"Priya Nair", "Endevex", "northshire"}, pack) == set()
    assert found_in({"Anapds", "Anacensus", "9990000018"}, pack) == {"Anapds", "Anacensus", "9990000018"}
    assert pack.looks is None
    items = packs.list_held(db, at).items
    assert {item.concern for item in items if item.value == "Anahub"} == {Concern.WHEREABOUTS}, (
        "It is a local sender's."
    )
    concerns = {item.label: item.concern for item in items}
    assert concerns["Shield"] is Concern.GUARDED
    assert concerns["Responsible authority"] is Concern.WHEREABOUTS
    assert "Waits to be decided" not in concerns, "Whose entry may be the child's is looked after by command."


def test_of_a_child_who_shares_home_and_carer_with_a_shielded_one_whereabouts_stay_out(db: Database, ana: str) -> None:
    other = given_child(db, forename="Elsie")
    given_carer(db, child_id=other, forename="Tessvex")
    given_fact(db, child_id=other, type="LIVES_AT", target="address-1")
    given_shield(db, child_id=other)
    at = asked(omar(db), ana)
    prove(db, at)

    assert found_in({"Larchroad", "Scolvex", "Praxvex", "Elsie"}, made(db, at)) == set()


def test_an_entry_that_may_be_the_child_is_told_of_without_what_it_says(db: Database, ana: str) -> None:
    for number, shielded in enumerate((False, True)):
        entry = given_child(db, forename=f"Waitvex{number}", source="school_census", supplier="DfE")
        record = record_name("school_census", "DfE", entry)
        given_proposal(db, entry=entry, candidate=ana, record=record, reason="namesake")
        if shielded:
            given_shield(db, child_id=entry)

    held = packs.list_held(db, asked(omar(db), ana))

    # The shielded one would tell that a shielded child is much like this one.
    (waits,) = [item for item in held.items if item.label == "Waits to be decided"]
    assert "may be this child" in waits.value
    assert found_in({"Waitvex0", "Waitvex1"}, held) == set()


def test_what_a_service_of_no_known_kind_says_is_guarded(db: Database, ana: str) -> None:
    given_record(db, child_id=ana, source="involvements", supplier="northshire", key="no-work", forename="Orphvex")
    db.write(_text("CREATE (:Service {service_id: 'northshire:X'})"))
    given_involvement(db, child_id=ana, service_id="northshire:X", forename="Unclassvex")

    held = packs.list_held(db, asked(omar(db), ana))

    concerns = {item.value: item.concern for item in held.items}
    assert concerns["Orphvex"] is concerns["Unclassvex"] is Concern.GUARDED
    assert concerns["Anahub"] is Concern.OWN


def test_that_a_person_consents_to_stay_tells_of_no_service(db: Database, ana: str) -> None:
    said = {"stays_as": "disabled", "consent_given_on": date(2026, 3, 1), "stays_until": date(2042, 6, 4)}
    given_record(db, child_id=ana, source=SOURCE, supplier="northshire", key="stays", **said)

    held = packs.list_held(db, asked(omar(db), ana))

    (consent,) = [item for item in held.items if "4 June 2042" in item.value]
    assert consent.concern is Concern.OWN


def test_a_question_to_the_team_is_held_with_its_outcome(
    db: Database, ana: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))
    brokering.ask(db, asked(given_session(db), ana))
    manager = omar(db)

    held = packs.list_held(db, asked(manager, ana))
    (waiting,) = brokering.list_queue(db, manager).lines
    brokering.settle(db, manager, waiting.asking_id, brokering.Outcome.NOBODY.value, "")
    settled = packs.list_held(db, asked(manager, ana))

    questions = [[item.value for item in each.items if "question" in item.label] for each in (held, settled)]
    assert questions == [["Not answered yet"], [brokering.Outcome.NOBODY.words]]


def test_what_was_given_to_another_child_is_in_no_pack_of_the_first(db: Database, ana: str) -> None:
    other = given_child(db, forename="Partvex")
    text = """
        MATCH (r:Record {source: 'child_benefit'})-[i:IDENTIFIES]->(:Child {child_id: $ana})
        MATCH (o:Child {child_id: $other})
        SET i.ended_run = 4 CREATE (r)-[:IDENTIFIES {run: 4}]->(o)
        WITH r MATCH (c:Child {child_id: $ana}), (a:Address {address_id: 'b'})
        CREATE (c)-[:LIVES_AT {fact_id: 'moved', record: r.record, source: 'child_benefit', supplier: 'DWP', run: 1,
                               ended_run: 4}]->(a)
    """
    db.write(_text(text), ana=ana, other=other)

    held = packs.list_held(db, asked(omar(db), ana))

    assert found_in({"Anabenefit", "Brotherlane"}, held) == set()


def test_who_looked_is_in_the_pack_as_families_are_told_it(db: Database, ana: str) -> None:
    from graph.model.circle import Depth
    from graph.services.disclosure import show_child

    for username, name, service, reason in (
        ("dawn", "Dawn Okoro", SCHOOL, "attendance"),
        ("zoe", "Zoe Quill", CLINIC, "child_protection"),
    ):
        token = given_session(db, username=username, name=name, service_id=service)
        show_child(db, token, handle_of(token, ana), reason=reason, case_reference="AB12", depth=Depth.SIGNPOST)
    at = asked(omar(db), ana)
    prove(db, at)

    pack = made(db, at)

    assert pack.looks is not None
    told = repr(pack.looks.lines)
    assert "Dawn Okoro" in told
    assert "Attendance concern" in told
    for word in ("Zoe", "Zephvex", "AB12", "Child protection"):
        assert word not in told


def test_what_was_asked_and_refused_is_in_the_pack_with_owner_day_and_ground(db: Database, ana: str) -> None:
    token = omar(db)
    at = asked(token, ana)
    prove(db, at)
    requests.record_objection(db, at, Objecting("carer", "at_risk", TODAY))
    (line,) = requests.list_queue(db, token).lines
    requests.take(db, token, line.request_id)
    again = date(TODAY.year + 1, 1, 15) if TODAY.month > 1 else date(TODAY.year, 6, 15)
    requests.settle(db, token, line.request_id, Settlement(Outcome.REFUSED, Refusal.LEGAL_DUTY, again, told=True))

    pack = made(db, at)

    (item,) = [item for item in pack.held.items if item.label == "Objection made"]
    for words in (
        "at risk",
        "Refused",
        "The law requires",
        "looked at again on",
        "Looked at by Omar Said",
        "Commissioner",
    ):
        assert words in item.value, words
    assert item.since == TODAY


def test_the_keys_of_lines_mean_nothing_in_another_session(db: Database, ana: str) -> None:
    one = packs.list_held(db, asked(omar(db), ana))
    two = packs.list_held(db, asked(given_session(db, username="hana", role=Role.DATA_MANAGER), ana))

    def keys(items: tuple[Item, ...]) -> set[str]:
        return {item.key for item in items}

    assert len(keys(one.items)) == len(one.items)
    assert keys(one.items).isdisjoint(keys(two.items))
