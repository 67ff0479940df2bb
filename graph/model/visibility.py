"""Who may see what: one pure function decides, and everything else asks it (architecture, rule 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.model.intervals import age_on, birthday
from graph.model.kinds import KINDS, Domain, Visibility
from graph.model.roles import Role
from graph.model.staying import STAYS_TO

# Written into every audit event: raise it with every change of what anybody may see.
POLICY = "2026-11-22.5"

ADULT_AT = 18
YEARS_AFTER_DEATH = 1
_LEVELS = (Visibility.OPEN, Visibility.NEED_TO_KNOW, Visibility.SENSITIVE)


class Sight(StrEnum):
    """The three answers: in full, only that there is one, or not at all."""

    SHOWN = "shown"
    MASKED = "masked"
    ABSENT = "absent"


class Part(StrEnum):
    """What of a child's page is asked for."""

    IDENTITY = "identity"  # name, sex, date of birth, the directory's number
    CARER_NAME = "name of a carer"
    CARER = "carer"  # relationship, parental responsibility, telephone, since when
    HOME = "home"
    WHEREABOUTS = "whereabouts"  # home, school, practice and the carers' telephones
    AREA = "area"  # the responsible authority
    SERVICE = "service"
    ENDED = "ended involvement"
    ORIGIN = "origin"  # which feed, file and line a record came from


class Number(StrEnum):
    """A number by which the staff of a body that uses it may find a child."""

    NHS_NUMBER = "NHS number"
    UPN = "UPN"


class State(StrEnum):
    """Whether the directory still holds the person as a child."""

    LIVE = "live"
    ARCHIVED = "archived"


class Step(StrEnum):
    """How this user comes to the circle."""

    AT_ONCE = "at once"
    SECOND = "by a second step"
    NEVER = "never"


@dataclass(frozen=True)
class Viewer:
    """What matters of a user when something is asked for."""

    role: Role
    statutory: bool = False
    authority: str | None = None


@dataclass(frozen=True)
class Relation:
    """What this user is to this child: recorded as involved, its lead professional, of its area, of its family."""

    involved: bool = False
    lead: bool = False
    own_area: bool = False
    family: bool = False  # by the name, one of the child's own carers: never more than the signpost


def decide(
    viewer: Viewer,
    relation: Relation,
    part: Part,
    *,
    visibility: Visibility = Visibility.OPEN,
    shielded: bool = False,
    sheltered: bool = False,
    state: State = State.LIVE,
) -> Sight:
    """Whether this user may see this part of this child's page. A service is asked about with its kind's visibility.

    A sheltered child shares a home with a shielded one, whose whereabouts theirs would give away.
    """
    if not viewer.role.sees_children or state is State.ARCHIVED:
        return Sight.ABSENT
    if part in (Part.IDENTITY, Part.CARER_NAME):
        return Sight.SHOWN
    if shielded and not _manages(viewer, relation):
        return Sight.ABSENT
    if part in (Part.HOME, Part.WHEREABOUTS, Part.ORIGIN):
        for_all = part is not Part.ORIGIN and not sheltered
        return Sight.SHOWN if for_all or _manages(viewer, relation) else Sight.ABSENT
    if part in (Part.SERVICE, Part.ENDED):
        return _service(viewer, relation, visibility)
    return Sight.SHOWN


def circle_step(viewer: Viewer, relation: Relation, *, shielded: bool = False) -> Step:
    """At once for those involved, and leads, statutory roles and data managers of the area; else by a second step.

    Never for the child's own family, nor where the child is shielded.
    """
    if not viewer.role.sees_children or (shielded and not _manages(viewer, relation)):
        return Step.NEVER
    if relation.family:
        return Step.NEVER
    of_area = relation.own_area and (viewer.statutory or viewer.role is not Role.PRACTITIONER)
    return Step.AT_ONCE if relation.involved or relation.lead or of_area else Step.SECOND


def knows_of_sensitive(viewer: Viewer, relation: Relation, *, shielded: bool = False) -> bool:
    """Whether the user may know that a sensitive service is involved, or that none is, but not which."""
    sight = decide(viewer, relation, Part.SERVICE, visibility=Visibility.SENSITIVE, shielded=shielded)
    return sight is Sight.MASKED


def grown_up_on(date_of_birth: date) -> date:
    """The day from which a page is closed without consent to stay."""
    return birthday(date_of_birth, ADULT_AT)


