"""The second tier, asked of the tables of a first load: links, questions and persons of their own."""

import itertools
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.model.review import Doubt
from loaders.bulk import TableState
from loaders.identify import File, Identified, identify
from loaders.plan import Plan, Scope, plan_load
from loaders.registry import FEEDS
from tests.loaders.said import TODAY, address, child, home, tidy

# Each lays out an index and weighs pairs: seconds, which make check has not.
pytestmark = pytest.mark.slow

NHS, OTHER_NHS, UPN, OTHER_UPN = "9990000018", "9990000026", "B990900100001", "Z990900100002"
BORN = date(2017, 6, 14)
ANA: dict[str, Any] = {"forename": "Anneliese", "family_name": "Costaworth", "date_of_birth": BORN}
NAMES = ("Beatrix", "Caspian", "Dorothea", "Evander", "Felicity", "Gideon", "Henrietta", "Ignatius")


def planned(state: TableState, *records: dict[str, Any], feed: str = "pds", supplier: str = "nhs", **more: Any) -> Plan:
    """The plan of a file of these records, which all live at 14 Larch Road; the state has taken it."""
    said = tidy(records, [home(record["key"]) for record in records], [address()])
    scope = Scope(FEEDS[feed], supplier, TODAY, more.pop("full", True), len(state.tables.records) + 1)
    plan = plan_load(said, scope, state, **more)
    state.take(plan)
    return plan


def others() -> list[dict[str, Any]]:
    """Children of other families, so that a name or a home is something rare."""
    return [
        child(
            f"other{number}", forename=name, family_name=f"{name}son", date_of_birth=date(2010 + number, 3, 7 + number),
            postcode=f"NS{number + 2} 3AB",
        )
        for number, name in enumerate(NAMES)
    ]  # fmt: skip


def known(*records: dict[str, Any]) -> TableState:
    """What is there after a register with these and the others."""
    state = TableState()
    planned(state, *records, *others())
    return state


def person_of(state: TableState, key: str, feed: str = "pds") -> str:
    """The person of a record."""
    rows = [frame[frame["key"] == key] for frame in state.tables.records if (frame["source"] == feed).all()]
    return str(next(found["subject_id"].iloc[0] for found in rows if len(found)))


def how(plan: Plan, key: str) -> tuple[str, str, Any]:
    """The person of a record of the plan, by what, and the weight."""
    row = plan.records.set_index("key").loc[key]
    return row["subject_id"], row["method"], row["score"]


def test_a_slip_of_the_hand_is_linked_by_weight_and_says_to_which_record() -> None:
    state = known(child("p", nhs_number=NHS, **ANA))

    plan = planned(state, child("c", upn=UPN, **ANA | {"forename": "Annaliese"}), feed="school_census", supplier="dfe")

    person, method, score = how(plan, "c")
    assert (person, method) == (person_of(state, "p"), "weight")
    assert score > 6
    assert plan.records["basis"].tolist() == state.tables.records[0].query("key == 'p'")["record"].tolist()
    assert plan.proposals == plan.persons == []


def test_a_doubtful_record_is_a_person_of_its_own_and_a_question() -> None:
    state = known(child("p", nhs_number=NHS, **ANA))

    plan = planned(
        state, child("c", **ANA | {"forename": "Annelise", "date_of_birth": date(2017, 6, 15)}), feed="child_benefit"
    )

    person, method, score = how(plan, "c")
    (asked,) = plan.proposals
    assert (method, score) == ("new", None)
    assert [row["person_id"] for row in plan.persons] == [person]
    assert (asked["person_id"], asked["candidate"]) == (person, person_of(state, "p"))
    assert asked["record"] == plan.records["record"].iloc[0]
    assert asked["reason"] == str(Doubt.NOTHING_EXACT)
    assert asked["parts"][0].startswith("given:close:")
    assert [part.partition(":")[0] for part in asked["parts"]] == [
        "given", "family", "middle", "born", "sex", "place", "nhs", "upn",
    ]  # fmt: skip
    assert (asked["policy"], len(asked["model"])) == (4, 12)
    assert plan.counts["to_review"] == 1


def test_another_spelling_and_a_turned_birthday_wait_for_a_person() -> None:
    """Story 9: Sofia of the registers and Sofija of a charity, born on 8 July or on 7 August."""
    sofia = {"forename": "Sofia", "family_name": "Petrova"}
    state = known(child("p", nhs_number=NHS, date_of_birth=date(2013, 7, 8), **sofia))

    plan = planned(
        state,
        child("c", **sofia | {"forename": "Sofija", "date_of_birth": date(2013, 8, 7)}),
        feed="involvements",
        supplier="charity",
    )

    assert how(plan, "c")[1] == "new"
    assert [row["reason"] for row in plan.proposals] == [str(Doubt.NOTHING_EXACT)]
    assert plan.proposals[0]["candidate"] == person_of(state, "p")


