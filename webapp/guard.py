"""What every request must be like before a view sees it, and what every answer carries."""

import ipaddress
import json
import logging
import secrets
import sys
import time
import unicodedata

from flask import Flask, Response, abort, g, request

_UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# The form of an area has a box for each kind of agency: repeated names are refused, so each has its own.
_LONGEST_NAME, _LONGEST_VALUE, _MOST_FIELDS = 64, 600, 40
# Everything held of one child is gone through line by line; the length of a whole request bounds it.
_MORE_FIELDS = {"packs.make": 2_000, "made_of.ask_off": 1_100}
# What an authenticator answers is longer than what anybody types.
_LONGER = {"credential": 6_000}
_REPLACEMENT = "\ufffd"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
_log = logging.getLogger("signpost.access")


def init_app(app: Flask) -> None:
    """Guards an app. Called before anything else looks at a request."""
    app.before_request(_begin)
    app.before_request(check_transport)
    app.before_request(check_input)
    app.before_request(check_origin)
    app.after_request(add_headers)
    app.after_request(write_log)
    app.context_processor(lambda: {"cspNonce": nonce()})


def nonce() -> str:
    """The nonce of this answer's scripts."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def is_loopback(host: str) -> bool:
    """Whether a host name or address, with or without a port, is this machine's own."""
    bare = host.rsplit(":", 1)[0] if host.rpartition(":")[2].isdigit() and host.count(":") == 1 else host
    name = bare.partition("]")[0].removeprefix("[")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _begin() -> None:
    g.began = time.monotonic()
    g.request_id = secrets.token_hex(8)


def check_transport() -> None:
    """Refuses plain HTTP from anywhere but this machine: a password or a name would cross the network in the open."""
    if not request.is_secure and not (is_loopback(request.host) and is_loopback(request.remote_addr or "")):
        abort(403, "Signpost is served over HTTPS only. Use the address that begins with https.")


def check_input() -> None:
    """Refuses what no form of ours sends: repeated, overlong or unprintable fields, and files."""
    if request.method in _UNSAFE_METHODS and request.mimetype not in ("application/x-www-form-urlencoded", ""):
        abort(415)
    if request.files or not _is_text(request.path) or len(request.path) > _LONGEST_VALUE:
        abort(400)
    for fields in (request.args, request.form):
        most = _MORE_FIELDS.get(request.endpoint or "", _MOST_FIELDS)
        if len(fields) > most or any(not _is_field(name, values) for name, values in fields.lists()):
            abort(400)


def _is_field(name: str, values: list[str]) -> bool:
    if len(values) != 1 or len(name) > _LONGEST_NAME or len(values[0]) > _LONGER.get(name, _LONGEST_VALUE):
        return False
    return _is_text(name) and _is_text(values[0])


def _is_text(text: str) -> bool:
    """Whether every character may stand in a name: no controls, no lone surrogates, nothing that was not UTF-8."""
    return _REPLACEMENT not in text and not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text)


def check_origin() -> None:
    """Refuses what another site makes a browser send (besides the token of each form)."""
    if request.method not in _UNSAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", request.host_url.rstrip("/"))
    if site != "same-origin" or origin != request.host_url.rstrip("/"):
        abort(400, "This form was sent from another site. Open Signpost in this window and try again.")


def add_headers(response: Response) -> Response:
    """Every answer, errors too, carries the same headers; only files with a hash in their name may be kept."""
    for name, value in _HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce())
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "home.show_asset" and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def write_log(response: Response) -> Response:
    """One line a request: the route's pattern, never its address, query or form."""
    rule = request.url_rule.rule if request.url_rule else "-"
    entry = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "request": g.get("request_id", "-"),
        "method": request.method if request.method in {"GET", "HEAD", *_UNSAFE_METHODS} else "-",
        "route": rule,
        "status": response.status_code,
        "ms": round((time.monotonic() - g.get("began", time.monotonic())) * 1000),
    }
    _log.info("%s", json.dumps(entry))
    return response


def log_to_standard_error() -> None:
    """Sends the access log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
