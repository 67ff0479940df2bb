"""Where things stand in the circle: sectors at fixed angles, and a fixed place for each kind of service."""

import hashlib
import math
from dataclasses import dataclass
from enum import StrEnum

from graph.model.kinds import KINDS, Domain

SIZE = 1184.0
CENTRE = SIZE / 2
HOUSEHOLD = 170.0
INNER = 178.0
OUTER = 546.0
RIM = 578.0
CARD_WIDTH = 222.0
CARD_HEIGHT = 78.0


class SectorName(StrEnum):
    """The sectors, clockwise from the top: one for each domain, and the neutral one."""

    EDUCATION = Domain.EDUCATION.value
    HEALTH = Domain.HEALTH.value
    SOCIAL_CARE = Domain.SOCIAL_CARE.value
    JUSTICE = Domain.JUSTICE.value
    NOT_LISTED = "not listed here"
    VOLUNTARY = Domain.VOLUNTARY.value

    @property
    def heading(self) -> str:
        """The name as it stands on the rim."""
        return self.value[0].upper() + self.value[1:]

    @property
    def css(self) -> str:
        """The name as it stands in the style sheet."""
        return self.value.split(" ")[0]


# Degrees clockwise from twelve o'clock. They never change: people learn where to look.
ANGLES: dict[SectorName, tuple[float, float]] = {
    SectorName.EDUCATION: (-40, 40),
    SectorName.HEALTH: (40, 116),
    SectorName.SOCIAL_CARE: (116, 184),
    SectorName.JUSTICE: (184, 236),
    SectorName.NOT_LISTED: (236, 270),
    SectorName.VOLUNTARY: (270, 320),
}
# Where a sector without cards says why.
WORDS: dict[SectorName, tuple[float, float]] = {
    SectorName.EDUCATION: (0, -380),
    SectorName.HEALTH: (350, -70),
    SectorName.SOCIAL_CARE: (200, 330),
    SectorName.JUSTICE: (-196, 352),
    SectorName.NOT_LISTED: (-372, 112),
    SectorName.VOLUNTARY: (-366, -150),
}


@dataclass(frozen=True)
class Place:
    """The middle of a card, measured from the child, and the angle at which its line leaves the household."""

    x: float
    y: float
    leaves: float | None = None

    @property
    def angle(self) -> float:
        """The angle at which the line leaves, in degrees clockwise from the top."""
        return math.degrees(math.atan2(self.x, -self.y)) if self.leaves is None else self.leaves


# Universal services stand nearer, targeted and statutory ones farther. No two places touch, and no line
# from the household crosses a card on its way (tests/webapp/test_places.py).
_PLACES: dict[SectorName, tuple[tuple[Place, tuple[str, ...]], ...]] = {
    SectorName.EDUCATION: (
        (Place(0, -250), ("school", "early_years")),
        (Place(-150, -404, leaves=-38.5), ("education_welfare",)),
        (Place(150, -404, leaves=38.5), ("send_support",)),
    ),
    SectorName.HEALTH: (
        (Place(352, -248, leaves=41), ("therapy",)),
        (Place(374, -158, leaves=52), ("hospital",)),
        (Place(300, -70), ("gp_practice",)),
        (Place(300, 16), ("school_nursing", "health_visiting")),
        (Place(408, 102, leaves=112), ("sexual_health", "mental_health", "substance_misuse")),
    ),
    SectorName.SOCIAL_CARE: (
        (Place(276, 240), ("social_care",)),
        (Place(200, 363, leaves=151), ("fostering",)),
        (Place(90, 450), ("early_help", "domestic_abuse")),
    ),
    SectorName.JUSTICE: (
        (Place(-144, 432), ("police",)),
        (Place(-270, 342), ("youth_justice", "probation")),
    ),
    SectorName.NOT_LISTED: (),
    SectorName.VOLUNTARY: (
        (Place(-352, -50), ("youth_service",)),
        (Place(-396, -146, leaves=-66), ("voluntary",)),
        (Place(-348, -238), ("housing",)),
    ),
}
_PLACE_OF_KIND = {kind: place for places in _PLACES.values() for place, kinds in places for kind in kinds}
_KIND_OF_WORDS = {kind.words: kind.name for kind in KINDS.values()}


def places_of(sector: SectorName) -> tuple[Place, ...]:
    """Every place of a sector, in the order in which its cards are read."""
    return tuple(place for place, _kinds in _PLACES[sector])


def place_of(domain: Domain, kind: str, key: str) -> Place:
    """Where a service stands: by its kind alone; one of no known kind by its key, somewhere in its sector."""
    places = places_of(SectorName(domain.value))
    known = _PLACE_OF_KIND.get(_KIND_OF_WORDS.get(kind, kind))
    if known in places:
        return known
    return places[int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % len(places)]


def at(angle: float, radius: float) -> tuple[float, float]:
    """The point at an angle and a distance from the middle of the drawing."""
    radians = math.radians(angle)
    return CENTRE + radius * math.sin(radians), CENTRE - radius * math.cos(radians)


def edge_towards(place: Place) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two ends of a card's line: on the household's ring, and where it meets the card."""
    from_x, from_y = at(place.angle, HOUSEHOLD)
    to_x, to_y = CENTRE + place.x, CENTRE + place.y
    across, down = from_x - to_x, from_y - to_y
    share = min(
        CARD_WIDTH / 2 / abs(across) if across else math.inf,
        CARD_HEIGHT / 2 / abs(down) if down else math.inf,
    )
    return (from_x, from_y), (to_x + across * share, to_y + down * share)
