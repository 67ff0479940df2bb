"""What a first load takes along from the graph that it replaces, and how the new graph is finished and proven."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any

from graph.model.errors import Conflict
from graph.services import loads
from graph.store import Database, Query
from graph.store.migrations import reapply_schema


@dataclass(frozen=True)
class CarriedNode:
    """A node that is taken along."""

    id: str
    labels: list[str]
    properties: dict[str, Any]


@dataclass(frozen=True)
class CarriedLink:
    """A relationship between two nodes that are taken along."""

    start_id: str
    end_id: str
    type: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class Counts:
    """How much there is in a graph."""

    persons: int
    records: int
    facts: int
    responsibilities: int
    proposals: int


LIST_CARRIED = Query("carry/list_carried", CarriedNode)
LIST_CARRIED_LINKS = Query("carry/list_carried_links", CarriedLink)
CREATE_CARRIED = Query("carry/create_carried", NoneType)
CREATE_CARRIED_LINKS = Query("carry/create_carried_links", NoneType)
FORGET_CARRIED = Query("carry/forget_carried", NoneType)
COUNT_GRAPH = Query("carry/count_graph", Counts)
SAVE_PUBLICATION = Query("carry/save_publication", NoneType)


@dataclass(frozen=True)
class Baggage:
    """Everything that is taken along."""

    nodes: list[dict[str, Any]]
    links: list[dict[str, Any]]


def count_graph(db: Database) -> Counts:
    """How many persons, records and facts the graph holds, visible or not."""
    counts = db.read_one(COUNT_GRAPH)
    assert counts is not None
    return counts


def refuse_unless_empty(db: Database) -> None:
    """Nothing, if the graph holds no record and no person; Conflict otherwise: a first load replaces everything."""
    counts = count_graph(db)
    if counts.records or counts.persons:
        raise Conflict(
            f"The graph holds {counts.records:,} records. A first load needs an empty one; leave out --first."
        )


def pack(db: Database) -> Baggage:
    """What the new graph has to have of the old one."""
    nodes = [{"id": row[0], "labels": row[1], "properties": row[2]} for row in db.stream(LIST_CARRIED)]
    links = [
        {"start_id": row[0], "end_id": row[1], "type": row[2], "properties": row[3]}
        for row in db.stream(LIST_CARRIED_LINKS)
    ]
    return Baggage(nodes, links)


def unpack(db: Database, baggage: Baggage, published: int) -> None:
    """Nothing: the schema is made again, what was taken along is there, and the graph may be read up to this run."""
    reapply_schema(db)
    _each(db, CREATE_CARRIED, [row for row in baggage.nodes if "Migration" in row["labels"]])
    _each(db, CREATE_CARRIED, [row for row in baggage.nodes if "Migration" not in row["labels"]])
    _each(db, CREATE_CARRIED_LINKS, baggage.links)
    _each(db, FORGET_CARRIED, baggage.nodes)
    db.write(SAVE_PUBLICATION, published=published)


def _each(db: Database, query: Query[Any], rows: Sequence[Any]) -> None:
    for start in range(0, len(rows), loads.STEP):
        db.write(query, rows=rows[start : start + loads.STEP])