@pytest.mark.parametrize(
    "sibling",
    [
        {"forename": "Bartholomew", "date_of_birth": date(2019, 2, 3)},
        {"forename": "Rosalind", "date_of_birth": date(2014, 11, 28)},
    ],
)
def test_a_brother_or_sister_is_nobodys_question(sibling: dict[str, Any]) -> None:
    state = known(child("p", nhs_number=NHS, **ANA))

    plan = planned(state, child("c", **ANA | sibling), feed="child_benefit")

    assert (how(plan, "c")[1], plan.proposals) == ("new", [])


def test_a_twin_who_is_not_known_yet_is_never_linked() -> None:
    state = known(child("p", nhs_number=NHS, **ANA))

    for at, forename in enumerate(("Annabella", "Bartholomew", "Anna")):
        plan = planned(state, child(f"c{at}", **ANA | {"forename": forename}), feed="child_benefit", supplier=f"s{at}")

        assert how(plan, f"c{at}")[1] == "new", forename


def test_two_look_alike_names_of_one_register_are_two_children() -> None:
    """The second row is a twin's: its register has named the first by a row of its own."""
    state = known(child("p", nhs_number=NHS, **ANA))

    plan = planned(
        state, child("c", **ANA), child("d", **ANA | {"forename": "Annelise"}), feed="child_benefit", supplier="dwp"
    )

    assert how(plan, "c")[:2] == (person_of(state, "p"), "demographics")
    assert how(plan, "d")[1] == "new"
    assert plan.proposals == []


def test_a_sender_with_two_numbers_of_its_own_means_two_children() -> None:
    state = known(child("p", nhs_number=NHS, **ANA))
    alike = child("d", local_id="L2", **ANA | {"forename": "Annaliese"})

    alone = plan_load(tidy([alike]), Scope(FEEDS["involvements"], "council", TODAY, True, 9), state)
    plan = planned(state, child("c", local_id="L1", **ANA), alike, feed="involvements", supplier="council")

    assert alone.records["method"].tolist() == ["weight"]
    assert how(plan, "c")[:2] == (person_of(state, "p"), "demographics")
    assert how(plan, "d")[1] == "new"


def test_the_former_and_the_other_names_of_a_child_are_compared() -> None:
    state = known(
        child("p", nhs_number=NHS, former_family_name="Brackenbury", other_names=["Costaworth, Lieselotte"], **ANA)
    )

    by_former = planned(
        state, child("c", **ANA | {"forename": "Anneliese", "family_name": "Brakenbury"}), feed="child_benefit"
    )
    by_other = planned(state, child("d", **ANA | {"forename": "Liselotte"}), feed="school_census", supplier="dfe")

    assert how(by_former, "c")[:2] == (person_of(state, "p"), "weight")
    assert how(by_other, "d")[:2] == (person_of(state, "p"), "weight")


def test_an_adopted_childs_two_lives_are_neither_joined_nor_asked_about() -> None:
    state = TableState()
    before = child("b", nhs_number=NHS, **ANA)
    planned(state, before, *others(), feed="births", supplier="ons")

    plan = planned(state, child("p", nhs_number=OTHER_NHS, **ANA | {"family_name": "Whitlock"}))
    again = planned(state, child("q", nhs_number=OTHER_NHS, **ANA), feed="deaths", supplier="ons")

    assert how(plan, "p")[1] == "new"
    assert how(again, "q")[0] != person_of(state, "b", "births")
    assert plan.proposals == again.proposals == []


@pytest.mark.parametrize(("family_name", "one_life"), [("Whitlock", False), ("Costaworth", True)])
def test_an_entry_of_birth_without_a_number_is_no_candidate_under_another_family_name(
    family_name: str, *, one_life: bool
) -> None:
    state = TableState()
    planned(state, child("b", **ANA), *others(), feed="births", supplier="ons")

    plan = planned(state, child("p", nhs_number=NHS, **ANA | {"family_name": family_name, "forename": "Annaliese"}))

    assert (how(plan, "p")[0] == person_of(state, "b", "births")) is one_life
    assert plan.proposals == []


