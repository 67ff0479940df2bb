"""The one cookie: sealed, so that nobody can read or change it. The session itself is in the graph and ends there."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from typing import Any, cast

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, Response, request, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature

from graph.model.circle import Depth

# What is remembered of the children opened in this session: no more than fits a cookie.
_CHILDREN_KEPT = 12


class _Seal:
    """Encrypts and authenticates what goes into the cookie."""

    def __init__(self, secret: bytes) -> None:
        """Derives the cookie's own key from the site's secret."""
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"signpost cookie 1").derive(secret)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))
        self._json = TaggedJSONSerializer()

    def dumps(self, value: Any) -> str:
        """The value as a sealed text."""
        return self._fernet.encrypt(self._json.dumps(value).encode()).decode("ascii")

    def loads(self, text: str, max_age: int | None = None) -> Any:
        """What was sealed; BadSignature if it was not sealed here, or too long ago."""
        try:
            return self._json.loads(self._fernet.decrypt(text.encode(), ttl=max_age).decode())
        except (InvalidToken, ValueError) as error:
            raise BadSignature("The cookie was not sealed here.") from error


class SealedSessions(SecureCookieSessionInterface):
    """Flask's session in a sealed cookie, with the name and the flags that the connection allows."""

    def __init__(self, secret: bytes) -> None:
        """Keeps the seal."""
        self._seal = _Seal(secret)

    def get_signing_serializer(self, app: Flask) -> Any:
        """The seal, where Flask would only sign."""
        return self._seal

    def get_cookie_name(self, app: Flask) -> str:
        """`__Host-sid`; a plain name over plain HTTP, which is served to this machine only."""
        return "__Host-sid" if request.is_secure else "sid"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Secure, but over plain HTTP, where browsers would not keep the cookie."""
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Sends the cookie if it changed; never with a style sheet or script, which may be kept for all."""
        if request.endpoint != "home.show_asset":
            super().save_session(app, session, response)


def begin(token: str) -> None:
    """Starts a new session with nothing of an old one in it."""
    session.clear()
    session["token"] = token


def token() -> str:
    """The token of this session; empty for those who have not signed in."""
    return str(session.get("token", ""))


def end() -> None:
    """Forgets everything."""
    session.clear()


def attempt() -> str:
    """The secret of this browser's attempt to sign in by a passkey; made when it is first asked for."""
    if "attempt" not in session:
        session["attempt"] = secrets.token_urlsafe(24)
    return str(session["attempt"])


def keep_errand(errand: list[Any]) -> None:
    """Keeps what waits for a fresh proof, and where to go then."""
    session["errand"] = errand


def errand() -> list[Any] | None:
    """What waits for a fresh proof; None if nothing does."""
    return cast("list[Any] | None", session.get("errand"))


def drop_errand() -> None:
    """Forgets what waited."""
    session.pop("errand", None)


def seed_for(link: str, made: Callable[[], str]) -> str:
    """The secret for an authenticator that this browser was given with a link; made when it is first asked for.

    It is kept nowhere else until the link is used, so whoever looks at the link before its user learns nothing.
    """
    mark = hashlib.sha256(link.encode()).hexdigest()[:16]
    kept = session.get("seed")
    if not kept or kept[0] != mark:
        kept = session["seed"] = [mark, made()]
    return str(kept[1])


def tell(sentence: str) -> None:
    """Keeps a sentence for the next page that asks for one."""
    session["told"] = sentence


def told() -> str:
    """The sentence that was kept, once; empty without one."""
    return str(session.pop("told", ""))


def keep_reason(handle: str, reason: str, case_reference: str) -> None:
    """Remembers why a child's page is opened, for as long as this session lasts."""
    _keep(handle, [reason, case_reference, Depth.SIGNPOST.value])


def keep_depth(handle: str, depth: Depth) -> None:
    """Remembers how much of a child's page was asked for; nothing if no reason was given yet."""
    kept = _children().get(handle)
    if kept is not None:
        _keep(handle, [kept[0], kept[1], depth.value])


def reason_for(handle: str) -> tuple[str, str, Depth] | None:
    """The reason, case reference and depth given for a child in this session, or None."""
    kept = _children().get(handle)
    return None if kept is None else (kept[0], kept[1], Depth(kept[2]))


def opened() -> list[str]:
    """The handles of the children opened in this session, oldest first."""
    return list(_children())


def keep_overridden(handle: str) -> None:
    """Remembers whose shield is overridden in this session: leaving that record ends it."""
    session["overridden"] = handle


def overridden() -> str | None:
    """The handle of the child whose shield is overridden in this session, or None."""
    return cast("str | None", session.get("overridden"))


def forget_overridden() -> None:
    """The record has been left."""
    session.pop("overridden", None)


def _children() -> dict[str, list[str]]:
    return cast(dict[str, list[str]], session.get("children", {}))


def _keep(handle: str, kept: list[str]) -> None:
    others = {name: value for name, value in _children().items() if name != handle}
    newest = dict(list(others.items())[-(_CHILDREN_KEPT - 1) :])
    session["children"] = newest | {handle: kept}
