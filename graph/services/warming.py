"""Plans the queries of the busiest pages before anybody waits for them: the first planning takes seconds."""

from collections.abc import Callable

from graph.model.circle import Depth
from graph.model.errors import NotFound, Refused
from graph.model.reasons import REASONS
from graph.services.access import show_session
from graph.services.area import plan_area
from graph.services.connections import plan_connection
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.holdings import list_senders
from graph.services.search import plan_search
from graph.services.walking import plan_walk
from graph.store import Database

# No session has this token, so every one of these calls is refused under the lock: nothing is read or written down.
_NOBODY = "warming: nobody's session"
_NO_CHILD = "0000000000"


def warm(db: Database) -> None:
    """Nothing: the graph has planned what pages ask most, with parameters of the kinds that they pass."""
    for ask in (_session, plan_search, _page, plan_walk, list_senders, plan_area, plan_connection):
        _asked(ask, db)


def _asked(ask: Callable[[Database], object], db: Database) -> None:
    try:
        ask(db)
    except (Refused, NotFound):
        return


def _session(db: Database) -> object:
    return show_session(db, _NOBODY)


def _page(db: Database) -> object:
    handle = handle_of(_NOBODY, _NO_CHILD)
    return show_child(db, _NOBODY, handle, reason=REASONS[0].code, case_reference="", depth=Depth.SIGNPOST)
