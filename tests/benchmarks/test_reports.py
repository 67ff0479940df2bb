"""The benchmarks' reports have the figures that the README tells of; how large they are is no test's business."""

import json
from argparse import ArgumentTypeError
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
import zstandard

from benchmarks import loads, population
from benchmarks.asked import Asked
from benchmarks.measure import Peaks, quantile, table, times
from benchmarks.ways import FeedFigures, ImportFigures, WayFigures
from loaders.opened import members
from loaders.registry import FEEDS


def test_times_are_in_milliseconds_and_calls_a_second() -> None:
    figures = times([0.001 * number for number in range(1, 101)])

    assert (figures.calls, figures.p50, figures.p99, figures.most) == (100, 50.5, 99.0, 100.0)
    assert times([0.5, 0.5], lasted=0.5).a_second == 4.0


def test_a_quantile_is_a_value_that_was_measured() -> None:
    assert quantile([1.0, 2.0, 3.0], 0.5) == 2.0
    assert quantile([1.0], 0.99) == 1.0


def test_a_table_has_a_column_for_each_heading() -> None:
    assert table(("feed", "rows"), [("pds", 1234), ("births", None)]).splitlines() == [
        "feed     rows",
        "------  -----",
        "pds     1,234",
        "births      -",
    ]


def test_a_daily_load_is_followed_by_one_that_changes_nothing() -> None:
    assert loads._ways("first,daily") == ("first", "daily", "unchanged")
    assert loads._ways("first") == ("first",)
    with pytest.raises(ArgumentTypeError):
        loads._ways("unchanged")
    with pytest.raises(ArgumentTypeError):
        loads._ways("second")


def test_a_report_of_loads_says_which_aims_are_missed() -> None:
    births, deaths = FeedFigures("births", True, rows=5_000, a_second=3_999), FeedFigures("deaths", True, rows=3)
    daily = WayFigures([births, deaths], 5_003, 1.5, 3_335, Peaks(100, {"server": 200}))
    daily.asked = {"births": {"loads/list_scope": Asked(1, 0, 0.1)}}
    report = loads.Report(10, 1, date(2026, 11, 20), {}, "1024m", "512m", ways={"daily": daily})
    report.importing = ImportFigures(1.0, [1.0], [1.0], 1.0, 5, 4, 1, 300)

    report.aims = loads._aims(report)

    # Three deaths tell nothing of a rate.
    assert report.aims["slowest_of_persons"] == {"aim": 4_000, "found": 3_999, "met": False}
    assert report.aims["import_ratio"]["met"] is True
    assert json.loads(json.dumps(asdict(report), default=str))["ways"]["daily"]["feeds"][0]["feed"] == "births"
    assert "3,999" in loads.in_words(report)


def test_what_is_said_again_has_the_same_rows_a_later_day_and_other_bytes(tmp_path: Path) -> None:
    once, again = tmp_path / "once", tmp_path / "again"
    once.mkdir()
    (once / "authorities.ons.2026-05-04.full.csv").write_text("CTYUA26CD,CTYUA26NM\nE10000901,Northshire\n")
    packed = zstandard.ZstdCompressor(level=3).compress(b"URN,Name\n100001,Hillbrook\n" * 100)
    (once / "schools.dfe.2026-11-18.full.csv.zst").write_bytes(packed)
    with ZipFile(once / "postcodes.os.2026-11-01.full.zip", "w") as archive:
        archive.writestr("Data/ns.csv", "NS1 1AA,10\n")

    population.say_again(once, again)

    assert sorted(path.name for path, _ in population.files(again)) == [
        "authorities.ons.2026-05-05.full.csv.zst",
        "postcodes.os.2026-11-02.full.zip",
        "schools.dfe.2026-11-19.full.csv.zst",
    ]
    for (path, name), (later, _) in zip(population.files(once), population.files(again), strict=True):
        assert later.read_bytes() != path.read_bytes()
        assert content(later, name.feed) == content(path, name.feed)


def content(path: Path, feed: str) -> list[bytes]:
    """What is inside a file, unpacked."""
    source = replace(FEEDS[feed].source, members="*.csv")
    return [member.read() for _, member in members(path, source)]
