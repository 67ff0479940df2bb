"""“Ask the team”: asked from every child's page in the same words, dealt with by the data managers of the area."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from graph.model.brokering import Outcome, check_contact
from graph.model.errors import Refused
from graph.model.roles import Role
from graph.services import brokering
from webapp import sessions
from webapp.access import Permission, is_a, needs
from webapp.asked import page_number
from webapp.database import db
from webapp.forms import OnTheList, tidy
from webapp.views.involvement import asked_of

bp = Blueprint("team", __name__)


class AskForm(FlaskForm):  # type: ignore[misc]
    """Nothing is typed: the reason has been given, and nothing is said of the child."""


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """How a request ends."""

    outcome = RadioField(
        "How did it end?",
        widget=GovRadioInput(),
        choices=[SelectChoice(outcome.value, outcome.words) for outcome in Outcome],
        validators=[OnTheList("Choose how it ended")],
        validate_choice=False,
    )
    contact = StringField(
        "Telephone number to give",
        description="Only if the service agrees to be rung. Who asked sees the number and no name.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Length(max=20, message="Telephone number must be 20 characters or fewer")],
    )

    def validate_contact(self, field: Any) -> None:
        """Asks for a number where one is to be given."""
        if self.outcome.data == Outcome.CONTACT:
            try:
                check_contact(field.data, Outcome.CONTACT)
            except Refused as error:
                raise ValidationError("Enter the telephone number that the service agrees to give") from error


@bp.route("/children/<handle:handle>/ask-the-team", methods=["GET", "POST"])
@needs(Permission.LOOK_UP_CHILDREN)
def ask(handle: str) -> Response | str:
    """The question: the same for every child."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    form = AskForm()
    if not form.validate_on_submit():
        name = brokering.show_child_asked(db(), asked)
        return render_template("team/ask.html", form=form, name=name, handle=handle)
    brokering.ask(db(), asked)
    flash("asked")
    return redirect(url_for("team.list_asked"))


@bp.get("/team-requests")
@needs(Permission.LOOK_UP_CHILDREN)
def list_asked() -> str:
    """What the user has asked, and whether it has been dealt with."""
    found = brokering.list_asked(db(), sessions.token(), page=page_number())
    return render_template("team/asked.html", found=found, manages=is_a(Role.DATA_MANAGER))


@bp.get("/team-requests/queue")
@needs(Permission.BROKER)
def list_queue() -> str:
    """What the team has to deal with."""
    settled = request.args.get("settled") == "yes"
    found = brokering.list_queue(db(), sessions.token(), settled=settled, page=page_number())
    return render_template("team/queue.html", found=found, settled=settled)


@bp.get("/team-requests/<handle:asking_id>")
@needs(Permission.BROKER)
def show(asking_id: str) -> str:
    """One request, with who asked."""
    page = brokering.show_asking(db(), sessions.token(), asking_id)
    return render_template("team/show.html", page=page, form=OutcomeForm())


@bp.post("/team-requests/<handle:asking_id>/settle")
@needs(Permission.BROKER)
def settle(asking_id: str) -> Response | str:
    """The request has been dealt with."""
    form = OutcomeForm()
    if not form.validate_on_submit():
        page = brokering.show_asking(db(), sessions.token(), asking_id)
        return render_template("team/show.html", page=page, form=form)
    brokering.settle(db(), sessions.token(), asking_id, form.outcome.data, form.contact.data)
    flash("dealt with")
    return redirect(url_for("team.list_queue"))
