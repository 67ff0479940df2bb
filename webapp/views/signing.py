"""Signing in and out."""

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from graph.model.errors import Refused
from graph.services import access
from graph.services.demonstration import Person, list_people, read_passwords
from webapp import sessions
from webapp.access import Permission, me, needs, public
from webapp.database import db
from webapp.forms import tidy
from webapp.whence import remember, whence

bp = Blueprint("signing", __name__)


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Who, and two proofs of it."""

    username = StringField(
        "Username",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[DataRequired("Enter your username"), Length(max=100, message="Enter your username")],
    )
    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        validators=[
            DataRequired("Enter your password"),
            Length(max=256, message="Enter a password of at most 256 characters"),
        ],
    )
    code = StringField(
        "Code from your authenticator",
        description="6 digits. It changes every 30 seconds.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[
            DataRequired("Enter the code from your authenticator"),
            Length(max=12, message="Enter a code of 6 digits"),
        ],
    )


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response | str | tuple[str, int]:
    """The form, and the way in."""
    form = SignInForm()
    if me() is not None:
        return redirect(url_for("home.show"))
    if not form.validate_on_submit():
        return show_form(form)
    try:
        signed_in = access.sign_in(
            db(),
            username=form.username.data,
            password=form.password.data,
            code=form.code.data.replace(" ", ""),
            whence=whence(),
        )
    except Refused as error:
        form.username.errors = [str(error)]
        return show_form(form), 403
    sessions.begin(signed_in.token)
    return remember(redirect(url_for("home.show")), signed_in.device)


@bp.get("/sign-in/<username>")
@public
def fill_in(username: str) -> str:
    """In the demonstration, the form with one of its people filled in: only the button is left to press."""
    person = next((one for one in _people() if one.username == username), None) or abort(404)
    password = read_passwords(current_app.config["SIGNPOST_PASSWORDS"]).get(username, "")
    return show_form(SignInForm(data={"username": username, "code": person.code or ""}), password=password)


@bp.post("/sign-out")
@needs(Permission.SIGNED_IN)
def sign_out() -> Response:
    """Ends the session here and in the graph."""
    access.sign_out(db(), sessions.token())
    sessions.end()
    answer = redirect(url_for("signing.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def show_form(form: SignInForm, *, password: str = "") -> str:
    """The page with the form of this state."""
    # What was typed as a password is never sent back; what is filled in is the demonstration's own.
    told = sessions.told()
    return render_template("signing/sign_in.html", form=form, people=_people(), password=password, told=told)


def _people() -> list[Person]:
    """The invented people of the demonstration; nobody anywhere else."""
    return list_people(db()) if current_app.config["SIGNPOST_DEMO"] else []
