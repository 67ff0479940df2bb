"""Files that wait in the inbox, and the jobs that check, load and count."""

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from graph.services import console
from webapp import jobs, sessions
from webapp.access import Permission, needs
from webapp.database import db
from webapp.folders import folders
from webapp.formatters import progress_share, progress_words
from webapp.inbox import WaitingFile, find_file, lines_in, read_inbox

bp = Blueprint("files", __name__)


@bp.get("/console/files")
@needs(Permission.READ_CONSOLE)
def list_files() -> str:
    """What is expected next, and what lies in the inbox."""
    where = folders()
    return render_template("console/files.html", board=console.show_board(db()), inbox=read_inbox(where.inbox))


@bp.get("/console/files/<name>")
@needs(Permission.READ_CONSOLE)
def show_file(name: str) -> str:
    """One file: what its name says, what loading it would do, and the ways to go on."""
    file = find_file(folders().inbox, name)
    state = console.show_feed(db(), file.feed.name)
    scope = next((scope for scope in state.scopes if scope.supplier == file.name.supplier), None)
    return render_template("console/file.html", file=file, state=state, scope=scope)


@bp.post("/console/files/<name>")
@needs(Permission.OPERATE)
def start_job(name: str) -> BaseResponse:
    """Checks or loads a file, as a job."""
    where = folders()
    order = _ordered(find_file(where.inbox, name))
    by = console.order(db(), sessions.token(), f"order {order.kind}", name)
    return redirect(url_for("files.show_job", job_id=jobs.start(where.jobs, order, by=by)))


def _ordered(file: WaitingFile) -> jobs.Order:
    """What the button that was pressed orders."""
    act = request.form.get("act", "")
    if act == "check":
        return jobs.check(file.path, file.feed.name)
    if act not in ("dry-run", "load"):
        abort(400, "Choose what to do with the file: check it, try it or load it.")
    older, smaller = "older" in request.form, "smaller" in request.form
    return jobs.load(file.path, file.feed.name, dry=act == "dry-run", older=older, smaller=smaller)


@bp.get("/console/jobs")
@needs(Permission.READ_CONSOLE)
def list_jobs() -> str:
    """What was started from the console, newest first."""
    return render_template("console/jobs.html", jobs=jobs.list_jobs(folders().jobs))


@bp.get("/console/jobs/<job:job_id>")
@needs(Permission.READ_CONSOLE)
def show_job(job_id: str) -> str:
    """One job: how far it is, or how it ended."""
    where = folders()
    job = jobs.show(where.jobs, job_id)
    return render_template(
        "console/job.html",
        job=job,
        refused=console.counted(job.said.get("refused", {})),
        skipped=console.counted(job.said.get("skipped", {})),
        lines=lines_in(where.rejects, job.said.get("rejects")),
    )


@bp.get("/console/jobs/<job:job_id>/progress")
@needs(Permission.READ_CONSOLE)
def show_progress(job_id: str) -> Response:
    """How far a job is, for the page that shows it."""
    job = jobs.show(folders().jobs, job_id)
    share = None if job.progress is None else progress_share(job.progress)
    return jsonify(running=job.is_running, words=progress_words(job.progress), share=share)


@bp.post("/console/jobs/<job:job_id>/cancel")
@needs(Permission.OPERATE)
def cancel_job(job_id: str) -> BaseResponse:
    """Asks a job to stop; the graph is then as it was."""
    console.order(db(), sessions.token(), "cancel job", job_id)
    jobs.cancel(folders().jobs, job_id)
    return redirect(url_for("files.show_job", job_id=job_id))