def state_of(date_of_birth: date | None, died_on: date | None, today: date, stays_until: date | None = None) -> State:
    """Archived from the 18th birthday, and a year after a death; a person of unknown age is still live.

    Who has consented to stay is live until that day; a later date of birth moves its end to the 25th birthday.
    """
    if date_of_birth is not None and age_on(date_of_birth, today) >= ADULT_AT:
        stays = stays_until is not None and today < stays_until and age_on(date_of_birth, today) < STAYS_TO
        if not stays:
            return State.ARCHIVED
    if died_on is not None and age_on(died_on, today) >= YEARS_AFTER_DEATH:
        return State.ARCHIVED
    return State.LIVE


def may_reach(viewer: Viewer, relation: Relation, *, shielded: bool = False, sheltered: bool = False) -> bool:
    """Whether a walk from another child's circle may come to this one, which `relation` is about.

    Never to a shielded child, nor to one that shares home and carer with a shielded one: where it is would tell where
    the other is. Never to the user's own family. A data manager of the child's area comes to both.
    """
    if not viewer.role.sees_children or relation.family:
        return False
    return _manages(viewer, relation) or not (shielded or sheltered)


def may_walk_from(viewer: Viewer, *, shielded: bool, depth_is_circle: bool) -> bool:
    """Whether a child's page offers to walk on: from the circle only, and never from a shielded child."""
    return viewer.role.sees_children and depth_is_circle and not shielded


def may_see_who_looked(viewer: Viewer, relation: Relation, *, shielded: bool = False) -> bool:
    """Whether the user may see who looked at a child: leads and data managers of its area, never the child's family.

    Of a shielded child its data managers alone: who looks after it is part of where it is.
    """
    leads = viewer.role in (Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER) and relation.own_area and not relation.family
    return leads and (not shielded or _manages(viewer, relation))


def may_answer(viewer: Viewer, relation: Relation) -> bool:
    """Whether the user answers to the child or its carers: everything held as a pack, and objections.

    Data managers of the child's area alone, never those of its family. Of what is held they see all, need-to-know
    services too: whoever asks for what is held about them must be told of those as well, unless the law forbids it.
    """
    return _manages(viewer, relation)


def identifying_kinds(*, statutory: bool) -> list[str]:
    """The kinds of service whose records may help to find and name a child for such a user.

    A youth justice team's own spelling of a name must not find the child for a teacher: that would tell of the team.
    """
    levels = (Visibility.OPEN, Visibility.NEED_TO_KNOW) if statutory else (Visibility.OPEN,)
    return sorted(kind.name for kind in KINDS.values() if kind.visibility in levels)


def numbers_used(kinds: Iterable[str]) -> frozenset[Number]:
    """The numbers that staff of services of these kinds use: health and social care one, education the other.

    A service of a guarded kind that is no health service uses neither, nor does one that nobody has classified.
    """
    used: set[Number] = set()
    for kind in (KINDS[name] for name in kinds if name in KINDS):
        if kind.domain is Domain.HEALTH or (kind.domain is Domain.SOCIAL_CARE and kind.visibility is Visibility.OPEN):
            used.add(Number.NHS_NUMBER)
        if kind.domain is Domain.EDUCATION:
            used.add(Number.UPN)
    return frozenset(used)


def strictest(levels: list[Visibility]) -> Visibility:
    """The most guarded of several; sensitive if there is none, since nobody has classified it."""
    return max(levels, key=_LEVELS.index, default=Visibility.SENSITIVE)


def _manages(viewer: Viewer, relation: Relation) -> bool:
    return viewer.role is Role.DATA_MANAGER and relation.own_area and not relation.family


def _service(viewer: Viewer, relation: Relation, visibility: Visibility) -> Sight:
    if visibility is not Visibility.OPEN and relation.family:
        return Sight.ABSENT
    match visibility:
        case Visibility.OPEN:
            return Sight.SHOWN
        case Visibility.NEED_TO_KNOW:
            return Sight.SHOWN if viewer.statutory or relation.lead else Sight.ABSENT
        case Visibility.SENSITIVE:
            if _manages(viewer, relation):
                return Sight.SHOWN
            knows = viewer.statutory or viewer.role is Role.SAFEGUARDING_LEAD
            return Sight.MASKED if knows else Sight.ABSENT
