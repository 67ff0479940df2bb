"""Takes a row that holds rows apart: itself and what repeats in it, each as values by path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.model.refusals import Reason
from loaders.feed import Feed

Part = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Nested:
    """A row taken apart, its own part first; with a code in place of parts where it cannot be."""

    line: int
    parts: Sequence[Part]
    code: Reason | None = None
    raw: str = ""


@dataclass(frozen=True)
class Plan:
    """How the rows of a feed are taken apart."""

    groups: frozenset[str]
    lists: Mapping[str, int]
    repeated: frozenset[str]  # both: where a single text does not belong
    passed_over: frozenset[str]  # dropped, with nothing below that is kept: not even looked into


class WrongShape(Exception):
    """A list where a value belongs, or the reverse."""


def plan(feed: Feed) -> Plan:
    """How the feed's declaration says that its rows are taken apart."""
    kept = [heading for named, column in feed.columns.items() for heading in (named, *column.also)]
    above = {heading[:at] for heading in kept for at in range(len(heading)) if heading[at] == "/"}
    groups, lists = feed.source.groups, feed.source.lists
    return Plan(groups, lists, groups | set(lists), feed.dropped - above)


def flatten(content: Mapping[str, Any], part: str, plan: Plan) -> list[Part]:
    """The row's own part and its groups, by path; a WrongShape where a group holds no objects."""
    own: dict[str, str] = {}
    parts: list[Part] = [(part, own)]
    _walk_all("", content, own, parts, plan)
    return parts


def _walk_all(above: str, content: Mapping[str, Any], into: dict[str, str], parts: list[Part], plan: Plan) -> None:
    passed_over, repeated = plan.passed_over, plan.repeated
    for name, inner in content.items():
        path = above + name
        if path in passed_over:
            continue
        # Most values are texts, and there are millions of them.
        if type(inner) is str and path not in repeated:
            into.setdefault(path, inner)
        elif name == "extension":
            _extensions(above, inner, into, parts, plan)
        else:
            _walk(path, inner, into, parts, plan)


def _walk(path: str, value: Any, into: dict[str, str], parts: list[Part], plan: Plan) -> None:
    match value:
        case str() | int() | float():
            if path in plan.repeated:
                raise WrongShape(path)
            into.setdefault(path, str(value).lower() if isinstance(value, bool) else str(value))
        case dict() if path in plan.groups:
            _group(path, value, parts, plan)
        case dict():
            _walk_all(path + "/", value, into, parts, plan)
        case list() if path in plan.groups:
            for element in value:
                _group(path, element, parts, plan)
        case list():
            _list(path, value, into, parts, plan)


def _group(path: str, element: Any, parts: list[Part], plan: Plan) -> None:
    if element is None:
        return
    if not isinstance(element, dict):
        raise WrongShape(path)
    own: dict[str, str] = {}
    parts.append((path, own))
    _walk_all(path + "/", element, own, parts, plan)


def _list(path: str, values: list[Any], into: dict[str, str], parts: list[Part], plan: Plan) -> None:
    texts = [str(value) for value in values if isinstance(value, str | int | float)]
    if len(texts) < len(values):
        for value in values:
            _walk(path, value, into, parts, plan)
        return
    room = plan.lists.get(path, 1)
    cells = texts[:1] if room == 1 else [*texts[: room - 1], " ".join(texts[room - 1 :])]
    for place, cell in enumerate(cells, 1):
        if cell:
            into.setdefault(f"{path}/{place}" if room > 1 else path, cell)


def _extensions(above: str, extensions: Any, into: dict[str, str], parts: list[Part], plan: Plan) -> None:
    """FHIR's extensions, each under the end of its address; its value stands in its place."""
    for extension in extensions if isinstance(extensions, list) else [extensions]:
        if not isinstance(extension, dict):
            raise WrongShape(above)
        path = above + (str(extension.get("url", "")).rpartition("/")[2] or "extension")
        if path in plan.passed_over:
            continue
        kind, value = _typed(extension.get("extension"))
        if kind is not None:
            # An address has several keys of one kind (UPRN, PAF): each under its own name.
            _walk(f"{path}/{kind}", value, into, parts, plan)
            continue
        for name, inner in extension.items():
            if name == "extension":
                _extensions(path + "/", inner, into, parts, plan)
            elif name != "url":
                _walk(path if name.startswith("value") else f"{path}/{name}", inner, into, parts, plan)


def _typed(extensions: Any) -> tuple[str | None, Any]:
    """The type and the value of an extension that consists of those two, else nothing."""
    if not isinstance(extensions, list) or len(extensions) != 2 or not all(isinstance(one, dict) for one in extensions):
        return None, None
    said = {one.get("url"): one for one in extensions}
    kind = said.get("type", {}).get("valueCoding")
    if not isinstance(kind, dict) or "value" not in said:
        return None, None
    return str(kind.get("code")), said["value"].get("valueString")
