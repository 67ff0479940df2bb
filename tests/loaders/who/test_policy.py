"""The decision as a table, and what holds of it whatever the records say."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.model.review import Doubt
from loaders.who.policy import LIMITS, Basis, Decision, Evidence, Number, Outcome, certain, decide, vetoes

LEVELS = {
    "given": ("exact", "swapped", "form", "close", "weak", "else", "unknown"),
    "family": ("exact", "part", "close", "weak", "else", "unknown"),
    "middle": ("exact", "near", "else", "unknown"),
    "born": ("exact", "turned", "slip", "two_of_three", "else", "unknown"),
    "sex": ("exact", "else", "unknown"),
    "place": ("home", "address", "postcode", "former", "slip", "area", "else", "unknown"),
}
SURE = Evidence(
    "r1", "r1", 30.0, given="exact", family="exact", middle="unknown", born="exact", sex="exact", place="home"
)
EQUAL, CLASH = Number.EQUAL, Number.CLASH

evidence = st.builds(
    Evidence,
    record=st.sampled_from(["r1", "r2", "r3", "r4", "r5", "r6"]),
    person=st.sampled_from(["p1", "p2", "p3"]),
    weight=st.floats(-40, 60, allow_nan=False),
    nhs=st.sampled_from(Number),
    upn=st.sampled_from(Number),
    other=st.sampled_from([Number.EQUAL, Number.UNKNOWN]),
    multiple=st.booleans(),
    **{name: st.sampled_from(levels) for name, levels in LEVELS.items()},
)
candidates = st.lists(evidence, max_size=6, unique_by=lambda pair: pair.record)
RANK = {Outcome.NEW: 0, Outcome.REVIEW: 1, Outcome.LINK: 2}


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({}, Outcome.LINK, Basis.DEMOGRAPHICS),
        ({"family": "close"}, Outcome.LINK, Basis.WEIGHT),
        ({"nhs": EQUAL}, Outcome.LINK, Basis.NUMBER),
        ({"nhs": EQUAL, "given": "else"}, Outcome.LINK, Basis.NUMBER),
        ({"nhs": EQUAL, "given": "else", "born": "else"}, Outcome.REVIEW, Doubt.FORENAME_DIFFERS),
        ({"nhs": EQUAL, "given": "else", "multiple": True}, Outcome.REVIEW, Doubt.FORENAME_DIFFERS),
        ({"nhs": EQUAL, "given": "else", "born": "slip"}, Outcome.REVIEW, Doubt.FORENAME_DIFFERS),
        ({"nhs": CLASH}, Outcome.REVIEW, Doubt.NUMBERS_CLASH),
        ({"nhs": EQUAL, "upn": CLASH}, Outcome.REVIEW, Doubt.NUMBERS_CLASH),
        ({"given": "else"}, Outcome.REVIEW, Doubt.FORENAME_DIFFERS),
        ({"given": "unknown"}, Outcome.REVIEW, Doubt.FORENAME_UNKNOWN),
        ({"given": "weak"}, Outcome.REVIEW, Doubt.CO_TWIN),
        ({"given": "weak", "place": "else"}, Outcome.LINK, Basis.WEIGHT),
        ({"given": "weak", "place": "else", "family": "else"}, Outcome.REVIEW, Doubt.NAMES_DIFFER),
        ({"given": "close", "multiple": True}, Outcome.REVIEW, Doubt.MULTIPLE_BIRTH),
        ({"given": "close", "multiple": True, "nhs": EQUAL}, Outcome.LINK, Basis.WEIGHT),
        ({"multiple": True}, Outcome.LINK, Basis.WEIGHT),
        ({"multiple": True, "middle": "else"}, Outcome.REVIEW, Doubt.MULTIPLE_BIRTH),
        ({"given": "swapped", "place": "else"}, Outcome.REVIEW, Doubt.NAMES_SWAPPED),
        ({"given": "swapped", "place": "area"}, Outcome.LINK, Basis.WEIGHT),
        ({"sex": "else"}, Outcome.LINK, Basis.WEIGHT),
        ({"sex": "else", "given": "form"}, Outcome.REVIEW, Doubt.SEX_DIFFERS),
        ({"born": "else"}, Outcome.REVIEW, Doubt.BIRTHDAY_DIFFERS),
        ({"born": "else", "upn": EQUAL}, Outcome.LINK, Basis.WEIGHT),
        ({"born": "unknown"}, Outcome.REVIEW, Doubt.BIRTHDAY_UNKNOWN),
        ({"given": "form", "born": "turned"}, Outcome.REVIEW, Doubt.NOTHING_EXACT),
        ({"given": "close", "born": "slip", "upn": EQUAL}, Outcome.LINK, Basis.NUMBER),
        ({"given": "else", "born": "else"}, Outcome.NEW, Basis.NOBODY),
        ({"given": "unknown", "born": "unknown"}, Outcome.NEW, Basis.NOBODY),
        ({"place": "else", "weight": 11.9}, Outcome.REVIEW, Doubt.NAMESAKE),
        ({"place": "else", "weight": 12.0}, Outcome.LINK, Basis.WEIGHT),
        ({"weight": 5.9}, Outcome.REVIEW, Doubt.BAND),
        ({"weight": 6.0}, Outcome.LINK, Basis.DEMOGRAPHICS),
        ({"weight": -4.0}, Outcome.REVIEW, Doubt.BAND),
        ({"weight": -4.1}, Outcome.NEW, Basis.NOBODY),
        ({"weight": -20.0, "nhs": EQUAL, "given": "else", "born": "else"}, Outcome.REVIEW, Doubt.FORENAME_DIFFERS),
    ],
)
def test_one_candidate(changed: dict[str, object], outcome: Outcome, reason: Basis | Doubt) -> None:
    decision = decide([replace(SURE, **changed)])  # type: ignore[arg-type]

    assert (decision.outcome, decision.reason) == (outcome, reason)


def test_without_a_candidate_the_person_is_new() -> None:
    assert decide([]) == Decision(Outcome.NEW, Basis.NOBODY)


def test_a_rival_who_fits_nearly_as_well_sends_both_to_review() -> None:
    rival = replace(SURE, record="r2", person="r2", weight=22.1)

    assert decide([SURE, rival]).reason is Doubt.NEAR_TIE
    assert decide([SURE, replace(rival, weight=22.0)]).outcome is Outcome.LINK


def test_another_record_of_the_same_person_is_no_rival() -> None:
    other = replace(SURE, record="r2", person="r1", weight=29.0)

    decision = decide([SURE, other])

    assert (decision.outcome, decision.records) == (Outcome.LINK, ("r1", "r2"))


def test_another_record_of_the_person_is_linked_on_its_own_evidence_only() -> None:
    other = replace(SURE, record="r2", person="r1", given="weak")

    assert decide([SURE, other]).records == ("r1",)


def test_a_number_that_somebody_else_holds_stops_the_link() -> None:
    holder = replace(SURE, record="r2", person="r2", weight=-9.0, nhs=EQUAL, given="else", born="else")

    assert decide([SURE, holder]).reason is Doubt.NUMBER_ELSEWHERE


def test_a_number_of_a_second_entry_is_no_contradiction_while_people_are_asked_about_it() -> None:
    mine = replace(SURE, nhs=EQUAL, weight=50.0)
    entry = replace(SURE, record="r2", person="r2", weight=42.0, upn=EQUAL, given="weak")
    asked = {frozenset(("r1", "r2"))}

    def outcome(*candidates: Evidence, asked: set[frozenset[str]] = asked) -> tuple[Outcome, Basis | Doubt]:
        decision = decide(candidates, asked=asked)
        return decision.outcome, decision.reason

    elsewhere = (Outcome.REVIEW, Doubt.NUMBER_ELSEWHERE)
    assert outcome(mine, entry) == (Outcome.LINK, Basis.NUMBER)
    assert outcome(mine, entry, asked=set()) == elsewhere
    assert outcome(mine, entry, asked={frozenset(("r1", "r3"))}) == elsewhere
    # A twin's number on this record, or this one's on a twin's: only what tells twins apart lets it pass.
    assert outcome(mine, replace(entry, weight=42.1)) == elsewhere
    assert outcome(replace(mine, given="close"), entry) == elsewhere
    assert outcome(replace(mine, born="slip"), entry) == elsewhere
    assert outcome(replace(mine, nhs=Number.UNKNOWN), entry) == elsewhere
    third = replace(entry, record="r3", person="r3", weight=-9.0)
    assert outcome(mine, entry, third) == elsewhere


def test_a_clash_with_any_record_of_the_person_stops_the_link() -> None:
    other = replace(SURE, record="r2", person="r1", weight=10.0, nhs=CLASH)

    assert decide([SURE, other]).reason is Doubt.NUMBERS_CLASH


def test_only_valid_numbers_and_whole_demographics_are_certain() -> None:
    assert certain(replace(SURE, place="area")) is None
    assert certain(replace(SURE, place="former")) is Basis.DEMOGRAPHICS
    assert certain(replace(SURE, multiple=True)) is None
    assert certain(replace(SURE, nhs=EQUAL, born="else")) is None
    assert certain(replace(SURE, other=EQUAL, family="else", place="else")) is None


@given(candidates, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_makes_no_difference(pairs: list[Evidence], chance: object) -> None:
    shuffled = list(pairs)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert decide(shuffled) == decide(pairs)


NUMBERED = replace(SURE, person="p1", nhs=EQUAL)
OF_THE_FAMILY = replace(SURE, record="r2", person="p1", weight=0.0, given="else", born="else", nhs=CLASH)


@example([NUMBERED, OF_THE_FAMILY])
@given(candidates)
def test_a_clashing_number_is_never_linked(pairs: list[Evidence]) -> None:
    decision = decide(pairs)

    if decision.outcome is Outcome.LINK:
        about = [pair for pair in pairs if pair.person == decision.person]
        assert not any(CLASH in (pair.nhs, pair.upn) for pair in about)


@given(candidates)
def test_no_child_of_a_multiple_birth_is_linked_under_another_forename(pairs: list[Evidence]) -> None:
    decision = decide(pairs)

    if decision.outcome is Outcome.LINK:
        for pair in pairs:
            if pair.record in decision.records and pair.multiple:
                assert pair.given == "exact" or (pair.has_number and pair.given not in ("weak", "else", "unknown"))


@given(candidates, st.floats(0, 40))
def test_more_weight_for_the_best_never_means_less(pairs: list[Evidence], more: float) -> None:
    if not pairs:
        return
    best = max(pairs, key=lambda pair: pair.weight)
    # Of equal weights the policy has its own order; here the best shall stay the best.
    if sum(pair.weight == best.weight for pair in pairs) > 1:
        return
    raised = [replace(pair, weight=pair.weight + more) if pair is best else pair for pair in pairs]

    assert RANK[decide(raised).outcome] >= RANK[decide(pairs).outcome]


@given(evidence)
def test_what_is_linked_has_the_weight_and_no_veto(pair: Evidence) -> None:
    decision = decide([pair])

    if decision.outcome is Outcome.LINK:
        assert pair.weight >= LIMITS.link
        assert vetoes(pair) == ()


@given(candidates)
def test_what_people_are_asked_about_changes_nothing_but_whose_number_speaks_against_it(pairs: list[Evidence]) -> None:
    every = {frozenset((one, other)) for one in ("p1", "p2", "p3") for other in ("p1", "p2", "p3") if one != other}

    before, after = decide(pairs), decide(pairs, asked=every)

    assert (after.person, after.weight, after.rival) == (before.person, before.weight, before.rival)
    if after != before:
        best = next(pair for pair in pairs if pair.record == before.records[0])
        assert before.reason is Doubt.NUMBER_ELSEWHERE
        assert best.given == best.born == "exact"
        assert EQUAL in (best.nhs, best.upn)
        assert after.rival is None or best.weight - after.rival >= LIMITS.lead
