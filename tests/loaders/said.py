"""Builds what files say, and loads it by the real planner and writer: tests speak of children, not of tables."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from graph.services import loads
from graph.store import Database
from loaders.plan import Plan, Scope, plan_load
from loaders.registry import FEEDS
from loaders.state import GraphState
from loaders.tables import ENTITY_COLUMNS, FACT_COLUMNS, RECORD_COLUMNS, Tidy, shaped
from loaders.write import settle_responsibility, write_plan

BORN = date(2017, 6, 4)
TODAY = date(2026, 11, 21)
NORTHSHIRE = "E10000901"


def child(key: str, **said: Any) -> dict[str, Any]:
    """A record of a child: Ana Costa of NS1 1AA, unless said otherwise."""
    usual = {"forename": "Ana", "family_name": "Costa", "date_of_birth": BORN, "sex": "female", "postcode": "NS1 1AA"}
    return {"key": key, "subject": "child", "line": 2} | usual | said


def carer(key: str, **said: Any) -> dict[str, Any]:
    """A record of a carer: Maria Costa, unless said otherwise."""
    return {"key": key, "subject": "carer", "line": 3, "forename": "Maria", "family_name": "Costa"} | said


def fact(key: str, kind: str, target_kind: str, target: str, **said: Any) -> dict[str, Any]:
    """A fact that the record with this key says."""
    starts, ends = said.pop("starts", None), said.pop("ends", None)
    return {
        "record_key": key, "type": kind, "target_kind": target_kind, "target": target, "from": starts, "to": ends,
    } | said  # fmt: skip


def home(key: str, place: str = "addr:larch", **said: Any) -> dict[str, Any]:
    """That the subject of this record lives at an address."""
    return fact(key, "LIVES_AT", "address", place, **said)


def address(key: str = "addr:larch", authority: str | None = NORTHSHIRE) -> dict[str, Any]:
    """An address in Northshire, unless said otherwise."""
    return {"kind": "address", "key": key, "line_1": "14 Larch Road", "postcode": "NS1 1AA", "authority": authority}


def tidy(
    records: Iterable[dict[str, Any]], facts: Iterable[dict[str, Any]] = (), entities: Iterable[dict[str, Any]] = ()
) -> Tidy:
    """The tidy tables of a file that says this."""
    return Tidy(
        shaped(pd.DataFrame(list(records)), RECORD_COLUMNS),
        shaped(pd.DataFrame(list(facts)), FACT_COLUMNS),
        shaped(pd.DataFrame(list(entities)), ENTITY_COLUMNS),
    )


def given_file(
    db: Database,
    feed: str,
    said: Tidy,
    *,
    supplier: str = "nhs",
    as_at: date = TODAY,
    full: bool = True,
    publish: bool = True,
    refused_keys: Sequence[str] = (),
) -> tuple[Plan, loads.Load]:
    """The plan and the load of a file, published unless told otherwise."""
    load = loads.begin_load(
        db, feed=feed, supplier=supplier, as_at=as_at, kind="full" if full else "delta", title=feed, every_days=31
    )
    scope = Scope(FEEDS[feed], supplier, as_at, full, load.run)
    state = GraphState(db)
    plan = plan_load(said, scope, state, refused_keys=refused_keys)
    write_plan(plan, load)
    settle_responsibility(plan.touched, as_at, state, load)
    if publish:
        load.publish(rows=len(said.records))
    return plan, load


def given_area(db: Database) -> None:
    """Northshire, with Hillbrook Primary School, Station Road Surgery and children's social care in it."""
    given_file(
        db, "authorities",
        tidy([{"key": NORTHSHIRE, "subject": "authority", "line": 2, "name": "Northshire", "dfe_code": "990"}]),
        supplier="ons",
    )  # fmt: skip
    given_file(
        db, "schools",
        tidy(
            [{"key": "900001", "subject": "school", "line": 2, "name": "Hillbrook Primary School", "kind": "school"}],
            [fact("900001", "IN_AREA", "authority", "dfe:990")],
        ),
        supplier="dfe",
    )  # fmt: skip
    given_file(
        db, "gp_practices",
        tidy([{"key": "Y90001", "subject": "gp_practice", "line": 1, "name": "Station Road Surgery"}]),
    )  # fmt: skip
    services = [("NS-SOCIAL", "social_care"), ("NS-CAMHS", "mental_health"), ("NS-CARERS", "voluntary")]
    given_file(
        db, "directory",
        tidy([{"key": key, "subject": "service", "line": 2, "name": key, "kind": kind} for key, kind in services]),
        supplier="northshire",
    )  # fmt: skip
