"""A few new persons without a database: pairs, weights and twins are those of DuckDB and Splink."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.model.errors import ProgrammeError
from loaders.kept import IDENTITIES
from loaders.who import weights
from loaders.who.bits import Scale
from loaders.who.candidates import _NAMESAKES, LEFT, MOST_OF_A_KEY, RIGHT
from loaders.who.comparisons import comparisons
from loaders.who.few import FewFitting, laid_out, paired
from loaders.who.fitting import Fits, Fitting
from loaders.who.identities import observed
from loaders.who.index import NAMES, Index, in_memory
from loaders.who.scoring import score
from loaders.who.spoken import jaro_winkler, slips, spoken

GIVEN = ["Anneliese", "Annelise", "Anna", "A", "Tilly", "Matilda", "Harry", "Henry", "Zoë", "Łucja", "Baby", "Jo Ann"]
FAMILY = ["Costaworth", "Costawerth", "Brentnor-Costaworth", "Brentnor", "O'Hara", "Anna", "Sandwick", "de Vries"]
MIDDLE = ["Rose", "Ruth", "Anneliese Rose", "R"]
PLACES = ["NS1 1AA", "NS1 1AB", "NS2 4XY", "ZZ99 3VZ"]
LINES = ["14 Larch Road", "14 Larch Rd", "16 Larch Road", "Flat 2, 14 Larch Road", "St. John's House"]
NHS = ["9990000018", "9990000026", "9990000034", "9990000042"]
UPNS = ["B990900100001", "Z990900100002"]
BORN = date(2017, 6, 4)

days = st.one_of(
    st.sampled_from([BORN, date(2017, 4, 6), date(2017, 6, 14), date(2017, 1, 1), date(2016, 6, 4)]),
    st.dates(BORN - timedelta(days=3), BORN + timedelta(days=3)),
)


def maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    """One of these, or unknown."""
    return st.one_of(st.none(), st.sampled_from(values))


records = st.fixed_dictionaries(
    {
        "forename": maybe(GIVEN), "middle_names": maybe(MIDDLE), "family_name": maybe(FAMILY),
        "preferred_forename": maybe(GIVEN[:4]), "former_family_name": maybe(FAMILY[:3]), "date_of_birth": days,
        "sex": maybe(["female", "male"]), "postcode": maybe(PLACES), "address": maybe(LINES),
        "former_postcodes": maybe([[PLACES[0]], PLACES[1:3]]), "nhs_number": maybe(NHS),
        "upn": maybe(UPNS), "multiple_birth": maybe([True, False]),
    }
)  # fmt: skip
people = st.lists(st.lists(records, min_size=1, max_size=2), min_size=1, max_size=8)


def said(persons: list[list[dict[str, Any]]], name: str) -> pd.DataFrame:
    """The records of some persons, in the columns of the index; a person is called by a number."""
    rows = [
        {"person": f"{name}{number}", "record": f"{name}{number}r{turn}", "source": "pds", "supplier": "nhs"}
        | {**record, "date_of_birth": record["date_of_birth"].isoformat()}
        for number, told in enumerate(persons)
        for turn, record in enumerate(told)
    ]
    frame = pd.DataFrame(rows, columns=IDENTITIES, dtype=object)
    return frame.where(frame.notna(), None)


@contextmanager
def both(new: pd.DataFrame, known: pd.DataFrame) -> Iterator[tuple[Fitting, FewFitting]]:
    """The two ways beside one index, the second with all of it near."""
    called = known.groupby("person")["record"].transform("min")
    near = laid_out(observed(known.assign(person=called)))
    with in_memory(known) as index, Fitting(observed(new), index) as whole:
        few = FewFitting(observed(new), near, lambda rows: near, (index.chances, counted(index)))
        yield whole, few


def counted(index: Index) -> Any:
    """How many persons of an index have a name, as it keeps that."""
    rows = index.con.execute(f"SELECT part, name, persons FROM {NAMES}").fetchall()
    held = {(part, name): persons for part, name, persons in rows}
    return lambda column, name: held.get((column, name), 0)


def rounded(fits: Fits) -> dict[tuple[str, str], Any]:
    """What fits, with weights to a millionth of a bit."""
    return {
        (new, person): [
            round(value, 6) if isinstance(value, float) else value
            for value in (*(each for name, each in vars(one).items() if name != "bits"), *one.bits)
        ]
        for new, mine in fits.items()
        for person, one in mine.items()
    }


@pytest.mark.slow
@settings(max_examples=12)
@given(people, people)
def test_a_few_fit_as_they_do_beside_the_whole_index(new: list[Any], known: list[Any]) -> None:
    fresh = said(new, "n").assign(person=lambda frame: frame["person"] + "r0")
    with both(fresh, said(known, "k")) as (whole, few):
        assert rounded(few.to_known()) == rounded(whole.to_known())
        assert few.figures == whole.figures
        names = sorted(set(fresh["person"]))
        assert rounded(few.to_each_other(names)) == rounded(whole.to_each_other(names))


@pytest.mark.slow
@settings(max_examples=8)
@given(people, people)
def test_every_pair_weighs_as_splink_says(new: list[Any], known: list[Any]) -> None:
    """Every record with every other, whatever the rules say, so that all levels come up."""
    with in_memory(said(known, "k")) as index:
        con, counts = index.con, counted(index)
        for table, frame in ((LEFT, said(new, "n")), (RIGHT, said(known, "k"))):
            con.register("incoming", observed(frame))
            con.execute(f"CREATE OR REPLACE TABLE {table} AS FROM incoming")
            con.unregister("incoming")
        con.execute(
            f"CREATE OR REPLACE TABLE every AS SELECT row_number() OVER (ORDER BY l.n, r.n) AS pair, l.n AS l, r.n AS r"
            f" FROM {LEFT} l, {RIGHT} r"
        )
        rebased = weights.rebased_on(weights.shipped(), index.chances, names=NAMES, least=10_000)
        expected = {(one.left, one.right): one.evidence for one in score(con, rebased, pairs="every")}
    scale = Scale(rebased, counts)
    rows = {name: observed(frame).to_pylist() for name, frame in (("l", said(new, "n")), ("r", said(known, "k")))}

    for one in rows["l"]:
        for other in rows["r"]:
            mine, theirs = scale.weigh(one, other), expected[one["n"], other["n"]]
            assert mine.weight == pytest.approx(theirs.weight, abs=1e-6)
            assert mine.bits == pytest.approx(theirs.bits, abs=1e-6)
            assert [getattr(mine, part.name) for part in comparisons()] == [
                getattr(theirs, part.name) for part in comparisons()
            ]


def test_a_key_that_too_many_persons_share_is_left_out() -> None:
    row = {
        "key": "k", "given": "ana", "family": "costa", "born": "20170604", "postcode": None, "area": None,
        "former": None, "address": None, "nhs": None, "upn": None,
    }  # fmt: skip
    new = [{**row, "n": 0, "person": "new"}]
    known = [{**row, "n": at, "person": f"p{at}"} for at in range(MOST_OF_A_KEY + 1)]

    _, few, _ = paired(new, known[:_NAMESAKES], within=False)
    enough, gave, names = paired(new, known[:-1], within=False)
    none, _, crowded = paired(new, known, within=False)

    assert few["given, family"] == _NAMESAKES
    assert (len(enough), gave["given, family"], names["given, family"]) == (MOST_OF_A_KEY, 0, 1)
    assert none == []
    assert crowded["given, family"] == crowded["born, given"] == 1


words = st.text(st.characters(codec="utf-8", categories=["Ll", "Nd"]), min_size=1, max_size=12)


@settings(max_examples=100)
@given(words, words)
@example("martha", "marhta")
@example("dixon", "dicksonx")
def test_words_are_as_alike_as_duckdb_says(one: str, other: str) -> None:
    with duckdb.connect() as con:
        ((alike, apart),) = con.execute(
            "SELECT jaro_winkler_similarity($one, $other), damerau_levenshtein($one, $other)",
            {"one": one, "other": other},
        ).fetchall()

    assert jaro_winkler(one, other) == pytest.approx(alike, abs=1e-9)
    assert slips(one, other) == min(apart, 2)


@pytest.mark.parametrize("text", ["given_l LIKE 'a%'", "damerau_levenshtein(given_l, given_r) <= 2", "given_l IS TRUE"])
def test_words_of_sql_that_nobody_taught_are_refused(text: str) -> None:
    with pytest.raises(ProgrammeError):
        spoken(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("given_l = given_r", None), ("given_l = given_r AND sex_l = sex_r", False), ("given_l = sex_r OR TRUE", True),
        ("NOT (given_l = given_r)", None), ("coalesce(given_l = given_r, TRUE)", True), ("given_l || 'a'", "ana"),
        ("left(given_l, 1) || right(given_l, 1)", "an"), ("(sex_l = sex_r)::INT", 0), ("given_r IS NULL", True),
    ],
)  # fmt: skip
def test_unknown_goes_through_as_in_sql(text: str, value: object) -> None:
    assert spoken(text)({"given": "an", "sex": "female"}, {"given": None, "sex": "male"}) == value
