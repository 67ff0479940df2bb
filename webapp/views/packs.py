"""Subject-access packs: everything that is held about a child is gone through, and then given to whoever asked."""

import re

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from graph.model import clock
from graph.model.corrections import Asker
from graph.model.errors import Refused
from graph.model.packs import Choice, Pack, Section
from graph.services import packs
from graph.services.packs import Wish
from graph.services.statements import Asked
from webapp.access import Permission, needs
from webapp.database import db
from webapp.exports import csv_file, pack_rows
from webapp.forms import OnTheList, tidy
from webapp.views.involvement import asked_of

bp = Blueprint("packs", __name__)
_LINE = re.compile(r"i[0-9a-f]{12}", re.ASCII)
_FORMS = {"page": "A page to print", "file": "A table (CSV), which machines can read"}


class PackForm(FlaskForm):  # type: ignore[misc]
    """Who asked, in what form, and a code. What is done with each line is beside it."""

    version = HiddenField()
    asker = RadioField(
        "Who asked for it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(asker.value, asker.words) for asker in Asker],
        validators=[OnTheList("Choose who asked")],
        validate_choice=False,
    )
    shape = RadioField(
        "In what form do you give it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(shape, words) for shape, words in _FORMS.items()],
        validators=[OnTheList("Choose the form")],
        validate_choice=False,
    )
    code = StringField(
        "Code from your authenticator",
        description="6 digits. Leave it empty if you have proven within five minutes that it is you, or to use a "
        "passkey: you come back to this page then, and choose again.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Length(max=20, message="Code must be 6 digits")],
    )


@bp.route("/children/<handle:handle>/everything-held", methods=["GET", "POST"])
@needs(Permission.ANSWER)
def make(handle: str) -> BaseResponse | str:
    """Everything held to go through, and the pack."""
    asked = asked_of(handle)
    if asked is None:
        return redirect(url_for("children.state_reason", handle=handle))
    form = PackForm()
    said = {name: value for name, value in request.form.items() if _LINE.fullmatch(name)}
    wrong = sorted(name for name, value in said.items() if value not in set(Choice))
    if not form.validate_on_submit() or wrong:
        return _page(asked, form, said, wrong)
    choices = {name: Choice(value) for name, value in said.items()}
    try:
        pack = packs.make_pack(db(), asked, Wish(form.version.data or "", choices, form.asker.data, form.code.data))
    except Refused as error:
        form.code.errors = [str(error)]
        return _page(asked, form, said, [])
    return _file(pack) if form.shape.data == "file" else render_template("packs/show.html", pack=pack)


def _page(asked: Asked, form: PackForm, said: dict[str, str], wrong: list[str]) -> str:
    held = packs.list_held(db(), asked)
    form.version.data, form.code.data = held.version, ""
    known = [item.key for item in held.items if item.key in wrong]
    return render_template(
        "packs/choose.html",
        held=held,
        form=form,
        said=said,
        wrong=known,
        sections=tuple(Section),
        choices=tuple(Choice),
    )


def _file(pack: Pack) -> Response:
    """A file to save. Its name says what it is and when it was made, and nothing of the child."""
    response = make_response(csv_file(pack_rows(pack)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    day = clock.day_in_england(pack.occasion.at).isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="everything-held-made-{day}.csv"'
    return response
