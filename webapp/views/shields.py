"""Shields: what waits, one child's shield, overriding one, looking into an override, and consent to stay."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextInput
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from graph.model import clock
from graph.model.errors import Refused
from graph.model.shielding import LONGEST_WORDS, OFFERED, Evidence, Finding, Verdict, check_review
from graph.model.staying import Category
from graph.services import overriding, shielding, staying
from graph.services.shielding import Wish
from webapp import sessions
from webapp.access import Permission, needs
from webapp.database import db
from webapp.forms import OnTheList, day_of, tidy
from webapp.views.involvement import asked_of

bp = Blueprint("shields", __name__)
_LIST = "shields.list_waiting"
_WORDS_HINT = f"At most {LONGEST_WORDS} characters. Do not describe the child. It is kept encrypted."


def _words(label: str) -> StringField:
    return StringField(
        label,
        description=_WORDS_HINT,
        filters=[tidy],
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the ground in a few words"),
            Length(max=LONGEST_WORDS, message=f"The ground must be {LONGEST_WORDS} characters or fewer"),
        ],
    )


class _DatedForm(FlaskForm):  # type: ignore[misc]
    """A form with the day of the next review."""

    day = StringField("Day", filters=[tidy])
    month = StringField("Month", filters=[tidy])
    year = StringField("Year", filters=[tidy])
    review_on: date

    def validate_day(self, _field: Any) -> None:
        """Reads the three boxes as one date, at most six months ahead."""
        given = day_of(self.day, self.month, self.year, "the date of the next review", "Review date", ahead=True)
        try:
            self.review_on = check_review(given, clock.day_in_england(clock.now()))
        except Refused as error:
            raise ValidationError(str(error).rstrip(".")) from error


class ProposeForm(_DatedForm):
    """A shield that is proposed."""

    ground = RadioField(
        "Why must nobody learn where this child is?",
        widget=GovRadioInput(),
        choices=[SelectChoice(ground.value, ground.words) for ground in OFFERED],
        validators=[OnTheList("Choose the ground")],
        validate_choice=False,
    )
    evidence = RadioField(
        "What have you seen?",
        description="Nothing of it is kept but this answer.",
        widget=GovRadioInput(),
        choices=[SelectChoice(evidence.value, evidence.words) for evidence in Evidence],
        validators=[OnTheList("Choose what you have seen")],
        validate_choice=False,
    )
    words = _words("The ground in a few words")
    urgent = BooleanField(
        "It is urgent: shield now, and let a second person decide by the next working day",
        widget=GovCheckboxInput(),
    )


class KeepForm(_DatedForm):
    """A shield that goes on."""

    shield = HiddenField()


class EndForm(FlaskForm):  # type: ignore[misc]
    """A shield that is proposed to end."""

    words = _words("Why the shield may end")


class DecideForm(FlaskForm):  # type: ignore[misc]
    """What the second person says."""

    verdict = RadioField(
        "Do you agree?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(Verdict.AGREED.value, "Yes, I have looked into it myself and agree"),
            SelectChoice(Verdict.REFUSED.value, "No"),
        ],
        validators=[OnTheList("Choose whether you agree")],
        validate_choice=False,
    )


class OverrideForm(FlaskForm):  # type: ignore[misc]
    """Why the shield is overridden, and a fresh code."""

    words = _words("Why you must see where this child is now")
    code = StringField(
        "Code from your authenticator",
        description="6 digits. The one with which you signed in is spent: wait for the next.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[InputRequired("Enter the code"), Length(max=20, message="Code must be 6 digits")],
    )


class FindingForm(FlaskForm):  # type: ignore[misc]
    """How an investigation ends."""

    finding = RadioField(
        "What have you found?",
        widget=GovRadioInput(),
        choices=[SelectChoice(finding.value, finding.words) for finding in Finding],
        validators=[OnTheList("Choose what you have found")],
        validate_choice=False,
    )


class StayForm(FlaskForm):  # type: ignore[misc]
    """Who consents to stay, and when they did."""

    category = RadioField(
        "Why may they stay?",
        widget=GovRadioInput(),
        choices=[SelectChoice(category.value, category.words) for category in Category],
        validators=[OnTheList("Choose why they may stay")],
        validate_choice=False,
    )
    day = StringField("Day", filters=[tidy])
    month = StringField("Month", filters=[tidy])
    year = StringField("Year", filters=[tidy])
    consented_on: date

    def validate_day(self, _field: Any) -> None:
        """Reads the three boxes as one date."""
        self.consented_on = day_of(self.day, self.month, self.year, "the date of the consent", "Date of the consent")


@bp.get("/shields")
@needs(Permission.KEEP_SHIELDS)
def list_waiting() -> str:
    """What waits for those who look after shields."""
    return render_template("shields/list.html", found=shielding.list_waiting(db(), sessions.token()))


@bp.get("/children/<handle:handle>/shield")
@needs(Permission.KEEP_SHIELDS)
def show(handle: str) -> str:
    """One child's shield."""
    return _page(handle)


