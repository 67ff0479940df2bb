"""“This looks wrong”: asked from a child's page, followed by who asked, settled by the data managers of the area."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from graph.model.corrections import OF_A_LINE, OF_THE_PAGE, Outcome
from graph.model.roles import Role
from graph.services import requests
from webapp import sessions
from webapp.access import Permission, me, needs
from webapp.asked import page_number
from webapp.database import db
from webapp.views.involvement import asked_of

bp = Blueprint("corrections", __name__)


class WrongForm(FlaskForm):  # type: ignore[misc]
    """What is wrong."""

    wrong = RadioField(
        "What is wrong?",
        widget=GovRadioInput(),
        choices=[],
        validators=[InputRequired("Choose what is wrong")],
        validate_choice=False,
    )

    def about(self, *, a_line: bool) -> None:
        """Offers what can be wrong with a line, or with the page."""
        self.wrong.choices = [SelectChoice(each.value, each.words) for each in (OF_A_LINE if a_line else OF_THE_PAGE)]

    def validate_wrong(self, field: Any) -> None:
        """Takes what is on the list only."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Choose what is wrong")


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """How a request ends."""

    outcome = RadioField(
        "How did it end?",
        widget=GovRadioInput(),
        choices=[SelectChoice(outcome.value, outcome.words) for outcome in Outcome],
        validators=[InputRequired("Choose how it ended")],
        validate_choice=False,
    )

    def validate_outcome(self, field: Any) -> None:
        """Takes what is on the list only."""
        if field.data not in {outcome.value for outcome in Outcome}:
            raise ValidationError("Choose how it ended")


@bp.route("/children/<handle:handle>/wrong", methods=["GET", "POST"])
@needs(Permission.LOOK_UP_CHILDREN)
def ask_of_page(handle: str) -> Response | str:
    """What is wrong with the page as a whole."""
    return _ask(handle, None)


@bp.route("/children/<handle:handle>/wrong/<handle:card>", methods=["GET", "POST"])
@needs(Permission.LOOK_UP_CHILDREN)
def ask_of_line(handle: str, card: str) -> Response | str:
    """What is wrong with one line of the page."""
    return _ask(handle, card)


def _ask(handle: str, card: str | None) -> Response | str:
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    form = WrongForm()
    form.about(a_line=card is not None)
    if not form.validate_on_submit():
        line = requests.show_line(db(), asked, card)
        heading = "This page looks wrong" if card is None else "This line looks wrong"
        return render_template("corrections/ask.html", form=form, line=line, handle=handle, heading=heading)
    requests.ask(db(), asked, card, form.wrong.data)
    flash("asked")
    return redirect(url_for("corrections.list_asked"))


@bp.get("/corrections")
@needs(Permission.LOOK_UP_CHILDREN)
def list_asked() -> str:
    """What the user has asked, and how far it has come."""
    found = requests.list_asked(db(), sessions.token(), page=page_number())
    session = me()
    manages = session is not None and session.role is Role.DATA_MANAGER
    return render_template("corrections/asked.html", found=found, manages=manages)


@bp.get("/corrections/queue")
@needs(Permission.SETTLE_REQUESTS)
def list_queue() -> str:
    """What the data managers of an area have to look at."""
    settled = request.args.get("settled") == "yes"
    found = requests.list_queue(db(), sessions.token(), settled=settled, page=page_number())
    return render_template("corrections/queue.html", found=found, settled=settled)


@bp.get("/corrections/<handle:request_id>")
@needs(Permission.SETTLE_REQUESTS)
def show(request_id: str) -> str:
    """One request, with who asked."""
    page = requests.show_request(db(), sessions.token(), request_id)
    return render_template("corrections/show.html", page=page, form=OutcomeForm())


@bp.post("/corrections/<handle:request_id>/take")
@needs(Permission.SETTLE_REQUESTS)
def take(request_id: str) -> Response:
    """The user looks at it from now on."""
    requests.take(db(), sessions.token(), request_id)
    return redirect(url_for("corrections.show", request_id=request_id))


@bp.post("/corrections/<handle:request_id>/settle")
@needs(Permission.SETTLE_REQUESTS)
def settle(request_id: str) -> Response | str:
    """The request has its outcome."""
    form = OutcomeForm()
    if not form.validate_on_submit():
        page = requests.show_request(db(), sessions.token(), request_id)
        return render_template("corrections/show.html", page=page, form=form)
    requests.settle(db(), sessions.token(), request_id, form.outcome.data)
    flash("settled")
    return redirect(url_for("corrections.list_queue"))
