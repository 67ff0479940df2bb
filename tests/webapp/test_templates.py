"""Our own templates use nothing that they were not given."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from jinja2 import ChainableUndefined, UndefinedError

from graph.model import holdings, watching
from graph.model.area import Agencies, AreaChild, Lack, NamedChild, NamePage, Narrowing, count_children
from graph.model.brokering import Answer, AskingLine, AskingList, AskingPage
from graph.model.brokering import Outcome as Contacted
from graph.model.changes import MyChild, MyChildren
from graph.model.circle import ChildRow, Depth, SearchResult, Standing
from graph.model.corrections import (
    Asker,
    Kind,
    Objection,
    Outcome,
    Refusal,
    RequestLine,
    RequestList,
    State,
    Wrong,
)
from graph.model.feeds import FEEDS
from graph.model.file_names import Name
from graph.model.filter import FilterFault
from graph.model.freshness import ScopeRow, Stopped, TrendRun, states_of
from graph.model.kinds import Domain, Visibility
from graph.model.looks import LookLine, LookPage
from graph.model.made_of import MadeOf, RecordLine, Wish
from graph.model.packs import Choice, Concern, Held, Item, Section, Source
from graph.model.packs import Occasion as PackOccasion
from graph.model.packs import make as pack_of
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
    WishLine,
    clues,
    consequence,
    folded,
)
from graph.model.roles import Role
from graph.model.shielding import (
    Evidence,
    Finding,
    Ground,
    InForce,
    OverrideLine,
    Proposed,
    ShieldLine,
    ShieldList,
    ShieldPage,
    Wanted,
)
from graph.model.statements import OwnInvolvement, OwnService
from graph.model.staying import Category, Stay, StayPage
from graph.model.timeline import timeline_of
from graph.model.together import Bond, Cell, Chosen, Connection, Hop, Line, Stop, Together, Way
from graph.model.watching import AlertLine, AlertList, Signal
from graph.services.access import Account, OwnSession
from graph.services.accounts import Application, Asked, Invited, Whole
from graph.services.console import Board, Counted, RunLine, RunPage
from graph.services.demonstration import Person
from graph.services.fresh import Action
from graph.services.load_queries import Publication
from graph.services.made_of import Checked
from graph.services.overriding import NoticeRow
from graph.services.own_sign_in import OwnSignIn
from graph.services.passkeys import Passkey
from graph.services.progress import Progress
from graph.services.requests import LineAsked, RequestPage
from graph.services.statements import OwnPage
from tests.webapp import pages_of, walks_of
from webapp import jobs
from webapp.beside import draw_together, draw_ways
from webapp.drawing import draw
from webapp.inbox import Inbox, RefusedLines, WaitingFile
from webapp.proving import Errand
from webapp.views.accounts import ActivationForm, DetailsForm, NewForm
from webapp.views.alerts import AlertForm
from webapp.views.area import NarrowForm, WhyForm, _tables
from webapp.views.children import ReasonForm
from webapp.views.corrections import ObjectionForm, OutcomeForm, WrongForm
from webapp.views.directory import DirectoryForm
from webapp.views.finding import FindForm
from webapp.views.involvement import EndForm, InvolvementForm
from webapp.views.made_of import RecordsForm
from webapp.views.packs import PackForm
from webapp.views.passkeys import CodeForm, NameForm
from webapp.views.review import DecisionForm
from webapp.views.shields import DecideForm, FindingForm, KeepForm, OverrideForm, ProposeForm, StayForm
from webapp.views.shields import EndForm as EndShieldForm
from webapp.views.signing import SignInForm
from webapp.views.team import AskForm
from webapp.views.team import OutcomeForm as TeamForm

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
ALERT = AlertLine(
    "6" * 24,
    Signal.BURST,
    "Dawn Okoro",
    "Hillbrook",
    None,
    MOMENT,
    3,
    TODAY,
    True,
    None,
    False,
    watching.State.OPEN,
    None,
)
SETTLED_ALERT = replace(
    ALERT, child_number="9ABCDEFGHJ", times=1, overdue=False, owner="Ida Stone", state=watching.State.SETTLED,
    outcome=watching.Outcome.CHANCE,
)  # fmt: skip
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
    "0" * 24, Kind.CORRECTION, "Ana Costa", "0" * 32, Wrong.DATES, None, True, "Early help", "Northshire list", TODAY,
    date(2026, 12, 22), State.TAKEN, None, None, False, "Omar Said", False,
)  # fmt: skip
SETTLED = replace(LINE, state=State.SETTLED, outcome=Outcome.CORRECTED, settled_on=TODAY, name=None, handle=None)
CHANGED = MyChild("0" * 32, "Ana Costa", 9, ("School: Hillbrook recorded.",))
MINE_LISTED = MyChildren((CHANGED,), 2, 3, 41, 1, "1.1", datetime(2026, 11, 22, tzinfo=UTC), more=True)
OBJECTED = replace(
    LINE, kind=Kind.OBJECTION, wrong=Objection.AT_RISK, objector=Asker.CARER, of_a_line=False, about=None, again=True,
    state=State.OPEN, outcome=Outcome.REFUSED, settled_on=TODAY, refusal=Refusal.COMPELLING, review_on=TODAY, told=True,
    settled_by="Omar Said",
)  # fmt: skip
REQUESTED = RequestList((LINE, SETTLED, OBJECTED), 1, 2, 21)


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
WISHES = (WishLine("0" * 32, TODAY, mine=True), WishLine("0" * 32, TODAY, mine=False))
QUEUE = Queue((*CASES, replace(CASES[0], handle=None, since=None)), 1, 2, 30, 1, 1, 1, 1, WISHES)
RECORD = RecordLine(
    "r" + "0" * 12,
    "School census",
    "Bea Costa",
    TODAY,
    ("Hillbrook",),
    TODAY,
    True,
    "It was compared",
    CASE.clues,
    False,
    True,
)
BARE = replace(
    RECORD, name=None, date_of_birth=None, services=(), since=None, said_now=False, clues=(), numbered=True, asked=False
)
MADE_OF = MadeOf("Ana Costa", "0" * 32, "0" * 32, False, (RECORD, BARE), None)
WISHED = replace(MADE_OF, shielded=True, wish=Wish(TODAY, "Omar Said", mine=True, whose="Bea Costa"))
JOINED = DecidedLine("0" * 24, "Ana Costa", Said.SAME, "May be a twin", date(2026, 11, 1), "Omar Said", None)
SEEN = Look(datetime(2026, 11, 21, tzinfo=UTC), "Dawn Okoro", None, "child.circle", "wellbeing")
KEY = Passkey("AAAA", "Work laptop", backed_up=False, added_at=0, used_at=None)
SESSIONS = [
    OwnSession(True, 0, 60_000, None, None, "passkey", 1),
    OwnSession(False, 0, 60_000, 70_000, "newer", None, 1),
    OwnSession(False, 0, 60_000, None, None, "password and code", 1),
]
ERRAND = Errand(Action.KEYS, "", "passkeys.show_own", {})
KIM = Invited("0" * 16, "kim.lake", "Kim Lake", "Harbour", "practitioner", "")
WHOLE = Whole(
    "0" * 16, "kim.lake", "Kim Lake", "auditor", "Harbour", None, False, None, None, None, None, 300, "active"
)
ACCOUNT = Account("kim.lake", "Kim Lake", Role.AUDITOR, "Harbour", None, "invited")
WANTED = Application(
    "0" * 24,
    "new",
    "asked",
    *("kim.lake", "Kim Lake", "practitioner", "Harbour", "E06000001", True, None, None, date(2027, 3, 31), None, None),
    *(None, "0" * 16, "Lee Grant", 0, None),
)

LOOKS = LookPage(
    "Ana Costa",
    tuple(
        LookLine(SEEN.at, SEEN.at, who, who, who, "The circle", "Early help assessment", refused, ("K7",), 1 + refused)
        for who, refused in (("Dawn", True), ("", False))
    ),
    True,
)
SAYS = Source("School census", "DfE", "school_census.csv", TODAY, said_now=True)
ITEMS = (
    Item("i1", Section.CHILD, "First name", "Ana", Concern.OWN, (SAYS, replace(SAYS, file=None, said_now=False))),
    Item("i2", Section.SERVICES, "Service", "Youth justice", Concern.GUARDED, (SAYS,), since=TODAY, until=TODAY),
    Item("i3", Section.NUMBERS, "NHS number", "9990000018", Concern.OWN, (SAYS,), number=True),
    Item("i4", Section.LOOKS, "Who looked at the entry", "Each look", Concern.OWN),
)
HELD = Held("0" * 32, "Ana Costa", "K7Q2M94D0B", True, "0" * 32, ITEMS, LOOKS)
MADE = pack_of(HELD, {"i2": Choice.INCLUDE}, PackOccasion(Asker.CHILD, "Omar Said", "Northshire", SEEN.at))
CHOOSING = {"held": HELD, "form": PackForm, "sections": tuple(Section), "choices": tuple(Choice)}
WAITS = ShieldLine(
    "Ana Costa", "0" * 32, Ground.ADOPTION.words, "Proposed: shield", None, date(2026, 11, 23), overdue=True, mine=True
)
OVERRIDE = OverrideLine(
    override_id="0" * 24,
    name=None,
    handle=None,
    by="Priya Nair",
    organisation="Northshire",
    at=datetime(2026, 11, 21, tzinfo=UTC),
    due_on=date(2026, 11, 23),
    overdue=False,
    owner=None,
    mine=False,
    finding=None,
    ground="Missing since the morning",
)
IN_FORCE = InForce("S0", Ground.ADOPTION, "proposed", date(2026, 11, 1), None, None)
SHIELD = ShieldPage("0" * 32, "Ana Costa", "0123456789", (IN_FORCE,), None)
PROPOSED = Proposed(
    proposal_id="0" * 24,
    wanted=Wanted.BEGIN,
    ground=Ground.ADOPTION,
    evidence=Evidence.REFUGE,
    words="A word",
    review_on=date(2027, 1, 1),
    urgent=True,
    by="Grace Field",
    on=date(2026, 11, 1),
    due_on=date(2026, 11, 2),
    mine=False,
)
OF_A_SHIELD = {"errors": None, "propose": ProposeForm, "end": EndShieldForm, "keep": KeepForm, "decide": DecideForm}
STAY = Stay(Category.CARE_LEAVER, date(2026, 11, 1), date(2033, 11, 1), "Grace Field")
STAYS = StayPage("0" * 32, "Ana Costa", date(2026, 12, 1), STAY, may_record=True)
WITH_TEAM = AskingLine(
    "0" * 24, None, None, "Attendance concern", date(2026, 11, 1), date(2026, 11, 3), True, Answer(False)
)
ASKED_TEAM = replace(
    WITH_TEAM, name="Ana", handle="0" * 32, answer=Answer(True, "01632 960400"), outcome=Contacted.CONTACT
)
PAGES: list[tuple[str, dict[str, Any]]] = [
    ("looks/child.html", {"page": LOOKS, "handle": "0" * 32}),
    ("looks/child.html", {"page": replace(LOOKS, lines=(), more=False), "handle": "0" * 32}),
    ("looks/sheet.html", {"page": LOOKS, "handle": "0" * 32}),
    ("looks/own.html", {"page": LOOKS}),
    ("looks/audit.html", {"page": LOOKS, "fault": None}),
    ("looks/audit.html", {"page": None, "fault": "Give a child’s number"}),
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
    (
        "children/circle.html",
        {"page": replace(CHILD, shielded=True, overridden=True, may_shield=True), "picture": draw(CHILD)},
    ),
    ("children/connections.html", {"page": CHILD, "picture": draw(CHILD), "back": "/"} | walks_of.given()),
    ("children/filter.html", {"fault": FilterFault("Wrong", "day"), "fault_field": "as-at-day", "asked": {"day": "x"}}),
    ("children/find.html", {"form": FindForm, "notices": [NoticeRow("0" * 24, 0)]}),
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
    ("corrections/object.html", {"form": ObjectionForm, "name": "Ana Costa", "handle": "0" * 32}),
    ("corrections/show.html", {"page": RequestPage(OBJECTED, "Omar Said", "Northshire"), "form": OutcomeForm}),
    ("made_of/show.html", {"page": MADE_OF, "form": RecordsForm, "chosen": {RECORD.key}, "problem": ""}),
    ("made_of/show.html", {"page": MADE_OF, "form": RecordsForm, "chosen": set(), "problem": "Choose the records."}),
    (
        "made_of/show.html",
        {"page": replace(MADE_OF, lines=(BARE,)), "form": RecordsForm, "chosen": set(), "problem": ""},
    ),
    ("made_of/show.html", {"page": WISHED, "form": RecordsForm, "chosen": set(), "problem": ""}),
    (
        "made_of/show.html",
        {
            "page": replace(MADE_OF, wish=Wish(TODAY, "Omar Said", mine=False, whose=None)),
            "form": RecordsForm,
            "chosen": set(),
            "problem": "",
        },
    ),
    ("made_of/check.html", {"found": Checked(MADE_OF, (RECORD, BARE), "Bea Costa"), "form": RecordsForm}),
    ("made_of/check.html", {"found": Checked(MADE_OF, (RECORD,), None), "form": RecordsForm}),
    ("packs/choose.html", CHOOSING | {"said": {}, "wrong": []}),
    ("packs/choose.html", CHOOSING | {"held": replace(HELD, shielded=False), "said": {"i2": ""}, "wrong": ["i2"]}),
    ("packs/show.html", {"pack": MADE}),
    ("packs/show.html", {"pack": pack_of(HELD, {each.key: Choice.SERIOUS_HARM for each in ITEMS}, MADE.occasion)}),
    ("corrections/queue.html", {"found": REQUESTED, "settled": False}),
    ("corrections/queue.html", {"found": RequestList((), 1, 1, 0), "settled": True}),
    ("corrections/show.html", {"page": RequestPage(LINE, "Dawn Okoro", "Hillbrook"), "form": OutcomeForm}),
    ("corrections/show.html", {"page": RequestPage(SETTLED, "Dawn Okoro", ""), "form": OutcomeForm}),
    (
        "alerts/list.html",
        {"found": AlertList((ALERT, replace(ALERT, mine=True, times=1)), 1, 2, 30, 1), "settled": False},
    ),
    ("alerts/list.html", {"found": AlertList((), 1, 1, 0, 0), "settled": True}),
    ("alerts/show.html", {"line": ALERT, "form": AlertForm}),
    ("alerts/show.html", {"line": SETTLED_ALERT, "form": AlertForm}),
    ("shields/list.html", {"found": ShieldList((WAITS,), (replace(WAITS, due_on=None),), (OVERRIDE,), 3)}),
    ("shields/list.html", {"found": ShieldList((), (), (), 0)}),
    ("shields/looked.html", {"line": OVERRIDE, "form": FindingForm}),
    ("shields/looked.html", {"line": replace(OVERRIDE, finding=Finding.JUSTIFIED), "form": FindingForm}),
    ("shields/override.html", {"form": OverrideForm, "handle": "0" * 32}),
    ("shields/show.html", {"page": SHIELD} | OF_A_SHIELD),
    ("shields/show.html", {"page": replace(SHIELD, proposed=PROPOSED)} | OF_A_SHIELD),
    ("shields/show.html", {"page": replace(SHIELD, shields=())} | OF_A_SHIELD),
    ("shields/show.html", {"page": replace(SHIELD, shields=(replace(IN_FORCE, state="held"),))} | OF_A_SHIELD),
    ("shields/stay.html", {"page": STAYS, "form": StayForm}),
    ("shields/stay.html", {"page": replace(STAYS, stay=None), "form": StayForm}),
    ("shields/stay.html", {"page": replace(STAYS, stay=None, may_record=False), "form": StayForm}),
    ("team/ask.html", {"form": AskForm, "name": "Ana Costa", "handle": "0" * 32}),
    ("team/asked.html", {"found": AskingList((ASKED_TEAM, WITH_TEAM), 1, 2, 30), "manages": True}),
    ("team/asked.html", {"found": AskingList((), 1, 1, 0), "manages": False}),
    ("team/queue.html", {"found": AskingList((ASKED_TEAM, WITH_TEAM), 1, 2, 30), "settled": False}),
    ("team/queue.html", {"found": AskingList((), 1, 1, 0), "settled": True}),
    ("team/show.html", {"page": AskingPage(ASKED_TEAM, "Dawn Okoro", "Hillbrook"), "form": TeamForm}),
    ("team/show.html", {"page": AskingPage(WITH_TEAM, "Dawn Okoro", ""), "form": TeamForm}),
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
    ("review/decision.html", {"line": replace(JOINED, said=Said.DIFFERENT, taken_off=True)}),
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
    ("signing/sign_in.html", {"form": SignInForm, "people": [], "password": "", "told": "You were signed out."}),
    ("signing/sign_in.html", {"form": SignInForm, "people": [INVENTED], "password": "abcd-efgh", "told": ""}),
    ("passkeys/add.html", {"form": NameForm}),
    ("passkeys/prove.html", {"form": CodeForm, "errand": ERRAND, "code": None}),
    ("passkeys/prove.html", {"form": CodeForm, "errand": ERRAND, "code": "123456"}),
    ("passkeys/remove.html", {"passkey": KEY}),
    ("passkeys/show_own.html", {"own": OwnSignIn([], [], has_code=True)}),
    ("passkeys/show_own.html", {"own": OwnSignIn([KEY, replace(KEY, used_at=1)], SESSIONS, has_code=False)}),
    ("accounts/activate.html", {"form": ActivationForm, "who": KIM, "seed": "AB", "uri": "otpauth:", "link": "0" * 43}),
    ("accounts/application.html", {"found": WANTED, "may": True, "role": Role.PRACTITIONER}),
    ("accounts/application.html", {"found": WANTED, "may": False, "role": Role.PRACTITIONER}),
    ("accounts/approved.html", {"link": None}),
    ("accounts/approved.html", {"link": "https://signpost.example/activate/0"}),
    ("accounts/ask.html", {"form": NewForm, "account": None}),
    ("accounts/ask.html", {"form": DetailsForm, "account": WANTED}),
    ("accounts/asked.html", {"asked": Asked("0" * 24, "abcde-fghjk"), "name": "Kim Lake"}),
    ("accounts/asked.html", {"asked": Asked("0" * 24, None), "name": "Kim Lake"}),
    ("accounts/list_accounts.html", {"accounts": [], "waiting": []}),
    ("accounts/list_accounts.html", {"accounts": [ACCOUNT], "waiting": [WANTED]}),
    ("accounts/show.html", {"account": WHOLE, "own": False, "role": Role.AUDITOR}),
    ("accounts/show.html", {"account": replace(WHOLE, status="disabled"), "own": True, "role": Role.AUDITOR}),
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
    shared |= {"involvement/macros.html", "corrections/macros.html", "review/macros.html", "passkeys/macros.html"}
    shared |= {"accounts/macros.html", "looks/macros.html", "alerts/macros.html", "packs/macros.html"}
    shared |= {"children/filter_form.html", "children/around.html"}
    shared |= {"area/parts.html", "area/together.svg", "area/connection.svg"}

    ours = {name for name in bare_site.jinja_env.list_templates() if not name.startswith("govuk_")}

    assert ours - shared == {name for name, _values in PAGES}
