"""What the tiers and guards are worth: what one of them held back comes about without it, and with it again not."""

from collections.abc import Sequence

import pytest

from benchmarks import joins, worth
from graph.model.file_names import Name
from loaders import identify, match, plan
from loaders.synthetic import synthesise
from loaders.tables import Tidy
from loaders.who import policy

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

Files = tuple[Sequence[tuple[Name, Tidy]], joins.Truth]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The registers of a population of 300, which are fewer files than all, and their truth."""
    folder = tmp_path_factory.mktemp("population")
    synthesise(folder, children=300, as_at=joins.AS_AT, seed=29)
    kept = ("authorities", "postcodes", "schools", "births", "pds", "school_census", "child_benefit")
    return [(name, tidy) for name, tidy in joins.opened(folder) if name.feed in kept], joins.read_truth(folder)


@pytest.fixture(scope="module")
def everything(files: Files) -> worth.Worth:
    """What comes of them with everything on."""
    return worth.worth("everything", *files)


def test_the_second_tier_finds_whom_the_first_does_not(files: Files, everything: worth.Worth) -> None:
    found = worth.worth("first-tier", *files)

    assert found.false == everything.false == 0
    assert found.recall < everything.recall - 0.03
    assert found.review == 0
    assert found.second == found.unasked > everything.second


def test_the_second_tier_alone_joins_most(files: Files, everything: worth.Worth) -> None:
    found = worth.worth("second-tier", *files)

    assert 0.8 < found.recall <= everything.recall
    assert found.review > everything.review


def test_without_any_veto_fewer_are_asked_about(files: Files, everything: worth.Worth) -> None:
    found = worth.worth("vetoes", *files)

    assert found.review < everything.review
    assert found.second < everything.second


def test_what_was_switched_off_is_on_again(files: Files, everything: worth.Worth) -> None:
    before = {name: [getattr(where, what) for where, what, _ in off] for name, (_, off) in worth.SWITCHES.items()}

    for name in ("lead", "constraints", "barriers"):
        assert worth.worth(name, *files).recall >= everything.recall - 0.01

    after = {name: [getattr(where, what) for where, what, _ in off] for name, (_, off) in worth.SWITCHES.items()}
    assert after == before
    assert worth.worth("everything", *files) == everything


def test_no_switch_stands_for_what_is_there_already() -> None:
    for name, (words, off) in worth.SWITCHES.items():
        assert words
        assert bool(off) is (name != "everything")
        assert all(getattr(where, what) is not instead for where, what, instead in off)


def test_no_load_can_switch_a_guard_off() -> None:
    names = {*vars(identify), *vars(match), *vars(plan), *vars(policy)}

    assert not {"SWITCHES", "worth"} & names
    assert vars(policy.LIMITS) == vars(policy.Limits())


def test_the_figures_are_told_in_words(everything: worth.Worth) -> None:
    told = worth.in_words([everything]).splitlines()

    assert told[0].split()[:2] == ["false", "of"]
    assert told[2].startswith("everything on")
