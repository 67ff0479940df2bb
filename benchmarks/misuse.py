"""What of seeded misuse is noticed among ordinary work: `python -m benchmarks.misuse --children N --days D`.

Test 21 of security.md. The area, its children, homes and services are a graph that the real loaders have loaded; the
looks are events at the ends of the real chains, and `watching.look_through` reads them every five minutes of the
benchmark's own clock. Only the pages are left out: opening a million of them would take hours and tell no more.

Ordinary work is people of each service at its children and their brothers and sisters, now and then at another child
of the area, and searches that sometimes find nobody; people who work for the whole area are at any of its children.
They live in the area, and their names are put together from those of its carers, so that chance has its part.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import circle
from benchmarks.clients import account
from benchmarks.homes import opened, served, settings_for
from benchmarks.insider import children_of
from benchmarks.measure import apart, machine, switched_off, table, tell
from graph.model import clock
from graph.model.audit import shard_of
from graph.model.evidence import SeenFact
from graph.model.roles import Role
from graph.model.watching import BURST, CROWD, MISSES, Signal, State, streets
from graph.services import audit, load_queries, watching
from graph.services.audit import Head
from graph.settings import Settings
from graph.store import Database, Transaction
from loaders.plan import record_id

STEP = timedelta(minutes=5)
_HOURS = timedelta(hours=8)
_WORK = ("ATTENDS", "REGISTERED_WITH", "INVOLVES")
_EVER, _LONG_AGO = 10**9, 1  # publications
_BY = "benchmark"
# Of what somebody of a service opens: brothers and sisters of its children, and other children of the area.
_AT_HOME, _OTHERS, _IN_VAIN = 0.08, 0.07, 0.08
AIMS = {"recall": 0.95, "recall_surest": 1.0, "false_in_1000": 2.0, "precision": 0.3, "minutes": 5.0}


@dataclass(frozen=True)
class Look:
    """One event of the audit: a child's page, or a search; no child is a search in vain."""

    at: datetime
    user: str
    action: str
    children: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """An account, and how it looks at children."""

    user: str
    role: Role
    service: str | None


@dataclass
class World:
    """The area as people at work come to know it."""

    db: Database
    authority: str
    children: list[str]
    of_service: dict[str, list[str]]
    at_home: dict[str, list[str]]
    carers: dict[str, list[str]]
    postcodes: dict[str, list[str]]
    homes: list[str]  # postcodes
    cares: dict[str, list[SeenFact]]
    seen_by: dict[str, list[str]]  # whom each practitioner sees
    rng: random.Random
    # Of whom a misuse is, nobody else is: what is noticed is its own.
    spent: set[str] = field(default_factory=set)

    def stranger(self, fits: Callable[[str], bool] = lambda child: True) -> str:
        """A child about whom no misuse has been yet."""
        found = self.rng.choice([child for child in self.children if child not in self.spent and fits(child)])
        self.spent.add(found)
        return found

    def name(self) -> str:
        """A forename and a family name of two carers of the area."""
        everybody = [name for names in self.carers.values() for name in names if " " in name.strip()]
        first, last = self.rng.choice(everybody).split(" ", 1)[0], self.rng.choice(everybody).split(" ", 1)[1]
        return f"{first} {last}"

    def person(self, role: Role = Role.PRACTITIONER, service: str | None = None, **given: str) -> Person:
        """A new account, by this name, of this organisation and of this practitioner if they are given.

        Each is known to live somewhere in the area.
        """
        name = given.get("name") or self.name()
        organisation = given.get("organisation") or service or "Council"
        of = (name, organisation)
        user = account(
            self.db,
            authority=self.authority,
            role=role,
            service_id=service,
            practitioner_id=given.get("practitioner"),
            of=of,
        )
        person = Person(user, role, service)
        self.lives(person, self.rng.choice(self.homes))
        return person

    def lives(self, person: Person, postcode: str) -> None:
        """The person lives there, and it is known."""
        watching.save_home(self.db, username=f"bench-{person.user}", postcode=postcode, by=_BY)


@dataclass(frozen=True)
class Misuse:
    """A seeded misuse: what kind, by whom, what they did, and what should be noticed of it."""

    kind: str
    users: frozenset[str]
    looks: tuple[Look, ...]
    wanted: frozenset[Signal]


