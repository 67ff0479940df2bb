"""Pages about Signpost itself, for everybody."""

from flask import Blueprint, render_template

from graph.model import holdings
from graph.model.errors import SignpostError
from graph.model.kinds import Visibility
from graph.model.received import Sender
from graph.model.visibility import ADULT_AT, YEARS_AFTER_DEATH
from graph.services.holdings import list_senders
from webapp.access import public
from webapp.database import db

bp = Blueprint("about", __name__)


@bp.get("/about")
@public
def show_about() -> str:
    """What is held, from whom, who may see it, for how long and how to ask: made of what decides it."""
    return render_template(
        "about/show.html",
        held=holdings.HOLDINGS,
        words=holdings.WORDS,
        dropped=list(holdings.DROPPED),
        senders=_senders(),
        lookers=holdings.LOOKERS,
        asked=holdings.ASKED,
        may_see=holdings.may_see,
        kinds={visibility.name: holdings.kinds_that_are(visibility) for visibility in Visibility},
        adult_at=ADULT_AT,
        years_after_death=YEARS_AFTER_DEATH,
    )


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


def _senders() -> tuple[Sender, ...] | None:
    """Who has sent what; None while the graph does not answer: the rest of the page is still true."""
    try:
        return list_senders(db())
    except SignpostError:
        return None
