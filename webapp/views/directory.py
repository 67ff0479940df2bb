"""The directory: services by kind, place or name, and the pages of services and practitioners. No child is involved."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from graph.model.directory import Postcode, Sought, read_postcode
from graph.model.errors import Refused
from graph.model.kinds import KINDS
from graph.model.names import fold_terms
from graph.services import directory
from webapp import sessions
from webapp.access import Permission, needs
from webapp.database import db
from webapp.forms import tidy

bp = Blueprint("directory", __name__)
_KINDS = sorted(KINDS.values(), key=lambda kind: kind.words)
_NOTHING = "Enter a postcode, choose a kind of service or enter part of a name"


class DirectoryForm(FlaskForm):  # type: ignore[misc]
    """What is looked for. It is sent in the address, so that a list can be kept and sent on: it names nobody."""

    class Meta:
        """No token: nothing is changed by it."""

        csrf = False

    postcode = StringField(
        "Postcode",
        description="Whole or its first half, like NS1 6TT or NS1",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Length(max=12, message="Enter a postcode or its first half, like NS1 6TT or NS1")],
    )
    kind = SelectField(
        "Kind of service",
        widget=GovSelect(),
        choices=[SelectChoice("", "Any kind"), *(SelectChoice(kind.name, kind.words) for kind in _KINDS)],
        validate_choice=False,
    )
    name = StringField(
        "Name of the service",
        description="Any part of it",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Length(max=100, message="Name must be 100 characters or fewer")],
    )
    near: Postcode | None = None

    def validate_postcode(self, field: Any) -> None:
        """Reads what was typed, and asks for at least one of the three."""
        if not field.data and not self.kind.data and not fold_terms(self.name.data):
            raise ValidationError(_NOTHING)
        try:
            self.near = read_postcode(field.data) if field.data else None
        except Refused as error:
            raise ValidationError(str(error)) from error

    def validate_kind(self, field: Any) -> None:
        """Takes a kind of the list only."""
        if field.data and field.data not in KINDS:
            raise ValidationError("Choose a kind of service from the list")


@bp.get("/directory")
@needs(Permission.LOOK_UP_CHILDREN)
def find() -> str:
    """The form, and what fits if anything is asked for."""
    form = DirectoryForm(MultiDict(request.args))
    asked = any(request.args.get(name) for name in ("postcode", "kind", "name")) or "name" in request.args
    if not asked or not form.validate():
        return render_template("directory/find.html", form=form, found=None)
    sought = Sought(kind=form.kind.data or None, postcode=form.near, name=form.name.data)
    found = directory.find_services(db(), sessions.token(), sought)
    return render_template("directory/find.html", form=form, found=found)


@bp.get("/directory/services/<service_key:service_id>")
@needs(Permission.LOOK_UP_CHILDREN)
def show_service(service_id: str) -> str:
    """One service: how to reach it, and who works there."""
    page = directory.show_service(db(), sessions.token(), service_id)
    return render_template("directory/service.html", page=page)


@bp.get("/directory/practitioners/<handle:key>/<service_key:service_id>")
@needs(Permission.LOOK_UP_CHILDREN)
def show_practitioner(key: str, service_id: str) -> str:
    """One practitioner: role, services, hours and area."""
    page = directory.show_practitioner(db(), sessions.token(), key, service_id)
    return render_template("directory/practitioner.html", page=page)
