"""The directory of services as it is shown: contact facts that involve no child."""

import re
from dataclasses import dataclass

from graph.model.circle import Contact
from graph.model.errors import Refused
from graph.model.kinds import Kind

MOST_LISTED = 50
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)(?: ?([0-9])[A-Z]{2}| ([0-9]))?", re.ASCII)


@dataclass(frozen=True)
class Postcode:
    """A postcode or the first half of one: its district (`NS1`) and, of a whole one, its sector (`NS1 6`)."""

    district: str
    sector: str | None


@dataclass(frozen=True)
class Sought:
    """What is looked for: at least one of the three."""

    kind: str | None = None
    postcode: Postcode | None = None
    name: str = ""


@dataclass(frozen=True)
class ServiceRow:
    """One service of a list."""

    service_id: str
    name: str
    kind: Kind
    organisation: str | None
    telephone: str | None
    postcode: str | None
    area: str | None


@dataclass(frozen=True)
class FoundServices:
    """At most 50 services, of how many in all, and by what they are ordered."""

    rows: tuple[ServiceRow, ...]
    total: int
    order: str


@dataclass(frozen=True)
class Staff:
    """A practitioner of a service. `key` is their name in this session's addresses."""

    key: str
    name: str
    role: str | None
    contact: Contact


@dataclass(frozen=True)
class ServicePage:
    """One service: what it is and how to reach it. `practitioners` is None where they are not listed."""

    service_id: str
    name: str
    kind: Kind
    organisation: str | None
    contact: Contact
    address: tuple[str, ...]
    address_withheld: bool
    area: str | None
    statutory: bool
    practitioners: tuple[Staff, ...] | None


@dataclass(frozen=True)
class Workplace:
    """A service for which a practitioner works."""

    service_id: str
    name: str
    kind: Kind
    contact: Contact
    area: str | None


@dataclass(frozen=True)
class PractitionerPage:
    """One practitioner: role, services, how to reach them."""

    name: str
    role: str | None
    contact: Contact
    workplaces: tuple[Workplace, ...]


def read_postcode(text: str) -> Postcode:
    """The postcode that somebody typed, whole or its first half; Refused if it is none."""
    found = _POSTCODE.fullmatch(" ".join(text.upper().split()))
    if found is None:
        raise Refused("Enter a postcode or its first half, like NS1 6TT or NS1")
    district, sector = found[1], found[2] or found[3]
    return Postcode(district, None if sector is None else f"{district} {sector}")
