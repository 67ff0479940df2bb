"""Saying why, and the child's page. Finding one is in finding.py."""

from flask import Blueprint, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from graph.model.circle import Depth
from graph.model.reasons import REASONS
from graph.services.disclosure import show_child
from webapp import asked, sessions
from webapp.access import Permission, needs
from webapp.database import db
from webapp.drawing import draw
from webapp.forms import OnTheList, tidy

bp = Blueprint("children", __name__)
_REFERENCE = "A case reference is at most 20 letters and digits, without spaces"


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why this child's page is opened."""

    reason = RadioField(
        "Why do you need to see this child’s page?",
        description="Choose the one that fits best. It is recorded with your name and the time.",
        widget=GovRadioInput(),
        choices=[SelectChoice(reason.code, reason.words) for reason in REASONS],
        validators=[OnTheList("Choose why you need to see this child’s page")],
        validate_choice=False,
    )
    case_reference = StringField(
        "Case reference (optional)",
        description="Your own system’s reference: at most 20 letters and digits. Do not write names here.",
        filters=[tidy],
        widget=GovTextInput(),
        validators=[Regexp(r"^[A-Za-z0-9]{0,20}\Z", message=_REFERENCE)],
    )

    @property
    def bases(self) -> list[dict[str, dict[str, str]]]:
        """The duty that each reason rests on, as the hint of its choice."""
        return [{"hint": {"text": reason.basis}} for reason in REASONS]


@bp.route("/children/<handle:handle>/reason", methods=["GET", "POST"])
@needs(Permission.LOOK_UP_CHILDREN)
def state_reason(handle: str) -> Response | str:
    """Why the page is opened; kept for this session and this child."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return render_template("children/reason.html", form=form)
    sessions.keep_reason(handle, form.reason.data, form.case_reference.data)
    return redirect(url_for("children.show", handle=handle))


@bp.get("/children/<handle:handle>")
@needs(Permission.LOOK_UP_CHILDREN)
def show(handle: str) -> Response | str:
    """The child's page, each time recorded before it is shown."""
    given = sessions.reason_for(handle)
    if given is None:
        return redirect(url_for("children.state_reason", handle=handle))
    reason, case_reference, depth = given
    page = show_child(
        db(),
        sessions.token(),
        handle,
        reason=reason,
        case_reference=case_reference,
        depth=depth,
        chosen=asked.chosen(),
    )
    return render_template(_template(page.five_items, page.depth), page=page, picture=draw(page))


@bp.post("/children/<handle:handle>/circle")
@needs(Permission.LOOK_UP_CHILDREN)
def open_circle(handle: str) -> Response:
    """The second step: everything that this user may see."""
    sessions.keep_depth(handle, Depth.CIRCLE)
    return redirect(url_for("children.show", handle=handle))


def _template(five_items: bool, depth: Depth) -> str:
    if five_items:
        return "children/shielded.html"
    return "children/circle.html" if depth is Depth.CIRCLE else "children/signpost.html"
