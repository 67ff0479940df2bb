"""Which authority is responsible for one child: computed from where the child lives or learns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

UNKNOWN = "unknown"
# The first source that gives a current place decides; a school's own area comes last.
_RANKS = {"pds": 0, "school_census": 1, "child_benefit": 2, "school": 3}


@dataclass(frozen=True)
class Whereabout:
    """A place where a child lives or learns, by whom it is said (`school` for a school's own area), and its area."""

    source: str
    since: date | None
    until: date | None
    place: str
    gss_code: str


def responsible(places: Iterable[Whereabout], on: date) -> tuple[date | None, str]:
    """Since when which authority is responsible; `unknown` if nothing tells. Loads decide alike, in tables."""
    current = [
        place for place in places if place.source in _RANKS and not (place.until is not None and place.until <= on)
    ]
    if not current:
        return None, UNKNOWN
    # The latest comes first; an unknown start is the earliest of all.
    first = min(
        current,
        key=lambda place: (
            _RANKS[place.source],
            -(place.since.toordinal() if place.since else 0),
            place.place,
            place.gss_code,
        ),
    )
    return first.since, first.gss_code


def fact_id(person: str, since: date | None, gss_code: str) -> str:
    """The name of this computed fact."""
    return blake2b(f"computed\x1f{person}\x1f{gss_code}\x1f{since}".encode(), digest_size=12).hexdigest()
