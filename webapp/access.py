"""Who may ask for which page: everything is refused but what a policy allows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin
from werkzeug.wrappers import Response

from graph.model.errors import ProgrammeError, Refused, SignpostError
from graph.model.roles import Role
from graph.services import console, review
from graph.services.access import Session, show_session
from webapp import sessions
from webapp.database import db

View = TypeVar("View", bound=Callable[..., Any])
_ENDED = "You have been signed out. Sign in again; nothing that you sent has been used."


class Permission(StrEnum):
    """What a page asks of who wants to see it."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    LOOK_UP_CHILDREN = "look up children"
    # The services of an area refuse every other role themselves, because that goes into the audit.
    SEE_AN_AREA = "see an area"
    READ_CONSOLE = "read the console"
    OPERATE = "operate loads"
    SETTLE_REQUESTS = "settle requests"
    REVIEW_MATCHES = "review matches"
    SEE_WHO_LOOKED = "see who looked"


# Pages of roles that never see a child. That another role asked for one is in the audit.
_REVIEW = {Permission.REVIEW_MATCHES: review.REVIEWERS, Permission.SEE_WHO_LOOKED: review.READERS}
_CONSOLE = {Permission.READ_CONSOLE: console.READERS, Permission.OPERATE: console.OPERATORS}


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
    """Puts the check before every view. Sessions are ours: Flask-Login keeps nothing and protects nothing."""
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(lambda _request: _visitor())
    manager.init_app(app, add_context_processor=False)
    app.before_request(check_permission)
    # What this request has found out already: a page about an error asks the graph nothing.
    app.context_processor(lambda: {"me": g.get("me")})


def check_policies(app: Flask) -> None:
    """Refuses to start with a page that nobody has decided who may see."""
    for rule in app.url_map.iter_rules():
        permission_of(app, rule.endpoint)


def permission_of(app: Flask, endpoint: str) -> Permission:
    """What a route asks for; ProgrammeError if nobody has said."""
    permission = getattr(app.view_functions[endpoint], "permission", None)
    if not isinstance(permission, Permission):
        raise ProgrammeError(f"{endpoint} has no policy. Mark its view with @public or @needs(…).")
    return permission


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
        sessions.end()
        return redirect(url_for("signing.sign_in")) if request.method in ("GET", "HEAD") else abort(403, _ENDED)
    if permission is Permission.LOOK_UP_CHILDREN and not session.role.sees_children:
        raise Refused("Your role does not look up children. Ask your administrator if you think that it should.")
    if permission in _CONSOLE:
        _check_role(session, _CONSOLE[permission])
    if permission is Permission.SETTLE_REQUESTS and session.role is not Role.DATA_MANAGER:
        raise Refused("Only data managers open this. Open Corrections in the menu to see what you have asked yourself.")
    if permission in _REVIEW and session.role not in _REVIEW[permission]:
        raise Refused("Only the data managers of an authority review matches. Ask yours if an entry looks wrong.")
    return None


def _check_role(session: Session, roles: frozenset[Role]) -> None:
    if session.role not in roles:
        console.refuse(db(), sessions.token(), f"open {request.endpoint}", roles)


def _greet() -> None:
    """Finds out who is signed in for the head of a public page, which is shown without the graph as well."""
    if request.blueprint == "about":
        with suppress(SignpostError):
            me()


def me() -> Session | None:
    """Who is signed in, read from the graph once a request; None if nobody is."""
    if "me" not in g:
        token = sessions.token()
        g.me = show_session(db(), token) if token else None
    return cast("Session | None", g.me)


def _visitor() -> Visitor | None:
    session = me()
    return None if session is None else Visitor(session)