@dataclass
class Report:
    """What one run came to; `minutes` is the longest from an event that made an alert to the alert."""

    children: int
    seed: int
    days: int
    machine: dict[str, Any]
    people: int = 0
    accesses: int = 0
    seeded: dict[str, int] = field(default_factory=dict)
    noticed: dict[str, int] = field(default_factory=dict)
    alerts: dict[str, int] = field(default_factory=dict)
    false: dict[str, int] = field(default_factory=dict)
    unowned: int = 0
    minutes: float = 0.0

    @property
    def recall(self) -> float:
        """Of the seeded misuses, how many were noticed."""
        return sum(self.noticed.values()) / max(1, sum(self.seeded.values()))

    @property
    def precision(self) -> float:
        """Of what somebody has to ask about (a misuse once, however many alerts it made), how much is misuse."""
        found = sum(self.noticed.values())
        return found / max(1, found + sum(self.false.values()))

    @property
    def false_in_1000(self) -> float:
        """Alerts about people at work for 1,000 of their accesses."""
        return 1000 * sum(self.false.values()) / max(1, self.accesses)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what was noticed; 1 if an aim was missed."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-misuse-", dir=chosen.work) as work:
        home = chosen.home or Path(work) / "home"
        settings = settings_for(home, children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache)
        if chosen.home is None:
            circle.fill(settings, chosen, Path(work))
        report = apart(_measured, settings, chosen)
    print(json.dumps(asdict(report), default=str) if chosen.json else in_words(report))
    return 1 if faults(report) else 0


def _parser() -> argparse.ArgumentParser:
    """The words of benchmarks.circle, and how much happens."""
    parser = circle._parser()
    parser.prog, parser.description = "python -m benchmarks.misuse", "What of seeded misuse is noticed."
    parser.add_argument("--days", type=int, default=10, help="of work")
    parser.add_argument("--people", type=int, default=100, help="who work, beside those of the misuses")
    parser.add_argument("--each", type=int, default=2, help="misuses of each kind")
    return parser


def _measured(settings: Settings, chosen: argparse.Namespace) -> Report:
    with served(settings), opened(settings) as db:
        return measure(db, chosen)


def measure(db: Database, chosen: argparse.Namespace) -> Report:
    """What is noticed, and what else, while people work for so many days."""
    report = Report(chosen.children, chosen.seed, chosen.days, machine())
    watcher = account(db, authority=None, role=Role.AUDITOR, of=("Ida", "Audit"))
    account(db, authority=None, role=Role.AUDITOR, of=("Jon", "Audit"))
    world = _world(db, watcher, chosen)
    people = _people(world, chosen.people)
    report.people = len(people)
    misuses: list[Misuse] = []
    begins = clock.now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    watched: set[str] = set()
    for day in range(chosen.days):
        at = begins + timedelta(days=day)
        fresh = [
            kind(world, at)
            for turn, kind in enumerate(kind for kind in KINDS for _ in range(chosen.each))
            if turn % chosen.days == day
        ]
        misuses += fresh
        work = [look for person in people for look in _work(world, person, at)]
        report.accesses += sum(look.action == "child.circle" for look in work)
        _lived(db, [*work, *(look for misuse in fresh for look in misuse.looks)], at, report, watched)
        tell(f"Day {day + 1}: {report.accesses:,} accesses, {len(watched)} alerts")
    return _sums(db, report, misuses)


def _world(db: Database, watcher: str, chosen: argparse.Namespace) -> World:
    children = [child for child in children_of(db, chosen.authority) if not child.shielded]
    of_service, at_home = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    of_carers, seen_by = defaultdict[str, list[SeenFact]](list), defaultdict[str, list[str]](list)
    for child in children:
        for fact in child.facts:
            if fact.type in _WORK:
                of_service[fact.target].append(child.child_id)
            elif fact.type == "LIVES_AT":
                at_home[fact.target].append(child.child_id)
            elif fact.type == "CARED_FOR_BY" and _name_of(fact):
                of_carers[child.child_id].append(fact)
            elif fact.type == "SEEN_BY":
                seen_by[fact.target].append(child.child_id)
    ties = watching.list_ties(db, [(watcher, child.child_id) for child in children])
    return World(
        db=db,
        authority=chosen.authority,
        children=[child.child_id for child in children],
        of_service=dict(of_service),
        at_home={child: home for home in at_home.values() for child in home},
        carers={row.child: list(row.carers) for row in ties},
        postcodes={row.child: list(row.postcodes) for row in ties},
        homes=[postcode for row in ties for postcode in row.postcodes],
        cares=dict(of_carers),
        seen_by=dict(seen_by),
        rng=random.Random(chosen.seed),
    )


