"""My own involvement with a child: recorded, corrected and ended in two steps each; and the list of my children."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from graph.model import clock
from graph.model.errors import Conflict, Refused
from graph.model.statements import Basis, Draft, OwnInvolvement, OwnService, Removal, check_draft, check_until
from graph.services import mine, statements
from graph.services.statements import Asked, OwnPage
from webapp import sessions
from webapp.access import Permission, me, needs
from webapp.asked import page_number
from webapp.database import db
from webapp.forms import OnTheList, day_of, tidy

bp = Blueprint("involvement", __name__)
_GONE = "This involvement has changed or ended since you opened the page. Open your involvement again and look."
_BASES = (
    SelectChoice(Basis.CONSENT.value, "They, or a parent for them, have agreed"),
    SelectChoice(
        Basis.SIGNIFICANT_HARM.value,
        "There is reasonable cause to suspect that they suffer or may suffer significant harm",
    ),
)


class InvolvementForm(FlaskForm):  # type: ignore[misc]
    """In what role, since when, and on what ground."""

    role = RadioField(
        "What is your role with this child?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose your role")],
        validate_choice=False,
    )
    day = StringField("Day", filters=[tidy])
    month = StringField("Month", filters=[tidy])
    year = StringField("Year", filters=[tidy])
    lead = BooleanField(
        "I am the lead professional: this was agreed with the family and the other services",
        widget=GovCheckboxInput(),
    )
    basis = RadioField(
        "On what ground is this recorded?",
        description="A service of this kind is recorded with consent, or to protect from significant harm.",
        widget=GovRadioInput(),
        choices=list(_BASES),
        validators=[InputRequired("Choose on what ground this is recorded")],
        validate_choice=False,
    )
    consent_day = StringField("Day", filters=[tidy])
    consent_month = StringField("Month", filters=[tidy])
    consent_year = StringField("Year", filters=[tidy])
    version = HiddenField()
    since: date
    consented: date | None = None

    def for_service(self, service: OwnService, roles: Sequence[str]) -> None:
        """Asks only what concerns a service of this kind."""
        self.role.choices = [SelectChoice(role, role[:1].upper() + role[1:]) for role in roles]
        for name in ("lead",) if service.sensitive else ("basis", "consent_day", "consent_month", "consent_year"):
            delattr(self, name)

    def validate_day(self, _field: Any) -> None:
        """Reads the three boxes as one date."""
        self.since = day_of(self.day, self.month, self.year, "the date you began", "Date you began")

    def validate_consent_day(self, _field: Any) -> None:
        """Reads the date of the consent, where it is held by consent."""
        boxes = (self.consent_day, self.consent_month, self.consent_year)
        if self.basis.data == Basis.CONSENT:
            self.consented = day_of(*boxes, "the date on which consent was given", "Date of the consent")
        elif any(box.data for box in boxes):
            raise ValidationError("Leave the date of the consent empty, or choose that they have agreed")

    def draft(self) -> Draft:
        """What the form says."""
        basis = Basis(self.basis.data) if self._sensitive() and self.basis.data in set(Basis) else Basis.PUBLIC_TASK
        lead = False if self._sensitive() else bool(self.lead.data)
        return Draft(self.role.data, self.since, lead, basis, self.consented)

    def _sensitive(self) -> bool:
        return "basis" in self


class EndForm(FlaskForm):  # type: ignore[misc]
    """How an involvement goes."""

    removal = RadioField(
        "What has happened?",
        widget=GovRadioInput(),
        choices=[],
        validators=[OnTheList("Choose what has happened")],
        validate_choice=False,
    )
    day = StringField("Day", filters=[tidy])
    month = StringField("Month", filters=[tidy])
    year = StringField("Year", filters=[tidy])
    version = HiddenField()
    until: date | None = None

    def for_involvement(self, own: OwnInvolvement) -> None:
        """Offers what can have happened to this involvement."""
        offered = {Removal.ENDED: "It has ended", Removal.MISTAKE: "It was recorded by mistake: there was none"}
        if own.basis == Basis.CONSENT:
            offered[Removal.WITHDRAWN] = "Consent was withdrawn: it is taken off at once"
        self.removal.choices = [SelectChoice(removal.value, words) for removal, words in offered.items()]

    def validate_day(self, _field: Any) -> None:
        """Reads the date, where it has ended."""
        if self.removal.data == Removal.ENDED:
            self.until = day_of(self.day, self.month, self.year, "the date it ended", "Date it ended")


@bp.get("/my-children")
@needs(Permission.LOOK_UP_CHILDREN)
def list_mine() -> str:
    """The children whom the user works with, and what changed with them."""
    found = mine.list_mine(db(), sessions.token(), page=page_number())
    session = me()
    begun = session is not None and (session.practitioner_id or session.service_id)
    return render_template("involvement/mine.html", found=found, begun=bool(begun))


@bp.post("/my-children/seen")
@needs(Permission.LOOK_UP_CHILDREN)
def save_looked() -> Response:
    """The changes have been read: they are not listed again."""
    mine.save_looked(db(), sessions.token(), request.form.get("mark", ""))
    return redirect(url_for("involvement.list_mine"))


@bp.get("/children/<handle:handle>/involvement")
@needs(Permission.LOOK_UP_CHILDREN)
def show(handle: str) -> Response | str:
    """The user's own involvement with this child."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    return render_template("involvement/show.html", own=statements.show_own(db(), asked), handle=handle)


