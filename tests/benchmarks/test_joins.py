"""A whole population joined in memory, beside its truth: nobody is linked to another child."""

import json
from pathlib import Path

import pytest

from benchmarks import joins
from benchmarks.faults import Faults
from loaders.synthetic import synthesise
from loaders.who.invented import drawn_by_name

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a population of 400."""
    made = tmp_path_factory.mktemp("population")
    synthesise(made, children=400, as_at=joins.AS_AT, seed=23)
    return made


@pytest.fixture(scope="module")
def joined(folder: Path) -> tuple[joins.Judge, Faults]:
    """What became of it, and the errors of its records, which are counted while they are joined."""
    faults = Faults(folder)
    return joins.run(folder, faults=faults), faults


@pytest.fixture(scope="module")
def judge(joined: tuple[joins.Judge, Faults]) -> joins.Judge:
    """What became of it."""
    return joined[0]


@pytest.fixture(scope="module")
def faults(joined: tuple[joins.Judge, Faults]) -> Faults:
    """The errors of its records."""
    return joined[1]


def test_nobody_is_joined_wrongly_and_few_are_left_to_people(judge: joins.Judge) -> None:
    whole = judge.whole

    assert judge.wrong == []
    assert whole.records > 1_500
    assert whole.methods["weight"] > 20
    # Of children whom the graph knew; the first tier alone makes a second person of 6 %.
    assert whole.second <= 0.02 * whole.records
    assert whole.review_right >= 0.8 * whole.second
    assert whole.review <= 0.03
    assert judge.tallies["births"].reasons.total() == 0


def test_cultures_are_counted_as_feeds_are(judge: joins.Judge) -> None:
    for name in ("records", "right", "second", "unasked"):
        by_culture = sum(getattr(each, name) for each in judge.cultures.values())
        assert by_culture == getattr(judge.whole, name)
    assert {"british", "south_asian"} <= judge.cultures.keys()


def test_every_aim_is_told_as_met_or_missed(judge: joins.Judge, faults: Faults) -> None:
    said = {one.words: one for one in joins.aims(judge)}
    told = joins.in_words(judge, faults)

    assert said["false links"].met
    assert said["false links of twins"].met
    assert "with 95 % confidence at most" in said["false links"].found
    for words, one in said.items():
        (line,) = (line for line in told.splitlines() if line.startswith(f"{words}  "))
        assert line.endswith("met" if one.met else "MISSED")
    assert json.loads(json.dumps(joins.in_json(judge, faults)))["aims"][0]["met"] is True


def test_a_false_link_of_a_twin_misses_both_aims(judge: joins.Judge) -> None:
    worse = joins.Judge(judge.said)
    worse.tallies["pds"].add(judge.whole)
    worse.tallies["pds"].add(joins.Tally(records=1, wrong=1, twins=1))
    worse.cultures = judge.cultures

    met = {one.words: one.met for one in joins.aims(worse)}

    assert not met["false links"]
    assert not met["false links of twins"]


def test_small_groups_are_apart_by_chance_and_large_ones_hardly() -> None:
    small, large = (joins.by_chance([size] * 9, 0.985) for size in (1_000, 1_000_000))

    assert small > 0.01
    assert 0 < large < 0.001
    assert joins.by_chance([], 0.985) == 0


def test_who_is_left_out_of_the_registers_comes_by_other_files(folder: Path) -> None:
    births = next(tidy for name, tidy in joins.opened(folder) if name.feed == "births")
    said = joins.read_truth(folder)
    person_of = said.of_file("births", "ons")

    kept = joins.without(births, person_of, 0.2).records["key"]

    left = [key for key in person_of if key not in set(kept)]
    assert left == [key for key in person_of if drawn_by_name(person_of[key], 0.2)]
    assert len(left) > 30


def test_records_are_as_wrong_as_asked_for(faults: Faults) -> None:
    shares = faults.shares()

    # 1,400 records of 400 children, whose errors come in families: larger populations come closer.
    assert shares["any"] > 0.15
    assert shares["moved"] > 0.07
    assert shares["forename"] > 0.035
    assert faults.feeds["pds"].share("any") < 0.06
    assert "asked for" in faults.in_words()
