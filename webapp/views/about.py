"""Pages about Signpost itself, for everybody."""

from flask import Blueprint, render_template

from webapp.access import public

bp = Blueprint("about", __name__)


@bp.get("/about")
@public
def show_about() -> str:
    """What is held, from whom, and what this is not."""
    return render_template("about/show.html")


@bp.get("/cookies")
@public
def show_cookies() -> str:
    """The one cookie."""
    return render_template("about/cookies.html")


@bp.get("/help")
@public
def show_help() -> str:
    """What to do when something does not work."""
    return render_template("about/help.html")
