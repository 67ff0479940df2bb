"""Which carers of a file are known already: who has one name beside the same child, or in the home of such children.

Feeds say little of a carer: a name, at times a telephone number, seldom a date of birth. So nothing is weighed and
nobody is asked: a rule holds, or the record is of a person of its own (decision 20). Nobody is joined across a barrier:
carers of a child under a shield, under review or of a sealed life stay apart from everybody else's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import TypeVar

import pandas as pd

from loaders.match import folded, two_of_three
from loaders.state import State
from loaders.tables import values

_Value = TypeVar("_Value")
METHOD = "care"
# In a refuge or a hostel an address says nothing of a family.
MOST_AT_HOME = 12
# What a word for a carer says of sex and generation; the others say neither.
_MEANING = {"mother": ("F", 1), "father": ("M", 1), "step-parent": ("", 1), "parent": ("", 1), "grandparent": ("", 2)}


@dataclass
class _Carer:
    """What is known of one carer: by one record of the file, or by every open record of a known person."""

    names: set[tuple[str, str]] = field(default_factory=set)
    born: set[date] = field(default_factory=set)
    ninos: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)  # telephone numbers and e-mail addresses
    meanings: set[tuple[str, int]] = field(default_factory=set)
    children: set[str] = field(default_factory=set)
    record: str = ""  # the first of their records

    def fits(self, other: "_Carer") -> bool:
        """Whether both have one name, and nothing that is known of both differs."""
        if not self.names & other.names or (self.ninos and other.ninos and not self.ninos & other.ninos):
            return False
        if any(not two_of_three(mine, theirs) for mine in self.born for theirs in other.born):
            return False
        pairs = [(mine, theirs) for mine in self.meanings for theirs in other.meanings]
        return all(
            mine[1] == theirs[1] and (mine[0] == theirs[0] or not mine[0] or not theirs[0]) for mine, theirs in pairs
        )


@dataclass(frozen=True)
class Care:
    """Who cares for whom by this file: `said` has `child` (a person), `record` (a carer's) and `relationship`."""

    said: pd.DataFrame
    homes: Mapping[str, set[str]]  # child → addresses at which it lives by this file
    barred: frozenset[str]  # children and carers who are to stay as they are


def join_carers(fresh: pd.DataFrame, care: Care, state: State) -> dict[str, tuple[str, str]]:
    """For each new record of a carer who is known: the person, or the record of this file whose person it gets.

    The first of the pair is a `person_id` where the graph knows the carer and otherwise the name of the first record
    of the same carer in this file; the second is the record that it was joined to. Records of a carer whom nobody
    knows are not in it, except that the later ones are joined to the first. The order of the rows does not matter.
    """
    carers = _of_file(fresh, care)
    if not carers:
        return {}
    children = {child for one in carers.values() for child in one.children}
    homes = {child: care.homes.get(child, set()) for child in children}
    at_home = _neighbours(state, homes)
    near = {child: {each for home in homes[child] for each in at_home.get(home, ())} for child in children}
    known = _known(state, sorted(children | set().union(*near.values())), care.barred)
    beside: dict[str, set[str]] = defaultdict(set)
    for person, one in known.items():
        for child in one.children:
            beside[child].add(person)
    own = {record: _fitting(one, known, beside, one.children) for record, one in carers.items()}
    others = {
        record: _fitting(one, known, beside, {each for child in one.children for each in near[child]})
        for record, one in carers.items()
    }
    joined: dict[str, tuple[str, str]] = {}
    for cluster in _clusters(carers, homes):
        joined |= _joined(cluster, carers, known, own, others)
    return joined


def _of_file(fresh: pd.DataFrame, care: Care) -> dict[str, _Carer]:
    """The new carers of a file who may be joined, by record: not two of one name beside one child."""
    said: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    columns = (values(care.said[name]) for name in ("child", "record", "relationship"))
    for child, record, relationship in zip(*columns, strict=True):
        said[record].append((child, relationship))
    rows = fresh[fresh["subject"] == "carer"].sort_values("record")
    carers: dict[str, _Carer] = {}
    columns = (values(rows[name]) for name in ("record", "date_of_birth", "nino_hash", "telephone", "email"))
    for given, family, (record, born, nino, telephone, email) in zip(
        folded(rows["forename"]), folded(rows["family_name"]), zip(*columns, strict=True), strict=True
    ):
        beside = {child for child, _ in said.get(record, ())}
        if given and family and beside and not beside & care.barred:
            carers[record] = _Carer(
                names={(given, family)},
                born=_set(born),
                ninos=_set(nino),
                contacts=_set(telephone, email),
                meanings={_MEANING[word] for _, word in said[record] if word in _MEANING},
                children=beside,
                record=record,
            )
    twice = {
        record
        for mine in _grouped((child, record) for record, one in carers.items() for child in one.children)
        for one, other in combinations(sorted(mine), 2)
        if carers[one].names & carers[other].names
        for record in (one, other)
    }
    return {record: one for record, one in carers.items() if record not in twice}


def _grouped(pairs: Iterable[tuple[object, str]]) -> Iterable[set[str]]:
    groups: dict[object, set[str]] = defaultdict(set)
    for key, record in pairs:
        groups[key].add(record)
    return groups.values()


def _neighbours(state: State, homes: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The children whom the graph has at each of these homes, but for homes of very many."""
    wanted = sorted(set().union(*homes.values()))
    found: dict[str, set[str]] = defaultdict(set)
    for address, child in state.children_at(wanted).itertuples(index=False) if wanted else ():
        found[address].add(child)
    return {address: children for address, children in found.items() if len(children) <= MOST_AT_HOME}


def _known(state: State, children: list[str], barred: frozenset[str]) -> dict[str, _Carer]:
    """The carers whom the graph has beside these children, by person."""
    said = state.carers_of(children)
    said = said[~said["child"].isin(barred) & ~said["person"].isin(barred)]
    known: dict[str, _Carer] = defaultdict(_Carer)
    columns = (
        values(said[name]) for name in ("child", "person", "record", "relationship", "date_of_birth", "nino_hash")
    )
    names = zip(folded(said["forename"]), folded(said["family_name"]), strict=True)
    for name, (child, person, record, relationship, born, nino) in zip(names, zip(*columns, strict=True), strict=True):
        one = known[person]
        one.names.add(name)
        one.born |= _set(born)
        one.ninos |= _set(nino)
        one.meanings |= _set(_MEANING.get(relationship))
        one.children.add(child)
        one.record = min(record, one.record or record)
    # A row of no name fits nobody of no name.
    for one in known.values():
        one.names = {name for name in one.names if all(name)}
    return known


def _fitting(
    one: _Carer, known: Mapping[str, _Carer], beside: Mapping[str, set[str]], children: Iterable[str]
) -> set[str]:
    """The known carers of these children who fit."""
    return {person for child in children for person in beside.get(child, ()) if one.fits(known[person])}


def _clusters(carers: Mapping[str, _Carer], homes: Mapping[str, set[str]]) -> Iterable[list[str]]:
    """The records of the file put together that share name and home, number or contact; each in order."""
    keys: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for record, one in sorted(carers.items()):
        places = {home for child in one.children for home in homes[child]}
        for name in one.names:
            for shared in (*places, *one.ninos, *one.contacts):
                keys[(*name, shared)].append(record)
    cluster_of = {record: {record} for record in carers}
    for _, records in sorted(keys.items(), key=lambda item: item[1]):
        first = records[0]
        for record in records[1:]:
            mine, theirs = cluster_of[first], cluster_of[record]
            if mine is theirs or not all(carers[a].fits(carers[b]) for a in mine for b in theirs):
                continue
            mine |= theirs
            for member in theirs:
                cluster_of[member] = mine
    made = {id(cluster): sorted(cluster) for cluster in cluster_of.values()}
    return sorted(made.values())


def _joined(
    cluster: list[str],
    carers: Mapping[str, _Carer],
    known: Mapping[str, _Carer],
    own: Mapping[str, set[str]],
    others: Mapping[str, set[str]],
) -> dict[str, tuple[str, str]]:
    """The known person of each record of one carer of the file: beside its own child first, then in its home."""
    for found in (own, others):
        persons = set().union(*(found[record] for record in cluster))
        if not persons:
            continue
        if len(persons) == 1 and all(carers[record].fits(known[next(iter(persons))]) for record in cluster):
            person = persons.pop()
            return dict.fromkeys(cluster, (person, known[person].record))
        # A record never joins two known persons: each stays with its own, and the rest are a person by themselves.
        alone = {record: mine for record in cluster if len(mine := found[record]) == 1}
        joined = {record: (person, known[person].record) for record, mine in alone.items() for person in mine}
        rest = [record for record in cluster if not found[record]]
        return joined | dict.fromkeys(rest[1:], (rest[0], rest[0]) if rest else ("", ""))
    return dict.fromkeys(cluster[1:], (cluster[0], cluster[0]))


def _set(*given: _Value | None) -> set[_Value]:
    return {value for value in given if value is not None}
