"""What waits for a fresh proof: kept in the sealed cookie, by the name of a page and never by an address."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from werkzeug.routing import BuildError

from graph.model.errors import Unproven
from graph.services.fresh import Action
from webapp import sessions


@dataclass(frozen=True)
class Errand:
    """The act that waits, what it is about, and the page to go back to."""

    action: Action
    about: str
    endpoint: str
    values: dict[str, Any]

    @property
    def back(self) -> str:
        """The address to go back to; the first page if that page is no more."""
        try:
            return url_for(self.endpoint, **self.values)
        except BuildError:
            return url_for("home.show")


def begin(error: Unproven) -> None:
    """Keeps the act that was refused for want of a proof, and the page on which it was asked for.

    A form that is sent to an address without a page of its own says where to go back to in its field `back`.
    """
    endpoint, values = request.endpoint or "home.show", dict(request.view_args or {})
    if not _is_page(endpoint):
        endpoint = request.form.get("back", "")
    if not _is_page(endpoint):
        endpoint, values = "home.show", {}
    sessions.keep_errand([error.action, error.about, endpoint, values])


def waiting() -> Errand | None:
    """What waits for a fresh proof in this session; None if nothing does."""
    kept = sessions.errand()
    return None if kept is None else Errand(Action(kept[0]), kept[1], kept[2], kept[3])


def _is_page(endpoint: str) -> bool:
    return any("GET" in (rule.methods or ()) for rule in current_app.url_map.iter_rules() if rule.endpoint == endpoint)
