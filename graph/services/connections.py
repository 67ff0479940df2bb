"""How two children are connected: through carers, homes, services and practitioners, by the shortest ways."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from graph.model import clock
from graph.model.errors import NotFound, Refused
from graph.model.evidence import Described, SeenFact
from graph.model.kinds import kind_named
from graph.model.reasons import Reason, reason_coded
from graph.model.roles import Role
from graph.model.together import HUB, MOST_HOPS, MOST_WAYS, Bond, Connection, Hop, Stop, Way
from graph.model.visibility import identifying_kinds
from graph.services.area import ROLES, Asked, Folded, asked_by, folded
from graph.services.circle import best_said, fold_row, kind_said
from graph.services.disclosure import Denied, Opened, Told, disclose, received
from graph.services.handles import child_of, handle_of
from graph.services.together import NOT_FOUND
from graph.store import Database, Query, Transaction

_BONDS = tuple(bond.name for bond in Bond)
# What a child, a home and so on is called on the page.
_KINDS = {
    "CARED_FOR_BY": "Carer",
    "ATTENDS": "School",
    "REGISTERED_WITH": "GP practice",
    "SEEN_BY": "Practitioner",
}
# Under which name a thing is asked about, by the bond that leads to it; a school and a practice are hubs anyway.
_LISTS = {"CARED_FOR_BY": "carers", "LIVES_AT": "homes", "INVOLVES": "services", "SEEN_BY": "practitioners"}
_PLACES = ("ATTENDS", "REGISTERED_WITH", "INVOLVES")
# So many ways are looked at, at most, and the pages of so many children in between read.
_MOST_TRIED, _MOST_BETWEEN = 2_000, 200


@dataclass(frozen=True)
class Around:
    """One child at one thing. Which of its facts the user may see is decided by the child's own page."""

    type: str
    target: str
    child_id: str
    fact_id: str


LIST_AROUND = Query("area/list_around", Around)


def show_connection(
    db: Database, token: str, handles: tuple[str, str], *, reason: str, case_reference: str, hubs: bool
) -> Connection:
    """The shortest ways of at most four steps between two children; with `hubs` also what both have in common.

    Raises Refused (the same child twice, session, role) or NotFound if one may not be seen.
    """
    given = reason_coded(reason)
    work = partial(_show, db, token, handles, given, hubs)
    return disclose(db, token, "area.connection", work, roles=ROLES, reason=given, case_reference=case_reference)


def _show(
    db: Database,
    token: str,
    handles: tuple[str, str],
    reason: Reason,
    hubs: bool,
    tx: Transaction,
    opened: Opened,
) -> Told[Connection] | Denied:
    asked = asked_by(db, token, opened)
    if isinstance(asked, Denied):
        return asked
    ends = [child_id for handle in handles if (child_id := child_of(token, handle)) is not None]
    if len(set(ends)) != len(handles):
        wrong = Refused("Choose two different children.") if len(ends) == len(handles) else NotFound(NOT_FOUND)
        return Denied(wrong, "not two children", tuple(sorted(set(ends))))
    walk = _Walk(asked, tx, reason, hubs)
    walk.learn(ends)
    if not walk.children.keys() >= set(ends):
        return Denied(NotFound(NOT_FOUND), "not found or not for this user", tuple(sorted(ends)))
    found = walk.shortest(ends[0], ends[1])
    connection = Connection(
        children=(walk.child_stop(ends[0]), walk.child_stop(ends[1])),
        ways=tuple(walk.way(nodes) for nodes in found[:MOST_WAYS]),
        more=len(found) > MOST_WAYS,
        aside=len(walk.aside),
        hubs_shared=hubs,
        as_at=asked.today,
    )
    between = {node for nodes in found[:MOST_WAYS] for node in nodes if node in walk.children} - set(ends)
    return Told(
        connection,
        rule=f"connection: {len(found[0]) - 1 if found else 0} steps",
        child_refs=(*ends, *sorted(between)),
        fields=("age", "carers", "name", "sex", "steps"),
        facts=tuple(sorted({fact.fact_id for nodes in found[:MOST_WAYS] for fact in walk.facts_of(nodes)})),
        count=len(found[:MOST_WAYS]),
    )


def plan_connection(db: Database) -> None:
    """Nothing: what is asked around two children is planned."""
    nothing: dict[str, list[str]] = {name: [] for name in _LISTS.values()}
    today = clock.day_in_england(clock.now())
    mark = {"published": 0, "withdrawn": list[int](), "today": today}
    db.read(LIST_AROUND, **nothing, most=HUB + 1, manages="", me="", **_named(statutory=False), **mark)


