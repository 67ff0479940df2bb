"""When the first picture of a child's page is seen on a slow line: `python -m benchmarks.paint --children N`."""

import argparse
import json
import logging
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from benchmarks import circle
from benchmarks.clients import Child, user
from benchmarks.homes import opened, served, settings_for
from benchmarks.measure import machine, table, tell
from benchmarks.pages import Visitor, peer, site_of
from graph.services.warming import warm
from graph.settings import Settings
from tests.chromium import FLAGS, find_chromium

# What issue 4 aims at.
AIM_MS = 1000.0
# Lighthouse's slow 4G: milliseconds for a round trip, bytes a second. Chromium's preset of that name waits 562 ms.
LINES = {
    "slow 4G": {"latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8},
    "no limit": None,
}
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint').map(one => one.startTime)[0]"


@dataclass
class Report:
    """The median milliseconds from asking to the first contents on the screen, by line and page."""

    children: int
    visits: int
    machine: dict[str, Any]
    painted: dict[str, dict[str, float]] = field(default_factory=dict)
    met: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what the words ask for and prints the report."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-paint-", dir=chosen.work) as work:
        report = measure(chosen, Path(work))
    print(json.dumps(asdict(report)) if chosen.json else in_words(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paint", description="When a page is first seen.")
    parser.add_argument("--children", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-at", type=date.fromisoformat, default=date.today() - timedelta(days=1), metavar="DATE")
    parser.add_argument("--home", type=Path, metavar="HOME", help="a folder whose graph is loaded already; it stays")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to put what is needed meanwhile")
    parser.add_argument("--visits", type=int, default=7, help="of each page, each with nothing kept from before")
    parser.add_argument("--authority", default="E10000901", help="whose safeguarding lead looks children up")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.set_defaults(folder=None, calls=60)
    return parser


def measure(chosen: argparse.Namespace, work: Path) -> Report:
    """The report, on a graph loaded for it unless one is given."""
    settings = settings_for(chosen.home or work / "home", children=chosen.children)
    if chosen.home is None:
        circle.fill(settings, chosen, work)
    report = Report(chosen.children, chosen.visits, machine())
    with served(settings), opened(settings) as db:
        warm(db)
        children = circle.draw(db, chosen)
        site = site_of(Settings(home=work / "site"), db)
        visitor = Visitor(site, user(db, authority=chosen.authority))
        for child in children[: -chosen.visits]:
            visitor.child(child)
        _visit(report, site, visitor, children[-chosen.visits :])
    report.met = report.painted["slow 4G"]["child's page"] <= AIM_MS
    return report


def _visit(report: Report, site: Flask, visitor: Visitor, children: Sequence[Child]) -> None:
    with _at(site) as here, _at(peer().application) as there, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for line, limits in LINES.items():
            pages = [(f"{here}{visitor.opened(child)}", visitor.cookie()) for child in children]
            report.painted[line] = {
                "child's page": _median(browser, limits, pages),
                "peer": _median(browser, limits, [(f"{there}/", None)] * len(children)),
            }
            tell(f"{line}: {report.painted[line]}")
        browser.close()


def _median(browser: Browser, limits: dict[str, float] | None, pages: Sequence[tuple[str, str | None]]) -> float:
    return round(statistics.median(_painted(browser, limits, *page) for page in pages), 1)


def _painted(browser: Browser, limits: dict[str, float] | None, address: str, cookie: str | None) -> float:
    """A first visit: nothing is kept from the one before."""
    with browser.new_context(viewport={"width": 1366, "height": 768}) as window:
        if cookie is not None:
            window.add_cookies([{"name": "sid", "value": cookie, "url": address}])
        page = window.new_page()
        if limits is not None:
            session = window.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", {"offline": False, **limits})
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        assert cookie is None or page.locator("svg.circle").count(), "Not the child's page: nobody is signed in."
        return float(page.wait_for_function(_PAINTED).json_value())


@contextmanager
def _at(site: Flask) -> Iterator[str]:
    """The address at which a site is served meanwhile."""
    # One line a request tells of the test, not of the page.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def in_words(report: Report) -> str:
    """The report as a table."""
    rows = [
        (line, *figures.values(), round(figures["child's page"] / figures["peer"], 2))
        for line, figures in report.painted.items()
    ]
    return "\n\n".join(
        [
            f"{report.children:,} children, {report.visits} first visits each; {report.machine}",
            table(("first contents, milliseconds", "child's page", "peer", "ratio"), rows),
            f"Aim: at most {AIM_MS:.0f} ms on slow 4G: {'met' if report.met else 'missed'}.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
