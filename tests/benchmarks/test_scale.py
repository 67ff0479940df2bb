"""The benchmark of scale at a small size: the table that it invents is the index that a load asks."""

from dataclasses import asdict

import pytest

from benchmarks import scale

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_records_find_their_children_and_nobody_elses() -> None:
    report = scale.run(3_000, 300)

    assert report.linked + report.review + report.new == report.records == 300
    assert report.false == 0
    # Some 276 of them are in the index; the others are new.
    assert report.linked >= 240
    assert report.new >= 10
    assert report.pairs > report.linked
    assert "false twins" in scale.in_words(report)
    assert min(report.peak_mb, report.update_peak_mb) > 50
    assert asdict(report)["machine"]["cores"] >= 1
