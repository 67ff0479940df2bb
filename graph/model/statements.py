"""What practitioners say of their own involvements, and how that stands beside what the feeds say (decision 11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from graph.model.errors import Refused
from graph.model.evidence import Saying
from graph.model.intervals import in_words, years_before
from graph.model.kinds import Visibility

SOURCE = "signpost"
TITLE = "Said in Signpost by the practitioner"
# How often a practitioner is expected to say again that an involvement goes on.
EVERY_DAYS = 90
# The run of whatever is said in Signpost: visible at once, and no run's undo touches it.
RUN = 0
# An involvement that began earlier than this is a slip of the pen.
_OLDEST_YEARS = 25


class Basis(StrEnum):
    """On what ground an involvement is held."""

    PUBLIC_TASK = "public_task"
    CONSENT = "consent"
    SIGNIFICANT_HARM = "significant_harm"


class Removal(StrEnum):
    """How an own involvement goes: by its end, as a mistake, or because consent was withdrawn."""

    ENDED = "ended"
    MISTAKE = "mistake"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Draft:
    """What a practitioner wants to say of an own involvement."""

    role: str
    since: date
    lead: bool = False
    basis: Basis = Basis.PUBLIC_TASK
    consent_given_on: date | None = None


@dataclass(frozen=True)
class OwnService:
    """The user's service as the directory knows it, with the ways to reach it that others will see."""

    service_id: str
    name: str
    visibility: Visibility
    kind: str | None
    organisation: str | None
    telephone: str | None
    hours: str | None
    email: str | None

    @property
    def sensitive(self) -> bool:
        """Whether an involvement may be held with consent or for significant harm only, and is named to few."""
        return self.visibility is Visibility.SENSITIVE


@dataclass(frozen=True)
class OwnInvolvement:
    """One involvement of the user with the child. `key` names it in this session, `version` says which state of it."""

    key: str
    version: str
    at: OwnService
    role: str | None
    lead: bool
    since: date | None
    until: date | None
    basis: str | None
    consent_given_on: date | None
    said_on: date | None  # None where a feed says it
    source: str  # what says it, in words


class _Line(Protocol):
    """What `standing` has to know of a fact or of an involvement."""

    @property
    def record(self) -> str | None: ...
    @property
    def run(self) -> int: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def said(self) -> Saying | None: ...


Line = TypeVar("Line", bound=_Line)


def standing(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that stand: a practitioner's correction in place of what it corrects, until the feed says it anew.

    A statement that begins and ends on one day says that there is nothing: it takes a feed's line away.
    """
    every = tuple(lines)
    if all(line.said is None for line in every):
        return every
    newest: dict[str, int] = {}
    for line in every:
        if line.said is None and line.record is not None:
            newest[line.record] = max(newest.get(line.record, 0), line.run)
    outranked: set[str | None] = {
        said.corrects
        for line in every
        if (said := line.said) is not None and said.corrects and newest.get(said.corrects, 0) <= said.after
    }
    return tuple(line for line in every if _stands(line, outranked))


def _stands(line: _Line, outranked: set[str | None]) -> bool:
    if line.said is None:
        return line.record not in outranked
    overtaken = line.said.corrects is not None and line.said.corrects not in outranked
    return not overtaken and not (line.since is not None and line.since == line.until)


def check_draft(draft: Draft, service: OwnService, *, roles: Iterable[str], today: date, born: date | None) -> None:
    """Nothing, if this may be said; Refused with the sentence that mends it. `roles` are those to choose from."""
    check_since(draft.since, today=today, born=born)
    if draft.role not in tuple(roles):
        raise Refused("Choose your role from the list.")
    if not service.sensitive:
        return
    if draft.lead:
        raise Refused(
            "A service of this kind is not named to everyone, so its staff are not shown as lead professional."
        )
    if draft.basis not in (Basis.CONSENT, Basis.SIGNIFICANT_HARM):
        raise Refused("Say on what ground this is held: consent, or reasonable cause to suspect significant harm.")
    if (draft.basis is Basis.CONSENT) != (draft.consent_given_on is not None):
        raise Refused("Give the date of the consent if it is held by consent, and no date otherwise.")
    if draft.consent_given_on is not None and draft.consent_given_on > today:
        raise Refused("The date of the consent must be today or in the past.")


def check_since(since: date, *, today: date, born: date | None) -> None:
    """Nothing, if an involvement with a child born then may have begun on that day; else Refused."""
    if since > today:
        raise Refused("The date you began must be today or in the past.")
    if born is not None and since < born:
        raise Refused(f"The date you began must be on or after the child’s birth, {in_words(born)}.")
    if since < years_before(today, _OLDEST_YEARS):
        raise Refused(f"The date you began must be in the last {_OLDEST_YEARS} years.")


def check_until(until: date, *, since: date | None, today: date) -> None:
    """Nothing, if an involvement that began then may have ended on that day; else Refused."""
    if until > today:
        raise Refused("The date it ended must be today or in the past.")
    if since is not None and until <= since:
        raise Refused(
            f"The date it ended must be after the day it began, {in_words(since)}. "
            "If there was no involvement at all, choose that it was recorded by mistake."
        )


# What people are called where a service of this kind works: the short list of the form.
_ROLES: dict[str, tuple[str, ...]] = {
    "school": (
        *("class teacher", "head of year", "designated safeguarding lead", "special educational needs coordinator"),
        *("pastoral lead", "head teacher"),
    ),
    "early_years": ("key person", "nursery manager", "designated safeguarding lead"),
    "education_welfare": ("education welfare officer",),
    "send_support": ("special educational needs officer", "educational psychologist"),
    "gp_practice": ("GP", "practice nurse", "safeguarding lead GP"),
    "school_nursing": ("school nurse",),
    "health_visiting": ("health visitor", "community nursery nurse"),
    "hospital": ("doctor", "nurse", "safeguarding nurse"),
    "therapy": ("speech and language therapist", "occupational therapist", "physiotherapist"),
    "social_care": ("social worker", "team manager", "independent reviewing officer"),
    "early_help": ("family support worker", "early help coordinator"),
    "fostering": ("supervising social worker",),
    "youth_service": ("youth worker",),
    "housing": ("housing officer", "support worker"),
    "voluntary": ("support worker", "volunteer coordinator"),
    "youth_justice": ("case manager", "youth justice officer"),
    "police": ("police officer", "safeguarding officer"),
    "probation": ("probation officer",),
    "domestic_abuse": ("independent domestic violence adviser", "support worker"),
    "sexual_health": ("nurse", "doctor"),
    "mental_health": ("mental health practitioner", "psychologist", "psychiatrist"),
    "substance_misuse": ("substance misuse worker",),
}
_EVERYWHERE = ("key worker", "practitioner")


def roles_for(kind: str | None, *known: str | None) -> tuple[str, ...]:
    """The roles to choose from at a service of this kind: those the directory knows the user by come first."""
    found = (*(role for role in known if role), *_ROLES.get(kind or "", ()), *_EVERYWHERE)
    return tuple(dict.fromkeys(found))
