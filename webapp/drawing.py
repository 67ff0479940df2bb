"""The circle as shapes: from a child's page to what the template draws. Pure, and the same for the same page."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from graph.model.circle import CarerCard, ChildPage, ServiceCard, Standing
from webapp.formatters import age, anchor, carer_role, drawn_period, month_year, several, who
from webapp.lettering import fit, width, wrap
from webapp.places import (
    ANGLES,
    CARD_HEIGHT,
    CARD_WIDTH,
    CENTRE,
    HOUSEHOLD,
    INNER,
    OUTER,
    RIM,
    WORDS,
    Place,
    SectorName,
    at,
    edge_towards,
    place_of,
    places_of,
)

_NAME, _WHO, _WHEN, _PLAIN = 16.5, 15.0, 13.5, 15.5
_TEXT_LEFT = 17
_TEXT_ROOM = CARD_WIDTH - _TEXT_LEFT - 4
_MAX_PILLS = 4
_MAX_ENTRIES = 3
# Where the rows of carers stand, below the child's middle, and how wide each carer is there.
_ONE_ROW = ((74.0, 140.0),)
_TWO_ROWS = ((52.0, 140.0), (97.0, 120.0))
_CHORD = 122.0
_STANDINGS = tuple(Standing)
_STANDING_WORDS = {Standing.CURRENT: "current", Standing.UNCONFIRMED: "not confirmed", Standing.ENDED: "ended"}


@dataclass(frozen=True)
class Lettering:
    """One line of text."""

    x: float
    y: float
    text: str
    css: str


@dataclass(frozen=True)
class Entry:
    """A link inside a card to a row of the list: the service, and the lines that it fills.

    `say` is what a screen reader is told of it. A fold stands for all of `rows`, and says how many they are.
    """

    href: str
    title: str
    say: str
    lines: tuple[Lettering, ...]
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """A card at its place, with one service in it or several of that place, and the line that leads to it."""

    key: str
    x: float
    y: float
    standing: Standing
    tag: str
    entries: tuple[Entry, ...]
    line: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Pill:
    """A carer inside the household's ring, or below its line if they live elsewhere; or several, as `rows` says."""

    key: str
    x: float
    y: float
    width: float
    href: str
    title: str
    name: str
    role: str
    say: str
    standing: Standing
    elsewhere: bool
    rows: tuple[str, ...]

    @property
    def branch(self) -> tuple[tuple[float, float], ...]:
        """The line from the child, that runs between the pills and ends under this one."""
        start = CENTRE + 24
        return (CENTRE, start), (CENTRE, self.y), (self.x, self.y)


@dataclass(frozen=True)
class Sector:
    """A sector: always drawn, with its cards or the sentence that says why there are none."""

    name: SectorName
    area: str
    band: str
    rim: str
    arc: str
    services: tuple[ServiceCard, ...]
    cards: tuple[Drawn, ...]
    words: tuple[Lettering, ...]
    sentence: str

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the sentence."""
        return CENTRE + WORDS[self.name][0], CENTRE + WORDS[self.name][1]

    @property
    def words_height(self) -> float:
        """How much room the sentence takes."""
        return 20.0 * len(self.words) + 8


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn. The list beside it has the same sectors and services in the same order."""

    sectors: tuple[Sector, ...]
    boundary: str
    remainder: str
    home: tuple[Lettering, ...]
    child: tuple[Lettering, ...]
    pills: tuple[Pill, ...]
    carers: tuple[CarerCard, ...]
    title: str
    description: str
    says: str


def draw(page: ChildPage) -> Picture:
    """The circle of a page."""
    elsewhere = not all(_is_inside(carer) for carer in page.carers)
    return Picture(
        sectors=tuple(_sector(page, name) for name in SectorName),
        boundary=_boundary(elsewhere),
        remainder=_remainder(elsewhere),
        home=_home(page),
        child=_child(page),
        pills=_pills(page.carers),
        carers=_carers_in_order(page.carers),
        title=f"Circle of services around {page.name} on {page.as_at.day} {page.as_at:%B %Y}",
        description=page.summary + " The list on this page says the same in the same order.",
        says=f"{page.name}, {age(page.age)}",
    )


def _sector(page: ChildPage, name: SectorName) -> Sector:
    services = _services_in_order(page, name)
    sentence = _sentence(page, name, services)
    low, high = ANGLES[name]
    return Sector(
        name=name,
        area=_ring_part(low, high, INNER + 6, OUTER, gap=3.5),
        band=_ring_part(low, high, OUTER, RIM, gap=3.5),
        rim=_ring_part(low, high, RIM, RIM + 5, gap=3.5),
        arc=_title_arc(low, high),
        services=services,
        cards=_cards(page, name, services),
        words=() if services else _words(name, sentence),
        sentence=sentence,
    )


