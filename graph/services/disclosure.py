"""The one way out for personal data: nothing is returned before the audit event that lists it has been committed."""

from datetime import date

from graph.model.circle import ChildPage, Depth, SearchResult
from graph.store import Database


def find_children(db: Database, token: str, *, name: str, date_of_birth: date) -> SearchResult:
    """The children whom this name (any variant, any order) and date of birth fit; more than 20 lists none.

    Raises Refused if the session has ended, the role never sees children, or no name is given.
    """
    raise NotImplementedError


def show_child(
    db: Database,
    token: str,
    handle: str,
    *,
    reason: str,
    case_reference: str,
    depth: Depth,
    as_at: date | None = None,
) -> ChildPage:
    """The page of one child for this user; those who have the circle at once get it whatever depth is asked for.

    Raises NotFound (unknown, another session's, not for this role, grown up: all alike) or Refused.
    """
    raise NotImplementedError
