"""The operator's console: feeds and their freshness, runs, data quality. Figures and files; never a child."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from graph.model.quality import compare
from graph.model.roles import Role
from graph.services import console, quality
from graph.services.loads import show_publication
from webapp import jobs, sessions
from webapp.access import Permission, is_a, needs
from webapp.database import db
from webapp.folders import folders
from webapp.inbox import read_inbox, refused_lines

bp = Blueprint("console", __name__)
COMMANDS: tuple[tuple[str, str], ...] = (
    ("python -m loaders list", "lists the feeds in the order in which they are loaded"),
    ("python -m loaders check FEED FILE", "judges a file without touching the graph"),
    ("python -m loaders load FEED FILE", "loads a file, all of it or nothing"),
    ("python -m loaders load FEED FILE --dry-run", "says what a load would change, and changes nothing"),
    ("python -m loaders load --all FOLDER", "loads every file of a folder in the right order"),
    ("python -m loaders runs", "lists what has been loaded, newest first"),
    ("python -m loaders show RUN", "shows one load: its file, its refusals, what it changed"),
    ("python -m loaders undo RUN", "takes the latest load of a feed back"),
    ("python -m loaders stop FEED", "loads no file of a feed until it is started again"),
    ("python -m loaders quarantine", "lists the rows that resemble a shielded child"),
    ("python -m graph quality", "counts the graph for the page on data quality"),
    ("python -m graph status", "says whether the graph runs"),
    ("python -m graph backup FOLDER", "saves the graph; it is stopped meanwhile"),
    ("python -m graph shield list", "lists every shield, who decided it and when; never a name"),
    ("python -m graph user list", "lists the accounts"),
)


@bp.app_context_processor
def add_role() -> dict[str, object]:
    """Whether the visitor may change something here: an auditor may not."""
    return {"may_operate": may_operate}


def may_operate() -> bool:
    """Whether the visitor is an operator."""
    return is_a(Role.OPERATOR)


@bp.get("/console")
@needs(Permission.READ_CONSOLE)
def show() -> str:
    """Every feed: last received, next expected, late or not; and what runs now."""
    where = folders()
    return render_template(
        "console/show.html",
        board=console.show_board(db()),
        running=jobs.running(where.jobs),
        inbox=read_inbox(where.inbox),
        commands=COMMANDS,
    )


@bp.get("/console/feeds/<feed>")
@needs(Permission.READ_CONSOLE)
def show_feed(feed: str) -> str:
    """One feed: its suppliers and their last runs."""
    return render_template("console/feed.html", state=console.show_feed(db(), feed))


@bp.route("/console/feeds/<feed>/switch", methods=["GET", "POST"])
@needs(Permission.OPERATE)
def switch(feed: str) -> Response | str:
    """Stops or starts a feed, once it is confirmed: as the page said, whatever another has done meanwhile."""
    state = console.show_feed(db(), feed)
    if request.method == "GET":
        return render_template("console/switch.html", state=state)
    console.switch_feed(db(), sessions.token(), feed, stopped=request.form.get("now") == "started")
    return redirect(url_for("console.show_feed", feed=feed))


@bp.get("/console/runs")
@needs(Permission.READ_CONSOLE)
def list_runs() -> str:
    """Every run, newest first, 50 a page."""
    before = _number(request.args.get("before", ""))
    found = console.list_runs(db(), before=before)
    runs, more = found[: console.PAGE], len(found) > console.PAGE
    return render_template("console/runs.html", runs=runs, before=before, older=runs[-1].run if more else None)


@bp.get("/console/runs/<int:run>")
@needs(Permission.READ_CONSOLE)
def show_run(run: int) -> str:
    """One run: its file, what it changed, what was refused and why, how long it took."""
    page = console.show_run(db(), run)
    return render_template("console/run.html", page=page, lines=refused_lines(folders().rejects, page.sha256))


@bp.route("/console/runs/<int:run>/undo", methods=["GET", "POST"])
@needs(Permission.OPERATE)
def undo_run(run: int) -> Response | str:
    """Takes a run back, as a job, once it is confirmed."""
    page = console.show_run(db(), run)
    if not page.may_be_undone:
        abort(409, "Only the latest published run of a feed and supplier can be taken back.")
    if request.method == "GET":
        return render_template("console/undo.html", page=page)
    by = console.order(db(), sessions.token(), "order undo", f"run {run}")
    job_id = jobs.start(folders().jobs, jobs.undo(run, page.feed), by=by)
    return redirect(url_for("files.show_job", job_id=job_id))


@bp.get("/console/quality")
@needs(Permission.READ_CONSOLE)
def show_quality() -> str:
    """What is in the graph, how far it is filled, what does not fit; beside the figures of before."""
    figures = compare(quality.list_snapshots(db()))
    return render_template("console/quality.html", figures=figures, published=show_publication(db()).published)


@bp.post("/console/quality")
@needs(Permission.OPERATE)
def count_quality() -> Response:
    """Counts the graph anew, as a job."""
    by = console.order(db(), sessions.token(), "order count")
    return redirect(url_for("files.show_job", job_id=jobs.start(folders().jobs, jobs.count(), by=by)))


def _number(text: str) -> int | None:
    """A run's number from an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
