"""Tests for graph.model.names."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.model.names import fold_parts, fold_terms, search_parts


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("O'Brien-Smyth", ("obrien", "brien", "smyth")),
        ("O’Brien", ("obrien", "brien")),
        ("Zoë", ("zoe",)),
        ("Łukasz Ødegård", ("lukasz", "odegard")),
        ("van der Berg", ("van", "der", "berg")),
        ("Nuñez", ("nunez",)),
        ("STRAẞE", ("strasse",)),
        ("*:*", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_a_name_is_folded_into_parts(name: str | None, parts: tuple[str, ...]) -> None:
    assert fold_parts(name) == parts


@pytest.mark.parametrize("typed", ["brien", "O'Brien", "obrien smyth", "SMYTH", "o’brien-smyth", "Smyth, Brien"])
def test_what_people_type_finds_the_name(typed: str) -> None:
    assert set(fold_terms(typed)) <= set(fold_parts("O'Brien-Smyth"))


@given(st.text(max_size=40))
def test_terms_of_a_name_are_parts_of_it(name: str) -> None:
    assert set(fold_terms(name)) <= set(fold_parts(name))


@given(st.text(max_size=40))
@example("ᴶ")  # lower case first and taken apart then, it stays a capital
@example("ŉ")  # the case folding gives an apostrophe of its own
def test_folding_twice_changes_nothing(name: str) -> None:
    once = " ".join(fold_terms(name))
    assert " ".join(fold_terms(once)) == once


def test_search_parts_are_sorted_and_once_each() -> None:
    assert search_parts(["Ann O'Brien", None, "Ann Smith"]) == ("ann", "brien", "obrien", "smith")
