"""Shields as people decide them: grounds, evidence, who may decide, until when, and overriding one (decision 26)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from graph.model.errors import Refused
from graph.model.intervals import months_before
from graph.model.roles import Role

# Reviews are due within six months (domain.md 1.7).
MONTHS_TO_REVIEW = 6
# A proposal that changes nothing yet is decided within a week.
DAYS_TO_DECIDE = 7
# A review that is due in so many days stands in the list.
DAYS_AHEAD = 14
LONGEST_WORDS = 200
# An override shows one child for so long at most (security.md 3.6).
OVERRIDE_FOR = timedelta(minutes=60)
_FRIDAY = 4


class Ground(StrEnum):
    """Why a child is shielded. A closed list: nothing about the child is written down."""

    DOMESTIC_ABUSE = "domestic_abuse"
    ADOPTION = "adoption"
    PROTECTED_PERSON = "protected_person"
    SIGNIFICANT_HARM = "significant_harm"
    RESTRICTED_BY_NHS = "restricted_by_nhs"  # proposed by `R` in a PDS record

    @property
    def words(self) -> str:
        """The ground as people say it."""
        return {
            Ground.DOMESTIC_ABUSE: "Domestic abuse: somebody must not learn where they live",
            Ground.ADOPTION: "Adoption: the life before must not lead to the new one",
            Ground.PROTECTED_PERSON: "Protected person",
            Ground.SIGNIFICANT_HARM: "Other risk of significant harm if somebody learns where they are",
            Ground.RESTRICTED_BY_NHS: "Restricted by the NHS",
        }[self]


class Evidence(StrEnum):
    """What was seen before a shield was proposed: a closed list, and never a copy of it."""

    COURT_ORDER = "court_order"
    POLICE = "police"
    MARAC = "marac"
    REFUGE = "refuge"
    SOCIAL_WORKER = "social_worker"
    ADOPTION_AGENCY = "adoption_agency"
    PARENT = "parent"

    @property
    def words(self) -> str:
        """The evidence as people say it."""
        return {
            Evidence.COURT_ORDER: "A court order",
            Evidence.POLICE: "Word from the police",
            Evidence.MARAC: "A multi-agency risk assessment conference (MARAC)",
            Evidence.REFUGE: "Word from a refuge",
            Evidence.SOCIAL_WORKER: "Word from the social worker",
            Evidence.ADOPTION_AGENCY: "Word from the adoption agency",
            Evidence.PARENT: "A signed request of a parent, with proof of who they are",
        }[self]


class Wanted(StrEnum):
    """What is proposed."""

    BEGIN = "begin"
    END = "end"


class Verdict(StrEnum):
    """What the second person says of a proposal."""

    AGREED = "agreed"
    REFUSED = "refused"


class Finding(StrEnum):
    """How an investigation of an override ends."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"
    PASSED_ON = "passed_on"

    @property
    def words(self) -> str:
        """The finding as people say it."""
        return {
            Finding.JUSTIFIED: "It was needed for the child",
            Finding.NOT_JUSTIFIED: "It was not needed: the right to override is taken away",
            Finding.PASSED_ON: "Passed to the employer and the data protection officer: the right is taken away",
        }[self]

    @property
    def takes_right(self) -> bool:
        """Whether who overrode loses the right by this."""
        return self is not Finding.JUSTIFIED


# Whoever looks after shields of their area.
KEEPERS = frozenset({Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER})
# The grounds that people give: the NHS' own comes with its record.
OFFERED = tuple(ground for ground in Ground if ground is not Ground.RESTRICTED_BY_NHS)


@dataclass(frozen=True)
class Keeper:
    """Who decides: which user, in which role, of which authority."""

    user_id: str
    role: Role
    authority: str | None


def may_propose(keeper: Keeper, authority: str | None, *, family: bool) -> bool:
    """Whether somebody may propose to begin or end a shield of a child of this authority: its own keepers only."""
    of_area = keeper.authority is not None and keeper.authority == authority and authority != "unknown"
    return keeper.role in KEEPERS and of_area and not family


def may_decide(keeper: Keeper, authority: str | None, proposer: str, *, family: bool) -> bool:
    """Whether somebody may decide what another has proposed: never the same person (ASVS 2.3.5)."""
    return keeper.user_id != proposer and may_propose(keeper, authority, family=family)


def check_review(review_on: date, today: date) -> date:
    """The day of the next review; Refused unless it is after today and at most six months ahead."""
    if review_on <= today:
        raise Refused("Review date must be in the future.")
    if months_before(review_on, MONTHS_TO_REVIEW) > today:
        raise Refused(f"Review date must be within {MONTHS_TO_REVIEW} months from today.")
    return review_on


