"""A few new persons beside those who could be they, and nobody else: the same decisions as beside the whole index.

Where somebody has brought everybody who shares a key with them, nothing but what is counted over all is needed: who
is a pair, how much speaks for it and who may be a twin is told by the same rules, read from the same SQL (`spoken`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from loaders.who.bits import Counted, Scale
from loaders.who.candidates import LEFT, MOST_PAIRS_OF_A_KEY, RIGHT, RULES, Rule, of_one_birth
from loaders.who.fitting import _FEWEST, Figures, Fits, _best, _both_ways, _Persons
from loaders.who.identities import SAME
from loaders.who.policy import LIMITS, Evidence, Number
from loaders.who.spoken import Row, spoken
from loaders.who.weights import Chances, Model, rebased_on, shipped

Rows = list[Row]
Around = Callable[[Iterable[Row]], Rows]
_Key = tuple[Any, ...]


class FewFitting:
    """New persons beside those near them, in the place of `fitting.Fitting`."""

    def __init__(
        self,
        new: pa.Table,
        near: Rows,
        around: Around,
        counted: tuple[Chances, Counted],
        *,
        barred: Iterable[str] = (),
        model: Model | None = None,
    ) -> None:
        """The new ones are `identities.observed`; `around` brings whoever may be of one birth with any of some rows."""
        self._barred = frozenset(barred)
        self._new, self._near, self._around = laid_out(new), self._let(near), around
        chances, counts = counted
        self._scale = Scale(rebased_on(model or shipped(), chances, least=_FEWEST), counts)
        self._multiple: set[str] = set()
        self.figures = Figures(persons=chances.size)

    def __enter__(self) -> "FewFitting":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def to_known(self) -> Fits:
        """For each new person the known ones that fit at all, with the best pair of each."""
        pairs, self.figures.pairs, self.figures.crowded = paired(self._new, self._near, within=False)
        fits = self._fits(pairs, self._near)
        known = {person for mine in fits.values() for person in mine}
        self._multiple = self._births(known)
        return {new: {person: self._told(new, one) for person, one in mine.items()} for new, mine in fits.items()}

    def to_each_other(self, persons: Iterable[str]) -> Fits:
        """The same of these new persons among themselves; a pair stands at both of its ends."""
        wanted = set(persons)
        rows = [row for row in self._new if row["person"] in wanted]
        pairs, _, _ = paired(rows, rows, within=True)
        fits = self._fits(pairs, rows)
        told = {new: {person: self._told(new, one) for person, one in mine.items()} for new, mine in fits.items()}
        return _both_ways(told)

    def _let(self, rows: Iterable[Row]) -> Rows:
        return [row for row in rows if row["person"] not in self._barred]

    def _fits(self, pairs: Iterable[tuple[Row, Row]], others: Rows) -> Fits:
        weighed = [(one["n"], self._scale.weigh(one, other)) for one, other in pairs]
        fitting = [(n, evidence) for n, evidence in weighed if _at_all(evidence)]
        return _best(fitting, {row["n"]: row["person"] for row in self._new}, _Held(self._new, others))

    def _told(self, new: str, evidence: Evidence) -> Evidence:
        return replace(evidence, multiple=bool({new, evidence.person} & self._multiple))

    def _births(self, known: set[str]) -> set[str]:
        """Who of the new ones, and of these known ones, may be of a multiple birth."""
        theirs = [row for row in self._near if row["person"] in known]
        among = [*self._near, *(self._let(self._around(theirs)) if theirs else ())]
        told = {row["person"] for row in (*self._new, *theirs) if row["multiple"]}
        return told | _twins(self._new, self._new, register=False) | _twins(theirs, among, register=True)


class _Held(_Persons):
    """The numbers of rows that stand in no table; who may be of a multiple birth is told afterwards (`_births`)."""

    def __init__(self, new: Rows, others: Rows) -> None:
        self._held = {LEFT: _numbers_of(new), RIGHT: _numbers_of(others)}
        self._multiple = {LEFT: set(), RIGHT: set()}


def laid_out(identities: pa.Table) -> Rows:
    """The rows as `identities.lay_out` puts them into a table."""
    names = identities.column_names
    columns = [identities[name].to_pylist() for name in names]
    rows: list[dict[str, Any]] = [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    for number in ("nhs", "upn"):
        held: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            held[row["person"]] |= {row[number]} if row[number] else set()
        for row in rows:
            if len(held[row["person"]]) == 1:
                (row[number],) = held[row["person"]]
    once: dict[_Key, Row] = {}
    for row in sorted(rows, key=lambda row: row["n"]):
        once.setdefault(tuple(row[name] for name in SAME), row)
    return list(once.values())


def paired(new: Rows, near: Rows, *, within: bool) -> tuple[list[tuple[Row, Row]], dict[str, int], dict[str, int]]:
    """The pairs that `candidates.find` finds, how many each rule gave, and how many keys it left out, by rule."""
    found: dict[tuple[int, int], tuple[Row, Row]] = {}
    gave: Counter[str] = Counter({rule.name: 0 for rule in RULES})
    crowded: Counter[str] = Counter()
    for rule in RULES:
        mine, theirs = _keyed(rule.left, new), _keyed(rule.right or rule.left, near)
        here: dict[tuple[int, int], tuple[Row, Row]] = {}
        for key in mine.keys() & theirs.keys():
            one, other = mine[key], theirs[key]
            if _is_crowded(rule, _persons(one), _persons(other)):
                crowded[rule.name] += 1
                continue
            here |= {(pair[0]["n"], pair[1]["n"]): pair for pair in _in_order(one, other, within=within)}
        gave[rule.name] += len(here)
        found |= here
    return list(found.values()), dict(gave), dict(crowded)


def _in_order(one: Rows, other: Rows, *, within: bool) -> Iterator[tuple[Row, Row]]:
    for mine in one:
        for theirs in other:
            if not within:
                yield mine, theirs
            elif mine["person"] != theirs["person"]:
                yield (mine, theirs) if mine["n"] < theirs["n"] else (theirs, mine)


def _keyed(parts: Sequence[str], rows: Rows) -> Mapping[_Key, Rows]:
    made: dict[_Key, Rows] = defaultdict(list)
    asked = [spoken(part) for part in parts]
    for row in rows:
        key = tuple(part(row, row) for part in asked)
        if None not in key:
            made[key].append(row)
    return made


def _persons(rows: Rows) -> int:
    return len({row["person"] for row in rows})


def _is_crowded(rule: Rule, mine: int, theirs: int) -> bool:
    return theirs > rule.most or mine * theirs > MOST_PAIRS_OF_A_KEY


def _at_all(evidence: Evidence) -> bool:
    return evidence.weight >= LIMITS.review or Number.EQUAL in (evidence.nhs, evidence.upn)


def _twins(rows: Rows, among: Rows, *, register: bool) -> set[str]:
    together = [spoken(text) for text in of_one_birth(register=register)]
    born: dict[str, Rows] = defaultdict(list)
    for row in among:
        if row["born"]:
            born[row["born"]].append(row)
    return {
        row["person"]
        for row in rows
        if any(holds(row, other) for other in born.get(row["born"] or "", ()) for holds in together)
    }


def _numbers_of(rows: Rows) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    held: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in rows:
        for place, number in enumerate(("nhs", "upn")):
            if row[number]:
                held[row["person"]][place].add(row[number])
    return {person: (frozenset(nhs), frozenset(upn)) for person, (nhs, upn) in held.items()}
