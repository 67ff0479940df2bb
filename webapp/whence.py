"""Whence a sign-in comes: the address, on the word of our own proxies only, and what this browser keeps of before."""

from flask import current_app, request
from werkzeug.wrappers import Response

from graph.services.guessing import Whence

_KEPT_SECONDS = 180 * 24 * 60 * 60


def whence() -> Whence:
    """From where this request comes."""
    return Whence(address(), request.cookies.get(_cookie(), "")[:64])


def address() -> str:
    """The address of who asks; empty where a proxy is in between that does not say it."""
    own = request.remote_addr or ""
    proxies: tuple[str, ...] = current_app.config["SIGNPOST_PROXIES"]
    if own not in proxies and proxies != ("*",):
        return own
    # The last address is the one that our own proxy has seen: those before it are what somebody claims.
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()


def remember(answer: Response, device: str) -> Response:
    """The answer to who has come in, which lets the browser be known again."""
    answer.set_cookie(
        _cookie(), device, max_age=_KEPT_SECONDS, path="/", secure=request.is_secure, httponly=True, samesite="Strict"
    )
    return answer


def _cookie() -> str:
    # Browsers keep no cookie of the first name over plain HTTP, which is served to this machine only.
    return "__Host-device" if request.is_secure else "device"
