"""What in somebody's looks is worth a question: every signal by itself, and a pace no person at work keeps."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.errors import Refused
from graph.model.roles import Role
from graph.model.watching import (
    BURST,
    CROWD,
    MISSES,
    Colleague,
    Outcome,
    Seen,
    Signal,
    Ties,
    bursts,
    crowd,
    enumerations,
    outcome_coded,
    signals,
    strangers,
    streets,
)

NOBODY = Ties(
    user="u1",
    child="c1",
    name="Dawn Okoro",
    homes=(),
    carers=("Maria Costa", "Ana Costa"),
    postcodes=("k1",),
    streets=("s1",),
    family_streets=("s1", "s0"),
    colleagues=(Colleague("Jo Bell", ()),),
    served=True,
    of_area=True,
    left=False,
    canary=False,
)
MINUTE = 60_000


def opened(at: int, child: str, *, allowed: bool = True, action: str = "child.circle") -> Seen:
    """A child's page, opened or refused."""
    return Seen(at, "u1", action, allowed, (child,))


def missed(at: int) -> Seen:
    """A search that found nobody."""
    return Seen(at, "u1", "child.find", True, ())


def test_somebody_whom_work_ties_to_a_child_is_no_question() -> None:
    assert signals(NOBODY) == ()


@pytest.mark.parametrize(
    ("more", "signal"),
    [
        ({"canary": True}, Signal.CANARY),
        ({"carers": ("DAWN  O’KORO", "Dawn Ókoro")}, Signal.OWN_FAMILY),
        ({"homes": ("k1", "s1")}, Signal.HOUSEHOLD),
        ({"homes": ("k2", "s1"), "served": False}, Signal.NEIGHBOUR),
        ({"carers": ("Jo Bell",), "served": False}, Signal.COLLEAGUE),
        ({"left": True}, Signal.LEAVER),
        ({"served": False, "of_area": False}, Signal.NO_PATH),
    ],
)
def test_each_relation_is_one_signal(more: dict[str, object], signal: Signal) -> None:
    assert signals(replace(NOBODY, **more)) == (signal,)


def test_who_works_for_a_child_may_live_near_it_and_have_a_colleague_of_its_name() -> None:
    assert signals(replace(NOBODY, homes=("k2", "s1"), carers=("Jo Bell",))) == ()


@pytest.mark.parametrize(
    ("homes", "family", "noticed"),
    [
        (("k0", "s0"), ("s1", "s0"), True),
        (("k2", "s2"), ("s1", "s0"), False),
        ((), ("s1", "s0"), True),
        (("k2", "s2"), (), True),
    ],
    ids=["lived with the family once", "lives elsewhere", "home not known", "home of the family not known"],
)
def test_a_colleague_who_is_known_to_live_elsewhere_is_another_person_of_the_name(
    homes: tuple[str, ...], family: tuple[str, ...], noticed: bool
) -> None:
    named = (Colleague("Jo Bell", homes), Colleague("Sam Reed", ("k1", "s1")))

    found = signals(replace(NOBODY, carers=("Jo Bell",), family_streets=family, colleagues=named, served=False))

    assert (Signal.COLLEAGUE in found) is noticed


def test_names_that_nobody_recorded_are_nobodys() -> None:
    assert signals(replace(NOBODY, name=" ", carers=(" ", ""), colleagues=(Colleague(" ", ()),))) == ()


def test_many_children_in_a_few_minutes_are_a_burst_and_the_same_one_again_is_not() -> None:
    fast = [opened(at * 30_000, f"c{at}") for at in range(BURST)]
    slow = [opened(at * MINUTE, f"c{at}") for at in range(10 * BURST)]
    again = [opened(at * 1_000, "c1") for at in range(10 * BURST)]
    refused = [opened(at * 1_000, f"c{at}", allowed=False) for at in range(BURST)]

    assert bursts(fast) == [(BURST - 1) * 30_000]
    assert bursts(fast[:-1]) == bursts(slow) == bursts(again) == bursts(refused) == []
    assert len(bursts([*fast, *(opened(event.at + 10_000_000, f"d{event.at}") for event in fast)])) == 2


def test_children_of_others_all_day_long_are_noticed_and_those_of_ones_own_service_are_not() -> None:
    day = [opened(at * 10 * MINUTE, f"c{at}") for at in range(48)]
    rare = [opened(at * 90 * MINUTE, f"c{at}") for at in range(200)]
    own = {f"c{at}" for at in range(48)}

    assert strangers(day, set(), Role.PRACTITIONER) == [19 * 10 * MINUTE, 39 * 10 * MINUTE]
    assert strangers(day, set(), Role.SAFEGUARDING_LEAD) == [39 * 10 * MINUTE]
    assert strangers(day, own, Role.PRACTITIONER) == strangers(rare, set(), Role.PRACTITIONER) == []
    assert strangers(day, own - {f"c{at}" for at in range(19)}, Role.PRACTITIONER) == []
    assert len(strangers(day, own - {f"c{at}" for at in range(20)}, Role.PRACTITIONER)) == 1


def test_a_crowd_is_who_was_there_within_a_day_of_so_many_others() -> None:
    day = 24 * 60 * MINUTE
    together = [(at * MINUTE, f"u{at}") for at in range(CROWD)]
    spread = [(at * day // 2, f"u{at}") for at in range(4 * CROWD)]

    assert crowd(together) == {f"u{at}" for at in range(CROWD)}
    assert crowd(together[1:]) == crowd(spread) == crowd([(at, "u1") for at in range(CROWD)]) == set()
    assert crowd([*together, (2 * day, "late")]) == {f"u{at}" for at in range(CROWD)}


def test_a_list_that_names_children_opens_none() -> None:
    listed = Seen(1, "u1", "child.find", True, ("c1", "c2"))

    assert not listed.opens
    assert not listed.misses
    assert opened(1, "c1", allowed=False).opens
    assert missed(1).misses


def test_searching_in_vain_again_and_again_is_noticed() -> None:
    vain = [missed(at * MINUTE) for at in range(MISSES)]

    assert enumerations(vain) == [(MISSES - 1) * MINUTE]
    assert enumerations(vain[:-1]) == []
    assert enumerations([missed(at * 6 * MINUTE) for at in range(100)]) == []


@given(st.lists(st.integers(0, 10_000_000), max_size=80))
def test_no_pace_below_the_limit_is_ever_noticed(moments: list[int]) -> None:
    events = [opened(at, f"c{number}") for number, at in enumerate(sorted(moments))]
    most = max((sum(1 for other in moments if 0 <= at - other <= 10 * MINUTE) for at in moments), default=0)

    assert bool(bursts(events)) == (most >= BURST)


def test_each_signal_and_outcome_has_words_and_a_clock() -> None:
    assert all(signal.words and 1 <= signal.days <= 5 for signal in Signal)
    assert all(outcome_coded(outcome.value) is outcome and outcome.words for outcome in Outcome)
    with pytest.raises(Refused, match="from the list"):
        outcome_coded("he said that …")


@pytest.mark.parametrize(("postcode", "place"), [("ns1 2ab", "NS1 2A"), ("NS12AB", "NS1 2A"), ("", ""), ("NS1", "")])
def test_the_streets_around_are_all_but_the_last_letter(postcode: str, place: str) -> None:
    assert streets(postcode) == place
