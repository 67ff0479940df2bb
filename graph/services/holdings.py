"""From whom the directory has received what, for everybody: never a child, so nothing is disclosed."""

from graph.model.received import Received, Sender
from graph.services.disclosure import LIST_RECEIVED, LIST_SENT
from graph.services.loads import show_publication
from graph.store import Database

_KEPT: dict[tuple[int, tuple[int, ...]], tuple[Sender, ...]] = {}


def list_senders(db: Database) -> tuple[Sender, ...]:
    """Who has sent what, and when last; asked anew only when something has been published since."""
    publication = show_publication(db)
    mark = (publication.published, tuple(publication.withdrawn))
    if mark not in _KEPT:
        asked = {"published": publication.published, "withdrawn": publication.withdrawn}
        found = Received(db.read(LIST_RECEIVED, **asked), db.read(LIST_SENT, **asked)).senders()
        _KEPT.clear()
        _KEPT[mark] = found
    return _KEPT[mark]
