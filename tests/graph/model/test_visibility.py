"""Tests for graph.model.visibility: role by field, in tables."""

from datetime import date

import pytest

from graph.model.kinds import KINDS, Visibility, kind_named
from graph.model.roles import Role
from graph.model.visibility import (
    Number,
    Part,
    Relation,
    Sight,
    State,
    Step,
    Viewer,
    circle_step,
    decide,
    identifying_kinds,
    knows_of_sensitive,
    may_answer,
    may_reach,
    may_see_who_looked,
    may_walk_from,
    numbers_used,
    state_of,
    strictest,
)

STRANGER = Relation()
INVOLVED = Relation(involved=True)
LEAD = Relation(involved=True, lead=True)
LOCAL = Relation(own_area=True)

TEACHER = Viewer(Role.PRACTITIONER, authority="E1")
SOCIAL_WORKER = Viewer(Role.PRACTITIONER, statutory=True, authority="E1")
SAFEGUARDING_LEAD = Viewer(Role.SAFEGUARDING_LEAD, authority="E1")
STATUTORY_LEAD = Viewer(Role.SAFEGUARDING_LEAD, statutory=True, authority="E1")
DATA_MANAGER = Viewer(Role.DATA_MANAGER, authority="E1")
NEVER = [Viewer(role, statutory) for role in Role if not role.sees_children for statutory in (True, False)]
EVERY_RELATION = [Relation(i, lead, area) for i in (True, False) for lead in (True, False) for area in (True, False)]

S, M, A = Sight.SHOWN, Sight.MASKED, Sight.ABSENT
WHO = [
    (TEACHER, STRANGER),
    (TEACHER, INVOLVED),
    (TEACHER, LEAD),
    (SOCIAL_WORKER, STRANGER),
    (SAFEGUARDING_LEAD, LOCAL),
    (STATUTORY_LEAD, STRANGER),
    (DATA_MANAGER, LOCAL),
    (DATA_MANAGER, STRANGER),
]
KIND_TABLE = {
    Visibility.OPEN: (S, S, S, S, S, S, S, S),
    Visibility.NEED_TO_KNOW: (A, A, S, S, A, S, A, A),
    Visibility.SENSITIVE: (A, A, A, M, M, M, S, A),
}
SHIELD_TABLE = {
    Part.IDENTITY: (S, S, S, S, S, S, S, S),
    Part.CARER_NAME: (S, S, S, S, S, S, S, S),
    Part.CARER: (A, A, A, A, A, A, S, A),
    Part.HOME: (A, A, A, A, A, A, S, A),
    Part.AREA: (A, A, A, A, A, A, S, A),
    Part.SERVICE: (A, A, A, A, A, A, S, A),
    Part.WHEREABOUTS: (A, A, A, A, A, A, S, A),
    Part.ENDED: (A, A, A, A, A, A, S, A),
    Part.ORIGIN: (A, A, A, A, A, A, S, A),
}
STEP_TABLE = (
    Step.SECOND,
    Step.AT_ONCE,
    Step.AT_ONCE,
    Step.SECOND,
    Step.AT_ONCE,
    Step.SECOND,
    Step.AT_ONCE,
    Step.SECOND,
)


def test_only_data_managers_of_the_area_see_feed_file_and_line() -> None:
    assert tuple(decide(viewer, relation, Part.ORIGIN) for viewer, relation in WHO) == (A, A, A, A, A, A, S, A)
    assert decide(DATA_MANAGER, Relation(own_area=True, family=True), Part.ORIGIN) is A


@pytest.mark.parametrize("part", [Part.SERVICE, Part.ENDED])
@pytest.mark.parametrize("visibility", Visibility)
def test_who_sees_a_service_named(visibility: Visibility, part: Part) -> None:
    seen = tuple(decide(viewer, relation, part, visibility=visibility) for viewer, relation in WHO)

    assert seen == KIND_TABLE[visibility]


