"""What loads do to the real graph: facts begin and end, nothing shows before publication, and undo is exact."""

from datetime import date, timedelta
from typing import Any

import pytest

from graph.model.errors import Conflict
from graph.model.shielding import Ground
from graph.services import load_queries, loads, shields
from graph.services.canonical import canonical_hash
from graph.store import Database, Query
from loaders.write import write_plan
from tests.conftest import Statement
from tests.loaders.said import BORN, NORTHSHIRE, TODAY, address, carer, child, fact, given_area, given_file, home, tidy

NHS = "9990000018"
ANA = child(NHS, nhs_number=NHS)
TOMORROW = date(2026, 11, 22)


def ask(db: Database, text: str, **parameters: Any) -> list[Any]:
    """The first column of a statement that only a test needs."""
    return [row[0] for row in db.stream(Statement(text), **parameters)]  # type: ignore[arg-type]


def facts(db: Database) -> set[tuple[Any, ...]]:
    """Every open fact of a child as (type, from, to)."""
    text = """
    MATCH (:Child)-[fact]->() WHERE fact.ended_run IS NULL
    RETURN [type(fact), toString(fact.from), toString(fact.to)] AS fact
    """
    return {tuple(row) for row in ask(db, text)}


def at_home(*records: dict[str, Any], ends: date | None = None) -> Any:
    """A file in which Ana lives at Larch Road and is cared for by Maria."""
    return tidy(
        [*(records or (ANA,)), carer("m")],
        [
            home(NHS, ends=ends),
            fact(NHS, "CARED_FOR_BY", "record", "m", relationship="mother", parental_responsibility=True),
        ],
        [address()],
    )


def test_a_file_becomes_people_records_and_facts_that_lead_back_to_its_line(db: Database) -> None:
    given_area(db)

    plan, load = given_file(db, "pds", at_home())

    assert plan.counts["new"] == 2
    assert facts(db) == {("LIVES_AT", None, None), ("CARED_FOR_BY", None, None), ("RESPONSIBILITY_OF", None, None)}
    text = """
    MATCH (:Child)-[fact:LIVES_AT]->(:Address) MATCH (record:Record {record: fact.record})
    RETURN [record.source, record.supplier, record.key, record.line, record.file_run, fact.run]
    """
    assert ask(db, text) == [["pds", "nhs", NHS, 2, load.run, load.run]]
    assert ask(db, "MATCH (:Child)-[:RESPONSIBILITY_OF]->(area) RETURN area.gss_code") == [NORTHSHIRE]


