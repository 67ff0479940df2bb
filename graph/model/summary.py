"""The sentence above the picture: the same in words, computed from the same cards."""

from collections.abc import Sequence
from datetime import date

from graph.model.circle import CarerCard, Depth, ServiceCard, Standing
from graph.model.filter import Filter, Show
from graph.model.intervals import in_words
from graph.model.kinds import KINDS, Tier

SHIELDED = (
    "This record is shielded. Only what is shown here may be seen. Ask the directory team to make contact for you."
)

_ONES = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def summarise(
    forename: str,
    carers: Sequence[CarerCard],
    services: Sequence[ServiceCard],
    depth: Depth,
    chosen: Filter,
    *,
    today: date,
    whereabouts: bool = True,
) -> str:
    """One to four sentences: who cares, school, practice, other services and agencies, the lead, what has ended.

    Without `whereabouts` nothing is said of school and practice, which the page then withholds. What was not asked
    for is not said to be missing.
    """
    current = [card for card in services if card.standing is not Standing.ENDED]
    day = "" if chosen.as_at == today else f"As at {in_words(chosen.as_at)}: "
    sentences = []
    if chosen.show is not Show.ENDED:
        places = [_place(current, kind) for kind in _PLACES if whereabouts and _asked(chosen, kind)]
        clauses = [*_household(carers, depth), *places, _others(current, chosen)]
        sentences += [f"{forename} {_listed(clauses)}.", *_lead(current)]
    if depth is Depth.CIRCLE:
        sentences += _ended(services, chosen, past=bool(day))
    return day + " ".join(sentences)


def count_agencies(services: Sequence[ServiceCard]) -> int:
    """Distinct domain and organisation among open targeted or statutory involvements (architecture, rulings)."""
    open_ones = [card for card in services if card.standing is not Standing.ENDED and card.tier is not Tier.UNIVERSAL]
    return len({(card.domain, card.organisation or card.name) for card in open_ones})


_PLACES = ("school", "gp_practice")


def _asked(chosen: Filter, kind: str) -> bool:
    return chosen.keeps_domain(KINDS[kind].domain)


def _household(carers: Sequence[CarerCard], depth: Depth) -> list[str]:
    if depth is Depth.SIGNPOST:
        return []
    current = [card for card in carers if card.standing is not Standing.ENDED]
    at_home = sum(card.lives_with_child is True for card in current)
    elsewhere = sum(card.lives_with_child is False for card in current)
    if not current:
        return ["has no carer recorded"]
    if not at_home or at_home + elsewhere < len(current):
        return [f"is cared for by {_counted(len(current), 'carer')}"]
    return [f"lives with {_counted(at_home, 'carer')}" + (f" and has {elsewhere} elsewhere" if elsewhere else "")]


def _place(current: Sequence[ServiceCard], kind: str) -> str:
    number = sum(card.kind == kind for card in current)
    if kind == "school":
        return f"goes to {_counted(number, 'school')}" if number else "has no school recorded"
    return f"is registered with {_counted(number, 'GP practice')}" if number else "has no GP practice recorded"


def _others(current: Sequence[ServiceCard], chosen: Filter) -> str:
    others = [card for card in current if card.kind not in _PLACES]
    kinds = " of the kinds chosen" if chosen.domains else ""
    if not others:
        return f"has no other service{kinds} listed"
    agencies = count_agencies(current)
    source = f" from {_counted(agencies, 'agency', 'agencies')}" if agencies else ""
    return f"has {_counted(len(others), 'other service')}{kinds}{source} involved"


def _lead(current: Sequence[ServiceCard]) -> list[str]:
    return [f"{card.practitioner} is the lead professional." for card in current if card.lead and card.practitioner][:1]


def _ended(services: Sequence[ServiceCard], chosen: Filter, *, past: bool) -> list[str]:
    number = sum(card.standing is Standing.ENDED for card in services)
    words = _ONES[number] if number < len(_ONES) else str(number)
    involvements = f"{words} {'involvement' if number == 1 else 'involvements'}"
    match chosen.show:
        case Show.CURRENT:
            return []
        case Show.RECENT:
            when = "in the 12 months before" if past else "in the last 12 months"
            return [f"{involvements} ended {when}."] if number else []
        case Show.ENDED:
            return [f"{involvements} {'has' if number == 1 else 'have'} ended."]
        case Show.ALL:
            return [f"{involvements} {'has' if number == 1 else 'have'} ended."] if number else []


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _listed(clauses: list[str]) -> str:
    return ", ".join(clauses[:-1]) + " and " + clauses[-1] if len(clauses) > 1 else clauses[0]
