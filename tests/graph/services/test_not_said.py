"""What is not published, undone, ended or not yet begun finds nobody and changes no page: clause by clause.

Every statement puts one thing into the graph that would find or change a child if it were said now. One clause of one
query alone keeps each of them out, so taking a clause away fails here (decision 23).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from graph.model.circle import ChildRow, Depth
from graph.model.names import search_parts
from graph.model.roles import Role
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.index_query import born_words
from graph.services.search import FIND_CANDIDATES, Candidate, Clues, find_children
from graph.store import Database
from graph.store.database import Transaction
from tests.builders import (
    AREA,
    PRACTICE,
    SCHOOL,
    _run,
    given_address,
    given_area,
    given_carer,
    given_child,
    given_fact,
    given_involvement,
    given_practitioner,
    given_run,
    given_service,
    given_session,
    record_name,
)

BORN, ZED_BORN = date(2017, 6, 4), date(2012, 3, 9)
NHS_NUMBER, UPN, OWN_UPN = "9000000009", "B801200005001", "G990200121900"
HUB, ELSEWHERE, OTHER_SCHOOL = "northshire:EH1", "E06000009", "urn:100007"
SAID = "run: 2"
# Run 6 was undone, run 8 is not published, and run 3 no longer said it.
UNSAID = {"not published": "run: 8", "undone": "run: 6", "ended": "run: 2, ended_run: 3"}
UNTIMELY = UNSAID | {"not begun": "run: 2, from: date('2999-01-01')", "over": "run: 2, to: date('2001-01-01')"}
BEA = "MATCH (bea:Child {child_id: $bea}) "
ZED = (
    "record: randomUUID(), subject: 'child', forename: 'Zed', family_name: 'Quill', search_names: $names,"
    " search_born: $words, date_of_birth: $born, nhs_number: $nhs, upn: $upn"
)


def _each(statement: str, at: dict[str, str]) -> dict[str, str]:
    return {f"{when}: {statement}": statement % {"at": said} for when, said in at.items()}


def _record(label: str = "", link: str = SAID, record: str = SAID) -> str:
    """A record of the patient register by which Bea would be found under another name."""
    return BEA + f"CREATE (bea)<-[:IDENTIFIES {{{link}}}]-(:Record{label} {{source: 'pds', {ZED}, {record}}})"


def _of_service(work: str = SAID, link: str = SAID, description: str = SAID, kind: str = "early_help") -> str:
    """A record of a service by which Bea would be found under another name, if the service were one that may."""
    return BEA + (
        f"CREATE (bea)<-[:IDENTIFIES {{run: 1}}]-(said:Record {{source: 'involvements', {ZED}, run: 1}})"
        f" CREATE (bea)-[:INVOLVES {{record: said.record, fact_id: randomUUID(), source: 'involvements',"
        f" supplier: 'other', involvement: randomUUID(), to: date('2001-01-01'), {work}}}]->(on:Service)"
        f" SET on.service_id = randomUUID()"
        f" CREATE (on)<-[:DESCRIBES {{{link}}}]-(:Record {{name: 'W', kind: '{kind}', {description}}})"
    )


# Under these names and numbers nobody is to be found.
FINDS_NOBODY = (
    _each(_record(link="%(at)s"), UNSAID)
    | _each(_record(record="%(at)s"), UNSAID)
    | {"put aside": _record(label=":Quarantined"), "of a guarded service": _of_service(kind="police")}
    | _each(_of_service(work="%(at)s"), UNSAID)
    | _each(_of_service(link="%(at)s"), UNSAID)
    | _each(_of_service(description="%(at)s"), UNSAID)
)
_SHIELD_THAT_ENDED = BEA + "CREATE (:Shield {from: date('2020-01-01'), to: date('2021-01-01')})-[:SHIELDS]->(bea)"
FINDS_NOBODY["a shield that has ended"] = _SHIELD_THAT_ENDED
# In this area and at this school nobody is to be found.
_PLACES = {"place": ELSEWHERE, "school": OTHER_SCHOOL}
_RESPONSIBLE = BEA + "MATCH (at:LocalAuthority {gss_code: $place}) CREATE (bea)-[:RESPONSIBILITY_OF {%(at)s}]->(at)"
_ATTENDS = BEA + "MATCH (at:School {service_id: $school}) CREATE (bea)-[:ATTENDS {source: 'pds', %(at)s}]->(at)"
IS_NOT_THERE = (
    _each(_RESPONSIBLE, UNTIMELY)
    | _each(_ATTENDS, UNTIMELY)
    | {"said by a service": _ATTENDS.replace("'pds'", "'involvements'") % {"at": SAID}}
)
# Said by the record that names Bea: what an unknown record says is on no page anyway.
_FACT = "fact_id: randomUUID(), record: $record, source: 'pds', supplier: 'NHS', involvement: 'w', %(at)s"
_NEW = {
    "CARED_FOR_BY": "(:Carer {person_id: randomUUID()})<-[:IDENTIFIES {run: 1}]-(:Record {forename: 'W', run: 1})",
    "LIVES_AT": "(:Address {address_id: randomUUID(), line_1: 'Wrong Road'})",
    "ATTENDS": "(:Service:School {service_id: randomUUID()})<-[:DESCRIBES {run: 1}]-(:Record {name: 'W', run: 1})",
    "REGISTERED_WITH": "(:Service {service_id: randomUUID()})<-[:DESCRIBES {run: 1}]-(:Record {name: 'W', run: 1})",
    "INVOLVES": "(:Service {service_id: randomUUID()})<-[:DESCRIBES {run: 1}]-"
    "(:Record {name: 'W', kind: 'early_help', run: 1})",
    "SEEN_BY": "(:Practitioner {practitioner_id: randomUUID()})<-[:DESCRIBES {run: 1}]-(:Record {name: 'W', run: 1})",
}
_DESCRIBED = {
    "Carer": ("IDENTIFIES", "forename: 'Wrong', family_name: 'Wrong', source: 'pds'"),
    "Service": ("DESCRIBES", "name: 'Wrong', kind: 'early_help', source: 'directory'"),
    "Practitioner": ("DESCRIBES", "name: 'Wrong', source: 'involvements'"),
    "LocalAuthority": ("DESCRIBES", "name: 'Wrong', source: 'authorities'"),
}


def _described(label: str, link: str = SAID, description: str = SAID) -> str:
    kind, said = _DESCRIBED[label]
    return f"MATCH (on:{label}) CREATE (on)<-[:{kind} {{{link}}}]-(:Record {{record: 'other', {said}, {description}}})"


# Only a guarded service says of which sex Cal is. Were it open, a teacher would read it.
_OPENS_CAL = (
    "MATCH (cal:Child {child_id: $cal})-[work:INVOLVES]->() CREATE (cal)-[:INVOLVES {record: work.record,"
    " fact_id: randomUUID(), %(at)s}]->(:Service {service_id: randomUUID()})<-[:DESCRIBES {run: 1}]-"
    "(:Record {kind: 'early_help', run: 1})"
)
_HOME_OF_CARER = (
    "MATCH (:Child {child_id: $bea})-[:CARED_FOR_BY]->(carer:Carer) CREATE (carer)-[:LIVES_AT {fact_id: randomUUID(),"
    " source: 'pds', supplier: 'NHS', %(at)s}]->(:Address {address_id: randomUUID(), line_1: 'Wrong Road'})"
)
# No row and no page is another one for these.
CHANGES_NOTHING = (
    {
        f"{when}: {kind}": BEA + f"CREATE (bea)-[:{kind} {{{_FACT % {'at': said}}}}]->{end}"
        for kind, end in _NEW.items()
        for when, said in UNSAID.items()
    }
    | {
        f"{when}: {label} {slot}": _described(label, **{slot: said})
        for label in _DESCRIBED
        for slot in ("link", "description")
        for when, said in UNSAID.items()
    }
    | _each(_record(link="%(at)s").replace("Zed", "Bee"), UNSAID)
    | _each(_record(record="%(at)s").replace("Zed", "Bee"), UNSAID)
    | {"put aside": _record(label=":Quarantined").replace("Zed", "Bee")}
    | _each(_OPENS_CAL, UNSAID)
    | _each(_HOME_OF_CARER, UNSAID)
    | {
        "a shield that has ended": _SHIELD_THAT_ENDED,
        "another record of the carer": "MATCH (:Child {child_id: $bea})-[fact:CARED_FOR_BY]->(on)<-[:IDENTIFIES]-(one)"
        " SET fact.carer_record = one.record CREATE (on)<-[:IDENTIFIES {run: 2}]-(:Record {record: 'other',"
        " forename: 'Wrong', source: 'pds', run: 2})",
    }
)
# A shielded child with the same carer at the same home would take Bea off every list of a place.
_SHELTERS = (
    BEA + "MATCH (home:Address {address_id: 'address-1'}) CREATE (dee:Child {child_id: randomUUID()})"
    " CREATE (:Shield {from: date('2020-01-01')})-[:SHIELDS]->(dee) %s"
    " CREATE (dee)-[:CARED_FOR_BY {%s}]->(:Carer {person_id: randomUUID()})<-[:IDENTIFIES {%s}]-"
    "(:Record {forename: 'Maria', family_name: 'Novak', %s})"
)
_LIVES = "CREATE (dee)-[:LIVES_AT {%s}]->(home)"
_WITH_DEE = "CREATE (dee)-[:LIVES_AT {run: 1}]->(hers:Address {address_id: randomUUID()})<-[:LIVES_AT {%s}]-(bea)"
SHELTERS_NOBODY = {
    f"{when}: {what}": _SHELTERS % tuple(said if slot == "at" else slot for slot in slots)
    for when, said in UNSAID.items()
    for what, slots in {
        "her home": (_LIVES % said, SAID, SAID, SAID),
        "Bea’s home with her": (_WITH_DEE % said, SAID, SAID, SAID),
        "her carer": (_LIVES % SAID, "at", SAID, SAID),
        "her carer’s record’s join": (_LIVES % SAID, SAID, "at", SAID),
        "her carer’s record": (_LIVES % SAID, SAID, SAID, "at"),
    }.items()
}
SHELTERS_NOBODY["a shield that has ended"] = (_SHELTERS % (_LIVES % SAID, SAID, SAID, SAID)).replace(
    "{from: date('2020-01-01')}", "{from: date('2020-01-01'), to: date('2021-01-01')}"
)


@pytest.fixture
def children(db: Database) -> dict[str, Any]:
    """Bea, of whom everything is said, and Cal, of whom the police say something."""
    for run in range(1, 8):
        given_run(db, run=run)
    given_run(db, run=8, publish=False)
    _run(db, "MATCH (publication:Publication) SET publication.withdrawn = [6]")
    given_area(db)
    given_area(db, gss_code=ELSEWHERE, name="Southmere")
    given_service(db)
    given_service(db, service_id=OTHER_SCHOOL, name="Other School")
    given_service(db, service_id=PRACTICE, name="Station Road", kind="gp_practice")
    given_service(db, service_id=HUB, name="Hub", kind="early_help")
    given_practitioner(db)
    given_service(db, service_id="northshire:PO1", name="Police", kind="police")
    bea = given_child(db, forename="Bea", family_name="Novak", upn=OWN_UPN)
    cal = given_child(db, forename="Cal", family_name="Idowu", sex=None)
    given_involvement(db, child_id=cal, service_id="northshire:PO1", sex="female")
    home = given_address(db)
    given_fact(db, child_id=bea, type="LIVES_AT", target=home)
    given_carer(db, child_id=bea, family_name="Novak", address_id=home)
    given_fact(db, child_id=bea, type="ATTENDS", target=SCHOOL)
    given_fact(db, child_id=bea, type="REGISTERED_WITH", target=PRACTICE)
    given_involvement(db, child_id=bea, service_id=HUB, practitioner_id="northshire:P1", lead=True)
    said = {"names": list(search_parts(["Zed", "Quill"])), "words": born_words(ZED_BORN), "born": ZED_BORN}
    return {
        "bea": bea,
        "cal": cal,
        "record": record_name("pds", "NHS", bea),
        "nhs": NHS_NUMBER,
        "upn": UPN,
        **_PLACES,
        **said,
    }


def _found(db: Database, token: str, name: str, **more: Any) -> tuple[ChildRow, ...]:
    born = ZED_BORN if name == "zed quill" else BORN
    return find_children(db, token, Clues(name=name, date_of_birth=born, **more)).rows


def _named(db: Database, token: str, name: str, **more: Any) -> list[str]:
    return [row.name for row in _found(db, token, name, **more)]


def test_who_is_asked_for_is_found_by_what_is_said(db: Database, children: dict[str, Any]) -> None:
    """Each of the statements finds or changes somebody once it is said: otherwise none of them would prove a thing."""
    teacher = given_session(db, service_id=SCHOOL)
    _run(db, _record(), **children)
    _run(db, _RESPONSIBLE % {"at": SAID}, **children)
    _run(db, _ATTENDS % {"at": SAID}, **children)

    assert _named(db, teacher, "zed quill") == ["Zed Quill"]
    assert len(find_children(db, teacher, Clues(upn=UPN)).rows) == 1
    assert len(_found(db, teacher, "bea novak", area=ELSEWHERE)) == 1
    assert len(_found(db, teacher, "bea novak", school_ids=(OTHER_SCHOOL,))) == 1
    _run(db, _SHELTERS % (_LIVES % SAID, SAID, SAID, SAID), **children)
    assert _found(db, teacher, "bea novak", area=AREA) == ()
    assert [row.sex for row in _found(db, teacher, "cal idowu")] == ["unknown"]
    _run(db, _OPENS_CAL % {"at": SAID}, **children)
    assert [row.sex for row in _found(db, teacher, "cal idowu")] == ["female"]


@pytest.fixture
def candidates(monkeypatch: pytest.MonkeyPatch) -> list[Candidate]:
    """Everybody whom the graph has brought to be compared: who stands there without a right may push others out."""
    brought, read = [], Transaction.read

    def listening(self: Transaction, query: Any, **parameters: Any) -> list[Any]:
        rows = read(self, query, **parameters)
        brought.extend(rows if query is FIND_CANDIDATES else [])
        return rows

    monkeypatch.setattr(Transaction, "read", listening)
    return brought


def _face(candidate: Candidate) -> tuple[Any, ...]:
    return candidate.child_id, candidate.shielded, frozenset(candidate.records)


def test_nobody_is_found_by_what_is_not_said(
    db: Database, children: dict[str, Any], candidates: list[Candidate]
) -> None:
    teacher = given_session(db, service_id=SCHOOL)
    _found(db, teacher, "bea novak")
    before = _face(candidates.pop())

    for unsaid, statement in FINDS_NOBODY.items():
        _run(db, statement, **children)
        assert _found(db, teacher, "zed quill") == (), unsaid
        assert find_children(db, teacher, Clues(upn=UPN)).rows == (), unsaid
        assert candidates == [], unsaid
        _found(db, teacher, "bea novak")
        assert _face(candidates.pop()) == before, unsaid


def test_nobody_is_found_where_it_is_not_said_that_they_are(db: Database, children: dict[str, Any]) -> None:
    teacher = given_session(db, service_id=SCHOOL)

    for unsaid, statement in IS_NOT_THERE.items():
        _run(db, statement, **children)
        assert _named(db, teacher, "bea novak", area=ELSEWHERE) == [], unsaid
        assert _named(db, teacher, "bea novak", school_ids=(OTHER_SCHOOL,)) == [], unsaid


def test_nobody_is_sheltered_by_what_is_not_said(db: Database, children: dict[str, Any]) -> None:
    teacher = given_session(db, service_id=SCHOOL)

    for unsaid, statement in SHELTERS_NOBODY.items():
        _run(db, statement, **children)
        assert _named(db, teacher, "bea novak", area=AREA) == ["Bea Novak"], unsaid


@pytest.fixture
def seen(db: Database, children: dict[str, Any]) -> Callable[[], list[Any]]:
    """What a teacher finds and what a lead reads of Bea's page; a first look would differ from every later one."""
    teacher = given_session(db, service_id=SCHOOL)
    lead = given_session(db, username="lead", role=Role.SAFEGUARDING_LEAD)
    handle = handle_of(lead, children["bea"])

    def look() -> list[Any]:
        rows = [_found(db, teacher, name) for name in ("bea novak", "cal idowu")]
        rows.append(find_children(db, teacher, Clues(upn=OWN_UPN)).rows)
        page = show_child(db, lead, handle, reason="wellbeing", case_reference="", depth=Depth.CIRCLE)
        return [*rows, page]

    look()
    return look


def test_no_row_and_no_page_is_another_one_for_what_is_not_said(
    db: Database, children: dict[str, Any], seen: Callable[[], list[Any]]
) -> None:
    before = seen()

    for unsaid, statement in CHANGES_NOTHING.items():
        _run(db, statement, **children)
        assert seen() == before, unsaid


def test_the_page_is_another_one_once_it_is_said(
    db: Database, children: dict[str, Any], seen: Callable[[], list[Any]]
) -> None:
    facts = {kind: BEA + f"CREATE (bea)-[:{kind} {{{_FACT % {'at': SAID}}}}]->{end}" for kind, end in _NEW.items()}
    said = {"described": _described("Carer"), "a service described": _described("Service"), **facts}
    same = []

    for what, statement in said.items():
        before = seen()
        _run(db, statement, **children)
        same += [what] if seen() == before else []

    assert same == []
