"""Every error as a page that says what happened and what to do next."""

from __future__ import annotations

import logging

from flask import Flask, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from graph.model.errors import (
    Conflict,
    NotFound,
    Refused,
    SignpostError,
    Unproven,
    Unreachable,
    Unrecorded,
    Unresolved,
)
from graph.model.filter import FilterFault
from webapp import proving

_CODES: dict[type[SignpostError], int] = {
    NotFound: 404,
    Refused: 403,
    Conflict: 409,
    Unreachable: 503,
    Unresolved: 503,
    Unrecorded: 503,
}
_HEADINGS = {
    400: "That could not be read",
    403: "You cannot do this",
    404: "Page not found",
    409: "Something else came first",
    413: "That is too long",
    429: "Too many attempts",
    503: "Signpost cannot be used right now",
}
_SENTENCES = {
    400: "Part of what was sent is repeated, too long or not text. Go back, reload the page and try again.",
    403: "Your account may not do this.",
    404: "Check the address. A child’s page can be opened only from a search of your own, until you sign out.",
    405: "This address cannot be used in that way. Start again from the first page.",
    413: "Go back and send less.",
    415: "Forms are sent from these pages only. Go back, reload the page and try again.",
}
_TRY_LATER = "Nothing was shown and nothing was changed. Try again in a few minutes."
_UNKNOWN = "Nothing is shown, because it is not certain that this look-up was recorded. Try again."
_UNWRITTEN = (
    "Nothing is shown, because it could not be recorded that you looked. Ring your support desk if it happens again."
)
_WHY: dict[type[SignpostError], str] = {Unresolved: _UNKNOWN, Unrecorded: _UNWRITTEN}
_STALE = (
    "This form is no longer valid: you may have signed in or out since it was opened. Go back, reload and try again."
)
_log = logging.getLogger("signpost.errors")


def init_app(app: Flask) -> None:
    """Answers every error with a page."""
    app.register_error_handler(SignpostError, _show_signpost_error)
    app.register_error_handler(Unproven, _ask_for_proof)
    app.register_error_handler(FilterFault, _show_filter_fault)
    app.register_error_handler(CSRFError, _show_stale_form)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Exception, _show_failure)


def _show_signpost_error(error: SignpostError) -> tuple[str, int]:
    code = _CODES.get(type(error))
    if code is None:
        return _show_failure(error)
    if code != 503:
        return _page(code, str(error)), code
    _log.error("request %s: %s", g.get("request_id"), error)
    return _page(code, _WHY.get(type(error), _TRY_LATER)), code


def _ask_for_proof(error: Unproven) -> Response:
    """Leads to the page that asks for a fresh proof; from there one comes back to the page one was on."""
    proving.begin(error)
    return redirect(url_for("passkeys.prove"))


def _show_filter_fault(fault: FilterFault) -> tuple[str, int]:
    """The form of the filter with what is wrong in it: nothing of a child, since nothing was looked up."""
    field = {"show": "show", "domains": "kinds"}.get(fault.part, f"as-at-{fault.part}")
    return render_template("children/filter.html", fault=fault, fault_field=field, asked=request.args), 400


def _show_stale_form(_error: CSRFError) -> tuple[str, int]:
    return _page(400, _STALE), 400


def _show_http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    ours = error.description if error.description != type(error).description else None
    return _page(code, ours or _SENTENCES.get(code, "Go back and try again.")), code


def _show_failure(error: Exception) -> tuple[str, int]:
    _log.error("request %s: %s", g.get("request_id"), type(error).__name__, exc_info=error)
    return _page(
        500, f"{_TRY_LATER} If it happens again, tell your support desk this number: {g.get('request_id')}."
    ), 500


def _page(code: int, sentence: str) -> str:
    heading = _HEADINGS.get(code, "That did not work")
    return render_template("errors/show.html", heading=heading, sentence=sentence)
