"""The way of a record: certain pairs, then candidates, weights and the decision; one file, or one against another.

Against an index (matching.md 5): a record whose number or whole demographics say so without contradiction is linked
by rule; the rest is compared with every candidate, and the policy decides. Within one file every pair is decided from
both of its ends and linked only if both say so. No link ever follows from two others. At the end each person's records
together must be possible, or none of their links stands.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from graph.model.review import Doubt
from loaders.who import candidates, weights
from loaders.who.candidates import LEFT, RIGHT
from loaders.who.comparisons import comparisons
from loaders.who.constraints import Said, clusters, violations
from loaders.who.policy import LIMITS, Basis, Decision, Evidence, Limits, Number, Outcome, certain, decide, vetoes
from loaders.who.scoring import Scored, number_of, score
from loaders.who.weights import Model

Pair = tuple[str, str]


@dataclass(frozen=True)
class Link:
    """Two records of one person, by their keys, and what says so: a rule, or a weight in bits."""

    left: str
    right: str
    reason: str
    weight: float | None


@dataclass(frozen=True)
class Linked:
    """What became of the records of the left file."""

    links: tuple[Link, ...]
    proposals: tuple[Link, ...]  # for a person to decide; nothing is linked by them
    decisions: Mapping[str, Decision]
    pairs: Mapping[str, int]  # by rule
    crowded: Mapping[str, int]  # keys left out, by rule, because too many records share them

    def count(self, outcome: Outcome) -> int:
        """How many records came to that."""
        return sum(decision.outcome is outcome for decision in self.decisions.values())


def link(
    left: pa.Table, right: pa.Table | None = None, *, model: Model | None = None, limits: Limits = LIMITS
) -> Linked:
    """Who of the left records is who of the right ones, or of the left ones themselves; the order makes no difference.

    Both tables come from `records.tidy` with as many other columns.
    """
    with candidates.connect() as con:
        return _Way(con, left, right, model or weights.shipped(), limits).go()


class _Way:
    """One run, on a database of its own."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, left: pa.Table, right: pa.Table | None, model: Model, limits: Limits
    ) -> None:
        self.con, self.left, self.right = con, left, right
        self.within = right is None
        self.others = candidates.lay_out(con, left, right)
        identifying = candidates.identifying_within if self.within else candidates.identifying
        self.numbers = identifying(con, self.others)
        self.limits = replace(limits, families=limits.families and candidates.families(con, self.numbers))
        if self.limits.families:
            candidates.mark_births(con, within=self.within, numbers=self.numbers)
        self.rebased = weights.rebase(con, model, others=self.others, within=self.within)

    def go(self) -> Linked:
        found = candidates.find(self.con, within=self.within, numbers=self.numbers)
        decisions = {} if self.within else self._certain()
        decisions |= self._weighed(set(decisions))
        keys = self.left["key"].to_pylist()
        decided = {key: decisions.get(key) or decide(()) for key in keys}
        links, proposals = self._both_ends(decided) if self.within else _one_end(decided)
        links, proposals, decided = self._possible(links, proposals, decided)
        crowded = {one.rule: one.crowded for one in found if one.crowded}
        return Linked(tuple(links), tuple(proposals), decided, candidates.pairs_by_rule(found), crowded)

    def _certain(self) -> dict[str, Decision]:
        """The records that a rule links: to one record of the index only, with no number pointing elsewhere."""
        sure = (
            f"candidate c JOIN {LEFT} l ON l.n = c.l JOIN {RIGHT} r ON r.n = c.r WHERE l.nhs = r.nhs OR l.upn = r.upn"
            " OR (l.given = r.given AND l.family = r.family AND l.born = r.born)"
        )
        kept = "key_l, key_r, multiple_l OR multiple_r AS multiple, "
        rows = self.con.sql(candidates.compared(self.con, sure, comparisons(self.others), kept=kept)).to_arrow_table()
        pairs: dict[str, list[Evidence]] = defaultdict(list)
        names = ("given", "family", "middle", "born", "sex", "place")
        for row in rows.to_pylist():
            evidence = Evidence(
                record=row["key_r"],
                person=row["key_r"],
                weight=0.0,
                nhs=number_of(row["nhs"]),
                upn=number_of(row["upn"]),
                multiple=row["multiple"],
                **{name: row[name] for name in names},
            )
            pairs[row["key_l"]].append(evidence)
        return {key: decision for key, each in pairs.items() if (decision := only_certain(each)) is not None}

    def _weighed(self, settled: set[str]) -> dict[str, Decision]:
        """What the policy says of every other record with candidates."""
        self.con.register("settled", pa.table({"key": sorted(settled)}, schema=pa.schema([("key", pa.string())])))
        self.con.execute(
            "CREATE OR REPLACE TABLE open AS SELECT row_number() OVER (ORDER BY c.pair) AS pair, c.l, c.r"
            f" FROM candidate c JOIN {LEFT} l ON l.n = c.l WHERE l.key NOT IN (FROM settled)"
        )
        scored = score(
            self.con,
            self.rebased,
            pairs="open",
            others=self.others,
            numbers=self.numbers,
            least=self.limits.review,
        )
        about = self._by_record(scored)
        same = self._same_person(about, scored)
        return {key: decide(_as_persons(each, same), self.limits) for key, each in about.items()}

    def _by_record(self, scored: Sequence[Scored]) -> dict[str, list[Evidence]]:
        """The evidence about each record of the left file; within one file a pair is evidence about both."""
        keys = self.left["key"].to_pylist()
        about: dict[str, list[Evidence]] = defaultdict(list)
        for pair in scored:
            about[keys[pair.left]].append(pair.evidence)
            if self.within:
                mine = keys[pair.left]
                about[keys[pair.right]].append(replace(pair.evidence, record=mine, person=mine))
        return about

    def _same_person(self, about: Mapping[str, Sequence[Evidence]], scored: Sequence[Scored]) -> set[Pair]:
        """Which candidates of one record are surely one person, so that they are no rivals of each other."""
        if self.within:
            keys = self.left["key"].to_pylist()
            # A file that holds persons several times holds some of their records in a bad state: these are no rivals.
            alike = (pair for pair in scored if _not_two(pair, self.limits))
            return {_sorted(keys[pair.left], keys[pair.right]) for pair in alike}
        rivals = {
            _sorted(one.record, other.record)
            for each in about.values()
            if len(each) > 1
            for one in each
            for other in each
            if one.record < other.record
        }
        if not rivals:
            return set()
        place = {key: at for at, key in enumerate(self.right["key"].to_pylist())} if self.right is not None else {}
        pairs = sorted((place[one], place[other]) for one, other in rivals)
        self.con.register(
            "rivals",
            pa.table(
                {"pair": range(1, len(pairs) + 1), "l": [one for one, _ in pairs], "r": [two for _, two in pairs]}
            ),
        )
        scored = score(
            self.con,
            self.rebased,
            pairs="rivals",
            others=self.others,
            numbers=self.numbers,
            sides=(RIGHT, RIGHT),
            least=self.limits.link,
        )
        assert self.right is not None
        keys = self.right["key"].to_pylist()
        return {_sorted(keys[pair.left], keys[pair.right]) for pair in scored if _strong(pair, self.limits)}

    def _both_ends(self, decided: Mapping[str, Decision]) -> tuple[list[Link], list[Link]]:
        """Links on which both records agree, and what only one of them says or doubts."""
        said = {
            (key, record): decision
            for key, decision in decided.items()
            if decision.outcome is not Outcome.NEW
            for record in decision.records
        }
        linked: list[Link] = []
        proposed: list[Link] = []
        for pair in sorted({_sorted(*each) for each in said}):
            both = [decision for ends in (pair, pair[::-1]) if (decision := said.get(ends)) is not None]
            agreed = len(both) == 2 and all(decision.outcome is Outcome.LINK for decision in both)
            made = Link(*pair, str(both[0].reason), both[0].weight)
            (linked if agreed else proposed).append(made)
        joined = {key for each in linked for key in (each.left, each.right)}
        # Who is linked already is not proposed again for what only the other end says.
        return linked, [each for each in proposed if not {each.left, each.right} <= joined]

    def _possible(
        self, links: list[Link], proposals: list[Link], decided: dict[str, Decision]
    ) -> tuple[list[Link], list[Link], dict[str, Decision]]:
        """The links without those of persons who would break a constraint, which go to review."""
        said = self._said()
        ends = {(_end(0, each.left), _end(0 if self.within else 1, each.right)): each for each in links}
        wrong = violations(ends, said)
        kept = [each for pair, each in ends.items() if pair not in wrong]
        doubted = [replace(ends[pair], reason=reason) for pair, reason in wrong.items()]
        if doubted:
            # A record of the index that was linked is no record of this file: only those of the left are decided on.
            keys = {each.left for each in doubted} | ({each.right for each in doubted} if self.within else set())
            decided = decided | {
                key: replace(decided[key], outcome=Outcome.REVIEW, reason=Doubt.IMPOSSIBLE) for key in sorted(keys)
            }
        return kept, proposals + doubted, decided

    def _said(self) -> dict[str, Said]:
        """What each record says of the things that a person has once."""
        said: dict[str, Said] = {}
        for side, table in enumerate((LEFT, RIGHT)[: 1 if self.within else 2]):
            rows = self.con.sql(f"SELECT key, nhs, upn, born, given, multiple FROM {table}").fetchall()
            said |= {_end(side, key): Said(*rest) for key, *rest in rows}
        return said


