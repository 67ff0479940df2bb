"""Each story can be found in the files, as the demonstration needs it."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from loaders.synthetic import STORIES, stories_at, synthesise, tomorrow
from tests.loaders.synthetic.conftest import AS_AT, CHILDREN, Day, read


def _patient(day: Day, name: str, born: date) -> dict[str, Any]:
    forename, _, family = name.partition(" ")
    for line in day.lines("pds"):
        if f'"family":"{family}","given":["{forename}"' in line and f'"{born.isoformat()}"' in line:
            found: dict[str, Any] = json.loads(line)
            return found
    raise AssertionError(f"{name} is in no register")


def _works(day: Day, name: str, born: date) -> pd.DataFrame:
    forename, _, family = name.partition(" ")
    found = []
    for path in sorted(day.folder.glob("involvements.*")):
        rows = read(path)
        mine = (rows["FORENAMES"] == forename) & (rows["SURNAME"] == family) & (rows["DOB"] == born.isoformat())
        found.append(rows[mine].assign(supplier=path.name.split(".")[1]))
    return pd.concat(found)


def _story(number: int) -> list[tuple[str, date]]:
    return list(STORIES[number - 1].who)


def test_there_are_twelve_and_each_says_what_to_see() -> None:
    assert [story.number for story in STORIES] == list(range(1, 13))
    assert all(story.what_to_see.endswith(".") and story.title and story.who for story in STORIES)
    assert {story.authority for story in STORIES} == {"northshire", "southmere"}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story.number))
def test_everybody_is_in_a_register_or_known_to_a_service(day: Day, story: Any) -> None:
    for name, born in story.who:
        known = len(_works(day, name, born)) > 0 or _patient(day, name, born)["id"].startswith("990")
        assert known


def test_ana_is_as_the_picture_shows_her(day: Day) -> None:
    ((name, born),) = _story(1)
    patient, works = _patient(day, name, born), _works(day, name, born).set_index("SERVICE_ID")
    assert patient["address"][0]["line"] == ["14 Larch Road", "Eastway"]
    assert patient["address"][0]["period"]["start"].startswith("2021-02")
    assert patient["generalPractitioner"][0]["identifier"]["period"]["start"].startswith("2021-02")
    starts = dict(zip(works.index, works["START_DATE"].str[:7], strict=True))
    assert starts == {
        "urn:900001": "2023-09", "NS-HV-EASTWAY": "2024-10", "NS-WELFARE": "2026-06", "NS-SOCIAL": "2026-05",
        "NS-HUB-EASTWAY": "2025-01", "NS-CARERS": "2025-01",
    }  # fmt: skip
    assert list(works.loc["NS-SOCIAL", ["PRACTITIONER_NAME", "LEAD_PROFESSIONAL", "PHONE"]]) == [
        "Priya Nair", "Y", "01632 960404",
    ]  # fmt: skip
    assert works.loc["NS-HUB-EASTWAY", "END_DATE"] == "2026-03-20"
    assert day.path("involvements", "healthvisiting").name.split(".")[2] == "2026-01-15"
    directory = day.table("directory", "northshire").set_index("SERVICE_ID")
    assert directory.loc["NS-SOCIAL", "OUT_OF_HOURS_PHONE"] == "01632 960999"
    census = day.table("school_census")
    pupil = census[(census["Surname"] == "Costa") & (census["Forename"] == "Ana") & (census["DOB"] == "2017-06-04")]
    assert pupil[["URN", "EntryDate", "NCYearActual"]].to_numpy().tolist() == [["900001", "2023-09-05", "5"]]
    claim = day.table("child_benefit")
    claim = claim[(claim["CHILD_FORENAMES"] == "Ana") & (claim["CHILD_DOB"] == "2017-06-04")]
    assert claim[["CLAIMANT_FORENAMES", "CLAIMANT_RELATIONSHIP"]].to_numpy().tolist() == [["Joe", "grandfather"]]
    assert '"given":["Maria"]' in day.path("pds").read_text(encoding="utf-8")


def test_the_others_are_as_their_stories_say(day: Day) -> None:
    works = {number: [_works(day, *who) for who in _story(number)] for number in (2, 3, 5, 7, 8, 9)}
    ended = works[2][0][works[2][0]["END_DATE"] != ""]
    assert set(ended["supplier"]) == {"southmere"}
    assert len(ended) == 2
    assert [_patient(day, *who)["multipleBirthInteger"] for who in _story(3)] == [1, 2]
    assert "generalPractitioner" not in _patient(day, *_story(5)[0])
    assert "Kacper" not in set(day.table("school_census").query("Surname == 'Zielony'")["Forename"])
    assert len(set(works[7][0]["SERVICE_ID"])) == 6
    (mother, _), (baby, _) = _story(8)
    assert (mother, baby) == ("Keira Dunmore", "Alfie Dunmore")
    records = day.truth("records").query("feed == 'child_benefit'").set_index("key")["person"]
    claims = day.table("child_benefit")
    claim = claims[(claims["CLAIMANT_FORENAMES"] == "Keira") & (claims["CLAIMANT_SURNAME"] == "Dunmore")]
    person = day.person_of("pds")[_patient(day, *_story(8)[0])["id"]]
    assert set(records[claim["CLAIM_REF"]]) == {person}
    other = works[9][1]
    assert other[["NHS_NUMBER", "UPN"]].to_numpy().tolist() == [["", ""]]
    truly = day.person_of("involvements", "harbour")[other["INVOLVEMENT_ID"].iloc[0]]
    assert truly == day.person_of("pds")[_patient(day, *_story(9)[0])["id"]]


def test_no_feed_parts_the_twins_or_keira_from_their_other_records(day: Day) -> None:
    claims = day.table("child_benefit")
    claimed = set(zip(claims["CHILD_FORENAMES"], claims["CHILD_DOB"], strict=True))
    census = day.table("school_census")
    pupils = set(zip(census["Forename"], census["DOB"], strict=True))
    for who, born in (*_story(3), _story(8)[0]):
        assert (who.partition(" ")[0], born.isoformat()) not in claimed
    assert not {(who.partition(" ")[0], born.isoformat()) for who, born in _story(3)} & pupils


def test_the_refuge_is_withheld_from_her_record_and_stands_on_his(day: Day) -> None:
    her, him = (_patient(day, *who) for who in _story(4))
    assert her["meta"]["security"][0]["code"] == "R"
    assert not {"address", "generalPractitioner", "telecom"} & set(her)
    assert him["meta"]["security"][0]["code"] == "U"
    assert him["address"][0]["line"][0] == "2 Compass Row"
    census = day.table("school_census").query("Surname == 'Marlow' and Forename == 'Elsie' and DOB == '2016-11-02'")
    assert census[["Postcode", "AddressLine1", "UPRN"]].to_numpy().tolist() == [["", "", ""]]


def test_a_teacher_is_a_parent_and_a_boy_is_at_an_independent_school(day: Day) -> None:
    amara = _patient(day, *_story(10)[0])
    text = day.path("pds").read_text(encoding="utf-8")
    dawn = [line for line in text.splitlines() if f'"value":"{amara["id"]}"' in line and '"RelatedPerson"' in line]
    assert json.loads(dawn[0])["name"][0] == {"use": "usual", "family": "Okoro", "given": ["Dawn"], "prefix": ["Ms"]}
    assert "Dawn Okoro" in set(day.table("involvements", "hillbrook")["PRACTITIONER_NAME"])
    transfer = day.path("common_transfer_file", "southmere").read_text(encoding="utf-8")
    pupil = transfer[transfer.index("Pemberton-Vale") - 60 : transfer.index("Pemberton-Vale") + 2000].split("</Pupil>")[
        0
    ]
    assert "<UPN>" not in pupil.rpartition("<Pupil>")[2]
    assert "Beacon House School" in pupil


def test_a_birthday_that_stands_the_wrong_way_round_stays_so_on_another_day() -> None:
    for days in range(60):
        (_, right), (_, turned) = stories_at(AS_AT + timedelta(days=days))[8].who
        if right.day <= 12 and right.day != right.month:
            assert (turned.year, turned.month, turned.day) == (right.year, right.day, right.month)
        else:
            assert turned - right == timedelta(days=30)


def test_another_day_shifts_the_stories(tmp_path: Path) -> None:
    as_at = date(2026, 11, 28)
    report = synthesise(tmp_path, children=2_000, as_at=as_at, seed=9)
    shifted = stories_at(as_at)
    name, born = shifted[11].who[0]
    assert (born.replace(year=born.year + 18) - as_at).days == 9
    assert _patient(Day(tmp_path, report), name, born)["birthDate"] == born.isoformat()


def test_tomorrow_is_written_for_a_small_place_as_well(tmp_path: Path) -> None:
    assert len(tomorrow(tmp_path, as_at=AS_AT, seed=3, children=500)) == 4


def test_tomorrow_has_one_good_file_and_three_others(day: Day, tmp_path: Path) -> None:
    written = tomorrow(tmp_path, as_at=AS_AT, seed=1, children=CHILDREN)
    assert {each.path.name for each in written} == {path.name for path in tmp_path.iterdir()}
    assert all(".2026-11-22.delta." in each.path.name for each in written)
    lines = next(tmp_path.glob("pds.*")).read_text(encoding="utf-8").splitlines()
    today = set(day.lines("pds"))
    numbers = {json.loads(line)["id"] for line in today}
    assert sum(line in today for line in lines) == 30
    assert sum(json.loads(line)["id"] not in numbers for line in lines) == 6
    claims = next(tmp_path.glob("child_benefit.*")).read_text(encoding="utf-8").splitlines()
    known = set(day.path("child_benefit").read_text(encoding="utf-8").splitlines())
    bad = [line for place, line in enumerate(claims) if line not in known or line in claims[:place]]
    assert len(bad) == 12
    assert "PupilPremium" in read(next(tmp_path.glob("school_census.*"))).columns
    row = read(next(tmp_path.glob("involvements.*"))).iloc[-1]
    assert row[["SURNAME", "FORENAMES", "DOB", "NHS_NUMBER"]].tolist() == ["Marlowe", "Elsie", "2016-11-02", ""]
