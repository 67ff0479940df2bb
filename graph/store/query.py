"""A query: the name of a file below `cypher/`, and the dataclass that each of its rows becomes."""

import dataclasses
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Generic, LiteralString, TypeVar

from neo4j.time import Date, DateTime

from graph.model.errors import ProgrammeError

CYPHER = Path(__file__).resolve().parents[2] / "cypher"
Row = TypeVar("Row")
_AS_THEY_COME = (str, int, float, bool, bytes)


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
    value = values if dataclasses.is_dataclass(row) else next(iter(values.values()))
    return _reader(row)(value)  # type: ignore[arg-type, no-any-return]


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of this kind out of what the driver gives; made once, since a page has a thousand values."""
    plain = _bare(kind)
    if plain in _AS_THEY_COME:
        return _as_it_comes
    if isinstance(plain, type) and dataclasses.is_dataclass(plain):
        return _row_reader(plain)
    if typing.get_origin(plain) in (tuple, list):
        return _list_reader(typing.get_origin(plain), _reader(typing.get_args(plain)[0]))
    return _native


def _row_reader(row: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(row)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(row)}

    def read(values: Any) -> Any:
        if values is None:
            return None
        if values.keys() != readers.keys():
            raise ProgrammeError(
                f"{row.__name__} has the fields {sorted(readers)}, the query returned {sorted(values)}."
            )
        return row(**{name: reader(values[name]) for name, reader in readers.items()})

    return read


def _list_reader(made: Callable[[Any], Any], reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: None if values is None else made([reader(value) for value in values])


def _as_it_comes(value: Any) -> Any:
    return value


def _native(value: Any) -> Any:
    """A value of any kind, its dates as Python's."""
    if isinstance(value, Date | DateTime):
        return value.to_native()
    if isinstance(value, list):
        return [_native(item) for item in value]
    if isinstance(value, dict):
        return {name: _native(item) for name, item in value.items()}
    return value


def _bare(kind: Any) -> Any:
    """The kind without `| None`."""
    if typing.get_origin(kind) in (typing.Union, UnionType):
        return next(inner for inner in typing.get_args(kind) if inner is not NoneType)
    return kind
