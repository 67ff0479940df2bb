"""Our own templates use nothing that they were not given."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from jinja2 import ChainableUndefined, UndefinedError

from graph.model import holdings
from graph.model.area import Agencies, AreaChild, Lack, NamedChild, NamePage, Narrowing, count_children
from graph.model.changes import MyChild, MyChildren
from graph.model.circle import ChildRow, Depth, SearchResult, Standing
from graph.model.corrections import Outcome, RequestLine, RequestList, State, Wrong
from graph.model.feeds import FEEDS
from graph.model.file_names import Name
from graph.model.filter import FilterFault
from graph.model.freshness import ScopeRow, Stopped, TrendRun, states_of
from graph.model.kinds import Domain, Visibility
from graph.model.quality import Figures, Filled, Snapshot, compare
from graph.model.received import Sender
from graph.model.review import (
    CaseLine,
    CasePage,
    DecidedLine,
    DecidedList,
    Doubt,
    Look,
    Queue,
    Row,
    Said,
    Stage,
    clues,
    consequence,
    folded,
)
from graph.model.roles import Role
from graph.model.statements import OwnInvolvement, OwnService
from graph.model.timeline import timeline_of
from graph.model.together import Bond, Cell, Chosen, Connection, Hop, Line, Stop, Together, Way
from graph.services.console import Board, Counted, RunLine, RunPage
from graph.services.demonstration import Person
from graph.services.load_queries import Publication
from graph.services.progress import Progress
from graph.services.requests import LineAsked, RequestPage
from graph.services.statements import OwnPage
from tests.webapp import pages_of, walks_of
from webapp import jobs
from webapp.beside import draw_together, draw_ways
from webapp.drawing import draw
from webapp.inbox import Inbox, RefusedLines, WaitingFile
from webapp.views.area import NarrowForm, WhyForm, _tables
from webapp.views.children import ReasonForm
from webapp.views.corrections import OutcomeForm, WrongForm
from webapp.views.directory import DirectoryForm
from webapp.views.finding import FindForm
from webapp.views.involvement import EndForm, InvolvementForm
from webapp.views.review import DecisionForm
from webapp.views.signing import SignInForm

CHILD = pages_of.page()
SIGNPOST = pages_of.page(depth=Depth.SIGNPOST, may_open_circle=True, carers=(), home=None)
SHIELDED = pages_of.page(shielded=True, services=(), lead=None, home=None, notices=("Ask the directory team.",))
INVENTED = Person("dawn", "Dawn Okoro", Role.PRACTITIONER, "Hillbrook Primary School", None, "123456")
ROW = ChildRow("0" * 32, "Ana Costa", 9, "female", ("Maria Costa",))
ABOUT: dict[str, Any] = {
    "held": holdings.HOLDINGS,
    "words": holdings.WORDS,
    "dropped": list(holdings.DROPPED),
    "lookers": holdings.LOOKERS,
    "asked": holdings.ASKED,
    "may_see": holdings.may_see,
    "kinds": {"OPEN": ["School"], "NEED_TO_KNOW": ["Police"], "SENSITIVE": ["Mental health"]},
    "adult_at": 18,
    "years_after_death": 1,
}
MOMENT = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
NEWEST = TrendRun(2, "PDS", 31, date(2026, 11, 1), "full", 100, 90, 10, MOMENT)
CONSOLE = Board(
    states_of([ScopeRow("pds", "nhs", (NEWEST, NEWEST))], [Stopped("pds", "Jo Marsh", MOMENT)], date(2026, 11, 21)),
    Publication(2, [], 3, "here", 3, None),
)
COUNTED = (Counted("bad_date", "The value is not a date.", 3),)
LINES = (RefusedLines("bad_date", ("DOB",), (3, 4), True),)
RUN = RunPage(
    2, "pds", "PDS", "nhs", "full", "published", as_at=date(2026, 11, 1), rows=100, kept=97, refused=3, skipped=0,
    refused_by=COUNTED, skipped_by=COUNTED, counts={"new": 97}, warnings=("A warning.",),
    seconds={"check": 0.2}, latest=2,
)  # fmt: skip
LISTED = RunLine(2, "pds", "nhs", "full", date(2026, 11, 1), "published", 100, 97, 3, MOMENT)
WAITING = WaitingFile(Path("a.csv"), Name("pds", "nhs", date(2026, 11, 1), True, "csv"), FEEDS["pds"], 2048, MOMENT)
KEPT = jobs.Kept("20261121T120000-0123abcd", jobs.Kind.LOAD, (), "pds", "a.csv", None, "Jo Marsh", 1.0)
RUNNING = jobs.Job(KEPT, jobs.State.RUNNING, Progress(1, 1.0, "records", 10, 40, 5.0, 6.0))
LOADED = jobs.Job(
    KEPT, jobs.State.DONE, Progress(1, 1.0, code=0, said="Said."),
    {"outcome": "loaded", "run": 2, "rows": 3, "kept": 2, "refused": {"bad_date": 1}, "skipped": {},
     "counts": {"new": 2, "quarantined": 1}, "errors": ["Why."], "warnings": ["A warning."]},
)  # fmt: skip
SNAPSHOT = Snapshot(MOMENT, 2, Figures({"children": 1}, {"pds": {"child": Filled(1, {"upn": 1})}}, waiting={"pds": 1}))
TODAY = date(2026, 11, 22)
HUB = OwnService(
    "NS-HUB", "Early help", Visibility.OPEN, "early_help", "Northshire", "01632 960420", "Mon-Fri 09:00-17:00", None
)
MIND = OwnService("NS-MIND", "Mind", Visibility.SENSITIVE, "mental_health", None, None, None, None)
MINE = OwnInvolvement(
    "0" * 32, "f.0.0", HUB, "key worker", False, TODAY, None, "consent", TODAY, TODAY, "Said in Signpost"
)
OWN = OwnPage("Ana Costa", date(2017, 6, 4), HUB, (MINE,), ("key worker",), "Priya Nair", lead_is_me=False)
NONE_YET = OwnPage("Ana Costa", None, None, (), ("key worker",), None, lead_is_me=False)
LINE = RequestLine(
    "0" * 24, "Ana Costa", "0" * 32, Wrong.DATES, True, "Early help", "Northshire list", TODAY, date(2026, 12, 22),
    State.TAKEN, None, None, False, "Omar Said", False,
)  # fmt: skip
SETTLED = replace(LINE, state=State.SETTLED, outcome=Outcome.CORRECTED, settled_on=TODAY, name=None, handle=None)
CHANGED = MyChild("0" * 32, "Ana Costa", 9, ("School: Hillbrook recorded.",))
MINE_LISTED = MyChildren((CHANGED,), 2, 3, 41, 1, "1.1", datetime(2026, 11, 22, tzinfo=UTC), more=True)
REQUESTED = RequestList((LINE, SETTLED), 1, 2, 21)


def own_form(service: OwnService = HUB) -> dict[str, Any]:
    """A form filled in for a service, as the views make it."""
    form = InvolvementForm(role="key worker", day="1", month="2", year="2026", version="f.0.0")
    form.for_service(service, ("key worker",))
    form.since = TODAY
    return {"form": form, "own": OWN, "service": service, "handle": "0" * 32, "heading": "Record", "checking": "Check"}


def end_form() -> dict[str, Any]:
    """The form that ends an involvement."""
    form = EndForm(removal="ended", day="1", month="2", year="2026")
    form.for_involvement(MINE)
    form.until = TODAY
    return {"form": form, "own": OWN, "line": MINE, "handle": "0" * 32}


def wrong_form() -> dict[str, Any]:
    """The form about a line."""
    form = WrongForm()
    form.about(a_line=True)
    return {"form": form, "line": LineAsked("Ana Costa", "Early help"), "handle": "0" * 32, "heading": "Wrong"}


AGENCIES = Agencies(5, ("Housing", "Police"), date(2025, 1, 6), None, 40)
NAMED = NamedChild("0" * 32, "Ana Costa", 9, AGENCIES)
COUNTS = count_children([AreaChild("a", 9, (), frozenset({Lack.SCHOOL}))], Narrowing(), ("police",), date(2026, 1, 1))
ASKED = Narrowing(agencies=5, kinds=frozenset({"police"}), overlap_days=3, lacks=frozenset({Lack.SCHOOL}))
AREA = {"form": NarrowForm, "why": WhyForm, "lacks": list(Lack), "most": 200, "kinds": ("police",)}
CELL = Cell(date(2025, 1, 6), None, Standing.UNCONFIRMED, True, None)
TOGETHER = Together(
    (Chosen("0" * 32, "Ana Costa", 9, False), Chosen("1" * 32, "Reuben Addo", None, True)),
    (
        Line(Domain.JUSTICE, "Police", "Northshire Police", None, (CELL, None)),
        Line(Domain.HEALTH, "Ward", "Ward", "Trust", (CELL, CELL)),
    ),
    date(2026, 1, 1),
    "Safeguarding concern",
)
ANA, REUBEN, HOME = Stop("Ana Costa", "Child", ROW), Stop("Reuben Addo", "Child", ROW), Stop("one home", "Home")
HOPS = (
    Hop(ANA, Bond.LIVES_AT, "", HOME, None, ("Register",)),
    Hop(REUBEN, Bond.LIVES_AT, "", HOME, date(2025, 1, 1), ()),
)
CONNECTION = Connection((ANA, REUBEN), (Way((ANA, HOME, REUBEN), HOPS),), True, 2, False, date(2026, 1, 1))
UNCONNECTED = replace(CONNECTION, ways=(), more=False, aside=0)
WHY = {"reason": "safeguarding", "case_reference": ""}
CASE = CasePage(
    handle="0" * 32,
    version="0" * 32,
    name="Anna Costa",
    reason=Doubt.CO_TWIN.words,
    rows=(
        Row("Name", ("Anna Costa",), ("Ana Costa", "Ana Rose Costa"), personal=True),
        Row("NHS number", (), (), personal=True, together="Differ"),
        Row("School", (), ("Hillbrook",), personal=False),
    ),
    clues=clues(("given:exact:9", "born:exact:3", "sex:else:-3", "place:else:-9", "middle:unknown:0")),
    overall=None,
    margin="Another child fits nearly as well.",
    rival=("Bea Costa", "born 4 June 2017"),
    needs=2,
    stage=Stage.OPEN,
    may_decide=True,
    source="School census",
    since=date(2026, 11, 1),
)
LOOKED_AT = replace(CASE, clues=(), rival=(), stage=Stage.SECOND, may_decide=False, since=None, needs=1)
CASES = tuple(CaseLine("0" * 32, "May be a twin", date(2026, 11, 1), 20, 2, stage, mine=True) for stage in Stage)
QUEUE = Queue((*CASES, replace(CASES[0], handle=None, since=None)), 1, 2, 30, 1, 1, 1, 1)
JOINED = DecidedLine("0" * 24, "Ana Costa", Said.SAME, "May be a twin", date(2026, 11, 1), "Omar Said", None)
SEEN = Look(datetime(2026, 11, 21, tzinfo=UTC), "Dawn Okoro", None, "child.circle", "wellbeing")
PAGES: list[tuple[str, dict[str, Any]]] = [
    ("about/show.html", ABOUT | {"senders": None}),
    ("about/show.html", ABOUT | {"senders": [Sender("pds", "Personal Demographics Service", None, date.min, 31)]}),
    ("about/cookies.html", {}),
    ("about/help.html", {}),
    (
        "area/connection.html",
        {"shown": CONNECTION, "picture": draw_ways(CONNECTION), "handles": ["0" * 32, "1" * 32]} | WHY,
    ),
    ("area/connection.html", {"shown": UNCONNECTED, "picture": draw_ways(UNCONNECTED), "handles": []} | WHY),
    ("area/counts.html", {"counts": COUNTS, "narrowing": Narrowing(), "tables": _tables(COUNTS)} | AREA),
    ("area/counts.html", {"counts": COUNTS, "narrowing": ASKED, "tables": _tables(COUNTS)} | AREA),
    ("area/counts.html", {"counts": replace(COUNTS, children=201), "narrowing": ASKED, "tables": []} | AREA),
    ("area/names.html", {"page": NamePage((NAMED,), 41, 2, 3), "narrowing": ASKED} | WHY),
    ("area/names.html", {"page": NamePage((), 0, 1, 1), "narrowing": ASKED} | WHY),
    ("area/opened.html", {"rows": (ROW, ROW), "why": WhyForm}),
    ("area/opened.html", {"rows": (), "why": WhyForm}),
    ("area/together.html", {"shown": TOGETHER, "picture": draw_together(TOGETHER)} | WHY),
    ("children/circle.html", {"page": CHILD, "picture": draw(CHILD)}),
    ("children/connections.html", {"page": CHILD, "picture": draw(CHILD), "back": "/"} | walks_of.given()),
    ("children/filter.html", {"fault": FilterFault("Wrong", "day"), "fault_field": "as-at-day", "asked": {"day": "x"}}),
    ("children/find.html", {"form": FindForm}),
    ("children/reason.html", {"form": ReasonForm}),
    ("children/results.html", {"result": SearchResult((ROW,), too_many=False)}),
    ("children/results.html", {"result": SearchResult((ROW,), too_many=False, more=True)}),
    ("children/results.html", {"result": SearchResult((), too_many=True)}),
    ("children/results.html", {"result": SearchResult((), too_many=False)}),
    ("children/shielded.html", {"page": SHIELDED}),
    ("children/signpost.html", {"page": SIGNPOST, "picture": draw(SIGNPOST)}),
    ("directory/find.html", {"form": DirectoryForm, "found": None}),
    ("directory/find.html", {"form": DirectoryForm, "found": walks_of.FOUND}),
    ("directory/practitioner.html", {"page": walks_of.PRACTITIONER}),
    ("directory/service.html", {"page": walks_of.SERVICE}),
    ("console/feed.html", {"state": CONSOLE.feeds[6]}),
    ("console/feed.html", {"state": CONSOLE.feeds[0]}),
    ("console/file.html", {"file": WAITING, "state": CONSOLE.feeds[6], "scope": CONSOLE.feeds[6].scopes[0]}),
    ("console/file.html", {"file": WAITING, "state": CONSOLE.feeds[0], "scope": None}),
    ("console/files.html", {"board": CONSOLE, "inbox": Inbox((WAITING,), 2)}),
    ("console/job.html", {"job": RUNNING, "refused": (), "skipped": (), "lines": ()}),
    ("console/job.html", {"job": LOADED, "refused": COUNTED, "skipped": COUNTED, "lines": LINES}),
    ("console/jobs.html", {"jobs": [RUNNING, LOADED]}),
    ("console/quality.html", {"figures": compare([]), "published": 0}),
    ("console/quality.html", {"figures": compare([SNAPSHOT, SNAPSHOT]), "published": 9}),
    ("console/run.html", {"page": RUN, "lines": LINES}),
    ("console/runs.html", {"runs": [LISTED], "before": None, "older": 3}),
    ("console/show.html", {"board": CONSOLE, "running": [RUNNING], "inbox": Inbox((), 0), "commands": [("do", "it")]}),
    ("console/switch.html", {"state": CONSOLE.feeds[6]}),
    ("console/undo.html", {"page": RUN}),
    ("corrections/ask.html", {"": wrong_form}),
    ("corrections/asked.html", {"found": REQUESTED, "manages": True}),
    ("corrections/asked.html", {"found": RequestList((), 1, 1, 0), "manages": False}),
    ("corrections/queue.html", {"found": REQUESTED, "settled": False}),
    ("corrections/queue.html", {"found": RequestList((), 1, 1, 0), "settled": True}),
    ("corrections/show.html", {"page": RequestPage(LINE, "Dawn Okoro", "Hillbrook"), "form": OutcomeForm}),
    ("corrections/show.html", {"page": RequestPage(SETTLED, "Dawn Okoro", ""), "form": OutcomeForm}),
    ("review/apart.html", {"line": JOINED}),
    ("review/case.html", {"page": CASE, "form": DecisionForm}),
    ("review/case.html", {"page": LOOKED_AT, "form": DecisionForm}),
    (
        "review/check.html",
        {"page": CASE, "form": DecisionForm, "said": Said.SAME, "words": consequence(Said.SAME, 2), "button": "Do"},
    ),
    ("review/decided.html", {"found": DecidedList((JOINED, replace(JOINED, said=Said.DIFFERENT)), 1, 2, 30)}),
    ("review/decided.html", {"found": DecidedList((), 1, 1, 0)}),
    ("review/decision.html", {"line": JOINED}),
    ("review/decision.html", {"line": replace(JOINED, taken_apart_on=date(2026, 11, 22))}),
    ("review/decision.html", {"line": replace(JOINED, said=Said.DIFFERENT, name=None)}),
    ("review/looks.html", {"looks": folded((SEEN, SEEN)), "judgement_id": "0" * 24, "me": None}),
    (
        "review/looks.html",
        {"looks": (), "judgement_id": "0" * 24, "me": {"role": "data_manager", "name": "Omar", "organisation": ""}},
    ),
    ("review/queue.html", {"found": QUEUE}),
    ("review/queue.html", {"found": Queue((), 1, 1, 0, 0, 0, 0, 0)}),
    ("circle/sheet.html", {"page": CHILD}),
    ("circle/timeline.html", {"page": CHILD, "timeline": timeline_of(CHILD)}),
    ("errors/show.html", {"heading": "Page not found", "sentence": "Check the address."}),
    ("home/show.html", {"heading": "What an operator does here", "commands": [("command", "what it does")]}),
    ("signing/sign_in.html", {"form": SignInForm, "people": [], "password": ""}),
    ("signing/sign_in.html", {"form": SignInForm, "people": [INVENTED], "password": "abcd-efgh"}),
    ("involvement/check.html", {"": own_form}),
    ("involvement/check.html", {"": lambda: own_form(MIND)}),
    ("involvement/check_end.html", {"": end_form}),
    ("involvement/end.html", {"": end_form}),
    ("involvement/form.html", {"": own_form}),
    ("involvement/form.html", {"": lambda: own_form(MIND)}),
    ("involvement/mine.html", {"found": MyChildren((), 1, 1, 0, 0, "1.1", None, more=False), "begun": False}),
    ("involvement/mine.html", {"found": MINE_LISTED, "begun": True}),
    ("involvement/show.html", {"own": OWN, "handle": "0" * 32}),
    ("involvement/show.html", {"own": NONE_YET, "handle": "0" * 32}),
]


class StrictInOurs(ChainableUndefined):
    """Undefined values may be used in GOV.UK's templates, which are made for it, and in no template of ours."""

    def __str__(self) -> str:
        """Fails if one of our templates prints it."""
        self._check()
        return super().__str__()

    def __bool__(self) -> bool:
        """Fails if one of our templates asks whether it is so."""
        self._check()
        return super().__bool__()

    def __iter__(self) -> Any:
        """Fails if one of our templates goes through it."""
        self._check()
        return super().__iter__()

    def _check(self) -> None:
        frame = sys._getframe(2)
        while "/jinja2/" in frame.f_code.co_filename or "/markupsafe/" in frame.f_code.co_filename:
            assert frame.f_back is not None
            frame = frame.f_back
        if "/webapp/templates/" in frame.f_code.co_filename:
            raise UndefinedError(self._undefined_message)