def test_a_sealed_life_is_no_candidate_although_nothing_else_speaks_against_it() -> None:
    state = TableState()
    planned(state, child("b", nhs_number=NHS, **ANA), *others(), feed="births", supplier="ons")
    same, slip = child("c", **ANA), child("d", **ANA | {"forename": "Annaliese"})
    scope = Scope(FEEDS["school_census"], "dfe", TODAY, True, 9)
    open_life = [plan_load(tidy([row]), scope, state).records["method"].tolist() for row in (same, slip)]

    said = replace(
        tidy([child("p", nhs_number=OTHER_NHS, **ANA | {"family_name": "Whitlock"})]), withdrawn=frozenset({NHS})
    )
    state.take(plan_load(said, Scope(FEEDS["pds"], "nhs", TODAY, True, 2), state))
    plans = [plan_load(tidy([row]), scope, state) for row in (same, slip)]

    assert open_life == [["demographics"], ["weight"]]
    for plan in plans:
        assert plan.records["subject_id"].iloc[0] != person_of(state, "b", "births")
        assert [row["candidate"] for row in plan.proposals if row["candidate"] != person_of(state, "p")] == []


@pytest.mark.parametrize("bridge", [{"upn": UPN}, {"local_id": "R1"}, {"upn": UPN, "local_id": "R1"}])
@pytest.mark.parametrize("given", ["Anneliese", "Rose"])
def test_no_number_but_the_withdrawn_one_leads_into_a_sealed_life(bridge: dict[str, str], given: str) -> None:
    state = TableState()
    planned(state, child("b", nhs_number=NHS, **ANA), *others(), feed="births", supplier="ons")
    census = {"feed": "school_census", "supplier": "dfe"}
    planned(state, child("c", nhs_number=NHS, **bridge, **ANA), **census)
    adopted = ANA | {"family_name": "Whitlock", "forename": given, "postcode": "NS7 7AA"}
    row = child("d", **bridge, **adopted)
    scope = Scope(FEEDS["school_census"], "dfe", TODAY, False, 9)
    before = plan_load(tidy([row]), scope, state).records["subject_id"].tolist()
    said = replace(tidy([child("p", nhs_number=OTHER_NHS, **adopted)]), withdrawn=frozenset({NHS}))
    state.take(plan_load(said, Scope(FEEDS["pds"], "nhs", TODAY, True, 2), state))

    plan = plan_load(tidy([row]), scope, state)

    old = person_of(state, "c", "school_census")
    assert person_of(state, "b", "births") == old
    assert before == [old] or given == "Rose"
    assert plan.records["subject_id"].tolist() == [person_of(state, "p")]
    assert plan.proposals == []


def test_a_shielded_child_is_never_linked_by_weights_the_row_waits() -> None:
    state = known(child("p", nhs_number=NHS, restricted=True, **ANA | {"postcode": "NS1 1AA"}))
    # Only the birthday is the same: the rule of the shields lets it pass (two of four), the weights do not.
    near = ANA | {"forename": "Annelise", "family_name": "Costworth", "postcode": "NS1 1AB"}

    plan = planned(state, child("c", **near), feed="child_benefit", supplier="dwp")

    assert plan.counts["quarantined"] == 1
    assert plan.quarantined[0]["shields"] == [state.guards()[0].shield_id]
    assert plan.proposals == plan.persons == []
    assert len(plan.records) == 0


def test_nobody_is_asked_about_a_row_that_waits_for_a_shield() -> None:
    state = known(child("p", nhs_number=NHS, **ANA))
    shielded = {"forename": "Agatha", "family_name": "Zimmermann", "date_of_birth": BORN, "postcode": "NS9 9ZZ"}
    said = tidy([child("s", nhs_number=OTHER_NHS, restricted=True, **shielded)])
    state.take(plan_load(said, Scope(FEEDS["deaths"], "ons", TODAY, True, 2), state))

    # Like Ana, so that people would be asked; and born with Agatha under the same letter, so that it waits.
    plan = planned(state, child("c", upn=UPN, **ANA | {"forename": "Annelore"}), feed="school_census", supplier="dfe")

    assert plan.counts["quarantined"] == 1
    assert plan.proposals == plan.persons == []


def test_a_row_that_a_person_has_let_out_is_not_put_aside_again() -> None:
    state = known(child("p", nhs_number=NHS, restricted=True, **ANA))
    near = child("c", **ANA | {"forename": "Annelise", "family_name": "Costworth", "postcode": "NS1 1AB"})
    first = planned(state, near, feed="child_benefit", supplier="dwp")
    record = first.quarantined[0]["record"]

    plan = planned(state, near, feed="child_benefit", supplier="dwp2", released=frozenset({record}))
    again = planned(TableStateOf(state), near, feed="child_benefit", supplier="dwp", released=frozenset({record}))

    assert plan.counts["quarantined"] == 1  # another sender's row is another row
    assert again.counts["quarantined"] == 0
    assert again.proposals == []


