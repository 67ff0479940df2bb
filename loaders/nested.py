"""Takes a row that holds rows apart: itself and what repeats in it, each as values by path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.feed import Source
from loaders.reasons import Reason

Part = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Nested:
    """A row taken apart, its own part first; with a code in place of parts where it cannot be."""

    line: int
    parts: Sequence[Part]
    code: Reason | None = None
    raw: str = ""


class WrongShape(Exception):
    """A list where a value belongs, or the reverse."""


def flatten(content: Mapping[str, Any], part: str, source: Source) -> list[Part]:
    """The row's own part and its groups, by path; a WrongShape where a group holds no objects."""
    own: dict[str, str] = {}
    parts: list[Part] = [(part, own)]
    for name, value in content.items():
        _walk(name, value, own, parts, source)
    return parts


def _walk(path: str, value: Any, into: dict[str, str], parts: list[Part], source: Source) -> None:
    match value:
        case None:
            return
        case dict():
            for name, inner in value.items():
                _walk(f"{path}/{name}", inner, into, parts, source)
        case list() if path in source.groups:
            for element in value:
                _group(path, element, parts, source)
        case list():
            _list(path, value, into, parts, source)
        case bool():
            into.setdefault(path, "true" if value else "false")
        case _:
            _scalar(path, value, into, source)


def _scalar(path: str, value: Any, into: dict[str, str], source: Source) -> None:
    if path in source.groups or path in source.lists:
        raise WrongShape(path)
    into.setdefault(path, str(value))


def _group(path: str, element: Any, parts: list[Part], source: Source) -> None:
    if element is None:
        return
    if not isinstance(element, dict):
        raise WrongShape(path)
    own: dict[str, str] = {}
    parts.append((path, own))
    for name, inner in element.items():
        _walk(f"{path}/{name}", inner, own, parts, source)


def _list(path: str, values: list[Any], into: dict[str, str], parts: list[Part], source: Source) -> None:
    texts = [str(value) for value in values if isinstance(value, str | int | float)]
    if len(texts) < len(values):
        for value in values:
            _walk(path, value, into, parts, source)
        return
    room = source.lists.get(path, 1)
    cells = texts[:1] if room == 1 else [*texts[: room - 1], " ".join(texts[room - 1 :])]
    for place, cell in enumerate(cells, 1):
        if cell:
            into.setdefault(f"{path}/{place}" if room > 1 else path, cell)
