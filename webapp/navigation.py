"""The menu under the bar."""

from flask import g, request, url_for

from graph.model.roles import Role
from graph.model.shielding import KEEPERS
from graph.services.access import Session
from graph.services.area import ROLES as AREA_ROLES
from graph.services.console import READERS
from graph.services.looks import AUDITORS
from graph.services.watching import WATCHERS

# A user's own involvement with a child, and what looks wrong on its page, are of the page.
_OF_A_CHILD = (
    *("involvement.show", "involvement.record", "involvement.correct", "involvement.end"),
    *("corrections.ask_of_page", "corrections.ask_of_line", "looks.list_of_child", "looks.show_sheet"),
    *("shields.override", "team.ask", "packs.make", "corrections.object_to", "made_of.show", "made_of.ask_off"),
)
# What is below an entry, by the beginning of the endpoints.
_SECTIONS: dict[str, str | tuple[str, ...]] = {
    "children.find": ("children.", "circle.", "connections.", *_OF_A_CHILD),
    "directory.find": "directory.",
    "corrections.list_queue": ("corrections.show", "corrections.settle", "corrections.list_"),
    "review.list_queue": "review.",
    "alerts.list_alerts": "alerts.",
    "shields.list_waiting": ("shields.show", "shields.stay"),
    "team.list_asked": ("team.list_", "team.show", "team.settle"),
    "console.show": ("console.", "files."),
    "passkeys.show_own": "passkeys.",
    "accounts.list_accounts": "accounts.",
    "area.show": "area.",
}


def navigation() -> list[dict[str, object]]:
    """The sections that this visitor may open, with the present one marked."""
    entries = [("About this service", "about.show_about"), ("Help", "about.show_help")]
    session: Session | None = g.get("me")
    if session is not None:
        sees = session.role.sees_children
        first = ("Console", "console.show") if session.role in READERS else ("Accounts", "accounts.list_accounts")
        entries = [("Find a child", "children.find") if sees else first, *entries]
        if sees:
            entries.insert(1, ("Directory", "directory.find"))
            entries[2:2] = _of_own(session.role)
        entries.append(("Your sign-in", "passkeys.show_own"))
        if session.role in AUDITORS:
            entries.insert(1, ("Who looked", "looks.audit"))
        if session.role in WATCHERS:
            entries.insert(1, ("Alerts", "alerts.list_alerts"))
        if session.role in AREA_ROLES:
            entries.insert(1, ("My area", "area.show"))
    return [_entry(words, endpoint) for words, endpoint in entries]


def _of_own(role: Role) -> list[tuple[str, str]]:
    """What somebody who sees children has of their own: the children they work with, corrections, match review."""
    asked = "corrections.list_queue" if role is Role.DATA_MANAGER else "corrections.list_asked"
    mine = [("My children", "involvement.list_mine")] if role is Role.PRACTITIONER else []
    matches = [("Match review", "review.list_queue")] if role is Role.DATA_MANAGER else []
    shields = [("Shields", "shields.list_waiting")] if role in KEEPERS else []
    return [*mine, ("Corrections", asked), ("Team requests", "team.list_asked"), *matches, *shields]


def _entry(words: str, endpoint: str) -> dict[str, object]:
    here = request.endpoint or ""
    section = here == endpoint or here.startswith(_SECTIONS.get(endpoint, "-"))
    return {"text": words, "href": url_for(endpoint), "active": section, "current": here == endpoint}
