"""What forms have in common: tidy text, a choice from a list, and a date in three boxes."""

import unicodedata
from datetime import date
from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired, StopValidation, ValidationError

from graph.model import clock

_EARLIEST = 1900


class OnTheList(InputRequired):  # type: ignore[misc]
    """Something is chosen, and it is one of the field's choices; `message` says it of both.

    The field itself says `validate_choice=False`: its own words for a choice that is not there are not ours.
    """

    def __call__(self, form: Any, field: Any) -> None:
        """Nothing; StopValidation with the message otherwise."""
        super().__call__(form, field)
        if field.data not in {choice.value for choice in field.choices}:
            raise StopValidation(self.message)


def tidy(text: str | None) -> str:
    """The text without spaces around it and with accents in one piece."""
    return unicodedata.normalize("NFC", text or "").strip()


def date_of(day: StringField, month: StringField, year: StringField) -> date:
    """The date of three boxes; ValidationError with GOV.UK's words for what is missing or impossible."""
    boxes = {"day": day.data, "month": month.data, "year": year.data}
    missing = [name for name, value in boxes.items() if not value]
    if len(missing) == 3:
        raise ValidationError("Enter their date of birth")
    if missing:
        raise ValidationError(f"Date of birth must include a {' and '.join(missing)}")
    if not all(value.isascii() and value.isdigit() and len(value) <= 4 for value in boxes.values()):
        raise ValidationError("Date of birth must be numbers, like 27 3 2015")
    return _real_date(int(year.data), int(month.data), int(day.data))


def _real_date(year: int, month: int, day: int) -> date:
    if year < _EARLIEST:
        raise ValidationError("Enter the year with 4 digits, like 2015")
    try:
        given = date(year, month, day)
    except ValueError as error:
        raise ValidationError("Date of birth must be a real date") from error
    if given > clock.day_in_england(clock.now()):
        raise ValidationError("Date of birth must be in the past")
    return given


def day_of(
    day: StringField, month: StringField, year: StringField, enter: str, subject: str, *, ahead: bool = False
) -> date:
    """The date of three boxes, which is not in the future or, `ahead`, any; ValidationError with GOV.UK's words.

    `enter` is what is asked for ("the date it ended"), `subject` begins a sentence ("Date it ended").
    """
    boxes = {"day": day.data, "month": month.data, "year": year.data}
    missing = [name for name, value in boxes.items() if not value]
    if len(missing) == 3:
        raise ValidationError(f"Enter {enter}")
    if missing:
        raise ValidationError(f"{subject} must include a {' and '.join(missing)}")
    if not all(value.isascii() and value.isdigit() and len(value) <= 4 for value in boxes.values()):
        raise ValidationError(f"{subject} must be numbers, like 27 3 2026")
    if int(year.data) < _EARLIEST:
        raise ValidationError("Enter the year with 4 digits, like 2026")
    try:
        given = date(int(year.data), int(month.data), int(day.data))
    except ValueError as error:
        raise ValidationError(f"{subject} must be a real date") from error
    if not ahead and given > clock.day_in_england(clock.now()):
        raise ValidationError(f"{subject} must be today or in the past")
    return given
