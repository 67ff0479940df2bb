"""Own involvements on the real graph: said, corrected, ended, taken back; who sees them; loads and undo beside them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from graph.model import clock
from graph.model.circle import ChildPage, Depth, ServiceCard, Standing
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.roles import Role
from graph.model.statements import Basis, Draft, Removal
from graph.services import loads
from graph.services.audit import verify_log
from graph.services.canonical import canonical_hash
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.mine import list_mine, save_looked
from graph.services.statements import Asked, correct_own, end_own, record_own, show_own
from graph.store import Database
from tests.builders import (
    given_carer,
    given_child,
    given_involvement,
    given_practitioner,
    given_run,
    given_service,
    given_session,
    given_shield,
    values,
)
from tests.loaders.said import child, given_area, given_file, tidy

TODAY = clock.day_in_england(clock.now())
HUB, CARE, MIND, JUSTICE = "northshire:EH1", "northshire:SC1", "northshire:MH1", "northshire:YJ1"
WORKER = Draft("family support worker", TODAY - timedelta(days=40))


@pytest.fixture
def town(db: Database) -> Database:
    """A graph with four services of as many kinds."""
    given_run(db, run=1)
    given_run(db, run=2, feed="involvements", supplier="northshire", title="Northshire list", national=False)
    for service_id, name, kind in (
        (HUB, "Early help, Family Hub", "early_help"),
        (CARE, "Children’s social care", "social_care"),
        (MIND, "Mind and Mood", "mental_health"),
        (JUSTICE, "Youth justice", "youth_justice"),
    ):
        given_service(
            db, service_id=service_id, name=name, kind=kind, telephone="01632 960420", organisation="Northshire"
        )
    return db


def signed_in(db: Database, username: str = "tom", service_id: str | None = HUB, **more: object) -> str:
    """The token of a practitioner of a service."""
    usual = {"name": f"{username.capitalize()} Aldous", "organisation": "Northshire", "service_id": service_id}
    return given_session(db, username=username, **(usual | more))  # type: ignore[arg-type]


def asked(token: str, child_id: str) -> Asked:
    """The child's page as this session has it open."""
    return Asked(token, handle_of(token, child_id), "wellbeing")


def page(db: Database, token: str, child_id: str) -> ChildPage:
    """What this session sees of the child."""
    return show_child(db, token, handle_of(token, child_id), reason="wellbeing", case_reference="", depth=Depth.CIRCLE)


def cards(db: Database, token: str, child_id: str) -> dict[str, ServiceCard]:
    """The cards that this session sees, by name."""
    return {card.name: card for card in page(db, token, child_id).services}


def denials(db: Database) -> list[str]:
    """The acts that the audit has as denied."""
    return [row[0] for row in values(db, "MATCH (e:AuditEvent {decision: 'denied'}) RETURN e.action ORDER BY e.at")]


def test_what_a_practitioner_says_is_seen_at_once_with_the_service_the_day_and_the_name(town: Database):
    ana, tom, sam = given_child(town), signed_in(town), signed_in(town, "sam", None)

    record_own(town, asked(tom, ana), WORKER)

    card = cards(town, sam, ana)["Early help, Family Hub"]
    assert (card.practitioner, card.role, card.since) == ("Tom Aldous", "family support worker", WORKER.since)
    assert card.standing is Standing.CURRENT
    assert (card.sources[0].title, card.sources[0].confirmed_on) == ("Said in Signpost by the practitioner", TODAY)
    assert cards(town, tom, ana)["Early help, Family Hub"].you
    assert page(town, tom, ana).may_open_circle is False
    assert values(town, "MATCH (:User {username: 'tom'})-[:ACTS_AS]->(p:Practitioner) RETURN p.run, p.source") == [
        (0, "signpost")
    ]
    assert values(town, "MATCH (e:AuditEvent {action: 'own.record'}) RETURN e.decision, e.child_refs") == [
        ("allowed", [ana])
    ]
    assert verify_log(town) == []


