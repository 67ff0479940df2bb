"""How much speaks for each pair, in bits: Splink's Fellegi and Sunter on the candidates that we chose ourselves."""

from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker

from loaders.who.candidates import LEFT, RIGHT
from loaders.who.comparisons import Comparison, Level, comparisons
from loaders.who.policy import Evidence, Number
from loaders.who.weights import LEAST_M, Rebased, frequency_table

# So many pairs are handed to Splink at a time, because it lays out both records of each (matching.md 4, trap 7).
PAIRS_AT_A_TIME = 500_000
_LONG = 6  # characters that a number of persons has at least


@dataclass(frozen=True)
class Scored:
    """One pair by the places of its records, and what speaks for it."""

    left: int
    right: int
    evidence: Evidence


def score(
    con: duckdb.DuckDBPyConnection,
    rebased: Rebased,
    *,
    pairs: str,
    others: int = 0,
    numbers: tuple[int, ...] = (),
    sides: tuple[str, str] = (LEFT, RIGHT),
    least: float = float("-inf"),
) -> list[Scored]:
    """The pairs of a table (`pair, l, r`) whose weight is at least that, or that share a number, in its order."""
    ((last,),) = con.execute(f"SELECT coalesce(max(pair), 0) FROM {pairs}").fetchall()
    found: list[Scored] = []
    if not last:
        return found
    scorer = _Scorer(con, rebased, others, numbers)
    for begin in range(0, last, PAIRS_AT_A_TIME):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE batch AS SELECT * FROM {pairs}"
            f" WHERE pair > {begin} AND pair <= {begin + PAIRS_AT_A_TIME}"
        )
        found += scorer.batch(sides, least)
    return found


class _Scorer:
    """Splink with one model on one connection; its term frequencies are registered once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, rebased: Rebased, others: int, numbers: tuple[int, ...]) -> None:
        self.con, self.numbers = con, numbers
        self.parts = comparisons(others)
        self.api = DuckDBAPI(connection=con)
        # Splink asks for an input when it is made; it is never predicted on.
        con.execute(f"CREATE OR REPLACE TABLE splink_input AS SELECT n AS pair, * FROM {RIGHT} LIMIT 1")
        settings = settings_of(rebased, self.parts)
        self.linker = Linker(self.api.register("splink_input"), settings, log_level="ERROR", validate_settings=False)
        for column in sorted({column for part in self.parts for level in part.levels if (column := level.frequency)}):
            # Always registered: in 5.0.0 hard-coded columns do not do (matching.md 4, trap 1).
            table = self.api.register(frequency_table(con, rebased, column))
            self.linker.table_management.register_term_frequency_lookup(table, column)

    def batch(self, sides: tuple[str, str], least: float) -> list[Scored]:
        """The scored pairs of the table `batch`."""
        for name, side, end in (("splink_left", sides[0], "l"), ("splink_right", sides[1], "r")):
            self.con.execute(
                f"CREATE OR REPLACE TABLE {name} AS SELECT b.pair, s.* FROM batch b JOIN {side} s ON s.n = b.{end}"
            )
        predicted = self.linker.inference.predict_between(
            self.api.register("splink_left"),
            self.api.register("splink_right"),
            blocking_rules_to_generate_predictions=["l.pair = r.pair"],
            warning_mode="never",
        )
        # Splink tells what rarity adds only of comparisons that have a level to which it does.
        said = self.con.execute(f"SELECT column_name FROM (DESCRIBE {predicted.physical_name})").fetchall()
        rarity = {part.name: f" + mw_tf_adj_{part.name}" for part in self.parts if (f"mw_tf_adj_{part.name}",) in said}
        bits = ", ".join(f"mw_{part.name}{rarity.get(part.name, '')} AS bits_{part.name}" for part in self.parts)
        gammas = ", ".join(f"gamma_{part.name}" for part in self.parts)
        rows = self.con.sql(
            f"SELECT l.n AS l, r.n AS r, r.key AS record, r.person AS person, l.key AS source, match_weight,"
            f" l.multiple OR r.multiple AS multiple, {gammas}, {bits}, {self._same_number()} AS same_number"
            f" FROM {predicted.physical_name} p JOIN splink_left l ON l.pair = p.pair_l"
            f" JOIN splink_right r ON r.pair = p.pair_r"
            f" WHERE match_weight >= {max(least, -1e9)} OR gamma_nhs = 1 OR gamma_upn = 1 ORDER BY p.pair_l"
        ).to_arrow_table()
        predicted.drop_table_from_database_and_remove_from_cache()
        return _read(rows, self.parts)

    def _same_number(self) -> str:
        """SQL that says whether another column that identifies agrees, or is one slip of the hand away."""
        pairs = [(f"l.other_{place}", f"r.other_{place}") for place in self.numbers]
        slip = "length({0}) >= {2} AND length({1}) >= {2} AND damerau_levenshtein({0}, {1}) <= 1"
        same = [f"coalesce({one} = {other} OR ({slip.format(one, other, _LONG)}), FALSE)" for one, other in pairs]
        return " OR ".join(same) or "FALSE"


def settings_of(rebased: Rebased, parts: tuple[Comparison, ...]) -> dict[str, Any]:
    """The model as Splink takes it: integer ids and no sources, so that pairs are joined by number (trap 4)."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "pair",
        "probability_two_random_records_match": rebased.prior,
        # Without it Splink keeps no level (`gamma_`), and the policy decides by levels.
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [
            {"output_column_name": part.name, "comparison_levels": [_unknown(part), *_levels(rebased, part)]}
            for part in parts
        ],
    }


