"""Reads FHIR resources: one a line, or one file that holds a resource or a bundle of them."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from graph.model.errors import Unreadable
from graph.model.refusals import Reason
from loaders.feed import Feed, Source
from loaders.nested import Nested, Plan, WrongShape, flatten, plan
from loaders.opened import BLOCK, Watched

LONGEST = 64 << 20  # a file that is one document is held in memory: more than this is not one patient's bundle


@dataclass(frozen=True)
class _Malformed:
    """A line that is not JSON."""

    text: str


def rows(feed: Feed, label: str, watched: Watched, *, raw: bool = False) -> Iterator[Nested]:
    """Each resource of the file, on request with its text; a bundle counts as the resources in it."""
    how = plan(feed)
    with io.TextIOWrapper(io.BufferedReader(watched, BLOCK), encoding=feed.source.encoding, newline="\n") as text:
        for line, content in _documents(label, text):
            for resource in _resources(content):
                row = _row(feed.source, how, line, resource)
                yield replace(row, raw=_written(resource, how.passed_over)) if raw else row


def _documents(label: str, text: io.TextIOWrapper) -> Iterator[tuple[int, Any]]:
    try:
        if ".json" in label and ".jsonl" not in label:
            yield 1, _whole(label, text)
        else:
            yield from _by_line(label, text)
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise Unreadable(
            f"{label} is not {text.encoding}: it holds the byte 0x{byte:02x}. Ask for it in UTF-8."
        ) from error


def _whole(label: str, text: io.TextIOWrapper) -> Any:
    content = text.read(LONGEST)
    if text.read(1):
        raise Unreadable(f"{label} is one document of more than 64 MB. Send one resource a line, in a file .jsonl.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{label} is not JSON, or is cut off: {error}. Fetch it again.") from error


def _by_line(label: str, text: io.TextIOWrapper) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError) as error:
            if not line.endswith("\n"):
                message = f"{label} ends in the middle of line {number}: it is cut off. Fetch it again."
                raise Unreadable(message) from error
            yield number, _Malformed(line)


def _resources(content: Any) -> Iterator[Any]:
    if not isinstance(content, dict) or content.get("resourceType") != "Bundle":
        yield content
        return
    entries = content.get("entry", [])
    for entry in entries if isinstance(entries, list) else [entries]:
        yield entry.get("resource") if isinstance(entry, dict) else None


def _row(source: Source, how: Plan, line: int, resource: Any) -> Nested:
    if isinstance(resource, _Malformed):
        return Nested(line, (), Reason.MALFORMED_ROW)
    if not isinstance(resource, dict):
        return Nested(line, (), Reason.WRONG_SHAPE)
    kind = str(resource.get("resourceType"))
    if kind not in source.row:
        return Nested(line, [(kind, {"resourceType": kind})])
    try:
        return Nested(line, flatten(resource, kind, how))
    except (WrongShape, RecursionError):
        return Nested(line, (), Reason.WRONG_SHAPE)


def _written(resource: Any, without: frozenset[str]) -> str:
    """The resource as text, without what lies under these paths."""
    if isinstance(resource, _Malformed):
        return resource.text
    return json.dumps(_pruned("", resource, without))


def _pruned(path: str, value: Any, without: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_pruned(path, element, without) for element in value if not _passed_over(path, element, without)]
    if not isinstance(value, dict):
        return value
    above = f"{path}/" if path else ""
    return {
        name: _pruned(path if name == "extension" else above + name, inner, without)
        for name, inner in value.items()
        if above + name not in without
    }


def _passed_over(path: str, element: Any, without: frozenset[str]) -> bool:
    url = str(element.get("url", "")) if isinstance(element, dict) else ""
    return bool(url) and (f"{path}/" if path else "") + url.rpartition("/")[2] in without
