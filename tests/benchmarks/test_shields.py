"""Shielded children on trial: of generated files none makes one visible who could have been known."""

import json
from pathlib import Path

import pytest

from benchmarks import shields

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory) -> shields.Tally:
    """What became of 200 files."""
    area = shields.area(tmp_path_factory.mktemp("area"), seed=11)
    assert (len(area.lives), len(area.shielded)) == (shields.CHILDREN, shields.SHIELDED)
    return shields.Trial(area, 11, every=20).go(200)


def test_no_shielded_child_becomes_visible_who_could_have_been_known(tally: shields.Tally) -> None:
    assert tally.feeds == 200
    assert tally.about_shielded > 500
    assert tally.visible == 0, tally.visible_by
    assert tally.through_waiting == 0
    # Of those who share nothing with anything known few are left, and they are said to be.
    assert tally.unknowable <= 0.03 * tally.about_shielded


def test_the_price_is_paid_by_few_others_and_the_shielded_childs_own_rows_arrive(tally: shields.Tally) -> None:
    assert tally.innocent_aside <= 0.03 * tally.innocent
    assert tally.attached >= 0.3 * tally.about_shielded
    assert tally.attached + tally.put_aside + tally.unknowable == tally.about_shielded
    assert tally.undone > 10


def test_a_row_that_a_whole_file_left_out_finds_its_child_again(tmp_path: Path) -> None:
    trial = shields.Trial(shields.area(tmp_path, children=60, shielded=1, seed=3), 3)
    one, other = sorted(trial._area.lives.keys() - set(trial._area.shielded))[:2]
    record = shields.record_id("involvements", "other1", "N/1")
    persons = []

    for child, key in ((one, "N/1"), (other, "N/2"), (one, "N/1")):
        row = shields.Row(child, key, trial._area.lives[child], "")
        trial._load(shields.File("involvements", "other1", True, (row,)))
        persons.append(trial._state.persons_of([record])[record])

    assert len(set(persons)) == 1


def test_the_command_answers_in_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = shields.main(["--feeds", "3", "--children", "300", "--seed", "2", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["feeds"] == 3
    assert told["visible"] == 0
