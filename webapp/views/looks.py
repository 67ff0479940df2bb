"""Who looked: at a child, for leads and data managers of its area and its family; at all, for auditors; oneself."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from graph.services import looks
from webapp import sessions
from webapp.access import Permission, needs
from webapp.database import db
from webapp.views.involvement import asked_of

bp = Blueprint("looks", __name__)


@bp.get("/children/<handle:handle>/who-looked")
@needs(Permission.LOOK_UP_CHILDREN)
def list_of_child(handle: str) -> Response | str:
    """Who looked at one child."""
    return _of_child(handle, "looks/child.html", for_family=False)


@bp.get("/children/<handle:handle>/who-looked/sheet")
@needs(Permission.LOOK_UP_CHILDREN)
def show_sheet(handle: str) -> Response | str:
    """The same for the family, to be printed."""
    return _of_child(handle, "looks/sheet.html", for_family=True)


def _of_child(handle: str, template: str, *, for_family: bool) -> Response | str:
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    page = looks.list_of_child(db(), asked, for_family=for_family)
    return render_template(template, page=page, handle=handle)


@bp.get("/my-looks")
@needs(Permission.SIGNED_IN)
def list_own() -> str:
    """What is recorded of the user."""
    return render_template("looks/own.html", page=looks.list_own(db(), sessions.token()))


@bp.route("/audit", methods=["GET", "POST"])
@needs(Permission.READ_AUDIT)
def audit() -> str:
    """Who looked at a child, or what a user did, by number and username: neither stands in an address."""
    child, username = request.form.get("child", ""), request.form.get("username", "")
    if request.method == "GET":
        return render_template("looks/audit.html", page=None, fault=None)
    if bool(child) == bool(username):
        return render_template("looks/audit.html", page=None, fault="Give a child’s number, or a username, not both")
    token = sessions.token()
    page = looks.list_of_number(db(), token, child) if child else looks.list_of_user(db(), token, username)
    return render_template("looks/audit.html", page=page, fault=None)
