"""Which pairs are worth comparing: an index of millions gives by the numbers of its keys what reading all does."""

import random

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from loaders.who import candidates
from loaders.who.candidates import LEFT, NEAR, RIGHT, RULES, Found, numbers_of_keys

SHAPE = {
    "given": ["anneliese", "annabel", "bruna", "costa", "dagny"],
    "family": ["costa", "costelloe", "dagny", "estrada", "bruna"],
    "born": ["20170604", "20170406", "20170611", "20160604", "20171206"],
    "postcode": [f"NS{area}1A{letter}" for area in range(1, 6) for letter in "AB"],
    "address": [f"{house} larch road" for house in range(1, 9)],
}
COLUMNS = ["n", "key", "person", "given", "family", "born", "postcode", "area", "former", "address", "nhs", "upn"]


def drawn(count: int, rng: random.Random) -> pa.Table:
    """So many rows of names, days and homes that many share; a third of each is not known."""
    rows = []
    for n in range(count):
        row = {name: rng.choice(values) if rng.random() < 0.7 else None for name, values in SHAPE.items()}
        former = rng.choice(SHAPE["postcode"]) if rng.random() < 0.3 else None
        numbers = {name: str(rng.randrange(count)) if rng.random() < 0.5 else None for name in ("nhs", "upn")}
        area = row["postcode"][:3] if row["postcode"] else None
        rows.append({**row, **numbers, "n": n, "key": f"r{n}", "person": f"p{n // 2}", "area": area, "former": former})
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return pa.table({name: pa.array([None if pd.isna(cell) else cell for cell in frame[name]]) for name in COLUMNS})


def pairs(con: duckdb.DuckDBPyConnection, keyed: str | None) -> tuple[set[tuple[int, int]], list[Found]]:
    """The pairs, and what each rule gave."""
    found = candidates.find(con, within=False, persons=True, keyed=keyed)
    return set(con.execute("SELECT l, r FROM candidate").fetchall()), found


def test_the_numbers_of_keys_lose_no_pair_of_any_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST_PAIRS_OF_A_KEY", 25)
    rng = random.Random(5)
    with candidates.connect() as con:
        for table, count in ((LEFT, 60), (RIGHT, 900)):
            con.register("incoming", drawn(count, rng))
            con.execute(f"CREATE TABLE {table} AS FROM incoming")
            con.unregister("incoming")
        con.execute(f"CREATE TABLE keyed AS {numbers_of_keys(RIGHT)}")
        by_numbers, by_reading = pairs(con, "keyed"), pairs(con, None)

    assert by_numbers == by_reading
    assert all(one.pairs for one in by_reading[1]), "every rule has pairs here"
    assert any(one.crowded for one in by_reading[1])


def test_every_rule_is_read_by_a_key_that_it_implies() -> None:
    assert {rule.near for rule in RULES} == set(NEAR)
    assert all(len(rule.wanted(rule.near)) == len(rule.near.columns) for rule in RULES if rule.near)


def test_whose_key_is_not_known_shares_none() -> None:
    with candidates.connect() as con:
        con.execute(
            "CREATE TABLE known AS SELECT 7 AS n, NULL::VARCHAR AS given, 'costa' AS family, '20170604' AS born,"
            " NULL::VARCHAR AS postcode, NULL::VARCHAR AS area, NULL::VARCHAR AS former, NULL::VARCHAR AS address,"
            " NULL::VARCHAR AS nhs, NULL::VARCHAR AS upn"
        )
        (row,) = con.execute(numbers_of_keys("known")).fetchall()

    numbered = dict(zip(["n", *(near.name for near in NEAR)], row, strict=True))
    assert {name for name, number in numbered.items() if number is not None} == {"n", "born_family_key"}
