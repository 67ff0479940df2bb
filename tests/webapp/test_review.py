"""Match review as pages, on the real graph: from the queue through both steps, and apart again."""

from flask import Flask

from graph.model.roles import Role
from graph.store import Database
from tests.builders import AREA, given_address, given_area, given_child, given_fact, given_run, given_session, values
from tests.builders import record_name as named
from tests.loaders.judged import given_proposal
from tests.webapp.pages import read_page
from tests.webapp.test_own import entered, post, text


def given_case(db: Database, reason: str = "The forenames differ.") -> tuple[str, str]:
    """Ana, and the census's Anna who may be Ana."""
    given_run(db)
    given_area(db)
    ana = given_child(db)
    anna = given_child(db, forename="Anna", source="school_census", supplier="hillbrook")
    given_fact(
        db, child_id=anna, type="LIVES_AT", target=given_address(db), source="school_census", supplier="hillbrook"
    )
    given_proposal(db, entry=anna, candidate=ana, record=named("school_census", "hillbrook", anna), reason=reason)
    return ana, anna


def names_of(db: Database, person: str) -> set[str]:
    """What the records that identify somebody now call them."""
    rows = values(
        db,
        "MATCH ({person_id: $person})<-[i:IDENTIFIES]-(r) WHERE i.ended_run IS NULL RETURN r.forename AS name",
        person=person,
    )
    return {row[0] for row in rows}


def test_a_case_is_decided_in_two_steps_and_taken_apart_in_two_steps(db: Database, site: Flask):
    ana, anna = given_case(db)
    client = entered(site, given_session(db, name="Omar Said", role=Role.DATA_MANAGER, authority=AREA))

    queue = read_page(client.get("/review"))
    assert "Forenames differ" in text(queue)
    assert "Ana" not in text(queue)
    address = str(queue.select("tbody a")[0]["href"])
    assert ana not in address
    assert anna not in address
    case = read_page(client.get(address))
    assert "Anna Costa" in text(case)
    version = str(case.select("input[name=version]")[0]["value"])
    assert "Choose whether this is one child" in text(post(client, address, version=version))

    check = post(client, address, said="same", version=version)
    assert "What will happen" in text(check)
    assert names_of(db, ana) == {"Ana"}
    done = post(client, address, said="same", version=version, step="decide")

    assert "The two entries are one child’s now" in text(done)
    assert names_of(db, ana) == {"Ana", "Anna"}
    decided = str(read_page(client.get("/review/decided")).select("tbody a")[0]["href"])
    looked = text(read_page(client.get(f"{decided}/who-looked")))
    assert "Who saw the joined entry" in looked
    assert "Take the two apart?" in text(read_page(client.get(f"{decided}/take-apart")))
    apart = post(client, f"{decided}/take-apart")
    assert "The two entries are apart again" in text(apart)
    assert (names_of(db, ana), names_of(db, anna)) == ({"Ana"}, {"Anna"})


def test_the_first_of_two_hears_that_somebody_else_has_to_look(db: Database, site: Flask):
    _, anna = given_case(db, reason="A valid number of the one differs from the other's.")
    omar = entered(site, given_session(db, username="omar", role=Role.DATA_MANAGER, authority=AREA))
    address = str(read_page(omar.get("/review")).select("tbody a")[0]["href"])
    version = str(read_page(omar.get(address)).select("input[name=version]")[0]["value"])

    check = post(omar, address, said="same", version=version)
    assert "Nothing happens yet" in text(check)
    done = post(omar, address, said="same", version=version, step="decide")

    assert "A second person of your team" in text(done)
    assert names_of(db, anna) == {"Anna"}
    again = read_page(omar.get(address))
    assert "You have said what you think" in text(again)
    assert not again.select("main form")


def test_nobody_else_finds_the_pages(db: Database, site: Flask):
    given_case(db)
    dawn = entered(site, given_session(db))

    answer = dawn.get("/review")

    assert answer.status_code == 403
    assert "Match review" not in answer.text
