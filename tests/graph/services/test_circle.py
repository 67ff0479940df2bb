"""Tests for graph.services.circle: folding, without a graph."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from graph.model.circle import Act, ChildPage, Depth, Standing
from graph.model.evidence import Described, Dwelling, Line, Saying, SeenChild, SeenFact, SeenRecord
from graph.model.filter import Filter, Show
from graph.model.kinds import Domain
from graph.model.received import Received, ReceivedRun
from graph.model.roles import Role
from graph.model.visibility import Viewer
from graph.services.circle import (
    FAMILY,
    LEFT_OUT,
    NEUTRAL,
    SHELTERED,
    Asking,
    findable_by_whereabouts,
    fold_page,
    fold_row,
    is_family,
    is_sheltered,
    relation_of,
    shown_facts,
)

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
    chosen=Filter(TODAY),
    received=Received([ReceivedRun(1, "pds", "NHS", TODAY, "full", 30, "NHS register", True)]),
    name="Grace Field",
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


HOME = replace(FACT, type="LIVES_AT", fact_id="home", target="uprn:1", lines=("14 Larch Road", "Eastway", "NS1 0AA"))
SCHOOL = replace(FACT, type="ATTENDS", fact_id="school", target="urn:1", described=(replace(TEAM, kind="school"),))
MOTHER = replace(
    FACT,
    type="CARED_FOR_BY",
    fact_id="mother",
    target="m",
    described=(replace(NOBODY, forename="Maria", family_name="Costa", telephone="07700900142"),),
)


def at_home(*lines: str, address_id: str = "addr:x") -> SeenFact:
    return replace(MOTHER, homes=(Dwelling(address_id, lines),))


def test_a_home_written_alike_is_the_same_home_whatever_its_number() -> None:
    (same,) = fold(HOME, at_home("14 LARCH ROAD", "Eastway", "NS1 0AA")).carers
    (other,) = fold(HOME, at_home("15 Larch Road", "Eastway", "NS1 0AA")).carers
    (unknown,) = fold(HOME, MOTHER).carers

    assert (same.lives_with_child, other.lives_with_child, unknown.lives_with_child) == (True, False, None)


def test_where_nobody_says_where_a_carer_lives_the_sentence_does_not_either() -> None:
    assert fold(HOME, MOTHER).summary.startswith("Ana is cared for by 1 carer,")


def test_a_carer_of_the_child_has_the_signpost_only() -> None:
    asking = replace(ASKING, name="maria COSTA", service_id="urn:1", viewer=replace(ASKING.viewer, statutory=True))

    page = fold(HOME, SCHOOL, MOTHER, asking=asking)

    assert (page.depth, page.may_open_circle, page.carers, page.home) == (Depth.SIGNPOST, False, (), None)
    assert page.sensitive_exists is None
    assert page.notices == (FAMILY,)


def test_the_page_of_a_shielded_child_s_brother_says_nothing_of_where_she_may_be() -> None:
    child = SeenChild("K7Q2M94D00", False, (RECORD,), (HOME, SCHOOL, MOTHER, FACT), sheltered_with=("MARIA Costa",))

    folded = fold_page(child, ASKING)

    assert folded is not None
    page = folded.page
    assert (page.home, [card.name for card in page.services], page.notices) == (None, ["Family hub"], (SHELTERED,))
    assert [carer.telephone for carer in page.carers] == [None]
    assert {"home", "school"}.isdisjoint(folded.facts)
    assert "school" not in page.summary
    assert "Larch Road" not in repr(page)


def test_who_works_at_the_brother_s_school_still_sees_that_he_is_there() -> None:
    child = SeenChild("K7Q2M94D00", False, (RECORD,), (SCHOOL, MOTHER), sheltered_with=("Maria Costa",))

    folded = fold_page(child, replace(ASKING, service_id="urn:1"))

    assert folded is not None
    assert [card.you for card in folded.page.services] == [True]


def test_a_former_neighbour_of_a_shielded_child_is_not_withheld() -> None:
    child = SeenChild("K7Q2M94D00", False, (RECORD,), (HOME, SCHOOL, MOTHER), sheltered_with=("Joanna Marlow",))

    folded = fold_page(child, ASKING)

    assert folded is not None
    assert folded.page.home is not None


def test_an_eighteenth_birthday_is_announced_half_a_year_before() -> None:
    def notices(born: date) -> tuple[str, ...]:
        return fold(records=[replace(RECORD, date_of_birth=born)]).notices

    assert notices(date(2009, 6, 4)) == ()
    assert notices(date(2008, 11, 22))[0].startswith("Ana turns 18 on 22 November 2026, in 1 day. From that day")


def test_a_sector_with_other_services_still_says_that_no_school_is_recorded() -> None:
    welfare = replace(FACT, described=(replace(TEAM, kind="education_welfare"),))

    said = {absence.domain: absence.sentence for absence in fold(welfare).absences}

    assert said[Domain.EDUCATION] == "No school is recorded."


def test_a_shield_that_is_lifted_during_an_override_leaves_an_ordinary_page() -> None:
    until = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert fold(FACT, asking=replace(ASKING, overridden_until=until)) == fold(FACT)


def test_a_contact_sheet_of_a_circle_is_of_contacts_only() -> None:
    sheet = fold(FACT, asking=replace(ASKING, act=Act.SHEET))

    assert sheet.depth is Depth.SIGNPOST
    assert fold(FACT).depth is Depth.CIRCLE


def test_a_child_whom_no_visible_record_names_is_not_there() -> None:
    """Only the police know the child: a page without a name would tell a lead that somebody does."""
    police = replace(RECORD, source="involvements", kinds=("police",))
    child = SeenChild("K7Q2M94D00", False, (police,), ())

    assert fold_page(child, ASKING) is None
    assert fold_row(child, ASKING.viewer, "h", TODAY) is None
    assert fold_row(replace(child, records=(RECORD,)), ASKING.viewer, "h", TODAY) is not None
    grown = replace(child, records=(replace(RECORD, date_of_birth=date(2008, 11, 21)),))
    assert fold_row(grown, ASKING.viewer, "h", TODAY) is None
    assert fold_page(grown, ASKING) is None


def test_a_row_names_carers_of_today_and_nobody_else_of_the_circle() -> None:
    former = replace(NOBODY, forename="Zita", family_name="Frey")
    before = replace(MOTHER, fact_id="before", target="p2", until=date(2020, 1, 1), described=(former,))
    worker = replace(seen_by("Sam"), described=(former,))
    child = SeenChild("K7Q2M94D00", False, (RECORD,), (HOME, SCHOOL, FACT, worker, MOTHER, before))

    row = fold_row(child, ASKING.viewer, "h", TODAY)

    assert row is not None
    assert (row.carers, row.age) == (("Maria Costa",), 9)
    ageless = fold_row(replace(child, records=(replace(RECORD, date_of_birth=None),)), ASKING.viewer, "h", TODAY)
    assert ageless is not None
    assert ageless.age is None


def test_only_a_child_whose_whereabouts_are_shown_is_found_by_them() -> None:
    child = SeenChild("K7Q2M94D00", False, (RECORD,), (HOME, SCHOOL, MOTHER))

    assert findable_by_whereabouts(child, ASKING.viewer)
    assert not findable_by_whereabouts(replace(child, shielded=True), ASKING.viewer)
    assert not findable_by_whereabouts(replace(child, sheltered_with=("Maria Costa",)), ASKING.viewer)


def test_who_is_involved_sees_the_child_or_works_where_it_goes() -> None:
    def involved(*facts: SeenFact, **more: Any) -> bool:
        return relation_of(SeenChild("K7Q2M94D00", False, (RECORD,), facts), replace(ASKING, **more)).involved

    mine, elsewhere = seen_by("Sam"), replace(FACT, target="Sam")
    assert involved(mine, practitioner_id="Sam")
    assert not involved(elsewhere, practitioner_id="Sam"), "A service of that name is nobody's work."
    assert not involved(mine, practitioner_id="Joe")
    assert involved(elsewhere, service_id="Sam")
    assert not involved(mine, service_id="Sam")
    assert not involved(elsewhere, service_id="Joe")
    # Whoever has no practitioner and no service is not what a fact without an end is about.
    nowhere: Any = None
    assert not involved(replace(mine, target=nowhere), replace(elsewhere, target=nowhere))


SAYING = Saying(TODAY, at=1, after=1, corrects=None)


def test_only_a_feed_makes_somebody_lead_professional_for_what_they_may_see() -> None:
    def leads(*facts: SeenFact) -> bool:
        child = SeenChild("K7Q2M94D00", False, (RECORD,), facts)
        return relation_of(child, replace(ASKING, practitioner_id="Sam")).lead

    fed = seen_by("Sam", lead=True)
    said = seen_by("Sam", fact_id="said", record="own", lead=True, said=replace(SAYING, corrects="r1"))
    assert leads(fed)
    assert not leads(replace(fed, lead=False))
    assert not leads(said)
    # What was said in place of the feed's own word stands for it, and for nobody else's.
    assert leads(fed, said)
    assert not leads(replace(fed, lead=False), said)
    assert not leads(replace(fed, target="Joe"), said)
    assert not leads(replace(fed, said=SAYING), said)
    assert not leads(replace(fed, record="r2", until=date(2020, 1, 1)), said)


def test_what_is_shown_elsewhere_is_what_the_page_shows() -> None:
    police = replace(FACT, fact_id="police", involvement="i2", described=(replace(TEAM, kind="police"),))
    school = replace(SCHOOL, involvement=None)
    area = replace(FACT, type="RESPONSIBILITY_OF", fact_id="area", target="E06000001")
    facts = (
        *(FACT, police, school, HOME, MOTHER, area, replace(area, fact_id="unknown", target="unknown")),
        *(seen_by("Sam"), seen_by("Officer", involvement="i2"), seen_by("Joe", involvement=None)),
        replace(FACT, fact_id="before", until=date(2020, 1, 1)),
    )
    child = SeenChild("K7Q2M94D00", False, (RECORD,), facts)

    shown = shown_facts(facts, child, ASKING, TODAY)
    shielded = shown_facts(facts, replace(child, shielded=True), ASKING, TODAY)

    assert [fact.fact_id for fact in shown] == ["f1", "school", "Sam", "area"]
    assert shielded == ()


def test_who_has_no_name_is_nobodys_carer_and_a_shielded_child_needs_no_shelter() -> None:
    nameless = replace(MOTHER, described=(NOBODY,))
    child = SeenChild("K7Q2M94D00", False, (RECORD,), (nameless, MOTHER), sheltered_with=("Maria Costa",))

    assert not is_family(child, "")
    assert not is_family(replace(child, facts=(replace(MOTHER, described=(replace(NOBODY, forename="–"),)),)), "–")
    assert is_family(child, "maria COSTA")
    assert is_sheltered(child)
    assert not is_sheltered(replace(child, shielded=True))


def test_every_empty_sector_says_why_it_is_empty() -> None:
    def said(asking: Asking = ASKING, *facts: SeenFact) -> dict[Domain, str]:
        return {absence.domain: absence.sentence for absence in fold(*facts, asking=asking).absences}

    statutory = replace(ASKING, viewer=replace(ASKING.viewer, statutory=True))
    assert said()[Domain.JUSTICE] == NEUTRAL
    assert said(statutory)[Domain.JUSTICE] != NEUTRAL
    for domain in set(Domain) - {Domain.JUSTICE}:
        assert said()[domain] not in (NEUTRAL, LEFT_OUT)
        chosen = said(replace(ASKING, chosen=Filter(TODAY, domains=frozenset(Domain) - {domain})))
        assert chosen[domain] == LEFT_OUT
    assert said(ASKING, SCHOOL).get(Domain.EDUCATION) is None
    ended = replace(SCHOOL, until=date(2026, 9, 1))
    assert said(ASKING, ended)[Domain.EDUCATION] == "No school is recorded."
    assert Domain.EDUCATION not in said(replace(ASKING, chosen=Filter(TODAY, Show.ENDED)), ended)


def test_where_a_home_is_withheld_no_sector_says_that_no_school_is_recorded() -> None:
    for facts in ((SCHOOL, MOTHER), (MOTHER,)):
        child = SeenChild("K7Q2M94D00", False, (RECORD,), facts, sheltered_with=("Maria Costa",))

        folded = fold_page(child, ASKING)

        assert folded is not None
        said = {absence.domain: absence.sentence for absence in folded.page.absences}
        assert said[Domain.EDUCATION] == "The school is not shown on this page."
        assert said[Domain.HEALTH] == "The GP practice is not shown on this page."


def test_a_sheet_names_open_services_only_and_a_page_more() -> None:
    officers = (replace(TEAM, name="Police", kind="police"),)
    police = replace(FACT, fact_id="police", involvement="i2", target="northshire:PO", described=officers)
    statutory = replace(ASKING, viewer=replace(ASKING.viewer, statutory=True))

    assert {card.name for card in fold(FACT, police, asking=statutory).services} == {"Family hub", "Police"}
    sheet = fold(FACT, police, asking=replace(statutory, act=Act.SHEET))
    assert [card.name for card in sheet.services] == ["Family hub"]


def test_a_school_or_practice_that_nobody_describes_is_open_and_any_other_service_is_not() -> None:
    bare = replace(SCHOOL, described=(replace(NOBODY, name="A school"),))
    unknown = replace(FACT, described=(replace(NOBODY, name="A service"),))
    said = (replace(NOBODY, name="A unit", kind="mental_health"),)
    guarded = replace(SCHOOL, fact_id="unit", target="urn:2", described=said)

    assert [card.name for card in fold(bare, unknown, guarded).services] == ["A school"]


def test_who_looks_after_the_data_reads_run_file_and_line_and_nobody_else_does() -> None:
    area = replace(FACT, type="RESPONSIBILITY_OF", fact_id="area", target="E06000001", record=None)
    manager = replace(ASKING, viewer=Viewer(Role.DATA_MANAGER, authority="E06000001"))

    def origins(asking: Asking, line: Line) -> list[tuple[int, int | None]]:
        (card,) = fold(FACT, area, asking=replace(asking, lines={"r1": line})).services
        return [(origin.run, origin.line) for source in card.sources for origin in source.origins]

    assert origins(manager, Line("r1", 7, 4)) == [(4, 7)]
    # What a first load brought has one run for all files: the file's own is told only where it is kept.
    assert origins(manager, Line("r1", 7, None)) == [(1, 7)]
    assert origins(ASKING, Line("r1", 7, 4)) == []