def test_nobody_is_recorded_twice_and_a_practitioner_without_a_service_not_at_all(town: Database):
    ana, tom, sam = given_child(town), signed_in(town), signed_in(town, "sam", None)
    record_own(town, asked(tom, ana), WORKER)

    with pytest.raises(Conflict, match="already"):
        record_own(town, asked(tom, ana), WORKER)
    with pytest.raises(Refused, match="not linked to a service"):
        record_own(town, asked(sam, ana), WORKER)

    assert denials(town) == ["own.record", "own.record"]
    assert len(show_own(town, asked(tom, ana)).involvements) == 1


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (replace(WORKER, role="astronaut"), "from the list"),
        (replace(WORKER, since=TODAY + timedelta(days=1)), "today or in the past"),
        (replace(WORKER, since=date(2017, 6, 3)), "on or after the child’s birth"),
    ],
)
def test_a_forged_draft_is_refused_and_written_down(town: Database, draft: Draft, words: str):
    ana, tom = given_child(town), signed_in(town)

    with pytest.raises(Refused, match=words):
        record_own(town, asked(tom, ana), draft)

    assert denials(town) == ["own.record"]
    assert values(town, "MATCH (r:Record {source: 'signpost'}) RETURN r.key") == []


def test_an_involvement_is_corrected_and_ended_by_its_author_only_and_once(town: Database):
    ana, tom, sam = given_child(town), signed_in(town), signed_in(town, "sam")
    record_own(town, asked(tom, ana), WORKER)
    was = show_own(town, asked(tom, ana)).involvements[0]

    with pytest.raises(Conflict, match="another window"):
        end_own(town, asked(sam, ana), was.key, was.version, Removal.ENDED, until=TODAY)
    correct_own(town, asked(tom, ana), was.key, was.version, replace(WORKER, role="key worker"))
    with pytest.raises(Conflict, match="another window"):
        end_own(town, asked(tom, ana), was.key, was.version, Removal.ENDED, until=TODAY)
    now = show_own(town, asked(tom, ana)).involvements[0]
    end_own(town, asked(tom, ana), now.key, now.version, Removal.ENDED, until=TODAY)
    with pytest.raises(Conflict, match="another window"):
        end_own(town, asked(tom, ana), now.key, now.version, Removal.ENDED, until=TODAY)

    assert (was.role, now.role) == ("family support worker", "key worker")
    assert show_own(town, asked(tom, ana)).involvements == ()
    care = signed_in(town, "priya", CARE, statutory=True)
    card = cards(town, care, ana)["Early help, Family Hub"]
    assert (card.standing, card.until) == (Standing.ENDED, TODAY)
    assert denials(town) == ["own.end", "own.end", "own.end"]


def test_a_handle_of_another_session_records_nothing(town: Database):
    ana, tom, sam = given_child(town), signed_in(town), signed_in(town, "sam")

    with pytest.raises(NotFound):
        record_own(town, Asked(sam, handle_of(tom, ana), "wellbeing"), WORKER)

    assert values(town, "MATCH (r:Record {source: 'signpost'}) RETURN r.key") == []


def test_people_record_nothing_of_their_own_family(town: Database):
    ana = given_child(town)
    given_carer(town, child_id=ana, forename="Tom", family_name="Aldous")

    with pytest.raises(Refused, match="safeguarding lead"):
        record_own(town, asked(signed_in(town), ana), WORKER)


