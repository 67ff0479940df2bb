"""Passkeys: coming in by one, the page of one's own way in, and the page that asks for a fresh proof."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from graph.model.errors import Conflict, Refused
from graph.services import fresh, own_sign_in, passkeys
from graph.services.demonstration import list_people
from graph.services.fresh import Action
from graph.services.passkeys import RelyingParty
from webapp import proving, sessions
from webapp.access import Permission, me, needs, public
from webapp.database import db
from webapp.forms import tidy
from webapp.views.signing import SignInForm, show_form
from webapp.whence import remember, whence

bp = Blueprint("passkeys", __name__)
_NOTHING_WAITS = "Nothing waits for a proof. Go back to the page that you were on."


class NameForm(FlaskForm):  # type: ignore[misc]
    """What a new passkey is called."""

    name = StringField(
        "Name of this passkey",
        description="So that you can tell it from others, like “work laptop”.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[
            DataRequired("Enter a name for this passkey"),
            Length(max=30, message="Enter a name of at most 30 letters, digits and spaces"),
        ],
    )


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of now."""

    code = StringField(
        "Code from your authenticator",
        description="6 digits. It changes every 30 seconds. A code that you have used is not taken again.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[
            DataRequired("Enter the code from your authenticator"),
            Length(max=12, message="Enter a code of 6 digits"),
        ],
    )


def party() -> RelyingParty:
    """For whom passkeys are made here."""
    found: RelyingParty = current_app.config["SIGNPOST_PARTY"]
    return found


def options(made: Callable[[], str]) -> tuple[str, int, dict[str, str]]:
    """What a script hands to the browser, in JSON; a sentence in its place where there is none to be had."""
    try:
        return made(), 200, {"Content-Type": "application/json"}
    except (Conflict, Refused) as error:
        return str(error), 403, {"Content-Type": "text/plain; charset=utf-8"}


@bp.post("/passkey/challenge")
@public
def ask_sign_in() -> tuple[str, int, dict[str, str]]:
    """What a browser needs to ask for a passkey of this site."""
    return options(lambda: passkeys.ask_sign_in(db(), party(), sessions.attempt()))


@bp.post("/passkey")
@public
def sign_in() -> Response | tuple[str, int]:
    """The way in by a passkey."""
    if me() is not None:
        return redirect(url_for("home.show"))
    try:
        entered = passkeys.sign_in(db(), party(), sessions.attempt(), request.form.get("credential", ""), whence())
    except Refused as error:
        form = SignInForm(formdata=None)
        form.username.errors = [str(error)]
        return show_form(form), 403
    sessions.begin(entered.token)
    return remember(redirect(url_for("home.show")), entered.device)


@bp.get("/your-sign-in")
@needs(Permission.SIGNED_IN)
def show_own() -> str:
    """The passkeys that one holds, and one's sessions."""
    return render_template("passkeys/show_own.html", own=own_sign_in.show_own(db(), sessions.token()))


@bp.route("/your-sign-in/passkeys/new", methods=["GET", "POST"])
@needs(Permission.SIGNED_IN)
def add() -> Response | str | tuple[str, int]:
    """A new passkey: its name, and what the authenticator makes. A fresh proof comes first."""
    fresh.check(db(), sessions.token(), Action.KEYS)
    form = NameForm()
    if not form.validate_on_submit():
        return render_template("passkeys/add.html", form=form)
    try:
        own_sign_in.add_passkey(db(), party(), sessions.token(), form.name.data, request.form.get("credential", ""))
    except (Refused, Conflict) as error:
        form.name.errors = [str(error)]
        return render_template("passkeys/add.html", form=form), 403
    return redirect(url_for("passkeys.show_own"))


@bp.post("/your-sign-in/passkeys/challenge")
@needs(Permission.SIGNED_IN)
def ask_new() -> tuple[str, int, dict[str, str]]:
    """What a browser needs to have a passkey made."""
    fresh.check(db(), sessions.token(), Action.KEYS)
    return options(lambda: own_sign_in.ask_new_passkey(db(), party(), sessions.token()))


@bp.route("/your-sign-in/passkeys/<handle:key>/remove", methods=["GET", "POST"])
@needs(Permission.SIGNED_IN)
def remove(key: str) -> Response | str:
    """Takes a passkey away. A fresh proof comes first."""
    fresh.check(db(), sessions.token(), Action.KEYS)
    if request.method == "POST":
        own_sign_in.remove_passkey(db(), sessions.token(), key)
        return redirect(url_for("passkeys.show_own"))
    held = own_sign_in.show_own(db(), sessions.token()).passkeys
    return render_template("passkeys/remove.html", passkey=passkeys.find_held(held, key))


@bp.post("/your-sign-in/end")
@needs(Permission.SIGNED_IN)
def end_sessions() -> Response:
    """Ends every session of one's own, this one too."""
    own_sign_in.end_sessions(db(), sessions.token())
    sessions.end()
    answer = redirect(url_for("signing.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.route("/prove", methods=["GET", "POST"])
@needs(Permission.SIGNED_IN)
def prove() -> Response | str | tuple[str, int]:
    """Asks for a code or a passkey for one act, and leads back to it."""
    errand = proving.waiting()
    if errand is None:
        return redirect(url_for("home.show"))
    form = CodeForm()
    credential = request.form.get("credential", "")
    if request.method == "GET" or not (credential or form.validate()):
        return _prove_form(form, errand)
    try:
        if credential:
            fresh.prove_by_passkey(db(), party(), sessions.token(), errand.action, errand.about, credential)
        else:
            fresh.prove_by_code(db(), sessions.token(), errand.action, errand.about, form.code.data)
    except Refused as error:
        form.code.errors = [str(error)]
        return _prove_form(form, errand), 403
    sessions.drop_errand()
    return redirect(errand.back)


@bp.post("/prove/challenge")
@needs(Permission.SIGNED_IN)
def ask_proof() -> tuple[str, int, dict[str, str]]:
    """What a browser needs to ask a passkey for a proof for the act that waits."""
    errand = proving.waiting() or abort(409, _NOTHING_WAITS)
    return options(lambda: fresh.ask_passkey(db(), party(), sessions.token(), errand.action, errand.about))


def _prove_form(form: CodeForm, errand: proving.Errand) -> str:
    return render_template("passkeys/prove.html", form=form, errand=errand, code=_code_of_demonstration())


def _code_of_demonstration() -> str | None:
    """In the demonstration, the code that the authenticator of whoever is signed in would show."""
    session = me()
    if session is None or not current_app.config["SIGNPOST_DEMO"]:
        return None
    return next((one.code for one in list_people(db()) if one.username == session.username), None)
