"""The operator's console, with the real command line on small files: who may do what, and what is told of it."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from graph.model import clock
from graph.model.roles import Role
from graph.services import loads, quality
from graph.services.canonical import canonical_hash
from graph.settings import Settings
from graph.store import Database
from loaders.__main__ import main
from loaders.synthetic import synthesise
from tests.builders import given_run, given_session, values
from tests.webapp.pages import read_page
from webapp import create_app, jobs

AUTHORITIES = "dfe_la_code,gss_code,la_name\n990,E10000901,Northshire\n991,E06000901,Southmere\n"
FILE = "authorities.ons.2026-11-01.full.csv"
DEATHS = "ENTRY_NO,REGISTERED_ON,DISTRICT,NHS_NUMBER,SURNAME,FORENAMES,SEX,DOB,DIED_ON,POSTCODE\n"
ANA = "D1,2026-11-02,Eastway,,Costa,Ana,F,2017-06-04,2026-11-01,NS1 1AA\n"
READ = ("/console", "/console/feeds/pds", "/console/runs", "/console/runs/1", "/console/files", "/console/jobs",
        "/console/quality", f"/console/files/{FILE}")  # fmt: skip
CHANGE = ("/console/feeds/pds/switch", "/console/runs/1/undo", f"/console/files/{FILE}", "/console/quality",
          "/console/jobs/20261121T120000-0123abcd/cancel")  # fmt: skip


@pytest.fixture
def console(db: Database, settings: Settings, assets: None) -> Iterator[Flask]:
    """The site on this test's home, whose commands read the same settings; an inbox with one file."""
    settings.inbox.mkdir(parents=True)
    (settings.inbox / FILE).write_text(AUTHORITIES, encoding="utf-8")
    site = create_app(settings, lambda: db)
    yield site
    for job in jobs.running(settings.jobs):
        assert job.kept.pid is not None
        os.kill(job.kept.pid, signal.SIGKILL)


def signed_in(site: Flask, db: Database, role: Role = Role.OPERATOR, name: str = "Jo Marsh") -> FlaskClient:
    """A browser of someone of this role."""
    client = site.test_client()
    token = given_session(db, username=role.value, name=name, role=role, organisation="Operations", authority=None)
    with client.session_transaction() as session:
        session["token"] = token
    return client


def post(client: FlaskClient, address: str, page: str | None = None, **fields: str) -> Any:
    """The answer to a form of a page."""
    found = read_page(client.get(page or address)).select_one("main input[name=csrf_token]")
    assert found is not None
    return client.post(address, data={"csrf_token": str(found["value"]), **fields})


def wait_for(client: FlaskClient, answer: Any) -> BeautifulSoup:
    """The page of a job that was started, once it has ended."""
    assert answer.status_code == 302, answer.text
    address = answer.headers["Location"]
    until = time.monotonic() + 120
    while client.get(f"{address}/progress").get_json()["running"]:
        assert time.monotonic() < until, client.get(f"{address}/progress").get_json()
        time.sleep(0.2)
    return read_page(client.get(address))


def text(page: BeautifulSoup) -> str:
    """What a page says, in one line."""
    main = page.find("main")
    assert main is not None
    return " ".join(main.get_text(" ", strip=True).split())


def events(db: Database) -> list[tuple[str, str, str]]:
    """Actor's role, action and decision of every audit event that concerns the console."""
    found = values(db, "MATCH (event:AuditEvent) RETURN event.content, event.action, event.decision ORDER BY event.at")
    return [(json.loads(content)["role"], action, decision) for content, action, decision in found]


