"""Alerts for auditors: looks at children that need a question, each with an owner, a day and an outcome."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from graph.model.watching import Outcome
from graph.services import watching
from webapp import sessions
from webapp.access import Permission, needs
from webapp.asked import page_number
from webapp.database import db
from webapp.forms import OnTheList

bp = Blueprint("alerts", __name__)


class AlertForm(FlaskForm):  # type: ignore[misc]
    """How an alert ends."""

    outcome = RadioField(
        "What did you find?",
        widget=GovRadioInput(),
        choices=[SelectChoice(outcome.value, outcome.words) for outcome in Outcome],
        validators=[OnTheList("Choose what you found")],
        validate_choice=False,
    )


@bp.get("/alerts")
@needs(Permission.WATCH)
def list_alerts() -> str:
    """What waits for a question, the first due first."""
    settled = request.args.get("settled") == "yes"
    found = watching.list_alerts(db(), sessions.token(), settled=settled, page=page_number())
    return render_template("alerts/list.html", found=found, settled=settled)


@bp.get("/alerts/<handle:alert_id>")
@needs(Permission.WATCH)
def show(alert_id: str) -> str:
    """One alert."""
    line = watching.show_alert(db(), sessions.token(), alert_id)
    return render_template("alerts/show.html", line=line, form=AlertForm())


@bp.post("/alerts/<handle:alert_id>/own")
@needs(Permission.WATCH)
def own(alert_id: str) -> Response:
    """The user owns it from now on."""
    watching.own(db(), sessions.token(), alert_id)
    return redirect(url_for("alerts.show", alert_id=alert_id))


@bp.post("/alerts/<handle:alert_id>/settle")
@needs(Permission.WATCH)
def settle(alert_id: str) -> Response | str:
    """The alert has its outcome."""
    form = AlertForm()
    if not form.validate_on_submit():
        line = watching.show_alert(db(), sessions.token(), alert_id)
        return render_template("alerts/show.html", line=line, form=form)
    watching.settle(db(), sessions.token(), alert_id, form.outcome.data)
    flash("settled")
    return redirect(url_for("alerts.list_alerts"))
