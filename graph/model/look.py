"""What changed since a user last had the circle of a child: by the runs that were published then and are now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from graph.model.clock import LONDON, day_in_england, milliseconds
from graph.model.evidence import SeenFact


@dataclass(frozen=True)
class Since:
    """An earlier look: how far the graph was published then, and when it was (milliseconds since 1970)."""

    run: int
    at: int
    restated: frozenset[str] = frozenset()  # facts that were there then and are said anew since

    @property
    def day(self) -> date:
        """The day of it in England."""
        return day_in_england(datetime.fromtimestamp(self.at / 1000, tz=UTC))

    def knew(self, fact: SeenFact) -> bool:
        """Whether this fact was there then, word for word."""
        return fact.said.at <= self.at if fact.said else fact.run <= self.run

    def knew_of(self, fact: SeenFact) -> bool:
        """Whether it was there then, though something of it may have changed."""
        return self.knew(fact) or fact.fact_id in self.restated


@dataclass(frozen=True)
class Look:
    """The newest look of a user at a child, and the one before it of another day; of ids and numbers only.

    All of one day compares with the last look of a day before, so that what is new stays so until the day is over.
    """

    run: int
    at: int
    before_run: int | None
    before_at: int | None

    def since(self, moment: datetime, restated: Iterable[str] = ()) -> Since | None:
        """The look that a page of this moment is compared with; None if there is none of another day."""
        if self.at < day_begins(moment):
            return Since(self.run, self.at, frozenset(restated))
        if self.before_run is None or self.before_at is None:
            return None
        return Since(self.before_run, self.before_at, frozenset(restated))

    def next(self, run: int, moment: datetime) -> "Look":
        """What is kept after a look of this moment."""
        since = self.since(moment)
        now = milliseconds(moment)
        return Look(run, now, since.run, since.at) if since else Look(run, now, None, None)


def first_look(run: int, moment: datetime) -> Look:
    """What is kept after the first look."""
    return Look(run, milliseconds(moment), None, None)


def is_worth_keeping(known: Look | None, run: int, moment: datetime) -> bool:
    """Whether a look of this moment tells anything that the one that is kept does not: a new day or a new run."""
    return known is None or known.run != run or known.at < day_begins(moment)


def day_begins(moment: datetime) -> int:
    """The midnight in England before this moment, in milliseconds since 1970."""
    there = moment.astimezone(LONDON)
    return milliseconds(there.replace(hour=0, minute=0, second=0, microsecond=0))