def test_a_file_is_tried_loaded_shown_and_taken_back(console: Flask, db: Database, settings: Settings) -> None:
    client = signed_in(console, db)
    before = canonical_hash(db)
    assert FILE in text(read_page(client.get("/console/files")))

    tried = text(wait_for(client, post(client, f"/console/files/{FILE}", act="dry-run")))
    assert "Would load" in tried
    assert "2 new, 0 changed" in tried
    assert canonical_hash(db) == before

    loaded = text(wait_for(client, post(client, f"/console/files/{FILE}", act="load")))
    assert "Outcome Loaded: run 1" in loaded
    assert "Rows 2: 2 kept, 0 refused, 0 skipped" in loaded
    run = text(read_page(client.get("/console/runs/1")))
    assert "Outcome Published" in run
    assert "Records 2 new, 0 changed, 0 unchanged, 0 ended" in run
    board = text(read_page(client.get("/console")))
    assert "1 November 2026" in board
    assert "Next expected" in board

    asked = text(read_page(client.get("/console/runs/1/undo")))
    assert "2 records that it brought will be gone" in asked
    assert "has been taken back" in text(wait_for(client, post(client, "/console/runs/1/undo")))
    assert canonical_hash(db) == before
    assert "Undone" in text(read_page(client.get("/console/runs")))
    assert client.get("/console/runs/1/undo").status_code == 409
    assert [event[1] for event in events(db) if event[0] == "operator"] == [
        "order dry run", "order load", "order undo",
    ]  # fmt: skip
    assert all((settings.jobs / name).stat().st_mode & 0o777 == 0o700 for name in os.listdir(settings.jobs))
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in settings.jobs.glob("*/*"))


def test_refused_rows_are_told_by_reason_and_line_and_never_by_what_they_say(
    console: Flask, db: Database, settings: Settings
) -> None:
    name = "deaths.ons.2026-11-16.full.csv"
    rows = "".join(ANA.replace("D1,", f"D{number},") for number in range(2, 30))
    rows += ANA.replace("D1,", "D99,").replace("2017-06-04", "soon")
    (settings.inbox / name).write_text(DEATHS + rows, encoding="utf-8")
    client = signed_in(console, db)

    page = text(wait_for(client, post(client, f"/console/files/{name}", act="check")))

    assert "It would load" in page
    assert "bad_date 1 DOB: line 30" in page
    assert not [said for said in ("Costa", "Ana", "soon") if said in page]


def test_a_file_that_would_not_load_says_why(console: Flask, db: Database, settings: Settings) -> None:
    name = "deaths.ons.2026-11-16.full.csv"
    (settings.inbox / name).write_text(DEATHS.replace("POSTCODE", "POSTCODE,NOTES") + ANA, encoding="utf-8")
    client = signed_in(console, db)

    page = wait_for(client, post(client, f"/console/files/{name}", act="load"))

    assert "Not done" in text(page)
    assert "Nobody has decided about this column" in text(page)


def test_a_second_load_is_told_to_wait(console: Flask, db: Database) -> None:
    client = signed_in(console, db)
    load = loads.begin_load(db, feed="births", supplier="ons")

    page = text(wait_for(client, post(client, f"/console/files/{FILE}", act="load")))

    assert "Not done" in page
    assert "Another load is running" in page
    assert "Run 1 holds the graph" in text(read_page(client.get("/console")))
    loads.sweep(load, "interrupted")


def test_a_job_is_cancelled_or_killed_and_another_server_says_so(
    console: Flask, db: Database, settings: Settings
) -> None:
    client = signed_in(console, db)
    before = canonical_hash(db)
    first = post(client, f"/console/files/{FILE}", act="load").headers["Location"]
    # It stands still meanwhile: a quick machine would be done with it before it is cancelled.
    # Before its first word a signal would be lost where whoever started these tests ignores it.
    while (job := jobs.show(settings.jobs, first.rpartition("/")[2])).progress is None:
        time.sleep(0.01)
    loading = job.kept.pid
    assert loading is not None
    os.kill(loading, signal.SIGSTOP)
    assert "See how far it is" in text(read_page(client.get("/console")))
    assert post(client, f"{first}/cancel", page=first).status_code == 302
    os.kill(loading, signal.SIGCONT)
    second = post(client, "/console/quality").headers["Location"]
    kept = jobs.show(settings.jobs, second.rpartition("/")[2]).kept
    assert kept.pid is not None
    os.kill(kept.pid, signal.SIGKILL)
    other = create_app(settings, lambda: db).test_client()
    with client.session_transaction() as mine, other.session_transaction() as session:
        session["token"] = mine["token"]

    def has_ended(address: str) -> str:
        while other.get(f"{address}/progress").get_json()["running"]:
            time.sleep(0.2)
        return text(read_page(other.get(address)))

    assert "Cancelled" in has_ended(first)
    assert "It did not say how it ended: it was killed" in has_ended(second)
    assert canonical_hash(db) == before
    assert "There is nothing" not in text(read_page(other.get("/console/jobs")))
    token = BeautifulSoup(other.get(f"/console/files/{FILE}").text, "lxml").select_one("input[name=csrf_token]")
    assert token is not None
    assert other.post(f"{first}/cancel", data={"csrf_token": token["value"]}).status_code == 409


