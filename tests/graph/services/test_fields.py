"""What a child's page holds is exactly what its reader may see: for any user, relation, child and set of services.

The rules are written here a second time, in other words than in graph/model/visibility.py, so that a slip in either
shows. Every part of the child has a word that stands nowhere else.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.circle import Act, Depth
from graph.model.evidence import Dwelling, SeenChild, SeenFact
from graph.model.kinds import Visibility, kind_named
from graph.model.roles import Role
from graph.model.visibility import Viewer
from graph.services.circle import Disclosure, fold_page
from tests.graph.services.test_circle import ASKING, FACT, NOBODY, RECORD, TODAY
from tests.sizes import size

OWN, OTHER = "E06000001", "E06000002"
WHEREABOUTS = {"HomeLane", "OldSchool", "07700900142"}
KINDS = ("early_help", "therapy", "police", "domestic_abuse", "mental_health", "sexual_health", "astrology", "")
_VIEWERS = [Viewer(role, statutory, OWN) for role in Role for statutory in (False, True)]

viewers = st.sampled_from(_VIEWERS)
services = st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), max_size=5, unique=True)
yes_or_no = st.booleans()


@settings(max_examples=size(600, 10_000))
@given(viewers, services, st.sampled_from([*Depth]), st.tuples(*[yes_or_no] * 7))
def test_a_page_holds_what_its_reader_may_see_and_nothing_else(
    viewer: Viewer, known: list[tuple[str, bool]], depth: Depth, flags: tuple[bool, ...]
) -> None:
    involved, leads, own, family, shielded, sheltered, grown = flags
    child = _child(known, involved=involved, leads=leads, own=own, family=family, shielded=shielded)
    child = replace(
        child,
        sheltered_with=(_carer_name(family),) if sheltered else (),
        records=(replace(RECORD, date_of_birth=date(2008, 1, 1) if grown else RECORD.date_of_birth),),
    )
    asking = replace(ASKING, viewer=viewer, practitioner_id="me", name="Robin Vale", depth=depth)

    shown = fold_page(child, asking)

    sees = viewer.role in (Role.PRACTITIONER, Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER)
    if grown or not sees:
        assert shown is None
        return
    assert shown is not None
    leads, involved = (leads and involved and not family), (involved and not family)
    manages = viewer.role is Role.DATA_MANAGER and own and not family
    if shielded and not manages:
        assert words_of(shown, known) == {"Ana Costa", _carer_name(family)}
        assert not WHEREABOUTS & words_of(shown, known)
        assert shown.page.sensitive_exists is None
        return
    at_once = involved or (own and (viewer.statutory or viewer.role is not Role.PRACTITIONER))
    circle = not family and (at_once or depth is Depth.CIRCLE)
    named = {Visibility.OPEN}
    named |= {Visibility.NEED_TO_KNOW} if (viewer.statutory or leads) and not family else set()
    named |= {Visibility.SENSITIVE} if manages else set()
    wanted = {"Ana Costa"} | ({"Workplace"} if involved or _works(flags) else set())
    wanted |= {name_of(kind, over) for kind, over in known if _visibility(kind) in named and (circle or not over)}
    wanted |= {"OldSchool"} if not sheltered or manages or shielded else set()
    if circle:
        wanted |= {_carer_name(family)}
        wanted |= WHEREABOUTS if not sheltered or manages or shielded else set()
    assert words_of(shown, known) == wanted
    may_know = not family and not manages and (viewer.statutory or viewer.role is Role.SAFEGUARDING_LEAD)
    there_is = any(_visibility(kind) is Visibility.SENSITIVE and not over for kind, over in known)
    assert shown.page.sensitive_exists is (there_is if may_know else None)


@settings(max_examples=300)
@given(viewers, services, st.tuples(*[yes_or_no] * 3))
def test_through_an_override_a_page_holds_what_the_open_circle_would(
    viewer: Viewer, known: list[tuple[str, bool]], flags: tuple[bool, ...]
) -> None:
    involved, leads, own = flags
    child = _child(known, involved=involved, leads=leads, own=own, family=False, shielded=True)
    asking = replace(ASKING, viewer=viewer, practitioner_id="me", name="Robin Vale", depth=Depth.CIRCLE)
    until = datetime(2026, 11, 20, 12, tzinfo=UTC)

    through = fold_page(child, replace(asking, overridden_until=until))
    unshielded = fold_page(replace(child, shielded=False), asking)

    if viewer.role not in (Role.PRACTITIONER, Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER):
        assert through is None
        return
    assert through is not None
    assert unshielded is not None
    assert words_of(through, known) >= WHEREABOUTS
    assert words_of(through, known) == words_of(unshielded, known)
    assert through.page.depth is Depth.CIRCLE
    assert (through.page.shielded, through.page.may_open_circle) == (True, False)
    # Without it, or in another session, the shield holds.
    without = fold_page(child, asking)
    assert without is not None
    manages = viewer.role is Role.DATA_MANAGER and own
    assert manages or not WHEREABOUTS & words_of(without, known)


@settings(max_examples=300)
@given(viewers, services, st.sampled_from([*Depth]), st.tuples(*[yes_or_no] * 5), st.sampled_from([-1, 0, 1]))
def test_who_consents_to_stay_has_the_page_of_a_child_until_that_day(
    viewer: Viewer, known: list[tuple[str, bool]], depth: Depth, flags: tuple[bool, ...], days: int
) -> None:
    involved, leads, own, family, shielded = flags
    child = _child(known, involved=involved, leads=leads, own=own, family=family, shielded=shielded)
    until = TODAY + timedelta(days=days)
    grown = replace(RECORD, date_of_birth=date(2008, 1, 1))
    asking = replace(ASKING, viewer=viewer, practitioner_id="me", name="Robin Vale", depth=depth)

    staying = fold_page(replace(child, records=(replace(grown, stays_until=until),)), asking)
    young = fold_page(child, asking)

    if young is None or days <= 0:
        assert staying is None
        return
    assert staying is not None
    assert words_of(staying, known) == words_of(young, known)
    assert staying.page.sensitive_exists == young.page.sensitive_exists


@settings(max_examples=200)
@given(viewers, services, st.sampled_from([*Act]), st.tuples(*[yes_or_no] * 4))
def test_no_act_gets_whereabouts_of_a_shielded_child(
    viewer: Viewer, known: list[tuple[str, bool]], act: Act, flags: tuple[bool, ...]
) -> None:
    involved, leads, own, family = flags
    child = _child(known, involved=involved, leads=leads, own=own, family=family, shielded=True)
    asking = replace(
        ASKING, viewer=viewer, practitioner_id="me", name="Robin Vale", depth=Depth.CIRCLE, act=act, service_id="urn:1"
    )

    shown = fold_page(child, asking)

    if shown is not None and not (viewer.role is Role.DATA_MANAGER and own and not family):
        assert not WHEREABOUTS & words_of(shown, known)
        assert (shown.page.services, shown.page.to_ring, shown.page.lead, shown.homes) == ((), (), None, ())


def words_of(shown: Disclosure, known: list[tuple[str, bool]]) -> set[str]:
    """Which words of the child stand anywhere on the page."""
    words = {"Ana Costa", "Tess Holm", "Robin Vale", "Workplace", *WHEREABOUTS} | {name_of(*each) for each in known}
    text = repr(shown.page)
    return {word for word in words if word in text}


def name_of(kind: str, over: bool) -> str:
    """The word that stands for a service of the child."""
    return f"Svc-{kind or 'nobody-says'}-{'over' if over else 'on'}"


def _works(flags: tuple[bool, ...]) -> bool:
    """The service at which the user is recorded stays on the page of a child whose carer's name the user has."""
    return flags[0]


