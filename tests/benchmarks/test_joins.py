"""A whole population joined in memory, beside its truth: nobody is linked to another child."""

import pytest

from benchmarks import joins
from loaders.synthetic import synthesise

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> joins.Judge:
    """What became of a population of 400."""
    folder = tmp_path_factory.mktemp("population")
    synthesise(folder, children=400, as_at=joins.AS_AT, seed=23)
    return joins.run(folder)


def test_nobody_is_joined_wrongly_and_few_are_left_to_people(judge: joins.Judge) -> None:
    every = list(judge.tallies.values())
    records = sum(tally.records for tally in every)

    assert judge.wrong == []
    assert records > 1_500
    assert sum(tally.methods["weight"] for tally in every) > 20
    # Of children whom the graph knew; the first tier alone makes a second person of 6 %.
    assert sum(tally.second for tally in every) <= 0.02 * records
    assert sum(tally.review_right for tally in every) >= 0.8 * sum(tally.second for tally in every)
    assert sum(tally.review_right + tally.review_wrong for tally in every) <= 0.03 * records
    assert judge.tallies["births"].reasons.total() == 0


def test_the_figures_are_told_in_words(judge: joins.Judge) -> None:
    told = joins.in_words(judge)

    assert told.splitlines()[0].split()[:4] == ["feed", "records", "right", "wrong"]
    assert "involvements" in told
