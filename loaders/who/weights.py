"""The model: how often true pairs and chance pairs agree at each level, kept as one JSON file, re-based to an index.

What errors people make (m) is learnt once. What agrees by chance (u), how common each name is, and how likely any two
records are one person (the prior) depend on the index: they are counted there, because a prior of another size adds
several bits to everything (matching.md 4, trap 3), and rare agreement cannot be sampled (trap 6).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from graph.model.errors import Unreadable
from loaders.who.candidates import LEFT, RIGHT, compared
from loaders.who.comparisons import Comparison, Level, comparisons

VERSION = 1
SHIPPED = Path(__file__).parent / "model.json"
# No level is an absolute veto: one never seen in training gets this much (trap 5).
LEAST_M = 5e-4
_SAMPLED = 200_000  # pairs drawn to see how often unlike records are alike
_BELIEVED = 20_000  # as many pairs the learnt u counts for, beside those that are counted here
_NAMES_BELIEVED = 1_000.0  # and as many records the model's own names, where the index is asked how common one is
_MOST_KEPT = 4_000  # names in the file; the rarer ones weigh as the rarest kept


@dataclass(frozen=True)
class Chance:
    """The probability of a level for a true pair (m) and for two persons (u)."""

    m: float
    u: float


Levels = Mapping[str, Mapping[str, Chance]]


@dataclass(frozen=True)
class Model:
    """One trained artefact. `match_share` is how many records of a feed have their person in the index."""

    levels: Levels
    match_share: float
    frequencies: Mapping[str, Mapping[str, float]]  # given, family → name → share; for an index too small to count
    trained: Mapping[str, Any]  # on what, when, how many pairs
    version: int = VERSION


@dataclass(frozen=True)
class Chances:
    """How many persons an index holds, and how often two different ones of them agree by chance.

    `shares` is for each level of each comparison the share of pairs, and of how many pairs that is known.
    """

    size: int
    shares: Mapping[str, Mapping[str, tuple[float, float]]]


@dataclass(frozen=True)
class Rebased:
    """A model for one index: its levels with u as counted there, and the prior of any pair."""

    model: Model
    levels: Levels
    prior: float
    size: int
    names: str | None = None  # the table of how many persons have each name, where that is kept

    def of(self, comparison: Comparison, level: Level) -> Chance:
        """The weights of one level."""
        return self.levels[comparison.name][level.name]


def load(path: Path = SHIPPED) -> Model:
    """The model of a file; an Unreadable where it is none, or one of another version."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        levels = {
            part: {level: Chance(**chance) for level, chance in each.items()} for part, each in held["levels"].items()
        }
        model = Model(**(held | {"levels": levels}))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Unreadable(f"{path.name} is no model of who is who ({error}). Take the one of the repository.") from error
    if model.version != VERSION:
        raise Unreadable(f"{path.name} is of version {model.version}, and this needs {VERSION}. Train it again.")
    return model


@cache
def shipped() -> Model:
    """The model that comes with the repository."""
    return load()


@cache
def shipped_id() -> str:
    """The short name of the model that comes with the repository, as what was decided by it says."""
    return hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:12]