def _services_in_order(page: ChildPage, name: SectorName) -> tuple[ServiceCard, ...]:
    places = places_of(name)
    mine = (card for card in page.services if SectorName(card.domain.value) is name)

    def order(card: ServiceCard) -> tuple[int, bool, int, str, str]:
        place = places.index(place_of(card.domain, card.kind, card.key))
        return place, not card.lead, _STANDINGS.index(card.standing), card.name, card.key

    return tuple(sorted(mine, key=order))


def _sentence(page: ChildPage, name: SectorName, services: tuple[ServiceCard, ...]) -> str:
    """Why a sector is empty, or nothing if it is not. The neutral sector's is the same for every child."""
    if name is SectorName.NOT_LISTED:
        team = f"the {page.authority} team" if page.authority else "the authority’s team"
        return f"Some services are never listed here. If you need to know, ask {team}."
    given = (absence.sentence for absence in page.absences if absence.domain.value == name.value)
    return next(given, "" if services else "Nothing is recorded here.")


def _words(name: SectorName, sentence: str) -> tuple[Lettering, ...]:
    x, y = CENTRE + WORDS[name][0], CENTRE + WORDS[name][1]
    lines = wrap(sentence, _PLAIN, 178, lines=5)
    top = y - (len(lines) - 1) * 10
    return tuple(Lettering(x, top + 20 * row + 5, line, "words") for row, line in enumerate(lines))


def _cards(page: ChildPage, name: SectorName, services: tuple[ServiceCard, ...]) -> tuple[Drawn, ...]:
    """One card for each place that is taken. Another service of the same place joins it: no card ever moves."""
    by_place: dict[Place, list[ServiceCard]] = {}
    for card in services:
        by_place.setdefault(place_of(card.domain, card.kind, card.key), []).append(card)
    says = {card.key: _say(card, name, number, len(services)) for number, card in enumerate(services, 1)}
    return tuple(_card(page, place, tuple(cards), says) for place, cards in by_place.items())


def _say(card: ServiceCard, name: SectorName, number: int, total: int) -> str:
    """`Hillbrook Primary School, school, education, current, 1 of 2`: the words of the card and of its row."""
    kind = card.kind_words if card.kind_words.startswith("GP") else card.kind_words.lower()
    kinds = () if card.kind_words.casefold() == card.name.casefold() else (kind,)
    return ", ".join((card.name, *kinds, name.value, _STANDING_WORDS[card.standing], f"{number} of {total}"))


def _card(page: ChildPage, place: Place, cards: tuple[ServiceCard, ...], says: dict[str, str]) -> Drawn:
    left, top = CENTRE + place.x - CARD_WIDTH / 2, CENTRE + place.y - CARD_HEIGHT / 2
    first = cards[0]
    alone = len(cards) == 1
    return Drawn(
        key=f"place-{first.domain.name.lower()}-{places_of(SectorName(first.domain.value)).index(place)}",
        x=left,
        y=top,
        standing=min((card.standing for card in cards), key=_STANDINGS.index),
        tag=_tag(cards),
        entries=(_alone(page, first, left, top, says),) if alone else _together(cards, left, top, says),
        line=edge_towards(place),
    )


def _tag(cards: Iterable[ServiceCard]) -> str:
    if any(card.lead for card in cards):
        return "Lead"
    return "You" if any(card.you for card in cards) else ""


def _alone(page: ChildPage, card: ServiceCard, left: float, top: float, says: dict[str, str]) -> Entry:
    name = wrap(card.name, _NAME, _TEXT_ROOM, lines=2, bold=True)
    who_line = fit(who(card), _WHO, _TEXT_ROOM)
    texts = [*((line, "name") for line in name), *([(who_line, "who")] if who_line else [])]
    texts += [(line, "when") for line in _when(card, page, room=4 - len(texts))]
    return Entry("#" + anchor(card.key), _told(page, card), says[card.key], _stacked(texts, left, top))


def _when(card: ServiceCard, page: ChildPage, *, room: int) -> tuple[str, ...]:
    """The phrases of time on one line if they fit, else on two if there is room for two, else the first."""
    phrases = drawn_period(card, page.as_at)
    together = " · ".join(phrases)
    if width(together, _WHEN, bold=False) <= _TEXT_ROOM:
        return (together,)
    return phrases if len(phrases) <= room else phrases[:1]


def _told(page: ChildPage, card: ServiceCard) -> str:
    return ", ".join(part for part in (card.name, who(card), *drawn_period(card, page.as_at)) if part)


