"""Reads XML row by row as it streams past: no entities, no network, nothing larger than a row in memory."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from lxml import etree

from graph.model.errors import Unreadable
from graph.model.refusals import Reason
from loaders.feed import Feed
from loaders.nested import Nested, Plan, WrongShape, flatten, plan
from loaders.opened import BLOCK, Watched


@dataclass
class Around:
    """What surrounds the rows of a file: the elements above them, and its header."""

    above: list[str] = field(default_factory=list)
    header: str = ""

    def before(self) -> str:
        """Everything that stands before the first row."""
        root, *others = self.above
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n{self.header}\n'
            + "".join(f"<{n}>" for n in others)
            + "\n"
        )

    def after(self) -> str:
        """Everything that stands after the last row."""
        return "".join(f"</{name}>" for name in reversed(self.above)) + "\n"


def rows(
    feed: Feed, label: str, watched: Watched, *, raw: bool = False, around: Around | None = None
) -> Iterator[Nested]:
    """Each element that is a row, on request with its text, the values of the file's header in its own part."""
    (row,) = feed.source.row
    how = plan(feed)
    header: dict[str, Any] = {}
    try:
        for element in _ended(label, watched, (row, feed.source.header)):
            if _name(element) == row:
                taken = _row(row, how, element, header)
                if around is not None and not around.above:
                    around.above = [_name(parent) for parent in element.iterancestors()][::-1]
                yield replace(taken, raw=_written(element, how.passed_over)) if raw else taken
                _forget(element)
            elif _name(element) == feed.source.header:
                header[feed.source.header] = _content(element)
                if around is not None:
                    around.header = _written(element, frozenset())
    except etree.XMLSyntaxError as error:
        place = f"line {error.lineno}" if error.lineno else "its beginning"
        message = (
            f"{label} cannot be read as XML beyond {place}: {error.msg}. It is cut off or damaged: fetch it again."
        )
        raise Unreadable(message) from error


def _ended(label: str, watched: Watched, names: Sequence[str]) -> Iterator[etree._Element]:
    """The elements of these names as they end."""
    events = etree.iterparse(
        io.BufferedReader(watched, BLOCK),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in events:
        if element.getroottree().docinfo.doctype:
            raise Unreadable(
                f"{label} brings a document type of its own, which could name other files. Ask for it without."
            )
        yield element


def _row(name: str, how: Plan, element: etree._Element, header: dict[str, Any]) -> Nested:
    line = cast("int | None", element.sourceline) or 0
    try:
        return Nested(line, flatten(_content(element) | header, name, how))
    except WrongShape:
        return Nested(line, (), Reason.WRONG_SHAPE)


def _written(element: etree._Element, without: frozenset[str]) -> str:
    """The element as text, without what lies under these paths."""
    for child in list(element.iterdescendants()):
        above = [_name(parent) for parent in child.iterancestors() if parent in set(element.iterdescendants())]
        parent = child.getparent()
        if "/".join([*above[::-1], _name(child)]) in without and parent is not None:
            parent.remove(child)
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _content(element: etree._Element) -> dict[str, Any]:
    """The element's children by name; those of one name are a list."""
    content: dict[str, Any] = {f"@{name!s}": value for name, value in element.attrib.items()}
    for child in element:
        name, value = (
            _name(child),
            _content(child) if len(child) or child.attrib else (child.text or "").strip() or None,
        )
        if name not in content:
            content[name] = value
        elif isinstance(content[name], list):
            content[name].append(value)
        else:
            content[name] = [content[name], value]
    return content


def _forget(element: etree._Element) -> None:
    """Lets go of the row and of all before it, so that memory does not grow with the file."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
