"""Who may ask for which page: everything is refused but what a policy allows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from graph.model import clock
from graph.model.errors import ProgrammeError, Refused, SignpostError
from graph.model.roles import Role
from graph.model.shielding import KEEPERS
from graph.services import accounts, area, console, looks, requests, review, watching
from graph.services.access import Session, Why, show_session, why_ended
from webapp import sessions
from webapp.database import db

View = TypeVar("View", bound=Callable[..., Any])
_ENDED = "You have been signed out. Sign in again; nothing that you sent has been used."
_ADMINISTRATOR = "Ask your organisation’s administrator."
_WHY = {
    Why.NEWER: "You were signed out here{at}, because somebody signed in with your account in another place. "
    "If that was not you, tell your organisation’s administrator at once.",
    Why.SUSPENDED: f"Your account has been suspended. {_ADMINISTRATOR}",
    Why.CHANGED: "You were signed out because your account has been changed. Sign in again.",
    Why.UNVETTED: f"Your security check has run out, so you cannot sign in. {_ADMINISTRATOR}",
    Why.UNTRAINED: f"Your training has run out, so you cannot sign in. {_ADMINISTRATOR}",
    Why.LONG: "You were signed out because you had been signed in for as long as one session may last. Sign in again.",
    Why.IDLE: "You were signed out because nothing was done here for some minutes. Sign in again.",
}


class Permission(StrEnum):
    """What a page asks of who wants to see it."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    LOOK_UP_CHILDREN = "look up children"
    SEE_AN_AREA = "see an area"
    READ_CONSOLE = "read the console"
    OPERATE = "operate loads"
    SETTLE_REQUESTS = "settle requests"
    REVIEW_MATCHES = "review matches"
    SEE_WHO_LOOKED = "see who looked"
    ADMINISTER = "administer accounts"
    READ_AUDIT = "read the audit"
    WATCH = "watch who looks"
    KEEP_SHIELDS = "look after shields"
    BROKER = "broker contact"
    ANSWER = "answer to families"


# Who may open what, and what others are told. That another role asked for it is in the audit.
_CHILDREN = frozenset(role for role in Role if role.sees_children)
_NO_CHILDREN = "Your role does not look up children. Ask your administrator if you think that it should."
_NO_REVIEW = "Only the data managers of an authority review matches. Ask yours if an entry looks wrong."
_NO_REQUESTS = "Only data managers open this. Open Corrections in the menu to see what you have asked yourself."
_NOT_FOR_ROLE = "Your role does not open this. Ask your organisation’s administrator if that is wrong."
_NO_KEEPER = "Only safeguarding leads and data managers look after shields. Ask yours about a child."
_NO_BROKER = "Only data managers open this. Open Team requests to see what you have asked yourself."
_NO_ANSWER = "Only data managers answer what a family asks about its entry. Ask those of the child’s authority."
_EVERYBODY = frozenset(Role)
_ROLES: dict[Permission, tuple[frozenset[Role], str]] = {
    Permission.PUBLIC: (_EVERYBODY, _NOT_FOR_ROLE),
    Permission.SIGNED_IN: (_EVERYBODY, _NOT_FOR_ROLE),
    Permission.SEE_AN_AREA: (area.ROLES, _NOT_FOR_ROLE),
    Permission.LOOK_UP_CHILDREN: (_CHILDREN, _NO_CHILDREN),
    Permission.SETTLE_REQUESTS: (frozenset({Role.DATA_MANAGER}), _NO_REQUESTS),
    Permission.REVIEW_MATCHES: (review.REVIEWERS, _NO_REVIEW),
    Permission.SEE_WHO_LOOKED: (review.READERS, _NO_REVIEW),
    Permission.READ_CONSOLE: (console.READERS, _NOT_FOR_ROLE),
    Permission.OPERATE: (console.OPERATORS, _NOT_FOR_ROLE),
    Permission.READ_AUDIT: (looks.AUDITORS, _NOT_FOR_ROLE),
    Permission.KEEP_SHIELDS: (KEEPERS, _NO_KEEPER),
    Permission.BROKER: (frozenset({Role.DATA_MANAGER}), _NO_BROKER),
    Permission.ANSWER: (requests.OWNERS, _NO_ANSWER),
    Permission.WATCH: (watching.WATCHERS, _NOT_FOR_ROLE),
    Permission.ADMINISTER: (accounts.ADMINISTRATORS, _NOT_FOR_ROLE),
}
# The services of an area refuse every other role themselves, and say what of the area was asked for.
_BY_THEIR_SERVICES = frozenset({Permission.SEE_AN_AREA})


