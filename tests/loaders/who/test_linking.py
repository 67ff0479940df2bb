"""The way of a record on small files: who is joined, who is not, and who is asked about."""

import random

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from graph.model.review import Doubt
from loaders.synthetic.identifiers import upns
from loaders.who import candidates, linking
from loaders.who.linking import Linked, link
from loaders.who.policy import Basis, Outcome
from loaders.who.records import COLUMNS, tidy

pytestmark = pytest.mark.slow

UPNS = upns(*(np.array(parts) for parts in ((801, 801), (2000, 2000), (10, 10), (1, 2))))
NUMBERS = ["9990000018", "9990000026", "9990000034", "9990000042", "9990000050"]
FORENAMES = (
    "amelia",
    "oscar",
    "priya",
    "mohammed",
    "zofia",
    "daniel",
    "grace",
    "ibrahim",
    "chloe",
    "lucas",
    "freya",
    "samuel",
    "nadia",
    "ethan",
    "ruby",
)
FAMILIES = (
    "jolley",
    "ashworth",
    "patel",
    "khan",
    "nowak",
    "murphy",
    "okafor",
    "begum",
    "hartley",
    "silva",
    "weston",
    "price",
    "iqbal",
    "barlow",
    "finch",
)


def town(count: int = 120) -> list[dict[str, str]]:
    """Children of an invented town, none related, in an order that is always the same."""
    chance = random.Random(1)
    return [
        {
            "key": f"c{at}",
            "given_names": chance.choice(FORENAMES),
            "family_name": chance.choice(FAMILIES) + chance.choice(["", "son", "ley", "man"]),
            "date_of_birth": f"{2009 + at % 14}-{1 + at * 7 % 12:02}-{2 + at * 11 % 26:02}",
            "sex": "F" if at % 2 else "M",
            "postcode": f"NS{1 + at % 40} {at % 9}{chance.choice('ABDEFGH')}{chance.choice('JLNPQR')}",
            "address": f"{at % 90 + 1} High Street",
        }
        for at in range(count)
    ]


AMELIA = {
    "key": "amelia", "given_names": "Amelia", "family_name": "Jolley-Price", "date_of_birth": "2016-05-04",
    "sex": "F", "postcode": "NS1 1AA", "address": "12 Mill Lane", "nhs_number": NUMBERS[0],
}  # fmt: skip


def joined(left: list[dict[str, str]], *known: dict[str, str]) -> Linked:
    """What becomes of these records against the town and these children."""
    return link(frame(left), frame([*town(), *known]))


def frame(rows: list[dict[str, str]]) -> pa.Table:
    """The records of these rows."""
    return tidy(pd.DataFrame({word: [row.get(word, "") for row in rows] for word in COLUMNS}))


def said(changed: dict[str, str], *known: dict[str, str]) -> tuple[Outcome, object]:
    """Outcome and reason of a record that is Amelia's but for these cells."""
    decision = joined([{**AMELIA, "key": "l", **changed}], *(known or (AMELIA,))).decisions["l"]
    return decision.outcome, decision.reason


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({}, Outcome.LINK, Basis.NUMBER),
        ({"nhs_number": ""}, Outcome.LINK, Basis.DEMOGRAPHICS),
        ({"nhs_number": "", "family_name": "Joley-Price"}, Outcome.LINK, Basis.WEIGHT),
        ({"nhs_number": "", "given_names": "Millie"}, Outcome.LINK, Basis.WEIGHT),
        ({"nhs_number": "", "date_of_birth": "2016-04-05"}, Outcome.LINK, Basis.WEIGHT),
        ({"nhs_number": "", "given_names": "Harriet"}, Outcome.REVIEW, Doubt.FORENAME_DIFFERS),
        ({"nhs_number": NUMBERS[1]}, Outcome.REVIEW, Doubt.NUMBERS_CLASH),
        ({"nhs_number": "9990000019"}, Outcome.LINK, Basis.DEMOGRAPHICS),
        ({"given_names": "BABY", "nhs_number": ""}, Outcome.REVIEW, Doubt.FORENAME_UNKNOWN),
        ({"date_of_birth": "2016-01-01", "nhs_number": ""}, Outcome.REVIEW, Doubt.BIRTHDAY_UNKNOWN),
    ],
)
def test_one_record_against_the_town(changed: dict[str, str], outcome: Outcome, reason: object) -> None:
    assert said(changed) == (outcome, reason)


