"""Questions about who is who in the real graph: written, shown to nobody, taken back, heeded."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.model.errors import Conflict
from graph.services import loads
from graph.services.canonical import canonical_hash
from graph.store import Database
from loaders.kept import IDENTITIES, everybody
from loaders.state import GraphState
from loaders.tables import values
from tests.conftest import Statement
from tests.loaders.said import TODAY, address, child, fact, given_area, given_file, home, tidy
from tests.loaders.test_identify import ANA, NHS, UPN, others
from tests.loaders.test_write import ask

KNOWN = child("p", nhs_number=NHS, **ANA)
DOUBTFUL = child("c", **ANA | {"forename": "Annelise", "date_of_birth": date(2017, 6, 15)})
NEARLY = child("c", upn=UPN, **ANA | {"forename": "Annaliese"})
TOMORROW = date(2026, 11, 22)


def file_of(*records: dict[str, Any]) -> Any:
    """A file of these children, who live at 14 Larch Road and see children's social care."""
    facts = [home(record["key"]) for record in records]
    return tidy(records, facts, [address()])


def given_known(db: Database) -> None:
    """Northshire with the child of whom the others remind one, and children of other families."""
    given_area(db)
    given_file(db, "pds", file_of(KNOWN, *others()))


def given_doubtful(db: Database, **how: Any) -> loads.Load:
    """A claim of a child of whom only a person can say who it is."""
    return given_file(db, "child_benefit", file_of(DOUBTFUL), supplier="dwp", **how)[1]


def person(db: Database, key: str) -> str:
    """The person of the record with this key."""
    (found,) = ask(db, "MATCH (:Record {key: $key})-[:IDENTIFIES]->(p) RETURN DISTINCT p.person_id", key=key)
    return str(found)


def questions(db: Database) -> list[Any]:
    """Every question: from whom to whom, and what it says."""
    text = "MATCH (a)-[asked:POSSIBLE_SAME_AS]->(b) RETURN [a.person_id, b.person_id, properties(asked)] AS one"
    return ask(db, text)


def of_the_page(db: Database, key: str) -> list[Any]:
    """All that a page of the child of this record could tell: its records and what they say."""
    text = """
    MATCH (:Record {key: $key})-[:IDENTIFIES]->(child:Child)
    OPTIONAL MATCH (child)<-[:IDENTIFIES]-(record:Record)
    OPTIONAL MATCH (child)-[said]->(thing) WHERE said.fact_id IS NOT NULL
    RETURN DISTINCT [record.record_version, said.fact_id, said.run] AS one ORDER BY one
    """
    return ask(db, text, key=key)


def judge(db: Database, one: str, other: str) -> None:
    """People decide that two are different, as the review service writes it."""
    text = """
    MATCH (one:Person {person_id: $one}) MATCH (other:Person {person_id: $other})
    MATCH (publication:Publication)
    CREATE (one)-[:MUST_NOT_LINK {judgement_id: "J1", by: "u1", at: datetime()}]->(other)
    CREATE (judgement:Judgement {judgement_id: "J1", after: publication.published})
    CREATE (judgement)-[:ABOUT]->(one)
    CREATE (judgement)-[:ABOUT]->(other)
    """
    db.write(Statement(text), one=one, other=other)  # type: ignore[arg-type]


def test_a_question_says_whom_it_is_about_and_why_and_shows_nothing_to_anybody(db: Database) -> None:
    given_known(db)
    before = of_the_page(db, "p")

    load = given_doubtful(db)

    ((one, candidate, said),) = questions(db)
    assert (one, candidate) == (person(db, "c"), person(db, "p"))
    assert said["record"] == ask(db, "MATCH (r:Record {key: 'c'}) RETURN r.record")[0]
    assert said["reason"].startswith("Neither the forename nor the date of birth")
    assert (said["run"], said["policy"], len(said["model"])) == (load.run, 4, 12)
    assert said["weight"] > 0
    assert "margin" not in said  # nobody else comes near
    assert len(said["parts"]) == 8
    assert ask(db, "MATCH (p:Person {person_id: $one}) RETURN labels(p)", one=one) == [["Person", "Child"]]
    assert of_the_page(db, "p") == before
    assert GraphState(db).asked() == [(one, candidate)]
    ask_no_more = "MATCH ()-[asked:POSSIBLE_SAME_AS]->() SET asked.ended_run = 0"
    db.write(Statement(ask_no_more))  # type: ignore[arg-type]
    assert GraphState(db).asked() == []


