"""Kinds of service: the domain they are drawn in, how widely they are offered, and who may see them named."""

from dataclasses import dataclass
from enum import StrEnum


class Domain(StrEnum):
    """The sectors of the circle, clockwise from the top."""

    EDUCATION = "education"
    HEALTH = "health"
    SOCIAL_CARE = "social care"
    JUSTICE = "justice"
    VOLUNTARY = "voluntary and housing"


class Tier(StrEnum):
    """How widely a kind of service is offered: to all, to some, or by duty of law."""

    UNIVERSAL = "universal"
    TARGETED = "targeted"
    STATUTORY = "statutory"


class Visibility(StrEnum):
    """Who may see that a service of this kind is involved."""

    OPEN = "open"
    NEED_TO_KNOW = "need-to-know"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class Kind:
    """One kind of service."""

    name: str
    words: str
    domain: Domain
    tier: Tier
    visibility: Visibility = Visibility.OPEN


_TABLE = (
    Kind("school", "School", Domain.EDUCATION, Tier.UNIVERSAL),
    Kind("early_years", "Early years", Domain.EDUCATION, Tier.UNIVERSAL),
    Kind("education_welfare", "Education welfare", Domain.EDUCATION, Tier.TARGETED),
    Kind("send_support", "Special educational needs support", Domain.EDUCATION, Tier.TARGETED),
    Kind("gp_practice", "GP practice", Domain.HEALTH, Tier.UNIVERSAL),
    Kind("school_nursing", "School nursing", Domain.HEALTH, Tier.UNIVERSAL),
    Kind("health_visiting", "Health visiting", Domain.HEALTH, Tier.UNIVERSAL),
    Kind("hospital", "Hospital", Domain.HEALTH, Tier.TARGETED),
    Kind("therapy", "Therapy", Domain.HEALTH, Tier.TARGETED),
    Kind("social_care", "Children’s social care", Domain.SOCIAL_CARE, Tier.STATUTORY),
    Kind("early_help", "Early help", Domain.SOCIAL_CARE, Tier.TARGETED),
    Kind("fostering", "Fostering", Domain.SOCIAL_CARE, Tier.STATUTORY),
    Kind("youth_service", "Youth service", Domain.VOLUNTARY, Tier.TARGETED),
    Kind("housing", "Housing", Domain.VOLUNTARY, Tier.TARGETED),
    Kind("voluntary", "Voluntary organisation", Domain.VOLUNTARY, Tier.TARGETED),
    Kind("youth_justice", "Youth justice", Domain.JUSTICE, Tier.STATUTORY, Visibility.NEED_TO_KNOW),
    Kind("police", "Police", Domain.JUSTICE, Tier.STATUTORY, Visibility.NEED_TO_KNOW),
    Kind("probation", "Probation", Domain.JUSTICE, Tier.STATUTORY, Visibility.NEED_TO_KNOW),
    Kind("domestic_abuse", "Domestic abuse service", Domain.SOCIAL_CARE, Tier.TARGETED, Visibility.NEED_TO_KNOW),
    Kind("sexual_health", "Sexual health", Domain.HEALTH, Tier.TARGETED, Visibility.SENSITIVE),
    Kind("mental_health", "Mental health", Domain.HEALTH, Tier.TARGETED, Visibility.SENSITIVE),
    Kind("substance_misuse", "Substance misuse", Domain.HEALTH, Tier.TARGETED, Visibility.SENSITIVE),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _TABLE}


def kind_named(name: str | None) -> Kind:
    """The kind of that name; one that nobody has classified is sensitive (architecture, rulings)."""
    return KINDS.get(name or "") or Kind(name or "", "Service", Domain.VOLUNTARY, Tier.TARGETED, Visibility.SENSITIVE)
