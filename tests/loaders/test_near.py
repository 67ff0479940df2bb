"""The short way for few newcomers, by the graph's own indexes: it decides as the kept index does, pair by pair."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks import joins
from benchmarks.one import SecondTier, told
from graph.services import loads
from graph.store import Database
from loaders import plan as planning
from loaders.identify import File, Identified, identify
from loaders.kept import KeptIndex
from loaders.near import FEW, Near
from loaders.plan import Scope, plan_load
from loaders.registry import FEEDS
from loaders.state import GraphState
from loaders.synthetic import synthesise
from loaders.tables import Tidy
from loaders.who.identities import observed
from loaders.who.index import Index
from tests.loaders.judged import person_of
from tests.loaders.said import TODAY, address, child, given_file, home, tidy
from tests.loaders.test_identify import ANA, NHS, others

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
OTHER_DAY = date(2012, 3, 9)
CHILDREN, SEED = 80, 11
KNOWN, NEW = ("births", "pds", "school_census"), ("common_transfer_file", "child_benefit", "involvements")
ONE_BY_ONE, AT_MOST = 4, 300


class _Seen(Exception):
    """What planning has handed to the one who would identify."""


def asked(db: Database, feed: str, supplier: str, said: Tidy, *, full: bool) -> tuple[pd.DataFrame, File]:
    """The new records of a file as planning hands them to `identify`."""
    seen: list[tuple[pd.DataFrame, File]] = []

    def listening(fresh: pd.DataFrame, _: object, file: File) -> Identified:
        seen.append((fresh, file))
        raise _Seen

    scope = Scope(FEEDS[feed], supplier, TODAY, full, 999)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "identify", listening)
        with pytest.raises(_Seen):
            plan_load(said, scope, GraphState(db))
    return seen[0]


def decided(fresh: pd.DataFrame, state: SecondTier, file: File) -> dict[str, Any]:
    """Who the records are about and what people are asked."""
    return told(identify(fresh, state, file))


def groups(fresh: pd.DataFrame, size: int) -> Iterator[pd.DataFrame]:
    """The records in groups of so many."""
    for start in range(0, len(fresh), size):
        yield fresh.iloc[start : start + size]


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, bool, Tidy]]:
    """The files of an invented population: feed, supplier, whether full, and what each says."""
    folder = tmp_path_factory.mktemp("population")
    synthesise(folder, children=CHILDREN, as_at=joins.AS_AT, seed=SEED)
    return [(name.feed, name.supplier, name.full, said) for name, said in joins.opened(folder)]


def given_population(db: Database, files: Sequence[tuple[str, str, bool, Tidy]]) -> list[tuple[pd.DataFrame, File]]:
    """The new records of the feeds that come late, once the early ones are loaded."""
    for feed, supplier, full, said in files:
        if feed not in (*KNOWN, *NEW):
            given_file(db, feed, said, supplier=supplier, full=full)
    for feed, supplier, full, said in files:
        if feed in KNOWN:
            given_file(db, feed, said, supplier=supplier, full=full)
    return [asked(db, feed, supplier, said, full=full) for feed, supplier, full, said in files if feed in NEW]


def identities(said: dict[str, Any], line: str | None = None) -> pa.Table:
    """A new child as it is compared, at home in this line."""
    frame = tidy([said]).records
    return observed(frame.assign(record="new", person="new", address=pd.Series([line], dtype=object)))


def test_the_short_way_is_taken_while_what_was_counted_will_do(db: Database, tmp_path: Path) -> None:
    """Below 10,000 children the kept index has to be up to date; without one, or after an undo, the long way."""
    given_file(db, "pds", tidy([child("p", nhs_number=NHS, **ANA), *others()]))
    few = identities(child("c", **ANA))
    kept = KeptIndex(db, tmp_path)
    state = GraphState(db, kept)

    def way() -> type:
        with state.index(few) as found:
            return type(found)

    assert (way(), way()) == (Index, Near)
    with state.index() as found:
        assert isinstance(found, Index)
    _, load = given_file(db, "pds", tidy([child("q", forename="Bo", family_name="Brent")]), supplier="other")
    assert (way(), way()) == (Index, Near)
    loads.undo_run(db, load.run)
    assert (way(), way()) == (Index, Near)


def test_whoever_shares_a_home_by_another_spelling_is_near(db: Database, tmp_path: Path) -> None:
    """The line of a home is found folded, whatever signs it was written with, and a postcode that was left.

    Who lives at the same number of another road is not near: half the country lives at a 12 or in a Road.
    """
    lines = ["12 St. John's Road", "Flat 3, Höhe House", "THE GROVE", "12, Elm Road", "Flat 3 Elm House"]
    places = [{**address(f"addr:{at}"), "line_1": line} for at, line in enumerate(lines)]
    known = [
        child(f"p{at}", forename="Bo", family_name="Brent", postcode=f"NS{at + 2} 1AA", former_postcodes=["NS9 9ZZ"])
        for at in range(len(lines))
    ]
    given_file(db, "pds", tidy(known, [home(f"p{at}", f"addr:{at}") for at in range(len(lines))], places))
    kept = KeptIndex(db, tmp_path)
    with kept.opened():
        pass
    state = GraphState(db, kept)

    for at, line in enumerate(["12 st johns road", "Flat 3 Hohe House", "the grove"]):
        # Born on another day, of another family: nothing but forename and first line is shared.
        new = identities(
            child("c", forename="Bo", family_name="Sand", date_of_birth=OTHER_DAY, postcode="NS7 7AA"), line
        )
        with state.index(new) as found:
            assert isinstance(found, Near)
            assert found.ids() == {person_of(db, f"p{at}")}
    new = identities(child("c", forename="Bo", family_name="Sand", date_of_birth=OTHER_DAY, postcode="NS9 9ZZ"))
    with state.index(new) as found:
        assert isinstance(found, Near)
        assert found.ids() == {person_of(db, f"p{at}") for at in range(len(lines))}


def test_both_ways_decide_alike(db: Database, population: list[Any], tmp_path: Path) -> None:
    """Hundreds of newcomers with the errors of real files, some one at a time, the others in small files."""
    late = given_population(db, population)
    kept = KeptIndex(db, tmp_path)
    with kept.opened():
        pass
    long, short = SecondTier(db, kept, short=False), SecondTier(db, kept, short=True)
    outcomes = Counter[str]()

    for fresh, file in late:
        children = fresh[fresh["subject"] == "child"].sort_values("record")
        alone, rest = children.iloc[:ONE_BY_ONE], children.iloc[ONE_BY_ONE : ONE_BY_ONE + AT_MOST]
        for part in (*groups(alone, 1), *groups(rest, FEW)):
            expected = decided(part, long, file)
            assert decided(part, short, file) == expected
            outcomes.update(how for _, how, _, _ in expected["matched"].values())
            outcomes["asked"] += len(expected["asked"])
            outcomes["pairs"] += sum(expected["figures"].pairs.values())

    assert long.ways.keys() == {"long"}
    assert short.ways.keys() == {"short"}
    assert short.ways["short"] > 3 * ONE_BY_ONE
    assert outcomes["weight"] > 100
    assert outcomes["new"] >= 3
    assert outcomes["pairs"] > 400