def _together(cards: tuple[ServiceCard, ...], left: float, top: float, says: dict[str, str]) -> tuple[Entry, ...]:
    shown = cards if len(cards) <= _MAX_ENTRIES else cards[: _MAX_ENTRIES - 1]
    step, first = (21.0, 25.0) if len(cards) > 2 else (26.0, 33.0)
    entries = [_short_entry(card, left, top + first + step * row, says) for row, card in enumerate(shown)]
    folded = cards[len(shown) :]
    if folded:
        entries.append(_fold(folded, left, top + first + step * len(shown)))
    return tuple(entries)


def _short_entry(card: ServiceCard, left: float, baseline: float, says: dict[str, str]) -> Entry:
    ending = "" if card.standing is Standing.CURRENT else _STANDING_WORDS[card.standing]
    x = left + _TEXT_LEFT
    name = fit(card.name, _WHO, _TEXT_ROOM - (width(ending, _WHEN) + 6 if ending else 0), bold=True)
    lines = [Lettering(x, baseline, name, "short")]
    if ending:
        lines.append(Lettering(x + width(name, _WHO, bold=True) + 6, baseline, ending, "when"))
    title = ", ".join(part for part in (card.name, ending, card.kind_words) if part)
    return Entry("#" + anchor(card.key), title, says[card.key], tuple(lines))


def _fold(cards: tuple[ServiceCard, ...], left: float, baseline: float) -> Entry:
    """What of a place has no room, with its exact number and its kind, in as many words as fit."""
    past = "past " if all(card.standing is Standing.ENDED for card in cards) else ""
    kinds = {card.kind_words for card in cards}
    what = several(kinds.pop() if len(kinds) == 1 else f"{cards[0].domain.value} service")
    title = f"{len(cards)} more {past}{what}: see the list"
    shorter = (title, f"+{len(cards)} {past}{what}: see the list", f"+{len(cards)} {past}{what}")
    fitting = (text for text in shorter if width(text, _WHO) <= _TEXT_ROOM)
    text = next(fitting, f"{len(cards)} more: see the list")
    rows = tuple(anchor(card.key) for card in cards)
    return Entry("#" + rows[0], title, title, (Lettering(left + _TEXT_LEFT, baseline, text, "who"),), rows)


def _stacked(texts: list[tuple[str, str]], left: float, top: float) -> tuple[Lettering, ...]:
    baselines = {2: (34.0, 55.0), 3: (26.0, 45.5, 64.0), 4: (21.0, 37.5, 53.5, 69.0)}[len(texts)]
    return tuple(
        Lettering(left + _TEXT_LEFT, top + baseline, text, css)
        for (text, css), baseline in zip(texts, baselines, strict=True)
    )


def _home(page: ChildPage) -> tuple[Lettering, ...]:
    if page.home is None:
        said = "The address is not shown" if page.whereabouts_withheld else "No address is recorded"
        return (Lettering(CENTRE, CENTRE - 118, said, "home"),)
    lines = wrap(page.home.address, _WHO, 196, lines=2)
    since = f"since {month_year(page.home.since)}" if page.home.since else ""
    texts = [("Lives at (as recorded)", "small"), *((line, "home") for line in lines), (since, "small")]
    top = CENTRE - 142
    return tuple(Lettering(CENTRE, top + 17 * row, text, css) for row, (text, css) in enumerate(texts) if text)


def _child(page: ChildPage) -> tuple[Lettering, ...]:
    size, css = (_NAME, "child-name") if _fits_the_child(page.name) else (12.5, "child-name-long")
    lines = wrap(page.name, size, 90, lines=2, bold=True)
    top = CENTRE - 27 - (9 if len(lines) > 1 else 0)
    named = [Lettering(CENTRE, top + 18 * row, line, css) for row, line in enumerate(lines)]
    return (*named, Lettering(CENTRE, top + 18 * len(lines) + 2, age(page.age), "child-age"))


def _fits_the_child(name: str) -> bool:
    return not any(line.endswith("…") for line in wrap(name, _NAME, 90, lines=2, bold=True))


def _is_inside(carer: CarerCard) -> bool:
    return carer.lives_with_child is True and carer.standing is not Standing.ENDED


def _carers_in_order(carers: tuple[CarerCard, ...]) -> tuple[CarerCard, ...]:
    return tuple(sorted(carers, key=lambda carer: not _is_inside(carer)))


def _pills(carers: tuple[CarerCard, ...]) -> tuple[Pill, ...]:
    inside = [carer for carer in carers if _is_inside(carer)]
    elsewhere = [carer for carer in carers if not _is_inside(carer)]
    return (*_inside_pills(inside), *_elsewhere_pills(elsewhere))


