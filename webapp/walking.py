"""The walk as shapes and words: a tray below the circle, which makes the drawing longer and moves nothing in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.model.walking import Band, Hub, Link, Step, Walk, WalkedAdult, WalkedChild, WalkedPractitioner, Way
from webapp.drawing import Lettering
from webapp.formatters import age, anchor, counted, month_year, sex
from webapp.lettering import fit
from webapp.places import CENTRE, SIZE

CARD_WIDTH, CARD_HEIGHT = 276.0, 78.0
CHIP_WIDTH = 228.0
_LEFT, _FIRST = 30.0, 304.0
_ROW, _COLUMN = 104.0, 290.0
_IN_A_ROW = 3
_ABOVE, _BETWEEN, _BELOW = 30.0, 34.0, 16.0
_TEXT = 17.0
# Where the lines to the chips leave the rim: below the circle's western end, left of everything drawn.
_MARGIN, _RIM = 12.0, CENTRE + 52.0
_NAME, _WHO, _WHEN = 16.5, 15.0, 13.5

Walked = WalkedChild | WalkedAdult | WalkedPractitioner


@dataclass(frozen=True)
class Node:
    """A card of the tray, or the chip from which the cards of one step hang; it leads to its row of the list."""

    key: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    href: str
    title: str
    say: str
    lines: tuple[Lettering, ...]

    @property
    def middle(self) -> tuple[float, float]:
        """The point by which it is placed."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Thread:
    """A line of the tray, with its bends."""

    start: str
    end: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Group:
    """What one step has added: its chip, the cards that hang on it, and the lines to chip and cards."""

    band: Band
    chip: Node
    cards: tuple[Node, ...]
    threads: tuple[Thread, ...]


@dataclass(frozen=True)
class Tray:
    """Everything below the circle, and how high the drawing is with it."""

    groups: tuple[Group, ...]
    height: float

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every chip with its cards, in the order of the list."""
        return tuple(node for group in self.groups for node in (group.chip, *group.cards))

    @property
    def threads(self) -> tuple[Thread, ...]:
        """Every line."""
        return tuple(thread for group in self.groups for thread in group.threads)


def draw_walk(walk: Walk) -> Tray:
    """The tray of a walk; with no step taken it is empty and the drawing as high as the circle."""
    top, groups = SIZE + _ABOVE, []
    for band in walk.bands:
        group = _group(band, top)
        groups.append(group)
        top += max(1, -(-len(group.cards) // _IN_A_ROW)) * _ROW + _BETWEEN
    return Tray(tuple(groups), top - _BETWEEN + _BELOW if groups else SIZE)


def people_of(band: Band) -> tuple[Walked, ...]:
    """Everybody whom a step has added, in the order of list and drawing."""
    return (*band.children, *band.adults, *band.practitioners)


def _group(band: Band, top: float) -> Group:
    chip = _chip(band, top)
    cards = tuple(
        _card(each, _FIRST + _COLUMN * (number % _IN_A_ROW), top + _ROW * (number // _IN_A_ROW))
        for number, each in enumerate(people_of(band))
    )
    return Group(band, chip, cards, (_stem(chip), *(_thread(chip, card, top) for card in cards)))


def _stem(chip: Node) -> Thread:
    """From the circle's left rim down the margin to a chip: nothing of the circle is crossed."""
    _, y = chip.middle
    return Thread("home", chip.key, ((_MARGIN, _RIM), (_MARGIN, y), (chip.x, y)))


def _thread(chip: Node, card: Node, top: float) -> Thread:
    spine, along = _FIRST - 22, card.y - 13
    x, _ = card.middle
    start = (chip.x + chip.width, top + CARD_HEIGHT / 2)
    return Thread(chip.key, card.key, (start, (spine, start[1]), (spine, along), (x, along), (x, card.y)))


def _chip(band: Band, top: float) -> Node:
    step, room = band.step, CHIP_WIDTH - 34
    lines = [(step_name(step), "name"), (fit(chip_words(step), _WHO, room), "who")]
    if band.shown_before:
        lines.append((f"{band.shown_before} shown above", "when"))
    return Node(
        key=step_key(step),
        kind="step",
        x=_LEFT,
        y=top,
        width=CHIP_WIDTH,
        height=CARD_HEIGHT,
        href="#" + anchor(step_key(step)),
        title=step_title(step),
        say=f"{step_title(step)}, a step of your walk",
        lines=_stacked(lines, _LEFT, top),
    )


