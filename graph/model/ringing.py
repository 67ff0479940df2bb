"""Which line to ring first: the one that is open now, where the hours leave no doubt."""

from dataclasses import dataclass
from datetime import datetime

from graph.model.circle import Contact
from graph.model.hours import line_at, read_hours


@dataclass(frozen=True)
class RingLine:
    """One number in the order in which to try them, and what is known of it now, or its hours as they stand."""

    number: str
    words: str
    out_of_hours: bool = False


def lines_to_ring(contact: Contact, moment: datetime, team_hours: str | None = None) -> tuple[RingLine, ...]:
    """The numbers of a contact, the line that is open now first; without hours that can be read nothing is claimed.

    `team_hours` are those of the service where a person's own are not given: they are said to be the team's.
    """
    given = contact.hours or team_hours
    hours = read_hours(given)
    day = [] if contact.telephone is None else [contact.telephone]
    night = [RingLine(contact.out_of_hours, "out of hours", out_of_hours=True)] if contact.out_of_hours else []
    if hours is None:
        return (*(RingLine(number, contact.hours or "") for number in day), *night)
    line = line_at(hours, moment)
    words = line.words if contact.hours else f"the team is {line.words}"
    said = [RingLine(number, words) for number in day]
    if line.open or not night:
        return (*said, *night)
    return (*(RingLine(each.number, "out of hours, the line to ring now", True) for each in night), *said)
