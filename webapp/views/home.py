"""The first page, and the files that pages are made of."""

import mimetypes

from flask import Blueprint, abort, redirect, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response

from graph.model.roles import Role
from webapp.access import Permission, me, needs, public
from webapp.manifest import BUILT, ENDINGS, read_names

bp = Blueprint("home", __name__)
_COMMANDS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.OPERATOR: (
        ("python -m loaders list", "lists the feeds in the order in which they are loaded"),
        ("python -m loaders check FEED FILE", "judges a file without touching the graph"),
        ("python -m loaders load FEED FILE", "loads a file, all of it or nothing"),
        ("python -m loaders load --all FOLDER", "loads every file of a folder in the right order"),
        ("python -m loaders runs", "lists what has been loaded, newest first"),
        ("python -m loaders show RUN", "shows one load: its file, its refusals, what it changed"),
        ("python -m loaders undo RUN", "takes the latest load of a feed back"),
        ("python -m loaders stop FEED", "loads no file of a feed until it is started again"),
        ("python -m graph status", "says whether the graph runs"),
        ("python -m graph backup FOLDER", "saves the graph; it is stopped meanwhile"),
    ),
    Role.AUDITOR: (
        ("python -m loaders runs", "lists what has been loaded, newest first"),
        ("python -m graph shield list", "lists every shield, who decided it and when; never a name"),
        ("python -m graph user list", "lists the accounts"),
    ),
    Role.ADMINISTRATOR: (
        ("python -m graph user add USERNAME", "makes an account; its password is printed once"),
        ("python -m graph user list", "lists the accounts"),
        ("python -m graph user disable USERNAME", "disables an account and ends its sessions"),
    ),
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
    """A style sheet or script, by its name with its hash, compressed if the browser can read that."""
    if name not in read_names().values():
        abort(404)
    ending, coding = next(
        ((ending, coding) for ending, coding in ENDINGS.items() if request.accept_encodings[coding] > 0), ("", "")
    )
    kind = mimetypes.guess_type(name)[0]
    answer = send_from_directory(BUILT, name + ending, mimetype=kind)
    if coding:
        answer.content_encoding = coding
    answer.vary.add("Accept-Encoding")
    return answer


@bp.get("/health")
@public
def check() -> tuple[str, dict[str, str]]:
    """Says that this process answers; it does not ask the graph."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
