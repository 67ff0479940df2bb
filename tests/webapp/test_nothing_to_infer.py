"""Two graphs that differ by one involvement which a user may not see give that user the same answers, byte for byte.

The second graph is the first with one involvement more. Everything that a visitor can ask for is asked in both, in
the same session and at the same stopped moment, so that handles and times are alike; nonces and tokens are taken out.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from graph.model import clock
from graph.model.kinds import KINDS, Visibility, kind_named
from graph.model.roles import Role
from graph.model.statements import RUN, SOURCE
from graph.settings import Connection
from graph.store import Database
from tests.builders import (
    AREA,
    SCHOOL,
    given_child,
    given_fact,
    given_involvement,
    given_post,
    given_practitioner,
    given_record,
    given_service,
    given_service_area,
    given_session,
    values,
)
from tests.conftest import Statement
from tests.sizes import FULL
from tests.webapp.examples import CHILD, SEES_CHILDREN, ana, because, circle_opened, sought
from tests.webapp.rounds import Cost, Round, asked, differences, go_round
from tests.webapp.town import Example, Town, Visit, Who
from webapp.database import keep_database

# Every guarded kind, and one that nobody has classified.
_GUARDED = [kind.name for kind in KINDS.values() if kind.visibility is not Visibility.OPEN]
KINDS_TRIED = [*_GUARDED, "astrology"]
_NHS_NUMBER, _UPN = "9990000018", "B801200005001"
_TODAY = clock.day_in_england(clock.now())
_LONG_AGO = _TODAY - timedelta(days=100)


def _service(kind: str) -> str:
    return f"northshire:H-{kind}"


def _worker(kind: str) -> str:
    return f"northshire:PH-{kind}"


def plain(db: Database, child: str, kind: str) -> None:
    """A service, named as Ana is named elsewhere."""
    given_involvement(
        db, child_id=child, service_id=_service(kind), forename="Ana", family_name="Costa", run=3, since=_LONG_AGO
    )


def otherwise_named(db: Database, child: str, kind: str) -> None:
    """Its record has names, a birthday, a sex, numbers and a postcode that no other record has."""
    given_involvement(
        db,
        child_id=child,
        service_id=_service(kind),
        practitioner_id=_worker(kind),
        run=3,
        since=_LONG_AGO,
        forename="Zelda",
        family_name="Quillfeather",
        date_of_birth=date(2016, 1, 2),
        sex="male",
        nhs_number=_NHS_NUMBER,
        upn=_UPN,
        postcode="NS9 9ZZ",
        died_on=None,
    )


def leading(db: Database, child: str, kind: str) -> None:
    """Its practitioner leads, and is newer than the lead whom others see."""
    given_involvement(
        db,
        child_id=child,
        service_id=_service(kind),
        practitioner_id=_worker(kind),
        lead=True,
        role="case manager",
        run=3,
        since=_TODAY,
        forename="Ana",
        family_name="Costa",
    )


def shared(db: Database, child: str, kind: str) -> None:
    """Its practitioner works for a service that everybody sees as well."""
    given_involvement(
        db,
        child_id=child,
        service_id=_service(kind),
        practitioner_id="northshire:P2",
        run=3,
        since=_LONG_AGO,
        forename="Ana",
        family_name="Costa",
    )


def ended(db: Database, child: str, kind: str) -> None:
    """It is over."""
    given_involvement(
        db,
        child_id=child,
        service_id=_service(kind),
        practitioner_id=_worker(kind),
        run=3,
        since=_LONG_AGO,
        until=_TODAY - timedelta(days=20),
        forename="Ana",
        family_name="Costa",
    )


def to_end(db: Database, child: str, kind: str) -> None:
    """It goes on, and is known to end soon."""
    given_involvement(
        db, child_id=child, service_id=_service(kind), run=3, since=_LONG_AGO, until=_TODAY + timedelta(days=9)
    )


def stated(db: Database, child: str, kind: str) -> None:
    """A practitioner has said it in Signpost, and that she leads."""
    said = {"said_on": _TODAY, "said_at": clock.milliseconds(clock.now()), "said_after": 3, "involvement": "stated"}
    record = given_record(db, child_id=child, source=SOURCE, supplier="Northshire", key="stated", run=RUN)
    for kind_of_fact, target, more in (
        ("INVOLVES", _service(kind), {}),
        ("SEEN_BY", _worker(kind), {"lead": True, "role": "nurse"}),
    ):
        given_fact(
            db,
            child_id=child,
            type=kind_of_fact,
            target=target,
            source=SOURCE,
            supplier="Northshire",
            record=record,
            run=RUN,
            since=_LONG_AGO,
            **said,
            **more,
        )


SHAPES: tuple[Callable[[Database, str, str], None], ...] = (
    plain,
    otherwise_named,
    leading,
    shared,
    ended,
    to_end,
    stated,
)


@dataclass(frozen=True)
class Ordinary:
    """A visitor who may not see services of some kinds, nor that there is one."""

    words: str
    who: Who
    account: dict[str, Any]
    sees: frozenset[Visibility] = frozenset()


_SENSITIVE, _NEED_TO_KNOW = Visibility.SENSITIVE, Visibility.NEED_TO_KNOW
ORDINARY = (
    Ordinary("teacher", Who.TEACHER, {"name": "Dawn Okoro", "service_id": SCHOOL}),
    Ordinary("key worker", Who.WORKER, {"name": "Lena Walsh", "practitioner_id": "northshire:P3"}),
    Ordinary("carer’s namesake", Who.TEACHER, {"name": "Maria Costa", "service_id": SCHOOL, "statutory": True}),
    Ordinary(
        "lead professional",
        Who.WORKER,
        {"name": "Priya Nair", "practitioner_id": "northshire:P1"},
        frozenset({_NEED_TO_KNOW}),
    ),
    # A lead may know that there is a sensitive service, so only what is need-to-know is hidden from her.
    Ordinary(
        "safeguarding lead", Who.LEAD, {"name": "Grace Field", "role": Role.SAFEGUARDING_LEAD}, frozenset({_SENSITIVE})
    ),
    Ordinary("data manager", Who.MANAGER, {"name": "Omar Said", "role": Role.DATA_MANAGER}, frozenset({_SENSITIVE})),
    Ordinary(
        "data manager elsewhere",
        Who.MANAGER,
        {"name": "Uma Grey", "role": Role.DATA_MANAGER, "authority": "E06000002"},
    ),
    Ordinary("operator", Who.OPERATOR, {"name": "Jo Marsh", "role": Role.OPERATOR, "authority": None}),
    Ordinary("auditor", Who.AUDITOR, {"name": "Ida Stone", "role": Role.AUDITOR, "authority": None}),
)
# What decides who may see a child's circle in full; they are no ordinary users, so the test can fail.
INITIATED = {
    _NEED_TO_KNOW: Ordinary("social worker", Who.WORKER, {"name": "Sol Reed", "statutory": True}),
    _SENSITIVE: Ordinary("own data manager", Who.MANAGER, {"name": "Omar Said", "role": Role.DATA_MANAGER}),
}


def _more() -> tuple[Example, ...]:
    """What tries to find out: searches by all that only a hidden record says, and the directory of hidden services."""
    searches: list[dict[str, str]] = [
        {"name": "zelda quillfeather", "day": "2", "month": "1", "year": "2016"},
        {"name": "zelda", "day": "4", "month": "6", "year": "2017"},
        {"name": "quillfeather", "age": "9"},
        {"name": "zelda costa", "age": "10"},
        {"name": "ana costa", "day": "2", "month": "1", "year": "2016"},
        sought("costa") | {"area": AREA},
        sought("costa") | {"school": "hillbrook"},
        {"nhs_number": _NHS_NUMBER},
        {"upn": _UPN},
    ]
    found = [Example("/find-a-child", SEES_CHILDREN, "POST", form=_sent(form), note=str(form)) for form in searches]
    found += [
        Example("/directory/services/<service_key:service_id>", SEES_CHILDREN, values=_in_address(_service(kind)))
        for kind in KINDS_TRIED
    ]
    found += [
        Example("/directory", SEES_CHILDREN, query={"name": "hidden"}, note="name"),
        Example(CHILD, SEES_CHILDREN, values=ana, before=circle_opened(), query={"show": "ended"}, note="ended"),
        Example(CHILD, SEES_CHILDREN, values=ana, before=circle_opened(), query={"show": "all", "justice": "y"}),
        Example(CHILD, SEES_CHILDREN, values=ana, before=circle_opened(), query={"show": "current", "health": "y"}),
        Example(CHILD, SEES_CHILDREN, values=ana, before=circle_opened(), query={"as_at": str(_LONG_AGO)}),
        Example(f"{CHILD}/circle.csv", SEES_CHILDREN, values=ana, before=(because(),), query={"show": "all"}),
    ]
    return tuple(found)


def _sent(form: dict[str, str]) -> Any:
    return lambda _visit: form


def _in_address(service_id: str) -> Any:
    return lambda _visit: {"service_id": service_id}


@dataclass
class Stage:
    """The town with hidden services."""

    town: Town
    connection: Connection
    cost: Cost

    def round(self, visit: Visit, examples: tuple[Example, ...] | None = None) -> Round:
        """Everything that this visitor can ask, of a site that has kept nothing of the graph."""
        with Database(self.connection.uri, self.connection.user, self.connection.password) as db:
            keep_database(self.town.site, lambda: db)
            return go_round(visit, _EVERYTHING if examples is None else examples, self.cost)


_EVERYTHING = asked(*_more())


@pytest.fixture(scope="module")
def stage(town: Town, graph_connection: Connection) -> Iterator[Stage]:
    db = town.db
    for kind in KINDS_TRIED:
        given_service(db, service_id=_service(kind), name=f"Hidden {kind}", kind=kind, organisation="Hidden")
        given_practitioner(db, practitioner_id=_worker(kind), name=f"Zed {kind}", telephone="01632 960999")
        given_post(db, practitioner_id=_worker(kind), service_id=_service(kind))
        given_service_area(db, service_id=_service(kind))
        # Bo is known there in both graphs: that Ana is too would join the two.
        given_involvement(db, child_id=town.children["bo"], service_id=_service(kind), forename="Bo", run=3)
    # A child whom only a service with children of guarded kinds has ever told of.
    town.children["unknown"] = given_child(
        db, forename="Xan", family_name="Holt", date_of_birth=date(2015, 5, 5), area=None
    )
    moment = clock.now()
    cost = Cost()
    with pytest.MonkeyPatch.context() as patch, cost.counting():
        patch.setattr(clock, "now", lambda: moment)
        yield Stage(town, graph_connection, cost)


def visit_of(town: Town, ordinary: Ordinary) -> Visit:
    """A session of a new account of that kind."""
    username = f"n{random.randrange(10**9)}"
    token = given_session(town.db, username=username, **ordinary.account)
    return Visit(town, ordinary.who, town.site.test_client(), token)


def _combinations() -> list[tuple[Ordinary, str, Callable[[Database, str, str], None]]]:
    """A few visitors, kinds and shapes, among them every visibility; all of them in the campaign."""
    if FULL:
        return [
            (ordinary, kind, shape)
            for ordinary in ORDINARY
            for kind in KINDS_TRIED
            for shape in SHAPES
            if kind_named(kind).visibility not in ordinary.sees
        ]
    by_words = {ordinary.words: ordinary for ordinary in ORDINARY}
    return [
        (by_words["safeguarding lead"], "police", leading),
        (by_words["teacher"], "mental_health", otherwise_named),
        (by_words["data manager"], "domestic_abuse", stated),
        (by_words["data manager elsewhere"], "astrology", shared),
    ]


@contextmanager
def _hidden(stage: Stage, kind: str, shape: Callable[[Database, str, str], None]) -> Iterator[None]:
    """One involvement more for a while."""
    with for_a_while(stage.town.db):
        shape(stage.town.db, stage.town.children["ana"], kind)
        yield


@contextmanager
def for_a_while(db: Database) -> Iterator[None]:
    """What comes into the graph meanwhile goes again: a list of looks is longer after a round of looking."""
    everything = (("()-[it]->()", "DELETE"), ("(it)", "DETACH DELETE"))
    known = {where: [row[0] for row in values(db, f"MATCH {where} RETURN elementId(it)")] for where, _ in everything}
    try:
        yield
    finally:
        for where, how in everything:
            text = f"MATCH {where} WHERE NOT elementId(it) IN $known {how} it RETURN 1"
            statement: Any = Statement(text, int)
            db.write(statement, known=known[where])


def _named(value: Any) -> str:
    return str(getattr(value, "words", None) or getattr(value, "__name__", value))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("ordinary", "kind", "shape"), _combinations(), ids=_named)
def test_who_may_not_see_it_cannot_tell(stage: Stage, ordinary: Ordinary, kind: str, shape: Any) -> None:
    visit = visit_of(stage.town, ordinary)
    # The first round leaves its traces: when somebody last looked, which children were opened.
    stage.round(visit)
    with for_a_while(stage.town.db):
        before = stage.round(visit)
    with _hidden(stage, kind, shape):
        after = stage.round(visit)

    assert len(before.answers) > 30
    found = differences(before, after)
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize("visibility", INITIATED)
def test_who_may_see_it_can_tell(stage: Stage, visibility: Visibility) -> None:
    kind = next(kind.name for kind in KINDS.values() if kind.visibility is visibility)
    visit = visit_of(stage.town, INITIATED[visibility])
    page = (Example(CHILD, SEES_CHILDREN, values=ana, before=(because(),)),)
    stage.round(visit, page)
    with for_a_while(stage.town.db):
        before = stage.round(visit, page)
    with _hidden(stage, kind, plain):
        assert differences(before, stage.round(visit, page)) != []