def _named(*, statutory: bool) -> dict[str, list[str]]:
    """The kinds of service that are named to such a user, and to a child's lead professional."""
    return {"named": identifying_kinds(statutory=statutory), "named_to_lead": identifying_kinds(statutory=True)}


@dataclass
class _Walk:
    """What has been learnt of the graph around two children, as this user may see it.

    A node is a person's id or the id of a home, service or practitioner. A bond is learnt from a child's own page, or
    only heard of from its other end; nothing is shown of what was only heard of.
    """

    asked: Asked
    tx: Transaction
    reason: Reason
    hubs: bool
    children: dict[str, Folded] = field(default_factory=dict)
    looked_at: set[str] = field(default_factory=set)  # persons, of whom some are carers only
    unseen: set[str] = field(default_factory=set)  # children who are as if not there
    bonds: dict[tuple[str, str], list[SeenFact]] = field(default_factory=dict)  # (child, thing), both seen
    heard: dict[str, set[str]] = field(default_factory=dict)  # of a node, its neighbours by bonds not yet looked at
    kind_of: dict[str, str] = field(default_factory=dict)  # the type of bond by which a thing is reached
    asked_about: set[str] = field(default_factory=set)
    aside: set[str] = field(default_factory=set)  # hubs

    def learn(self, person_ids: Iterable[str]) -> None:
        """Knows the bonds of the children among these from now on, as their pages have them for this user."""
        new = set(person_ids) - self.looked_at
        self.looked_at |= new
        for child_id, page in (folded(self.asked, self.tx, sorted(new), self.reason.words) if new else {}).items():
            # A shielded child, and one of the user's family, is as if not there to who may not open its circle.
            if page is None or page.hidden or page.family:
                self.unseen.add(child_id)
                continue
            self.children[child_id] = page
            for fact in _walkable(page, self.asked):
                self.bonds.setdefault((child_id, fact.target), []).append(fact)
                self.kind_of.setdefault(fact.target, fact.type)
                self._hear(child_id, fact.target)

    def ask_around(self, things: Iterable[str]) -> None:
        """Hears which children are at these things. A hub is left aside, and so is what is known to be a school."""
        new = sorted(set(things) - self.asked_about)
        self.asked_about.update(new)
        sorts: dict[str, list[str]] = {name: [] for name in _LISTS.values()}
        for thing in new:
            name = _LISTS.get(self.kind_of.get(thing, "CARED_FOR_BY"))
            if name is None:
                self.aside.add(thing)
            else:
                sorts[name].append(thing)
        if not any(sorts.values()):
            return
        rows = self.tx.read(
            LIST_AROUND,
            **sorts,
            most=HUB + 1,
            manages=self.asked.authority if self.asked.viewer.role is Role.DATA_MANAGER else "",
            me=self.asked.user.practitioner_id or "",
            **_named(statutory=self.asked.viewer.statutory),
            **self.asked.published,
        )
        there: dict[str, set[str]] = {}
        for row in rows:
            there.setdefault(row.target, set()).add(row.child_id)
        for thing, children in there.items():
            if len(children) > HUB:
                self.aside.add(thing)
                continue
            for child_id in children:
                self._hear(child_id, thing)

    def _hear(self, one: str, other: str) -> None:
        self.heard.setdefault(one, set()).add(other)
        self.heard.setdefault(other, set()).add(one)

    def shortest(self, start: str, end: str) -> list[tuple[str, ...]]:
        """Every shortest way of at most four steps, in a fixed order."""
        self._reach((start, end))
        tried: set[tuple[str, ...]] = set()
        for hops in range(1, MOST_HOPS + 1):
            found = []
            for nodes in self._ways(start, end, hops):
                tried.add(nodes)
                if self._is_seen(nodes):
                    found.append(nodes)
                if len(found) > MOST_WAYS or len(tried) > _MOST_TRIED:
                    break
            if found:
                return sorted(found)
        return []

    def _reach(self, ends: tuple[str, str]) -> None:
        """Hears of every bond of whatever is one step from an end, but for what lies behind hubs."""
        # A child may care for another: then it is a step on from that one, too.
        self.ask_around(ends)
        first = {node for end in ends for node in self.heard.get(end, ())}
        self.learn(node for node in first if self._may_be_person(node))
        self.ask_around(first)

    def _ways(self, start: str, end: str, hops: int) -> Iterator[tuple[str, ...]]:
        """Simple ways of so many steps by what was heard, through no hub but one that both ends have in common."""
        close = self._distances(end)

        def walk(nodes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
            left = hops - len(nodes) + 1
            if nodes[-1] == end:
                if not left:
                    yield nodes
                return
            for node in sorted(self.heard.get(nodes[-1], ())):
                if node in nodes or close.get(node, MOST_HOPS + 1) > left - 1:
                    continue
                if node in self.unseen or (node in self.aside and not (self.hubs and hops == 2)):
                    continue
                yield from walk((*nodes, node))

        return walk((start,))

    def _distances(self, end: str) -> dict[str, int]:
        found, edge = {end: 0}, {end}
        for steps in range(1, MOST_HOPS + 1):
            edge = {other for node in edge for other in self.heard.get(node, ())} - found.keys()
            found.update(dict.fromkeys(edge, steps))
        return found

    def _is_seen(self, nodes: tuple[str, ...]) -> bool:
        """Whether the user may see every step of a way, by the pages of the children on it."""
        if len(self.looked_at) < _MOST_BETWEEN:
            self.learn([node for node in nodes if self._may_be_person(node)])
        self.ask_around(node for node in nodes[1:-1] if node not in self.children)
        if any(node in self.aside for node in nodes) and not (self.hubs and len(nodes) == 3):
            return False
        return all(self._between(one, other) for one, other in pairwise(nodes))

    def _may_be_person(self, node: str) -> bool:
        return self.kind_of.get(node) in (None, "CARED_FOR_BY")

    def _between(self, one: str, other: str) -> list[SeenFact]:
        return self.bonds.get((one, other)) or self.bonds.get((other, one)) or []

    def facts_of(self, nodes: tuple[str, ...]) -> list[SeenFact]:
        """The facts on which a way rests."""
        return [fact for one, other in pairwise(nodes) for fact in self._between(one, other)]

    def way(self, nodes: tuple[str, ...]) -> Way:
        """A way in words."""
        stops = tuple(self._stop(nodes, at) for at in range(len(nodes)))
        hops = []
        for at, (one, other) in enumerate(pairwise(nodes)):
            forward = (one, other) in self.bonds
            facts = self._between(one, other)
            child, target = (stops[at], stops[at + 1]) if forward else (stops[at + 1], stops[at])
            hops.append(self._hop(child, target, facts))
        return Way(stops, tuple(hops))

    def _hop(self, child: Stop, target: Stop, facts: Sequence[SeenFact]) -> Hop:
        told = received(self.asked.db, self.asked.mark)
        sources = {
            f"{said.title}, sent by {said.sender}" if said.sender else said.title
            for fact in facts
            for said in [told.provenance(fact.source, fact.supplier, [fact.run], _organisation(fact))]
        }
        return Hop(
            child=child,
            bond=Bond[facts[0].type],
            detail=next((fact.relationship for fact in facts if fact.relationship), "")
            or next((fact.role for fact in facts if fact.role), ""),
            target=target,
            since=min((fact.since for fact in facts if fact.since is not None), default=None),
            sources=tuple(sorted(sources)),
        )

    def _stop(self, nodes: tuple[str, ...], at: int) -> Stop:
        node = nodes[at]
        if node in self.children:
            return self.child_stop(node)
        before, after = self._between(nodes[at - 1], node), self._between(node, nodes[at + 1])
        facts = [*before, *after]
        said: list[Described] = [each for fact in facts for each in fact.described]
        if facts[0].type == "LIVES_AT":
            return Stop("the same home", "")
        words = best_said(said, lambda each: each.name or _full_name(each)) or _KINDS.get(facts[0].type, "a service")
        kind = kind_named(kind_said(said)).words if facts[0].type in _PLACES else _KINDS[facts[0].type]
        return Stop(words, kind)

    def child_stop(self, child_id: str) -> Stop:
        """A child by its row: its page holds no more of it here."""
        page = self.children[child_id]
        row = fold_row(page.seen, self.asked.viewer, handle_of(self.asked.token, child_id), self.asked.today)
        return Stop(page.told.page.name, "Child", row)


def _walkable(page: Folded, asked: Asked) -> list[SeenFact]:
    """The facts of a child by which a way may go: what is on the child's page for this user, and holds today."""
    shown = set(page.told.facts)
    now = [fact for fact in page.seen.facts if fact.type in _BONDS and fact.interval.holds(asked.today)]
    told = [fact for fact in now if fact.fact_id in shown]
    known = {_involvement(fact) for fact in told if fact.type == "INVOLVES"}
    return told + [fact for fact in now if fact.type == "SEEN_BY" and _involvement(fact) in known]


def _involvement(fact: SeenFact) -> tuple[str, str, str | None]:
    return fact.source, fact.supplier, fact.involvement


def _organisation(fact: SeenFact) -> str | None:
    return best_said(fact.described, lambda said: said.organisation)


def _full_name(said: Described) -> str | None:
    return " ".join(part for part in (said.forename, said.family_name) if part) or None