def _card(each: Walked, left: float, top: float) -> Node:
    room = CARD_WIDTH - _TEXT - 8
    said = who_words(each)
    lines = [(fit(each.name, _NAME, room, bold=True), "name"), (fit(said, _WHO, room), "who")]
    reason = link_words(each.links[0])
    if len(each.links) > 1:
        reason += f" and {counted(len(each.links) - 1, 'more reason')}"
    lines.append((fit(reason, _WHEN, room), "when"))
    return Node(
        key=each.key,
        kind={WalkedChild: "other-child", WalkedAdult: "adult", WalkedPractitioner: "practitioner"}[type(each)],
        x=left,
        y=top,
        width=CARD_WIDTH,
        height=CARD_HEIGHT,
        href="#" + anchor(each.key),
        title=", ".join((each.name, said, *(link_words(link) for link in each.links))),
        say=", ".join((each.name, said, *(link_words(link) for link in each.links))),
        lines=_stacked(lines, left, top),
    )


def _stacked(texts: Sequence[tuple[str, str]], left: float, top: float) -> tuple[Lettering, ...]:
    baselines = {2: (34.0, 55.0), 3: (26.0, 45.5, 64.0)}[len(texts)]
    return tuple(
        Lettering(left + _TEXT, top + baseline, text, css)
        for (text, css), baseline in zip(texts, baselines, strict=True)
    )


def step_key(step: Step) -> str:
    """The key of a step's chip and of its heading in the list."""
    return f"walk-{step.word}"


def step_name(step: Step) -> str:
    """`Household`, `Same carer`, `Same service`."""
    return {Way.HOME: "Household", Way.CARER: "Same carer", Way.STAFF: "Same service"}[step.way]


def chip_words(step: Step) -> str:
    """Whom a step starts from."""
    return step.name or "others recorded at this home"


def step_title(step: Step) -> str:
    """The step as a heading of the list: `Household: others recorded at this home`."""
    return f"{step_name(step)}: {chip_words(step)}"


def step_count(step: Step) -> str:
    """To how many a step leads, exactly, or why it cannot be taken."""
    if step.too_many:
        most = counted(step.practitioners, "other practitioner") if step.way is Way.STAFF else "More than 20 children"
        return {
            Way.HOME: f"{most} are recorded at this address, so it is no household. They are not listed.",
            Way.CARER: f"{most} are recorded with this carer. They are not listed.",
            Way.STAFF: f"{most} at this service: they are on the page of the service.",
        }[step.way]
    others = [
        counted(number, one, many)
        for number, one, many in (
            (step.children, "other child", "other children"),
            (step.adults, "other adult", "other adults"),
            (step.practitioners, "other practitioner", "other practitioners"),
        )
        if number
    ]
    where = {Way.HOME: "recorded at this home", Way.CARER: "of the same carer", Way.STAFF: "at this service"}[step.way]
    nobody = "No other practitioner" if step.way is Way.STAFF else "No other child"
    return f"{' and '.join(others) or nobody} {where}."


def who_words(each: Walked) -> str:
    """What is said of somebody besides the name: age and sex; whom they care for; role."""
    match each:
        case WalkedChild():
            return f"{age(each.age)}, {sex(each.sex).lower()}" if sex(each.sex) != "Not known" else age(each.age)
        case WalkedAdult():
            return f"cares for {' and '.join(each.cares_for)}"
        case WalkedPractitioner():
            return each.role or "practitioner"


def link_words(link: Link) -> str:
    """Why somebody is shown: `same home since Feb 2021, as recorded`."""
    match link.way:
        case Way.HOME:
            return f"same home since {month_year(link.since)}, as recorded" if link.since else "same home, as recorded"
        case Way.CARER:
            return f"same carer: {link.name}" + (" (same name and address)" if link.by_name else "")
        case Way.STAFF:
            return f"same service: {link.name}"


def hub_words(hub: Hub) -> str:
    """How many children a place has, as far as it is told."""
    if hub.few:
        return "fewer than 10 children are recorded here"
    return (
        f"about {hub.about:,} children are recorded here" if hub.about else "more than 2,000 children are recorded here"
    )


def sentence(words: str) -> str:
    """The words with a capital letter at their beginning."""
    return words[:1].upper() + words[1:]


FILTERS = {
    function.__name__: function for function in (hub_words, link_words, sentence, step_count, step_title, who_words)
}