def _name_of(carer: SeenFact) -> str | None:
    """A forename and a family name; None where no source says both."""
    return next((said.called for said in carer.described if said.called and " " in said.called), None)


def _people(world: World, number: int) -> list[Person]:
    """Most are of services, the larger ones first; one in eight works for the whole area."""
    services = sorted(world.of_service, key=lambda service: -len(world.of_service[service]))
    people = []
    for turn in range(number):
        if turn % 8 == 0:
            made = world.person(Role.DATA_MANAGER if turn % 16 else Role.SAFEGUARDING_LEAD)
        else:
            made = world.person(service=services[turn % len(services)])
        people.append(made)
    return people


def _work(world: World, person: Person, day: datetime) -> Iterator[Look]:
    """A day of somebody at work."""
    rng = world.rng
    for _ in range(rng.randint(4, 12) if person.service else rng.randint(8, 25)):
        at = day + rng.random() * _HOURS
        own = world.of_service.get(person.service or "", world.children)
        child, drawn = rng.choice(own), rng.random()
        if drawn < _AT_HOME:
            child = rng.choice(world.at_home.get(child, [child]))
        elif drawn < _AT_HOME + _OTHERS:
            child = rng.choice(world.children)
        if rng.random() < _IN_VAIN:
            yield Look(at - timedelta(seconds=40), person.user, "child.find", ())
        yield Look(at - timedelta(seconds=10), person.user, "child.find", (child,))
        yield Look(at, person.user, "child.circle", (child,))


def _opened(user: str, children: Sequence[str], at: datetime, every: timedelta) -> tuple[Look, ...]:
    return tuple(Look(at + turn * every, user, "child.circle", (child,)) for turn, child in enumerate(children))


def _at(world: World, day: datetime) -> datetime:
    return day + world.rng.random() * (_HOURS - timedelta(hours=1))


def _one_look(world: World, day: datetime, kind: str, person: Person, child: str, *wanted: Signal) -> Misuse:
    looks = _opened(person.user, [child], _at(world, day), STEP)
    return Misuse(kind, frozenset({person.user}), looks, frozenset(wanted))


def _own_child(world: World, day: datetime) -> Misuse:
    """A carer of the child, or who was one: the other parent."""
    child = world.stranger(lambda each: any(" " in name.strip() for name in world.carers[each]))
    name = world.rng.choice([name for name in world.carers[child] if " " in name.strip()])
    return _one_look(world, day, "own child", world.person(name=name), child, Signal.OWN_FAMILY)


def _ex_partner(world: World, day: datetime) -> Misuse:
    """Who was a carer of the child until lately, and is none any more."""
    child = world.stranger(lambda each: each in world.cares)
    carer = world.rng.choice(world.cares[child])
    said = [fact for fact in world.cares[child] if fact.target == carer.target]
    rows = [{"subject_id": child, "fact_id": fact.fact_id} for fact in said]
    world.db.write(load_queries.END_PERSON_FACTS, rows=rows, run=_LONG_AGO)
    person = world.person(name=_name_of(carer) or "")
    return _one_look(world, day, "ex-partner", person, child, Signal.OWN_FAMILY)


def _leaver(world: World, day: datetime) -> Misuse:
    """Somebody who saw the child at work and has left, as the directory says; the account is still there."""
    child = world.stranger(lambda each: any(each in seen for seen in world.seen_by.values()))
    practitioner = next(each for each, seen in sorted(world.seen_by.items()) if child in seen)
    del world.seen_by[practitioner]
    supplier, _, own = practitioner.partition(":")
    said = [{"subject_id": practitioner, "record": record_id("involvements", supplier, f"practitioner/{own}")}]
    posts = world.db.read(load_queries.LIST_PRACTITIONER_FACTS, rows=said)
    rows = [{"subject_id": practitioner, "fact_id": fact.fact_id} for fact in posts]
    world.db.write(load_queries.END_PRACTITIONER_FACTS, rows=rows, run=_LONG_AGO)
    person = world.person(service=posts[0].target_id, practitioner=practitioner)
    return _one_look(world, day, "leaver", person, child, Signal.LEAVER)


