"""Whom a shield takes for a possible copy of whom it guards."""

from dataclasses import replace
from datetime import date

import pytest

from graph.model.resemblance import Traits, close_keys, newcomer_keys, touching, turned

BORN = date(2017, 6, 4)
ANA = Traits(
    given=frozenset({"ana"}),
    family=frozenset({"costa"}),
    born=frozenset({BORN}),
    postcodes=frozenset({"NS11AA"}),
    addresses=frozenset({"14 larch road"}),
    numbers=frozenset({"9990000018"}),
)


def said(**traits: object) -> Traits:
    """A child of whom each of these is said once."""
    return Traits(**{name: frozenset({value}) for name, value in traits.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "row",
    [
        said(given="ana", family="costa"),
        said(given="costa", family="ana"),
        said(given="anastasia", born=BORN),
        said(family="costello", born=BORN),
        said(family="costa", born=date(2017, 4, 6)),
        said(given="zara", family="ana", born=BORN),
        said(given="zara", family="lee", born=BORN, addresses="14 larch road"),
        said(family="costa", addresses="14 larch road"),
        said(numbers="9990000018"),
    ],
)
def test_one_key_is_enough(row: Traits) -> None:
    assert touching(row, ANA)


@pytest.mark.parametrize(
    "row",
    [
        said(given="ana", family="lee", born=date(2017, 6, 5), postcodes="ZZ99ZZ"),
        said(given="aan", family="lee", born=BORN),
        said(given="zara", family="lee", born=BORN, postcodes="NS19ZZ"),
        said(postcodes="NS11AA", addresses="14 larch road"),
        said(),
    ],
)
def test_one_thing_in_common_is_not_enough_nor_is_a_home_alone(row: Traits) -> None:
    assert not touching(row, ANA)


def test_close_are_those_who_share_a_number_or_three_things() -> None:
    twin = said(given="zara", family="costa", born=BORN, postcodes="NS11AA")
    namesake = said(given="ana", family="costa", born=date(2015, 1, 2), postcodes="ZZ99ZZ")

    assert close_keys(twin) & close_keys(ANA)
    assert not close_keys(namesake) & close_keys(ANA)
    assert close_keys(said(numbers="9990000018")) & close_keys(ANA)


@pytest.mark.parametrize(
    ("given", "near"), [("aan", True), ("anna", True), ("an", True), ("ama", True), ("ama li", False), ("zara", False)]
)
def test_close_in_one_home_and_family_is_a_forename_with_one_slip(given: str, near: bool) -> None:
    row = said(given=given, family="costa", born=date(2011, 1, 2), postcodes="NS11AA")

    assert bool(close_keys(row) & close_keys(ANA)) is near
    assert not close_keys(replace(row, postcodes=frozenset())) & close_keys(ANA)


@pytest.mark.parametrize(
    ("row", "near"),
    [
        (said(given="aan", born=BORN), True),
        (said(given="anya", family="lee", born=date(2017, 4, 6)), True),
        (said(given="ana", family="lee", born=date(2017, 6, 14)), True),
        (said(given="zara", family="costa", born=date(2016, 6, 4)), True),
        (said(given="liam", family="lee", born=BORN), False),
        (said(given="ana", family="lee", born=date(2016, 6, 14)), False),
        (said(given="ana", family="lee"), False),
    ],
)
def test_a_child_nobody_knew_is_compared_more_widely(row: Traits, near: bool) -> None:
    assert bool(newcomer_keys(row) & newcomer_keys(ANA)) is near


def test_a_day_that_no_month_has_is_not_turned() -> None:
    assert turned(BORN) == date(2017, 4, 6)
    assert turned(date(2017, 6, 13)) is None
    assert turned(date(2017, 6, 6)) is None
