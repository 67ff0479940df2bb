"""Several children at once as one user may see them, inside a disclosure: lists, and what changed since a mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from graph.model.circle import ChildRow as ListedChild
from graph.model.circle import Depth
from graph.model.evidence import SeenChild, SeenFact, SeenRecord
from graph.model.filter import Filter
from graph.model.intervals import years_before
from graph.services.circle import Asking, fold_row
from graph.services.disclosure import Opened, received
from graph.services.handles import handle_of, session_key
from graph.store import Database, Query, Transaction

# Before the first run and the first statement: nothing was visible at this mark.
NEVER = (-1, -1)


@dataclass(frozen=True)
class MarkedFact:
    """A fact, and whether it is visible now and was visible at the mark."""

    now: bool
    before: bool
    fact: SeenFact


@dataclass(frozen=True)
class ChildRow:
    """What is visible of one child now, with the facts that were visible at the mark."""

    child_id: str
    shielded: bool
    records: tuple[SeenRecord, ...]
    facts: tuple[MarkedFact, ...]
    sheltered_with: tuple[str, ...]

    @property
    def now(self) -> SeenChild:
        """The child as it is seen now."""
        return self._of(tuple(marked.fact for marked in self.facts if marked.now))

    @property
    def before(self) -> SeenChild:
        """The child with the facts of the mark."""
        return self._of(tuple(marked.fact for marked in self.facts if marked.before))

    def _of(self, facts: tuple[SeenFact, ...]) -> SeenChild:
        return SeenChild(self.child_id, self.shielded, self.records, facts, self.sheltered_with)


LIST_CHILDREN = Query("involvements/list_children", ChildRow)


def list_children(
    tx: Transaction,
    children: Sequence[str],
    *,
    published: int,
    withdrawn: Sequence[int],
    today: date,
    mark: tuple[int, int] = NEVER,
) -> dict[str, ChildRow]:
    """What is visible of each of these children, by its number; the mark is a run and a moment (milliseconds)."""
    if not children:
        return {}
    rows = tx.read(
        LIST_CHILDREN,
        children=list(children),
        published=published,
        withdrawn=list(withdrawn),
        today=today,
        kept_from=years_before(today, 1),
        seen_run=mark[0],
        seen_at=mark[1],
    )
    return {row.child_id: row for row in rows}


def list_rows(
    tx: Transaction, token: str, opened: Opened, children: Sequence[str], *, today: date
) -> dict[str, tuple[SeenChild, ListedChild | None]]:
    """Those of these children that there are, by number, with the row of each for this user, or None if it has none."""
    mark, viewer = opened.received, opened.user.viewer
    seen = list_children(tx, children, published=mark.published, withdrawn=mark.withdrawn, today=today)
    return {
        child_id: (row.now, fold_row(row.now, viewer, handle_of(token, child_id), today))
        for child_id, row in seen.items()
    }


def asking_of(db: Database, token: str, opened: Opened, *, today: date, depth: Depth = Depth.CIRCLE) -> Asking:
    """The user as the one who asks, of today; reason and handle are the page's own affair."""
    user = opened.user
    return Asking(
        viewer=user.viewer,
        practitioner_id=user.practitioner_id,
        service_id=user.service_id,
        name=user.name,
        handle="",
        reason="",
        depth=depth,
        today=today,
        chosen=Filter(today),
        received=received(db, opened.received),
        card_key=session_key(token, "cards"),
    )
