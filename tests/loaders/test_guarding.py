"""Quarantine is as wide as the second tier's keys: whatever pair those find, a shield finds."""

import random
from datetime import date, timedelta

import pandas as pd

from graph.model.resemblance import touching
from graph.services.shields import guard_of
from loaders.guarding import said_by
from loaders.tables import RECORD_COLUMNS
from loaders.who import candidates
from loaders.who.identities import COLUMNS, lay_out, observed

_GIVEN = ("Ana", "Anna", "Anais", "Zara", "Lee", "Mary Ann", "Zoë", None)
_FAMILY = ("Costa", "Costello", "Lee", "O'Brien", "Smith-Jones", "Ana", None)
_POSTCODES = ("NS1 1AA", "NS1 2BB", "NS11 1AA", "M1 1AE", None)
_LINES = ("14 Larch Road", "2 Elm Close", None)
_NUMBERS = ("9990000018", "9990000026", None, None, None)


def drawn(count: int, seed: int) -> pd.DataFrame:
    """Records of a world so small that every kind of agreement happens."""
    rng = random.Random(seed)
    days = [date(2017, 6, 4), date(2017, 4, 6), date(2017, 6, 20), date(2018, 1, 2)]
    days += [date(2010, 1, 1) + timedelta(days=rng.randrange(3_000)) for _ in range(8)]
    rows = [
        {
            "record": f"r{at:03}", "person": f"p{at:03}", "forename": rng.choice(_GIVEN),
            "family_name": rng.choice(_FAMILY), "date_of_birth": rng.choice([*days, None]),
            "postcode": rng.choice(_POSTCODES), "address": rng.choice(_LINES), "nhs_number": rng.choice(_NUMBERS),
            "former_family_name": rng.choice([*_FAMILY, None, None, None]),
            "preferred_forename": rng.choice([*_GIVEN, None, None, None]),
            "other_names": rng.choice([None, None, ["Lee, Zara"], ["Costa, "]]),
            "former_postcodes": rng.choice([None, None, ["NS1 2BB"], ["NS1 1AA", "M1 1AE"]]),
        }
        for at in range(count)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, dtype=object)
    return frame.reindex(columns=[*dict.fromkeys((*COLUMNS, *frame.columns, *RECORD_COLUMNS))]).astype(object)


def test_whoever_shares_a_key_of_the_second_tier_is_seen_by_the_shield() -> None:
    left, right = drawn(60, 1), drawn(60, 2)
    left, right = (frame.where(frame.notna(), None) for frame in (left, right))
    con = candidates.connect()
    try:
        lay_out(con, observed(left), candidates.LEFT)
        lay_out(con, observed(right), candidates.RIGHT)
        found = candidates.find(con, within=False, persons=True)
        pairs = con.execute(
            f"SELECT DISTINCT l.person, r.person FROM candidate c JOIN {candidates.LEFT} l ON l.n = c.l"
            f" JOIN {candidates.RIGHT} r ON r.n = c.r"
        ).fetchall()
    finally:
        con.close()
    mine, theirs = (
        {
            row["person"]: guard_of("", [said_by(row, [row["address"]] if row["address"] else [])]).traits
            for row in frame.to_dict("records")
        }
        for frame in (left, right)
    )

    missed = [(one, other) for one, other in pairs if not touching(mine[one], theirs[other])]

    assert missed == []
    assert {one.rule for one in found if not one.pairs} <= {"upn"}
    assert len(pairs) < 0.9 * len(mine) * len(theirs)  # not simply everybody
