"""Reject files: private, without what may not be kept, and loadable again once corrected."""

import csv
import os
import stat
from pathlib import Path

import pytest

from graph.model.file_names import parsed
from loaders import registry, rejects
from loaders.rejects import masked
from tests.loaders.golden import checked, sample_of

FEEDS = [pytest.param(feed, id=feed.name) for feed in registry.FEEDS.values()]


def rejected(feed, folder):
    found = checked(feed, sample_of(feed.name), rejects=folder)
    return found, found.rejects


def reasons_beside(path):
    with path.with_suffix(".reasons.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("feed", FEEDS)
def test_refused_rows_are_refused_again_for_the_same_reasons(feed, tmp_path):
    found, path = rejected(feed, tmp_path)

    again = checked(feed, path)

    first = {code: count for code, count in found.refused.items() if code != "duplicate_key"}
    second = {code: count for code, count in again.refused.items() if code != "duplicate_key"}
    assert second == first
    assert again.rows == sum(found.refused.values())
    assert not again.skipped


@pytest.mark.parametrize("feed", FEEDS)
def test_a_reject_file_is_named_as_a_delta_of_the_same_day(feed, tmp_path):
    found, path = rejected(feed, tmp_path)

    name = parsed(path)

    assert (name.feed, name.supplier, name.full) == (feed.name, feed.supplier, False)
    assert path.parent.name == found.sha256[:12]


@pytest.mark.parametrize("feed", FEEDS)
def test_only_the_owner_can_read_it(feed, tmp_path):
    _, path = rejected(feed, tmp_path / "rejects")

    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not list(path.parent.glob("*.new"))


@pytest.mark.parametrize("feed", FEEDS)
def test_each_refused_row_has_a_line_a_reason_and_a_sentence(feed, tmp_path):
    found, path = rejected(feed, tmp_path)

    rows = reasons_beside(path)

    assert {row["reason"] for row in rows} >= set(found.refused)
    assert all(row["line"].isdigit() and row["sentence"].endswith(".") for row in rows)


def test_what_is_dropped_on_purpose_is_not_kept_in_a_reject_file_either(tmp_path):
    assert b"WBRI" in sample_of("school_census").read_bytes()
    assert b"WBRI" in sample_of("common_transfer_file").read_bytes()

    for name in ("school_census", "common_transfer_file"):
        _, path = rejected(registry.FEEDS[name], tmp_path / name)
        assert b"WBRI" not in path.read_bytes()


def test_values_of_people_are_masked_and_those_of_registers_shown(tmp_path):
    _, births = rejected(registry.FEEDS["births"], tmp_path / "births")
    _, directory = rejected(registry.FEEDS["directory"], tmp_path / "directory")

    assert "99/99/9999" in {row["value"] for row in reasons_beside(births)}
    assert "horoscopes" in {row["value"] for row in reasons_beside(directory)}


def test_a_mask_keeps_the_shape_only():
    assert masked("Zoë O'Brien 12-3") == "Aaa A'Aaaaa 99-9"
    assert masked("x" * 50) == "a" * 40 + "…"


def test_a_file_without_refusals_leaves_nothing_behind(tmp_path):
    sample = sample_of("authorities").read_text().splitlines(keepends=True)
    (tmp_path / "good.csv").write_text("".join(sample[:3]))

    found = checked(registry.FEEDS["authorities"], tmp_path / "good.csv", rejects=tmp_path / "rejects")

    assert found.rejects is None
    assert not (tmp_path / "rejects").exists()


def test_reject_files_are_deleted_after_30_days(tmp_path: Path) -> None:
    old, fresh = tmp_path / "a" / "old.csv", tmp_path / "a" / "fresh.csv"
    old.parent.mkdir()
    for path, age in ((old, 31), (fresh, 29)):
        path.write_text("x")
        os.utime(path, (1_000_000_000 - age * 86_400,) * 2)

    assert rejects.delete_old(tmp_path, now=1_000_000_000) == 1
    assert [path.name for path in tmp_path.rglob("*.csv")] == ["fresh.csv"]
