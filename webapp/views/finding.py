"""Finding a child: by a name and when they were born, or by a number that the user's own service uses."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField
from wtforms.validators import Length, StopValidation, ValidationError

from graph.model.identifiers import is_nhs_number, is_upn, tidy_number
from graph.model.names import fold_terms
from graph.model.visibility import Number
from graph.services.overriding import list_notices
from graph.services.search import MOST_SCHOOLS, Area, Clues, find_children, find_schools, list_areas, own_numbers
from webapp import sessions
from webapp.access import Permission, me, needs
from webapp.database import db
from webapp.forms import date_of, tidy
from webapp.views.children import bp

_OLDEST = 17


class FindForm(FlaskForm):  # type: ignore[misc]
    """What a practitioner knows of a child: a number alone, or a name with a date of birth or an age."""

    name = StringField(
        "Name",
        description="First name, family name or both, in any order. A former name or a short form will do.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Length(max=100, message="Name must be 100 characters or fewer")],
    )
    day = StringField("Day", filters=[tidy])
    month = StringField("Month", filters=[tidy])
    year = StringField("Year", filters=[tidy])
    age = StringField(
        "Age, if you do not know the date of birth",
        description="About how old they are, like 7; 0 for a baby.",
        filters=[tidy],
        widget=GovTextInput(),
    )
    nhs_number = StringField(
        "NHS number",
        description="10 digits, like 999 000 0018. With a number you need give nothing else.",
        filters=[tidy],
        widget=GovTextInput(),
    )
    upn = StringField(
        "Unique pupil number (UPN)",
        description="13 characters, like B801200005001. With a number you need give nothing else.",
        filters=[tidy],
        widget=GovTextInput(),
    )
    school = StringField(
        "School (optional)",
        description="Part of the school’s name. Leave it empty if you are not sure.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Length(max=100, message="School must be 100 characters or fewer")],
    )
    area = SelectField("Area (optional)", widget=GovSelect(), validate_choice=False, default="")
    date_of_birth: date | None = None
    years: int | None = None
    school_ids: tuple[str, ...] | None = None

    def __init__(self, numbers: frozenset[Number] = frozenset(), areas: Sequence[Area] = ()) -> None:
        """Offers what this user may search by; what is sent all the same is left to the service to refuse."""
        super().__init__()
        self.offers = {"nhs_number": Number.NHS_NUMBER in numbers, "upn": Number.UPN in numbers}
        self.area.choices = [("", "Any area"), *((area.gss_code, area.name) for area in areas)]

    @property
    def by_number(self) -> bool:
        """Whether a number was given, with which nothing else is needed."""
        return bool(self.nhs_number.data or self.upn.data)

    def validate_name(self, field: Any) -> None:
        """Takes a name with a letter or a figure in it: signs alone find nobody."""
        if not field.data and not self.by_number:
            raise ValidationError("Enter their name")
        if field.data and not fold_terms(field.data):
            raise ValidationError("Name must have at least one letter")

    def validate_day(self, _field: Any) -> None:
        """Reads the three boxes as one date; they may stay empty beside an age or a number."""
        if self.day.data or self.month.data or self.year.data:
            self.date_of_birth = date_of(self.day, self.month, self.year)
        elif not self.age.data and not self.by_number:
            raise ValidationError("Enter their date of birth, or about how old they are")

    def validate_age(self, field: Any) -> None:
        """Reads whole years; the date of birth goes before it where both are given."""
        if not field.data:
            return
        if not (field.data.isascii() and field.data.isdigit() and len(field.data) <= 2 and int(field.data) <= _OLDEST):
            raise ValidationError(f"Age must be a whole number from 0 to {_OLDEST}")
        self.years = int(field.data)

    def validate_nhs_number(self, field: Any) -> None:
        """Takes a number whose check digit is right, as it is kept."""
        field.data = tidy_number(field.data)
        if field.data and self.offers["nhs_number"] and not is_nhs_number(field.data):
            raise ValidationError("Check the NHS number: it has 10 digits, and this is not one")

    def validate_upn(self, field: Any) -> None:
        """Takes a number whose check letter is right, as it is kept."""
        field.data = tidy_number(field.data)
        if field.data and self.offers["upn"] and not is_upn(field.data):
            raise ValidationError("Check the UPN: it is a letter and 12 characters, and this is not one")

    def validate_school(self, field: Any) -> None:
        """Finds the schools of that name: a wrong one would find nobody, and not say why."""
        if not field.data:
            return
        if not fold_terms(field.data):
            raise StopValidation("School must have at least one letter")
        self.school_ids = find_schools(db(), field.data)
        if not self.school_ids:
            raise ValidationError("No school has a name like this. Check it, or leave it empty")
        if len(self.school_ids) > MOST_SCHOOLS:
            raise ValidationError("Enter more of the school’s name: many schools have a name like this")

    def validate_area(self, field: Any) -> None:
        """Takes an area of the list."""
        if field.data and field.data not in dict(field.choices):
            raise ValidationError("Choose an area from the list, or any area")

    def clues(self) -> Clues:
        """What was given, once it is valid."""
        return Clues(
            name=self.name.data,
            date_of_birth=self.date_of_birth,
            age=self.years,
            nhs_number=self.nhs_number.data or None,
            upn=self.upn.data or None,
            school_ids=self.school_ids,
            area=self.area.data or None,
        )


@bp.get("/find-a-child")
@needs(Permission.LOOK_UP_CHILDREN)
def find() -> str:
    """The form."""
    return render_template("children/find.html", form=_form(), notices=list_notices(db(), me()))


@bp.post("/find-a-child")
@needs(Permission.LOOK_UP_CHILDREN)
def list_found() -> str:
    """Whom the clues fit. Not redirected to: nothing of it may stand in an address."""
    form = _form()
    if not form.validate():
        return render_template("children/find.html", form=form, notices=[])
    result = find_children(db(), sessions.token(), form.clues())
    return render_template("children/results.html", result=result)


def _form() -> FindForm:
    session = me()
    service_id, practitioner_id = (session.service_id, session.practitioner_id) if session else (None, None)
    return FindForm(own_numbers(db(), service_id, practitioner_id), list_areas(db()))
