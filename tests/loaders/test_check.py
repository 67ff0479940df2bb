"""Counting, duplicates, expectations, and that no row is lost."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from loaders import check, registry
from loaders.read import CHUNK, chunks
from tests.loaders.golden import checked

DEATHS = registry.FEEDS["deaths"]
HEADINGS = [
    "ENTRY_NO", "REGISTERED_ON", "DISTRICT", "NHS_NUMBER", "SURNAME", "FORENAMES", "SEX", "DOB", "DIED_ON", "POSTCODE",
]  # fmt: skip
CELLS = [
    st.sampled_from(["D1", "D2", "D3", "", "a b"]), st.text(max_size=3), st.text(max_size=3),
    st.sampled_from(["9000000009", "9999999999", ""]), st.sampled_from(["Smith", "", "1"]), st.text(max_size=5),
    st.sampled_from(["F", "M", "Q", ""]), st.sampled_from(["2015-05-05", "1950-01-01", "x", ""]),
    st.sampled_from(["2026-05-01", "2010-01-01", "2030-01-01", ""]), st.sampled_from(["NS1 1AA", "?", ""]),
]  # fmt: skip
ROWS = st.lists(
    st.tuples(*CELLS).map(list) | st.lists(st.sampled_from(["x", ""]), min_size=1, max_size=12), max_size=12
)


def given_deaths(folder, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADINGS, *rows])
    path = folder / "deaths.csv"
    path.write_text(text.getvalue().replace("\0", ""), encoding="utf-8", newline="")
    return path


@settings(deadline=None, max_examples=60)
@given(rows=ROWS)
def test_rows_are_kept_refused_or_skipped_and_never_lost(tmp_path_factory, rows):
    path = given_deaths(tmp_path_factory.mktemp("deaths"), rows)

    found = checked(DEATHS, path)

    assert found.rows == found.kept + sum(found.refused.values()) + sum(found.skipped.values())
    assert found.kept == len(found.tidy.records)
    assert not found.tidy.records["key"].duplicated().any()


@settings(deadline=None, max_examples=20)
@given(rows=ROWS, size=st.integers(1, 4))
def test_the_size_of_chunks_changes_nothing(tmp_path_factory, rows, size):
    path = given_deaths(tmp_path_factory.mktemp("deaths"), rows)

    small = list(chunks(DEATHS, path, warn=str, size=size))
    large = list(chunks(DEATHS, path, warn=str, size=CHUNK))

    for name in ("row", "line"):
        assert [n for one in small for n in one.frame[name]] == [n for one in large for n in one.frame[name]]
    assert [one for part in small for one in part.broken] == [one for part in large for one in part.broken]
    assert sum(one.rows for one in small) == sum(one.rows for one in large)


GOOD = ["D{n}", "", "", "", "Smith", "Ann", "F", "2015-05-05", "2026-05-01", "NS1 1AA"]


def good(number):
    return [GOOD[0].format(n=number), *GOOD[1:]]


def test_the_first_row_of_a_key_stands(tmp_path):
    again = [*good(1)[:4], "Other", *good(1)[5:]]

    found = checked(DEATHS, given_deaths(tmp_path, [good(1), again, good(2)]))

    assert found.tidy.records["family_name"].tolist() == ["Smith", "Smith"]
    assert found.refused == {"duplicate_key": 1}


def test_too_many_refusals_stop_the_load(tmp_path):
    found = checked(DEATHS, given_deaths(tmp_path, [good(n) for n in range(9)] + [good(1)]))

    assert not found.would_load
    assert "10.0% of the rows are refused" in found.errors[0]


def test_a_column_that_is_hardly_filled_stops_the_load(tmp_path):
    feed = registry.FEEDS["gp_practices"]
    rows = [[f"Z9000{n}", "NAME", "Y63", *[""] * 9, "A", *[""] * 12, "4", ""] for n in range(3)]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    (tmp_path / "practices.csv").write_text(text.getvalue(), newline="")

    found = checked(feed, tmp_path / "practices.csv")

    assert found.kept == 3
    assert "postcode is filled in 0.0%" in found.errors[0]


def test_a_skipped_row_is_not_refused_for_what_else_is_wrong_with_it(tmp_path):
    adult = ["D1", "", "", "", "Old", "Person", "F", "1950-01-01", "", ""]

    found = checked(DEATHS, given_deaths(tmp_path, [adult]))

    assert (found.skipped, found.refused) == ({"not_a_child": 1}, {})


def test_the_keys_of_refused_rows_are_told(tmp_path):
    bad = [*good(7)[:7], "not a date", *good(7)[8:]]

    found = checked(DEATHS, given_deaths(tmp_path, [good(1), bad]))

    assert found.refused_keys == ("D7",)
    assert found.unknown_keys == 0


def test_refused_rows_whose_key_nobody_can_tell_are_counted(tmp_path):
    found = checked(DEATHS, given_deaths(tmp_path, [good(1), ["ragged"], ["", *good(2)[1:]]]))

    assert found.refused == {"missing_value": 1, "ragged_row": 1}
    assert (found.refused_keys, found.unknown_keys) == ((), 2)


def test_a_million_bad_rows_would_fill_neither_disk_nor_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "CAP", 5)
    rows = [[*good(n)[:7], "bad", *good(n)[8:]] for n in range(50)]

    found = checked(DEATHS, given_deaths(tmp_path, rows), rejects=tmp_path / "rejects")

    assert found.refused == {"bad_date": 50}
    assert len(found.rejects.read_text().splitlines()) == 6


def test_progress_is_told_in_rows_and_share(tmp_path):
    heard, shares = [], []

    checked(DEATHS, given_deaths(tmp_path, [good(1), good(2)]), progress=heard.append, share=shares.append)

    assert heard == [2]
    assert shares == [1.0]