def _unknown(part: Comparison) -> dict[str, Any]:
    return {"sql_condition": part.unknown, "label_for_charts": "unknown", "is_null_level": True}


def _levels(rebased: Rebased, part: Comparison) -> list[dict[str, Any]]:
    return [_level(rebased, part, level) for level in part.levels]


def _level(rebased: Rebased, part: Comparison, level: Level) -> dict[str, Any]:
    chance = rebased.of(part, level)
    made: dict[str, Any] = {
        "sql_condition": level.sql,
        "label_for_charts": level.name,
        "m_probability": max(chance.m, LEAST_M),
        "u_probability": chance.u,
    }
    # What nearly always differs is no rarer for standing once: its frequency would only take weight away.
    if level.frequency and chance.u > 1 / max(1, rebased.size):
        made |= {"tf_adjustment_column": level.frequency, "tf_minimum_u_value": 1 / max(1_000, rebased.size)}
    return made


def _read(rows: pa.Table, parts: tuple[Comparison, ...]) -> list[Scored]:
    """Splink numbers levels from 0, which is `else`, upwards; -1 is unknown."""
    said = {
        part.name: [_name_of(part, gamma) for gamma in rows[f"gamma_{part.name}"].to_pylist()]
        for part in parts
        if part.name in ("given", "family", "middle", "born", "sex", "place", "nhs", "upn")
    }
    names = ("l", "r", "record", "person", "source", "match_weight", "multiple", "same_number")
    plain = {name: rows[name].to_pylist() for name in names}
    bits = list(zip(*(rows[f"bits_{part.name}"].to_pylist() for part in parts), strict=True))
    return [
        Scored(
            plain["l"][at],
            plain["r"][at],
            Evidence(
                record=plain["record"][at],
                person=plain["person"][at],
                weight=plain["match_weight"][at],
                given=said["given"][at],
                family=said["family"][at],
                middle=said["middle"][at],
                born=said["born"][at],
                sex=said["sex"][at],
                place=said["place"][at],
                nhs=number_of(said["nhs"][at]),
                upn=number_of(said["upn"][at]),
                other=Number.EQUAL if plain["same_number"][at] else Number.UNKNOWN,
                multiple=plain["multiple"][at],
                source=plain["source"][at],
                bits=bits[at],
            ),
        )
        for at in range(len(rows))
    ]


def number_of(level: str) -> Number:
    """What the level of a comparison of numbers means."""
    return {"exact": Number.EQUAL, "else": Number.CLASH}.get(level, Number.UNKNOWN)


def _name_of(part: Comparison, gamma: int) -> str:
    return "unknown" if gamma < 0 else part.levels[len(part.levels) - 1 - gamma].name
