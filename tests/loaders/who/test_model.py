"""The artefact: it is kept, re-based to the index it is used on, and learns from truth and from files without."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from graph.model.errors import Unreadable
from loaders.who import candidates, training, weights
from loaders.who.comparisons import comparisons
from loaders.who.policy import LIMITS
from loaders.who.scoring import score
from tests.loaders.who.test_linking import AMELIA, frame, town

pytestmark = pytest.mark.slow


def test_the_shipped_model_knows_every_level() -> None:
    model = weights.shipped()

    for part in comparisons(1):
        chances = model.levels[part.learnt]
        assert set(chances) == {level.name for level in part.levels}
        assert sum(chance.m for chance in chances.values()) == pytest.approx(1, abs=0.01)
        assert all(chance.m >= 4e-4 for chance in chances.values())


def test_agreement_speaks_for_a_pair_and_difference_against_it() -> None:
    model = weights.shipped()

    for part in ("given", "family", "born", "place"):
        surest = model.levels[part]["home" if part == "place" else "exact"]
        assert surest.m > 0.5 > surest.u
        assert model.levels[part]["else"].m < model.levels[part]["else"].u


def test_a_model_is_the_same_after_it_was_kept(tmp_path: Path) -> None:
    weights.save(weights.shipped(), tmp_path / "model.json")

    assert weights.load(tmp_path / "model.json") == weights.shipped()
    assert (tmp_path / "model.json").read_bytes() == weights.SHIPPED.read_bytes()


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("{}")
    with pytest.raises(Unreadable, match="no model"):
        weights.load(path)
    with pytest.raises(Unreadable, match="no model"):
        weights.load(tmp_path / "none.json")
    path.write_text(json.dumps(json.loads(weights.SHIPPED.read_text()) | {"version": 99}))
    with pytest.raises(Unreadable, match="version 99"):
        weights.load(path)


def test_ten_times_the_index_takes_three_bits_from_every_pair() -> None:
    found = []
    for size in (50, 500):
        with candidates.connect() as con:
            candidates.lay_out(con, frame([AMELIA]), frame([*town(size), AMELIA]))
            found.append(weights.rebase(con, weights.shipped()).prior)

    assert found[0] / found[1] == pytest.approx(501 / 51)


def test_chance_agreement_is_counted_in_the_index() -> None:
    one_name = [{**row, "given_names": "Amelia"} for row in town(500)]

    with candidates.connect() as con:
        candidates.lay_out(con, frame([AMELIA]), frame(one_name))
        common = weights.rebase(con, weights.shipped())

    assert common.levels["given"]["exact"].u > 0.9


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    rows = [{**row, "given_names": "Oscar" if at % 2 else row["given_names"]} for at, row in enumerate(town(500))]
    rare = {**rows[0], "key": "rare", "given_names": "Xanthippe"}
    common = {**rows[1], "key": "common"}

    weight = {}
    with candidates.connect() as con:
        left = [{**rare, "key": "l1"}, {**common, "key": "l2"}]
        candidates.lay_out(con, frame(left), frame([*rows[2:], rare, common]))
        candidates.find(con, within=False)
        rebased = weights.rebase(con, weights.shipped())
        for pair in score(con, rebased, pairs="candidate", least=LIMITS.link):
            weight[pair.evidence.record] = pair.evidence.weight

    assert weight["rare"] > weight["common"] + 3


def test_learning_counts_how_true_pairs_differ() -> None:
    right = town(300)
    left = [
        {**row, "key": f"l{row['key']}", "sex": "X" if at % 10 else ("F" if row["sex"] == "M" else "M")}
        for at, row in enumerate(right)
    ]
    truth = [(f"l{row['key']}", row["key"]) for row in right]

    model = training.learn(frame(left), frame(right), truth, trained={})

    assert model.levels["given"]["exact"].m > 0.99
    # Where both say a sex, it differs: the others do not count.
    assert model.levels["sex"]["else"].m > 0.99


def test_training_without_truth_learns_that_addresses_are_out_of_date() -> None:
    right = town(250)
    left = [{**row, "key": f"l{row['key']}", "postcode": "", "address": ""} for row in right]
    moved = [{**row, "postcode": "NS99 9ZZ", "address": f"{at} New Road"} for at, row in enumerate(left)]

    before = weights.shipped()
    after = training.trained_on(frame(moved), frame(right), before)

    assert after.levels["place"]["else"].m > before.levels["place"]["else"].m + 0.2
    few = training.trained_on(frame(moved[:5]), frame(right), replace(before))
    assert few == before
