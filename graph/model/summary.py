"""The sentence above the picture: the same in words, computed from the same cards."""

from collections.abc import Sequence

from graph.model.circle import CarerCard, Depth, ServiceCard, Standing
from graph.model.kinds import Tier

SHIELDED = (
    "This record is shielded. Only what is shown here may be seen. Ask the directory team to make contact for you."
)

_ONES = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def summarise(
    forename: str,
    carers: Sequence[CarerCard],
    services: Sequence[ServiceCard],
    depth: Depth,
    *,
    whereabouts: bool = True,
) -> str:
    """One to three sentences: who cares, school, practice, other services and agencies, the lead, what has ended.

    Without `whereabouts` nothing is said of school and practice, which the page then withholds.
    """
    current = [card for card in services if card.standing is not Standing.ENDED]
    places = [_place(current, "school"), _place(current, "gp_practice")] if whereabouts else []
    clauses = [*_household(carers, depth), *places]
    sentences = [f"{forename} {_listed([*clauses, _others(current)])}.", *_lead(current)]
    if depth is Depth.CIRCLE:
        sentences += _ended(services)
    return " ".join(sentences)


def count_agencies(services: Sequence[ServiceCard]) -> int:
    """Distinct domain and organisation among open targeted or statutory involvements (architecture, rulings)."""
    open_ones = [card for card in services if card.standing is not Standing.ENDED and card.tier is not Tier.UNIVERSAL]
    return len({(card.domain, card.organisation or card.name) for card in open_ones})


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


def _others(current: Sequence[ServiceCard]) -> str:
    others = [card for card in current if card.kind not in ("school", "gp_practice")]
    if not others:
        return "has no other service listed"
    agencies = count_agencies(current)
    source = f" from {_counted(agencies, 'agency', 'agencies')}" if agencies else ""
    return f"has {_counted(len(others), 'other service')}{source} involved"


def _lead(current: Sequence[ServiceCard]) -> list[str]:
    return [f"{card.practitioner} is the lead professional." for card in current if card.lead and card.practitioner][:1]


def _ended(services: Sequence[ServiceCard]) -> list[str]:
    number = sum(card.standing is Standing.ENDED for card in services)
    if not number:
        return []
    words = _ONES[number] if number < len(_ONES) else str(number)
    return [f"{words} {'involvement' if number == 1 else 'involvements'} ended in the last 12 months."]


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _listed(clauses: list[str]) -> str:
    return ", ".join(clauses[:-1]) + " and " + clauses[-1] if len(clauses) > 1 else clauses[0]
