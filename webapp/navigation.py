"""The menu under the bar."""

from flask import g, request, url_for

from graph.services.access import Session


def navigation() -> list[dict[str, object]]:
    """The sections that this visitor may open, with the present one marked."""
    entries = [("About this service", "about.show_about"), ("Help", "about.show_help")]
    session: Session | None = g.get("me")
    if session is not None:
        first = ("Find a child", "children.find") if session.role.sees_children else ("Start", "home.show")
        entries.insert(0, first)
    return [_entry(words, endpoint) for words, endpoint in entries]


def _entry(words: str, endpoint: str) -> dict[str, object]:
    here = request.endpoint or ""
    section = here == endpoint or (endpoint == "children.find" and here.startswith("children."))
    return {"text": words, "href": url_for(endpoint), "active": section, "current": here == endpoint}