@pytest.mark.parametrize("part", Part)
def test_who_sees_what_of_a_shielded_child(part: Part) -> None:
    seen = tuple(decide(viewer, relation, part, shielded=True) for viewer, relation in WHO)

    assert seen == SHIELD_TABLE[part]


@pytest.mark.parametrize("part", [part for part in Part if part is not Part.ORIGIN])
def test_who_looks_up_children_sees_every_part_of_an_unshielded_child(part: Part) -> None:
    assert {decide(viewer, relation, part) for viewer, relation in WHO} == {S}


@pytest.mark.parametrize("viewer", NEVER)
@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("visibility", Visibility)
def test_operators_auditors_and_administrators_never_see_a_child(
    viewer: Viewer, part: Part, visibility: Visibility
) -> None:
    seen = {decide(viewer, relation, part, visibility=visibility) for relation in EVERY_RELATION}

    assert seen == {A}
    assert {circle_step(viewer, relation) for relation in EVERY_RELATION} == {Step.NEVER}
    assert not any(knows_of_sensitive(viewer, relation) for relation in EVERY_RELATION)


@pytest.mark.parametrize("part", Part)
def test_nobody_sees_anything_of_an_archived_person(part: Part) -> None:
    assert {decide(viewer, relation, part, state=State.ARCHIVED) for viewer, relation in WHO} == {A}


def test_who_has_the_circle_at_once() -> None:
    assert tuple(circle_step(viewer, relation) for viewer, relation in WHO) == STEP_TABLE


def test_a_social_worker_of_the_area_has_the_circle_at_once() -> None:
    assert circle_step(SOCIAL_WORKER, LOCAL) is Step.AT_ONCE
    assert circle_step(TEACHER, LOCAL) is Step.SECOND


def test_a_shielded_child_has_no_circle_but_for_data_managers_of_the_area() -> None:
    steps = [circle_step(viewer, relation, shielded=True) for viewer, relation in WHO]

    assert [step is not Step.NEVER for step in steps] == [viewer == (DATA_MANAGER, LOCAL) for viewer in WHO]


@pytest.mark.parametrize("part", [Part.HOME, Part.WHEREABOUTS])
def test_where_a_shielded_child_lives_too_is_for_data_managers_of_the_area(part: Part) -> None:
    seen = tuple(decide(viewer, relation, part, sheltered=True) for viewer, relation in WHO)

    assert seen == SHIELD_TABLE[part]


@pytest.mark.parametrize("viewer", sorted({viewer for viewer, _ in WHO}, key=str), ids=str)
def test_family_has_the_signpost_whatever_their_role(viewer: Viewer) -> None:
    family = Relation(family=True, involved=True, lead=True, own_area=True)

    assert circle_step(viewer, family) is Step.NEVER
    assert not knows_of_sensitive(viewer, family)
    seen = {level: decide(viewer, family, Part.SERVICE, visibility=level) for level in Visibility}
    assert seen == {Visibility.OPEN: S, Visibility.NEED_TO_KNOW: A, Visibility.SENSITIVE: A}


def test_who_may_know_that_a_sensitive_service_is_involved() -> None:
    knows = [knows_of_sensitive(viewer, relation) for viewer, relation in WHO]

    # A data manager of the area sees which, so needs no sentence that there is one.
    assert knows == [False, False, False, True, True, True, False, False]
    assert not knows_of_sensitive(SOCIAL_WORKER, LOCAL, shielded=True)


@pytest.mark.parametrize(
    ("born", "died", "today", "state"),
    [
        (date(2008, 11, 21), None, date(2026, 11, 20), State.LIVE),
        (date(2008, 11, 21), None, date(2026, 11, 21), State.ARCHIVED),
        (date(2008, 2, 29), None, date(2026, 2, 28), State.LIVE),
        (date(2008, 2, 29), None, date(2026, 3, 1), State.ARCHIVED),
        (None, None, date(2026, 11, 21), State.LIVE),
        (date(2017, 6, 4), date(2025, 11, 22), date(2026, 11, 21), State.LIVE),
        (date(2017, 6, 4), date(2025, 11, 21), date(2026, 11, 21), State.ARCHIVED),
    ],
)
def test_when_a_person_is_archived(born: date | None, died: date | None, today: date, state: State) -> None:
    assert state_of(born, died, today) is state


