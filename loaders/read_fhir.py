"""Reads FHIR resources: one a line, or one file that holds a resource or a bundle of them."""

import io
import json
from collections.abc import Iterator
from typing import Any

from graph.model.errors import Unreadable
from loaders.feed import Source
from loaders.nested import Nested, WrongShape, flatten
from loaders.opened import BLOCK, Watched
from loaders.reasons import Reason

LONGEST = 64 << 20  # a file that is one document is held in memory: more than this is not one patient's bundle


def rows(source: Source, label: str, watched: Watched) -> Iterator[Nested]:
    """Each resource of the file; a bundle counts as the resources in it."""
    with io.TextIOWrapper(io.BufferedReader(watched, BLOCK), encoding=source.encoding, newline="\n") as text:
        for line, content in _documents(label, text):
            for resource in _resources(content):
                yield _row(source, line, resource)


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
            yield number, Reason.MALFORMED_ROW


def _resources(content: Any) -> Iterator[Any]:
    if not isinstance(content, dict) or content.get("resourceType") != "Bundle":
        yield content
        return
    entries = content.get("entry", [])
    for entry in entries if isinstance(entries, list) else [entries]:
        yield entry.get("resource") if isinstance(entry, dict) else None


def _row(source: Source, line: int, resource: Any) -> Nested:
    if isinstance(resource, Reason):
        return Nested(line, (), resource)
    if not isinstance(resource, dict):
        return Nested(line, (), Reason.WRONG_SHAPE, json.dumps(resource))
    raw = json.dumps(resource)
    kind = str(resource.get("resourceType"))
    if kind not in source.row:
        return Nested(line, [(kind, {"resourceType": kind})], None, raw)
    try:
        return Nested(line, flatten(_plain(resource), kind, source), None, raw)
    except (WrongShape, RecursionError):
        return Nested(line, (), Reason.WRONG_SHAPE, raw)


def _plain(value: Any) -> Any:
    """The content with each list of extensions turned into an object by the end of the extension's address."""
    if isinstance(value, list):
        return [_plain(element) for element in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _plain(inner) for name, inner in value.items() if name != "extension"}
    extensions = value.get("extension", [])
    for extension in extensions if isinstance(extensions, list) else []:
        if isinstance(extension, dict):
            plain |= _extension(extension, plain)
    return plain


def _extension(extension: dict[str, Any], so_far: dict[str, Any]) -> dict[str, Any]:
    name = str(extension.get("url", "")).rpartition("/")[2] or "extension"
    inner = _plain({key: value for key, value in extension.items() if key != "url"})
    said = inner
    for key in [key for key in inner if key.startswith("value") and key != "value"]:
        said = inner[key] if len(inner) == 1 else inner
    if isinstance(said, dict) and set(said) == {"type", "value"} and isinstance(said["type"], dict):
        # An address has several keys of one kind (UPRN, PAF): each under its own name.
        return {name: so_far.get(name, {}) | {str(said["type"].get("code")): said["value"]}}
    return {name: said}