def test_a_feeds_line_about_me_is_ended_by_me_until_the_feed_says_something_newer(town: Database):
    ana, care = given_child(town), signed_in(town, "priya", CARE, statutory=True)
    given_practitioner(town, practitioner_id="northshire:P1", name="Tom Aldous")
    tom = signed_in(town, practitioner_id="northshire:P1")
    mine = {"child_id": ana, "service_id": HUB, "practitioner_id": "northshire:P1", "involvement": "I1"}
    given_involvement(town, run=2, since=date(2026, 1, 5), role="family support worker", **mine)
    was = show_own(town, asked(tom, ana)).involvements[0]

    end_own(town, asked(tom, ana), was.key, was.version, Removal.ENDED, until=TODAY)

    assert cards(town, care, ana)["Early help, Family Hub"].standing is Standing.ENDED
    assert show_own(town, asked(tom, ana)).involvements == ()
    assert list_mine(town, tom).count == 0

    given_run(town, run=3, feed="involvements", supplier="northshire", title="Northshire list", national=False)
    values(town, "MATCH ()-[f {involvement: 'I1', run: 2}]->() RETURN f")
    town.write(_statement("MATCH ()-[f:INVOLVES|SEEN_BY {involvement: 'I1', run: 2}]->() SET f.run = 3"))

    assert cards(town, care, ana)["Early help, Family Hub"].standing is Standing.CURRENT
    assert [own.said_on for own in show_own(town, asked(tom, ana)).involvements] == [None]


def test_what_was_recorded_by_mistake_leaves_no_line_anywhere(town: Database):
    ana, care = given_child(town), signed_in(town, "priya", CARE, statutory=True)
    tom = signed_in(town)
    record_own(town, asked(tom, ana), WORKER)
    was = show_own(town, asked(tom, ana)).involvements[0]

    end_own(town, asked(tom, ana), was.key, was.version, Removal.MISTAKE)

    assert cards(town, care, ana) == {}


def test_a_sensitive_service_needs_consent_with_its_date_or_the_ground_of_harm(town: Database):
    ana, mia = given_child(town), signed_in(town, "mia", MIND)
    usual = Draft("psychologist", TODAY)

    for draft, words in (
        (usual, "on what ground"),
        (replace(usual, basis=Basis.CONSENT), "date of the consent"),
        (replace(usual, basis=Basis.CONSENT, consent_given_on=TODAY + timedelta(days=1)), "in the past"),
        (replace(usual, basis=Basis.SIGNIFICANT_HARM, consent_given_on=TODAY), "no date otherwise"),
        (replace(usual, basis=Basis.SIGNIFICANT_HARM, lead=True), "not named to everyone"),
    ):
        with pytest.raises(Refused, match=words):
            record_own(town, asked(mia, ana), draft)

    record_own(town, asked(mia, ana), replace(usual, basis=Basis.SIGNIFICANT_HARM))
    assert len(show_own(town, asked(mia, ana)).involvements) == 1


def test_a_sensitive_involvement_shows_to_data_managers_of_the_area_only_and_goes_at_once_with_consent(town: Database):
    ana, mia = given_child(town), signed_in(town, "mia", MIND)
    lead = signed_in(town, "grace", None, role=Role.SAFEGUARDING_LEAD)
    manager = signed_in(town, "omar", None, role=Role.DATA_MANAGER)
    teacher = signed_in(town, "sam", None)
    before = page(town, teacher, ana)

    record_own(town, asked(mia, ana), Draft("psychologist", TODAY, False, Basis.CONSENT, TODAY))

    assert replace(page(town, teacher, ana), handle="") == replace(before, handle="")
    assert page(town, lead, ana).sensitive_exists is True
    assert page(town, lead, ana).services == ()
    assert list(cards(town, manager, ana)) == ["Mind and Mood"]

    was = show_own(town, asked(mia, ana)).involvements[0]
    end_own(town, asked(mia, ana), was.key, was.version, Removal.WITHDRAWN)

    assert page(town, lead, ana).sensitive_exists is False
    assert cards(town, manager, ana) == {}


def test_withdrawn_consent_takes_a_feeds_line_away_too(town: Database):
    ana = given_child(town)
    given_practitioner(town, practitioner_id="northshire:P9", name="Mia Aldous")
    mia = signed_in(town, "mia", MIND, practitioner_id="northshire:P9")
    manager = signed_in(town, "omar", None, role=Role.DATA_MANAGER)
    given_involvement(
        town, child_id=ana, service_id=MIND, practitioner_id="northshire:P9", run=2, since=date(2026, 2, 2)
    )
    town.write(_statement("MATCH ()-[f:INVOLVES {run: 2}]->() SET f.basis = 'consent'"))
    was = show_own(town, asked(mia, ana)).involvements[0]

    end_own(town, asked(mia, ana), was.key, was.version, Removal.WITHDRAWN)

    assert cards(town, manager, ana) == {}
    assert show_own(town, asked(mia, ana)).involvements == ()


