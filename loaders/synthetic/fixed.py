"""Places, services and practitioners that are the same at any seed and size, because the stories speak of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Authority:
    """An invented children's authority."""

    supplier: str
    short: str
    dfe: int
    gss: str
    name: str
    council: str
    county: str  # the county code of its postcodes: empty for a unitary authority
    area: str  # a postcode area that does not exist


AUTHORITIES = (
    Authority("northshire", "NS", 990, "E10000901", "Northshire", "Northshire County Council", "E10000901", "NS"),
    Authority("southmere", "SM", 991, "E06000901", "Southmere", "Southmere Council", "", "SX"),
)

# Where the people of the stories live: a street has one postcode, and these come first in their town.
STREETS: dict[str, tuple[str, ...]] = {
    "Eastway": ("Larch Road", "Station Road", "Tide Lane", "Cobbler Street", "Hillbrook Lane", "Weir Close"),
    "Southmere": ("Pier Street", "Compass Row", "Kestrel Court", "Beacon Terrace"),
}


@dataclass(frozen=True)
class School:
    """A school that a story names; its telephone is in Ofcom's range for drama."""

    town: str
    kind: str
    name: str
    street: str
    phone: str


SCHOOLS = (
    School("Eastway", "primary", "Hillbrook Primary School", "Hillbrook Lane", "01632 960118"),
    School("Eastway", "secondary", "Eastway Academy", "Weir Close", "01632 960120"),
    School("Southmere", "primary", "Pier Street Primary School", "Pier Street", "01632 960140"),
    School("Southmere", "independent", "Beacon House School", "Beacon Terrace", "01632 960150"),
)


@dataclass(frozen=True)
class Practice:
    """A practice that a story names."""

    town: str
    name: str
    street: str
    phone: str


PRACTICES = (
    Practice("Eastway", "Station Road Surgery", "Station Road", "01632 960300"),
    Practice("Southmere", "Compass Row Practice", "Compass Row", "01632 960320"),
)


@dataclass(frozen=True)
class Kind:
    """A kind of service as each authority has it: one, or one a town."""

    kind: str
    code: str
    name: str
    organisation: str
    supplier: str
    roles: tuple[str, ...]
    statutory: bool = False
    each_town: bool = False
    children_each: int = 40  # open cases for one practitioner


COUNCIL, TRUST, VISITING, JUSTICE = "council", "communityhealth", "healthvisiting", "youthjustice"
HARBOUR, HAVEN = "harbour", "haven"

KINDS = (
    Kind(
        "social_care", "SOCIAL", "Children’s social care", COUNCIL, COUNCIL, ("social worker",), True, children_each=18
    ),
    Kind("early_help", "HUB", "Family Hub, {town}", COUNCIL, COUNCIL, ("family support worker",), each_town=True),
    Kind("fostering", "FOSTER", "Fostering", COUNCIL, COUNCIL, ("supervising social worker",), True),
    Kind("education_welfare", "WELFARE", "Education welfare", COUNCIL, COUNCIL, ("officer",), True),
    Kind("send_support", "SEND", "SEND casework team", COUNCIL, COUNCIL, ("caseworker",), True),
    Kind("youth_service", "YOUTH", "Youth service", COUNCIL, COUNCIL, ("youth worker",)),
    Kind("housing", "HOUSING", "Housing advice", COUNCIL, COUNCIL, ("housing officer",)),
    Kind("early_years", "NURSERY", "{town} Nursery", COUNCIL, COUNCIL, ("key person",), each_town=True),
    Kind(
        "health_visiting", "HV", "Health visiting, {town}", "{name} Community Health", VISITING,
        ("health visitor",), each_town=True, children_each=350,
    ),
    Kind(
        "school_nursing", "SN", "School nursing, {town}", "{name} Community Health", TRUST,
        ("school nurse",), each_town=True, children_each=2500,
    ),
    Kind(
        "therapy", "SALT", "Speech and language therapy", "{name} Community Health", TRUST,
        ("speech and language therapist",),
    ),
    Kind("hospital", "WARD", "Children’s community nursing", "{name} Community Health", TRUST, ("children’s nurse",)),
    Kind("mental_health", "CAMHS", "Young minds clinic", "{name} Community Health", TRUST, ("clinician",)),
    Kind("sexual_health", "CLINIC", "Young people’s clinic", "{name} Community Health", TRUST, ("nurse",)),
    Kind(
        "youth_justice", "YJS", "Youth justice service", "{name} Youth Justice", JUSTICE, ("case manager",), True
    ),
    Kind("police", "POLICE", "Child protection unit", "{name} Police", JUSTICE, ("officer",), True),
    Kind("voluntary", "CARERS", "Harbour Young Carers", "Harbour", HARBOUR, ("key worker",)),
    Kind("domestic_abuse", "REFUGE", "Haven outreach", "Haven", HAVEN, ("advocate",)),
    Kind("substance_misuse", "DRUGS", "Clear Water", "Haven", HAVEN, ("key worker",)),
)  # fmt: skip


def service_id(authority: str, code: str, town: str = "") -> str:
    """The key of a service in the directory, e.g. NS-HUB-EASTWAY."""
    return "-".join(part for part in (authority, code, town.upper().replace(" ", "")) if part)


@dataclass(frozen=True)
class Practitioner:
    """One who works with children of the stories; a demonstration may give them an account."""

    name: str
    code: str
    supplier: str  # whose file names them: the graph's key is supplier + ":" + code
    service_id: str
    role: str
    phone: str
    email: str


def _practitioner(name: str, code: str, service: str, role: str, phone: str, *, supplier: str) -> Practitioner:
    email = name.lower().replace(" ", ".") + f"@{supplier}.example"
    return Practitioner(name, code, supplier, service, role, phone, email)


HILLBROOK = "urn:900001"

PRACTITIONERS = (
    _practitioner("Dawn Okoro", "HB-01", HILLBROOK, "class teacher", "01632 960118", supplier="hillbrook"),
    _practitioner("Priya Nair", "NS-SOCIAL-900", "NS-SOCIAL", "social worker", "01632 960404", supplier="northshire"),
    _practitioner("Sam Pryce", "NS-WELFARE-900", "NS-WELFARE", "officer", "01632 960771", supplier="northshire"),
    _practitioner("Lena Walsh", "NS-CARERS-900", "NS-CARERS", "key worker", "01632 960555", supplier="harbour"),
    _practitioner(
        "Tom Aldous", "NS-HUB-900", "NS-HUB-EASTWAY", "family support worker", "01632 960560", supplier="northshire"
    ),
    _practitioner("Iris Fenn", "NS-YJS-900", "NS-YJS", "case manager", "01632 960565", supplier="youthjustice"),
    _practitioner("Ruth Adair", "SM-SOCIAL-900", "SM-SOCIAL", "social worker", "01632 960570", supplier="southmere"),
    _practitioner(
        "Colm Daly", "SM-HUB-900", "SM-HUB-SOUTHMERE", "family support worker", "01632 960575", supplier="southmere"
    ),
    _practitioner(
        "Mary Teal", "NS-SN-900", "NS-SN-EASTWAY", "school nurse", "01632 960580", supplier="communityhealth"
    ),
)

# What the directory says of services that the stories speak of, where it differs from the others.
PHONES = {
    "NS-SOCIAL": ("01632 960404", "01632 960999"),
    "NS-WELFARE": ("01632 960771", ""),
    "NS-HV-EASTWAY": ("01632 960310", ""),
    "NS-CARERS": ("01632 960555", ""),
    "NS-HUB-EASTWAY": ("01632 960560", ""),
}