# Compiled with the strict undefined, and never the site's own; one for all, since compiling is what takes long.
_COMPILED: dict[Any, Any] = {}


@pytest.fixture
def strict_site(bare_site: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(bare_site.jinja_env, "undefined", StrictInOurs)
    monkeypatch.setattr(bare_site.jinja_env, "cache", _COMPILED)
    return bare_site


@pytest.mark.parametrize(("name", "values"), PAGES)
def test_a_template_has_everything_that_it_uses(strict_site: Flask, name, values):
    with strict_site.test_request_context("/children/0123456789abcdef"):
        made = {key: value() if isinstance(value, type) else value for key, value in values.items()}
        # Forms that a view fills in are made whole, inside the request.
        made |= made.pop("", dict)()

        assert "<h1" in render_template(name, **made)


def test_an_unknown_name_would_be_noticed(strict_site: Flask):
    with strict_site.test_request_context("/"), pytest.raises(UndefinedError):
        render_template("errors/show.html", heading="Page not found")


def test_every_page_is_rendered_here(bare_site: Flask):
    shared = {"base.html", "macros.html", "console/macros.html", "children/circle.svg", "children/connections.svg"}
    shared |= {"involvement/macros.html", "corrections/macros.html", "review/macros.html"}
    shared |= {"children/filter_form.html", "children/around.html"}
    shared |= {"area/parts.html", "area/together.svg", "area/connection.svg"}

    ours = {name for name in bare_site.jinja_env.list_templates() if not name.startswith("govuk_")}

    assert ours - shared == {name for name, _values in PAGES}