def test_one_person_leads_and_to_say_so_of_oneself_opens_nothing(town: Database):
    ana = given_child(town)
    given_practitioner(town, practitioner_id="northshire:P1", name="Priya Nair")
    given_involvement(
        town, child_id=ana, service_id=CARE, practitioner_id="northshire:P1", run=2, lead=True, since=date(2026, 5, 1)
    )
    given_involvement(town, child_id=ana, service_id=JUSTICE, run=2, since=date(2026, 5, 1))
    tom, priya = signed_in(town), signed_in(town, "priya", CARE, practitioner_id="northshire:P1", name="Priya Nair")
    assert "Youth justice" in cards(town, priya, ana)

    record_own(town, asked(tom, ana), replace(WORKER, lead=True))

    shown = page(town, tom, ana)
    assert shown.lead is not None
    assert shown.lead.practitioner == "Tom Aldous"
    assert [card.name for card in shown.services if card.lead] == ["Early help, Family Hub"]
    assert "Youth justice" not in cards(town, tom, ana)
    assert "Youth justice" in cards(town, priya, ana)


def test_a_lead_whom_a_user_may_not_see_changes_nothing_for_them(town: Database):
    ana = given_child(town)
    given_practitioner(town, practitioner_id="northshire:P1", name="Priya Nair")
    given_involvement(
        town, child_id=ana, service_id=CARE, practitioner_id="northshire:P1", run=2, lead=True, since=date(2026, 5, 1)
    )
    iris, teacher = signed_in(town, "iris", JUSTICE, statutory=True), signed_in(town, "sam", None)
    before = page(town, teacher, ana)

    record_own(town, asked(iris, ana), Draft("case manager", TODAY, lead=True))

    assert page(town, teacher, ana) == before
    assert page(town, iris, ana).lead.practitioner == "Iris Aldous"  # type: ignore[union-attr]


def test_a_shielded_child_is_recorded_with_and_shows_its_practitioner_only_what_they_said(town: Database):
    ana = given_child(town)
    given_practitioner(town, practitioner_id="northshire:P1", name="Tom Aldous")
    given_involvement(town, child_id=ana, service_id=CARE, practitioner_id="northshire:P1", run=2)
    given_shield(town, child_id=ana)
    tom = signed_in(town, practitioner_id="northshire:P1")
    assert show_own(town, asked(tom, ana)).involvements == ()
    assert list_mine(town, tom).rows == ()

    record_own(town, asked(tom, ana), WORKER)

    assert [own.at.name for own in show_own(town, asked(tom, ana)).involvements] == ["Early help, Family Hub"]
    assert page(town, tom, ana).services == ()
    assert [(row.name, row.changes) for row in list_mine(town, tom).rows] == [("Ana Costa", ())]


def test_both_sides_are_told_who_joined_and_nobody_of_whom_they_may_not_see(town: Database):
    ana, tom = given_child(town), signed_in(town)
    record_own(town, asked(tom, ana), WORKER)
    first = list_mine(town, tom)
    assert first.since is None
    assert [row.changes for row in first.rows] == [()]

    priya, mia = signed_in(town, "priya", CARE), signed_in(town, "mia", MIND)
    iris = signed_in(town, "iris", JUSTICE)
    record_own(town, asked(priya, ana), Draft("social worker", TODAY, lead=True))
    record_own(town, asked(mia, ana), Draft("psychologist", TODAY, False, Basis.CONSENT, TODAY))
    record_own(town, asked(iris, ana), Draft("case manager", TODAY))

    told = list_mine(town, tom)
    assert told.rows[0].changes == (
        "Children’s social care joined.",
        "Priya Aldous, social worker joined.",
        "Priya Aldous, social worker is now the lead professional.",
    )
    assert list_mine(town, tom).rows == told.rows
    save_looked(town, tom, told.mark)
    assert list_mine(town, tom).changed == 0
    assert {card.name for card in page(town, priya, ana).services} == {
        "Early help, Family Hub",
        "Children’s social care",
    }


