"""The places of the circle: apart, in their sectors, and each in sight of the household."""

import math
from itertools import combinations, pairwise

import pytest

from graph.model.kinds import KINDS, Domain
from webapp.places import (
    ANGLES,
    CARD_HEIGHT,
    CARD_WIDTH,
    CENTRE,
    OUTER,
    RIM,
    SIZE,
    Place,
    SectorName,
    edge_towards,
    place_of,
    places_of,
)

PLACES = [(sector, place) for sector in SectorName for place in places_of(sector)]


def corners(place: Place) -> list[tuple[float, float]]:
    return [
        (place.x + across * CARD_WIDTH / 2, place.y + down * CARD_HEIGHT / 2) for across in (-1, 1) for down in (-1, 1)
    ]


def distance(place: Place, x: float, y: float) -> float:
    """How far a point is from a card, along the axis on which it is farther; negative inside."""
    return max(abs(x - place.x) - CARD_WIDTH / 2, abs(y - place.y) - CARD_HEIGHT / 2)


def test_sectors_fill_the_circle_once():
    angles = list(ANGLES.values())

    assert all(this[1] == following[0] for this, following in pairwise(angles))
    assert angles[-1][1] - angles[0][0] == 360


def test_no_two_places_touch():
    for (_, one), (_, other) in combinations(PLACES, 2):
        apart = max(abs(one.x - other.x) - CARD_WIDTH, abs(one.y - other.y) - CARD_HEIGHT)
        assert apart >= 7, (one, other)


@pytest.mark.parametrize(("sector", "place"), PLACES)
def test_a_card_stays_in_its_sector(sector, place):
    low, high = ANGLES[sector]

    for x, y in corners(place):
        assert math.hypot(x, y) <= OUTER + 1
        assert (math.degrees(math.atan2(x, -y)) - low) % 360 <= high - low


@pytest.mark.parametrize(("sector", "place"), PLACES)
def test_no_line_crosses_another_card(sector, place):
    (from_x, from_y), (to_x, to_y) = edge_towards(place)
    steps = [(from_x + (to_x - from_x) * n / 100, from_y + (to_y - from_y) * n / 100) for n in range(101)]

    for _, other in PLACES:
        if other != place:
            assert min(distance(other, x - CENTRE, y - CENTRE) for x, y in steps) >= 4, other


def test_every_kind_stands_in_the_sector_of_its_domain():
    for kind in KINDS.values():
        assert place_of(kind.domain, kind.name, "any") in places_of(SectorName(kind.domain.value))


def test_an_unknown_kind_stands_somewhere_in_its_sector_always_the_same():
    place = place_of(Domain.VOLUNTARY, "something new", "key")

    assert place in places_of(SectorName.VOLUNTARY)
    assert place == place_of(Domain.VOLUNTARY, "something new", "key")


def test_the_rim_fits_the_drawing():
    assert RIM + 5 <= SIZE / 2
