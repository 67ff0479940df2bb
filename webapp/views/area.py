"""A safeguarding lead's area: counts first, then names for a reason, then chosen children side by side."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextInput
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp, ValidationError

from graph.model.area import LONGEST, MOST_AGENCIES, MOST_NAMES, PERIODS, Ages, AreaCounts, Lack, Narrowing
from graph.model.errors import Refused
from graph.model.kinds import KINDS
from graph.model.reasons import REASONS
from graph.services import area
from graph.services.connections import show_connection
from graph.services.together import show_together
from webapp import sessions
from webapp.access import Permission, needs
from webapp.beside import draw_together, draw_ways
from webapp.database import db
from webapp.forms import OnTheList, tidy

bp = Blueprint("area", __name__, url_prefix="/area")
_REFERENCE = "A case reference is at most 20 letters and digits, without spaces"
_FROM_THE_LIST = "Choose one of the list"
_PAGES = 10_000


def _chosen(choices: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in choices.items()]


class NarrowForm(FlaskForm):  # type: ignore[misc]
    """What is asked of the children of an area."""

    agencies = SelectField(
        "Agencies involved now",
        choices=_chosen({"0": "Any number"} | {str(n): f"{n} or more" for n in range(1, MOST_AGENCIES + 1)}),
        default="0",
        validate_choice=False,
        widget=GovSelect(),
    )
    overlap = StringField(
        "Days of overlap, at least",
        description="Days on which at least that many agencies were open, and never fewer than 2.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Regexp(r"^([0-9]{0,3})\Z", message=f"Days of overlap must be a number from 0 to {LONGEST}")],
    )
    period = SelectField(
        "Counted over the last",
        choices=_chosen({str(days): words for days, words in PERIODS.items()}),
        default=str(LONGEST),
        validate_choice=False,
        widget=GovSelect(),
    )
    ages = SelectField(
        "Age",
        choices=_chosen({ages.value: ages.words for ages in Ages}),
        default=Ages.ANY.value,
        validate_choice=False,
        widget=GovSelect(),
    )

    def validate_agencies(self, field: Any) -> None:
        """Takes what is on the list only."""
        _on_list(field, {str(number) for number in range(MOST_AGENCIES + 1)})

    def validate_overlap(self, field: Any) -> None:
        """Takes no more days than are counted."""
        if field.data and field.data.isascii() and field.data.isdigit() and int(field.data) > LONGEST:
            raise ValidationError(f"Days of overlap must be a number from 0 to {LONGEST}")

    def validate_period(self, field: Any) -> None:
        """Takes what is on the list only, and fewer days than it has."""
        _on_list(field, {str(days) for days in PERIODS})

    def validate_ages(self, field: Any) -> None:
        """Takes what is on the list only, and looks at the boxes, which no field holds."""
        _on_list(field, {ages.value for ages in Ages})
        if not _ticked("kind-") <= KINDS.keys() or not _ticked("lack-") <= {lack.value for lack in Lack}:
            raise ValidationError("Choose filters from the lists on this page")

    @property
    def narrowing(self) -> Narrowing:
        """What was asked, once it is known to be valid."""
        return Narrowing(
            agencies=int(self.agencies.data),
            kinds=frozenset(_ticked("kind-")),
            overlap_days=int(self.overlap.data or 0),
            period=int(self.period.data),
            ages=Ages(self.ages.data),
            lacks=frozenset(Lack(name) for name in _ticked("lack-")),
        )


class WhyForm(FlaskForm):  # type: ignore[misc]
    """Why children are named."""

    reason = RadioField(
        "Why do you need their names?",
        description="It is recorded with your name, the time and each child shown.",
        widget=GovRadioInput(),
        choices=[SelectChoice(reason.code, reason.words) for reason in REASONS],
        validators=[OnTheList("Choose why you need their names")],
        validate_choice=False,
    )
    case_reference = StringField(
        "Case reference (optional)",
        description="At most 20 letters and digits. Do not write names here.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Regexp(r"^[A-Za-z0-9]{0,20}\Z", message=_REFERENCE)],
    )


def _on_list(field: Any, values: set[str]) -> None:
    if field.data not in values:
        raise ValidationError(_FROM_THE_LIST)


def _ticked(prefix: str) -> set[str]:
    return {name.removeprefix(prefix) for name in request.form if name.startswith(prefix)}


@bp.get("")
@needs(Permission.SEE_AN_AREA)
def show() -> str:
    """Every child of the area, in counts."""
    return _counts(NarrowForm(formdata=None), Narrowing(), why=WhyForm(formdata=None))


@bp.post("")
@needs(Permission.SEE_AN_AREA)
def narrow() -> str:
    """Those who fit the filters, in counts."""
    form = NarrowForm()
    if not form.validate():
        return _counts(form, Narrowing(), why=WhyForm(formdata=None))
    narrowing = form.narrowing
    if code := request.form.get("also", ""):
        try:
            narrowing = narrowing.also(code)
        except ValueError as error:
            raise Refused("Choose a line of the page. Open your area again.") from error
    return _counts(_refilled(narrowing), narrowing, why=WhyForm(formdata=None))


@bp.post("/names")
@needs(Permission.SEE_AN_AREA)
def list_names() -> str:
    """Twenty names of those who fit, once there is a reason."""
    form, why = NarrowForm(), WhyForm()
    if not form.validate():
        return _counts(form, Narrowing(), why=WhyForm(formdata=None))
    if not why.validate():
        return _counts(_refilled(form.narrowing), form.narrowing, why=why)
    reason, reference = why.reason.data, why.case_reference.data
    page = area.list_names(
        db(), sessions.token(), form.narrowing, reason=reason, case_reference=reference, page=_page()
    )
    return render_template(
        "area/names.html", page=page, narrowing=form.narrowing, reason=reason, case_reference=reference
    )


@bp.post("/counts.csv")
@needs(Permission.SEE_AN_AREA)
def download_counts() -> Response | str:
    """The same counts as a file: no name is in it."""
    form = NarrowForm()
    if not form.validate():
        return _counts(form, Narrowing(), why=WhyForm(formdata=None))
    counts = area.count_area(db(), sessions.token(), form.narrowing)
    answer = make_response(_csv(counts))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="counts.csv"'
    return answer


@bp.get("/opened")
@needs(Permission.SEE_AN_AREA)
def list_opened() -> str:
    """The children whom this user has opened in this session, to choose from."""
    rows = area.list_recent(db(), sessions.token(), sessions.opened())
    return render_template("area/opened.html", rows=rows, why=WhyForm(formdata=None))


@bp.post("/together")
@needs(Permission.SEE_AN_AREA)
def compare() -> str:
    """The chosen children side by side."""
    why = _why()
    handles = _handles()
    shown = show_together(
        db(), sessions.token(), handles, reason=why.reason.data, case_reference=why.case_reference.data
    )
    return render_template(
        "area/together.html",
        shown=shown,
        picture=draw_together(shown),
        reason=why.reason.data,
        case_reference=why.case_reference.data,
    )


@bp.post("/connection")
@needs(Permission.SEE_AN_AREA)
def connect() -> str:
    """How two children are connected."""
    why = _why()
    handles = _handles()
    if len(handles) != 2:
        raise Refused("Choose two different children. Go back and choose again.")
    hubs = "hubs" in request.form
    shown = show_connection(
        db(),
        sessions.token(),
        (handles[0], handles[1]),
        reason=why.reason.data,
        case_reference=why.case_reference.data,
        hubs=hubs,
    )
    return render_template(
        "area/connection.html",
        shown=shown,
        picture=draw_ways(shown),
        handles=handles,
        reason=why.reason.data,
        case_reference=why.case_reference.data,
    )


def _why() -> WhyForm:
    why = WhyForm()
    if not why.validate():
        raise Refused("Choose why you need to see these children. Go back and choose a reason.")
    return why


def _handles() -> list[str]:
    """The children that were ticked or chosen, each once, in the order of the page."""
    fields = sorted(name for name in request.form if name.startswith("child-"))
    return list(dict.fromkeys(request.form[name] for name in fields if request.form[name]))


def _page() -> int:
    text = request.form.get("page", "1")
    return min(int(text), _PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _refilled(narrowing: Narrowing) -> NarrowForm:
    return NarrowForm(
        formdata=None,
        agencies=str(narrowing.agencies),
        overlap=str(narrowing.overlap_days or ""),
        period=str(narrowing.period),
        ages=narrowing.ages.value,
    )


def _counts(form: NarrowForm, narrowing: Narrowing, *, why: WhyForm) -> str:
    counts = area.count_area(db(), sessions.token(), narrowing)
    return render_template(
        "area/counts.html",
        counts=counts,
        form=form,
        why=why,
        narrowing=narrowing,
        lacks=list(Lack),
        most=MOST_NAMES,
        kinds=counts.kinds,
        tables=_tables(counts),
    )


def _tables(counts: AreaCounts) -> list[tuple[str, Any]]:
    return [
        ("Number of agencies involved now", counts.by_agencies),
        ("Kinds of agency involved now", counts.by_kind),
        ("Days of overlap", counts.by_overlap),
        ("Not recorded, or new here", counts.by_lack),
        ("When the first of their agencies began", counts.by_first),
        ("When the latest of their agencies began", counts.by_latest),
    ]


def _csv(counts: AreaCounts) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("Table", "Line", "Children"))
    writer.writerow(("Children who fit", "", counts.children))
    for title, rows in _tables(counts):
        writer.writerows((title, row.words, row.children) for row in rows)
    return text.getvalue()
