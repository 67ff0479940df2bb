"""The first page, and the files that pages are made of."""

import mimetypes

from flask import Blueprint, abort, redirect, request, send_from_directory, url_for
from werkzeug.wrappers import Response

from graph.services.console import READERS
from webapp.access import Permission, me, needs, public
from webapp.manifest import BUILT, ENDINGS, read_names

bp = Blueprint("home", __name__)


@bp.get("/")
@needs(Permission.SIGNED_IN)
def show() -> Response:
    """Where one begins: finding a child, the console, or the accounts."""
    session = me()
    if session is None or session.role.sees_children:
        return redirect(url_for("children.find"))
    if session.role in READERS:
        return redirect(url_for("console.show"))
    return redirect(url_for("accounts.list_accounts"))


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