def test_a_stranger_is_new() -> None:
    stranger = {"key": "l", "given_names": "Xanthe", "family_name": "Quillfeather", "date_of_birth": "2013-03-09"}

    assert joined([stranger], AMELIA).decisions["l"].outcome is Outcome.NEW


def test_a_twin_who_is_not_known_yet_is_joined_to_nobody() -> None:
    for forename in ("Emilia", "Thomas"):
        linked = joined([{**AMELIA, "key": "l", "nhs_number": "", "given_names": forename}], AMELIA)
        assert linked.links == (), forename
    # Amelie is a form of Amelia, and nothing says that there are two: with the twin's own number it is told.
    assert said({"given_names": "Amelie", "nhs_number": NUMBERS[1]}) == (Outcome.REVIEW, Doubt.NUMBERS_CLASH)


def test_of_known_twins_the_exact_forename_or_a_number_says_which() -> None:
    emilia = {**AMELIA, "key": "emilia", "given_names": "Emilia", "nhs_number": NUMBERS[1]}

    exact = joined([{**AMELIA, "key": "l", "nhs_number": ""}], AMELIA, emilia).decisions["l"]
    misspelt = joined([{**AMELIA, "key": "l", "nhs_number": "", "given_names": "Amellia"}], AMELIA, emilia)

    assert exact.outcome is Outcome.REVIEW or exact.records == ("amelia",)
    assert misspelt.links == ()
    assert joined([{**AMELIA, "key": "l"}], AMELIA, emilia).decisions["l"].records == ("amelia",)


def test_two_records_that_cannot_both_be_hers_are_both_doubted() -> None:
    one = {**AMELIA, "key": "l1", "upn": UPNS[0], "nhs_number": ""}
    other = {**AMELIA, "key": "l2", "upn": UPNS[1], "nhs_number": ""}
    assert all(frame([each]).to_pylist()[0]["upn"] for each in (one, other))

    linked = joined([one, other], AMELIA)

    assert linked.links == ()
    assert {linked.decisions[key].reason for key in ("l1", "l2")} == {Doubt.IMPOSSIBLE}


def test_the_order_of_the_rows_makes_no_difference() -> None:
    left = [{**row, "key": f"l{row['key']}", "address": ""} for row in town()[::3]]
    right = [*town(), AMELIA]

    once, again = link(frame(left), frame(right)), link(frame(left[::-1]), frame(right[::-1]))

    assert once.decisions == again.decisions
    assert set(once.links) == set(again.links)


def test_within_one_file_a_child_who_stands_twice_is_found() -> None:
    rows = [*town(), AMELIA, {**AMELIA, "key": "again", "given_names": "Amelai", "nhs_number": ""}]

    linked = link(frame(rows))

    assert [(one.left, one.right) for one in linked.links] == [("again", "amelia")]


def test_within_one_file_siblings_and_twins_stay_apart() -> None:
    twin = {**AMELIA, "key": "twin", "given_names": "Thomas", "sex": "M", "nhs_number": ""}
    brother = {**AMELIA, "key": "brother", "given_names": "Samuel", "date_of_birth": "2014-02-11", "nhs_number": ""}

    assert link(frame([*town(), AMELIA, twin, brother])).links == ()


def test_a_file_with_one_surname_and_one_postcode_ends_and_says_what_was_crowded() -> None:
    rows = [{**row, "family_name": "Smith", "postcode": "NS1 1AA"} for row in town(310)]

    linked = link(frame([{**row, "key": f"l{row['key']}"} for row in rows]), frame(rows))

    assert linked.crowded["postcode, family"] == 1
    assert linked.pairs["postcode, family"] == 0


def test_empty_files_are_no_error() -> None:
    assert link(frame([]), frame(town(3))).links == ()
    assert link(frame(town(3)), frame([])).count(Outcome.NEW) == 3
    assert link(frame([])).links == ()


def test_pairs_are_counted_by_rule() -> None:
    linked = joined([AMELIA], AMELIA)

    assert linked.pairs["nhs"] == 1
    assert set(linked.pairs) == {rule.name for rule in candidates.RULES}
    assert linking.reasons(linked) == {"number": 1}
