"""“This looks wrong” and objections: followed by who asked or entered them, settled by the area’s data managers."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from graph.model import clock
from graph.model.corrections import (
    OF_A_LINE,
    OF_THE_PAGE,
    OUTCOMES,
    REFUSALS,
    Asker,
    Kind,
    Objection,
    Outcome,
    Settlement,
    check_received,
    check_settlement,
    settlement_coded,
)
from graph.model.errors import Refused
from graph.model.roles import Role
from graph.services import requests
from graph.services.requests import Objecting, RequestPage
from webapp import sessions
from webapp.access import Permission, is_a, needs
from webapp.asked import page_number
from webapp.database import db
from webapp.forms import OnTheList, day_of, tidy
from webapp.views.involvement import asked_of

bp = Blueprint("corrections", __name__)


class WrongForm(FlaskForm):  # type: ignore[misc]
    """What is wrong."""

    wrong = RadioField(
        "What is wrong?",
        widget=GovRadioInput(),
        choices=[],
        validators=[OnTheList("Choose what is wrong")],
        validate_choice=False,
    )

    def about(self, *, a_line: bool) -> None:
        """Offers what can be wrong with a line, or with the page."""
        self.wrong.choices = [SelectChoice(each.value, each.words) for each in (OF_A_LINE if a_line else OF_THE_PAGE)]


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """How a request ends, and of what is refused why, when it is looked at again, and that they have been told."""

    outcome = RadioField(
        "How did it end?",
        widget=GovRadioInput(),
        choices=[],
        validators=[OnTheList("Choose how it ended")],
        validate_choice=False,
    )
    refusal = RadioField(
        "If something is not done: why?",
        widget=GovRadioInput(),
        choices=[],
        validators=[Optional()],
        validate_choice=False,
    )
    day = StringField("Day", filters=[tidy])
    month = StringField("Month", filters=[tidy])
    year = StringField("Year", filters=[tidy])
    told = BooleanField(
        "They have been told why, and that they may complain to the Information Commissioner",
        widget=GovCheckboxInput(),
    )
    kind = Kind.CORRECTION
    settlement: Settlement

    def for_kind(self, kind: Kind) -> None:
        """Offers how a request of this kind may end."""
        self.kind = kind
        self.outcome.choices = [SelectChoice(outcome.value, outcome.words) for outcome in OUTCOMES[kind]]
        self.refusal.choices = [SelectChoice(refusal.value, refusal.words) for refusal in REFUSALS[kind]]

    def validate_day(self, _field: Any) -> None:
        """Reads the three boxes as one date, where something is refused."""
        if self.outcome.data not in {outcome.value for outcome in OUTCOMES[self.kind]}:
            return
        refuses = Outcome(self.outcome.data).refuses
        boxes = (self.day, self.month, self.year)
        again = day_of(*boxes, "the day on which it is looked at again", "The day", ahead=True) if refuses else None
        try:
            wish = settlement_coded(self.outcome.data, self.refusal.data or "", again, told=bool(self.told.data))
            self.settlement = check_settlement(self.kind, wish, clock.day_in_england(clock.now()))
        except Refused as error:
            raise ValidationError(str(error).rstrip(".")) from error


class ObjectionForm(FlaskForm):  # type: ignore[misc]
    """Who objects, why, and when that came in."""

    objector = RadioField(
        "Who objects?",
        widget=GovRadioInput(),
        choices=[SelectChoice(asker.value, asker.words) for asker in Asker],
        validators=[OnTheList("Choose who objects")],
        validate_choice=False,
    )
    objection = RadioField(
        "Why do they object?",
        widget=GovRadioInput(),
        choices=[SelectChoice(objection.value, objection.words) for objection in Objection],
        validators=[OnTheList("Choose why they object")],
        validate_choice=False,
    )
    day = StringField("Day", filters=[tidy])
    month = StringField("Month", filters=[tidy])
    year = StringField("Year", filters=[tidy])
    received_on: date

    def validate_day(self, _field: Any) -> None:
        """Reads the three boxes as one date of the last year."""
        given = day_of(self.day, self.month, self.year, "the day on which it came in", "The day on which it came in")
        try:
            self.received_on = check_received(given, clock.day_in_england(clock.now()))
        except Refused as error:
            raise ValidationError(str(error).rstrip(".")) from error


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


@bp.route("/children/<handle:handle>/objection", methods=["GET", "POST"])
@needs(Permission.ANSWER)
def object_to(handle: str) -> Response | str:
    """An objection that came in from the child or somebody for the child."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    form = ObjectionForm()
    if not form.validate_on_submit():
        name = requests.show_objecting(db(), asked)
        return render_template("corrections/object.html", form=form, name=name, handle=handle)
    requests.record_objection(db(), asked, Objecting(form.objector.data, form.objection.data, form.received_on))
    flash("objected")
    return redirect(url_for("corrections.list_queue"))


@bp.get("/corrections")
@needs(Permission.LOOK_UP_CHILDREN)
def list_asked() -> str:
    """What the user has asked, and how far it has come."""
    found = requests.list_asked(db(), sessions.token(), page=page_number())
    return render_template("corrections/asked.html", found=found, manages=is_a(Role.DATA_MANAGER))


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
    return _page(page, OutcomeForm())


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
    page = requests.show_request(db(), sessions.token(), request_id)
    form = OutcomeForm()
    form.for_kind(page.line.kind)
    if not form.validate_on_submit():
        return _page(page, form)
    requests.settle(db(), sessions.token(), request_id, form.settlement)
    flash("settled")
    return redirect(url_for("corrections.list_queue"))


def _page(page: RequestPage, form: OutcomeForm) -> str:
    form.for_kind(page.line.kind)
    return render_template("corrections/show.html", page=page, form=form)
