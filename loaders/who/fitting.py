"""How well new persons fit known ones, and each other: the best pair of their observed identities, in bits.

Chance agreement, how common names are and the prior are counted over persons of the whole index, one row each; pairs
are found and weighed over every identity of either side (matching.md 4, traps 2 and 3; 5.2; 5.3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from loaders.who import candidates, identities, weights
from loaders.who.candidates import LEFT, RIGHT
from loaders.who.comparisons import comparisons
from loaders.who.index import IDENTITY, KEYED, NAMES, Index
from loaders.who.policy import LIMITS, Evidence, Number
from loaders.who.scoring import number_of, score
from loaders.who.weights import Model, Rebased

# While the index is small the file's children are mostly not in it, whatever share of a whole register's are: as many
# are taken to be there for the prior.
_FEWEST = 10_000
_AMONG = "index_identities"
_PERSON = pa.schema([("person", pa.string())])
Fits = dict[str, dict[str, Evidence]]  # new person → known person → the best pair of theirs


@dataclass
class Figures:
    """What was counted on the way, for the gates."""

    pairs: dict[str, int] = field(default_factory=dict)  # by rule
    crowded: dict[str, int] = field(default_factory=dict)  # keys left out, by rule
    persons: int = 0


class Fitting:
    """New persons beside an index, whose connection it uses until the block ends."""

    def __init__(self, new: pa.Table, index: Index, *, barred: Iterable[str] = (), model: Model | None = None) -> None:
        """The new ones are `identities.observed`; nobody is compared with those of these names."""
        self._new, self._index, self._model = new, index, model or weights.shipped()
        self._barred = sorted(barred)
        self.figures = Figures()

    def __enter__(self) -> "Fitting":
        self._con = self._index.con
        identities.lay_out(self._con, self._new, LEFT)
        self._con.register("barred", pa.table({"person": self._barred}, schema=_PERSON))
        among = f"SELECT * EXCLUDE first FROM {IDENTITY}{' ANTI JOIN barred USING (person)' if self._barred else ''}"
        self._con.execute(f"CREATE OR REPLACE TEMP VIEW {_AMONG} AS {among}")
        self._rebased = weights.rebased_on(self._model, self._index.chances, names=NAMES, least=_FEWEST)
        self.figures.persons = self._rebased.size
        return self

    def __exit__(self, *_: object) -> None:
        for table in (LEFT, RIGHT, "candidate"):
            kind = self._con.execute(
                "SELECT table_type FROM information_schema.tables WHERE table_name = $name", {"name": table}
            ).fetchall()
            if kind:
                self._con.execute(f"DROP {'VIEW' if kind[0][0] == 'VIEW' else 'TABLE'} {table}")

    def to_known(self) -> Fits:
        """For each new person the known ones that fit at all, with the best pair of each."""
        found = candidates.find(self._con, within=False, persons=True, among=_AMONG, keyed=KEYED)
        self.figures.pairs = dict(candidates.pairs_by_rule(found))
        self.figures.crowded = {one.rule: one.crowded for one in found if one.crowded}
        # What says two births or numbers may be on any identity of a person.
        near = f"SELECT DISTINCT person FROM {_AMONG} SEMI JOIN (SELECT DISTINCT r AS n FROM candidate) USING (n)"
        self._con.execute(f"CREATE OR REPLACE TABLE {RIGHT} AS FROM {_AMONG} SEMI JOIN ({near}) USING (person)")
        scored = _scored(self._con, self._rebased)
        self._keep({evidence.person for _, evidence in scored})
        return _best(scored, self._persons_of(LEFT), _Persons(self._con))

    def _keep(self, persons: Iterable[str]) -> None:
        """Marks who may be of a multiple birth. Of ten candidates nine fit nobody, and are asked nothing further."""
        self._con.register("fitting", pa.table({"person": sorted(persons)}, schema=_PERSON))
        self._con.execute(f"DELETE FROM {RIGHT} WHERE person NOT IN (SELECT person FROM fitting)")
        self._con.unregister("fitting")
        candidates.mark_births(self._con, within=False, among=_AMONG, keyed=KEYED)
        for table in (LEFT, RIGHT):
            _whole_persons(self._con, table)

    def to_each_other(self, persons: Iterable[str]) -> Fits:
        """The same of these new persons among themselves; a pair stands at both of its ends."""
        wanted = pa.table({"person": sorted(persons)}, schema=_PERSON)
        self._con.register("wanted", wanted)
        self._con.execute(f"CREATE OR REPLACE TABLE newcomers AS SELECT * FROM {LEFT} SEMI JOIN wanted USING (person)")
        self._con.execute(f"CREATE OR REPLACE TABLE {LEFT} AS FROM newcomers")
        self._con.execute(f"DROP TABLE {RIGHT}")
        self._con.execute(f"CREATE VIEW {RIGHT} AS FROM {LEFT}")
        candidates.find(self._con, within=True, persons=True)
        scored = _scored(self._con, self._rebased)
        return _both_ways(_best(scored, self._persons_of(LEFT), _Persons(self._con)))

    def _persons_of(self, table: str) -> dict[int, str]:
        return dict(self._con.execute(f"SELECT n, person FROM {table}").fetchall())


class _Persons:
    """What is known of each person by whichever of their identities: valid numbers, and a multiple birth."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._held: dict[str, dict[str, tuple[frozenset[str], frozenset[str]]]] = {}
        self._multiple: dict[str, set[str]] = {}
        each = ", ".join(f"list(DISTINCT {number}) FILTER ({number} IS NOT NULL)" for number in ("nhs", "upn"))
        for table in (LEFT, RIGHT):
            some = f"FROM {table} WHERE nhs IS NOT NULL OR upn IS NOT NULL GROUP BY person"
            rows = con.execute(f"SELECT person, {each} {some}").fetchall()
            self._held[table] = {row[0]: (frozenset(row[1] or ()), frozenset(row[2] or ())) for row in rows}
            born = con.execute(f"SELECT DISTINCT person FROM {table} WHERE multiple").fetchall()
            self._multiple[table] = {row[0] for row in born}

    def told(self, new: str, evidence: Evidence) -> Evidence:
        """The evidence with what everything known of both persons says of each other."""
        nothing: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
        mine, theirs = self._held[LEFT].get(new, nothing), self._held[RIGHT].get(evidence.person, nothing)
        nhs, upn = (_said(one, other) for one, other in zip(mine, theirs, strict=True))
        multiple = new in self._multiple[LEFT] or evidence.person in self._multiple[RIGHT]
        if (nhs, upn, multiple) == (evidence.nhs, evidence.upn, evidence.multiple):
            return evidence
        return replace(evidence, nhs=nhs, upn=upn, multiple=multiple)


