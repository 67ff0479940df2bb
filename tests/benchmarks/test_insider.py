"""An insider of every role on trial: whatever is got is recorded, no hidden child is located, every alert is owned."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import insider
from benchmarks.pages import site_of
from graph.model import clock
from graph.settings import Settings
from graph.store import Database
from loaders.__main__ import main
from loaders.synthetic import synthesise
from webapp.assets import build

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
_SEES_CHILDREN = ("practitioner with ties", "practitioner without", "safeguarding lead", "data manager")


@pytest.fixture
def report(db: Database, settings: Settings, tmp_path: Path) -> insider.Report:
    """What each of them got of a small area that the real loaders have loaded."""
    build()
    files = settings.home / "files"
    synthesise(files, children=30, as_at=clock.day_in_england(clock.now()), seed=4)
    assert main(["load", "--all", str(files)]) == 0
    chosen = insider._parser().parse_args(["--children", "30", "--seed", "4", "--shielded", "4"])
    return insider.measure(db, site_of(Settings(home=tmp_path / "site"), db), chosen)


def test_what_an_insider_gets_is_recorded_and_nobody_hidden_is_located(report: insider.Report) -> None:
    by_role = {(got.who, got.pace): got for got in report.got}

    assert [(got.who, got.pace) for got in report.got] == [(each.words, pace) for each, pace in insider.days()]
    assert {got.who for got in report.got} == {each.words for each in insider.INSIDERS}
    assert insider.faults(report) == []
    assert [got.who for got in report.got if got.unrecorded or got.unowned or got.forbidden] == []
    assert max(got.most_in_one for got in report.got) <= insider.MOST_CANDIDATES
    # That something is found, so that nothing found means something.
    assert report.shielded >= 4
    assert by_role["data manager", "fast"].shielded > 0
    for who in _SEES_CHILDREN:
        assert by_role[who, "fast"].located > 0.5 * (report.in_area - report.shielded - report.sheltered)
    for got in report.got:
        if got.who not in _SEES_CHILDREN:
            assert (got.named, got.located) == (0, 0), got.who
    # A pace that nobody at work keeps is noticed, and so is who has no tie; nothing else is, however long it goes on.
    for who in _SEES_CHILDREN:
        first = by_role[who, "fast"].first
        assert first is not None, who
        assert first.owner == "an auditor"
    assert json.loads(json.dumps(asdict(report), default=str))["seed"] == 4
    assert "No fault." in insider.in_words(report)


def test_what_must_not_be_is_said() -> None:
    got = insider.Got("somebody", "fast", unrecorded=2, forbidden=1, unowned=1, most_in_one=21, beyond=3)
    report = insider.Report(1, 1, 8, {}, got=[got])

    assert insider.faults(report) == [
        "somebody, fast: 2 unrecorded",
        "somebody, fast: 1 hidden children located",
        "somebody, fast: 1 alerts without an owner",
        "somebody, fast: 3 children located beyond a day’s",
        "somebody, fast: 1 more in one answer than may be",
    ]
