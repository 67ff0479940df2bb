"""Tests for graph.services.circle: folding, without a graph."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from graph.model.circle import ChildPage, Depth, Standing
from graph.model.evidence import Described, SeenChild, SeenFact, SeenRecord
from graph.model.received import Received, ReceivedRun
from graph.model.roles import Role
from graph.model.visibility import Viewer
from graph.services.circle import Asking, fold_page

TODAY = date(2026, 11, 21)
RECORD = SeenRecord("r1", "pds", "NHS", 1, (), "Ana", "Costa", date(2017, 6, 4), "female", None, None, ())
NOBODY = Described("pds", 1, None, None, None, None, None, None, None, None, None, None)
TEAM = replace(NOBODY, name="Family hub", kind="early_help", organisation="Northshire")
FACT = SeenFact(
    type="INVOLVES",
    fact_id="f1",
    record="r1",
    source="pds",
    supplier="NHS",
    run=1,
    since=None,
    until=None,
    relationship=None,
    parental_responsibility=None,
    involvement="i1",
    role=None,
    lead=None,
    target="northshire:EH",
    described=(TEAM,),
    lines=(),
    area=None,
    homes=(),
)
ASKING = Asking(
    viewer=Viewer(Role.SAFEGUARDING_LEAD, authority="E06000001"),
    practitioner_id=None,
    service_id=None,
    handle="h",
    reason="Wellbeing",
    depth=Depth.CIRCLE,
    today=TODAY,
    as_at=TODAY,
    received=Received([ReceivedRun(1, "pds", "NHS", TODAY, "full", 30, "NHS register", True)]),
    card_key=b"key",
)


def fold(*facts: SeenFact, records: Sequence[SeenRecord] = (RECORD,), asking: Asking = ASKING) -> ChildPage:
    folded = fold_page(SeenChild("K7Q2M94D00", False, tuple(records), facts), asking)
    assert folded is not None
    return folded.page


def seen_by(name: str, **more: object) -> SeenFact:
    described = (replace(NOBODY, name=name),)
    fact = replace(FACT, type="SEEN_BY", fact_id=name, target=name, described=described)
    return replace(fact, **more)  # type: ignore[arg-type]


def test_the_source_believed_first_names_the_child() -> None:
    census = replace(RECORD, record="r2", source="school_census", forename="Anna", run=9)
    nameless = replace(RECORD, forename=None, family_name=None)

    assert fold(records=[census, RECORD]).name == "Ana Costa"
    assert fold(records=[census, nameless]).name == "Anna Costa"


def test_of_one_source_the_newest_record_names_the_child() -> None:
    older = replace(RECORD, record="r2", supplier="other", forename="Anna", run=5)

    assert fold(records=[replace(RECORD, confirmed_by=(7,)), older]).name == "Ana Costa"
    assert fold(records=[RECORD, older]).name == "Anna Costa"


def test_what_nobody_says_stays_unknown() -> None:
    page = fold(records=[replace(RECORD, date_of_birth=None, sex=None, family_name=None)])

    assert (page.name, page.date_of_birth, page.age, page.sex, page.home, page.authority) == (
        "Ana",
        None,
        None,
        "unknown",
        None,
        None,
    )


def test_where_one_source_ends_what_another_continues_it_continues() -> None:
    ended = replace(FACT, fact_id="f2", source="births", until=date(2026, 6, 1))

    (card,) = fold(replace(FACT, since=date(2026, 1, 1)), ended).services

    assert (card.standing, card.until) == (Standing.CURRENT, None)


def test_an_earlier_period_is_a_card_of_its_own() -> None:
    earlier = replace(FACT, fact_id="f2", since=date(2025, 1, 1), until=date(2026, 2, 1))

    cards = fold(replace(FACT, since=date(2026, 5, 1)), earlier).services

    assert [(card.standing, card.until) for card in cards] == [
        (Standing.CURRENT, None),
        (Standing.ENDED, date(2026, 2, 1)),
    ]
    assert len({card.key for card in cards}) == 2


def test_the_lead_comes_first_among_those_who_see_the_child() -> None:
    sam, priya = seen_by("Sam", since=date(2026, 9, 1)), seen_by("Priya", since=date(2026, 1, 1), lead=True)
    gone = seen_by("Lena", until=date(2026, 3, 1))
    elsewhere = seen_by("Joe", involvement="i2")

    page = fold(FACT, sam, priya, gone, elsewhere)

    (card,) = page.services
    assert (card.practitioner, [worker.name for worker in card.others]) == ("Priya", ["Sam"])
    assert page.lead == card


def test_a_practitioner_sees_which_card_is_theirs() -> None:
    page = fold(FACT, seen_by("Sam"), asking=replace(ASKING, practitioner_id="Sam"))

    assert [card.you for card in page.services] == [True]


def test_a_fact_of_a_record_that_is_not_seen_adds_nothing() -> None:
    assert fold(replace(FACT, record="under review")).services == ()


def test_a_service_that_nobody_describes_is_sensitive() -> None:
    page = fold(replace(FACT, described=()))

    assert (page.services, page.sensitive_exists) == ((), True)


def test_the_most_guarded_description_of_a_service_decides() -> None:
    page = fold(replace(FACT, described=(TEAM, replace(TEAM, kind="sexual_health"))))

    assert (page.services, page.sensitive_exists) == ((), True)


def test_a_carer_without_a_name_is_not_invented() -> None:
    assert fold(replace(FACT, type="CARED_FOR_BY", described=(NOBODY,))).carers == ()


def test_parental_responsibility_holds_if_any_source_says_so() -> None:
    maria = replace(NOBODY, forename="María", family_name="Costa")
    said = [
        replace(FACT, type="CARED_FOR_BY", fact_id=str(value), described=(maria,), parental_responsibility=value)
        for value in (None, False, True)
    ]

    assert [card.parental_responsibility for card in fold(*said).carers] == [True]
    assert [card.parental_responsibility for card in fold(*said[:2]).carers] == [False]
    assert [card.parental_responsibility for card in fold(said[0]).carers] == [None]