def test_a_feed_is_stopped_and_started_once_it_is_confirmed(console: Flask, db: Database) -> None:
    client = signed_in(console, db)
    assert "Stop this feed?" in text(read_page(client.get("/console/feeds/pds/switch")))

    assert post(client, "/console/feeds/pds/switch", now="started").status_code == 302
    assert "Stopped by Jo Marsh" in text(read_page(client.get("/console/feeds/pds")))
    assert "Stopped" in text(read_page(client.get("/console")))
    assert post(client, "/console/feeds/pds/switch", now="stopped").status_code == 302
    assert "Stopped by" not in text(read_page(client.get("/console/feeds/pds")))
    assert [event[1:] for event in events(db)] == [("stop feed", "allowed"), ("start feed", "allowed")]
    assert client.get("/console/feeds/tides").status_code == 404
    assert client.get("/console/feeds/tides/switch").status_code == 404


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER, Role.ADMINISTRATOR])
def test_other_roles_are_refused_and_it_is_in_the_audit(console: Flask, db: Database, role: Role) -> None:
    given_run(db, feed="authorities", supplier="ons")
    client = signed_in(console, db, role, name="Dawn Okoro")

    answers = [client.get(address).status_code for address in READ]
    answers += [client.post(address).status_code for address in CHANGE]

    # A form without its token is refused before anybody asks who sent it.
    assert answers == [403] * len(READ) + [400] * len(CHANGE)
    console.config["WTF_CSRF_ENABLED"] = False
    assert [client.post(address, data={"act": "load"}).status_code for address in CHANGE] == [403] * len(CHANGE)
    assert [event[0] for event in events(db)] == [role.value] * (len(READ) + len(CHANGE))
    assert {event[2] for event in events(db)} == {"denied"}
    assert "Console" not in client.get("/help").text


def test_an_auditor_reads_and_changes_nothing(console: Flask, db: Database, settings: Settings) -> None:
    given_run(db, feed="authorities", supplier="ons")
    client = signed_in(console, db, Role.AUDITOR, name="Ida Stone")
    console.config["WTF_CSRF_ENABLED"] = False

    for address in READ:
        page = read_page(client.get(address))
        assert not page.select("main form, main .govuk-button"), address
    assert [client.post(address, data={"act": "load"}).status_code for address in CHANGE] == [403] * len(CHANGE)
    assert {event[1:] for event in events(db)} == {
        ("open console.switch", "denied"), ("open console.undo_run", "denied"), ("open files.start_job", "denied"),
        ("open console.count_quality", "denied"), ("open files.cancel_job", "denied"),
    }  # fmt: skip
    assert not settings.jobs.exists()
    assert client.get("/").headers["Location"] == "/console"


def test_forged_forms_start_nothing(console: Flask, db: Database, settings: Settings) -> None:
    given_run(db, feed="authorities", supplier="ons")
    client = signed_in(console, db)

    assert [client.post(address, data={"act": "load"}).status_code for address in CHANGE] == [400] * len(CHANGE)
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert client.post(f"/console/files/{FILE}", data={"act": "load"}, headers=elsewhere).status_code == 400
    for act in ("", "delete", "load; rm", "--first"):
        assert post(client, f"/console/files/{FILE}", act=act).status_code == 400
    assert not settings.jobs.exists()
    assert events(db) == []


