"""A small town for what looks at every page: a child with a circle, a shielded one, and a visitor of each kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from graph.model import clock
from graph.model.corrections import due_after
from graph.model.made_of import TAKING_OFF
from graph.model.review import Doubt
from graph.model.roles import Role
from graph.model.watching import Signal
from graph.services import (
    access,
    accounts,
    brokering,
    fresh,
    overriding,
    requests,
    review,
    secret_box,
    shielding,
    watching,
)
from graph.services.fresh import Action
from graph.services.handles import handle_of
from graph.store import Database
from tests.builders import (
    AREA,
    PRACTICE,
    SCHOOL,
    given_carer,
    given_child,
    given_fact,
    given_involvement,
    given_post,
    given_service_area,
    given_session,
    given_shield,
    record_name,
)
from tests.loaders.judged import given_proposal
from tests.webapp.ana import given_ana
from tests.webapp.conftest import token_of
from tests.webapp.pages import read_page

# The service of Ana's lead professional, who is one of its two practitioners.
TEAM = "northshire:SC1"
# The request for correction in the town, and the alert.
REQUEST, ALERT = "5" * 24, "8" * 24
# The objection that came in.
OBJECTION = "4" * 24
# The decision by which two entries of the town were joined.
JUDGEMENT = "7" * 24
# What somebody of the team has asked about the records of Bo's entry.
WISH = "1" * 24
# An account, what waits for a second administrator, and the link of somebody who has not opened theirs.
ACCOUNT, APPLICATION, LINK = "kim.lake", "6" * 24, "L" * 43
# The override of the town's shielded child, and the question to the team.
OVERRIDE, ASKING = "8" * 24, "9" * 24


class Who(StrEnum):
    """Who asks for a page: nobody signed in, and one visitor of every kind that there is."""

    NOBODY = "nobody"
    TEACHER = "teacher"  # not recorded as involved: the signpost first, the circle by a second step
    WORKER = "social worker"  # involved and statutory: the circle at once
    LEAD = "safeguarding lead"
    MANAGER = "data manager"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_COUNCIL = {"organisation": "Northshire County Council"}
_ACCOUNTS: dict[Who, dict[str, Any]] = {
    Who.TEACHER: {"name": "Dawn Okoro", "service_id": SCHOOL},
    Who.WORKER: {"name": "Priya Nair", "practitioner_id": "northshire:P1", "statutory": True, **_COUNCIL},
    Who.LEAD: {"name": "Grace Field", "role": Role.SAFEGUARDING_LEAD, "statutory": True, **_COUNCIL},
    Who.MANAGER: {"name": "Omar Said", "role": Role.DATA_MANAGER, **_COUNCIL},
    Who.OPERATOR: {"name": "Jo Marsh", "role": Role.OPERATOR, "authority": None},
    Who.AUDITOR: {"name": "Ida Stone", "role": Role.AUDITOR, "authority": None},
    Who.ADMINISTRATOR: {"name": "Lee Grant", "role": Role.ADMINISTRATOR, "authority": None},
}


@dataclass
class Town:
    """The graph, the site on it and where a browser finds it. `children` are ids by the name that examples use."""

    db: Database
    site: Flask
    address: str
    children: dict[str, str]
    visits: dict[Who, "Visit"] = field(default_factory=dict)
    _sessions: int = 0

    def visit(self, who: Who, *, anew: bool = False) -> "Visit":
        """The visitor's session, one for the whole town; or another, which may be spoiled."""
        if not anew and who in self.visits:
            return self.visits[who]
        made = Visit(self, who, self.site.test_client(), self._token(who))
        if not anew:
            self.visits[who] = made
        return made

    def _token(self, who: Who) -> str | None:
        if who is Who.NOBODY:
            return None
        self._sessions += 1
        return given_session(self.db, username=f"visitor{self._sessions}", **_ACCOUNTS[who])


@dataclass
class Visit:
    """One visitor with a session of their own."""

    town: Town
    who: Who
    client: FlaskClient
    token: str | None
    # What was asked before the pages of this session, so that it need not be asked again.
    done: list["Example"] = field(default_factory=list)
    _csrf: str | None = None

    def __post_init__(self) -> None:
        """Gives the client the session, as signing in would."""
        if self.token is not None:
            with self.client.session_transaction() as session:
                session["token"] = self.token

    def handle(self, child: str = "ana") -> str:
        """The child's name in this session's addresses; nobody's is one of another session."""
        return handle_of(self.token or "another session", self.town.children[child])

    @property
    def csrf(self) -> str:
        """The token that this session's forms carry."""
        if self.token is None:
            # Being refused ends whatever was kept of nobody.
            return token_of(self.client)
        if self._csrf is None:
            self._csrf = _sign_out_token(self.client)
        return self._csrf

    @property
    def cookie(self) -> str:
        """What a browser must send to be this visitor now; empty if nothing was ever kept."""
        kept = self.client.get_cookie("sid")
        return "" if kept is None else kept.value


