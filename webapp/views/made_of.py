"""What a child's entry is made of, and taking off what is another child's: asked by one, agreed to by another."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from graph.model.errors import Refused
from graph.services import made_of
from graph.services.statements import Asked
from webapp.access import Permission, needs
from webapp.database import db
from webapp.forms import tidy
from webapp.views.involvement import asked_of

bp = Blueprint("made_of", __name__)
_LINE = re.compile(r"r[0-9a-f]{12}", re.ASCII)


class RecordsForm(FlaskForm):  # type: ignore[misc]
    """Whose the records are that are chosen. Which they are stands beside each of them."""

    version = HiddenField()
    whose = StringField(
        "Directory number of the child whose they are, if you know it",
        description="10 letters and figures. It stands on the child’s page. Two people are asked then whether they are "
        "that child’s.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Length(max=20, message="Directory number must be 10 letters and figures")],
    )


@bp.get("/children/<handle:handle>/records")
@needs(Permission.REVIEW_MATCHES)
def show(handle: str) -> Response | str:
    """The records, how each came here, and what is asked about them."""
    asked = asked_of(handle)
    return redirect(url_for("children.state_reason", handle=handle)) if asked is None else _page(asked, RecordsForm())


@bp.post("/children/<handle:handle>/records")
@needs(Permission.REVIEW_MATCHES)
def ask_off(handle: str) -> Response | str:
    """What taking these records off will do; then, at the second step, another person is asked."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    form = RecordsForm()
    chosen = {name for name in request.form if _LINE.fullmatch(name)}
    if not form.validate_on_submit():
        return _page(asked, form, chosen)
    version, whose = form.version.data or "", form.whose.data or ""
    try:
        if request.form.get("step") == "ask":
            made_of.ask_off(db(), asked, version, chosen, whose)
            flash("asked")
            return redirect(url_for("made_of.show", handle=handle))
        found = made_of.check_off(db(), asked, chosen, whose)
    except Refused as error:
        if str(error) != made_of.NOBODY:
            return _page(asked, form, chosen, str(error))
        form.whose.errors = [str(error)]
        return _page(asked, form, chosen)
    return render_template("made_of/check.html", found=found, form=form)


@bp.post("/children/<handle:handle>/records/take-off")
@needs(Permission.REVIEW_MATCHES)
def take_off(handle: str) -> Response:
    """The records that somebody else asked about leave the page."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    judgement_id = made_of.take_off(db(), asked, request.form.get("version", ""))
    flash("taken_off")
    return redirect(url_for("review.show_decided", judgement_id=judgement_id))


@bp.post("/children/<handle:handle>/records/keep")
@needs(Permission.REVIEW_MATCHES)
def keep(handle: str) -> Response:
    """Nobody is asked any more, and every record stays."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    made_of.keep(db(), asked, request.form.get("version", ""))
    flash("kept")
    return redirect(url_for("made_of.show", handle=handle))


def _page(asked: Asked, form: RecordsForm, chosen: set[str] | None = None, problem: str = "") -> str:
    page = made_of.show_made_of(db(), asked)
    form.version.data = page.version
    return render_template("made_of/show.html", page=page, form=form, chosen=chosen or set(), problem=problem)