def _household(world: World, day: datetime) -> Misuse:
    child, person = world.stranger(lambda each: bool(world.postcodes[each])), world.person()
    world.lives(person, world.rng.choice(world.postcodes[child]))
    return _one_look(world, day, "own household", person, child, Signal.HOUSEHOLD)


def _neighbour(world: World, day: datetime) -> Misuse:
    child, person = world.stranger(lambda each: bool(world.postcodes[each])), world.person()
    home = world.postcodes[child][0]
    world.lives(person, f"{streets(home)}{'Z' if home[-1] != 'Z' else 'Y'}")
    return _one_look(world, day, "neighbour", person, child, Signal.NEIGHBOUR)


def _colleague(world: World, day: datetime) -> Misuse:
    """A carer of the child works with the user."""
    child = world.stranger(
        lambda each: bool(world.postcodes[each]) and any(" " in name.strip() for name in world.carers[each])
    )
    office = f"Office {child}"
    name = world.rng.choice([name for name in world.carers[child] if " " in name.strip()])
    carer = world.person(name=name, organisation=office)
    world.lives(carer, world.rng.choice(world.postcodes[child]))
    return _one_look(world, day, "colleague's child", world.person(organisation=office), child, Signal.COLLEAGUE)


def _crowd(world: World, day: datetime) -> Misuse:
    child = world.stranger()
    people = [world.person(organisation=f"Office {turn} {child}") for turn in range(CROWD + 2)]
    looks = [look for person in people for look in _opened(person.user, [child], _at(world, day), STEP)]
    return Misuse("crowd", frozenset(person.user for person in people), tuple(looks), frozenset({Signal.CROWD}))


def _scrape(world: World, day: datetime) -> Misuse:
    """A child every ten minutes, all day long."""
    person, children = world.person(), world.rng.sample(world.children, min(48, len(world.children)))
    looks = _opened(person.user, children, day, timedelta(minutes=10))
    return Misuse("slow scrape", frozenset({person.user}), looks, frozenset({Signal.STRANGERS}))


def _burst(world: World, day: datetime) -> Misuse:
    person, children = world.person(), world.rng.sample(world.children, BURST + 3)
    looks = _opened(person.user, children, _at(world, day), timedelta(seconds=25))
    return Misuse("burst", frozenset({person.user}), looks, frozenset({Signal.BURST}))


def _enumeration(world: World, day: datetime) -> Misuse:
    person, at = world.person(), _at(world, day)
    looks = [Look(at + turn * timedelta(minutes=3), person.user, "child.find", ()) for turn in range(MISSES + 3)]
    return Misuse("enumeration", frozenset({person.user}), tuple(looks), frozenset({Signal.ENUMERATION}))


def _canary(world: World, day: datetime) -> Misuse:
    """A child at whom nobody works: it stands for the invented one, and is taken off what people work at."""
    child = world.stranger()
    for children in (world.children, *world.of_service.values(), *world.at_home.values()):
        while child in children and len(children) > 1:
            children.remove(child)
    watching.save_canary(world.db, child_id=child, by=_BY)
    return _one_look(world, day, "canary", world.person(), child, Signal.CANARY)


KINDS = (
    _own_child, _ex_partner, _household, _neighbour, _colleague, _leaver,
    _crowd, _scrape, _burst, _enumeration, _canary,
)  # fmt: skip
SUREST = ("own child", "ex-partner", "own household", "canary")


