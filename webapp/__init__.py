"""Pages: a thin view asks one service and shows one template."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from graph.model.errors import ProgrammeError
from graph.services.demonstration import passwords_file
from graph.services.passkeys import RelyingParty
from graph.settings import Settings
from graph.store import Database
from webapp import access, asked, errors, guard, secrets, walking
from webapp.database import keep_database
from webapp.folders import Folders
from webapp.formatters import FILTERS
from webapp.handles import HandleConverter, JobConverter, ServiceKeyConverter
from webapp.manifest import read_names
from webapp.navigation import navigation
from webapp.sessions import SealedSessions
from webapp.views import (
    about,
    accounts,
    alerts,
    area,
    circle,
    connections,
    console,
    corrections,
    directory,
    files,
    finding,
    home,
    involvement,
    looks,
    made_of,
    packs,
    passkeys,
    review,
    shields,
    signing,
    team,
)

_LIMIT = 64 * 1024


def create_app(settings: Settings, database_factory: Callable[[], Database]) -> Flask:
    """The site. The factory is called at the first request that needs the graph: after any fork, once a process."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=secrets.read_secret_key(settings.secret_key_file),
        SIGNPOST_DEMO=settings.demo,
        SIGNPOST_PASSWORDS=passwords_file(settings),
        SIGNPOST_PROXIES=settings.proxies,
        SIGNPOST_PARTY=RelyingParty(settings.origin),
        MAX_CONTENT_LENGTH=_LIMIT,
        MAX_FORM_MEMORY_SIZE=_LIMIT,
        MAX_FORM_PARTS=40,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=10),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = SealedSessions(app.config["SECRET_KEY"])
    keep_database(app, database_factory)
    app.extensions["signpost-folders"] = Folders(settings.inbox, settings.jobs, settings.rejects)
    _prepare_templates(app)
    guard.init_app(app)
    CSRFProtect(app)
    access.init_app(app)
    app.before_request(shields.leave_if_elsewhere)
    errors.init_app(app)
    app.url_map.converters |= {"handle": HandleConverter, "service_key": ServiceKeyConverter, "job": JobConverter}
    for topic in (
        home,
        signing,
        passkeys,
        accounts,
        finding,
        area,
        involvement,
        corrections,
        review,
        looks,
        made_of,
        packs,
        alerts,
        shields,
        team,
        circle,
        connections,
        directory,
        about,
        console,
        files,
    ):
        app.register_blueprint(topic.bp)
    access.check_policies(app)
    return app


def _prepare_templates(app: Flask) -> None:
    # GOV.UK's own macros need undefined values to chain; a test renders ours with strict ones.
    app.jinja_options = {"undefined": ChainableUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(f"{app.root_path}/templates"),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    for filters in (FILTERS, walking.FILTERS):
        if set(filters) & set(app.jinja_env.filters):
            raise ProgrammeError("A filter has the name of one of Jinja's or of another of ours. Rename it.")
        app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(assets=read_names(), navigation=navigation)
    asked.init_app(app)
    WTFormsHelpers(app)
