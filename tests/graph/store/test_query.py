"""A query finds its file, and its rows become dataclasses."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import NoneType
from typing import Any

import pytest
from neo4j.time import Date, DateTime

from graph.model.errors import ProgrammeError
from graph.store import Query
from graph.store.query import hydrate


@dataclass(frozen=True)
class School:
    """A school."""

    name: str
    opened_on: date | None


@dataclass(frozen=True)
class Pupil:
    """A pupil with schools."""

    name: str
    school: School | None
    earlier: list[School]
    known_as: tuple[str, ...] = ()


def test_a_map_becomes_a_dataclass_and_a_list_of_maps_a_list_of_them() -> None:
    hill = {"name": "Hill", "opened_on": Date(1990, 9, 1)}
    values = {"name": "Ana", "school": hill, "earlier": [hill, {"name": "Dale", "opened_on": None}], "known_as": ["A"]}

    pupil = hydrate(Pupil, values)

    opened = School("Hill", date(1990, 9, 1))
    assert pupil == Pupil("Ana", opened, [opened, School("Dale", None)], ("A",))


def test_nothing_stays_nothing() -> None:
    assert hydrate(Pupil, {"name": "Ana", "school": None, "earlier": [], "known_as": []}).school is None


def test_dates_and_times_are_pythons_own_however_deep() -> None:
    @dataclass(frozen=True)
    class Event:
        at: datetime
        properties: dict[str, Any]

    moment = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    event = hydrate(Event, {"at": DateTime.from_native(moment), "properties": {"days": [Date(2026, 1, 2)]}})

    assert event == Event(moment, {"days": [date(2026, 1, 2)]})
    assert type(event.at) is datetime


@pytest.mark.parametrize(
    "values", [{"name": "Hill"}, {"name": "Hill", "opened_on": None, "urn": 1}, {"name": "Hill", "opend_on": None}]
)
def test_a_column_too_many_or_too_few_is_a_mistake(values: dict[str, Any]) -> None:
    with pytest.raises(ProgrammeError, match=r"School has the fields \['name', 'opened_on'\], the query returned"):
        hydrate(School, values)


def test_a_map_inside_a_row_must_fit_too() -> None:
    with pytest.raises(ProgrammeError, match=r"School has the fields"):
        hydrate(Pupil, {"name": "Ana", "school": {"name": "Hill"}, "earlier": [], "known_as": []})


def test_one_column_may_become_a_plain_value() -> None:
    assert hydrate(int, {"total": 3}) == 3


def test_a_query_without_a_file_says_which_is_missing() -> None:
    with pytest.raises(ProgrammeError, match=r"cypher/children/show_unicorn.cypher is missing"):
        _ = Query("children/show_unicorn", NoneType).text


def test_a_query_reads_its_file_once() -> None:
    query = Query("schema/list_migrations", NoneType)

    assert query.text.startswith("// ")
    assert query.text is query.text
