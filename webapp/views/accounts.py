"""Accounts, for administrators, who never see a child; and the page on which a user opens a new account."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovPasswordInput, GovRadioInput, GovTextInput
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from graph.model.errors import Conflict, Refused
from graph.model.pace import A_DAY
from graph.model.roles import Role
from graph.services import access, accounts
from graph.services.accounts import Choice, Details, Kind, Whole
from webapp import sessions
from webapp.access import Permission, needs, public
from webapp.database import db
from webapp.forms import OnTheList, tidy
from webapp.views.passkeys import options, party

bp = Blueprint("accounts", __name__)
_DAY = "Enter a date like 2027-03-31, or leave it empty"


class DetailsForm(FlaskForm):  # type: ignore[misc]
    """What an account is to be."""

    name = StringField(
        "Full name",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[DataRequired("Enter the person’s name"), Length(max=80, message="Enter at most 80 characters")],
    )
    role = RadioField(
        "Role",
        widget=GovRadioInput(),
        choices=[SelectChoice(role.value, role.words.capitalize()) for role in Role],
        validators=[OnTheList("Choose a role")],
        validate_choice=False,
    )
    statutory = BooleanField("Their organisation is social care, police or youth justice", widget=GovCheckboxInput())
    organisation = StringField(
        "Organisation",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[DataRequired("Enter whom they work for"), Length(max=80, message="Enter at most 80 characters")],
    )
    authority = StringField(
        "Code of the children’s authority",
        description="Nine characters, like E06000001. Leave it empty for those who work for the whole service.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Regexp(r"(E[0-9]{8})?\Z", message="Enter a code like E06000001, or leave it empty")],
    )
    vetted_until = StringField(
        "Security check holds until",
        description="For example 2027-03-31. From the day after, they cannot sign in.",
        filters=[tidy],
        widget=GovTextInput(),
    )
    trained_until = StringField(
        "Training holds until",
        description="For example 2027-03-31. From the day after, they cannot sign in.",
        filters=[tidy],
        widget=GovTextInput(),
    )
    children_a_day = StringField(
        "Children whose records they may open in a day",
        description=f"Leave it empty for {A_DAY}, which is usual.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Regexp(r"([1-9][0-9]{0,3}|10000)?\Z", message=f"Enter a number from 1 to {access.MOST_A_DAY:,}")],
    )

    def validate_vetted_until(self, field: Any) -> None:
        """Takes a date or nothing."""
        _day(field.data)

    def validate_trained_until(self, field: Any) -> None:
        """Takes a date or nothing."""
        _day(field.data)

    def details(self, before: Whole | None = None) -> Details:
        """What was typed; whom the user is in the feeds stays as it was before."""
        return Details(
            name=self.name.data,
            role=Role(self.role.data),
            organisation=self.organisation.data,
            authority=self.authority.data or None,
            statutory=self.statutory.data,
            practitioner_id=before.practitioner_id if before else None,
            service_id=before.service_id if before else None,
            vetted_until=_day(self.vetted_until.data),
            trained_until=_day(self.trained_until.data),
            children_a_day=int(self.children_a_day.data) if self.children_a_day.data else None,
        )


class NewForm(DetailsForm):
    """A new account: what it is to be, by which name, and who its user is in the feeds."""

    username = StringField(
        "Username",
        description="2 to 40 small letters, digits, dots and hyphens.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[DataRequired("Enter a username"), Length(max=40, message="Enter at most 40 characters")],
    )
    practitioner_id = StringField(
        "Number of the practitioner in the feeds", filters=[tidy], widget=GovTextInput(), validators=[Length(max=128)]
    )
    service_id = StringField(
        "Number of the service where they work", filters=[tidy], widget=GovTextInput(), validators=[Length(max=64)]
    )

    def details(self, before: Whole | None = None) -> Details:
        """What was typed."""
        made = super().details(before)
        numbers = {"practitioner_id": self.practitioner_id.data or None, "service_id": self.service_id.data or None}
        return Details(**{**made.__dict__, **numbers})


class ActivationForm(FlaskForm):  # type: ignore[misc]
    """What a user opens an account with."""

    word = StringField(
        "The word that you were given",
        description="Like abcde-fghjk. You get it from another person than the link.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[DataRequired("Enter the word that you were given"), Length(max=40, message="Enter the word")],
    )
    password = PasswordField(
        "A new password",
        description="At least 15 characters. Three or four words of your own choice are good.",
        widget=GovPasswordInput(),
        validators=[DataRequired("Enter a new password"), Length(max=256, message="Enter at most 256 characters")],
    )
    code = StringField(
        "Code from your authenticator",
        description="6 digits. You do not need it if you use a passkey.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Length(max=12, message="Enter a code of 6 digits")],
    )


@bp.get("/accounts")
@needs(Permission.ADMINISTER)
def list_accounts() -> str:
    """Every account, and what waits for a second administrator."""
    found, waiting = accounts.list_accounts(db(), sessions.token())
    return render_template("accounts/list_accounts.html", accounts=found, waiting=waiting)


@bp.route("/accounts/new", methods=["GET", "POST"])
@needs(Permission.ADMINISTER)
def ask() -> str | tuple[str, int]:
    """Asks for a new account, and shows the word for its user once."""
    form = NewForm()
    if not form.validate_on_submit():
        return render_template("accounts/ask.html", form=form, account=None)
    try:
        asked = accounts.ask(db(), sessions.token(), Kind.NEW, form.username.data, form.details())
    except (Refused, Conflict) as error:
        form.username.errors = [str(error)]
        return render_template("accounts/ask.html", form=form, account=None), 403
    return render_template("accounts/asked.html", asked=asked, name=form.name.data)


@bp.get("/accounts/of/<username>")
@needs(Permission.ADMINISTER)
def show(username: str) -> str:
    """One account, and what can be asked for."""
    account, own = accounts.show_account(db(), sessions.token(), username)
    return render_template("accounts/show.html", account=account, own=own, role=Role(account.role))


@bp.route("/accounts/of/<username>/change", methods=["GET", "POST"])
@needs(Permission.ADMINISTER)
def change(username: str) -> str | tuple[str, int]:
    """Asks for a change of what an account may do."""
    account, _ = accounts.show_account(db(), sessions.token(), username)
    typed = ("vetted_until", "trained_until", "children_a_day")
    form = DetailsForm(data=asdict(account) | {name: str(getattr(account, name) or "") for name in typed})
    if not form.validate_on_submit():
        return render_template("accounts/ask.html", form=form, account=account)
    asked = accounts.ask(db(), sessions.token(), Kind.CHANGE, username, form.details(account))
    return render_template("accounts/asked.html", asked=asked, name=account.name)


@bp.post("/accounts/of/<username>/new-link")
@needs(Permission.ADMINISTER)
def ask_link(username: str) -> str:
    """Asks for a new link: for a user who has lost a way in, or one who comes back."""
    account, _ = accounts.show_account(db(), sessions.token(), username)
    asked = accounts.ask(db(), sessions.token(), Kind.RESET, username)
    return render_template("accounts/asked.html", asked=asked, name=account.name)


@bp.post("/accounts/of/<username>/suspend")
@needs(Permission.ADMINISTER)
def suspend(username: str) -> Response:
    """Suspends an account at once."""
    accounts.suspend(db(), sessions.token(), username)
    return redirect(url_for("accounts.show", username=username))


@bp.get("/accounts/waiting/<handle:application_id>")
@needs(Permission.ADMINISTER)
def show_application(application_id: str) -> str:
    """What was asked for, to be decided by another administrator."""
    found, may = accounts.show_application(db(), sessions.token(), application_id)
    return render_template("accounts/application.html", found=found, may=may, role=Role(found.role))


@bp.post("/accounts/waiting/<handle:application_id>")
@needs(Permission.ADMINISTER)
def decide(application_id: str) -> Response | str:
    """Approves, with a fresh proof, and shows the link once; or refuses."""
    match request.form.get("act"):
        case "approve":
            origin = party().origin
            link = accounts.approve(db(), sessions.token(), application_id, origin)
            return render_template("accounts/approved.html", link=link)
        case "decline":
            accounts.decline(db(), sessions.token(), application_id)
            return redirect(url_for("accounts.list_accounts"))
        case _:
            abort(400)


@bp.route("/activate/<handle:link>", methods=["GET", "POST"])
@public
def activate(link: str) -> Response | str | tuple[str, int]:
    """Opens an account by its link, once: a password, and an authenticator or a passkey."""
    who = accounts.show_activation(db(), link)
    seed = sessions.seed_for(link, accounts.new_seed)
    form = ActivationForm()
    credential = request.form.get("credential", "")
    if not form.validate_on_submit():
        return _activation(form, who, seed, link)
    try:
        choice = Choice(form.word.data, form.password.data, seed, form.code.data.replace(" ", ""), credential)
        accounts.activate(db(), party(), link, choice)
    except Refused as error:
        form.password.errors = [str(error)]
        return _activation(form, who, seed, link), 403
    sessions.end()
    sessions.tell("Your account is open. Sign in with what you have just chosen.")
    return redirect(url_for("signing.sign_in"))


@bp.post("/activate/<handle:link>/challenge")
@public
def ask_passkey(link: str) -> tuple[str, int, dict[str, str]]:
    """What a browser needs to have a passkey made for a new account."""
    return options(lambda: accounts.ask_passkey(db(), party(), link))


def _activation(form: ActivationForm, who: accounts.Invited, seed: str, link: str) -> str:
    uri = accounts.uri_of(seed, who.username)
    return render_template("accounts/activate.html", form=form, who=who, seed=seed, uri=uri, link=link)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_DAY) from error
