"""What an entry is made of, as pages: asked in two steps by one, agreed to with a proof by another, and asked again."""

from datetime import date
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask

from graph.model import clock
from graph.model.roles import Role
from graph.services import access, fresh
from graph.services.fresh import Action
from graph.services.handles import handle_of
from graph.store import Database
from tests.builders import (
    AREA,
    given_address,
    given_area,
    given_child,
    given_fact,
    given_record,
    given_run,
    given_session,
    values,
)
from tests.webapp.conftest import token_of
from tests.webapp.pages import read_page
from tests.webapp.test_own import entered, opened, post, post_from, text

_WAYS = ("", "/take-off", "/keep")


def given_mixed(db: Database) -> str:
    """Ana, with a line of the census that is about somebody else."""
    given_run(db)
    given_area(db)
    ana = given_child(db, nhs_number="9990000018")
    given_fact(db, child_id=ana, type="LIVES_AT", target=given_address(db))
    said: dict[str, Any] = {"forename": "Bea", "family_name": "Costa", "date_of_birth": date(2017, 6, 4)}
    given_record(db, child_id=ana, source="school_census", supplier="hillbrook", **said)
    return ana


def manager(db: Database, username: str) -> str:
    """A data manager of the child's area."""
    name = f"{username.title()} Said"
    return given_session(db, username=username, name=name, role=Role.DATA_MANAGER, authority=AREA)


def prove(db: Database, token: str, handle: str) -> None:
    """A proof of now, as a code gives one."""
    session = access.hash_token(token)
    said = {"token_hash": session, "action": Action.MERGE.value, "about": handle, "by": "code"}
    key = access.proof_key(session, Action.MERGE, handle)
    db.write(fresh.SAVE_PROOF, key=key, now=clock.milliseconds(clock.now()), gone_before=0, **said)


def boxes(page: BeautifulSoup) -> list[str]:
    """What the form calls its lines."""
    return [str(box["name"]) for box in page.select("main input[type=checkbox]")]


def test_a_line_is_taken_off_by_two_people_and_asked_for_again(db: Database, site: Flask):
    ana = given_mixed(db)
    omar_token, hana_token = manager(db, "omar"), manager(db, "hana")
    omar, hana = entered(site, omar_token), entered(site, hana_token)
    page = opened(omar, omar_token, ana)
    assert f"{page}/records" in {str(link["href"]) for link in read_page(omar.get(page)).select("main a")}

    show = read_page(omar.get(f"{page}/records"))
    version = str(show.select("input[name=version]")[0]["value"])
    (row,) = (row for row in show.select("tbody tr") if "Bea Costa" in row.get_text())
    bea = str(row.select("input")[0]["name"])
    assert "Choose the records that are another child’s" in text(post(omar, f"{page}/records", version=version))
    wrong = post(omar, f"{page}/records", version=version, whose="AAAAAAAAAA", **{bea: "y"})
    assert [str(link["href"]) for link in wrong.select(".govuk-error-summary a")] == ["#whose"]
    assert len(wrong.select("main input[checked]")) == 1
    check = post(omar, f"{page}/records", version=version, **{bea: "y"})
    assert "Bea Costa, born 4 June 2017" in text(check)
    assert values(db, "MATCH (j:Judgement) RETURN count(j)") == [(0,)]
    done = post(omar, f"{page}/records", version=version, step="ask", **{bea: "y"})
    assert "another person of your team has to agree" in text(done)
    assert [button.get_text(strip=True) for button in done.select("main button")] == ["Take back what I asked"]

    queue = read_page(hana.get("/review"))
    (link,) = (str(link["href"]) for link in queue.select("main a") if str(link["href"]).endswith("/records"))
    assert "Costa" not in text(queue)
    page = opened(hana, hana_token, ana)
    assert link == f"{page}/records"
    asked = read_page(hana.get(link))
    assert "Omar Said has asked" in text(asked)
    version = str(asked.select("input[name=version]")[0]["value"])
    form = {str(field["name"]): str(field["value"]) for field in asked.select("main form input[type=hidden]")}
    assert hana.post(f"{link}/take-off", data=form).headers["Location"].startswith("/prove")
    # Once it is proven, it goes on where the button was.
    with hana.session_transaction() as kept:
        assert kept["errand"][2:] == ["made_of.show", {"handle": handle_of(hana_token, ana)}]
    prove(db, hana_token, handle_of(hana_token, ana))
    decided = post_from(hana, link, f"{link}/take-off", version=version)

    assert "The records have left the page" in text(decided)
    names = "MATCH (:Person {person_id: $ana})<-[i:IDENTIFIES]-(r) WHERE i.ended_run IS NULL RETURN r.forename"
    assert values(db, names, ana=ana) == [("Ana",)]
    after = text(read_page(hana.get(page)))
    assert ("Ana Costa" in after, "Bea" in after) == (True, False)
    again = str(decided.select("main form")[0]["action"])
    assert "Two people have to agree" in text(post_from(hana, link, again))
    assert "Asked by your team" in text(read_page(hana.get("/review")))


def test_a_wish_is_left_and_every_line_stays(db: Database, site: Flask):
    ana = given_mixed(db)
    omar_token, hana_token = manager(db, "omar"), manager(db, "hana")
    omar, hana = entered(site, omar_token), entered(site, hana_token)
    records = f"{opened(omar, omar_token, ana)}/records"
    show = read_page(omar.get(records))
    version = str(show.select("input[name=version]")[0]["value"])
    post(omar, records, version=version, step="ask", **{boxes(show)[1]: "y"})
    records = f"{opened(hana, hana_token, ana)}/records"
    version = str(read_page(hana.get(records)).select("input[name=version]")[0]["value"])

    left = post_from(hana, records, f"{records}/keep", version=version)

    assert "Every record stays where it is" in text(left)
    assert len(boxes(left)) == 2


def test_without_a_reason_it_asks_for_one_and_others_do_not_find_it(db: Database, site: Flask):
    ana = given_mixed(db)
    omar, dawn = manager(db, "omar"), given_session(db)
    page, client = f"/children/{handle_of(omar, ana)}", entered(site, omar)
    form = {"csrf_token": token_of(client, f"{page}/reason")}
    answers = [client.get(f"{page}/records"), *(client.post(f"{page}/records{way}", data=form) for way in _WAYS)]
    assert [answer.headers["Location"] for answer in answers] == [f"{page}/reason"] * 4
    assert entered(site, dawn).get(f"/children/{handle_of(dawn, ana)}/records").status_code == 403
