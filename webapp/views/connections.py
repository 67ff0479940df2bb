"""Walking on from a child's circle, one step at a time; the steps stand in the address as keys of this session."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from graph.model.filter import Filter
from graph.model.walking import Walk
from graph.services.walking import show_connections
from webapp import asked, sessions
from webapp.access import Permission, needs
from webapp.database import db
from webapp.drawing import draw
from webapp.walking import draw_walk

bp = Blueprint("connections", __name__)
_STEP = re.compile(r"[a-z]+(-[a-z][0-9a-f]{4,32})?", re.ASCII)
_BETWEEN = "."


@bp.get("/children/<handle:handle>/connections")
@needs(Permission.LOOK_UP_CHILDREN)
def show(handle: str) -> Response | str:
    """The circle and what the steps in the address add, each time recorded before it is shown."""
    given = sessions.reason_for(handle)
    if given is None:
        return redirect(url_for("children.state_reason", handle=handle))
    reason, case_reference, depth = given
    steps, chosen = _steps(), asked.chosen()
    shown = show_connections(
        db(),
        sessions.token(),
        handle,
        reason=reason,
        case_reference=case_reference,
        depth=depth,
        steps=steps,
        chosen=chosen,
    )
    return render_template(
        "children/connections.html",
        page=shown.page,
        picture=draw(shown.page),
        walk=shown.walk,
        tray=draw_walk(shown.walk),
        links=_links(handle, chosen, shown.walk),
        back=asked.address("children.show", handle, chosen),
    )


def _steps() -> list[str]:
    """The steps of the address, in the order in which they were taken; what is none of ours is not among them."""
    return [word for word in request.args.get("steps", "").split(_BETWEEN) if _STEP.fullmatch(word)]


def _links(handle: str, chosen: Filter, walk: Walk) -> dict[str, str]:
    """For each step the address that takes it, or takes it back; the filter and the other steps stay as they are."""
    taken = [band.step.word for band in walk.bands]
    after = {step.word: _BETWEEN.join(_changed(taken, step.word)) or None for step in walk.steps}
    return {word: asked.address("connections.show", handle, chosen, steps=steps) for word, steps in after.items()}


def _changed(taken: list[str], word: str) -> list[str]:
    return [each for each in taken if each != word] if word in taken else [*taken, word]
