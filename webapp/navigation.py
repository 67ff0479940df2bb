"""The menu under the bar."""

from flask import g, request, url_for

from graph.services.access import Session
from graph.services.console import READERS

# What is below an entry, by the beginning of the endpoints.
_SECTIONS: dict[str, str | tuple[str, ...]] = {
    "children.find": ("children.", "connections."),
    "directory.find": "directory.",
    "console.show": ("console.", "files."),
}


def navigation() -> list[dict[str, object]]:
    """The sections that this visitor may open, with the present one marked."""
    entries = [("About this service", "about.show_about"), ("Help", "about.show_help")]
    session: Session | None = g.get("me")
    if session is not None:
        sees = session.role.sees_children
        first = ("Console", "console.show") if session.role in READERS else ("Start", "home.show")
        entries = [("Find a child", "children.find") if sees else first, *entries]
        if sees:
            entries.insert(1, ("Directory", "directory.find"))
    return [_entry(words, endpoint) for words, endpoint in entries]


def _entry(words: str, endpoint: str) -> dict[str, object]:
    here = request.endpoint or ""
    section = here == endpoint or here.startswith(_SECTIONS.get(endpoint, "-"))
    return {"text": words, "href": url_for(endpoint), "active": section, "current": here == endpoint}