def _inside_pills(carers: list[CarerCard]) -> Iterable[Pill]:
    shown = carers if len(carers) <= _MAX_PILLS else carers[: _MAX_PILLS - 1]
    folded = carers[len(shown) :]
    groups = [[carer] for carer in shown] + ([folded] if folded else [])
    rows = _ONE_ROW if len(groups) <= 2 else _TWO_ROWS
    for number, group in enumerate(groups):
        row, alone = number // 2, number == len(groups) - 1 and number % 2 == 0
        baseline, wide = rows[row]
        x = CENTRE if alone else CENTRE + (wide / 2 + 4) * (1 if number % 2 else -1)
        name, role = group[0].name, carer_role(group[0])
        if group is folded:
            name, role = f"{len(folded)} more", "see the list"
        yield _pill(x, CENTRE + baseline, wide, group, name, role)


def _elsewhere_pills(carers: list[CarerCard]) -> Iterable[Pill]:
    if not carers:
        return
    first = carers[0]
    elsewhere = "elsewhere" if first.lives_with_child is False else "home not known"
    where = "ended" if first.standing is Standing.ENDED else elsewhere
    name, role = first.name, f"{first.relationship}, {where}" if first.relationship else where
    if len(carers) > 1:
        name, role = f"{len(carers)} carers", "not in this home"
    yield _pill(CENTRE, CENTRE + 147, 176, carers, name, role, elsewhere=True)


def _pill(
    x: float, y: float, wide: float, carers: list[CarerCard], name: str, role: str, *, elsewhere: bool = False
) -> Pill:
    standing = min((carer.standing for carer in carers), key=_STANDINGS.index)
    rows = tuple(anchor(carer.key) for carer in carers)
    said = role if standing is Standing.CURRENT else f"{role}, {_STANDING_WORDS[standing]}"
    return Pill(
        key="carer-" + rows[0],
        x=x,
        y=y,
        width=wide,
        href="#" + rows[0],
        title=f"{name}, {role}",
        name=fit(name, 14.5, wide - 18, bold=True),
        role=fit(role[:1].upper() + role[1:].replace("parental responsibility", "PR"), 12.5, wide - 18),
        say=f"{name}, {said[:1].lower() + said[1:]}, {'carer' if len(carers) == 1 else 'carers'}",
        standing=standing,
        elsewhere=elsewhere,
        rows=rows if len(rows) > 1 else (),
    )


def _boundary(elsewhere: bool) -> str:
    """The household's dotted ring: whole, or cut so that those who live elsewhere are outside it."""
    if not elsewhere:
        return _circle(HOUSEHOLD)
    half = math.sqrt(HOUSEHOLD**2 - _CHORD**2)
    y = CENTRE + _CHORD
    return f"M{CENTRE - half:.1f},{y:.1f}A{HOUSEHOLD},{HOUSEHOLD} 0 1 1 {CENTRE + half:.1f},{y:.1f}Z"


def _remainder(elsewhere: bool) -> str:
    """The rest of the ring, under the household's line; empty if all carers live with the child."""
    if not elsewhere:
        return ""
    half = math.sqrt(HOUSEHOLD**2 - _CHORD**2)
    y = CENTRE + _CHORD
    return f"M{CENTRE - half:.1f},{y:.1f}A{HOUSEHOLD},{HOUSEHOLD} 0 0 0 {CENTRE + half:.1f},{y:.1f}"


def _circle(radius: float) -> str:
    left, right = CENTRE - radius, CENTRE + radius
    return (
        f"M{left:.1f},{CENTRE:.1f}A{radius},{radius} 0 1 1 {right:.1f},{CENTRE:.1f}"
        f"A{radius},{radius} 0 1 1 {left:.1f},{CENTRE:.1f}Z"
    )


def _ring_part(low: float, high: float, inner: float, outer: float, *, gap: float) -> str:
    """The part of a ring between two angles, with a straight gap on both sides."""

    def point(angle: float, radius: float, side: int) -> str:
        x, y = at(angle + side * math.degrees(gap / radius), radius)
        return f"{x:.1f},{y:.1f}"

    return (
        f"M{point(low, outer, 1)}A{outer},{outer} 0 0 1 {point(high, outer, -1)}"
        f"L{point(high, inner, -1)}A{inner},{inner} 0 0 0 {point(low, inner, 1)}Z"
    )


def _title_arc(low: float, high: float) -> str:
    """The curve that a sector's name stands on: from the left on both halves, so that it is never upside down."""
    below = 90 < (low + high) / 2 < 270
    radius = OUTER + (20.5 if below else 10.5)
    start, end = (high, low) if below else (low, high)
    (from_x, from_y), (to_x, to_y) = at(start, radius), at(end, radius)
    return f"M{from_x:.1f},{from_y:.1f}A{radius},{radius} 0 0 {0 if below else 1} {to_x:.1f},{to_y:.1f}"