def test_only_files_of_the_listing_are_taken_and_others_are_not_named(
    console: Flask, db: Database, settings: Settings, tmp_path: Path
) -> None:
    outside = tmp_path / "births.ons.2026-11-01.full.csv"
    outside.write_text("secret", encoding="utf-8")
    (settings.inbox / outside.name).symlink_to(outside)
    (settings.inbox / "Ana Costa.csv").write_text("x", encoding="utf-8")
    (settings.inbox / "deaths.ons.2026-02-30.full.csv").write_text("x", encoding="utf-8")
    (settings.inbox / "tides.sea.2026-11-01.full.csv").write_text("x", encoding="utf-8")
    (settings.inbox / "pds.nhs.2026-11-01.full.jsonl").mkdir()
    client = signed_in(console, db)

    page = text(read_page(client.get("/console/files")))

    assert "5 other files lie there" in page
    assert not [
        name for name in ("Ana", "tides", "02-30", "births.ons", "pds.nhs") if name in page.split("Expected")[0]
    ]
    for name in (
        outside.name, f"../{outside.name}", f"..%2F{outside.name}", f"%2e%2e/{outside.name}", "..", ".", "%00",
        "Ana%20Costa.csv", "deaths.ons.2026-02-30.full.csv", "pds.nhs.2026-11-01.full.jsonl", f"{FILE}/", f"{FILE}%0a",
    ):  # fmt: skip
        assert client.get(f"/console/files/{name}").status_code in (308, 400, 404), name
    console.config["WTF_CSRF_ENABLED"] = False
    assert client.post(f"/console/files/{outside.name}", data={"act": "load"}).status_code == 404
    for job in ("20261121T120000-0123abcd", "../jobs", "..", "20261121T120000-0123abcd%2F.."):
        assert client.get(f"/console/jobs/{job}").status_code == 404, job
    assert client.get("/console/runs?before=x").status_code == 200
    assert client.get("/console/runs/99").status_code == 404


def test_only_the_latest_run_of_a_feed_and_supplier_can_be_taken_back(console: Flask, db: Database) -> None:
    for number in (1, 2):
        given_run(db, run=number, feed="authorities", supplier="ons", as_at=clock.day_in_england(clock.now()))
    client = signed_in(console, db)

    page = read_page(client.get("/console/runs/1"))

    assert "only after run 2" in text(page)
    assert not page.select("main .govuk-button")
    assert client.get("/console/runs/1/undo").status_code == 409
    assert read_page(client.get("/console/runs/2")).select("main .govuk-button")


def test_no_page_of_the_console_names_anybody(console: Flask, db: Database, settings: Settings) -> None:
    files = settings.home / "files"
    synthesise(files, children=12, as_at=clock.day_in_england(clock.now()), seed=3)
    for feed in ("pds", "births", "school_census"):
        assert main(["load", feed, str(next(files.glob(f"{feed}.*")))]) == 0
    (settings.inbox / "pds.nhs.2027-01-01.delta.jsonl").write_bytes(next(files.glob("pds.*")).read_bytes())
    quality.take_snapshot(db)
    client = signed_in(console, db)
    checked = post(client, "/console/files/pds.nhs.2027-01-01.delta.jsonl", act="check")
    wait_for(client, checked)
    runs = [run.run for run in loads.list_runs(db, 100)]
    addresses = [
        *("/console", "/console/runs", "/console/files", "/console/jobs", "/console/quality"),
        *(f"/console/runs/{run}" for run in runs),
        *(f"/console/feeds/{feed}" for feed in ("pds", "births", "school_census")),
        f"/console/runs/{max(runs)}/undo",
        "/console/files/pds.nhs.2027-01-01.delta.jsonl",
        checked.headers["Location"],
    ]
    people = values(
        db,
        "MATCH (record:Record)-[:IDENTIFIES]->(person) RETURN DISTINCT record.forename, record.family_name, "
        "record.nhs_number, record.upn, record.postcode, person.person_id",
    )
    assert len(people) > 40
    told = {
        said
        for forename, family_name, *others in people
        for said in (f"{forename} {family_name}", f"{family_name}, {forename}", f"{family_name} {forename}", *others)
        if said
    }

    shown = {address: client.get(address) for address in addresses}

    assert {answer.status_code for answer in shown.values()} == {200}
    found = [(address, said) for address, answer in shown.items() for said in told if said in answer.text]
    assert found == []
    for job in settings.jobs.glob("*/job.json"):
        assert not [said for said in told if said in job.read_text(encoding="utf-8")]