def _visibility(kind: str) -> Visibility:
    return kind_named(kind).visibility


def _carer_name(family: bool) -> str:
    return "Robin Vale" if family else "Tess Holm"


def _child(
    known: list[tuple[str, bool]], *, involved: bool, leads: bool, own: bool, family: bool, shielded: bool
) -> SeenChild:
    forename, family_name = _carer_name(family).split()
    carer = replace(NOBODY, forename=forename, family_name=family_name, telephone="07700900142")
    home = Dwelling("home", ("HomeLane",))
    facts = [
        replace(FACT, type="CARED_FOR_BY", fact_id="carer", target="p", described=(carer,), homes=(home,)),
        replace(FACT, type="LIVES_AT", fact_id="home", target="home", described=(), lines=("HomeLane",)),
        _at("ATTENDS", "urn:1", "school", "OldSchool"),
        replace(FACT, type="RESPONSIBILITY_OF", fact_id="area", target=OWN if own else OTHER, described=()),
    ]
    if involved:
        facts += [
            _at("INVOLVES", "work", "early_help", "Workplace"),
            replace(FACT, type="SEEN_BY", fact_id="me", target="me", involvement="work", lead=leads, described=()),
        ]
    for kind, over in known:
        fact = _at("INVOLVES", name_of(kind, over), kind or None, name_of(kind, over))
        since = TODAY - timedelta(days=90)
        facts.append(replace(fact, since=since, until=TODAY - timedelta(days=9) if over else None))
    return SeenChild("K7Q2M94D00", shielded, (RECORD,), tuple(facts))


def _at(type: str, target: str, kind: str | None, name: str) -> SeenFact:
    described = (replace(NOBODY, name=name, kind=kind),)
    return replace(FACT, type=type, fact_id=f"{type} {target}", target=target, involvement=target, described=described)
