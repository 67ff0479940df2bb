"""The 18th birthday to the minute, by the clocks of London, wherever a person can be met; and consent to stay."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from graph.model import clock
from graph.model.area import Narrowing
from graph.model.circle import Depth
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.roles import Role
from graph.services import area, staying
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.mine import list_mine
from graph.services.search import Clues, find_children
from graph.services.statements import Asked, show_own
from graph.services.walking import show_connections
from graph.store import Database
from tests.builders import (
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
    values,
)

LONDON = ZoneInfo("Europe/London")
HUB = "northshire:EH1"
WINTER, SUMMER = date(2008, 11, 30), date(2009, 6, 15)
_NARROWED = Narrowing(kinds=frozenset({"early_help"}))


def set_clock(db: Database, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """It is that moment, and whoever is signed in has just been active."""
    monkeypatch.setattr(clock, "now", lambda: moment.astimezone(ZoneInfo("UTC")))
    at = clock.milliseconds(moment)
    _run(db, "MATCH (s:Session) SET s.seen_at = $at, s.expires_at = $at + 3600000", at=at)


def given_chloe(db: Database, born: date) -> tuple[str, str]:
    """Chloe, with a practitioner, and her little brother at the same home; their numbers."""
    given_run(db)
    given_area(db)
    given_service(db, service_id=HUB, name="Early help", kind="early_help", organisation="Northshire")
    given_practitioner(db)
    home = given_address(db)
    chloe = given_child(db, forename="Chloe", family_name="Ravensworth", date_of_birth=born)
    tim = given_child(db, forename="Tim", family_name="Ravensworth", date_of_birth=date(2018, 1, 9))
    for child in (chloe, tim):
        given_fact(db, child_id=child, type="LIVES_AT", target=home)
        given_carer(db, child_id=child, forename="Ann", family_name="Ravensworth", address_id=home)
        given_involvement(db, child_id=child, service_id=HUB, practitioner_id="northshire:P1")
    return chloe, tim


def met(db: Database, chloe: str, tim: str, born: date, tokens: tuple[str, str]) -> dict[str, bool]:
    """Where she can be met now."""
    worker, lead = tokens

    def is_there(act: Callable[[], object]) -> bool:
        try:
            act()
        except (NotFound, Refused):
            return False
        return True

    asked = {"reason": "wellbeing", "case_reference": "", "depth": Depth.CIRCLE}
    walk = show_connections(db, worker, handle_of(worker, tim), steps=["home"], **asked).walk
    return {
        "search": bool(find_children(db, worker, Clues(name="chloe ravensworth", date_of_birth=born)).rows),
        "page": is_there(partial(show_child, db, worker, handle_of(worker, chloe), **asked)),
        "own": is_there(partial(show_own, db, Asked(worker, handle_of(worker, chloe), "wellbeing"))),
        "my children": "Chloe Ravensworth" in [row.name for row in list_mine(db, worker).rows],
        "walk": "Chloe Ravensworth" in [each.name for band in walk.bands for each in band.children],
        "counts": area.count_area(db, lead, Narrowing()).children == 2,
        "names": "Chloe Ravensworth"
        in [
            row.name for row in area.list_names(db, lead, _NARROWED, reason="wellbeing", case_reference="", page=1).rows
        ],
    }


def signed_in(db: Database) -> tuple[str, str]:
    worker = given_session(db, name="Priya Nair", practitioner_id="northshire:P1")
    return worker, given_session(db, username="grace", name="Grace Field", role=Role.SAFEGUARDING_LEAD)


@pytest.mark.parametrize("born", [WINTER, SUMMER], ids=["winter", "summer"])
def test_the_page_is_closed_at_midnight_in_london_everywhere(db: Database, monkeypatch: pytest.MonkeyPatch, born: date):
    chloe, tim = given_chloe(db, born)
    birthday = datetime(born.year + 18, born.month, born.day, tzinfo=LONDON)
    set_clock(db, monkeypatch, birthday - timedelta(minutes=1))
    tokens = signed_in(db)

    assert set(met(db, chloe, tim, born, tokens).values()) == {True}
    set_clock(db, monkeypatch, birthday)
    assert set(met(db, chloe, tim, born, tokens).values()) == {False}


def test_who_consents_stays_until_it_is_withdrawn_or_the_25th_birthday(db: Database, monkeypatch: pytest.MonkeyPatch):
    chloe, tim = given_chloe(db, SUMMER)
    birthday = datetime(2027, 6, 15, tzinfo=LONDON)
    set_clock(db, monkeypatch, birthday - timedelta(days=30))
    worker, lead = tokens = signed_in(db)
    handle = handle_of(lead, chloe)
    with pytest.raises(Refused):
        staying.record(db, lead, handle, category="friendly", consented_on=date(2027, 5, 1))
    with pytest.raises(Refused, match="date of the consent"):
        staying.record(db, lead, handle, category="care_leaver", consented_on=date(2027, 6, 1))
    with pytest.raises(Refused):
        staying.record(db, worker, handle_of(worker, chloe), category="care_leaver", consented_on=date(2027, 5, 1))
    with pytest.raises(Refused, match="17th birthday"):
        staying.record(db, lead, handle_of(lead, tim), category="care_leaver", consented_on=date(2027, 5, 1))

    staying.record(db, lead, handle, category="care_leaver", consented_on=date(2027, 5, 1))

    with pytest.raises(Conflict):
        staying.record(db, lead, handle, category="care_leaver", consented_on=date(2027, 5, 1))
    set_clock(db, monkeypatch, birthday)
    staying_now = met(db, chloe, tim, SUMMER, tokens)
    # An area counts children: who stays is found by who looks for them.
    assert {name for name, there in staying_now.items() if not there} == {"counts", "names"}
    stay = staying.show_stay(db, lead, handle).stay
    assert stay is not None
    assert (stay.until, stay.by) == (date(2034, 6, 15), "Grace Field")
    set_clock(db, monkeypatch, datetime(2034, 6, 14, 23, 59, tzinfo=LONDON))
    assert met(db, chloe, tim, SUMMER, tokens)["page"]
    set_clock(db, monkeypatch, datetime(2034, 6, 15, tzinfo=LONDON))
    assert not met(db, chloe, tim, SUMMER, tokens)["page"]

    set_clock(db, monkeypatch, birthday + timedelta(days=10))
    staying.withdraw(db, lead, handle)
    assert set(met(db, chloe, tim, SUMMER, tokens).values()) == {False}
    acts = values(db, "MATCH (e:AuditEvent) WHERE e.action STARTS WITH 'stay.' RETURN e.action, e.decision")
    assert ["stay.record", "allowed"] in [list(row) for row in acts]
    assert ["stay.withdraw", "allowed"] in [list(row) for row in acts]
