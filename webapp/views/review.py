"""Match review for data managers: the queue, one case, a decision in two steps, and taking it apart in two steps."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice

from graph.model.review import Said, came_of, confirmation, consequence
from graph.services import review
from webapp import sessions
from webapp.access import Permission, needs
from webapp.asked import page_number
from webapp.database import db
from webapp.forms import OnTheList

bp = Blueprint("review", __name__)
_QUEUE = "review.list_queue"


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What the user thinks of a case."""

    said = RadioField(
        "Is this one child?",
        widget=GovRadioInput(),
        choices=[SelectChoice(said.value, said.words) for said in Said],
        validators=[OnTheList("Choose whether this is one child")],
        validate_choice=False,
    )
    version = HiddenField()


@bp.get("/review")
@needs(Permission.REVIEW_MATCHES)
def list_queue() -> str:
    """The cases of the area: counts first, then what can do most harm."""
    return render_template("review/queue.html", found=review.list_queue(db(), sessions.token(), page=page_number()))


@bp.get("/review/cases/<handle:handle>")
@needs(Permission.REVIEW_MATCHES)
def show_case(handle: str) -> str:
    """One case, and what is asked."""
    page = review.show_case(db(), sessions.token(), handle)
    return render_template("review/case.html", page=page, form=DecisionForm())


@bp.post("/review/cases/<handle:handle>")
@needs(Permission.REVIEW_MATCHES)
def decide(handle: str) -> Response | str:
    """What the decision will do; then, at the second step, the decision."""
    form = DecisionForm()
    if form.validate_on_submit() and request.form.get("step") == "decide":
        made = review.decide(db(), sessions.token(), handle, form.version.data or "", form.said.data)
        flash(came_of(made))
        return redirect(url_for(_QUEUE))
    page = review.show_case(db(), sessions.token(), handle)
    if form.errors:
        return render_template("review/case.html", page=page, form=form)
    said = Said(form.said.data)
    words, button = consequence(said, page.needs), confirmation(said, page.needs)
    return render_template("review/check.html", page=page, form=form, said=said, words=words, button=button)


@bp.get("/review/decided")
@needs(Permission.REVIEW_MATCHES)
def list_decided() -> str:
    """What has been decided, newest first."""
    found = review.list_decided(db(), sessions.token(), page=page_number())
    return render_template("review/decided.html", found=found)


@bp.get("/review/decided/<handle:judgement_id>")
@needs(Permission.REVIEW_MATCHES)
def show_decided(judgement_id: str) -> str:
    """One decision, and how it is taken apart."""
    line = review.show_decided(db(), sessions.token(), judgement_id)
    return render_template("review/decision.html", line=line)


@bp.get("/review/decided/<handle:judgement_id>/take-apart")
@needs(Permission.REVIEW_MATCHES)
def check_take_apart(judgement_id: str) -> str:
    """What taking it apart will do."""
    line = review.show_decided(db(), sessions.token(), judgement_id)
    return render_template("review/apart.html", line=line)


@bp.post("/review/decided/<handle:judgement_id>/take-apart")
@needs(Permission.REVIEW_MATCHES)
def take_apart(judgement_id: str) -> Response:
    """The two are apart again, and nobody joins them a second time."""
    review.take_apart(db(), sessions.token(), judgement_id)
    flash("apart")
    return redirect(url_for("review.show_decided", judgement_id=judgement_id))


@bp.post("/review/decided/<handle:judgement_id>/ask-again")
@needs(Permission.REVIEW_MATCHES)
def ask_again(judgement_id: str) -> Response:
    """Two people are asked whether records that were taken off are the child's after all."""
    review.ask_again(db(), sessions.token(), judgement_id)
    flash("asked_again")
    return redirect(url_for("review.show_decided", judgement_id=judgement_id))


@bp.get("/review/decided/<handle:judgement_id>/who-looked")
@needs(Permission.SEE_WHO_LOOKED)
def list_looks(judgement_id: str) -> str:
    """Who was shown the child while the two were joined."""
    looks = review.list_looks(db(), sessions.token(), judgement_id)
    return render_template("review/looks.html", looks=looks, judgement_id=judgement_id)