def test_only_open_kinds_help_to_find_a_child_for_ordinary_users() -> None:
    ordinary, statutory = identifying_kinds(statutory=False), identifying_kinds(statutory=True)

    assert {KINDS[name].visibility for name in ordinary} == {Visibility.OPEN}
    assert {KINDS[name].visibility for name in statutory} == {Visibility.OPEN, Visibility.NEED_TO_KNOW}


def test_what_nobody_has_classified_is_sensitive() -> None:
    assert kind_named("yoga").visibility is Visibility.SENSITIVE
    assert strictest([]) is Visibility.SENSITIVE
    assert strictest([Visibility.OPEN, Visibility.SENSITIVE, Visibility.NEED_TO_KNOW]) is Visibility.SENSITIVE


@pytest.mark.parametrize("role", Role)
def test_who_looked_is_for_leads_and_data_managers_of_the_area_and_never_for_family(role: Role) -> None:
    viewer = Viewer(role)
    of_area, of_family = Relation(own_area=True), Relation(own_area=True, family=True)

    assert may_see_who_looked(viewer, of_area) is (role in (Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER))
    assert may_see_who_looked(viewer, of_area, shielded=True) is (role is Role.DATA_MANAGER)
    assert not may_see_who_looked(viewer, Relation(involved=True, lead=True))
    assert not may_see_who_looked(viewer, of_family)


@pytest.mark.parametrize("role", Role)
def test_who_answers_to_a_child_and_its_carers(role: Role) -> None:
    viewer = Viewer(role, authority="E1")

    assert may_answer(viewer, LOCAL) is (role is Role.DATA_MANAGER)
    assert not may_answer(viewer, LEAD)
    assert not may_answer(viewer, Relation(own_area=True, family=True))


@pytest.mark.parametrize("part", [Part.CARER, Part.HOME, Part.AREA])
def test_what_kind_of_service_it_is_matters_for_services_alone(part: Part) -> None:
    assert decide(TEACHER, LOCAL, part, visibility=Visibility.SENSITIVE) is Sight.SHOWN


def test_where_a_walk_may_come_to() -> None:
    reached = {
        (viewer.role, shielded, sheltered): may_reach(viewer, LOCAL, shielded=shielded, sheltered=sheltered)
        for viewer in (TEACHER, DATA_MANAGER, *NEVER)
        for shielded in (True, False)
        for sheltered in (True, False)
    }

    everywhere = {key for key, may in reached.items() if may}
    assert everywhere == {
        (Role.PRACTITIONER, False, False),
        *((Role.DATA_MANAGER, shielded, sheltered) for shielded in (True, False) for sheltered in (True, False)),
    }
    assert not may_reach(DATA_MANAGER, Relation(own_area=True, family=True))
    assert not may_reach(TEACHER, Relation(family=True))


def test_nobody_walks_on_from_a_signpost_or_a_shielded_child() -> None:
    assert may_walk_from(TEACHER, shielded=False, depth_is_circle=True)
    assert not may_walk_from(TEACHER, shielded=False, depth_is_circle=False)
    assert not may_walk_from(DATA_MANAGER, shielded=True, depth_is_circle=True)
    assert not any(may_walk_from(viewer, shielded=False, depth_is_circle=True) for viewer in NEVER)


def test_staff_search_by_the_numbers_that_their_kind_of_service_uses() -> None:
    nhs_number, upn = Number.NHS_NUMBER, Number.UPN

    assert numbers_used(["school"]) == {upn}
    assert numbers_used(["gp_practice", "school"]) == {nhs_number, upn}
    assert numbers_used(["social_care", "mental_health"]) == {nhs_number}
    assert numbers_used(["domestic_abuse", "police", "housing", "astrology"]) == frozenset()
