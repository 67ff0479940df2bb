"""The time-line of a circle: what began and what ended, newest first, by the same cards as the list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.model.circle import CarerCard, ChildPage, Provenance, ServiceCard, Standing


class Turn(StrEnum):
    """What happened on a day."""

    BEGAN = "began"
    ENDED = "ended"


@dataclass(frozen=True)
class Event:
    """One day on which a line began or ended; no time of day is known, so none is said."""

    on: date
    turn: Turn
    card: ServiceCard | CarerCard
    sources: tuple[Provenance, ...]


@dataclass(frozen=True)
class Timeline:
    """The events, newest first, and the lines of which nobody says when they began."""

    events: tuple[Event, ...]
    undated: tuple[ServiceCard | CarerCard, ...]


def timeline_of(page: ChildPage) -> Timeline:
    """The time-line of what the page shows, under the same filter; nothing is on it that is not in the list."""
    cards: tuple[ServiceCard | CarerCard, ...] = (*page.carers, *page.services)
    events = [Event(card.since, Turn.BEGAN, card, card.sources) for card in cards if card.since is not None]
    events += [
        Event(card.until, Turn.ENDED, card, card.sources)
        for card in cards
        if card.standing is Standing.ENDED and card.until is not None
    ]
    # On one day what ended comes above what began: it was the later of the two in a handover.
    newest = sorted(events, key=lambda event: (-event.on.toordinal(), event.turn is Turn.BEGAN, event.card.name))
    return Timeline(tuple(newest), tuple(card for card in cards if card.since is None))
