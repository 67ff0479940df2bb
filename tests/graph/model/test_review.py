"""The order of the queue, who has to decide, and the words for weights: no number is shown to anybody."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from graph.model.errors import Refused
from graph.model.review import (
    Case,
    Decided,
    Doubt,
    Look,
    Opinion,
    Origin,
    Said,
    Stage,
    Strength,
    came_of,
    clues,
    confirmation,
    consequence,
    doubt_said,
    folded,
    in_order,
    margin_words,
    numbers_said,
    rivals,
    said_coded,
    settled,
    strength_of,
)
from loaders.who import comparisons

TODAY = date(2026, 11, 22)
CASE = Case(
    entry="E",
    candidate="C",
    record="r",
    origin=Origin("school_census", "northshire", 7),
    reason=Doubt.NAMESAKE.value,
    weight=7.5,
    margin=None,
    parts=(),
    policy=1,
    model="m",
    run=3,
    since=date(2026, 11, 1),
    shielded=False,
    births=(date(2012, 1, 2),),
    first_kinds=False,
    more_records=False,
    multiple=False,
    authorities=("E10000901",),
    opinions=(),
)


def test_every_reason_has_words():
    assert all(doubt.words.endswith(".") and doubt.short for doubt in Doubt)
    assert doubt_said("a rule of next year") is Doubt.BAND


def test_what_can_do_most_harm_comes_first_and_then_the_oldest():
    clash = replace(CASE, entry="1", record="1", reason=Doubt.NUMBERS_CLASH.value)
    twin = replace(CASE, entry="2", record="2", reason=Doubt.CO_TWIN.value, since=date(2026, 11, 2))
    known = replace(CASE, entry="3", record="3", first_kinds=True)
    young = replace(CASE, entry="4", record="4", births=(date(2022, 1, 1),))
    older = replace(CASE, entry="5", record="5", since=date(2026, 10, 1))
    rest = replace(CASE, entry="6", record="6", parts=("given:exact:9.3", "born:exact:12.6", "place:home:13.2"))
    # Nothing of a shielded case orders it, though it is a clash, the oldest and of a baby.
    hidden = replace(clash, entry="7", record="7", shielded=True, since=date(2020, 1, 1), births=(TODAY,))
    wanted = [clash, twin, known, young, older, rest, hidden]

    for drawn in list(permutations(wanted))[::97]:
        assert in_order(drawn, TODAY) == wanted


def test_of_one_record_the_best_candidate_is_asked_about_and_the_others_are_its_rivals():
    best = replace(CASE, weight=9.0, candidate="best")
    second = replace(CASE, weight=4.0, candidate="second")
    third = replace(CASE, weight=-1.0, candidate="third")

    assert in_order([third, second, best], TODAY) == [best]
    assert rivals([third, best, second], best) == [second, third]
    assert in_order([replace(second, weight=None), best], TODAY)[0].candidate == "second"


@pytest.mark.parametrize(
    ("case", "needs"),
    [
        (CASE, 1),
        (replace(CASE, reason=Doubt.NUMBERS_CLASH.value), 2),
        (replace(CASE, reason=Doubt.NUMBER_ELSEWHERE.value), 2),
        (replace(CASE, reason=Doubt.CO_TWIN.value), 2),
        (replace(CASE, reason=Doubt.MULTIPLE_BIRTH.value), 2),
        (replace(CASE, reason=Doubt.IMPOSSIBLE.value), 2),
        (replace(CASE, parts=("given:else:-9.3", "born:exact:12.6", "place:home:13.2")), 2),
        (replace(CASE, parts=("given:exact:9.3", "born:exact:12.6", "place:home:13.2")), 1),
        (replace(CASE, parts=("given:else:-9.3", "born:slip:4.1", "place:home:13.2")), 1),
        (replace(CASE, parts=("given:else:-9.3", "born:exact:12.6", "place:else:-2.0")), 1),
        (replace(CASE, multiple=True), 2),
        (replace(CASE, more_records=True), 2),
    ],
)
def test_twins_clashing_numbers_and_two_children_who_both_were_there_need_two_people(case: Case, needs: int):
    assert case.needs == needs


def said(*words: str) -> list[Opinion]:
    """What people said, one after the other: `a:same`."""
    return [Opinion(word.partition(":")[0], word.partition(":")[2], at) for at, word in enumerate(words)]


@pytest.mark.parametrize(
    ("opinions", "needs", "outcome"),
    [
        (said(), 1, None),
        (said("a:same"), 1, Said.SAME),
        (said("a:different"), 1, Said.DIFFERENT),
        (said("a:unsure"), 1, None),
        (said("a:unsure", "a:same"), 1, Said.SAME),
        (said("a:same"), 2, None),
        (said("a:same", "a:same"), 2, None),
        (said("a:same", "b:same"), 2, Said.SAME),
        (said("a:different", "b:different"), 2, Said.DIFFERENT),
        (said("a:same", "b:different"), 2, None),
        (said("a:same", "b:unsure"), 2, None),
        (said("a:same", "b:different", "c:different"), 2, Said.DIFFERENT),
        (said("a:unsure", "b:unsure", "c:same"), 2, None),
        (said("a:unsure", "b:unsure", "c:same", "d:same"), 2, Said.SAME),
    ],
)
def test_a_case_is_settled_by_as_many_different_people_as_it_needs(
    opinions: list[Opinion], needs: int, outcome: Said | None
):
    assert settled(opinions, needs) is outcome


def test_the_stage_tells_that_somebody_looked_and_never_what_they_said():
    twin = replace(CASE, reason=Doubt.CO_TWIN.value)

    stages = [replace(twin, opinions=tuple(said(word))).stage for word in ("a:same", "a:different", "a:unsure")]
    assert stages == [Stage.SECOND] * 3
    assert replace(twin, opinions=tuple(said("a:same", "b:different"))).stage is Stage.UNSURE
    assert replace(CASE, opinions=tuple(said("a:unsure"))).stage is Stage.UNSURE
    assert replace(twin, opinions=tuple(said("a:same")), shielded=True).stage is Stage.SHIELDED
    assert not replace(twin, opinions=tuple(said("a:same"))).may_decide("a")
    assert replace(twin, opinions=tuple(said("a:same"))).may_decide("b")
    assert replace(CASE, opinions=tuple(said("a:unsure"))).may_decide("a")


def test_only_what_is_on_the_list_can_be_said():
    assert said_coded("same") is Said.SAME
    with pytest.raises(Refused, match="Choose whether"):
        said_coded("certainly")


def test_a_weight_is_a_word_and_personal_evidence_comes_before_the_familys():
    shown = clues(("place:home:21.9", "family:exact:15.8", "sex:else:-3.0", "born:exact:12.7", "given:weak:1.1", "x"))

    assert [(clue.part, clue.strength, clue.personal) for clue in shown] == [
        ("Forename", Strength.LITTLE, True),
        ("Date of birth", Strength.STRONGLY_FOR, True),
        ("Sex", Strength.AGAINST, True),
        ("Family name", Strength.STRONGLY_FOR, False),
        ("Address", Strength.STRONGLY_FOR, False),
    ]
    assert strength_of(-20) is Strength.STRONGLY_AGAINST


def test_no_word_holds_a_figure_and_every_level_of_the_model_has_one():
    every = [(each.name, level.name) for each in comparisons.comparisons(2) for level in each.levels]

    shown = clues(tuple(f"{part}:{level}:4.5" for part, level in every))

    assert len(shown) == len(every)
    texts = [text for clue in shown for text in (clue.part, clue.words, clue.strength)]
    texts += [text for doubt in Doubt for text in (doubt.short, doubt.words)]
    texts += [margin_words(margin, rival_known=known) for margin in (None, 3.0, 20.0) for known in (True, False)]
    assert [text for text in texts if re.search(r"\d|%|risk|likel|probab", text)] == []


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        (["1"], ["1"], "The same on both"),
        (["1"], ["2"], "Not the same"),
        (["1"], [], "On one side only"),
        ([], [], "On neither"),
    ],
)
def test_numbers_are_compared_and_not_shown(mine: list[str], theirs: list[str], words: str):
    assert numbers_said(mine, theirs) == words


def test_the_second_best_is_said_in_words():
    assert margin_words(None, rival_known=False) == "No other child comes into question."
    assert margin_words(3.0, rival_known=True) == "Another child fits nearly as well."
    assert margin_words(12.0, rival_known=True) == "Another child was compared and fits much less well."


def test_what_a_decision_will_do_is_said_before_it_is_made():
    assert "not told" in consequence(Said.SAME, 2)[0]
    assert consequence(Said.SAME, 2)[2:] == consequence(Said.SAME, 1)
    assert consequence(Said.UNSURE, 2) == consequence(Said.UNSURE, 1)
    assert confirmation(Said.SAME, 1) == "Join the two entries"
    assert {confirmation(said, 2) for said in Said} == {"Send what I say"}


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (Decided(Said.SAME, Said.SAME), "joined"),
        (Decided(Said.DIFFERENT, Said.DIFFERENT), "kept_apart"),
        (Decided(Said.SAME, None), "waits"),
        (Decided(Said.UNSURE, None), "unsure"),
    ],
)
def test_what_came_of_a_decision_has_a_word(made: Decided, word: str):
    assert came_of(made) == word


def test_who_saw_the_same_again_is_one_line_with_its_last_time():
    first, last = (datetime(2026, 11, 21, hour, tzinfo=UTC) for hour in (9, 11))
    looks = [Look(at, "Dawn", "Hillbrook", "child.circle", "attendance") for at in (first, last)]

    (line, other) = folded([*looks, Look(first, "Dawn", None, "child.x_y", None)])

    assert (line.at, line.times, line.what, line.why) == (last, 2, "The circle", "Attendance concern")
    assert (other.what, other.why) == ("Child: x y", "No reason is asked for this")
