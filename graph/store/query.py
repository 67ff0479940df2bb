"""A query: the name of a file below `cypher/`, and the dataclass that each of its rows becomes."""

import dataclasses
import typing
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Generic, LiteralString, TypeVar

from neo4j.time import Date, DateTime

from graph.model.errors import ProgrammeError

CYPHER = Path(__file__).resolve().parents[2] / "cypher"
Row = TypeVar("Row")


@dataclass(frozen=True)
class Query(Generic[Row]):
    """One statement in one file, typed by what its rows become. Statements without rows use NoneType."""

    name: LiteralString
    row: type[Row]

    @cached_property
    def text(self) -> str:
        """The statement. A missing file is a mistake in this code."""
        path = CYPHER / f"{self.name}.cypher"
        if not path.is_file():
            raise ProgrammeError(f"There is no query {self.name}: cypher/{self.name}.cypher is missing.")
        return path.read_text(encoding="utf-8")


def hydrate(row: type[Row], values: dict[str, Any]) -> Row:
    """The values as one row; a column too many or too few is a mistake in this code."""
    if not dataclasses.is_dataclass(row):
        return _value(row, next(iter(values.values())))  # type: ignore[no-any-return]
    kinds = _kinds(row)
    if set(values) != set(kinds):
        raise ProgrammeError(f"{row.__name__} has the fields {sorted(kinds)}, the query returned {sorted(values)}.")
    return row(**{name: _value(kind, values[name]) for name, kind in kinds.items()})


@cache
def _kinds(row: type) -> dict[str, Any]:
    hints = typing.get_type_hints(row)
    return {field.name: hints[field.name] for field in dataclasses.fields(row)}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Date | DateTime):
        return value.to_native()
    if isinstance(value, list):
        inner = next(iter(typing.get_args(_bare(kind))), Any)
        made = [_value(inner, item) for item in value]
        return tuple(made) if typing.get_origin(_bare(kind)) is tuple else made
    if isinstance(value, dict):
        plain = _bare(kind)
        if dataclasses.is_dataclass(plain) and isinstance(plain, type):
            return hydrate(plain, value)
        return {name: _value(Any, item) for name, item in value.items()}
    return value


def _bare(kind: Any) -> Any:
    """The kind without `| None`."""
    if typing.get_origin(kind) in (typing.Union, UnionType):
        return next(inner for inner in typing.get_args(kind) if inner is not NoneType)
    return kind
