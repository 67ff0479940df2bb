"""What a worker does before its first visitor comes: compiled templates, and queries that the graph has planned."""

import gc
from contextlib import suppress
from threading import Thread

from flask import Flask

from graph.model.errors import SignpostError
from graph.services.warming import warm
from webapp.database import db


def make_ready(app: Flask) -> int:
    """How many templates have been compiled; done before the workers are forked, they all have them."""
    names = app.jinja_env.list_templates(extensions=["html", "svg"])
    for name in names:
        app.jinja_env.get_template(name)
    # What is there now stays: looking through it for rubbish took 60 ms, in the middle of somebody's page.
    gc.collect()
    gc.freeze()
    return len(names)


def warm_graph(app: Flask) -> Thread:
    """The thread in which the graph plans its queries. If it does not answer, the first visitor is told."""

    def work() -> None:
        with app.app_context(), suppress(SignpostError):
            warm(db())

    thread = Thread(target=work, name="warming", daemon=True)
    thread.start()
    return thread
