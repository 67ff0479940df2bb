"""The SQL of comparisons, rules and twins as Python functions of two records, for the few that need no database.

What two records must have in common is written once, as SQL of DuckDB, which takes milliseconds to plan it whatever it
is asked. The few words of SQL that stand there are read here; any other is an error, so nothing is taken for what it
is not. Unknown (NULL) goes through everything as it does in SQL.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import sqlglot
from sqlglot import expressions as sql

from graph.model.errors import ProgrammeError

Row = Mapping[str, Any]
Spoken = Callable[[Row, Row], Any]
_TWO = 2
_LEAST_FOR_PREFIX, _OF_PREFIX, _LONGEST_PREFIX = 0.7, 0.1, 4


@cache
def spoken(text: str) -> Spoken:
    """The value of an SQL expression of two records; None is unknown.

    A column that ends in `_l` or follows `a.` is the first record's, one that ends in `_r` or follows `b.` the other's;
    any other is the first one's.
    """
    return _of(sqlglot.parse_one(text, dialect="duckdb"))


def _of(node: Any) -> Spoken:
    kind = next((kind for kind in _KINDS if isinstance(node, kind)), None)
    return _known(node) if kind is None else _KINDS[kind](node)


def _not(node: Any) -> Spoken:
    inner = _of(node.this)
    return lambda one, other: None if (value := inner(one, other)) is None else not value


def _is_null(node: Any) -> Spoken:
    if not isinstance(node.expression, sql.Null):
        raise _unheard(node)
    inner = _of(node.this)
    return lambda one, other: inner(one, other) is None


def _number(node: Any) -> Spoken:
    if node.to.this != sql.DType.INT:
        raise _unheard(node)
    return _plain(int, _of(node.this))


def _unheard(node: Any) -> ProgrammeError:
    return ProgrammeError(f"loaders/who/spoken.py does not know `{node.sql()}`. Teach it, with a test.")


def _known(node: Any) -> Spoken:
    """Whatever is unknown as soon as anything that it is made of is."""
    if isinstance(node, sql.Anonymous):
        name, parts = node.name.lower(), list(node.expressions)
    else:
        name, parts = type(node).__name__, [*_parts(node)]
    if name == _DAMERAU and not _bounded(node.parent):
        raise ProgrammeError("Only whether damerau_levenshtein is at most 1 can be told here.")
    if name not in _WORDS:
        raise _unheard(node)
    return _plain(_WORDS[name], *map(_of, parts))


def _parts(node: Any) -> list[Any]:
    if isinstance(node, sql.Substring):
        return [node.this, node.args["start"], node.args["length"]]
    return [part for part in (node.this, node.expression or None, *node.expressions) if part is not None]


def _bounded(parent: Any) -> bool:
    return isinstance(parent, sql.LTE | sql.GT) and parent.expression.sql() == "1"


def _column(node: Any) -> Spoken:
    name, table = node.name, node.table
    if table in ("a", "b"):
        side = table == "b"
    elif name.endswith(("_l", "_r")):
        name, side = name[:-2], name.endswith("_r")
    else:
        side = False
    return (lambda _, other: other[name]) if side else (lambda one, _: one[name])


def _constant(node: Any) -> Spoken:
    if isinstance(node, sql.Null):
        return lambda one, other: None
    if isinstance(node, sql.Boolean):
        value: Any = node.this
    else:
        value = node.this if node.is_string else float(node.this) if "." in node.this else int(node.this)
    return lambda one, other: value


def _all(node: Any) -> Spoken:
    parts = [_of(part) for part in node.flatten()]

    def work(one: Row, other: Row) -> Any:
        found: Any = True
        for part in parts:
            value = part(one, other)
            if value is False:
                return False
            found = None if value is None else found
        return found

    return work


def _any(node: Any) -> Spoken:
    parts = [_of(part) for part in node.flatten()]

    def work(one: Row, other: Row) -> Any:
        found: Any = False
        for part in parts:
            value = part(one, other)
            if value is True:
                return True
            found = None if value is None else found
        return found

    return work


def _coalesce(node: Any) -> Spoken:
    parts = [_of(node.this), *map(_of, node.expressions)]

    def work(one: Row, other: Row) -> Any:
        return next((value for part in parts if (value := part(one, other)) is not None), None)

    return work


def _plain(work: Callable[..., Any], *parts: Spoken) -> Spoken:
    def one_part(one: Row, other: Row) -> Any:
        value = parts[0](one, other)
        return None if value is None else work(value)

    def two_parts(one: Row, other: Row) -> Any:
        first = parts[0](one, other)
        if first is None:
            return None
        second = parts[1](one, other)
        return None if second is None else work(first, second)

    def all_parts(one: Row, other: Row) -> Any:
        values = [part(one, other) for part in parts]
        return None if None in values else work(*values)

    return {1: one_part, 2: two_parts}.get(len(parts), all_parts)


@lru_cache(maxsize=100_000)
def jaro_winkler(one: str, other: str) -> float:
    """How alike two words are, from 0 to 1, as DuckDB says: by bytes, a common beginning counts from 0.7 on."""
    first, second = one.encode(), other.encode()
    if not first or not second:
        return 1.0 if first == second else 0.0
    found = _jaro(first, second)
    if found <= _LEAST_FOR_PREFIX:
        return found
    common = 0
    for mine, theirs in zip(first[:_LONGEST_PREFIX], second[:_LONGEST_PREFIX], strict=False):
        if mine != theirs:
            break
        common += 1
    return found + common * _OF_PREFIX * (1.0 - found)


def _jaro(first: bytes, second: bytes) -> float:
    reach = max(0, max(len(first), len(second)) // 2 - 1)
    taken = bytearray(len(second))
    mine = []
    for at, letter in enumerate(first):
        for other_at in range(max(0, at - reach), min(len(second), at + reach + 1)):
            if not taken[other_at] and second[other_at] == letter:
                taken[other_at] = 1
                mine.append(letter)
                break
    if not mine:
        return 0.0
    theirs = [letter for at, letter in enumerate(second) if taken[at]]
    turned = sum(one != other for one, other in zip(mine, theirs, strict=True)) // 2
    count = len(mine)
    return (count / len(first) + count / len(second) + (count - turned) / count) / 3.0


def slips(one: str, other: str) -> int:
    """How many bytes are put in, left out, changed, or swapped with their neighbour; 2 stands for more than one."""
    if one == other:
        return 0
    first, second = one.encode(), other.encode()
    if abs(len(first) - len(second)) > 1:
        return _TWO
    begin = 0
    while begin < min(len(first), len(second)) and first[begin] == second[begin]:
        begin += 1
    first, second = first[begin:], second[begin:]
    while first and second and first[-1] == second[-1]:
        first, second = first[:-1], second[:-1]
    if len(first) <= 1 and len(second) <= 1:
        return 1
    return 1 if len(first) == len(second) == _TWO and first == second[::-1] else _TWO


_KINDS: Mapping[type, Callable[[Any], Spoken]] = {
    sql.Paren: lambda node: _of(node.this),
    sql.Column: _column,
    sql.Literal: _constant,
    sql.Boolean: _constant,
    sql.Null: _constant,
    sql.And: _all,
    sql.Or: _any,
    sql.Not: _not,
    sql.Is: _is_null,
    sql.Coalesce: _coalesce,
    sql.Cast: _number,
}
_DAMERAU = "damerau_levenshtein"
_WORDS: Mapping[str, Callable[..., Any]] = {
    "EQ": lambda one, other: one == other,
    "NEQ": lambda one, other: one != other,
    "LT": lambda one, other: one < other,
    "LTE": lambda one, other: one <= other,
    "GT": lambda one, other: one > other,
    "GTE": lambda one, other: one >= other,
    "Add": lambda one, other: one + other,
    "Mul": lambda one, other: one * other,
    "DPipe": lambda one, other: one + other,
    "Left": lambda text, count: text[:count],
    "Right": lambda text, count: text[-count:],
    "Substring": lambda text, begin, count: text[begin - 1 : begin - 1 + count],
    "Length": len,
    "Greatest": max,
    "StartsWith": lambda text, begin: text.startswith(begin),
    "ArrayContains": lambda many, one: one in many,
    "ArrayOverlaps": lambda one, other: not set(one).isdisjoint(other),
    "list_intersect": lambda one, other: sorted(set(one) & set(other)),
    "JarowinklerSimilarity": jaro_winkler,
    _DAMERAU: slips,
}
