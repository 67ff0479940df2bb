"""What is made of a child's circle: its time-line, a sheet of contacts, and files; each a disclosure of its own."""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from graph.model import clock
from graph.model.circle import Act, ChildPage
from graph.model.timeline import timeline_of
from graph.services.disclosure import show_child
from webapp import asked, sessions
from webapp.access import Permission, needs
from webapp.database import db
from webapp.drawing import draw
from webapp.exports import csv_of, png_of, style_sheet, svg_of

bp = Blueprint("circle", __name__)


@bp.get("/children/<handle:handle>/time-line")
@needs(Permission.LOOK_UP_CHILDREN)
def show_timeline(handle: str) -> BaseResponse | str:
    """What began and what ended, newest first."""
    page = _opened(handle, Act.TIMELINE)
    if page is None:
        return _why_first(handle)
    return render_template("circle/timeline.html", page=page, timeline=timeline_of(page))


@bp.get("/children/<handle:handle>/contact-sheet")
@needs(Permission.LOOK_UP_CHILDREN)
def show_sheet(handle: str) -> BaseResponse | str:
    """Contacts to print, with who printed them, when and why."""
    page = _opened(handle, Act.SHEET)
    if page is None:
        return _why_first(handle)
    return render_template("circle/sheet.html", page=page)


@bp.get("/children/<handle:handle>/circle.csv")
@needs(Permission.LOOK_UP_CHILDREN)
def save_table(handle: str) -> BaseResponse:
    """The list as a table."""
    page = _opened(handle, Act.TABLE)
    return _why_first(handle) if page is None else _file(csv_of(page), "text/csv; charset=utf-8", page, "csv")


@bp.get("/children/<handle:handle>/circle.svg")
@needs(Permission.LOOK_UP_CHILDREN)
def save_drawing(handle: str) -> BaseResponse:
    """The picture as a drawing."""
    page = _opened(handle, Act.DRAWING)
    return _why_first(handle) if page is None else _file(_drawn(page), "image/svg+xml; charset=utf-8", page, "svg")


@bp.get("/children/<handle:handle>/circle.png")
@needs(Permission.LOOK_UP_CHILDREN)
def save_image(handle: str) -> BaseResponse:
    """The picture as an image."""
    page = _opened(handle, Act.IMAGE)
    return _why_first(handle) if page is None else _file(png_of(_drawn(page)), "image/png", page, "png")


def _opened(handle: str, act: Act) -> ChildPage | None:
    """The page for this act, recorded before anything of it is used; None if no reason has been given yet."""
    given = sessions.reason_for(handle)
    if given is None:
        return None
    reason, reference, depth = given
    return show_child(
        db(),
        sessions.token(),
        handle,
        reason=reason,
        case_reference=reference,
        depth=depth,
        chosen=asked.chosen(),
        act=act,
    )


def _why_first(handle: str) -> BaseResponse:
    return redirect(url_for("children.state_reason", handle=handle))


def _drawn(page: ChildPage) -> bytes:
    drawing = render_template("children/circle.svg", page=page, picture=draw(page))
    return svg_of(page, drawing, style_sheet())


def _file(content: bytes, kind: str, page: ChildPage, ending: str) -> Response:
    """A file to save. Its name says what it is and as at when, and nothing of the child."""
    response = make_response(content)
    response.headers["Content-Type"] = kind
    name = f"circle-as-at-{page.as_at.isoformat()}-saved-{clock.day_in_england(clock.now()).isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
