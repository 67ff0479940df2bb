"""How long pages take on the server and where the time goes: `python -m benchmarks.pages --children N`."""

import argparse
import gzip
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import flask
import jinja2
from flask import Flask
from flask.testing import FlaskClient

from benchmarks import circle
from benchmarks.asked import COMMITTING, TimedDatabase
from benchmarks.clients import Child, user
from benchmarks.homes import opened, served, settings_for
from benchmarks.measure import Times, apart, cpu_seconds, machine, switched_off, table, tell, times
from graph import server
from graph.model.circle import Depth
from graph.services import audit
from graph.services.handles import handle_of
from graph.services.warming import warm
from graph.settings import Connection, Settings
from graph.store import Database
from webapp import create_app, sessions
from webapp.warming import make_ready

# What issue 4 aims at.
AIMS = {"child's page, p99": 60.0, "audited pages a second": 50.0}
# What issue 6 aims at: the circle with its event, of the same circle without it.
AUDIT_RATIO = 1.5
_AUDIT = re.compile(r"^(audit/|access/lock)")
_REASON = "safeguarding"
_PEERS = 200
_WARM_UP = 200


@dataclass
class Shares:
    """Where a page's milliseconds went, on average: the graph's queries, audit and commit, templates, and the rest."""

    graph: float = 0.0
    audit: float = 0.0
    template: float = 0.0
    python: float = 0.0


@dataclass
class Page:
    """One page: its time on the server, where that went, and how large its answer is."""

    times: Times
    shares: Shares
    cpu_ms: float
    bytes: int
    compressed: int