def test_what_a_load_changed_is_told_by_what_holds_now_and_held_then(town: Database):
    ana, tom = given_child(town), signed_in(town)
    record_own(town, asked(tom, ana), WORKER)
    given_involvement(town, child_id=ana, service_id=CARE, run=2, involvement="I2", since=date(2026, 1, 1))
    list_mine(town, tom)
    given_run(town, run=3, feed="involvements", supplier="northshire", title="Northshire list", national=False)
    town.write(_statement("MATCH ()-[f:INVOLVES {involvement: 'I2'}]->() SET f.ended_run = 3"))
    given_involvement(town, child_id=ana, service_id=JUSTICE, run=3, since=date(2026, 1, 1))
    given_service(town, service_id="urn:2", name="Hillbrook", kind="school")
    from tests.builders import given_fact

    given_fact(town, child_id=ana, type="ATTENDS", target="urn:2", run=3)

    assert list_mine(town, tom).rows[0].changes == ("School: Hillbrook recorded.", "Children’s social care ended.")


@pytest.mark.parametrize("mark", ["", "1", "x.y", "999.1", "1.99999999999999", "-1.5", "1.5\u0661"])
def test_a_mark_that_no_page_gave_is_refused(town: Database, mark: str):
    with pytest.raises(Refused):
        save_looked(town, signed_in(town), mark)


def test_a_load_works_beside_statements_and_undo_is_exact_and_refuses_to_take_their_child_away(db: Database):
    given_area(db)
    given_service(db, service_id=HUB, name="Early help, Family Hub", kind="early_help", organisation="Northshire")
    nhs = "9990000018"
    _, first = given_file(db, "pds", tidy([child(nhs, nhs_number=nhs)]))
    ana = values(db, "MATCH (c:Child) RETURN c.child_id")[0][0]
    tom = signed_in(db)
    record_own(db, asked(tom, ana), WORKER)
    said = canonical_hash(db)

    _, second = given_file(
        db, "pds", tidy([child(nhs, nhs_number=nhs, preferred_forename="Annie")]), as_at=date(2026, 11, 22)
    )
    assert canonical_hash(db) != said
    assert [own.at.name for own in show_own(db, asked(tom, ana)).involvements] == ["Early help, Family Hub"]
    loads.undo_run(db, second.run)

    assert canonical_hash(db) == said
    record = values(db, "MATCH (r:Record {source: 'signpost', subject: 'child'}) RETURN r.record")[0][0]
    with pytest.raises(Conflict, match=record):
        loads.undo_run(db, first.run)
    assert canonical_hash(db) == said
    given_file(db, "pds", tidy([child(nhs, nhs_number=nhs, sex="male")]), as_at=date(2026, 11, 23))
    assert cards(db, tom, ana)["Early help, Family Hub"].you


def test_the_canonical_hash_counts_what_is_said_and_no_more_when_it_is_taken_back(town: Database):
    ana, tom = given_child(town), signed_in(town)
    record_own(town, asked(tom, ana), WORKER)
    said = canonical_hash(town)
    was = show_own(town, asked(tom, ana)).involvements[0]

    correct_own(town, asked(tom, ana), was.key, was.version, replace(WORKER, role="key worker"))
    other = canonical_hash(town)
    now = show_own(town, asked(tom, ana)).involvements[0]
    correct_own(town, asked(tom, ana), now.key, now.version, WORKER)

    assert said != other
    assert canonical_hash(town) == said


def _statement(text: str):  # type: ignore[no-untyped-def]
    from tests.conftest import Statement

    return Statement(text)
