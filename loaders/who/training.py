"""Learns what errors people make: from records whose truth is known, or from what the model at hand is sure of.

Only m is learnt so; chance agreement is counted wherever the model is used (`weights`). The weights of numbers are set
by hand, because pairs that a number found cannot teach how often numbers are wrong (matching.md 4, trap 6).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from graph.model.errors import SignpostError
from loaders.who import candidates, invented
from loaders.who.candidates import LEFT, RIGHT
from loaders.who.comparisons import Comparison, comparisons
from loaders.who.linking import Linked, link
from loaders.who.policy import LIMITS
from loaders.who.records import tidy
from loaders.who.weights import LEAST_M, Chance, Model, names_of, rebase

Pair = tuple[str, str]
_BY_HAND: Mapping[str, Mapping[str, Chance]] = {
    "nhs": {"exact": Chance(0.9985, 1e-9), "else": Chance(0.0015, 1.0)},
    "upn": {"exact": Chance(0.9985, 1e-9), "else": Chance(0.0015, 1.0)},
    # What another column is nobody knows: it is believed a little, and its chance agreement is counted.
    "other": {"exact": Chance(0.9, 0.001), "close": Chance(0.06, 0.01), "else": Chance(0.04, 0.98)},
}
# The invented feeds never mistake a middle name. People do: one is left out, another is put first.
_AT_LEAST = {"middle": {"near": 0.03, "else": 0.03}}
_MATCH_SHARE = 0.92  # of the records of a feed have their person in the index (matching.md 3)
_FEWEST_PAIRS = 200
_BELIEVED = 200.0  # pairs for which the model at hand counts when it is trained further
_ROUNDS = 2


def learn(left: pa.Table, right: pa.Table, truth: Iterable[Pair], *, trained: Mapping[str, Any]) -> Model:
    """A model from two files and the pairs that are truly one person; `trained` says on what, for whoever reads it."""
    with candidates.connect() as con:
        candidates.lay_out(con, left, right)
        seen = _levels_of(con, truth, comparisons(), within=False)
        levels: dict[str, dict[str, Chance]] = {part: dict(each) for part, each in _BY_HAND.items()}
        for part in comparisons():
            if part.name not in _BY_HAND:
                levels[part.name] = {name: Chance(m, 0.0) for name, m in _shares(part, seen[part.name], {}).items()}
        blank = Model(levels, _MATCH_SHARE, {}, trained)
        counted = rebase(con, blank)
        for part in comparisons():
            if part.name not in _BY_HAND:
                levels[part.name] = {
                    level.name: Chance(_short(levels[part.name][level.name].m), _short(counted.of(part, level).u))
                    for level in part.levels
                }
        frequencies = {column: names_of(con, column) for column in ("given", "family")}
    return Model(levels, _MATCH_SHARE, frequencies, trained)


def on_invented(*, children: int = 20_000, seed: int = 1) -> Model:
    """The model that an invented population teaches; with these figures the one that is shipped."""
    found = invented.drawn(children=children, seed=seed)
    trained = {
        "population": f"synthesise --children {children} --seed {seed}",
        "records": len(found.left),
        "pairs": len(found.truth),
        "index": len(found.right),
    }
    return learn(tidy(found.left), tidy(found.right), found.truth, trained=trained)


def trained_on(left: pa.Table, right: pa.Table | None, model: Model) -> Model:
    """The model after it has looked at files of which nobody knows the truth.

    It learns from the pairs that it holds to be one person by their weight or by rule, also those that a veto sends to
    a person: without these it would learn that forenames never differ. With too few of them it stays as it was.
    """
    for _ in range(_ROUNDS):
        pairs = _sure(link(left, right, model=model))
        if len(pairs) < _FEWEST_PAIRS:
            return model
        with candidates.connect() as con:
            others = candidates.lay_out(con, left, right)
            seen = _levels_of(con, pairs, comparisons(others), within=right is None)
        model = _adapted(model, comparisons(others), seen)
    return model


def _adapted(model: Model, parts: Iterable[Comparison], seen: Mapping[str, Mapping[str, int]]) -> Model:
    levels = {name: dict(each) for name, each in model.levels.items()}
    for part in parts:
        # Other columns differ from each other in kind, and share one set of weights: it stays.
        if part.name in levels and part.name not in _BY_HAND:
            before = {name: chance.m for name, chance in levels[part.name].items()}
            shares = _shares(part, seen[part.name], before)
            levels[part.name] = {name: Chance(m, levels[part.name][name].u) for name, m in shares.items()}
    return Model(levels, model.match_share, model.frequencies, {**model.trained, "further": "on the files at hand"})


def _sure(linked: Linked) -> list[Pair]:
    sure = [one for one in linked.proposals if one.weight is not None and one.weight >= LIMITS.link]
    return sorted({(one.left, one.right) for one in (*linked.links, *sure)})


def _levels_of(
    con: duckdb.DuckDBPyConnection, pairs: Iterable[Pair], parts: Iterable[Comparison], *, within: bool
) -> dict[str, dict[str, int]]:
    """For each part, at which level how many of these pairs are."""
    every = list(pairs)
    if not every:
        raise SignpostError("There is no true pair to learn from. Give files whose truth names some.")
    con.register("truth", pa.table({"l": [one for one, _ in every], "r": [other for _, other in every]}))
    other = LEFT if within else RIGHT
    both = f"truth t JOIN {LEFT} l ON l.key = t.l JOIN {other} r ON r.key = t.r"
    con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS {candidates.compared(con, both, parts, others=other)}")
    counted = {
        part.name: dict(con.execute(f"SELECT {part.name}, count(*) FROM seen GROUP BY 1").fetchall()) for part in parts
    }
    con.unregister("truth")
    return counted


def _shares(part: Comparison, seen: Mapping[str, int], before: Mapping[str, float]) -> dict[str, float]:
    """The share of each level among pairs that know the part; what was learnt before counts for some pairs."""
    believed = _BELIEVED if before else 0.0
    known = sum(count for name, count in seen.items() if name != "unknown")
    total = max(1.0, known + believed)
    least = _AT_LEAST.get(part.name, {})
    made = {
        level.name: max(
            least.get(level.name, LEAST_M), (seen.get(level.name, 0) + believed * before.get(level.name, 0.0)) / total
        )
        for level in part.levels
    }
    return {name: share / sum(made.values()) for name, share in made.items()}


def _short(value: float) -> float:
    """Four figures say all that is known."""
    return float(f"{value:.4g}")
