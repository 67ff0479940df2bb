"""Gates: each kind of bad file is stopped with its figure, and a small or ordinary one is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from graph.model.review import Doubt
from loaders.bulk import TableState
from loaders.gates import AT_ONE_POSTCODE, Told, judged
from loaders.identify import Identified
from loaders.plan import Scope, plan_load
from loaders.registry import FEEDS
from loaders.tables import RECORD_COLUMNS, shaped
from loaders.who.fitting import Figures
from tests.loaders.said import TODAY, child, tidy

NAMED = ["record", "forename", "date_of_birth"]
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "le", "mi", "no", "ru", "sa", "te", "vi", "wo", "xu", "ya")
Row = dict[str, Any]


def name(number: int) -> str:
    """A name of its own for each number."""
    return "".join(SYLLABLES[number // 16**place % 16] for place in range(3)).title() + "n"


def ordinary(number: int) -> Row:
    """A child like no other of the file."""
    born = date(2010, 1, 2) + timedelta(days=number * 37 % 3000)
    return child(
        f"k{number}", forename=name(number), family_name=name(number * 7 + 5), date_of_birth=born,
        postcode=f"NS{number % 90 + 1} {number % 9}AB",
    )  # fmt: skip


def rows_of(count: int, change: Callable[[int, Row], Row] = lambda number, row: row) -> list[Row]:
    """So many children, each changed so."""
    return [change(number, ordinary(number)) for number in range(count)]


def gated(rows: list[Row], before: pd.DataFrame | None = None, *, register: bool = True, **found: Any) -> list[str]:
    """What the gates say of a file of these children, each of whom is a person of its own."""
    frame = shaped(pd.DataFrame(rows), RECORD_COLUMNS)
    frame["record"] = frame["key"]
    matched = pd.DataFrame({"record": frame["key"], "person_id": frame["key"], "method": "new", "basis": None})
    identified = replace(Identified(matched), **found)
    return judged(frame, pd.DataFrame(columns=NAMED) if before is None else before, identified, register=register)


def turned(day: date) -> date:
    """Day and month swapped, where that is a date."""
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


BAD: dict[str, tuple[Callable[[int, Row], Row], str]] = {
    "BABY": (lambda number, row: row | {"forename": "BABY"}, "no usable forename"),
    "no names": (lambda number, row: row | {"family_name": None}, "no usable family name"),
    "1 January": (lambda number, row: row | {"date_of_birth": date(2008 + number % 9, 1, 1)}, "1 January"),
    "one surname": (lambda number, row: row | {"family_name": "Nguyen"}, "the same family name"),
    "one postcode": (lambda number, row: row | {"postcode": "NS1 1AA"}, "the same postcode"),
    "one birthday": (lambda number, row: row | {"date_of_birth": date(2015, 5, 5)}, "the same date of birth"),
    "swapped": (
        lambda number, row: row | {"date_of_birth": date(2010 + number % 9, number % 12 + 1, number % 11 + 2)},
        "first twelve days",
    ),
    "one number for two": (lambda number, row: row | {"nhs_number": f"999{number // 2:07d}"}, "two children"),
}  # fmt: skip


def test_an_ordinary_file_passes() -> None:
    assert gated(rows_of(400)) == []


@pytest.mark.parametrize("bad", BAD)
def test_each_kind_of_bad_file_is_stopped_and_says_its_figure_and_a_remedy(bad: str) -> None:
    change, words = BAD[bad]

    said = gated(rows_of(400, change))

    assert any(words in sentence for sentence in said)
    assert all("%" in sentence and "sk the supplier" in sentence for sentence in said)


@pytest.mark.parametrize("bad", BAD)
def test_a_small_file_is_never_stopped_by_chance(bad: str) -> None:
    assert gated(rows_of(9, BAD[bad][0])) == []


@pytest.mark.parametrize(("column", "share"), [("family_name", 0.1), ("postcode", 0.2), ("forename", 0.1)])
def test_what_is_common_in_a_town_passes(column: str, share: float) -> None:
    assert gated(rows_of(500, lambda number, row: row | {column: "NS1 1AA"} if number < 500 * share else row)) == []


def test_no_postcode_has_a_thousand_children_however_large_the_file() -> None:
    def at_one(count: int) -> list[str]:
        many = rows_of(AT_ONE_POSTCODE * 5, lambda number, row: row | {"postcode": f"NS{number % 900 + 10} 1AA"})
        return gated([row | {"postcode": "NS1 1AA"} if at < count else row for at, row in enumerate(many)])

    (sentence,) = at_one(AT_ONE_POSTCODE + 1)
    assert sentence.startswith("1,001 children have one and the same postcode; at most 1,000 may")
    assert at_one(AT_ONE_POSTCODE) == []


def test_a_sender_whose_children_nobody_knows_any_more_is_stopped() -> None:
    rows = rows_of(100)
    matched = pd.DataFrame({"record": [row["key"] for row in rows], "person_id": range(100), "basis": None})

    def said(strangers: int, told: Told) -> list[str]:
        frame = shaped(pd.DataFrame(rows), RECORD_COLUMNS).assign(record=matched["record"])
        how = ["new"] * strangers + ["nhs_number"] * (100 - strangers)
        found = Identified(matched.assign(method=how))
        return judged(frame, pd.DataFrame(columns=NAMED), found, register=True, told=told)

    everyone = Told(100, set(matched["record"]))
    (sentence,) = said(51, everyone)
    assert "51 children of this file would be children whom nobody knew, and the file before told of 100" in sentence
    assert said(50, everyone) == []
    assert said(100, Told(49, everyone.again)) == []
    assert said(100, Told(100, set(matched["record"][50:]))) == []


def test_a_feed_that_uses_keys_again_for_other_children_is_stopped() -> None:
    rows = rows_of(100)
    before = pd.DataFrame(
        [(row["key"], ordinary(number + 500)["forename"], "2009-02-03") for number, row in enumerate(rows)],
        columns=NAMED,
    )

    (said,) = gated(rows, before)

    assert "another forename and another date of birth" in said
    assert "100 of 100" in said
    assert gated(rows, before.assign(date_of_birth=[row["date_of_birth"].isoformat() for row in rows])) == []
    assert gated(rows[:4], before[:4]) == []


def test_a_file_of_numbers_that_were_withdrawn_is_stopped() -> None:
    rows = rows_of(200, lambda number, row: row | {"nhs_number": f"{number:010}"})
    frame = shaped(pd.DataFrame(rows), RECORD_COLUMNS).assign(record=[row["key"] for row in rows])
    nobody = Identified(pd.DataFrame(columns=["record", "person_id", "method", "basis"]))

    def said(count: int) -> list[str]:
        withdrawn = {row["nhs_number"] for row in rows[:count]}
        return judged(frame, pd.DataFrame(columns=NAMED), nobody, register=True, withdrawn=withdrawn)

    (sentence,) = said(10)
    assert "10 of 200 records have an NHS number that was withdrawn" in sentence
    assert said(9) == said(0) == []


def test_known_children_whose_dates_are_turned_stop_the_file() -> None:
    rows = [
        row
        for row in rows_of(900)
        if row["date_of_birth"].day <= 12 and row["date_of_birth"] != turned(row["date_of_birth"])
    ]
    rows += [row for row in rows_of(1_500)[900:] if row["date_of_birth"].day > 12][:200]
    before = pd.DataFrame(
        [(row["key"], row["forename"], turned(row["date_of_birth"]).isoformat()) for row in rows], columns=NAMED
    )

    assert any("other way round" in sentence for sentence in gated(rows, before))


def test_too_many_questions_links_that_cannot_be_and_pairs_without_end_stop_the_file() -> None:
    rows = rows_of(200)
    asked = [{"reason": str(Doubt.NEAR_TIE)}] * 80
    wrong = [{"reason": str(Doubt.IMPOSSIBLE)}] * 12
    many = Figures(pairs={"born, family": 200_000})

    assert [said for said in gated(rows, proposals=asked) if "looked at by people" in said]
    assert [said for said in gated(rows, proposals=wrong) if "two numbers" in said]
    assert [said for said in gated(rows, figures=many, compared=200) if "By born, family" in said]
    assert gated(rows, proposals=asked[:10], figures=many, compared=20) == []


def test_a_register_that_names_one_child_by_many_rows_is_stopped() -> None:
    rows = rows_of(200)
    matched = pd.DataFrame({"record": [row["key"] for row in rows], "person_id": "one", "method": "upn", "basis": None})

    assert any("several of one child" in said for said in gated(rows, matched=matched))
    assert gated(rows, matched=matched, register=False) == []


def test_the_plan_of_a_strange_file_says_why_it_must_not_be_written() -> None:
    change, words = BAD["one surname"]
    scope = Scope(FEEDS["pds"], "nhs", TODAY, True, 1)

    assert words in plan_load(tidy(rows_of(400, change)), scope, TableState()).errors[0]
    assert plan_load(tidy(rows_of(400)), scope, TableState()).errors == []
