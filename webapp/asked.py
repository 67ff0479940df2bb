"""What of a circle or a list an address asks for, and the addresses that ask for something else of a circle."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask import Flask, request, url_for

from graph.model import clock
from graph.model.filter import Filter, Show, read_filter, word_of
from graph.model.intervals import in_words, months_before
from graph.model.kinds import Domain

_WORDS = {
    Show.RECENT: "Current, and ended in the 12 months before",
    Show.CURRENT: "Current only",
    Show.ENDED: "All that has ended",
    Show.ALL: "Current, and all that has ended",
}
_FORMS_KEPT = 64
# How many months back the links of the form lead.
_BACK = ((3, "3 months ago"), (12, "12 months ago"))


def chosen() -> Filter:
    """What of the circle the query string asks for; FilterFault, which is answered with its form, if it cannot be."""
    return read_filter(request.args, clock.day_in_england(clock.now()))


def page_number() -> int:
    """Which page of a list the query string asks for, from 1; the first if it says nothing that is a page."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def address(endpoint: str, handle: str, asked: Filter | None, **more: str | None) -> str:
    """The address of a page of a child that obeys the same filter, or none; `more` stands in its query string too."""
    query: dict[str, Any] = {} if asked is None else {**asked.query(clock.day_in_england(clock.now()))}
    return url_for(endpoint, handle=handle, **(query | more))


def words(asked: Filter) -> str:
    """A filter in one phrase for a caption: `As at 3 May 2026, current only, health and justice`."""
    kinds = [domain.value for domain in Domain if domain in asked.domains]
    said = [f"As at {in_words(asked.as_at)}", _WORDS[asked.show][:1].lower() + _WORDS[asked.show][1:]]
    return "; ".join([*said, *([f"only {', '.join(kinds)}"] if kinds else [])])


def _back(handle: str, asked: Filter) -> list[dict[str, str]]:
    """The links Today, 3 and 12 months ago: this page again, with the rest of the filter as it is."""
    today = clock.day_in_england(clock.now())
    days = [(today, "Today"), *((months_before(today, months), said) for months, said in _BACK)]
    here = request.endpoint or ""
    return [
        {"href": address(here, handle, replace(asked, as_at=day)), "text": said}
        for day, said in days
        if day != asked.as_at
    ]


def fields(asked: Filter) -> dict[str, str]:
    """A filter as the fields of its form."""
    day = asked.as_at
    boxes = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
    return asked.query(day) | boxes


def _choices(asked: str) -> list[dict[str, object]]:
    return [{"value": show.value, "text": said, "selected": show.value == asked} for show, said in _WORDS.items()]


def _kinds(asked: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "value": "yes",
            "name": word_of(domain),
            "id": "kind-" + word_of(domain),
            "text": domain.value[:1].upper() + domain.value[1:],
            "checked": bool(asked.get(word_of(domain))),
        }
        for domain in Domain
    ]


def init_app(app: Flask) -> None:
    """Gives the templates what the form of the filter needs."""

    @lru_cache(maxsize=_FORMS_KEPT)
    def form(asked: Filter) -> str:
        """The form as it stands on a page: of the filter alone, and a third of what writing a circle costs."""
        macros: Any = app.jinja_env.get_template("children/filter_form.html").module
        written: str = macros.filter_form(fields(asked))  # as Jinja wrote it, escaped
        return written

    app.jinja_env.globals.update(filter_back=_back, filter_choices=_choices, filter_kinds=_kinds)
    app.jinja_env.globals.update(child_address=address, filter_form_of=form)
    app.jinja_env.filters.update(filter_words=words)