@bp.route("/children/<handle:handle>/involvement/new", methods=["GET", "POST"])
@needs(Permission.LOOK_UP_CHILDREN)
def record(handle: str) -> Response | str:
    """The form, the answers to check, and the record."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    own = statements.show_own(db(), asked)
    if own.service is None:
        return redirect(url_for("involvement.show", handle=handle))
    form = InvolvementForm()
    form.for_service(own.service, own.roles)
    if request.method == "GET":
        _fill_day(form, clock.day_in_england(clock.now()))
    step = _step(form, own, own.service, own.roles)
    if step != "record":
        return _show_form(form, own, own.service, handle, step=step, heading="Record your involvement")
    statements.record_own(db(), asked, form.draft())
    flash("recorded")
    return redirect(url_for("involvement.show", handle=handle))


@bp.route("/children/<handle:handle>/involvement/<handle:key>/correct", methods=["GET", "POST"])
@needs(Permission.LOOK_UP_CHILDREN)
def correct(handle: str, key: str) -> Response | str:
    """The form with what is recorded, the answers to check, and the correction."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    own = statements.show_own(db(), asked)
    line = _own(own, key)
    roles = tuple(dict.fromkeys((line.role or "", *own.roles))) if line.role else own.roles
    form = InvolvementForm(**({} if request.method == "POST" else _said(line)))
    form.for_service(line.at, roles)
    step = _step(form, own, line.at, roles)
    if step != "record":
        return _show_form(form, own, line.at, handle, step=step, heading="Correct your involvement")
    statements.correct_own(db(), asked, key, form.version.data or "", form.draft())
    flash("corrected")
    return redirect(url_for("involvement.show", handle=handle))


@bp.route("/children/<handle:handle>/involvement/<handle:key>/end", methods=["GET", "POST"])
@needs(Permission.LOOK_UP_CHILDREN)
def end(handle: str, key: str) -> Response | str:
    """What has happened, the answers to check, and the end."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    own = statements.show_own(db(), asked)
    line = _own(own, key)
    form = EndForm(**({} if request.method == "POST" else {"version": line.version}))
    form.for_involvement(line)
    if request.method == "GET":
        _fill_day(form, clock.day_in_england(clock.now()))
    step = _end_step(form, line)
    if step != "record":
        template = "involvement/check_end.html" if step == "check" else "involvement/end.html"
        return render_template(template, form=form, line=line, own=own, handle=handle)
    removal = Removal(form.removal.data)
    statements.end_own(db(), asked, key, form.version.data or "", removal, until=form.until)
    flash(removal.value)
    return redirect(url_for("involvement.show", handle=handle))


def asked_of(handle: str) -> Asked | None:
    """The child's page as this session has it open; None if no reason has been given for it."""
    given = sessions.reason_for(handle)
    return None if given is None else Asked(sessions.token(), handle, given[0], given[1])


def _own(own: OwnPage, key: str) -> OwnInvolvement:
    line = next((line for line in own.involvements if line.key == key), None)
    if line is None:
        raise Conflict(_GONE)
    return line


def _said(line: OwnInvolvement) -> dict[str, object]:
    """What is recorded, as the form asks for it."""
    said: dict[str, object] = {
        "role": line.role,
        "lead": line.lead,
        "basis": line.basis,
        "version": line.version,
    }
    for prefix, day in (("", line.since), ("consent_", line.consent_given_on)):
        if day is not None:
            said |= {f"{prefix}day": str(day.day), f"{prefix}month": str(day.month), f"{prefix}year": str(day.year)}
    return said


def _fill_day(form: Any, day: date) -> None:
    form.day.data, form.month.data, form.year.data = str(day.day), str(day.month), str(day.year)


def _step(form: InvolvementForm, own: OwnPage, service: OwnService, roles: Sequence[str]) -> str:
    """Where the user is: at the form (`ask`), at the answers to `check`, or at the act itself (`record`)."""
    if not form.validate_on_submit():
        return "ask"
    try:
        today = clock.day_in_england(clock.now())
        check_draft(form.draft(), service, roles=roles, today=today, born=own.born)
    except Refused as error:
        form.role.errors = [*form.role.errors, str(error)] if "role" in str(error) else form.role.errors
        if "role" not in str(error):
            field = form.consent_day if "consent" in str(error).lower() and "consent_day" in form else form.day
            field.errors = [*field.errors, str(error)]
        return "ask"
    return _sent()


def _end_step(form: EndForm, line: OwnInvolvement) -> str:
    if not form.validate_on_submit():
        return "ask"
    try:
        if form.until is not None:
            check_until(form.until, since=line.since, today=clock.day_in_england(clock.now()))
    except Refused as error:
        form.day.errors = [*form.day.errors, str(error)]
        return "ask"
    return _sent()


def _sent() -> str:
    return {"record": "record", "change": "ask"}.get(request.form.get("step", ""), "check")


def _show_form(
    form: InvolvementForm, own: OwnPage, service: OwnService, handle: str, *, step: str, heading: str
) -> str:
    template = "involvement/check.html" if step == "check" else "involvement/form.html"
    checking = f"Check before you {heading.partition(' ')[0].lower()}"
    return render_template(
        template, form=form, own=own, service=service, handle=handle, heading=heading, checking=checking
    )
