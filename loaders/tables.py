"""The tidy tables: the one shape in which every feed hands on what its file says."""

import math
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from graph.model.errors import ProgrammeError

TEXT = "text"
DATE = "date"
FLAG = "flag"
NUMBER = "number"
TEXTS = "texts"

PERSON_PROPERTIES: dict[str, str] = {
    "forename": TEXT,
    "middle_names": TEXT,
    "family_name": TEXT,
    "preferred_forename": TEXT,
    "preferred_family_name": TEXT,
    "former_family_name": TEXT,
    "other_names": TEXTS,
    "date_of_birth": DATE,
    "sex": TEXT,
    "nhs_number": TEXT,
    "upn": TEXT,
    "former_upn": TEXT,
    "nino_hash": TEXT,
    "local_id": TEXT,
    "postcode": TEXT,
    "former_postcodes": TEXTS,
    "telephone": TEXT,
    "email": TEXT,
    "multiple_birth": FLAG,
    "died_on": DATE,
    "left_england": FLAG,
    "restricted": FLAG,
}

ENTITY_PROPERTIES: dict[str, str] = {
    "name": TEXT,
    "kind": TEXT,
    "organisation": TEXT,
    "telephone": TEXT,
    "out_of_hours": TEXT,
    "email": TEXT,
    "hours": TEXT,
    "line_1": TEXT,
    "line_2": TEXT,
    "line_3": TEXT,
    "line_4": TEXT,
    "postcode": TEXT,
    "statutory": FLAG,
    "opened_on": DATE,
    "closed_on": DATE,
    "status": TEXT,
    "authority_code": TEXT,
    "role": TEXT,
    "registration_no": TEXT,
    "dfe_code": TEXT,
}

RECORD_PROPERTIES = PERSON_PROPERTIES | ENTITY_PROPERTIES
RECORD_COLUMNS: dict[str, str] = {"key": TEXT, "subject": TEXT, "line": NUMBER} | RECORD_PROPERTIES

FACT_PROPERTIES: dict[str, str] = {
    "relationship": TEXT,
    "parental_responsibility": FLAG,
    "enrolment": TEXT,
    "year_group": TEXT,
    "involvement": TEXT,
    "basis": TEXT,
    "consent_given_on": DATE,
    "role": TEXT,
    "lead": FLAG,
}
FACT_COLUMNS: dict[str, str] = {
    "record_key": TEXT,
    "type": TEXT,
    "target_kind": TEXT,
    "target": TEXT,
    "from": DATE,
    "to": DATE,
} | FACT_PROPERTIES

ENTITY_COLUMNS: dict[str, str] = {
    "kind": TEXT,
    "key": TEXT,
    "line_1": TEXT,
    "line_2": TEXT,
    "line_3": TEXT,
    "line_4": TEXT,
    "postcode": TEXT,
    "uprn": TEXT,
    "authority": TEXT,
}

PERSON_SUBJECTS = ("child", "carer")
SUBJECTS = (*PERSON_SUBJECTS, "service", "school", "gp_practice", "practitioner", "authority")
FACT_TYPES = (
    "CARED_FOR_BY",
    "LIVES_AT",
    "ATTENDS",
    "REGISTERED_WITH",
    "INVOLVES",
    "SEEN_BY",
    "WORKS_FOR",
    "IN_AREA",
)
TARGET_KINDS = ("record", "address", "school", "gp_practice", "service", "practitioner", "authority")

_FEW = 1_000  # so few values are looked at faster than pandas begins to
_DTYPES = {TEXT: "string[pyarrow]", DATE: "date32[pyarrow]", FLAG: "bool[pyarrow]", NUMBER: "int64[pyarrow]"}


def shaped(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """The frame with exactly these columns and types; absent ones are empty, lists of texts stay Python lists."""
    unknown = set(frame.columns) - set(columns)
    if unknown:
        raise ProgrammeError(f"A tidy table has columns that nobody declared: {', '.join(sorted(unknown))}.")
    made: dict[str, pd.Series] = {}
    for name, kind in columns.items():
        series = (
            frame[name] if name in frame.columns else pd.Series([None] * len(frame), index=frame.index, dtype=object)
        )
        made[name] = series.astype(object).where(series.notna(), None) if kind == TEXTS else _cast(series, kind)
    return pd.DataFrame(made, index=frame.index).reset_index(drop=True)


def _cast(series: "pd.Series", kind: str) -> "pd.Series":
    wanted: Any = _DTYPES[kind]
    return series if str(series.dtype) == wanted else series.astype(wanted)


def values(series: "pd.Series") -> list[Any]:
    """The values as plain Python, None where there is none. Through Arrow: pandas takes them out one by one, slowly."""
    if isinstance(series.dtype, pd.ArrowDtype | pd.StringDtype):
        plain: list[Any] = pa.array(series.array).to_pylist()
        return plain
    if series.dtype == object and len(series) <= _FEW:
        return [None if _is_absent(value) else value for value in series.tolist()]
    kept: list[Any] = series.astype(object).where(series.notna(), None).tolist()
    return kept


def _is_absent(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def empty(columns: dict[str, str]) -> pd.DataFrame:
    """A table with these columns and no row."""
    return shaped(pd.DataFrame(), columns)


@dataclass(frozen=True)
class Tidy:
    """What one file says: records of people and services, the facts they state, and the things those point at."""

    records: pd.DataFrame = field(default_factory=lambda: empty(RECORD_COLUMNS))
    facts: pd.DataFrame = field(default_factory=lambda: empty(FACT_COLUMNS))
    entities: pd.DataFrame = field(default_factory=lambda: empty(ENTITY_COLUMNS))
    withdrawn: frozenset[str] = frozenset()  # NHS numbers that are no longer to be used
