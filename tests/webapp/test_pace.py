"""Opening many children in a short time, in the web: a proof is asked for, and leads back to the child."""

from flask import Flask

from graph.services import access
from graph.store import Database
from tests.builders import given_area, given_child, given_run, given_service, given_user, values
from tests.webapp.pages import read_page
from tests.webapp.test_own import entered, opened, text


def test_at_a_pace_that_nobody_keeps_a_proof_is_asked_for_and_leads_back(db: Database, site: Flask) -> None:
    given_run(db)
    given_area(db)
    given_service(db)
    children = [given_child(db, forename=name) for name in ("Ana", "Bela", "Carlo", "Dora", "Emil")]
    user = given_user(db)
    access.save_children_a_day(db, username=user.username, children=4, by="test")
    token = access.sign_in(db, username=user.username, password=user.password, code=user.code()).token
    client = entered(site, token)
    pages = [opened(client, token, child) for child in children]
    assert "Ana Costa" in text(read_page(client.get(pages[0])))

    for rest in ("", "/circle.csv", "/contact-sheet", "/who-looked"):
        asked = client.get(pages[1] + rest)
        assert (asked.status_code, asked.headers.get("Location")) in {(302, "/prove"), (403, None)}
        assert "Bela" not in asked.text
    assert client.get(pages[1]).headers["Location"] == "/prove"
    form = read_page(client.get("/prove"))
    assert "open more records, after many in a short time" in text(form)
    field = form.select_one("input[name=csrf_token]")
    assert field is not None
    proven = client.post("/prove", data={"code": user.code(1), "csrf_token": str(field["value"])})

    assert proven.headers["Location"] == pages[1]
    assert "Bela Costa" in text(read_page(client.get(pages[1])))
    # A day's children are the last word.
    access.save_children_a_day(db, username=user.username, children=2, by="test")
    refused = client.get(pages[2])
    assert refused.status_code == 403
    assert "Tomorrow you can go on" in text(read_page(refused))
    assert "Ana Costa" in text(read_page(client.get(pages[0])))
    denied = values(db, "MATCH (e:AuditEvent {decision: 'denied'}) RETURN DISTINCT e.child_refs")
    assert {child for (refs,) in denied for child in refs} == {children[1], children[2]}