@bp.post("/children/<handle:handle>/shield")
@needs(Permission.KEEP_SHIELDS)
def propose(handle: str) -> Response | str:
    """A shield is proposed; an urgent one is in force."""
    form = ProposeForm()
    if not form.validate_on_submit():
        return _page(handle, propose=form)
    wish = Wish(form.ground.data, form.evidence.data, form.words.data, form.review_on, bool(form.urgent.data))
    shielding.propose(db(), sessions.token(), handle, wish)
    return _done("proposed")


@bp.post("/children/<handle:handle>/shield/end")
@needs(Permission.KEEP_SHIELDS)
def propose_end(handle: str) -> Response | str:
    """The end of a shield is proposed."""
    form = EndForm()
    if not form.validate_on_submit():
        return _page(handle, end=form)
    shielding.propose_end(db(), sessions.token(), handle, form.words.data)
    return _done("proposed")


@bp.post("/children/<handle:handle>/shield/keep")
@needs(Permission.KEEP_SHIELDS)
def keep(handle: str) -> Response | str:
    """A shield goes on until its next review."""
    form = KeepForm()
    if not form.validate_on_submit():
        return _page(handle, keep=form)
    shielding.keep(db(), sessions.token(), handle, form.shield.data or "", form.review_on)
    return _done("kept")


@bp.post("/children/<handle:handle>/shield/decide")
@needs(Permission.KEEP_SHIELDS)
def decide(handle: str) -> Response | str:
    """The second person decides."""
    form = DecideForm()
    if not form.validate_on_submit():
        return _page(handle, decide=form)
    shielding.decide(db(), sessions.token(), handle, form.verdict.data)
    return _done("decided")


@bp.route("/children/<handle:handle>/override", methods=["GET", "POST"])
@needs(Permission.LOOK_UP_CHILDREN)
def override(handle: str) -> Response | str:
    """The warning, and then this child for this visit."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    form = OverrideForm()
    if not form.validate_on_submit():
        form.code.data = ""
        return render_template("shields/override.html", form=form, handle=handle)
    overriding.begin(db(), asked, code=form.code.data, words=form.words.data)
    sessions.keep_overridden(handle)
    return redirect(url_for("children.show", handle=handle))


@bp.post("/children/<handle:handle>/leave")
@needs(Permission.LOOK_UP_CHILDREN)
def leave(handle: str) -> Response:
    """The record is left, and shielded again."""
    overriding.leave(db(), sessions.token())
    sessions.forget_overridden()
    return redirect(url_for("children.show", handle=handle))


@bp.get("/shields/overrides/<handle:override_id>")
@needs(Permission.KEEP_SHIELDS)
def show_override(override_id: str) -> str:
    """One override, with its ground."""
    return _override_page(override_id, FindingForm())


@bp.post("/shields/overrides/<handle:override_id>/take")
@needs(Permission.KEEP_SHIELDS)
def take(override_id: str) -> Response:
    """The user looks into it from now on."""
    overriding.take(db(), sessions.token(), override_id)
    return redirect(url_for("shields.show_override", override_id=override_id))


@bp.post("/shields/overrides/<handle:override_id>/settle")
@needs(Permission.KEEP_SHIELDS)
def settle(override_id: str) -> Response | str:
    """What was found."""
    form = FindingForm()
    if not form.validate_on_submit():
        return _override_page(override_id, form)
    overriding.settle(db(), sessions.token(), override_id, form.finding.data)
    return _done("looked into")


@bp.route("/children/<handle:handle>/stay", methods=["GET", "POST"])
@needs(Permission.KEEP_SHIELDS)
def stay(handle: str) -> Response | str:
    """Consent to stay after the 18th birthday."""
    form = StayForm()
    if not form.validate_on_submit():
        return render_template("shields/stay.html", page=staying.show_stay(db(), sessions.token(), handle), form=form)
    staying.record(db(), sessions.token(), handle, category=form.category.data, consented_on=form.consented_on)
    return _done("stays")


@bp.post("/children/<handle:handle>/stay/withdraw")
@needs(Permission.KEEP_SHIELDS)
def withdraw(handle: str) -> Response:
    """The consent counts no more."""
    staying.withdraw(db(), sessions.token(), handle)
    return _done("withdrawn")


def leave_if_elsewhere() -> None:
    """Ends an override with the first request that is of anything but the child whom it shows."""
    handle = sessions.overridden()
    if handle is None or request.endpoint in (None, "home.show_asset", "home.check"):
        return
    if (request.view_args or {}).get("handle") == handle:
        return
    sessions.forget_overridden()
    overriding.leave(db(), sessions.token())


def _page(handle: str, **forms: FlaskForm) -> str:
    page = shielding.show_shield(db(), sessions.token(), handle)
    offered: dict[str, FlaskForm] = {
        "propose": ProposeForm(formdata=None),
        "end": EndForm(formdata=None),
        "keep": KeepForm(formdata=None),
        "decide": DecideForm(formdata=None),
    }
    errors = next((form for form in forms.values() if form.errors), None)
    return render_template("shields/show.html", page=page, errors=errors, **(offered | forms))


def _override_page(override_id: str, form: FindingForm) -> str:
    line = overriding.show_override(db(), sessions.token(), override_id)
    return render_template("shields/looked.html", line=line, form=form)


def _done(words: str) -> Response:
    flash(words)
    return redirect(url_for(_LIST))