def public(view: View) -> View:
    """Marks a page that everybody may see."""
    return needs(Permission.PUBLIC)(view)


def needs(permission: Permission) -> Callable[[View], View]:
    """Marks a page with what it asks for."""

    def mark(view: View) -> View:
        cast(Any, view).permission = permission
        return view

    return mark


class Visitor(UserMixin):  # type: ignore[misc]
    """Who is signed in, for Flask-Login."""

    def __init__(self, session: Session) -> None:
        """Keeps what the graph says now."""
        self.session = session
        self.id = session.user_id


def init_app(app: Flask) -> None:
    """Puts the check before every view. Sessions are ours: Flask-Login asks us who somebody is, and keeps nothing."""
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(lambda _request: _visitor())
    # It would believe a cookie before us, and anything else on this machine may set one of the usual name.
    app.config["REMEMBER_COOKIE_NAME"] = "__Host-never"
    manager.init_app(app, add_context_processor=False)
    app.before_request(check_permission)
    # What this request has found out already: a page about an error asks the graph nothing.
    app.context_processor(lambda: {"me": g.get("me")})


def check_policies(app: Flask) -> None:
    """Refuses to start with a page that nobody has decided who may see."""
    for rule in app.url_map.iter_rules():
        roles_of(permission_of(app, rule.endpoint))


def permission_of(app: Flask, endpoint: str) -> Permission:
    """What a route asks for; ProgrammeError if nobody has said."""
    permission = getattr(app.view_functions[endpoint], "permission", None)
    if not isinstance(permission, Permission):
        raise ProgrammeError(f"{endpoint} has no policy. Mark its view with @public or @needs(…).")
    return permission


def roles_of(permission: Permission) -> frozenset[Role]:
    """The roles that come through with this permission; ProgrammeError if nobody has said."""
    if permission not in _ROLES:
        raise ProgrammeError(f"Nobody has said which roles may {permission}. Say it in webapp/access.py.")
    return _ROLES[permission][0]


def check_permission() -> Response | None:
    """Lets a request through to its view, sends it to sign in, or refuses it."""
    if request.endpoint is None:
        return None
    permission = permission_of(current_app, request.endpoint)
    if permission is Permission.PUBLIC:
        _greet()
        return None
    session = me()
    if session is None:
        why = _why_ended()
        sessions.end()
        if request.method not in ("GET", "HEAD"):
            abort(403, why or _ENDED)
        if why:
            sessions.tell(why)
        return redirect(url_for("signing.sign_in"))
    if permission not in _BY_THEIR_SERVICES:
        _check_role(session, *_ROLES[permission])
    return None


def _why_ended() -> str:
    """Why who was signed in is so no longer; empty for those who were not, and who signed out themselves."""
    token = sessions.token()
    found = why_ended(db(), token) if token else None
    if found is None:
        return ""
    why, at = found
    # Only today's time is told: the session itself lasts no longer.
    return _WHY.get(why, "").format(at=f" at {at.astimezone(clock.LONDON):%H:%M}" if at else "")


def _check_role(session: Session, roles: frozenset[Role], sentence: str) -> None:
    if session.role not in roles:
        with suppress(Refused):
            console.refuse(db(), sessions.token(), f"open {request.endpoint}", roles)
        raise Refused(sentence)


def _greet() -> None:
    """Finds out who is signed in for the head of a public page, which is shown without the graph as well."""
    if request.blueprint == "about":
        with suppress(SignpostError):
            me()


def me() -> Session | None:
    """Who is signed in, read from the graph once a request; None if nobody is."""
    return cast("Session | None", getattr(current_user, "session", None))


def is_a(role: Role) -> bool:
    """Whether somebody of this role is signed in."""
    session = me()
    return session is not None and session.role is role


def _visitor() -> Visitor | None:
    token = sessions.token()
    g.me = show_session(db(), token) if token else None
    return None if g.me is None else Visitor(g.me)