class TableStateOf(TableState):
    """A state that lets a sender's file come again."""

    def __init__(self, state: TableState) -> None:
        self.__dict__.update(state.__dict__)
        self._scopes = set()


class Parted(TableState):
    """A state in which people have parted the two named."""

    pairs: tuple[tuple[str, str], ...] = ()

    def apart(self) -> list[tuple[str, str]]:
        return list(self.pairs)


def test_who_fits_two_that_people_have_parted_is_linked_to_neither() -> None:
    state = Parted()
    planned(state, child("p", nhs_number=NHS, **ANA), *others())
    planned(state, child("q", **ANA | {"forename": "Isolde"}), feed="births", supplier="ons")
    row = child("c", **ANA | {"family_name": "Costwarth"})
    untouched = plan_load(tidy([row]), Scope(FEEDS["child_benefit"], "dwp", TODAY, True, 9), state)
    assert untouched.records["method"].tolist() == ["weight"]

    state.pairs = ((person_of(state, "q", "births"), person_of(state, "p")),)
    plan = plan_load(tidy([row]), Scope(FEEDS["child_benefit"], "dwp", TODAY, True, 9), state)

    assert plan.records["method"].tolist() == ["new"]
    assert [asked["reason"] for asked in plan.proposals] == [str(Doubt.PARTED)]


@pytest.mark.parametrize(
    ("numbers", "name", "joined"),
    [
        ({"nhs_number": NHS, "upn": UPN}, "Anneliese", True),
        # A twin under the other's number: nobody but a person says whose it is.
        ({"nhs_number": NHS, "upn": UPN}, "Annelore", False),
        ({"upn": UPN}, "Anneliese", False),
    ],
)
def test_a_second_entry_that_waits_for_people_holds_no_record_back_that_is_surely_the_childs(
    numbers: dict[str, str], name: str, *, joined: bool
) -> None:
    state = known(child("p", nhs_number=NHS, **ANA))
    entry = planned(state, child("c", upn=UPN, **ANA | {"forename": "Annelore"}), feed="school_census", supplier="dfe")
    assert [asked["reason"] for asked in entry.proposals] == [str(Doubt.CO_TWIN)]
    row = child("i", **numbers, **ANA | {"forename": name})

    plan = planned(state, row, feed="involvements", supplier="council")

    assert (how(plan, "i")[0] == person_of(state, "p")) is joined
    assert how(plan, "i")[1] == "weight" or not joined


def test_new_children_of_one_file_are_compared_with_each_other() -> None:
    state = known()

    plan = planned(
        state,
        child("c", **ANA),
        child("d", **ANA | {"forename": "Annaliese"}),
        child("e", **ANA | {"forename": "Bartholomew", "date_of_birth": date(2012, 1, 30)}),
        feed="involvements",
        supplier="council",
    )

    assert how(plan, "c")[0] == how(plan, "d")[0] != how(plan, "e")[0]
    assert sorted(plan.records["method"]) == ["new", "new", "weight"]
    assert len(plan.persons) == 2


def test_the_order_of_rows_makes_no_difference() -> None:
    state = known(child("p", nhs_number=NHS, **ANA))
    rows = [
        child("c", **ANA | {"forename": "Annaliese"}),
        child("d", **ANA | {"forename": "Annelise", "date_of_birth": date(2017, 6, 15)}),
        child("e", forename="Bartholomew", family_name="Quillfeather"),
        child("f", forename="Bartholomew", family_name="Quilfeather"),
    ]
    seen = set()

    for order in itertools.permutations(rows):
        scope = Scope(FEEDS["involvements"], "council", TODAY, True, 9)
        plan = plan_load(tidy(order), scope, state)
        persons = plan.records.sort_values("key")["subject_id"].tolist()
        shape = tuple(persons.index(person) for person in persons)
        asked = sorted((row["record"], row["reason"], row["weight"]) for row in plan.proposals)
        seen.add((shape, tuple(plan.records.sort_values("key")["method"]), tuple(asked)))

    assert len(seen) == 1


def test_nothing_is_built_where_the_first_tier_leaves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    state = known(child("p", nhs_number=NHS, **ANA))
    monkeypatch.setattr(state, "index", lambda: pytest.fail("the index was asked for"))

    plan = planned(state, child("c", **ANA), feed="child_benefit")

    assert how(plan, "c")[1] == "demographics"


def test_a_file_of_nobody_is_nobodys() -> None:
    frame = tidy([child("c")]).records.iloc[:0].assign(record="")

    found = identify(frame, TableState(), File("pds", "nhs", True, True, set()))

    assert isinstance(found, Identified)
    assert found.matched.empty