def test_a_link_by_weight_says_how_much_and_to_which_record(db: Database) -> None:
    given_known(db)

    given_file(db, "school_census", file_of(NEARLY), supplier="dfe")

    text = "MATCH (:Record {key: 'c'})-[i:IDENTIFIES]->() RETURN [i.method, i.score > 6, i.basis] AS one"
    known = ask(db, "MATCH (r:Record {key: 'p'}) RETURN r.record")[0]
    assert ask(db, text) == [["weight", True, known]]
    text = "MATCH (:Record {key: 'c'})-[i:IDENTIFIES]->() RETURN [i.parts, i.policy, size(i.model)] AS one"
    ((parts, policy, model),) = ask(db, text)
    assert [part.partition(":")[0] for part in parts] == [
        "given", "family", "middle", "born", "sex", "place", "nhs", "upn",
    ]  # fmt: skip
    assert (policy, model) == (4, 12)
    unweighed = "MATCH (:Record {key: 'p'})-[i:IDENTIFIES]->() RETURN [i.method, i.parts, i.policy, i.model] AS one"
    assert ask(db, unweighed) == [["new", None, None, None]]
    assert person(db, "c") == person(db, "p")
    assert questions(db) == []


def test_questions_are_told_apart_and_undo_takes_them_back(db: Database) -> None:
    given_known(db)
    before = canonical_hash(db)
    load = given_doubtful(db)
    assert canonical_hash(db).decided != before.decided

    loads.undo_run(db, load.run)

    assert canonical_hash(db) == before
    assert canonical_hash(db).decided == before.decided
    assert questions(db) == []


def test_a_question_of_an_unpublished_run_is_not_seen_and_is_swept_away(db: Database) -> None:
    given_known(db)
    before = canonical_hash(db)

    load = given_doubtful(db, publish=False)

    assert len(questions(db)) == 1
    assert canonical_hash(db) == before
    loads.sweep(load, "failed")
    assert questions(db) == []
    assert canonical_hash(db) == before


def test_a_run_about_whose_children_a_later_one_asks_is_not_undone_before_it(db: Database) -> None:
    given_known(db)
    asked = given_doubtful(db)
    (known,) = ask(db, "MATCH (r:Record {key: 'p'}) RETURN r.run")

    with pytest.raises(Conflict, match=f"run {asked.run} "):
        loads.undo_run(db, known)


def test_a_run_of_whose_children_people_have_judged_one_is_not_undone(db: Database) -> None:
    given_known(db)
    asked = given_doubtful(db)
    judge(db, person(db, "c"), person(db, "p"))

    with pytest.raises(Conflict, match="J1"):
        loads.undo_run(db, asked.run)


def test_a_known_key_keeps_its_person_and_its_question(db: Database) -> None:
    given_known(db)
    given_doubtful(db)
    before, asked = person(db, "c"), questions(db)

    plan, _ = given_file(
        db, "child_benefit", file_of(DOUBTFUL | {"forename": "Anneliese"}), supplier="dwp", as_at=TOMORROW
    )

    assert plan.records["method"].tolist() == ["own_key"]
    assert person(db, "c") == before
    assert questions(db) == asked


def test_who_fits_two_that_people_have_parted_is_linked_to_neither(db: Database) -> None:
    given_known(db)
    given_doubtful(db)
    judge(db, person(db, "c"), person(db, "p"))

    plan, _ = given_file(db, "school_census", file_of(NEARLY | {"key": "n"}), supplier="dfe")

    assert plan.records["method"].tolist() == ["new"]
    assert [row["reason"] for row in plan.proposals] == [
        "People have decided that two whom this record fits are different persons."
    ]


def test_the_graph_tells_of_every_name_home_and_number_of_open_records(db: Database) -> None:
    given_known(db)
    given_file(
        db, "involvements",
        tidy([child("v", local_id="L1", **ANA)], [fact("v", "INVOLVES", "service", "NS-SOCIAL", starts=TODAY)]),
        supplier="council",
    )  # fmt: skip

    found = everybody(db)

    assert list(found.columns) == IDENTITIES
    mine = found[found["person"] == person(db, "p")].sort_values("source")
    assert values(mine["source"]) == ["involvements", "pds"]
    assert values(mine["address"]) == [None, "14 Larch Road"]
    assert values(mine["local_id"]) == ["L1", None]
    assert values(mine["date_of_birth"]) == ["2017-06-14"] * 2
    assert len(found) == len(others()) + 2


def test_a_withdrawn_number_is_kept_with_its_run_and_forgotten_with_it(db: Database) -> None:
    given_known(db)
    before = canonical_hash(db)
    load = given_file(db, "pds", replace(file_of(KNOWN), withdrawn=frozenset({NHS})), full=False, as_at=TOMORROW)[1]
    assert GraphState(db).withdrawn() == {NHS}
    assert canonical_hash(db).parts["withdrawn"][0] == 1

    loads.undo_run(db, load.run)

    assert GraphState(db).withdrawn() == set()
    assert canonical_hash(db) == before
