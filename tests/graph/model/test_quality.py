"""Figures beside those of before."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from graph.model.quality import Facts, Figures, Filled, Oddity, Snapshot, compare, figures_from, filled_of

BEFORE = Figures(
    things={"children": 100},
    records={"pds": {"child": Filled(100, {"upn": 90, "email": 10})}},
    facts={"ATTENDS": {"school_census": Facts(80, 80, 5)}},
    oddities={Oddity.SHARED_UPN: 2},
    waiting={"pds": 3},
    seconds={"records": 0.1},
)
NOW = Figures(
    things={"children": 89},
    records={"pds": {"child": Filled(89, {"upn": 40})}},
    facts={},
    oddities={Oddity.SHARED_UPN: 4},
    waiting={},
)


def at(figures: Figures, run: int) -> Snapshot:
    return Snapshot(datetime(2026, 11, run, tzinfo=UTC), run, figures)


def test_a_figure_that_fell_and_one_that_is_gone_are_told() -> None:
    found = compare([at(NOW, 2), at(BEFORE, 1)])

    children = found.things[0]
    assert (children.numbers, children.fallen, children.risen) == ((89, 100), True, False)
    assert [(line.words, line.numbers, line.fallen) for line in found.facts] == [
        (("Attends a school", "school_census"), (0, 80), True)
    ]
    assert [(line.numbers, line.risen) for line in found.conflicts if "UPN" in line.words[0]] == [((4, 2), True)]
    assert found.waiting[0].numbers == (0, 3)


def test_a_property_that_is_no_longer_filled_is_still_listed() -> None:
    shares = compare([at(NOW, 2), at(BEFORE, 1)]).shares[0].shares

    assert [(line.name, round(line.share, 2), line.before, line.fallen) for line in shares] == [
        ("email", 0.0, 0.1, True),
        ("upn", 0.45, 0.9, True),
    ]


def test_one_snapshot_falls_nowhere_and_none_is_no_mistake() -> None:
    only = compare([at(BEFORE, 1)])

    assert not any(line.fallen or line.risen for line in (*only.things, *only.records, *only.facts))
    assert only.shares[0].shares[0].before is None
    assert compare([]).snapshots == ()


def test_figures_come_back_from_the_graph_as_they_went() -> None:
    assert figures_from(json.loads(json.dumps(asdict(BEFORE)))) == BEFORE
    assert figures_from({}) == Figures()
    assert figures_from({"oddities": {"of another version": 1}}).oddities == {}


def test_what_the_loaders_keep_for_themselves_is_no_property() -> None:
    rows = [("pds", "child", "record", 3), ("pds", "child", "run", 3), ("pds", "child", "upn", 2)]

    assert filled_of(rows) == {"pds": {"child": Filled(3, {"upn": 2})}}
