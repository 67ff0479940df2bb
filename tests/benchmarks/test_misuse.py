"""Seeded misuse among ordinary work, on a small area: all of it is noticed in time, and each alert is somebody's."""

import json
from dataclasses import asdict

import pytest

from benchmarks import misuse
from graph.model import clock
from graph.model.watching import Signal
from graph.settings import Settings
from graph.store import Database
from loaders.__main__ import main
from loaders.synthetic import synthesise

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def report(db: Database, settings: Settings) -> misuse.Report:
    files = settings.home / "files"
    synthesise(files, children=60, as_at=clock.day_in_england(clock.now()), seed=4)
    assert main(["load", "--all", str(files)]) == 0
    words = ["--children", "60", "--seed", "4", "--days", "1", "--people", "12", "--each", "1"]
    return misuse.measure(db, misuse._parser().parse_args(words))


def test_every_kind_of_misuse_is_noticed_within_minutes_and_owned(report: misuse.Report) -> None:
    assert len(report.seeded) == len(misuse.KINDS)
    assert report.noticed == report.seeded
    assert report.minutes <= misuse.AIMS["minutes"]
    assert report.unowned == 0
    # How many of the others are about work says nothing in so small a place; that most of the work is none, does.
    assert sum(report.false.values()) < report.accesses
    assert json.loads(json.dumps(asdict(report), default=str))["seed"] == 4


def test_what_was_missed_is_said() -> None:
    report = misuse.Report(1, 1, 1, {}, accesses=1000)
    report.seeded, report.noticed = {"canary": 1, "burst": 9}, {"burst": 8}
    report.false, report.unowned, report.minutes = {Signal.NEIGHBOUR: 30}, 1, 6.0

    assert misuse.faults(report) == [
        "recall 0.80",
        "not every canary noticed",
        "30.0 alerts about work in 1,000 accesses",
        "precision 0.21",
        "6.0 minutes until an alert",
        "1 alerts without an owner",
    ]
