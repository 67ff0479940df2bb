"""Records as they are compared: what is cleaned, and what is taken to be unknown."""

import numpy as np
import pandas as pd
import pytest

from graph.model.errors import Unreadable
from loaders.synthetic.identifiers import temporary_upns, upns
from loaders.who import records
from loaders.who.records import tidy


def one(**cells: str) -> dict[str, object]:
    """The one record of a frame with these cells."""
    return tidy(pd.DataFrame({"key": ["k"]} | {name: [cell] for name, cell in cells.items()})).to_pylist()[0]


@pytest.mark.parametrize("text", ["BABY", "Baby Girl", "twin 1", "TWIN2", "Unknown", "not known", "N/A", "-", "  "])
def test_a_name_that_stands_for_none_is_unknown(text: str) -> None:
    assert one(given_names=text)["given"] is None
    assert one(family_name=text)["family"] is None


def test_a_real_name_with_such_a_word_stays() -> None:
    assert one(family_name="Boy-Jones")["family"] == "boy jones"
    assert one(family_name="O’Brien")["family"] == "obrien"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2016-05-04", "20160504"),
        ("20160504", "20160504"),
        ("4/5/2016", "20160504"),
        ("04.05.2016", "20160504"),
        ("2016-05-04T00:00:00Z", "20160504"),
        ("2016-01-01", None),
        ("1900-06-04", None),
        ("2016-02-30", None),
        ("2016", None),
        ("", None),
    ],
)
def test_a_date_of_birth_is_a_day_or_unknown(text: str, day: str | None) -> None:
    assert one(date_of_birth=text)["born"] == day


def test_only_numbers_that_prove_something_are_kept() -> None:
    assert one(nhs_number="943 476 5919")["nhs"] == "9434765919"
    assert one(nhs_number="9434765918")["nhs"] is None
    assert one(nhs_number="4444444444")["nhs"] is None
    # A temporary UPN ends in a letter.
    (permanent,) = upns(*(np.array([part]) for part in (801, 2000, 10, 1)))
    (temporary,) = temporary_upns(np.array([permanent], dtype=object))
    assert (records.permanent_upn(permanent), records.permanent_upn(temporary)) == (permanent, None)
    assert records.permanent_upn(permanent[:-1] + "9") is None


def test_a_postcode_of_no_place_is_unknown() -> None:
    assert one(postcode="zz99 3vz")["postcode"] is None
    assert (one(postcode="sw1a 1aa")["postcode"], one(postcode="sw1a 1aa")["area"]) == ("SW1A1AA", "SW1A")
    # Other countries have other postcodes.
    assert (one(postcode="4223")["postcode"], one(postcode="4223")["area"]) == ("4223", "42")


def test_what_follows_the_first_given_name_is_the_middle_one() -> None:
    both = one(given_names="Amélie Rose")
    own = one(given_names="Amelie Rose", middle_names="Ann")

    assert (both["given"], both["middle"]) == ("amelie", "rose")
    assert (own["given"], own["middle"]) == ("amelie", "ann")


def test_any_column_may_be_absent() -> None:
    record = one()

    assert record["key"] == "k"
    assert all(value in (None, [], 0, "k") for value in record.values())


def test_every_record_needs_a_key_of_its_own() -> None:
    with pytest.raises(Unreadable, match="no key"):
        tidy(pd.DataFrame({"family_name": ["a"]}))
    with pytest.raises(Unreadable, match="Row 2 has no key"):
        tidy(pd.DataFrame({"key": ["a", " "]}))
    with pytest.raises(Unreadable, match="row 3 stands twice"):
        tidy(pd.DataFrame({"key": ["a", "b", "a "]}))


def test_null_rates_count_what_is_unknown() -> None:
    table = tidy(pd.DataFrame({"key": ["a", "b"], "given_names": ["Amy", "BABY"]}))

    assert (records.null_rates(table)["given"], records.null_rates(table)["family"]) == (0.5, 1.0)
