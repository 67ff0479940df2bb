"""Who is who, the first tier: which known person each new record of a file is about, or that it is a person of its own.

A record joins a person through its supplier's own number for them; or through an equal, valid, unclashing NHS number
or UPN with a forename and two of three parts of the date of birth agreeing; or through forename, family name, date
of birth and postcode, all equal, unique on both sides, no valid number disagreeing and no known multiple birth
(matching.md 5.4, first tier). A record never joins two existing persons: that is a conflict, and it becomes a person
of its own. What it leaves of children goes to the second tier (`identify`), which is the only one to call this.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any, Protocol

import pandas as pd

from graph.model.names import fold_whole
from loaders.tables import values

NUMBERS = ("nhs_number", "upn", "local_id")
MATCHED = ("record", "person_id", "method", "basis")
# With the weight of a link that weights made, and what each comparison said of it: what explains it afterwards.
WEIGHED = (*MATCHED, "score", "parts")
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U
_ID_LENGTH = 10


class Index(Protocol):
    """What is known of persons so far: answered by the graph for a daily load, by tables for a first load."""

    def holders(self, number: str, values: Sequence[str], source: str, supplier: str) -> pd.DataFrame:
        """Who holds these numbers: `number, person_id, record, date_of_birth`. `local_id` is the supplier's own."""

    def alike(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """Who has these demographics (`key, family_name, date_of_birth, postcode`): `key, person_id, record`."""

    def known_of(self, persons: Sequence[str]) -> "dict[str, Known]":
        """What the open records of these persons say of numbers, multiple births and forenames."""


@dataclass
class Known:
    """Numbers, forenames and whether of a multiple birth, of one person or of one cluster of records."""

    nhs_numbers: set[str] = field(default_factory=set)
    upns: set[str] = field(default_factory=set)
    forenames: set[str] = field(default_factory=set)
    multiple: bool = False

    def clashes(self, other: "Known") -> bool:
        """Whether a valid number of the one disagrees with the other's."""
        return any(
            mine and theirs and not mine & theirs
            for mine, theirs in ((self.nhs_numbers, other.nhs_numbers), (self.upns, other.upns))
        )

    def maybe_twins(self, other: "Known") -> bool:
        """Whether one is of a known multiple birth and the forenames do not agree."""
        return (self.multiple or other.multiple) and not self.forenames & other.forenames

    def unlike(self, other: "Known") -> bool:
        """Whether forenames are known of both, and none is of both."""
        return bool(self.forenames and other.forenames and not self.forenames & other.forenames)

    def add(self, other: "Known") -> None:
        """Takes in what the other knows."""
        self.nhs_numbers |= other.nhs_numbers
        self.upns |= other.upns
        self.forenames |= other.forenames
        self.multiple |= other.multiple


@dataclass
class _Cluster:
    """Records of one file that are about one person by their numbers."""

    rows: list[int]
    known: Known


def match(new: pd.DataFrame, index: Index, *, source: str, supplier: str) -> pd.DataFrame:
    """For each new record of a file its person, in the columns MATCHED; the order of the rows does not matter.

    `method` is nhs_number, upn, local_id, demographics or new; `basis` is the record that it was joined to, or null.
    """
    frame = new.sort_values("key", kind="stable").reset_index(drop=True)
    people = _People(frame)
    clusters, joined = _clusters(people)
    chosen: dict[int, tuple[str, str, str | None]] = {}
    undecided: list[int] = []
    by_number = _by_number(people, clusters, index, source, supplier)
    for number, _ in enumerate(clusters):
        found = by_number.get(number)
        if found is None:
            undecided.append(number)
        elif isinstance(found, tuple):
            chosen[number] = found
    taken = {person for person, _, _ in chosen.values()}
    chosen |= _by_demographics(people, clusters, undecided, index, taken)
    return _assignments(people, clusters, joined, chosen)


class _People:
    """The columns of the new records that matching looks at, as plain lists: most of the work is on few rows."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.record: list[str] = values(frame["record"])
        self.born: list[date | None] = values(frame["date_of_birth"])
        self.numbers = {name: values(frame[name]) for name in NUMBERS}
        self.former_upn = values(frame["former_upn"])
        self.multiple = [bool(value) for value in values(frame["multiple_birth"])]
        self.forename = folded(frame["forename"])

    def __len__(self) -> int:
        return len(self.record)

    def known(self, row: int) -> Known:
        """What one row says."""
        forename = self.forename[row]
        return Known(
            nhs_numbers=_set(self.numbers["nhs_number"][row]),
            upns=_set(self.numbers["upn"][row], self.former_upn[row]),
            forenames={forename} if forename else set(),
            multiple=self.multiple[row],
        )


def two_of_three(one: date | None, other: date | None) -> bool:
    """Whether at least two of year, month and day of two dates of birth agree; an unknown one agrees with none."""
    if one is None or other is None:
        return False
    return (one.year == other.year) + (one.month == other.month) + (one.day == other.day) >= 2


def new_ids(count: int) -> list[str]:
    """So many directory numbers: ten random characters of Crockford's base 32, none twice."""
    made: set[str] = set()
    while len(made) < count:
        raw = secrets.token_bytes(_ID_LENGTH * (count - len(made)))
        letters = [_ALPHABET[byte & 31] for byte in raw]
        made.update("".join(letters[at : at + _ID_LENGTH]) for at in range(0, len(letters), _ID_LENGTH))
    return list(made)


def _clusters(people: _People) -> tuple[list[_Cluster], dict[int, tuple[str, int]]]:
    """The clusters of the file, and for each row that joined another the number that joined it and the other row."""
    cluster_of = list(range(len(people)))
    clusters: dict[int, _Cluster] = {}
    joined: dict[int, tuple[str, int]] = {}

    def cluster(row: int) -> _Cluster:
        return clusters.setdefault(cluster_of[row], _Cluster([row], people.known(row)))

    for number in ("local_id", "nhs_number", "upn"):
        for rows in _sharing(people.numbers[number]):
            anchor = rows[0]
            for row in rows[1:]:
                mine, theirs = cluster(row), cluster(anchor)
                if mine is theirs or not _same_person(people, row, anchor, mine.known, theirs.known):
                    continue
                if number != "local_id" and mine.known.unlike(theirs.known):
                    # One of them has the other's number by mistake: a twin, or whoever was born on such a day.
                    continue
                gone = cluster_of[row]
                for member in mine.rows:
                    cluster_of[member] = cluster_of[anchor]
                theirs.rows.extend(mine.rows)
                theirs.known.add(mine.known)
                clusters.pop(gone)
                joined[row] = (number, anchor)
    made = [
        clusters.get(row) or _Cluster([row], people.known(row)) for row in range(len(people)) if cluster_of[row] == row
    ]
    return made, joined


def _sharing(values: Sequence[str | None]) -> Iterable[list[int]]:
    """The rows that share a value, group by group in the order of the file."""
    groups: dict[str, list[int]] = defaultdict(list)
    for row, value in enumerate(values):
        if value is not None:
            groups[value].append(row)
    return (rows for rows in groups.values() if len(rows) > 1)


def _same_person(people: _People, row: int, anchor: int, mine: Known, theirs: Known) -> bool:
    born_alike = two_of_three(people.born[row], people.born[anchor])
    return born_alike and not mine.clashes(theirs) and not mine.maybe_twins(theirs)


def _by_number(
    people: _People, clusters: Sequence[_Cluster], index: Index, source: str, supplier: str
) -> dict[int, tuple[str, str, str | None] | str | None]:
    """Per cluster the one person found by a number, or a word where more than one was: such a cluster stays alone."""
    hits = _number_hits(people, index, source, supplier)
    if not hits:
        return {}
    about = index.known_of(sorted({person for found in hits.values() for person, _, _ in found}))
    result: dict[int, tuple[str, str, str | None] | str | None] = {}
    for number, cluster in enumerate(clusters):
        found = {hit[0]: hit for row in cluster.rows for hit in hits.get(row, ())}
        fitting = [
            hit
            for person, hit in sorted(found.items())
            if not cluster.known.clashes(about[person]) and not cluster.known.maybe_twins(about[person])
        ]
        if len(fitting) != 1:
            result |= {number: "conflict"} if fitting else {}
        elif fitting[0][1] != "local_id" and cluster.known.unlike(about[fitting[0][0]]):
            # A mistyped number is another child's, who may well be born in the same month: more has to speak for it.
            result[number] = "unlike"
        else:
            result[number] = fitting[0]
    return result | dict.fromkeys(_torn(clusters, result), "conflict")


def _torn(clusters: Sequence[_Cluster], found: dict[int, tuple[str, str, str | None] | str | None]) -> list[int]:
    """The clusters that each fit one person, and that cannot all be that person: nothing says which of them is."""
    of_person: dict[str, list[int]] = defaultdict(list)
    for number, hit in found.items():
        if isinstance(hit, tuple):
            of_person[hit[0]].append(number)
    torn: list[int] = []
    for mine in of_person.values():
        known = [clusters[number].known for number in mine]
        if any(one.clashes(other) or one.maybe_twins(other) for one, other in combinations(known, 2)):
            torn.extend(mine)
    return torn


def _number_hits(
    people: _People, index: Index, source: str, supplier: str
) -> dict[int, list[tuple[str, str, str | None]]]:
    """Per row the persons who hold one of its numbers and were born alike: person, method, the record that says so."""
    hits: dict[int, list[tuple[str, str, str | None]]] = defaultdict(list)
    for number in NUMBERS:
        rows_of: dict[str, list[int]] = defaultdict(list)
        for row, value in enumerate(people.numbers[number]):
            if value is not None:
                rows_of[value].append(row)
        if not rows_of:
            continue
        held = index.holders(number, sorted(rows_of), source, supplier).sort_values(["number", "record"])
        columns = (
            values(held["number"]),
            values(held["person_id"]),
            values(held["record"]),
            values(held["date_of_birth"]),
        )
        for value, person, record, born in zip(*columns, strict=True):
            for row in rows_of[value]:
                if two_of_three(people.born[row], born):
                    hits[row].append((person, number, record))
    return hits


def _by_demographics(
    people: _People, clusters: Sequence[_Cluster], undecided: Sequence[int], index: Index, taken: set[str]
) -> dict[int, tuple[str, str, str | None]]:
    """Per undecided cluster the one person of exactly its demographics, where each has only the other."""
    cluster_of = {
        row: number for number in undecided for row in clusters[number].rows if not clusters[number].known.multiple
    }
    if not cluster_of:
        return {}
    keys = demographic_keys(people.frame.iloc[list(cluster_of)])
    found = index.alike(keys)
    if found.empty:
        return {}
    found = found.merge(keys[["key", "position"]], on="key")
    pairs: dict[tuple[int, str], str] = {}
    columns = (values(found[name]) for name in ("position", "person_id", "record"))
    for position, person, record in zip(*columns, strict=True):
        pair = (cluster_of[position], person)
        pairs[pair] = min(record, pairs.get(pair, record))
    about = index.known_of(sorted({person for _, person in pairs}))
    fitting = [
        (number, person)
        for number, person in pairs
        if person not in taken and not about[person].multiple and not clusters[number].known.clashes(about[person])
    ]
    # Every pair counts against uniqueness, also one that a number speaks against: two of a kind are not one.
    clusters_of, persons_of = defaultdict(set), defaultdict(set)
    for number, person in pairs:
        clusters_of[person].add(number)
        persons_of[number].add(person)
    return {
        number: (person, "demographics", pairs[number, person])
        for number, person in fitting
        if len(persons_of[number]) == 1 and len(clusters_of[person]) == 1
    }


def _assignments(
    people: _People,
    clusters: Sequence[_Cluster],
    joined: dict[int, tuple[str, int]],
    chosen: dict[int, tuple[str, str, str | None]],
) -> pd.DataFrame:
    fresh = iter(new_ids(len(clusters) - len(chosen)))
    rows: list[tuple[str, str, str, str | None]] = []
    for number, cluster in enumerate(clusters):
        person, method, basis = chosen.get(number) or (next(fresh), "new", None)
        for row in cluster.rows:
            if row in joined and method == "new":
                through, anchor = joined[row]
                rows.append((people.record[row], person, through, people.record[anchor]))
            else:
                rows.append((people.record[row], person, method, basis))
    return pd.DataFrame(rows, columns=list(MATCHED))


def demographic_keys(frame: pd.DataFrame) -> pd.DataFrame:
    """Every forename, family name, date of birth and postcode under which these records could be found.

    Columns `position` (the frame's own index), `key`, `family_name` (folded), `date_of_birth`, `postcode`, `primary`:
    whether the family name or the postcode is the record's first, because only those are indexed in the graph.
    """
    forename, family = folded(frame["forename"]), folded(frame["family_name"])
    preferred, known_as = folded(frame["preferred_forename"]), folded(frame["preferred_family_name"])
    former = folded(frame["former_family_name"])
    others, postcodes = values(frame["other_names"]), values(frame["postcode"])
    earlier, born = values(frame["former_postcodes"]), values(frame["date_of_birth"])
    rows: list[tuple[Any, ...]] = []
    for at, position in enumerate(frame.index):
        day = born[at]
        if day is None or not forename[at]:
            continue
        names = {(forename[at], name) for name in (family[at], known_as[at], former[at])}
        names |= {(preferred[at], name) for name in (family[at], known_as[at]) if preferred[at]}
        names |= {
            (fold_whole(given), fold_whole(last)) for last, _, given in (n.partition(", ") for n in others[at] or ())
        }
        places = {postcodes[at], *(earlier[at] or ())} - {None}
        rows.extend(
            (position, f"{given}|{last}|{day}|{place}", last, day, place, last == family[at] or place == postcodes[at])
            for given, last in names
            if given and last
            for place in places
        )
    return pd.DataFrame(rows, columns=["position", "key", "family_name", "date_of_birth", "postcode", "primary"])


def folded(names: "pd.Series") -> list[str]:
    """Names as they are compared; an unknown one is empty."""
    given = values(names)
    once = {name: fold_whole(name) for name in set(given)}
    return [once[name] for name in given]


def _set(*values: str | None) -> set[str]:
    return {value for value in values if value is not None}