def next_working_day(day: date) -> date:
    """The next day from Monday to Friday. Bank holidays are not known here, so it may be one."""
    later = day + timedelta(days=1)
    while later.weekday() > _FRIDAY:
        later += timedelta(days=1)
    return later


def decide_by(day: date, *, urgent: bool) -> date:
    """By when a proposal of that day is decided: one that works already within a working day, others within a week."""
    return next_working_day(day) if urgent else day + timedelta(days=DAYS_TO_DECIDE)


def check_words(text: str) -> str:
    """The ground in words without spaces around it; Refused if there are none or more than 200 letters."""
    said = " ".join(text.split())
    if not said:
        raise Refused("Say the ground in a few words. Do not describe the child.")
    if len(said) > LONGEST_WORDS:
        raise Refused(f"The ground must be {LONGEST_WORDS} characters or fewer. Do not describe the child.")
    return said


def ground_coded(code: str) -> Ground:
    """The ground of that code; Refused if it is not one that people give."""
    if code not in {ground.value for ground in OFFERED}:
        raise Refused("Choose the ground from the list.")
    return Ground(code)


def evidence_coded(code: str) -> Evidence:
    """The evidence of that code; Refused if it is not on the list."""
    if code not in {evidence.value for evidence in Evidence}:
        raise Refused("Choose from the list what you have seen.")
    return Evidence(code)


def verdict_coded(code: str) -> Verdict:
    """The verdict of that code; Refused if it is not on the list."""
    if code not in {verdict.value for verdict in Verdict}:
        raise Refused("Choose whether you agree.")
    return Verdict(code)


def finding_coded(code: str) -> Finding:
    """The finding of that code; Refused if it is not on the list."""
    if code not in {finding.value for finding in Finding}:
        raise Refused("Choose how it ended from the list.")
    return Finding(code)


@dataclass(frozen=True)
class Right:
    """What of an account bears on overriding a shield, and by when each investigation of theirs is due."""

    role: Role
    held: bool
    unanswered: tuple[date, ...] = ()


def why_not_override(right: Right, today: date) -> str | None:
    """Why an account may not override a shield now; None if it may. Overdue investigations of theirs suspend it."""
    if not right.role.sees_children:
        return "Your role never sees a child."
    if not right.held:
        return (
            "Your account does not hold the right to override a shield. "
            "Ask the directory team of the child’s authority."
        )
    if any(due < today for due in right.unanswered):
        return (
            "Your right to override is suspended: an override of yours waits for its review longer than it may. "
            "Ask the safeguarding leads of that child’s authority to review it."
        )
    return None


def may_investigate(keeper: Keeper, authority: str, overrider: str) -> bool:
    """Whether somebody may look into an override: a lead of the child's authority, and never who overrode."""
    of_area = keeper.role is Role.SAFEGUARDING_LEAD and keeper.authority == authority
    return of_area and keeper.user_id != overrider


@dataclass(frozen=True)
class ShieldLine:
    """One shield or proposal in the list of those who look after shields: five items of the child at most."""

    name: str
    handle: str
    ground: str
    state: str
    owner: str | None
    due_on: date | None
    overdue: bool
    mine: bool  # what waits was proposed by this user, so somebody else decides it


@dataclass(frozen=True)
class OverrideLine:
    """One override to look into."""

    override_id: str
    name: str | None
    handle: str | None
    by: str
    organisation: str
    at: datetime
    due_on: date
    overdue: bool
    owner: str | None
    mine: bool  # this user overrode it
    finding: Finding | None
    ground: str = ""  # in words; only on the page of one


@dataclass(frozen=True)
class ShieldList:
    """What waits to be decided, what is to be reviewed soon, overrides to look into, and how many are in force."""

    waiting: tuple[ShieldLine, ...]
    reviews: tuple[ShieldLine, ...]
    overrides: tuple[OverrideLine, ...]
    in_force: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits for anybody."""
        return not (self.waiting or self.reviews or self.overrides)


@dataclass(frozen=True)
class InForce:
    """A shield over the child."""

    shield_id: str
    ground: Ground
    state: str
    since: date
    review_on: date | None
    owner: str | None


@dataclass(frozen=True)
class Proposed:
    """A proposal that waits for a second person."""

    proposal_id: str
    wanted: Wanted
    ground: Ground
    evidence: Evidence | None
    words: str
    review_on: date | None
    urgent: bool
    by: str
    on: date
    due_on: date
    mine: bool


@dataclass(frozen=True)
class ShieldPage:
    """What is decided of one child's shield, for those who look after it."""

    handle: str
    name: str
    child_number: str
    shields: tuple[InForce, ...]
    proposed: Proposed | None

    @property
    def shield(self) -> InForce | None:
        """The first shield in force, by its beginning; None if there is none."""
        return next(iter(self.shields), None)
