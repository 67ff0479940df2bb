"""Pictures of chosen children: side by side, and the ways between two. Pure, and the same for the same facts."""

from dataclasses import dataclass

from graph.model.together import Cell, Connection, Line, Stop, Together
from webapp.formatters import age, month_year, sector_css
from webapp.lettering import fit

_NAMES, _COLUMN, _ROW = 300, 176, 44
_CHILD_HEIGHT, _TOP = 54, 30
_EDGE = 14  # the last child's dates reach beyond its column
_BOX_WIDTH, _BOX_HEIGHT, _GAP, _WAY = 180, 56, 190, 96
_NAME, _KIND, _SINCE, _BOND = 15.0, 13.0, 12.5, 13.0


@dataclass(frozen=True)
class Stroke:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Dot:
    """Where a service meets a child."""

    x: float
    css: str
    words: str


@dataclass(frozen=True)
class Bar:
    """One service, from its name to the last child that it meets."""

    y: float
    x1: float
    x2: float
    css: str
    name: str
    kind: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Box:
    """A child, or what a way goes through."""

    x: float
    y: float
    name: str
    kind: str
    child: bool = True

    @property
    def age(self) -> str:
        """What stands below the name of a child."""
        return self.kind


@dataclass(frozen=True)
class Beside:
    """Children in a row, the services that several have above them and those of one child below."""

    width: float
    height: float
    title: str
    stems: tuple[Stroke, ...]
    rows: tuple[Bar, ...]
    children: tuple[Box, ...]


@dataclass(frozen=True)
class Label:
    """Words in the middle of a line."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Ways:
    """Each way as a row of boxes."""

    width: float
    height: float
    title: str
    lines: tuple[Stroke, ...]
    boxes: tuple[Box, ...]
    labels: tuple[Label, ...]


def draw_together(shown: Together) -> Beside:
    """The table of chosen children as a picture with the same facts."""
    above = [line for line in shown.lines if line.shared]
    below = [line for line in shown.lines if not line.shared]
    child_y = _TOP + len(above) * _ROW
    rows = [_bar(line, _TOP + at * _ROW) for at, line in enumerate(above)]
    first_below = child_y + _CHILD_HEIGHT + _TOP
    rows += [_bar(line, first_below + at * _ROW) for at, line in enumerate(below)]
    stems = []
    for at in range(len(shown.children)):
        met = [row.y for row in rows if any(dot.x == _centre(at) for dot in row.dots)]
        stems += [Stroke(_centre(at), min([child_y, *met]), _centre(at), max([child_y, *met]))]
    return Beside(
        width=_NAMES + len(shown.children) * _COLUMN + _EDGE,
        height=first_below + len(below) * _ROW,
        title=f"Services of {len(shown.children)} children side by side; the table says the same",
        stems=tuple(stems),
        rows=tuple(rows),
        children=tuple(
            Box(_centre(at), child_y, fit(child.name, _NAME, 136, bold=True), age(child.age))
            for at, child in enumerate(shown.children)
        ),
    )


def _centre(column: int) -> float:
    return _NAMES + column * _COLUMN + 76


def _bar(line: Line, y: float) -> Bar:
    dots = tuple(Dot(_centre(at), cell.standing.value, _since(cell)) for at, cell in enumerate(line.cells) if cell)
    kind = " · ".join(
        words for words in (line.kind if line.kind != line.name else "", line.organisation or "") if words
    )
    return Bar(
        y=y,
        x1=_NAMES,
        x2=max(dot.x for dot in dots),
        css=sector_css(line.domain),
        name=fit(line.name, _NAME, _NAMES - 24, bold=True),
        kind=fit(kind, _KIND, _NAMES - 24),
        dots=dots,
    )


def _since(cell: Cell) -> str:
    if cell.until is not None:
        return f"to {month_year(cell.until)}"
    return f"since {month_year(cell.since)}" if cell.since else ""


def draw_ways(shown: Connection) -> Ways:
    """The steps of a connection as rows of boxes."""
    lines, boxes, labels = [], [], []
    for number, way in enumerate(shown.ways):
        top = 24 + number * _WAY
        boxes += [_box(stop, at, top) for at, stop in enumerate(way.stops)]
        for at, hop in enumerate(way.hops):
            left, right = at * (_BOX_WIDTH + _GAP) + _BOX_WIDTH, (at + 1) * (_BOX_WIDTH + _GAP)
            middle = top + _BOX_HEIGHT / 2
            lines.append(Stroke(left, middle, right, middle))
            # Said of the child, whichever way it is walked: the arrow shows from whom to what.
            words = f"{hop.bond.value} →" if hop.child is way.stops[at] else f"← {hop.bond.value}"
            labels.append(Label((left + right) / 2, middle - 8, words))
    hops = max((len(way.hops) for way in shown.ways), default=0)
    return Ways(
        width=hops * (_BOX_WIDTH + _GAP) + _BOX_WIDTH,
        height=24 + len(shown.ways) * _WAY,
        title="The ways between two children; the tables say the same",
        lines=tuple(lines),
        boxes=tuple(boxes),
        labels=tuple(labels),
    )


def _box(stop: Stop, at: int, top: float) -> Box:
    kind = age(stop.child.age) if stop.child else stop.kind
    room = _BOX_WIDTH - 16
    name = fit(stop.words[:1].upper() + stop.words[1:], _NAME, room, bold=True)
    return Box(at * (_BOX_WIDTH + _GAP), top, name, fit(kind, _KIND, room), child=stop.child is not None)