def test_the_same_file_again_changes_nothing(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", at_home())
    before = canonical_hash(db)

    plan, _ = given_file(db, "pds", at_home())

    assert plan.counts["unchanged"] == 2
    assert plan.counts["new"] == plan.counts["changed"] == 0
    assert canonical_hash(db) == before


def test_a_changed_fact_ends_and_stands_again(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", at_home())

    given_file(db, "pds", at_home(ends=TODAY), as_at=TOMORROW)

    assert ("LIVES_AT", None, str(TODAY)) in facts(db)
    assert len(ask(db, "MATCH ()-[fact:LIVES_AT]->() RETURN fact.fact_id")) == 2
    assert len(set(ask(db, "MATCH ()-[fact:LIVES_AT]->() RETURN fact.fact_id"))) == 1
    assert ask(db, "MATCH ()-[f:RESPONSIBILITY_OF]->(a) WHERE f.ended_run IS NULL RETURN a.gss_code") == ["unknown"]


def test_a_full_file_ends_what_it_no_longer_says_on_its_date(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", at_home())

    plan, _ = given_file(db, "pds", tidy([carer("m")]), as_at=TOMORROW)

    assert plan.counts["ended"] == 1
    assert ("LIVES_AT", None, str(TOMORROW)) in facts(db)
    assert ("CARED_FOR_BY", None, str(TOMORROW)) in facts(db)
    assert ask(db, "MATCH (record:Record {key: $key}) RETURN record.ended_run IS NULL", key=NHS) == [False]


def test_who_was_left_out_of_a_full_file_and_comes_back_is_the_same_person(db: Database) -> None:
    given_area(db)
    whose = "MATCH (:Record {key: $key})-[i:IDENTIFIES]->(p) WHERE i.ended_run IS NULL RETURN p.person_id"
    given_file(db, "pds", at_home())
    before = ask(db, whose, key=NHS)

    given_file(db, "pds", tidy([carer("m")]), as_at=TOMORROW)
    given_file(db, "pds", at_home(), as_at=TOMORROW + timedelta(days=1))

    assert len(before) == 1
    assert set(ask(db, whose, key=NHS)) == set(before)
    assert ask(db, "MATCH (record:Record {key: $key}) RETURN record.ended_run IS NULL", key=NHS).count(True) == 1


def test_a_refused_row_is_in_the_file_and_ends_nothing(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", at_home())

    plan, _ = given_file(db, "pds", tidy([carer("m")]), as_at=TOMORROW, refused_keys=(NHS,))

    assert plan.counts["ended"] == 0


def test_a_census_speaks_only_for_the_schools_that_are_in_it(db: Database) -> None:
    given_area(db)
    attends = [fact(f"{school}/1", "ATTENDS", "school", "urn:900001", starts=date(2023, 9, 1)) for school in ("1", "2")]
    other = child("2/1", forename="Ben")
    given_file(db, "school_census", tidy([child("1/1"), other], attends), supplier="dfe")

    plan, _ = given_file(db, "school_census", tidy([child("1/2", forename="Cleo")]), supplier="dfe", as_at=TOMORROW)

    assert plan.counts["ended"] == 1
    assert ask(db, "MATCH (r:Record {key: '2/1'}) RETURN r.ended_run IS NULL") == [True]


def test_a_delta_confirms_what_it_says_again_and_undo_forgets_it(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", at_home())
    before = canonical_hash(db)

    _, load = given_file(db, "pds", at_home(), as_at=TOMORROW, full=False)

    assert ask(db, "MATCH (r:Record {key: 'm'}) RETURN r.confirmed_by") == [[load.run]]
    loads.undo_run(db, load.run, by="os:test")
    assert ask(db, "MATCH (r:Record {key: 'm'}) RETURN r.confirmed_by") == [None]
    assert canonical_hash(db) == before


@pytest.mark.parametrize(
    "second",
    [
        at_home(child(NHS, nhs_number=NHS, family_name="Costa Lima")),
        at_home(ends=TODAY),
        tidy([carer("m")]),
        tidy([ANA, carer("m"), child("9990000026", nhs_number="9990000026", forename="Ben")], [home(NHS)], [address()]),
        tidy([ANA, carer("m"), carer("n", forename="Joe")], [fact(NHS, "CARED_FOR_BY", "record", "n")]),
    ],
    ids=["a new name", "an end", "a child gone", "a child more", "another carer"],
)
def test_undo_of_the_latest_run_gives_back_exactly_what_was_there(db: Database, second: Any) -> None:
    given_area(db)
    given_file(db, "pds", at_home())
    before, nodes = (
        canonical_hash(db),
        ask(db, "MATCH (n) WHERE NOT n:Run AND NOT n:AuditEvent AND NOT n:AuditHead RETURN count(n)"),
    )

    _, load = given_file(db, "pds", second, as_at=TOMORROW)
    assert canonical_hash(db) != before
    loads.undo_run(db, load.run, by="os:test")

    assert canonical_hash(db) == before
    assert ask(db, "MATCH (n) WHERE NOT n:Run AND NOT n:AuditEvent AND NOT n:AuditHead RETURN count(n)") == nodes
    assert ask(db, "MATCH (run:Run {run: $run}) RETURN run.outcome", run=load.run) == ["undone"]
    assert ask(db, "MATCH (event:AuditEvent {action: 'undo run'}) RETURN event.actor") == ["os:test"]


def test_undo_refuses_and_names_the_run_that_built_on_it(db: Database) -> None:
    given_area(db)
    _, first = given_file(db, "pds", at_home())
    _, second = given_file(db, "school_census", tidy([child("1/1", upn="B990900100001")]), supplier="dfe")

    with pytest.raises(Conflict, match=f"run {second.run} .* has built on it"):
        loads.undo_run(db, first.run)


def test_undo_refuses_a_run_that_is_not_its_feeds_latest(db: Database) -> None:
    given_area(db)
    _, first = given_file(db, "pds", at_home())
    _, second = given_file(db, "pds", at_home(ends=TODAY), as_at=TOMORROW)

    with pytest.raises(Conflict, match=f"Undo run {second.run} first"):
        loads.undo_run(db, first.run)


def test_undo_refuses_where_a_person_decided_a_shield_on_a_child_that_the_run_brought(db: Database) -> None:
    given_area(db)
    _, load = given_file(db, "pds", at_home())
    number = ask(db, "MATCH (c:Child) RETURN c.child_id")[0]
    shields.add_shield(
        db,
        child_number=number,
        ground=Ground.DOMESTIC_ABUSE,
        review_on=date(2027, 5, 1),
        decided_by="os:test",
        today=TODAY,
    )

    with pytest.raises(Conflict, match="a person has decided shield S"):
        loads.undo_run(db, load.run)


def test_nothing_of_a_load_shows_before_it_is_published_and_a_killed_one_is_swept_away(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", at_home())
    before = canonical_hash(db)

    _, load = given_file(db, "pds", at_home(ends=TODAY), as_at=TOMORROW, publish=False)
    assert canonical_hash(db) == before

    # As if that process had been killed: its owner is a process that is gone.
    gone = load._owner.rsplit(":", 3)[0] + ":999999:1.00:dead"
    db.write(Statement("MATCH (p:Publication) SET p.loading = $gone RETURN 1"), gone=gone)  # type: ignore[arg-type]
    assert loads.recover(db) == load.run
    assert canonical_hash(db) == before
    assert ask(db, "MATCH (r:Record) WHERE r.run = $run OR r.ended_run = $run RETURN r", run=load.run) == []
    given_file(db, "pds", at_home(ends=TODAY), as_at=TOMORROW)


def test_two_loads_cannot_run_at_once(db: Database) -> None:
    load = loads.begin_load(db, feed="pds", supplier="nhs", as_at=TODAY, kind="full")

    with pytest.raises(Conflict, match="Another load is running"):
        loads.begin_load(db, feed="pds", supplier="nhs", as_at=TODAY, kind="full")

    loads.sweep(load, "failed")
    loads.sweep(loads.begin_load(db, feed="pds", supplier="nhs", as_at=TODAY, kind="full"), "failed")


def test_a_load_that_was_taken_over_writes_no_more(db: Database) -> None:
    load = loads.begin_load(db, feed="pds", supplier="nhs", as_at=TODAY, kind="full")
    db.write(Statement("MATCH (p:Publication) SET p.loading = 'else' RETURN 1"))  # type: ignore[arg-type]

    with pytest.raises(Conflict, match="took over"):
        load.step(load_queries.END_RECORDS, [{"record_version": "x/1"}])


def test_what_nobody_knows_is_left_out_said_and_taken_in_when_it_is_known(db: Database) -> None:
    said = tidy([child("1/1")], [fact("1/1", "ATTENDS", "school", "urn:900001", starts=date(2023, 9, 1))])
    plan, _ = given_file(db, "school_census", said, supplier="dfe")
    assert plan.warnings == ["1 relationships were left out: the school they name is not known."]

    given_area(db)
    given_file(db, "school_census", said, supplier="dfe", as_at=TOMORROW)

    assert ("ATTENDS", "2023-09-01", None) in facts(db)


def test_a_school_is_found_by_its_authoritys_number(db: Database) -> None:
    given_area(db)
    school = {
        "key": "900001",
        "subject": "school",
        "line": 2,
        "name": "Hillbrook",
        "kind": "school",
        "local_id": "9904001",
    }
    given_file(
        db,
        "schools",
        tidy([school], [fact("900001", "IN_AREA", "authority", "dfe:990")]),
        supplier="dfe",
        as_at=TOMORROW,
    )

    plan, _ = given_file(
        db, "school_census", tidy([child("1/1")], [fact("1/1", "ATTENDS", "school", "laestab:9904001")])
    )

    assert plan.warnings == []
    assert ask(db, "MATCH (:Child)-[:RESPONSIBILITY_OF]->(area) RETURN area.gss_code") == [NORTHSHIRE]


def test_a_sensitive_service_without_a_basis_is_refused_and_never_stored(db: Database) -> None:
    given_area(db)
    allowed = fact("2", "INVOLVES", "service", "NS-CAMHS", basis="significant_harm", involvement="2")
    refused = fact("1", "INVOLVES", "service", "NS-CAMHS", basis="public_task", involvement="1")

    plan, _ = given_file(db, "involvements", tidy([child("1"), child("2")], [refused, allowed]), supplier="northshire")

    assert [(column, code) for _, column, code in plan.refused] == [("BASIS", "basis_missing")]
    assert ask(db, "MATCH (r:Record {source: 'involvements'}) RETURN r.key") == ["2"]


def test_a_practitioner_may_have_the_number_of_an_involvement(db: Database) -> None:
    given_area(db)
    person = {"key": "1", "subject": "practitioner", "line": 2, "name": "Priya Nair"}
    said = [
        fact("1", "INVOLVES", "service", "NS-SOCIAL", involvement="1"),
        fact("1", "SEEN_BY", "practitioner", "northshire:1", involvement="1", lead=True),
        fact("1", "WORKS_FOR", "service", "NS-SOCIAL"),
    ]

    given_file(db, "involvements", tidy([child("1"), person], said), supplier="northshire")

    assert ask(db, "MATCH (:Child)-[:SEEN_BY]->(p:Practitioner)-[:WORKS_FOR]->(s) RETURN p.code + s.service_id") == [
        "1NS-SOCIAL"
    ]


def test_a_young_mother_carries_both_labels_and_loses_one_by_undo(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", tidy([ANA]))
    mother = carer("m", forename="Ana", nhs_number=NHS, date_of_birth=BORN)
    baby = child("9990000026", nhs_number="9990000026", forename="Bea", date_of_birth=date(2026, 1, 2))
    said = tidy([ANA, baby, mother], [fact("9990000026", "CARED_FOR_BY", "record", "m", relationship="mother")])

    _, load = given_file(db, "pds", said, as_at=TOMORROW)

    assert ask(db, "MATCH (p:Child:Carer) RETURN count(p)") == [1]
    loads.undo_run(db, load.run)
    assert ask(db, "MATCH (p:Carer) RETURN count(p)") == [0]


def test_a_step_whose_commit_is_repeated_writes_once(db: Database) -> None:
    given_area(db)
    plan, load = given_file(db, "pds", at_home(), publish=False)

    with pytest.raises(Conflict):
        write_plan(plan, load)

    loads.sweep(load, "failed")
    assert ask(db, "MATCH (p:Person) RETURN count(p)") == [0]


def test_every_query_of_the_loads_has_its_own_name() -> None:
    handles = [value for value in vars(loads).values() if isinstance(value, Query)]

    assert len({handle.name for handle in handles}) == len(handles)
