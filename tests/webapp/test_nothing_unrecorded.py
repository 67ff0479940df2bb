"""Nothing is shown without an event: every byte of every answer is searched (security.md 6, tests 5 and 6, CI size)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import count
from random import Random
from typing import Any

import neo4j
import pytest
from neo4j import exceptions

from graph.model import clock
from graph.model.audit import SHARDS
from graph.services import audit
from graph.services.access import hash_token
from graph.store import Database
from tests.builders import _run, values
from tests.sizes import size, tell
from tests.webapp.examples import CHILD, EXAMPLES, ana, because, card, packing
from tests.webapp.test_every_page import address_of, ask, sent
from tests.webapp.town import Example, Town, Visit, Who

# What starts a process, or hashes a password for a second, shows nobody.
ASKED = [each for each in EXAMPLES if not each.slow and (each.rule, each.method) != ("/console/quality", "POST")]
_TOLD = "MATCH (e:AuditEvent) WHERE e.at >= $began AND e.decision = 'allowed' RETURN e.child_refs"


@dataclass
class Oracle:
    """Stands before the site, and looks at each answer before its first byte leaves."""

    db: Database
    canaries: dict[str, tuple[str, ...]]
    inner: Any
    shown: int = 0
    codes: list[int] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began = clock.milliseconds(clock.now())
        said: list[Any] = []
        body = self.inner(environ, lambda *words: said.extend(words) or (lambda _more: None))
        content = b"".join(body)
        body.close()
        self.look(environ, began, said[0], f"{said[0]}{said[1]}".encode() + content)
        start_response(*said[:2])
        return [content]

    def look(self, environ: dict[str, Any], began: int, status: str, whole: bytes) -> None:
        """Counts the answer, and keeps each child that is in it without an event that is committed by now."""
        self.codes.append(int(status[:3]))
        seen = {child for child, words in self.canaries.items() if any(word.encode() in whole for word in words)}
        if not seen:
            return
        told = {child for (refs,) in values(self.db, _TOLD, began=began) for child in refs}
        self.shown += len(seen)
        self.leaks += [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}: {child}" for child in seen - told]


@pytest.fixture
def oracle(town: Town, monkeypatch: pytest.MonkeyPatch) -> Oracle:
    names = {"ana": "Ana Costa", "bo": "Bo Field", "elsie": "Elsie Marlow", "anna": "Anna Costa", "twin": "Bea Costa"}
    canaries = {town.children[each]: (town.children[each], name) for each, name in names.items()}
    made = Oracle(town.db, canaries, town.site.wsgi_app)
    monkeypatch.setattr(town.site, "wsgi_app", made)
    return made


def visits(town: Town) -> Iterator[tuple[Visit, Example]]:
    """Each example by each visitor who is answered, and by one who is not."""
    for number, example in enumerate(ASKED):
        others = [who for who in Who if who not in example.by]
        for who in (*example.by, *others[number % max(1, len(others)) :][:1]):
            yield town.visit(who, anew=example.spoils), example


def rounds_of(oracle: Oracle, answers: int) -> Iterator[int]:
    """One round, or in the campaign as many as there are to so many answers."""
    for turn in count():
        yield turn
        if len(oracle.codes) >= size(1, answers):
            return


@pytest.mark.slow
@pytest.mark.timeout(size(900, 14_400))
def test_no_child_is_in_an_answer_before_the_event_that_says_so_is_committed(town: Town, oracle: Oracle) -> None:
    for _ in rounds_of(oracle, 100_000):
        for visit, example in visits(town):
            ask(visit, example)

    tell(f"{len(oracle.codes):,} answers, {oracle.shown:,} in which a child was shown")
    assert oracle.leaks == []
    assert oracle.shown > 100
    assert 500 not in oracle.codes


def test_the_oracle_sees_a_child_that_nobody_recorded(town: Town, oracle: Oracle) -> None:
    oracle.look({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, clock.milliseconds(clock.now()), "200 OK", b"Bo Field")

    assert oracle.leaks == [f"GET /: {town.children['bo']}"]


class Fault(StrEnum):
    """What goes wrong, once, while a page is made."""

    WRONG = "a statement is taken for a mistake"
    REFUSED = "the graph lets us in no more"
    AWAY = "the graph is away, and back when it is asked again"
    LOST = "a commit took effect, and nobody heard of it"
    NEVER = "a commit never arrived"


_RAISED = {
    Fault.WRONG: exceptions.CypherSyntaxError,
    Fault.REFUSED: exceptions.AuthError,
    Fault.AWAY: exceptions.SessionExpired,
}


@dataclass
class Faults:
    """Stands between the site and the driver, and fails where it is told to, once."""

    kind: Fault | None = None
    statements_left: int = 0
    happened: int = 0

    def begin(self, kind: Fault, after: int) -> None:
        self.kind, self.statements_left = kind, after

    def statement(self) -> None:
        """A statement is sent."""
        self.statements_left -= 1
        if self.kind in _RAISED and self.statements_left < 0:
            raised, self.kind = _RAISED[self.kind], None
            self.happened += 1
            raise raised("a fault")

    def write(self, write: Callable[[Any], Any], work: Callable[[Any], Any]) -> Any:
        """Some work is done in a transaction, and committed."""
        if self.kind not in (Fault.LOST, Fault.NEVER):
            return write(work)
        lost, self.kind = self.kind is Fault.LOST, None
        self.happened += 1

        def fails(transaction: Any) -> None:
            work(transaction)
            raise exceptions.IncompleteCommit("a fault")

        write(work if lost else fails)
        raise exceptions.IncompleteCommit("a fault")


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    made = Faults()
    run, write = neo4j.ManagedTransaction.run, neo4j.Session.execute_write

    def faulty_run(self: Any, *words: Any, **more: Any) -> Any:
        made.statement()
        return run(self, *words, **more)

    monkeypatch.setattr(neo4j.ManagedTransaction, "run", faulty_run)
    monkeypatch.setattr(neo4j.Session, "execute_write", lambda self, work: made.write(partial(write, self), work))
    return made


@pytest.mark.slow
@pytest.mark.timeout(size(900, 14_400))
def test_whatever_fails_meanwhile_nothing_is_shown_unrecorded(town: Town, oracle: Oracle, faults: Faults) -> None:
    """Each fault before, within or after the statement that reads; then the same page is asked for again."""
    shown = [each for each in ASKED if set(each.by) & {Who.TEACHER, Who.WORKER, Who.LEAD, Who.MANAGER}]
    drawn = Random(5)
    while faults.happened < size(24, 500):
        example = drawn.choice(shown)
        visit = town.visit(next(who for who in example.by if who is not Who.NOBODY), anew=True)
        if example.values is card:
            continue
        for before in example.before:
            ask(visit, before)
        address, form = address_of(visit, example), sent(visit, example)
        faults.begin(drawn.choice([*Fault]), drawn.randrange(6))
        visit.client.open(address, method=example.method, data=form)
        faults.kind = None
        assert ask(visit, example).status_code in (example.status, 302, 303), str(example)

    tell(f"{faults.happened} faults, {len(oracle.codes)} answers, {oracle.codes.count(503)} of them 503")
    assert oracle.leaks == []
    assert oracle.codes.count(503) > faults.happened / 10
    assert oracle.shown > faults.happened / 2
    assert audit.verify_log(town.db) == []


@contextmanager
def nothing_can_be_recorded(db: Database) -> Iterator[None]:
    """Something stands where the next event of every chain has to go."""
    text = """
    UNWIND range(0, $last) AS shard
    OPTIONAL MATCH (head:AuditHead {shard: shard})
    CREATE (:AuditEvent {key: toString(shard) + ":" + toString(coalesce(head.seq, 0) + 1), op_id: "block" + shard})
    """
    _run(db, text, last=SHARDS - 1)
    try:
        yield
    finally:
        _run(db, "MATCH (event:AuditEvent) WHERE event.op_id STARTS WITH 'block' DELETE event")


@pytest.mark.slow
@pytest.mark.timeout(size(900, 14_400))
def test_if_it_cannot_be_recorded_nothing_is_shown_and_it_mends_without_a_restart(town: Town, oracle: Oracle) -> None:
    page = Example(CHILD, (Who.TEACHER,), values=ana, before=(because(),))
    visit = town.visit(Who.TEACHER, anew=True)
    before = values(town.db, "MATCH (event:AuditEvent) RETURN count(event)")
    with nothing_can_be_recorded(town.db):
        assert ask(visit, page).status_code == 503
        for _ in rounds_of(oracle, 10_000):
            for each, example in visits(town):
                # The address of a line of a page, and what its form has to say, is known to who was shown the page.
                if example.values is not card:
                    ask(each, replace(example, form=unseen) if example.form is packing else example)
        tell(f"{len(oracle.codes):,} answers while nothing could be recorded")
        assert values(town.db, "MATCH (e:AuditEvent) WHERE e.seq IS NOT NULL RETURN count(e)") == before

    assert oracle.shown == 0
    assert 500 not in oracle.codes
    assert oracle.codes.count(503) > 100
    assert ask(visit, page).status_code == 200


def test_who_was_refused_and_what_was_not_found_is_recorded_as_well(town: Town) -> None:
    visit = town.visit(Who.TEACHER, anew=True)
    session = hash_token(visit.token or "")
    asked = [
        Example("/find-a-child", (Who.TEACHER,), "POST", form=lambda _visit: nobody()),
        Example(CHILD, (Who.TEACHER,), values=lambda _visit: {"handle": "0" * 32}, before=(unknown(),)),
        Example("/area", (Who.LEAD,)),
        Example("/directory", (Who.TEACHER,), query={"kind": "social_care"}),
        Example("/my-children", (Who.TEACHER,)),
    ]
    for example in asked:
        ask(visit, example)

    text = "MATCH (e:AuditEvent) RETURN e.action, e.decision, e.content ORDER BY e.at, e.seq"
    told = [(action, decision) for action, decision, content in values(town.db, text) if session.encode() in content]
    assert told == [
        ("child.find", "allowed"),
        ("child.signpost", "denied"),
        ("area.count", "denied"),
        ("directory.find", "allowed"),
        ("child.mine", "allowed"),
    ]


def unseen(_visit: Visit) -> dict[str, str]:
    """What is sent for a pack by somebody who was never shown its lines."""
    return {"asker": "child", "shape": "page", "code": "", "version": "0" * 32}


def nobody() -> dict[str, str]:
    """A name that nobody has."""
    return {"name": "zz zz", "day": "4", "month": "6", "year": "2017"}


def unknown() -> Example:
    """The reason for opening the page of a child that is not there."""
    form = {"reason": "attendance", "case_reference": ""}
    return Example(
        f"{CHILD}/reason", (Who.TEACHER,), "POST", values=lambda _visit: {"handle": "0" * 32}, form=lambda _visit: form
    )
