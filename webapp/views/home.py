"""The first page, and the files that pages are made of."""

from flask import Blueprint, abort, redirect, render_template, send_from_directory, url_for
from werkzeug.wrappers import Response

from graph.model.roles import Role
from webapp.access import Permission, me, needs, public
from webapp.manifest import BUILT, read_names

bp = Blueprint("home", __name__)
_COMMANDS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.OPERATOR: (
        ("python -m loaders list", "lists the feeds and what has been loaded"),
        ("python -m loaders check FILE", "judges a file without touching the graph"),
        ("python -m loaders load FILE", "loads a file, all of it or nothing"),
        ("python -m loaders undo", "takes the latest load of a feed back"),
        ("python -m graph status", "says how the graph is"),
        ("python -m graph backup FOLDER", "saves the graph"),
    ),
    Role.AUDITOR: (("python -m graph audit", "checks the audit and shows what was looked at, by whom and why"),),
    Role.ADMINISTRATOR: (("python -m graph users", "makes, lists and disables accounts"),),
}


@bp.get("/")
@needs(Permission.SIGNED_IN)
def show() -> Response | str:
    """Where one begins: finding a child, or what another role may do."""
    session = me()
    if session is None or session.role.sees_children:
        return redirect(url_for("children.find"))
    heading = f"What an {session.role.words} does here"
    return render_template("home/show.html", heading=heading, commands=_COMMANDS[session.role])


@bp.get("/static/dist/<name>")
@public
def show_asset(name: str) -> Response:
    """A style sheet or script, by its name with its hash."""
    if name not in read_names().values():
        abort(404)
    return send_from_directory(BUILT, name)


@bp.get("/health")
@public
def check() -> tuple[str, dict[str, str]]:
    """Says that this process answers; it does not ask the graph."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