@dataclass(frozen=True)
class Example:
    """One way to ask for a route so that it answers as it is meant to.

    `rule` and `method` name the route. `by` are the visitors who are answered; all others must be refused. `values`
    gives what stands in the address, `query` and `form` what is sent, `before` what is asked first in the same
    session. `leads_to` is the rule to which the answer redirects; without it the answer is a page.
    """

    rule: str
    by: tuple[Who, ...]
    method: str = "GET"
    values: Callable[[Visit], Mapping[str, str]] = lambda _visit: {}
    query: Mapping[str, str] = field(default_factory=dict)
    form: Callable[[Visit], Mapping[str, str]] = lambda _visit: {}
    before: tuple["Example", ...] = ()
    leads_to: str | None = None
    status: int = 200
    # It ends the session, or changes what others are answered: it is tried in a session of its own.
    spoils: bool = False
    # It hashes a password: it is tried with fewer wrong values.
    slow: bool = False
    note: str = ""

    def __str__(self) -> str:
        """`POST /find-a-child (nobody fits)`."""
        return f"{self.method} {self.rule}" + (f" ({self.note})" if self.note else "")


def given_town(db: Database) -> dict[str, str]:
    """Ana with her circle and a brother at home, Bo who shares a service, and Elsie, who is shielded; ids by names."""
    ana = given_ana(db)
    leo = given_child(db, forename="Leo")
    given_fact(db, child_id=leo, type="LIVES_AT", target="address-1")
    given_post(db, practitioner_id="northshire:P1", service_id=TEAM)
    given_post(db, practitioner_id="northshire:P2", service_id=TEAM)
    given_service_area(db, service_id=TEAM)
    elsie = given_child(db, forename="Elsie", family_name="Marlow")
    given_carer(db, child_id=elsie, forename="Ruth", family_name="Marlow")
    given_fact(db, child_id=elsie, type="REGISTERED_WITH", target=PRACTICE)
    given_shield(db, child_id=elsie)
    given_request(db, child_id=ana)
    objection = {"kind": "objection", "wrong": "who_sees", "objector": "carer"}
    given_request(db, child_id=ana, request_id=OBJECTION, **objection)
    given_alert(db, child_id=ana)
    bo = given_child(db, forename="Bo", family_name="Field")
    given_involvement(db, child_id=bo, service_id="northshire:SC1", forename="Bo")
    anna = given_child(db, forename="Anna", source="school_census", supplier="hillbrook")
    twin = given_child(db, forename="Bea", source="school_census", supplier="hillbrook")
    for entry, candidate, reason in (
        (anna, ana, Doubt.NAMESAKE),
        (twin, bo, Doubt.CO_TWIN),
        (given_child(db, forename="Elise", family_name="Marlow"), elsie, Doubt.BAND),
    ):
        record = record_name("school_census" if reason is not Doubt.BAND else "pds", "hillbrook", entry)
        given_proposal(db, entry=entry, candidate=candidate, record=record, reason=reason.value)
    given_judgement(db, entry=twin, candidate=bo)
    given_judgement(db, entry=bo, candidate=bo, judgement_id=WISH, kind=TAKING_OFF, settled=None)
    given_accounts(db)
    given_decisions(db, ana=ana, bo=bo, elsie=elsie)
    return {"ana": ana, "bo": bo, "elsie": elsie, "anna": anna, "twin": twin}


def given_decisions(db: Database, *, ana: str, bo: str, elsie: str) -> None:
    """A shield that is proposed over Bo, an override of Elsie's to look into, and a question about Ana."""
    today = clock.day_in_england(clock.now())
    said = {"authority": AREA, "due_on": today}
    about = {"child_id": bo, "open_for": bo, "wanted": "begin", "ground": "adoption", "evidence": "adoption_agency"}
    dates = {"review_on": today + timedelta(days=90), "proposed_on": today, "urgent": False, "proposed_by": "nobody"}
    words = secret_box.seal(b"the order was made", about="6" * 24)
    db.write(
        shielding.RECORD_PROPOSAL,
        properties=said | about | dates | {"proposal_id": "6" * 24, "words": words},
    )
    words = secret_box.seal(b"missing since the morning", about=OVERRIDE)
    override = {"override_id": OVERRIDE, "child_id": elsie, "user_id": "nobody", "words": words, "at": 0, "until": 0}
    db.write(overriding.RECORD_OVERRIDE, notice_id="a" * 24, properties=said | override | {"session": ""})
    asking = {"asking_id": ASKING, "child_id": ana, "reason": "wellbeing", "asked_by": "nobody", "asked_on": today}
    db.write(brokering.RECORD_ASKING, properties=said | asking)