def _lived(db: Database, looks: Sequence[Look], day: datetime, report: Report, watched: set[str]) -> None:
    """The day happens, and is looked through every five minutes of it."""
    waiting = sorted(looks, key=lambda look: look.at)
    done, now = 0, [day]
    with switched_off([(clock, "now", lambda: now[0])]):
        while done < len(waiting):
            now[0] += STEP
            part = [look for look in waiting[done:] if look.at <= now[0]]
            if not part:
                continue
            done += len(part)
            db.transact(lambda tx, part=part: _recorded(tx, part))  # type: ignore[misc]
            if watching.look_through(db).made:
                rows = db.read(watching.LIST_ALERTS, state=State.OPEN.value, skip=0, limit=_EVER)
                fresh = [row for row in rows if row.alert_id not in watched]
                watched |= {row.alert_id for row in fresh}
                for row in fresh:
                    late = now[0] - _came_of(row, rows, waiting[:done])
                    report.minutes = max(report.minutes, round(late / timedelta(minutes=1), 2))


def _came_of(row: watching.AlertRow, rows: Sequence[watching.AlertRow], looks: Sequence[Look]) -> datetime:
    """When what made an alert happened: of a crowd its last look, which may be of one of whom there was an alert."""
    moment = clock.moment_of(row.at)
    if row.signal != Signal.CROWD:
        return moment
    crowd = {other.user_id for other in rows if (other.signal, other.child_id) == (row.signal, row.child_id)}
    return max([moment, *(look.at for look in looks if look.user in crowd and row.child_id in look.children)])


def _recorded(tx: Transaction, looks: Sequence[Look]) -> None:
    """All of these at the ends of their chains, each of which is locked once."""
    heads: dict[int, Head] = {}
    for look in looks:
        made = audit.new_event(look.user, look.action)
        event = replace(made, at=clock.milliseconds(look.at), child_refs=look.children)
        head = heads.get(shard_of(event.actor))
        stored = audit.append(tx, event) if head is None else audit.append_after(tx, event, head)
        heads[stored.shard] = Head(stored.shard, stored.seq, stored.hash)


def _sums(db: Database, report: Report, misuses: Sequence[Misuse]) -> Report:
    rows = db.read(watching.LIST_ALERTS, state=State.OPEN.value, skip=0, limit=_EVER)
    of_user = defaultdict[str, set[Signal]](set)
    for row in rows:
        of_user[row.user_id].add(Signal(row.signal))
    about = {user for misuse in misuses for user in misuse.users}
    report.seeded = dict(Counter(misuse.kind for misuse in misuses))
    report.noticed = dict(
        Counter(misuse.kind for misuse in misuses if all(of_user[user] & misuse.wanted for user in misuse.users))
    )
    report.alerts = dict(Counter(row.signal for row in rows))
    report.false = dict(Counter(row.signal for row in rows if row.user_id not in about))
    report.unowned = sum(row.owner is None for row in rows)
    return report


def faults(report: Report) -> list[str]:
    """The aims of test 21 that were missed."""
    surest = [kind for kind in SUREST if report.noticed.get(kind, 0) < report.seeded.get(kind, 0)]
    found = {
        f"recall {report.recall:.2f}": report.recall < AIMS["recall"],
        f"not every {', '.join(surest)} noticed": bool(surest),
        f"{report.false_in_1000:.1f} alerts about work in 1,000 accesses": (
            report.false_in_1000 > AIMS["false_in_1000"]
        ),
        f"precision {report.precision:.2f}": report.precision < AIMS["precision"],
        f"{report.minutes} minutes until an alert": report.minutes > AIMS["minutes"],
        f"{report.unowned} alerts without an owner": report.unowned > 0,
    }
    return [words for words, holds in found.items() if holds]


def in_words(report: Report) -> str:
    """The report as tables and a last line."""
    kinds = [(kind, number, report.noticed.get(kind, 0)) for kind, number in report.seeded.items()]
    signals = [(signal, number, report.false.get(signal, 0)) for signal, number in sorted(report.alerts.items())]
    return "\n".join(
        (
            f"{report.children:,} children, seed {report.seed}, {report.people} people at work, {report.days} days",
            f"{report.accesses:,} accesses. {report.machine}",
            table(("misuse", "seeded", "noticed"), kinds),
            table(("signal", "alerts", "about work"), signals),
            f"Recall {report.recall:.2f}, precision {report.precision:.2f}",
            f"{report.false_in_1000:.2f} alerts about work in 1,000 accesses",
            f"At most {report.minutes} minutes until an alert, {report.unowned} alerts without an owner",
            "; ".join(faults(report)) or "No fault.",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
