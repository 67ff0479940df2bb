"""Entries that wait for a person, as a load of the matching makes them: for tests of review, merge and un-merge."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from graph.store import Database
from loaders import plan
from loaders.identify import Identified
from loaders.match import WEIGHED, new_ids
from tests.conftest import Statement
from tests.loaders.test_write import ask


def given_proposal(
    db: Database,
    *,
    entry: str,
    candidate: str,
    record: str,
    reason: str = "Neither address nor number agrees: this may be a namesake.",
    weight: float | None = 8.5,
    margin: float | None = None,
    parts: tuple[str, ...] = ("given:exact:10.2", "born:exact:12.7", "place:else:-3.1"),
    run: int | None = None,
) -> None:
    """A load's proposal that a new, provisional child may be one who is known."""
    write(
        db,
        """
        MATCH (entry:Person {person_id: $entry}), (candidate:Person {person_id: $candidate})
        MATCH (publication:Publication)
        CREATE (entry)-[proposal:POSSIBLE_SAME_AS]->(candidate)
        SET proposal = $properties, proposal.run = coalesce($run, publication.published)
        """,
        entry=entry,
        candidate=candidate,
        run=run,
        properties={
            "record": record,
            "reason": reason,
            "weight": weight,
            "margin": margin,
            "parts": list(parts),
            "policy": 1,
            "model": "test",
        },
    )


def write(db: Database, text: str, **parameters: Any) -> None:
    """Runs a statement that only a test needs."""
    statement: Any = Statement(text)
    db.write(statement, **parameters)


def person_of(db: Database, key: str) -> str:
    """Whom the open record with this key identifies now."""
    text = """
    MATCH (r:Record {key: $key})-[i:IDENTIFIES]->(p) WHERE i.ended_run IS NULL AND r.ended_run IS NULL
    RETURN DISTINCT p.person_id AS person_id
    """
    (person,) = ask(db, text, key=key)
    return str(person)


def record_of(db: Database, key: str) -> str:
    """The name of the record with this key."""
    (record,) = ask(db, "MATCH (r:Record {key: $key}) RETURN DISTINCT r.record AS record", key=key)
    return str(record)


def given_whose(monkeypatch: pytest.MonkeyPatch, whose: Callable[[str], str]) -> None:
    """From now on loads join records by `whose` (key → some word for the person) and by nothing else."""
    persons: dict[str, str] = {}

    def identify(new: pd.DataFrame, state: Any, file: Any) -> Identified:
        rows = []
        for record, key in zip(new["record"], new["key"], strict=True):
            word = whose(key)
            how = "test" if word in persons else "new"
            persons.setdefault(word, new_ids(1)[0])
            rows.append((record, persons[word], how, None, None, None))
        return Identified(pd.DataFrame(rows, columns=list(WEIGHED)))

    monkeypatch.setattr(plan, "identify", identify)
