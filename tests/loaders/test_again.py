"""Known keys under which another child is told of: nothing of the one comes to stand on the other's page."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from graph.services import loads
from graph.services.canonical import canonical_hash
from graph.store import Database
from loaders.again import SAID, differing, told_of_others
from loaders.match import Known
from loaders.release import release
from loaders.state import GraphState
from tests.loaders.said import address, carer, child, fact, given_area, given_file, home, tidy
from tests.loaders.test_shields_at_load import given_restricted, quarantined
from tests.loaders.test_write import ask

NHS, OTHER, UPN = "9990000018", "9990000026", "W990900100001"
TOMORROW = date(2026, 11, 22)
BROTHER: dict[str, Any] = {"forename": "Ben", "date_of_birth": date(2014, 1, 23), "sex": "male"}
ADOPTED: dict[str, Any] = {"family_name": "Whitlock", "postcode": "ZZ7 7ZZ"}


class _Known:
    """An index that knows one person by these numbers."""

    def __init__(self, numbers: set[str]) -> None:
        self._numbers = numbers

    def known_of(self, persons: list[str]) -> dict[str, Known]:
        """What is known of the one."""
        return {person: Known(nhs_numbers=self._numbers) for person in persons}


def _frame(**said: Any) -> pd.DataFrame:
    row: dict[str, Any] = dict.fromkeys(SAID) | child("k") | {"record": "r"} | said
    return pd.DataFrame([[row[name] for name in SAID]], columns=SAID, dtype=object)


def is_another(
    before: dict[str, Any], now: dict[str, Any], held: tuple[str, ...] = (), *, sealed: bool = False
) -> bool:
    """Whether the row `now` is of another than `before` was, of whom these numbers are known."""
    over = {"p"} if sealed else set()
    index: Any = _Known(set(held))
    was, said = _frame(**before), _frame(**now)
    return told_of_others(was, said, dict.fromkeys(differing(was, said), "p"), index, over) == {"r"}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({}, BROTHER),
        ({}, {"forename": "Ben"}),  # a twin, or another forename: people are asked
        ({"nhs_number": NHS}, {"nhs_number": OTHER, **ADOPTED}),
        ({"nhs_number": NHS}, {"nhs_number": OTHER}),
        ({"upn": UPN}, {"upn": UPN, **BROTHER}),
        ({}, {"family_name": "Lee", "date_of_birth": date(2009, 10, 30)}),
        ({"preferred_forename": "Annie"}, BROTHER),
    ],
)
def test_another_child_is_another(before: dict[str, Any], now: dict[str, Any]) -> None:
    assert is_another(before, now)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({}, {"postcode": "NS9 9ZZ"}),
        ({}, ADOPTED),
        ({}, {"date_of_birth": date(2017, 6, 14)}),
        ({}, {"date_of_birth": date(2009, 10, 30)}),
        ({}, {"forename": "Anna", "family_name": "Kosta"}),
        ({"forename": "Katherine"}, {"forename": "Kate"}),
        ({"forename": "Baby"}, {"forename": "Ben"}),
        ({"preferred_forename": "Ben"}, {"forename": "Ben"}),
        ({}, {"forename": "Costa", "family_name": "Ana"}),
        ({"nhs_number": NHS}, {"nhs_number": NHS, **BROTHER}),
        ({"upn": UPN}, {"upn": UPN, "forename": "Ben"}),
        ({}, {"nhs_number": NHS}),
        ({"nhs_number": NHS}, {}),
        ({"nino_hash": "a", "forename": "Ana"}, {"nino_hash": "a", "forename": "Ben"}),
    ],
)
def test_a_correction_is_none(before: dict[str, Any], now: dict[str, Any]) -> None:
    assert not is_another(before, now)


def test_a_number_that_is_not_the_persons_is_anothers() -> None:
    assert is_another({}, {"nhs_number": OTHER}, held=(NHS,))
    assert not is_another({}, {"nhs_number": OTHER}, held=(NHS, OTHER))


@pytest.mark.parametrize("now", [ADOPTED, {"postcode": "ZZ7 7ZZ"}, {"family_name": "Whitlock"}])
def test_nothing_new_is_added_to_a_life_that_is_over(now: dict[str, Any]) -> None:
    assert is_another({}, now, sealed=True)
    assert not is_another({}, now)
    assert not is_another({}, {"telephone": "1"}, sealed=True)
    assert not is_another({"nhs_number": NHS}, {"nhs_number": NHS, **now}, held=(NHS,), sealed=True)


# --- in the graph --------------------------------------------------------------------------------


def pages(db: Database) -> dict[str, set[str]]:
    """What each child of the graph is called by now, and where its open records say that it lives."""
    text = """
    MATCH (person:Child)<-[i:IDENTIFIES]-(record:Record)
    WHERE record.ended_run IS NULL AND i.ended_run IS NULL AND record.subject = "child"
    OPTIONAL MATCH (person)-[lives:LIVES_AT {record: record.record}]->(place:Address) WHERE lives.ended_run IS NULL
    RETURN [person.person_id, record.forename, record.family_name, coalesce(place.address_id, "")]
    """
    found: dict[str, set[str]] = {}
    for person, *words in ask(db, text):
        found.setdefault(person, set()).add(" ".join(words).strip())
    return found


def lives(db: Database) -> list[set[str]]:
    """The same without the numbers of the children."""
    return sorted(pages(db).values(), key=sorted)


def claim(*rows: dict[str, Any], place: str = "addr:larch") -> Any:
    """A file of child benefit that says this of children who live at one address."""
    return tidy(rows, [home(row["key"], place) for row in rows], [address(place)])


def given_claim(db: Database, *rows: dict[str, Any], **about: Any) -> Any:
    """The plan and the load of such a file."""
    return given_file(db, "child_benefit", claim(*rows, **about), supplier="dwp", as_at=TOMORROW)


@pytest.fixture
def ana(db: Database) -> Database:
    """A graph in which births and child benefit know of Ana."""
    given_area(db)
    given_file(db, "births", tidy([child("B1", nhs_number=NHS)]), supplier="ons")
    given_file(db, "child_benefit", claim(child("C1", nhs_number=NHS)), supplier="dwp")
    return db


def test_the_brother_who_has_her_key_has_a_page_of_his_own(ana: Database) -> None:
    plan, _ = given_claim(ana, child("C1", **BROTHER))

    assert lives(ana) == [{"Ana Costa"}, {"Ben Costa addr:larch"}]
    assert plan.counts["keys_used_again"] == 1
    assert "tell of somebody else now: 1." in plan.warnings[-1]
    ended = "MATCH ()-[f:LIVES_AT]->() WHERE f.ended_run IS NULL AND f.to IS NOT NULL RETURN toString(f.to)"
    assert ask(ana, ended) == [str(TOMORROW)]


def test_the_key_is_his_from_then_on(ana: Database) -> None:
    given_claim(ana, child("C1", **BROTHER))
    before = canonical_hash(ana)

    again, _ = given_claim(ana, child("C1", **BROTHER))

    assert again.counts["unchanged"] == 1
    assert canonical_hash(ana) == before
    moved, _ = given_claim(ana, child("C1", **BROTHER), place="addr:elm")
    assert moved.counts["keys_used_again"] == 0
    assert lives(ana) == [{"Ana Costa"}, {"Ben Costa addr:elm"}]
    given_claim(ana, child("C1", forename="Cleo", date_of_birth=date(2020, 9, 9)))
    assert lives(ana) == [{"Ana Costa"}, {"Cleo Costa addr:larch"}]


@pytest.mark.parametrize("full", [True, False])
def test_without_that_file_the_key_is_hers_again(ana: Database, *, full: bool) -> None:
    before = canonical_hash(ana)
    said = claim(child("C1", **BROTHER))
    load = given_file(ana, "child_benefit", said, supplier="dwp", as_at=TOMORROW, full=full)[1]
    assert lives(ana) == [{"Ana Costa"}, {"Ben Costa addr:larch"}]

    loads.undo_run(ana, load.run)

    assert canonical_hash(ana) == before
    assert lives(ana) == [{"Ana Costa addr:larch", "Ana Costa"}]
    assert GraphState(ana).uses("child_benefit", "dwp") == {}


def test_the_life_after_an_adoption_is_not_put_on_the_page_of_the_one_before(ana: Database) -> None:
    given_claim(ana, child("C1", nhs_number=OTHER, **ADOPTED), place="addr:elm")

    assert lives(ana) == [{"Ana Costa"}, {"Ana Whitlock addr:elm"}]
    assert ask(ana, "MATCH ()-[asked:POSSIBLE_SAME_AS]->() RETURN asked") == []


def test_a_key_adds_nothing_to_a_life_that_a_register_has_ended(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", tidy([child(NHS, nhs_number=NHS)]))
    given_file(db, "school_census", tidy([child("1/1", upn=UPN)]), supplier="dfe")
    assert len(lives(db)) == 1
    given_file(db, "pds", replace(tidy([]), withdrawn=frozenset({NHS})), full=False, as_at=TOMORROW)

    moved = tidy([child("1/1", upn=UPN, **ADOPTED)], [home("1/1", "addr:elm")], [address("addr:elm")])
    given_file(db, "school_census", moved, supplier="dfe", as_at=TOMORROW)

    assert lives(db) == [{"Ana Costa"}, {"Ana Whitlock addr:elm"}]
    assert ask(db, "MATCH ()-[asked:POSSIBLE_SAME_AS]->() RETURN asked") == []


def test_another_forename_on_the_same_birthday_is_asked_about(db: Database) -> None:
    given_area(db)
    given_file(db, "child_benefit", claim(child("C1")), supplier="dwp")

    given_claim(db, child("C1", forename="Zoe"))

    assert len(pages(db)) == 1  # only what is said now
    asked = "MATCH (new)-[asked:POSSIBLE_SAME_AS]->(old) RETURN asked.reason"
    assert len(ask(db, asked)) == 1


def test_the_keys_of_leavers_are_given_to_newcomers(db: Database) -> None:
    given_area(db)
    leavers = [child(f"1/{at}", forename=name) for at, name in enumerate(("Ana", "Ben", "Cleo"))]
    given_file(db, "school_census", tidy(leavers), supplier="dfe")
    given_file(db, "school_census", tidy([child("1/9", forename="Zoe", family_name="Lee")]), supplier="dfe")
    pupils = zip(("Dev", "Ella", "Finn"), ("Hart", "Ivory", "Jones"), strict=True)
    born = date(2019, 9, 3)

    newcomers = [
        child(f"1/{at}", forename=given, family_name=family, date_of_birth=born, postcode="NS8 8ZZ")
        for at, (given, family) in enumerate(pupils)
    ]
    given_file(db, "school_census", tidy(newcomers), supplier="dfe", as_at=TOMORROW)

    assert lives(db) == [{"Dev Hart"}, {"Ella Ivory"}, {"Finn Jones"}]
    whose = "MATCH (r:Record)-[:IDENTIFIES]->(p) RETURN [r.forename, p.person_id]"
    assert len({person for _, person in ask(db, whose)}) == 7


def test_another_carer_under_a_known_key_is_another_person(db: Database) -> None:
    given_area(db)
    cares = [fact("C1", "CARED_FOR_BY", "record", "m", relationship="mother")]
    given_file(db, "child_benefit", tidy([child("C1"), carer("m")], cares), supplier="dwp")

    father = carer("m", forename="Raj")
    cares = [fact("C1", "CARED_FOR_BY", "record", "m", relationship="father")]
    given_file(db, "child_benefit", tidy([child("C1"), father], cares), supplier="dwp", as_at=TOMORROW)

    text = """
    MATCH (:Child)-[care:CARED_FOR_BY]->(person)<-[:IDENTIFIES]-(record {record: care.carer_record})
    WHERE care.ended_run IS NULL
    RETURN [person.person_id, record.forename, care.relationship, care.to IS NULL]
    """
    found = ask(db, text)
    assert sorted(row[1:] for row in found if row[3]) == [["Raj", "father", True]]
    assert len({row[0] for row in ask(db, text.replace("WHERE care.ended_run IS NULL", ""))}) == 2


@pytest.fixture
def hidden(db: Database) -> Database:
    """A graph in which a shielded child is known to child benefit as well."""
    given_restricted(db)
    given_file(db, "child_benefit", claim(child("C1", nhs_number=NHS), place="addr:refuge"), supplier="dwp")
    assert quarantined(db) == []
    return db


def test_a_shielded_childs_key_stays_the_childs_and_guards_the_new_names(hidden: Database) -> None:
    row = {"forename": "Zara", "family_name": "Lee", "date_of_birth": date(2012, 3, 9), "postcode": "ZZ8 8ZZ"}

    given_claim(hidden, child("C1", **row), place="addr:elm")

    assert (len(pages(hidden)), quarantined(hidden)) == (1, [])
    # It may be the child under new names: who has them elsewhere is no stranger.
    given_file(hidden, "involvements", tidy([child("9", **row)]), supplier="northshire", as_at=TOMORROW)
    assert (len(pages(hidden)), quarantined(hidden)) == (1, ["9"])


def test_who_is_told_of_under_a_known_key_and_may_be_shielded_waits_and_is_another_when_released(db: Database) -> None:
    given_restricted(db)
    given_file(db, "involvements", tidy([child("1", **BROTHER, family_name="Lee", postcode="ZZ9 9ZZ")]), supplier="ns")
    before = pages(db)

    given_file(db, "involvements", tidy([child("1", nhs_number=OTHER)]), supplier="ns", as_at=TOMORROW)

    assert (pages(db), quarantined(db)) == (before, ["1"])
    (waiting,) = loads.list_waiting(db)
    release(db, waiting.record_version, by="os:test", on=TOMORROW)
    assert lives(db) == [{"Ana Costa"}, {"Ana Costa"}]
    assert "Ben Lee" in {name for names in before.values() for name in names}
