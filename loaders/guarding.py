"""Which rows of a file may be a shielded child's, and which surely are: decided before anybody is matched (rule 3).

A row that may be, by any key under which it would be compared with the child, waits in quarantine unless it is surely
that child: by a number and a birthday, or by its own key. What a sure row says widens the guard for the rest of the
file. A row that comes close to one that waits, waits as well: who that is, nobody has said yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from graph.model.names import fold_whole
from graph.model.resemblance import Key, Traits, asking_keys, close_keys, keys_of, newcomer_keys, turned
from graph.services.shields import Guard, Said, guard_of, near_entries, new_shield_id
from loaders.match import folded, two_of_three
from loaders.tables import values

_SAID = [name for name in Said.__dataclass_fields__ if name != "addresses"]
_NAMES = ("forename", "preferred_forename", "family_name", "preferred_family_name", "former_family_name")


@dataclass(frozen=True)
class Waits:
    """A row that waits in quarantine: its record, the version that waits, by which shields, and what it says."""

    record: str
    record_version: str
    shields: tuple[str, ...]
    said: Said

    @property
    def keys(self) -> set[Key]:
        """The keys that another row of the same child would share, and hardly anybody else's."""
        return close_keys(guard_of("", [self.said]).traits)


@dataclass
class Judged:
    """What became of a file's rows before anybody is matched."""

    guards: list[Guard]  # as the file's own sure rows have widened them
    aside: dict[str, list[str]] = field(default_factory=dict)  # record → the shields for which it waits
    sure: dict[str, list[Guard]] = field(default_factory=dict)  # record → the guards whose child it is

    def too_near(self, newcomers: pd.DataFrame, homes: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Which rows about children nobody knew may be a shielded child's after all, and by which shields."""
        at_key: dict[Key, set[str]] = defaultdict(set)
        for guard in self.guards:
            for key in newcomer_keys(guard.traits):
                at_key[key].add(guard.shield_id)
        if not at_key:
            return {}
        rows = _Rows(newcomers, homes)
        found: dict[str, list[str]] = {}
        for record in rows.records:
            near = {one for key in newcomer_keys(rows.traits(record)) for one in at_key.get(key, ())}
            if near and record not in self.sure:
                found[record] = sorted(near)
        return found


def said_by(row: Mapping[Any, Any], addresses: Sequence[str] = ()) -> Said:
    """What a row of a tidy table says that a shield has to guard, with the first lines of its addresses."""
    kept = {name: row.get(name) for name in _SAID}
    plain: dict[str, Any] = {
        name: value if isinstance(value, list) or not pd.isna(value) else None for name, value in kept.items()
    }
    return Said(**plain, addresses=list(addresses))


def surely(said: Said, guard: Guard) -> bool:
    """Whether a row is the guarded child by a number, and born alike."""
    number = said.nhs_number in guard.nhs_numbers or said.upn in guard.upns
    return number and any(two_of_three(said.date_of_birth, born) for born in guard.dates_of_birth)


def judge(
    children: pd.DataFrame,
    guards: Sequence[Guard],
    waiting: Sequence[Waits],
    *,
    homes: Mapping[str, Sequence[str]],
    own: Mapping[str, str],
    proposed: Mapping[str, Guard],
) -> Judged:
    """Which of these rows wait and which are surely whose.

    `homes` are the first lines of each record's addresses, `own` the person of each record whose key is known, and
    `proposed` the guard of each record that asks for a shield itself.
    """
    result = Judged(list(guards))
    rows = _Rows(children, homes)
    while result.guards:
        result.aside, result.sure = _compared(rows, result.guards, own, proposed)
        wider = _widened(rows, result)
        if wider == result.guards:
            break
        result.guards = wider
    _follow(rows, result, waiting, own)
    return result


class _Rows:
    """The rows by their records; what one says is put together only for those that are looked at."""

    def __init__(self, children: pd.DataFrame, homes: Mapping[str, Sequence[str]]) -> None:
        self._homes = homes
        self.records: list[str] = values(children["record"])
        self._columns = {name: values(children[name]) for name in _SAID}
        self._names = [folded(children[name]) for name in _NAMES]
        self._others = [bool(cell) for cell in self._columns["other_names"]]
        self._born = self._columns["date_of_birth"]
        self._numbers = [self._columns[name] for name in ("nhs_number", "upn", "former_upn")]
        self._said: dict[str, Said] = {}
        self._traits: dict[str, Traits] = {}
        self._place = {record: at for at, record in enumerate(self.records)}

    def said(self, record: str) -> Said:
        """What one row says."""
        if record not in self._said:
            at = self._place[record]
            cells: dict[str, Any] = {name: cells[at] for name, cells in self._columns.items()}
            self._said[record] = Said(**cells, addresses=list(self._homes.get(record, ())))
        return self._said[record]

    def traits(self, record: str) -> Traits:
        """The same, as it is compared."""
        if record not in self._traits:
            self._traits[record] = guard_of("", [self.said(record)]).traits
        return self._traits[record]

    def sharing(self, every: Iterable[Traits]) -> list[str]:
        """The records that share a name, a birthday or a number with anybody: no key is without one of these."""
        names, born, numbers = set[str](), set[Any](), set[str]()
        for traits in every:
            names |= traits.given | traits.family
            born |= traits.born | {turned(day) for day in traits.born}
            numbers |= traits.numbers
        born.discard(None)
        return [record for at, record in enumerate(self.records) if self._shares(at, names, born, numbers)]

    def _shares(self, at: int, names: set[str], born: set[Any], numbers: set[str]) -> bool:
        if self._others[at] or self._born[at] in born or any(number[at] in numbers for number in self._numbers):
            return True
        return any(name[at] in names or name[at].partition(" ")[0] in names for name in self._names)


def _compared(
    rows: _Rows, guards: Sequence[Guard], own: Mapping[str, str], proposed: Mapping[str, Guard]
) -> tuple[dict[str, list[str]], dict[str, list[Guard]]]:
    traits = [guard.traits for guard in guards]
    at_key: dict[Key, list[int]] = defaultdict(list)
    for at, one in enumerate(traits):
        for key in keys_of(one):
            at_key[key].append(at)
    by_person: dict[str, list[Guard]] = defaultdict(list)
    for guard in guards:
        by_person[guard.person_id or ""].append(guard)
    aside: dict[str, list[str]] = {}
    sure: dict[str, list[Guard]] = {record: by_person[person] for record, person in own.items() if person in by_person}
    for record in rows.sharing(traits):
        near = {at for key in asking_keys(rows.traits(record)) for at in at_key.get(key, ())}
        if not near or record in sure:
            continue
        mine = [guards[at] for at in sorted(near) if _is_of(rows.said(record), record, guards[at], proposed)]
        # A known key keeps its person: of whom it is not, it cannot surely be.
        if mine and record not in own:
            sure[record] = mine
        elif record not in proposed:
            aside[record] = sorted({guards[at].shield_id for at in near})
    return aside, sure


def _is_of(said: Said, record: str, guard: Guard, proposed: Mapping[str, Guard]) -> bool:
    asked = proposed.get(record)
    return surely(said, guard) or (asked is not None and asked.shield_id == guard.shield_id)


def _widened(rows: _Rows, result: Judged) -> list[Guard]:
    """The guards with what the sure rows say as well."""
    more: dict[tuple[str, str | None], list[Said]] = defaultdict(list)
    for record, guards in result.sure.items():
        for guard in guards:
            more[guard.shield_id, guard.person_id].append(rows.said(record))
    return [guard.with_more(more.get((guard.shield_id, guard.person_id), ())) for guard in result.guards]


def _follow(rows: _Rows, result: Judged, waiting: Sequence[Waits], own: Mapping[str, str]) -> None:
    """Puts aside what comes close to a row that waits, whether from before or of this very file, and its later word."""
    before: dict[str, set[str]] = defaultdict(set)
    at_key: dict[Key, set[str]] = defaultdict(set)
    for row in waiting:
        before[row.record] |= set(row.shields)
        for key in row.keys:
            at_key[key] |= set(row.shields)
    for record in sorted(set(rows.records) & before.keys() - result.sure.keys()):
        result.aside[record] = sorted({*result.aside.get(record, ()), *before[record]})
    fresh = list(result.aside)
    free = [record for record in rows.records if record not in own and record not in result.sure]
    while True:
        for record in fresh:
            for key in close_keys(rows.traits(record)):
                at_key[key] |= set(result.aside[record])
        fresh = [] if not at_key else _close(rows, free, at_key, result.aside)
        if not fresh:
            return


def _close(rows: _Rows, free: Sequence[str], at_key: Mapping[Key, set[str]], aside: dict[str, list[str]]) -> list[str]:
    found = []
    for record in free:
        if record not in aside:
            shields = {one for key in close_keys(rows.traits(record)) for one in at_key.get(key, ())}
            if shields:
                aside[record] = sorted(shields)
                found.append(record)
    return found


def homes_said(facts: pd.DataFrame, lines: Mapping[str, str | None]) -> dict[str, list[str]]:
    """The first lines of all homes that each record tells of, ended ones too."""
    lives = facts[facts["type"] == "LIVES_AT"]
    found: dict[str, list[str]] = defaultdict(list)
    for record, place in zip(values(lives["record"]), values(lives["target_id"]), strict=True):
        line = lines.get(place)
        if line and fold_whole(line):
            found[record].append(line)
    return found


def grown(before: Iterable[Guard], after: Iterable[Guard]) -> list[tuple[Guard, set[Key]]]:
    """The guards of shielded children of whom a file has told more, each with its new keys; entries held have none."""
    was = {(guard.shield_id, guard.person_id): keys_of(guard.traits) for guard in before}
    more = [(guard, keys_of(guard.traits) - was.get((guard.shield_id, guard.person_id), set())) for guard in after]
    return [(guard, keys) for guard, keys in more if keys and guard.held_for is None]


def held_back(
    more: Sequence[tuple[Guard, set[Key]]], known: pd.DataFrame, apart: Iterable[tuple[str, str]], under: set[str]
) -> list[tuple[Guard, str]]:
    """Entries in the graph that may be a shielded child by what a file has just told of the child, each to be held.

    `known` are the open records of children (`State.identities`) that the file leaves as they are, `under` whom a
    shield is over. What was guarded before has been compared with them when they came, or when the shield began.
    """
    pairs = list(apart)
    parted = {*pairs, *((other, one) for one, other in pairs)}
    said = [
        (row["person"], said_by(_dated(row), [row["address"]] if row["address"] else []))
        for row in known.to_dict("records")
        if row["person"] not in under
    ]
    # Few share anything with anybody: the others are looked at once, and not once for each shield.
    wanted = set().union(*(keys for _, keys in more))
    near = {person for person, one in said if wanted & asking_keys(guard_of("", [one]).traits)}
    said = [(person, one) for person, one in said if person in near]
    found: dict[str, tuple[Guard, str]] = {}
    for guard, keys in more:
        for person, rows in near_entries(said, guard, keys).items():
            if (person, guard.person_id) not in parted:
                held = replace(guard_of(new_shield_id(), rows), held_for=guard.shield_id)
                found.setdefault(person, (held, person))
    return list(found.values())


def _dated(row: Mapping[Any, Any]) -> dict[Any, Any]:
    born = row["date_of_birth"]
    return {**row, "date_of_birth": date.fromisoformat(born) if born else None}
