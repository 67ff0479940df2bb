"""Writes a plan into the graph in steps; until the run is published no reader sees any of it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from graph.model.shielding import Ground
from graph.services import load_queries, loads, shields
from graph.services.loads import Load
from loaders.identify import decided_by
from loaders.plan import SUBJECT_KIND, Plan
from loaders.responsibility import changes, decide
from loaders.state import State
from loaders.tables import FACT_PROPERTIES, RECORD_PROPERTIES, values

Progress = Callable[[str, int, int], None]
RECORD_KEPT = (
    "record",
    "record_version",
    "version",
    "key",
    "key_use",
    "subject",
    "line",
    "content_hash",
    "search_names",
    "search_born",
    "family_name_folded",
    *RECORD_PROPERTIES,
)
FACT_KEPT = ("fact_id", "record", "carer_record", "from", "to", *FACT_PROPERTIES)
ADDRESS_KEPT = ("line_1", "line_2", "line_3", "line_4", "postcode", "uprn")
_AT_ONCE = 50_000  # rows turned into Python at a time
_SAVERS = {
    "service": load_queries.SAVE_SERVICES,
    "school": load_queries.SAVE_SCHOOLS,
    "gp_practice": load_queries.SAVE_PRACTICES,
    "practitioner": load_queries.SAVE_PRACTITIONERS,
    "authority": load_queries.SAVE_AUTHORITIES,
}
_RECORD_WRITERS = {
    "service": load_queries.CREATE_SERVICE_RECORDS,
    "practitioner": load_queries.CREATE_PRACTITIONER_RECORDS,
    "authority": load_queries.CREATE_AUTHORITY_RECORDS,
}
_ENDERS = {
    "person": load_queries.END_PERSON_FACTS,
    "service": load_queries.END_SERVICE_FACTS,
    "practitioner": load_queries.END_PRACTITIONER_FACTS,
}


def write_plan(plan: Plan, load: Load, progress: Progress = lambda stage, done, total: None) -> None:
    """Writes everything of a plan: what points before what is pointed from, records before their facts."""
    _write_entities(plan, load)
    load.step(load_queries.ADD_LABELS, plan.relabelled)
    load.step(load_queries.END_RECORDS, [{"record_version": version} for version in plan.ended_records])
    load.step(load_queries.CREATE_QUARANTINED, [{"properties": row} for row in plan.quarantined])
    _write_records(plan, load, progress)
    load.step(load_queries.CREATE_POSSIBLE_SAME_AS, [_asked(row, load.run) for row in plan.proposals])
    load.step(load_queries.CREATE_WITHDRAWN, [{"nhs_number": number, "run": load.run} for number in plan.withdrawn])
    _end_facts(plan.ended_facts, load)
    _write_facts(plan.facts, load, {"source": plan.scope.source, "supplier": plan.scope.supplier}, progress)
    load.step(load_queries.CONFIRM_RECORDS, [{"record_version": version} for version in plan.confirmed])


def settle_responsibility(persons: set[str], as_at: date, state: State, load: Load) -> int:
    """How many of these children got another responsible authority, computed from what the graph now says."""
    homes, now = state.whereabouts(sorted(persons))
    ended, made = changes(decide(persons, homes, as_at), now)
    load.step(load_queries.END_PERSON_FACTS, [{"subject_id": person, "fact_id": fact} for person, fact in ended])
    _write_facts(made.assign(record="computed"), load, {"source": "computed", "supplier": "signpost"})
    return len(made)


def _write_entities(plan: Plan, load: Load) -> None:
    for subject, query in _SAVERS.items():
        mine = plan.records[plan.records["subject"] == subject]
        rows = [
            {"key": key, "code": code}
            for key, code in zip(
                values(mine["subject_id"]),
                (key.removeprefix("practitioner/") for key in values(mine["key"])),
                strict=True,
            )
        ]
        sender: dict[str, Any] = {"source": plan.scope.supplier} if subject == "practitioner" else {}
        load.step(query, rows, **sender)
    for part in _parts(plan.entities):
        maps = as_maps(part, ADDRESS_KEPT)
        keys, areas = values(part["key"]), values(part["authority"])
        load.step(
            load_queries.SAVE_ADDRESSES,
            [
                {"address_id": key, "authority": area, "properties": properties}
                for key, area, properties in zip(keys, areas, maps, strict=True)
            ],
        )


def _write_records(plan: Plan, load: Load, progress: Progress) -> None:
    person_of = {row["person_id"]: row for row in plan.persons}
    kinds = plan.records["subject"].map(SUBJECT_KIND)
    total, done = len(plan.records), 0
    for part in _parts(plan.records[kinds == "person"]):
        rows = _record_rows(part, plan, load)
        for start in range(0, len(rows), loads.STEP):
            step = rows[start : start + loads.STEP]
            # A person is made together with the first record that identifies it: a swept run leaves none behind.
            people = dict.fromkeys(row["subject_id"] for row in step)
            made = [person_of.pop(person) for person in people if person in person_of]
            load.together(load_queries.CREATE_PERSONS, made, load_queries.CREATE_PERSON_RECORDS, step)
            done += len(step)
            progress("records", done, total)
    for kind, query in _RECORD_WRITERS.items():
        for part in _parts(plan.records[kinds == kind]):
            load.step(query, _record_rows(part, plan, load))
            done += len(part)
            progress("records", done, total)
    for guard, person in plan.shields:
        _save_shield(guard, person, plan, load)
    for guard, person in plan.held:
        properties = shields.held_properties(guard, plan.scope.as_at)
        load.db.write(shields.SAVE_HELD, shield_id=guard.shield_id, person_id=person, properties=properties)
    load.step(shields.ATTACH_SHIELDS, plan.attached)


def _save_shield(guard: shields.Guard, person: str, plan: Plan, load: Load) -> None:
    properties = shields.properties_of(
        guard, ground=Ground.RESTRICTED_BY_NHS, state="proposed", starts=plan.scope.as_at
    )
    load.db.write(shields.SAVE_SHIELD, shield_id=guard.shield_id, person_id=person, properties=properties)


def _record_rows(part: pd.DataFrame, plan: Plan, load: Load) -> list[dict[str, Any]]:
    common = {"source": plan.scope.source, "supplier": plan.scope.supplier, "run": load.run, "file_run": load.run}
    maps = as_maps(part, RECORD_KEPT)
    return [
        {
            "subject_id": subject,
            "properties": properties | common,
            "identifies": _without_none(
                method=method,
                basis=basis,
                score=score,
                parts=parts,
                by="loaders",
                run=load.run,
                **(decided_by() if parts else {}),
            ),
        }
        for subject, method, basis, score, parts, properties in zip(
            *(values(part[name]) for name in ("subject_id", "method", "basis", "score", "parts")), maps, strict=True
        )
    ]


def _asked(row: dict[str, Any], run: int) -> dict[str, Any]:
    """A proposal as the graph keeps it."""
    properties = {name: value for name, value in row.items() if name not in ("person_id", "candidate")}
    return {
        "person_id": row["person_id"],
        "candidate": row["candidate"],
        "properties": _without_none(**properties, run=run),
    }


def _write_facts(facts: pd.DataFrame, load: Load, common: dict[str, str], progress: Progress | None = None) -> None:
    done = 0
    for kind, query in load_queries.FACT_WRITERS.items():
        for part in _parts(facts[facts["type"] == kind]):
            maps = as_maps(part, [name for name in FACT_KEPT if name in part.columns])
            ends = zip(values(part["subject_id"]), values(part["target_id"]), maps, strict=True)
            load.step(
                query,
                [
                    {"subject_id": subject, "target_id": target, "properties": properties | common | {"run": load.run}}
                    for subject, target, properties in ends
                ],
            )
            done += len(part)
            if progress:
                progress("facts", done, len(facts))


def _end_facts(ended: Sequence[tuple[str, str, str]], load: Load) -> None:
    for kind, query in _ENDERS.items():
        load.step(query, [{"subject_id": subject, "fact_id": fact} for of, subject, fact in ended if of == kind])


def as_maps(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Each row as a map of these columns, without the empty ones."""
    rows: list[dict[str, Any]] = [{} for _ in range(len(frame))]
    for name in columns:
        if name not in frame.columns or not frame[name].notna().any():
            continue
        for row, value in zip(rows, values(frame[name]), strict=True):
            if value is not None:
                row[name] = value
    return rows


def _parts(frame: pd.DataFrame) -> list[pd.DataFrame]:
    return [frame.iloc[start : start + _AT_ONCE] for start in range(0, len(frame), _AT_ONCE)]


def _without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
