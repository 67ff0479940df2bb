"""Tests for graph.services.index_query: nothing that a person types reaches the index but letters and figures."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from graph.model.likeness import Sought
from graph.model.names import fold_terms
from graph.services.index_query import BORN, NAMES, born_words, index_query

TODAY = date(2026, 11, 22)
# What the query is made of: fields, boosts, signs of our own, and words of letters and figures.
_OURS = re.compile(rf"(?:\+|\(|\)|\s|{NAMES}:|{BORN}:|\^\d|\*\^2|~[12]|\w)*")


@given(st.text(max_size=60), st.booleans())
def test_only_words_of_letters_and_figures_are_asked_for(text: str, by_age: bool) -> None:
    day, age = (None, 7) if by_age else (date(2017, 6, 4), None)

    query = index_query(Sought(fold_terms(text), day, age), TODAY)

    assert _OURS.fullmatch(query)
    assert query.count("(") == query.count(")")
    assert not {"AND", "OR", "NOT", "TO"} & set(re.findall(r"\w+", query))


def test_a_name_of_signs_asks_for_nothing() -> None:
    assert index_query(Sought(fold_terms("*:*"), date(2017, 6, 4)), TODAY) == ""


def test_the_clauses_stay_below_what_lucene_takes() -> None:
    name = "Mohammed Elizabeth-Alexander Katherine Abdirahman " + "n" * 3_000

    query = index_query(Sought(fold_terms(name), date(2017, 6, 4)), TODAY)

    # Every fuzzy word may become fifty.
    assert len(re.findall(r"\w+", query)) + 49 * query.count("~") < 1_024


def test_an_age_is_looked_for_two_years_about() -> None:
    assert "2016 2017 2018 2019 2020 2021" in index_query(Sought(("ana",), None, 7), TODAY)


def test_a_day_is_written_in_three_words() -> None:
    assert born_words(date(2017, 6, 4)) == "20170604 201706 2017"
    assert born_words(None) == "undated"
