"""Rows in quarantine: listed without a word of what they say, and released through the same pipeline as any file."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from graph.model.errors import NotFound
from graph.services import audit, load_queries, loads
from graph.store import Database
from loaders.kept import KeptIndex
from loaders.plan import Scope, plan_load
from loaders.registry import FEEDS
from loaders.state import GraphState
from loaders.tables import DATE, ENTITY_COLUMNS, FACT_COLUMNS, RECORD_COLUMNS, Tidy, shaped
from loaders.write import settle_responsibility, write_plan


def release(db: Database, record_version: str, *, by: str, on: date, kept: KeptIndex | None = None) -> int:
    """The number of the run in which the row was loaded after all. Raises NotFound if it does not wait.

    The row stays guarded against nobody: a person has looked at it and said that it is not the shielded child, or is.
    """
    waiting = db.read_one(load_queries.SHOW_WAITING, record_version=record_version)
    if waiting is None:
        raise NotFound(f"No row {record_version} waits in quarantine. List them with: python -m loaders quarantine.")
    feed, supplier = FEEDS[waiting.feed], waiting.supplier
    load = loads.begin_load(
        db, feed=feed.name, title=feed.title, supplier=supplier, national=feed.national, every_days=feed.every_days,
        as_at=on, kind="release", file=record_version, released_by=by,
    )  # fmt: skip
    try:
        state = GraphState(db, kept)
        scope = Scope(feed, supplier, on, False, load.run)
        plan = plan_load(tidy_of(json.loads(waiting.payload)), scope, state, released=frozenset({waiting.record}))
        plan.ended_records.append(record_version)
        load.act(audit.record_act, actor=by, action="release from quarantine", fields=(record_version,))
        write_plan(plan, load)
        settle_responsibility(plan.touched, on, state, load)
        load.publish(rows=1, kept=1, refused=0, skipped=0)
    except BaseException as error:
        loads.sweep(load, "failed", error=str(error)[:300])
        raise
    return load.run


def tidy_of(payload: dict[str, Any]) -> Tidy:
    """The tidy tables that a row in quarantine was, with the carers and addresses that it named."""
    return Tidy(
        _table([payload["record"], *payload["carers"]], RECORD_COLUMNS),
        _table(payload["facts"], FACT_COLUMNS),
        _table(payload["addresses"], ENTITY_COLUMNS),
    )


def _table(rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    def value(row: dict[str, Any], name: str) -> Any:
        said = row.get(name)
        return date.fromisoformat(said) if said is not None and columns[name] == DATE else said

    # Every column as plain objects: pandas would make numbers of a column that is empty here.
    made = {name: pd.Series([value(row, name) for row in rows], dtype=object) for name in columns}
    return shaped(pd.DataFrame(made), columns)