def save(model: Model, path: Path) -> None:
    """Writes the model as JSON, the same bytes for the same model."""
    path.write_text(json.dumps(asdict(model), indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def count(
    con: duckdb.DuckDBPyConnection,
    *,
    others: int = 0,
    table: str = RIGHT,
    sample: str | None = None,
    drawn: int = _SAMPLED,
) -> Chances:
    """What agrees by chance in the index of this table, which has one row a person.

    Where the index has several records of a person, `table` has one of each: else what agrees because it is one
    person's would pass for chance. What cannot be counted is seen in `drawn` pairs of `sample`, whose `n` run from 0.
    """
    ((size,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    sampled = _sampled(con, others, sample or table, drawn)
    shares = {
        part.name: {
            level.name: _counted(con, level, size, table) if level.counted else sampled[part.name, level.name]
            for level in part.levels
        }
        for part in comparisons(others)
    }
    return Chances(size, shares)


def rebase(con: duckdb.DuckDBPyConnection, model: Model, *, others: int = 0, within: bool = False) -> Rebased:
    """The model for the index that is laid out; within one file, where persons stand twice, that is reckoned off."""
    return rebased_on(model, count(con, others=others), others=others, within=within)


def rebased_on(
    model: Model, chances: Chances, *, others: int = 0, within: bool = False, names: str | None = None, least: int = 1
) -> Rebased:
    """The model for an index of which this has been counted; the prior is that of one of at least so many persons.

    How common names are is looked up in the table `names` (`index.NAMES`), or counted among the records laid out.
    """
    prior = min(0.5, model.match_share / max(1, chances.size, least))
    levels: dict[str, dict[str, Chance]] = {}
    for comparison in comparisons(others):
        learnt = model.levels[comparison.learnt]
        made = {}
        for level in comparison.levels:
            chance = learnt[level.name]
            share, pairs = chances.shares[comparison.name][level.name]
            if not level.counted:
                # What was never drawn is as likely as half a pair of those that were, not impossible.
                share = max(share, 0.5 / max(pairs, _BELIEVED))
            if within:
                share = max(0.0, share - prior * chance.m)
            made[level.name] = Chance(chance.m, _believed(share, pairs, chance.u))
        levels[comparison.name] = made
    return Rebased(model, levels, prior, chances.size, names)


def names_of(con: duckdb.DuckDBPyConnection, column: str) -> dict[str, float]:
    """How common the most common values of a column are in the index, for a model."""
    rows = con.execute(
        f"SELECT {column}, count(*) / sum(count(*)) OVER () FROM {RIGHT} WHERE {column} IS NOT NULL"
        f" GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT {_MOST_KEPT}"
    ).fetchall()
    return {name: float(f"{share:.3g}") for name, share in rows}


def frequency_table(con: duckdb.DuckDBPyConnection, rebased: Rebased, column: str) -> str:
    """The table of how common each value of either side is in the index; its name.

    A small index says little, so the model's own names count for as many records as it has itself.
    """
    known = rebased.model.frequencies.get(column, {})
    shape = pa.schema([("v", pa.string()), ("share", pa.float64())])
    con.register("learnt", pa.table({"v": list(known), "share": list(known.values())}, schema=shape))
    con.execute(f"CREATE OR REPLACE TABLE learnt_{column} AS FROM learnt")
    con.unregister("learnt")
    believed = _NAMES_BELIEVED if known else 0.0
    counted = f"SELECT {column} AS v, count(*) AS c FROM {RIGHT} GROUP BY {column}"
    if rebased.names is not None:
        counted = f"SELECT name AS v, persons AS c FROM {rebased.names} WHERE part = '{column}'"
    con.execute(
        f"CREATE OR REPLACE TABLE frequency_{column} AS SELECT v AS {column},"
        f" (greatest(coalesce(c, 0), 1) + {believed} * coalesce(share, 0)) / ({max(1, rebased.size)} + {believed})"
        f" AS tf_{column} FROM (SELECT {column} AS v FROM {RIGHT} UNION SELECT {column} FROM {LEFT})"
        f" LEFT JOIN ({counted}) USING (v)"
        f" LEFT JOIN learnt_{column} USING (v) WHERE v IS NOT NULL"
    )
    return f"frequency_{column}"


def frequency(rebased: Rebased, column: str, value: str, count: int) -> float:
    """How common a value is in the index that has it so often: what `frequency_table` says of it."""
    known = rebased.model.frequencies.get(column, {})
    believed = _NAMES_BELIEVED if known else 0.0
    return (max(count, 1) + believed * known.get(value, 0.0)) / (max(1, rebased.size) + believed)


def _believed(share: float, pairs: float, learnt: float) -> float:
    """The share that was counted, with the learnt one as if it had been seen in some pairs as well."""
    return min(1.0, max(1e-12, (share * pairs + learnt * _BELIEVED) / (pairs + _BELIEVED)))


def _counted(con: duckdb.DuckDBPyConnection, level: Level, size: int, table: str) -> tuple[float, float]:
    """In how many of all pairs of the index these columns are equal, exactly, and how many pairs there are."""
    ((equal, known),) = con.execute(
        f"SELECT coalesce(sum(c * (c - 1.0)), 0), coalesce(sum(c), 0) FROM"
        f" (SELECT count(*) AS c FROM {table} WHERE (({level.counted}) IS NOT NULL)"
        f" AND {' AND '.join(f'{column} IS NOT NULL' for column in (level.counted or '').split(', '))}"
        f" GROUP BY {level.counted})"
    ).fetchall()
    pairs = float(known) * (float(known) - 1)
    return (float(equal) / pairs if pairs else 0.0), min(pairs, float(size) * size)


def _sampled(
    con: duckdb.DuckDBPyConnection, others: int, table: str, most: int
) -> dict[tuple[str, str], tuple[float, float]]:
    """The share of each level among pairs of different records of the table, and of how many pairs, drawn evenly."""
    ((size,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    parts = comparisons(others)
    nothing = {(part.name, level.name): (0.0, 0.0) for part in parts for level in part.levels}
    if size < 2:
        return nothing
    shifts = max(1, min(size - 1, most // size))
    rows = min(size, most // shifts)
    # Knuth's multiplier spreads the partners of neighbours; the same records give the same pairs.
    drawn = (
        f"{table} l, range(1, {shifts + 1}) s(k), {table} r WHERE l.n < {rows}"
        f" AND r.n = (l.n + 1 + (l.n * 2654435761 + s.k * 40503) % ({size} - 1)) % {size}"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE sampled AS {compared(con, drawn, parts, others=table)}")
    found = dict(nothing)
    for part in parts:
        counted = dict(con.execute(f"SELECT {part.name}, count(*) FROM sampled GROUP BY 1").fetchall())
        known = sum(count for level, count in counted.items() if level != "unknown")
        for level in part.levels:
            found[part.name, level.name] = (counted.get(level.name, 0) / known if known else 0.0, float(known))
    con.execute("DROP TABLE sampled")
    return found