def only_certain(pairs: Iterable[Evidence]) -> Decision | None:
    """The link of the one record that a rule is certain of, or None: there is none, or more, or a contradiction."""
    every = list(pairs)
    sure = [(pair, reason) for pair in every if (reason := certain(pair)) is not None]
    holders = {pair.record for pair in every if Number.EQUAL in (pair.nhs, pair.upn)}
    if len(sure) != 1 or holders - {sure[0][0].record}:
        return None
    pair, reason = sure[0]
    # Two of one name and birthday in one index may be namesakes: only a number tells them apart by rule.
    if reason is Basis.DEMOGRAPHICS and len(every) > 1:
        return None
    return Decision(Outcome.LINK, reason, pair.person, (pair.record,))


def _as_persons(each: Sequence[Evidence], same: set[Pair]) -> list[Evidence]:
    """The candidates, those of one person under one name."""
    records = sorted(pair.record for pair in each)
    pairs = [(one, other) for at, one in enumerate(records) for other in records[at + 1 :] if (one, other) in same]
    person = {record: min(together) for together in clusters(pairs) for record in together}
    return [replace(pair, person=person.get(pair.record, pair.record)) for pair in each]


def _one_end(decided: Mapping[str, Decision]) -> tuple[list[Link], list[Link]]:
    by: dict[Outcome, list[Link]] = {Outcome.LINK: [], Outcome.REVIEW: []}
    for key, decision in sorted(decided.items()):
        if decision.outcome is not Outcome.NEW:
            by[decision.outcome] += [
                Link(key, record, str(decision.reason), decision.weight) for record in decision.records
            ]
    return by[Outcome.LINK], by[Outcome.REVIEW]


def _strong(pair: Scored, limits: Limits) -> bool:
    return pair.evidence.weight >= limits.link and not vetoes(pair.evidence, limits)


def _not_two(pair: Scored, limits: Limits) -> bool:
    """Whether nothing says that two records of one file are of two people, though they may not be linked themselves."""
    said = pair.evidence
    clash = Number.CLASH in (said.nhs, said.upn)
    return said.weight >= limits.review and not clash and not (limits.families and vetoes(said, limits))


def _sorted(one: str, other: str) -> Pair:
    return (one, other) if one <= other else (other, one)


def _end(side: int, key: str) -> str:
    """A record's name among those of both files, whose keys may be the same."""
    return f"{side}:{key}"


def reasons(linked: Linked) -> Mapping[str, int]:
    """How many records each rule or veto decided, the most frequent first."""
    return dict(Counter(str(decision.reason) for decision in linked.decisions.values()).most_common())