@dataclass
class Report:
    """Everything that one run measured."""

    children: int
    machine: dict[str, Any]
    first: dict[str, float] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    a_second: dict[str, float] = field(default_factory=dict)
    peer: dict[str, float] = field(default_factory=dict)
    audited: dict[str, Times] = field(default_factory=dict)
    audit_ratio: dict[str, float] = field(default_factory=dict)
    aims: dict[str, dict[str, Any]] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what the words ask for and prints the report."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-pages-", dir=chosen.work) as work:
        report = measure(chosen, Path(work))
    print(json.dumps(asdict(report), default=str) if chosen.json else in_words(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description="How long pages take.")
    parser.add_argument("--children", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-at", type=date.fromisoformat, default=date.today() - timedelta(days=1), metavar="DATE")
    graph = parser.add_mutually_exclusive_group()
    graph.add_argument("--folder", type=Path, metavar="DIR", help="files to load, instead of an invented population")
    graph.add_argument("--home", type=Path, metavar="HOME", help="a folder whose graph is loaded already; it stays")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to put what is needed meanwhile")
    parser.add_argument("--heap", metavar="SIZE", help="of the server, like 1g")
    parser.add_argument("--page-cache", metavar="SIZE", help="of the server, like 512m")
    parser.add_argument("--calls", type=int, default=300, help="of each page, each about another child")
    parser.add_argument("--workers", type=int, default=2, help="processes that answer at the same time")
    parser.add_argument("--lasting", type=float, default=8.0, metavar="SECONDS", help="how long they do")
    parser.add_argument("--authority", default="E10000901", help="whose safeguarding lead looks children up")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    return parser


def measure(chosen: argparse.Namespace, work: Path) -> Report:
    """The report, on a graph loaded for it unless one is given."""
    home = chosen.home or work / "home"
    settings = settings_for(home, children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache)
    if chosen.home is None:
        circle.fill(settings, chosen, work)
    return apart(_measured, settings, chosen, work)


def _measured(settings: Settings, chosen: argparse.Namespace, work: Path) -> Report:
    report = Report(chosen.children, machine())
    site_home = Settings(home=work / "site")
    with served(settings):
        with opened(settings) as db:
            children = circle.draw(db, chosen)
            tokens = [user(db, authority=chosen.authority) for _ in range(chosen.workers)]
        report.first["cold"] = _first_page(settings, site_home, tokens[0], children[0])
        children = children[:1] + _shown(settings, site_home, tokens[0], children[1:])
    # A new server has planned nothing: what warming does for the first visitor can be seen on the next.
    with served(settings):
        with opened(settings) as db:
            begun = time.perf_counter()
            warm(db)
            report.first["warming itself"] = round(1000 * (time.perf_counter() - begun), 1)
        report.first["after warming"] = _first_page(settings, site_home, tokens[0], children[1])
        _pages(report, settings, site_home, tokens[0], iter(children[2:]), chosen.calls)
        tell(f"{chosen.workers} processes for {chosen.lasting:.0f} seconds …")
        at = server.connection(settings)
        for what, kind in (("audited pages", "child"), ("searches", "search"), ("peer's pages", "peer")):
            report.a_second[what] = _together(at, work, tokens, children, kind, chosen.lasting)
    _judge(report)
    return report


def _first_page(settings: Settings, site_home: Settings, token: str, child: Child) -> float:
    with opened(settings) as db:
        client = Visitor(site_of(site_home, db), token)
        begun = time.perf_counter()
        client.child(child)
        return round(1000 * (time.perf_counter() - begun), 1)


def _shown(settings: Settings, site_home: Settings, token: str, children: Sequence[Child]) -> list[Child]:
    """Those of the children who have a page: not who has died or left England since the register was written."""
    with opened(settings) as db:
        visitor = Visitor(site_of(site_home, db), token)
        return [child for child in children if visitor.has_page(child)]


def _pages(
    report: Report, settings: Settings, site_home: Settings, token: str, children: Iterator[Child], calls: int
) -> None:
    with TimedDatabase(server.connection(settings)) as db:
        visitor = Visitor(site_of(site_home, db), token)
        asks: dict[str, Callable[[Child], bytes]] = {
            "child's page": visitor.child,
            "search, results": visitor.search,
            "search, form": lambda _child: visitor.get("/find-a-child"),
            "reason, form": lambda child: visitor.get(f"/children/{visitor.handle(child)}/reason"),
            "about": lambda _child: visitor.get("/about"),
            "help": lambda _child: visitor.get("/help"),
        }
        # A site runs for days: Java has compiled what it runs often, and nobody's first visit is among these figures.
        others = [next(children) for _ in range(min(calls, _WARM_UP))]
        drawn = [next(children) for _ in range(calls)]
        for name, ask in asks.items():
            for child in others:
                ask(child)
            report.pages[name] = _page(visitor, db, ask, drawn)
            tell(f"{name}: {report.pages[name].times}")
        report.audited = _with_and_without(visitor, drawn)
        with_it, without = report.audited.values()
        report.audit_ratio = {
            "p50": round(with_it.p50 / without.p50, 2),
            "p99": round(with_it.p99 / without.p99, 2),
        }
    bare = peer()
    seconds = [_timed(lambda: bare.get("/").data)[0] for _ in range(_PEERS)]
    report.peer = {"p50": times(seconds).p50, "ratio": 0.0}
    report.peer["ratio"] = round(report.pages["child's page"].times.p50 / report.peer["p50"], 2)


def _with_and_without(visitor: "Visitor", children: Sequence[Child]) -> dict[str, Times]:
    """The circle of each child with its audit event and without one, in turns, so that both have the same machine.

    The event is left out here, from outside, and nowhere else: what reads and locks is the same.
    """
    found: dict[str, list[float]] = {"with its event": [], "without": []}
    left_out = [(audit, "append_after", lambda _tx, _event, _head: None)]
    for number, child in enumerate(children):
        # The second to ask finds the child in memory, so each is the second for half of the children.
        for kind in list(found) if number % 2 else reversed(list(found)):
            with switched_off(left_out if kind == "without" else []):
                visitor.child(child)
            found[kind].append(visitor.last)
    return {kind: times(seconds) for kind, seconds in found.items()}


def _page(visitor: "Visitor", db: TimedDatabase, ask: Callable[[Child], bytes], children: Sequence[Child]) -> Page:
    db.take_asked()
    visitor.rendering = 0.0
    seconds, sizes, packed = [], [], []
    cpu = cpu_seconds()
    for child in children:
        spent, body = _timed(lambda: ask(child))  # noqa: B023
        seconds.append(visitor.last or spent)
        sizes.append(len(body))
        packed.append(len(gzip.compress(body, 6)))
    cpu = cpu_seconds() - cpu
    asked, calls = db.take_asked(), len(children)
    audit = sum(one.seconds for name, one in asked.items() if _AUDIT.match(name) or name == COMMITTING)
    graph = sum(one.seconds for one in asked.values()) - audit
    whole = sum(seconds)
    ms = 1000 / calls
    rest = whole - graph - audit - visitor.rendering
    return Page(
        times(seconds),
        Shares(*(round(part * ms, 2) for part in (graph, audit, visitor.rendering, rest))),
        round(cpu * ms, 2),
        max(sizes),
        max(packed),
    )


class Visitor:
    """One who is signed in by a cookie sent by hand, and notes how long templates took."""

    def __init__(self, site: Flask, token: str) -> None:
        """Signs in, and makes sure of it."""
        self._site, self._client = site, site.test_client()
        self._token = token
        self.rendering = 0.0
        self.last = 0.0
        with self._client.session_transaction() as session:
            session["token"] = token
        page = self._client.get("/find-a-child")
        assert page.status_code == 200, "The cookie was not taken: nobody is signed in."
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found is not None
        self._csrf = found[1]
        self._time_templates(site)

    def handle(self, child: Child) -> str:
        """The child's name in this session's addresses."""
        return handle_of(self._token, child.child_id)

    def get(self, address: str) -> bytes:
        """A page by GET."""
        spent, answer = _timed(lambda: self._client.get(address))
        self.last = spent
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return bytes(answer.data)

    def has_page(self, child: Child) -> bool:
        """Whether this user is shown the child."""
        return self._client.get(self.opened(child)).status_code == 200

    def child(self, child: Child) -> bytes:
        """The child's whole circle; the reason is in the cookie, as after the form."""
        return self.get(self.opened(child))

    def opened(self, child: Child) -> str:
        """Where the child's page is, once the reason for it is in the cookie."""
        handle = self.handle(child)
        with self._site.test_request_context("/"):
            sessions.keep_reason(handle, _REASON, "")
            sessions.keep_depth(handle, Depth.CIRCLE)
            kept = dict(flask.session)
        with self._client.session_transaction() as session:
            session.update(kept)
        return f"/children/{handle}"

    def cookie(self) -> str:
        """The sealed cookie as it is now, for a browser."""
        kept = self._client.get_cookie("sid")
        assert kept is not None
        return kept.value

    def search(self, child: Child) -> bytes:
        """What is found by the child's name and date of birth."""
        born = child.date_of_birth
        form = {"name": child.name, "day": born.day, "month": born.month, "year": born.year, "csrf_token": self._csrf}
        spent, answer = _timed(lambda: self._client.post("/find-a-child", data=form))
        self.last = spent
        assert answer.status_code == 200, answer.status_code
        return bytes(answer.data)

    def _time_templates(self, site: Flask) -> None:
        began: list[float] = []
        flask.before_render_template.connect(lambda *_, **__: began.append(time.perf_counter()), site, weak=False)

        def note(*_: object, **__: object) -> None:
            self.rendering += time.perf_counter() - began.pop()

        flask.template_rendered.connect(note, site, weak=False)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def site_of(settings: Settings, db: Database) -> Flask:
    """The site as its workers have it, on this graph."""
    site = create_app(settings, lambda: db)
    make_ready(site)
    return site


def peer() -> FlaskClient:
    """A bare Flask that renders GOV.UK's page with a heading and a paragraph, and asks nobody anything."""
    bare = Flask("peer")
    bare.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    page = (
        '{% extends "govuk_frontend_jinja/template.html" %}{% block content %}<h1 class="govuk-heading-l">Peer</h1>'
        '<p class="govuk-body">A paragraph.</p>{% endblock %}'
    )
    bare.jinja_env.undefined = jinja2.ChainableUndefined
    bare.jinja_loader = jinja2.ChoiceLoader(
        [
            jinja2.DictLoader({"page.html": page}),
            jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    bare.add_url_rule("/", "page", lambda: flask.render_template("page.html"))
    client = bare.test_client()
    client.get("/")
    return client


def _together(
    at: Connection, work: Path, tokens: Sequence[str], children: Sequence[Child], kind: str, lasting: float
) -> float:
    """Pages a second by so many processes as there are tokens, as Gunicorn's workers answer, each as fast as it can."""
    context = get_context("spawn")
    ready, done = context.Barrier(len(tokens)), context.Queue()
    jobs = [_Job(at, work, token, list(children), kind, lasting, number) for number, token in enumerate(tokens)]
    workers = [context.Process(target=_work, args=(job, ready, done), daemon=True) for job in jobs]
    for worker in workers:
        worker.start()
    answers = [done.get(timeout=lasting + 300) for _ in workers]
    for worker in workers:
        worker.join()
    lasted = max(ended for _, _, ended in answers) - min(begun for _, begun, _ in answers)
    return float(round(sum(pages for pages, _, _ in answers) / lasted, 1))


@dataclass(frozen=True)
class _Job:
    """What one process does."""

    at: Connection
    work: Path
    token: str
    children: list[Child]
    kind: str
    lasting: float
    number: int


def _work(job: _Job, ready: Barrier, done: "Queue[tuple[int, float, float]]") -> None:
    chosen = random.Random(job.number)
    with _asking(job) as ask:
        for _ in range(10):
            ask(chosen.choice(job.children))
        ready.wait(timeout=300)
        begun = now = time.monotonic()
        pages = 0
        while now - begun < job.lasting:
            ask(chosen.choice(job.children))
            pages += 1
            now = time.monotonic()
    done.put((pages, begun, now))


@contextmanager
def _asking(job: _Job) -> Iterator[Callable[[Child], object]]:
    if job.kind == "peer":
        bare = peer()
        yield lambda _child: bare.get("/").data
        return
    with Database(job.at.uri, job.at.user, job.at.password) as db:
        visitor = Visitor(site_of(Settings(home=job.work / "site"), db), job.token)
        yield visitor.child if job.kind == "child" else visitor.search


def _judge(report: Report) -> None:
    p99, a_second = report.pages["child's page"].times.p99, report.a_second["audited pages"]
    slowest, fewest = AIMS["child's page, p99"], AIMS["audited pages a second"]
    report.aims["child's page, p99"] = {"aim": slowest, "got": p99, "met": p99 <= slowest}
    ratio = report.audit_ratio["p50"]
    report.aims["circle with its event, of without"] = {"aim": AUDIT_RATIO, "got": ratio, "met": ratio <= AUDIT_RATIO}
    report.aims["audited pages a second"] = {"aim": fewest, "got": a_second, "met": a_second >= fewest}


def in_words(report: Report) -> str:
    """The report as tables."""
    pages = [
        (
            name,
            page.times.p50,
            page.times.p99,
            page.shares.graph,
            page.shares.audit,
            page.shares.template,
            page.shares.python,
            page.cpu_ms,
            page.compressed,
        )
        for name, page in report.pages.items()
    ]
    headings = ("milliseconds", "p50", "p99", "graph", "audit", "template", "python", "cpu", "bytes, gzip")
    return "\n\n".join(
        [
            f"{report.children:,} children; {report.machine}",
            table(headings, pages),
            table(("circle, in turns", "p50", "p99"), [(n, one.p50, one.p99) for n, one in report.audited.items()]),
            f"With its event, of without: {report.audit_ratio}",
            table(("first child's page after a start", "ms"), list(report.first.items())),
            table(("a second", "pages"), list(report.a_second.items())),
            f"A bare Flask page in GOV.UK's template: {report.peer['p50']} ms; the child's: {report.peer['ratio']} x.",
            table(("aim", "at", "got", "met"), [(name, *aim.values()) for name, aim in report.aims.items()]),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