def given_judgement(db: Database, *, entry: str, candidate: str, judgement_id: str = JUDGEMENT, **more: Any) -> None:
    """That data managers of Northshire have said that two entries are one child: what is kept of it, and no more."""
    now = clock.now()
    db.write(
        review.RECORD_JUDGEMENT,
        judgement_id=judgement_id,
        entry=entry,
        candidate=candidate,
        properties={
            "kind": "case",
            "record": "joined",
            "entry": entry,
            "candidate": candidate,
            "authority": AREA,
            "reason": Doubt.BAND.value,
            "said": "same",
            "settled": "same",
            "by": "nobody",
            "at": clock.milliseconds(now),
            "on": clock.day_in_england(now),
            "after": 1,
            "run": 1,
            "records": ["joined"],
        }
        | more,
    )


def given_accounts(db: Database) -> None:
    """An account, a change of it that waits, and somebody invited who has not come yet."""
    given_session(db, username=ACCOUNT, name="Kim Lake")
    properties = {
        "kind": "change",
        "state": "asked",
        "username": ACCOUNT,
        "name": "Kim Lake",
        "role": "safeguarding_lead",
        "organisation": "Harbour",
        "statutory": False,
        "asked_by": "nobody",
        "asker": "Alex Reed",
        "asked_at": 0,
    }
    db.write(accounts.RECORD_APPLICATION, application_id=APPLICATION, properties=properties)
    given_session(db, username="invited", name="Sam Hill")
    user_id = db.read(accounts.SHOW_ACCOUNT, username="invited")[0].user_id
    key = access.hash_token(LINK)
    ends = clock.milliseconds(clock.now()) + 86_400_000
    db.write(accounts.SAVE_INVITED, user_id=user_id, password_hash=access.DUMMY_HASH, totp_seed=b"")
    db.write(accounts.RECORD_ACTIVATION, key=key, user_id=user_id, word_hash="", expires_at=ends)


def given_request(db: Database, *, child_id: str, request_id: str = REQUEST, **more: str) -> None:
    """A request for correction that the data managers of Northshire own; or, with `more`, another."""
    today = clock.day_in_england(clock.now())
    db.write(
        requests.RECORD_REQUEST,
        properties={
            "request_id": request_id,
            "child_id": child_id,
            "wrong": "name",
            "facts": [],
            "authority": AREA,
            "asked_by": "nobody",
            "asked_on": today,
            "asked_at": 0,
            "due_on": due_after(today),
            "state": "open",
            **more,
        },
    )


def given_proof(visit: Visit, child: str = "ana") -> None:
    """That the visitor has just proven who they are, to give away what is held about a child."""
    if visit.token is None:
        return
    token_hash, about = access.hash_token(visit.token), visit.handle(child)
    key = access.proof_key(token_hash, Action.EXPORT, about)
    said = {"token_hash": token_hash, "action": Action.EXPORT.value, "about": about, "by": "code"}
    visit.town.db.write(fresh.SAVE_PROOF, key=key, now=clock.milliseconds(clock.now()), gone_before=0, **said)


def given_alert(db: Database, *, child_id: str, alert_id: str = ALERT, **more: Any) -> None:
    """An alert that nobody owns yet."""
    now = clock.now()
    properties = {
        "alert_id": alert_id,
        "signal": Signal.OWN_FAMILY.value,
        "user_id": "nobody",
        "child_id": child_id,
        "due_on": clock.day_in_england(now),
        "state": "open",
        "owner": None,
        **more,
    }
    db.write(watching.RECORD_ALERT, about=alert_id, at=clock.milliseconds(now), properties=properties)


def _sign_out_token(client: FlaskClient) -> str:
    found = read_page(client.get("/about")).select_one("header input[name=csrf_token]")
    assert found is not None, "A visitor who is signed in has a button to sign out on every page."
    return str(found["value"])