def parts(evidence: Evidence) -> list[str]:
    """What each comparison says and adds, as `given:exact:10.2`, in the order in which they are made."""
    levels: Mapping[str, str] = {
        name: str(getattr(evidence, name)) for name in ("given", "family", "middle", "born", "sex", "place")
    } | {name: _LEVEL[getattr(evidence, name)] for name in ("nhs", "upn")}
    return [
        f"{part.name}:{levels[part.name]}:{bits:.1f}" for part, bits in zip(comparisons(), evidence.bits, strict=True)
    ]


_LEVEL = {Number.EQUAL: "exact", Number.CLASH: "else", Number.UNKNOWN: "unknown"}
assert all(number_of(level) is number for number, level in _LEVEL.items())


def _said(mine: frozenset[str], theirs: frozenset[str]) -> Number:
    if not mine or not theirs:
        return Number.UNKNOWN
    return Number.EQUAL if mine & theirs else Number.CLASH


def _whole_persons(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """What one identity of a person shows of a multiple birth is so of all."""
    known = f"SELECT person FROM {table} WHERE multiple"
    con.execute(f"UPDATE {table} SET multiple = TRUE WHERE NOT multiple AND person IN ({known})")


def _scored(con: duckdb.DuckDBPyConnection, rebased: Rebased) -> list[tuple[int, Evidence]]:
    return [(pair.left, pair.evidence) for pair in score(con, rebased, pairs="candidate", least=LIMITS.review)]


def _best(scored: Iterable[tuple[int, Evidence]], person_of: Mapping[int, str], persons: _Persons) -> Fits:
    """Of each two persons the pair of identities that speaks most for them; the order makes no difference."""
    fits: Fits = {}
    for left, evidence in scored:
        mine = fits.setdefault(person_of[left], {})
        before = mine.get(evidence.person)
        if before is None or _rank(evidence) < _rank(before):
            mine[evidence.person] = evidence
    return {new: {person: persons.told(new, one) for person, one in mine.items()} for new, mine in fits.items()}


def _rank(evidence: Evidence) -> tuple[float, str, str]:
    return (-evidence.weight, evidence.record, evidence.source)


def _both_ways(fits: Fits) -> Fits:
    made: Fits = {new: dict(mine) for new, mine in fits.items()}
    for new, mine in fits.items():
        for person, one in mine.items():
            turned = replace(one, person=new, record=one.source, source=one.record)
            there = made.setdefault(person, {})
            if new not in there or _rank(turned) < _rank(there[new]):
                there[new] = turned
    return made
