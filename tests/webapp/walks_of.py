"""A walk from Ana's circle, and pages of the directory, as values: for what needs no graph."""

from datetime import date
from typing import Any

from graph.model.circle import Contact
from graph.model.directory import FoundServices, PractitionerPage, ServicePage, ServiceRow, Staff, Workplace
from graph.model.kinds import KINDS
from graph.model.walking import (
    Band,
    Hub,
    Link,
    Step,
    Walk,
    WalkedAdult,
    WalkedChild,
    WalkedPractitioner,
    Way,
)
from tests.webapp.pages_of import REGISTER
from webapp.walking import draw_walk

HANDLE = "fedcba9876543210fedcba9876543210"
CONTACT = Contact(telephone="01632 960771", email="sam.pryce@northshire.example", hours="Mon-Fri 09:00-17:00")
_HOME = Link(Way.HOME, date(2021, 2, 15), "", (REGISTER,))
_CARER = Link(Way.CARER, None, "Maria Costa", (REGISTER,), by_name=True)
HOME = Step("home", Way.HOME, "", "", children=2, adults=1, taken=True)
CARER = Step("carer-c0123456789ab", Way.CARER, "c0123456789ab", "Maria Costa", children=1)
STAFF = Step("staff-c123456789abc", Way.STAFF, "c123456789abc", "Family Hub, Eastway", practitioners=1, taken=True)
CROWD = Step("carer-c23456789abcd", Way.CARER, "c23456789abcd", "Joe Costa", children=21, too_many=True)


def child(name: str = "Joe Costa", *links: Link) -> WalkedChild:
    """A sibling."""
    return WalkedChild(f"w{abs(hash(name)):012}"[:13], HANDLE, name, 5, "male", ("Maria Costa",), links or (_HOME,))


def walk() -> Walk:
    """Household and a service, taken; a carer who was not; one with a crowd."""
    adult = WalkedAdult("w1aaaaaaaaaaa", "Ravi Shah", ("Joe Costa",), (Link(Way.HOME, None, "", ()),))
    sam = WalkedPractitioner(
        "w2aaaaaaaaaaa",
        "p0123456789abcdef",
        "NS-HUB",
        "Sam Pryce",
        "key worker",
        CONTACT,
        (Link(Way.STAFF, None, "Family Hub, Eastway", ()),),
    )
    return Walk(
        steps=(HOME, CARER, CROWD, STAFF),
        bands=(
            Band(HOME, children=(child("Joe Costa", _HOME, _CARER), child("Lia Costa")), adults=(adult,)),
            Band(STAFF, practitioners=(sam,)),
        ),
        hubs=(Hub("c1", "Hillbrook Primary School", 210, few=False), Hub("c2", "Family Hub", None, few=True)),
        dropped=1,
    )


def given() -> dict[str, Any]:
    """What the template of the connections gets besides the page."""
    made = walk()
    return {"walk": made, "tray": draw_walk(made), "links": {step.word: "/steps" for step in made.steps}}


_HUB = KINDS["early_help"]
FOUND = FoundServices(
    (
        ServiceRow("NS-HUB", "Family Hub, Eastway", _HUB, "Northshire County Council", "01632 960420", "NS1 4NL", "N"),
        ServiceRow("NS-REFUGE", "Harbour", KINDS["domestic_abuse"], None, None, None, None),
    ),
    1_234,
    "By name.",
)
SERVICE = ServicePage(
    service_id="NS-HUB",
    name="Family Hub, Eastway",
    kind=_HUB,
    organisation="Northshire County Council",
    contact=CONTACT,
    address=("9 Green Gardens", "Eastway", "NS1 4NL"),
    address_withheld=False,
    area="Northshire",
    statutory=False,
    practitioners=(
        Staff("p0123456789abcdef", "Sam Pryce", "key worker", CONTACT),
        Staff("p1", "Bo Lee", None, Contact()),
    ),
)
PRACTITIONER = PractitionerPage(
    "Sam Pryce", "key worker", CONTACT, (Workplace("NS-HUB", "Family Hub, Eastway", _HUB, CONTACT, "Northshire"),)
)
