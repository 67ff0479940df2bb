"""Twelve stories, planted in the feeds at any seed and size: fixed people, data first."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from loaders.synthetic import calendar, fixed, identifiers, names, places
from loaders.synthetic.places import World
from loaders.synthetic.population import Chunk

# The day for which the dates below are written; at another day all of them are shifted by the difference.
TODAY = date(2026, 11, 21)
_MONTHS = 12
_TURNED = {"sofija": "sofia"}  # whose date of birth is another's with day and month swapped
FIRST_PERSON = 90_000_000
EASTWAY, SOUTHMERE = "Eastway", "Southmere"


@dataclass(frozen=True)
class Story:
    """One thing that a demonstration can show."""

    number: int
    title: str
    who: tuple[tuple[str, date], ...]
    what_to_see: str
    authority: str


@dataclass(frozen=True)
class Home:
    """A house of the stories."""

    number: int
    street: str
    town: str


@dataclass(frozen=True)
class Carer:
    """An adult of the stories, or by `is_child` a child who is a parent."""

    key: str
    forename: str
    family: str
    born: date
    woman: bool
    home: Home | None = None
    phone: str = "07700 900100"
    is_child: str = ""


@dataclass(frozen=True)
class Bond:
    """Who cares for the child, and which registers say so."""

    carer: str
    relation: str
    since: date
    responsible: bool = False
    in_pds: bool = True
    claims: bool = False


@dataclass(frozen=True)
class Work:
    """One involvement."""

    service: str
    start: date
    practitioner: str = ""
    end: date | None = None
    lead: bool = False
    basis: str = "public_task"
    supplier: str = ""  # where it is not the service's own


@dataclass(frozen=True)
class Child:
    """A child of the stories, as they truly are."""

    key: str
    forename: str
    family: str
    born: date
    home: Home
    bonds: tuple[Bond, ...]
    works: tuple[Work, ...] = ()
    male: bool = False
    moved_on: date | None = None
    home_before: Home | None = None
    school: str = ""
    entered: date | None = None
    practice: str = ""
    practice_since: date | None = None
    culture: int = names.BRITISH
    shielded: bool = False
    born_elsewhere: bool = False
    in_ctf: bool = False
    foster: bool = False
    twin_of: str = ""
    middle: str = ""
    household: str = ""
    hidden: bool = field(default=False)  # known to nobody but those of `works`


LARCH = Home(14, "Larch Road", EASTWAY)
TIDE = Home(7, "Tide Lane", EASTWAY)
REFUGE = Home(2, "Compass Row", SOUTHMERE)
COBBLER = Home(9, "Cobbler Street", EASTWAY)
WEIR = Home(5, "Weir Close", EASTWAY)
STATION = Home(22, "Station Road", EASTWAY)
PIER = Home(31, "Pier Street", SOUTHMERE)
BEACON = Home(4, "Beacon Terrace", SOUTHMERE)
ABOUT_TO_BE_18 = date(2008, 11, 30)
HILLBROOK, ACADEMY, PIER_SCHOOL, BEACON_HOUSE = (school.name for school in fixed.SCHOOLS)
SURGERY, COMPASS = (practice.name for practice in fixed.PRACTICES)

CARERS = (
    Carer("maria", "Maria", "Costa", date(1989, 3, 22), True, LARCH, "07700 900142"),
    Carer("joe", "Joe", "Costa", date(1957, 10, 5), False, LARCH, "07700 900143"),
    Carer("efua", "Efua", "Addo", date(1986, 6, 30), True, Home(40, "Larch Road", EASTWAY), "07700 900144"),
    Carer("nasima", "Nasima", "Rahman", date(1990, 1, 11), True, Home(3, "Tide Lane", EASTWAY), "07700 900145"),
    Carer("jo", "Joanna", "Marlow", date(1991, 8, 8), True, REFUGE, "07700 900146"),
    Carer("ewa", "Ewa", "Zielona", date(1988, 12, 3), True, WEIR, "07700 900147"),
    Carer("karin", "Karin", "Lindqvist", date(1993, 4, 17), True, Home(8, "Hillbrook Lane", EASTWAY), "07700 900148"),
    Carer("denise", "Denise", "Baptiste", date(1984, 9, 9), True, Home(61, "Station Road", EASTWAY), "07700 900149"),
    Carer("tracy", "Tracy", "Dunmore", date(1985, 2, 27), True, COBBLER, "07700 900150"),
    Carer("keira", "Keira", "Dunmore", date(2010, 1, 19), True, COBBLER, "07700 900151", is_child="keira"),
    Carer("elena", "Elena", "Petrova", date(1987, 5, 14), True, Home(17, "Weir Close", EASTWAY), "07700 900152"),
    Carer("dawn", "Dawn", "Okoro", date(1985, 11, 12), True, STATION, "07700 900153"),
    Carer("giles", "Giles", "Pemberton-Vale", date(1979, 7, 1), False, BEACON, "07700 900154"),
    Carer("anne", "Anne", "Holloway", date(1966, 3, 3), True, Home(12, "Hillbrook Lane", EASTWAY), "07700 900155"),
)

CHILDREN = (
    Child(
        "ana", "Ana", "Costa", date(2017, 6, 4), LARCH,
        (
            Bond("maria", "MTH", date(2017, 6, 4), responsible=True),
            Bond("joe", "GRFTH", date(2021, 2, 15), in_pds=False, claims=True),
        ),
        (
            Work(fixed.HILLBROOK, date(2023, 9, 5), "HB-01", supplier="hillbrook"),
            Work("NS-HV-EASTWAY", date(2024, 10, 7)),
            Work("NS-WELFARE", date(2026, 6, 8), "NS-WELFARE-900"),
            Work("NS-SOCIAL", date(2026, 5, 11), "NS-SOCIAL-900", lead=True),
            Work("NS-HUB-EASTWAY", date(2025, 1, 13), "NS-HUB-900", end=date(2026, 3, 20), basis="consent"),
            Work("NS-CARERS", date(2025, 1, 20), "NS-CARERS-900", basis="consent"),
        ),
        moved_on=date(2021, 2, 15), home_before=Home(27, "Cobbler Street", EASTWAY), school=HILLBROOK,
        entered=date(2023, 9, 5), practice=SURGERY, practice_since=date(2021, 2, 22), culture=names.IBERIAN,
    ),
    Child(
        "reuben", "Reuben", "Addo", date(2014, 3, 12), Home(40, "Larch Road", EASTWAY),
        (Bond("efua", "MTH", date(2014, 3, 12), responsible=True, claims=True),),
        (
            Work("SM-SOCIAL", date(2025, 2, 3), "SM-SOCIAL-900", end=date(2026, 4, 14)),
            Work("SM-HUB-SOUTHMERE", date(2024, 9, 16), "SM-HUB-900", end=date(2026, 4, 14), basis="consent"),
            Work("NS-SN-EASTWAY", date(2026, 4, 27), "NS-SN-900"),
        ),
        male=True, moved_on=date(2026, 4, 13), home_before=PIER, school=ACADEMY, entered=date(2026, 4, 27),
        practice=SURGERY, practice_since=date(2026, 4, 20), culture=names.AFRICAN, in_ctf=True,
    ),
    # Not yet of school age: twins are joined by numbers only, and no register has those of health and of school.
    Child(
        "muhammad", "Muhammad", "Rahman", date(2022, 9, 21), Home(3, "Tide Lane", EASTWAY),
        (Bond("nasima", "MTH", date(2022, 9, 21), responsible=True),),
        (Work("NS-SALT", date(2025, 11, 3)), Work("NS-NURSERY-EASTWAY", date(2025, 9, 8), basis="consent")),
        male=True, practice=SURGERY, practice_since=date(2022, 10, 1), culture=names.SOUTH_ASIAN,
    ),
    Child(
        "mohammed", "Mohammed", "Rahman", date(2022, 9, 21), Home(3, "Tide Lane", EASTWAY),
        (Bond("nasima", "MTH", date(2022, 9, 21), responsible=True),),
        (
            Work("NS-HUB-EASTWAY", date(2026, 2, 2), "NS-HUB-900", lead=True, basis="consent"),
            Work("NS-NURSERY-EASTWAY", date(2025, 9, 8), basis="consent"),
        ),
        male=True, practice=SURGERY, practice_since=date(2022, 10, 1), culture=names.SOUTH_ASIAN, twin_of="muhammad",
    ),
    Child(
        "elsie", "Elsie", "Marlow", date(2016, 11, 2), REFUGE,
        (Bond("jo", "MTH", date(2016, 11, 2), responsible=True),),
        (
            Work("SM-SOCIAL", date(2026, 7, 6), "SM-SOCIAL-900", lead=True),
            Work("SM-REFUGE", date(2026, 6, 29), basis="consent"),
        ),
        moved_on=date(2026, 6, 27), home_before=TIDE, school=PIER_SCHOOL, entered=date(2026, 9, 7), practice=COMPASS,
        practice_since=date(2026, 7, 2), shielded=True,
    ),
    Child(
        "noah", "Noah", "Marlow", date(2019, 5, 17), REFUGE,
        (Bond("jo", "MTH", date(2019, 5, 17), responsible=True),),
        (Work("SM-SOCIAL", date(2026, 7, 6), "SM-SOCIAL-900", lead=True),),
        male=True, moved_on=date(2026, 6, 27), home_before=TIDE, school=PIER_SCHOOL, entered=date(2026, 9, 7),
        practice=COMPASS, practice_since=date(2026, 7, 2),
    ),
    Child(
        "kacper", "Kacper", "Zielony", date(2015, 8, 9), WEIR,
        (Bond("ewa", "MTH", date(2015, 8, 9), responsible=True, claims=True),),
        (Work("NS-WELFARE", date(2026, 9, 28), "NS-WELFARE-900"),),
        male=True, culture=names.SLAVIC, born_elsewhere=True,
    ),
    Child(
        "poppy", "Poppy", "Lindqvist", date(2022, 2, 14), Home(8, "Hillbrook Lane", EASTWAY),
        (Bond("karin", "MTH", date(2022, 2, 14), responsible=True, claims=True),),
        (Work("NS-HV-EASTWAY", date(2022, 2, 28)),),
        practice=SURGERY, practice_since=date(2022, 3, 1),
    ),
    Child(
        "tyrone", "Tyrone", "Baptiste", date(2011, 10, 30), Home(61, "Station Road", EASTWAY),
        (Bond("denise", "MTH", date(2011, 10, 30), responsible=True, claims=True),),
        (
            Work("NS-SOCIAL", date(2025, 12, 1), "NS-SOCIAL-900", lead=True),
            Work("NS-WELFARE", date(2026, 1, 19), "NS-WELFARE-900"),
            Work("NS-CARERS", date(2025, 6, 9), "NS-CARERS-900", basis="consent"),
            Work("NS-YJS", date(2026, 3, 2), "NS-YJS-900"),
            Work("NS-WARD", date(2024, 5, 20)),
            Work("NS-CAMHS", date(2026, 4, 7), basis="consent"),
        ),
        male=True, school=ACADEMY, entered=date(2023, 9, 4), practice=SURGERY, practice_since=date(2011, 11, 14),
    ),
    Child(
        "keira", "Keira", "Dunmore", date(2010, 1, 19), COBBLER,
        (Bond("tracy", "MTH", date(2010, 1, 19), responsible=True),),
        (Work("NS-HUB-EASTWAY", date(2026, 2, 16), "NS-HUB-900", lead=True, basis="consent"),),
        school=ACADEMY, entered=date(2021, 9, 6), practice=SURGERY, practice_since=date(2010, 2, 1),
        household="dunmore",
    ),
    Child(
        "alfie", "Alfie", "Dunmore", date(2026, 5, 3), COBBLER,
        (Bond("keira", "MTH", date(2026, 5, 3), responsible=True, claims=True),),
        (Work("NS-HUB-EASTWAY", date(2026, 5, 18), "NS-HUB-900", basis="consent"),),
        male=True, practice=SURGERY, practice_since=date(2026, 5, 12), household="dunmore",
    ),
    Child(
        "sofia", "Sofia", "Petrova", date(2013, 7, 8), Home(17, "Weir Close", EASTWAY),
        (Bond("elena", "MTH", date(2013, 7, 8), responsible=True, claims=True),),
        (Work("NS-SN-EASTWAY", date(2025, 9, 15), "NS-SN-900"),),
        school=ACADEMY, entered=date(2024, 9, 3), practice=SURGERY, practice_since=date(2013, 8, 1),
        culture=names.SLAVIC,
    ),
    Child(
        "sofija", "Sofija", "Petrova", date(2013, 8, 7), Home(17, "Weir Close", EASTWAY), (),
        (Work("NS-CARERS", date(2026, 8, 17), "NS-CARERS-900", basis="consent"),),
        culture=names.SLAVIC, hidden=True,
    ),
    Child(
        "amara", "Amara", "Okoro", date(2016, 1, 25), STATION,
        (Bond("dawn", "MTH", date(2016, 1, 25), responsible=True, claims=True),),
        (Work("NS-SALT", date(2026, 1, 12)), Work("NS-SN-EASTWAY", date(2020, 9, 21), "NS-SN-900")),
        school=HILLBROOK, entered=date(2020, 9, 7), practice=SURGERY, practice_since=date(2016, 2, 8),
        culture=names.AFRICAN,
    ),
    Child(
        "hugo", "Hugo", "Pemberton-Vale", date(2015, 4, 16), BEACON,
        (Bond("giles", "FTH", date(2015, 4, 16), responsible=True, claims=True),),
        (),
        male=True, school=BEACON_HOUSE, entered=date(2019, 9, 4), practice=COMPASS, practice_since=date(2015, 5, 1),
        in_ctf=True,
    ),
    Child(
        "chloe", "Chloe", "Ravensworth", ABOUT_TO_BE_18, Home(12, "Hillbrook Lane", EASTWAY),
        (Bond("anne", "PRNFOST", date(2021, 10, 4)),),
        (
            Work("NS-SOCIAL", date(2021, 9, 20), "NS-SOCIAL-900", lead=True),
            Work("NS-FOSTER", date(2021, 10, 4)),
            Work("NS-YOUTH", date(2026, 5, 4), basis="consent"),
        ),
        moved_on=date(2021, 10, 4), home_before=Home(52, "Tide Lane", EASTWAY), school=ACADEMY,
        entered=date(2020, 9, 7),
        practice=SURGERY, practice_since=date(2021, 10, 11), foster=True,
    ),
)  # fmt: skip

_BORN = {child.key: (f"{child.forename} {child.family}", child.born) for child in CHILDREN}


def _story(number: int, title: str, keys: str, what_to_see: str, authority: str = "northshire") -> Story:
    return Story(number, title, tuple(_BORN[key] for key in keys.split()), what_to_see, authority)


STORIES: tuple[Story, ...] = (
    _story(
        1, "A child whom seven services know", "ana",
        "Her page answers whom to ring: Priya Nair, lead professional; early help has ended and health visiting is not "
        "confirmed since January.",
    ),
    _story(
        2, "A boy who moved here", "reuben",
        "Two services of Southmere ended when he moved in April; his timeline joins both authorities.",
    ),
    _story(
        3, "Twins", "muhammad mohammed",
        "Two names a letter or two apart, one birthday, one home: two children, each with a service of his own.",
    ),
    _story(
        4, "A child in a refuge, and her brother", "elsie noah",
        "Her page withholds address, school and practice; his withholds them too, so as not to give them away.",
        "southmere",
    ),
    _story(
        5, "No school and no practice", "kacper",
        "Both sectors are drawn and say that nothing is recorded; education welfare is looking for a place.",
    ),
    _story(
        6, "A feed gone stale", "poppy",
        "The health visiting file is of January: a dashed line, and the date on which it was last confirmed.",
    ),
    _story(
        7, "Five agencies", "tyrone",
        "Five agencies at once; youth justice is named only to those who need to know, and one service to nobody here.",
    ),
    _story(
        8, "A mother who is a child herself", "keira alfie",
        "Keira has a page of her own and stands on her baby's page as his mother.",
    ),
    _story(
        9, "Two records that may be one child", "sofia sofija",
        "A charity's record has another spelling and day and month swapped: it waits in review, on nobody's page.",
    ),
    _story(
        10, "A teacher who is a parent", "amara",
        "Dawn Okoro teaches at Amara's school and is her mother: her sign-in opens no circle of her own child.",
    ),
    _story(
        11, "Independent education", "hugo",
        "He has no UPN and is in no census: no school is recorded, and the page says so.",
        "southmere",
    ),
    _story(
        12, "About to be eighteen", "chloe",
        "Her birthday is nine days away: the page says so, and what ends then.",
    ),
)  # fmt: skip


def stories_at(as_at: date) -> tuple[Story, ...]:
    """The stories with the birth dates that they have in files of that day."""
    born = {f"{child.forename} {child.family}": born_at(child, as_at - TODAY) for child in CHILDREN}
    return tuple(
        Story(s.number, s.title, tuple((name, born[name]) for name, _ in s.who), s.what_to_see, s.authority)
        for s in STORIES
    )


def born_at(child: Child, shift: timedelta) -> date:
    """The date of birth in files of another day. What stands the wrong way round stays so, where it can."""
    right = next((each.born + shift for each in CHILDREN if each.key == _TURNED.get(child.key)), None)
    if right is not None and right.day <= _MONTHS and right.day != right.month:
        return date(right.year, right.day, right.month)
    return child.born + shift


@dataclass(frozen=True)
class Planted:
    """The stories as the writers take them."""

    chunk: Chunk
    cases: pd.DataFrame
    claims: pd.DataFrame
    hidden: Chunk  # children whom no register knows
    hidden_cases: pd.DataFrame


def planted(world: World, as_at: int) -> Planted:
    """The people of the stories in this world, on that day."""
    shift = as_at - calendar.day(TODAY)
    known = [child for child in CHILDREN if not child.hidden]
    chunk, claims = _chunk(known, world, shift, as_at)
    hidden_children = [child for child in CHILDREN if child.hidden]
    hidden, _ = _chunk(hidden_children, world, shift, as_at)
    # The truth is that she is the one whom the registers know.
    hidden.children["person"] = _person("sofia")
    return Planted(
        chunk, _cases(known, world, shift), claims, hidden, _cases(hidden_children, world, shift, first_serial=50)
    )


def _person(key: str) -> int:
    return FIRST_PERSON + [child.key for child in CHILDREN].index(key)


def _day(moment: date | None, shift: int, missing: int = 0) -> int:
    return missing if moment is None else calendar.day(moment + timedelta(days=shift))


def _chunk(children: list[Child], world: World, shift: int, as_at: int) -> tuple[Chunk, pd.DataFrame]:
    keys = [child.key for child in children]
    table = pd.DataFrame([_row(child, keys, world, shift, as_at) for child in children])
    adults = pd.DataFrame([_adult(number, carer, keys, world, shift) for number, carer in enumerate(CARERS)])
    rows = [carer.key for carer in CARERS]
    bonds = pd.DataFrame(
        [
            {
                "child": number, "adult": rows.index(bond.carer), "relation": bond.relation,
                "responsible": bond.responsible, "at_home": True, "since": _day(bond.since, shift), "order": order,
                "in_pds": bond.in_pds, "claims": bond.claims,
            }
            for number, child in enumerate(children)
            for order, bond in enumerate(child.bonds, 1)
        ],
        columns=["child", "adult", "relation", "responsible", "at_home", "since", "order", "in_pds", "claims"],
    )  # fmt: skip
    return Chunk(table, adults, bonds), bonds[bonds["claims"].astype(bool)]


def _row(child: Child, keys: list[str], world: World, shift: int, as_at: int) -> dict[str, object]:
    number = [each.key for each in CHILDREN].index(child.key)
    born = calendar.day(born_at(child, timedelta(days=shift)))
    address, town = _place(child.home, world)
    before = child.home_before or child.home
    old, town_old = _place(before, world)
    authority = world.towns["authority"]
    reception = int(calendar.reception_year(np.array([born]))[0])
    group = calendar.school_year(as_at) - reception
    schools, practices = list(world.schools["name"]), list(world.practices["name"])
    school = schools.index(child.school) if child.school else -1
    independent = child.school == BEACON_HOUSE
    together = child.twin_of or next((each.key for each in CHILDREN if each.twin_of == child.key), "")
    return {
        "home": number, "rank": 0, "born": born, "culture": child.culture, "frail": 1.0,
        "household": FIRST_PERSON + _household(child), "male": child.male, "person": FIRST_PERSON + number,
        "maternity": 2 if together else 1, "order": 2 if child.twin_of else 1,
        "twin_of": keys.index(child.twin_of) if child.twin_of else -1, "forename": child.forename,
        "middle": child.middle, "known_as": "", "family": child.family, "former": "", "adopted": False,
        "changed_on": 0, "shielded": child.shielded, "left": "", "gone_on": 0, "died": False, "foster": child.foster,
        "nhs": nhs_number(number), "nhs_old": "", "abroad": child.born_elsewhere, "address": address, "town": town,
        "address_old": old if child.home_before else -1, "town_old": town_old,
        "moved_on": _day(child.moved_on, shift, born), "authority": int(authority.iloc[town]),
        "authority_old": int(authority.iloc[town_old]), "reception": reception, "year_group": group, "school": school,
        "independent": independent, "home_educated": False, "entered": _day(child.entered, shift), "school_old": -1,
        "school_2": -1, "practice": practices.index(child.practice) if child.practice else -1,
        "practice_since": _day(child.practice_since, shift),
        "upn": _upn(world, school, reception, number) if child.school and not independent else "", "upn_old": "",
        "in_ctf": child.in_ctf,
    }  # fmt: skip


def _household(child: Child) -> int:
    """Children of one carer live in one household."""
    if child.household:
        return 900
    carer = child.bonds[0].carer if child.bonds else "elena"
    return [each.key for each in CARERS].index(carer)


def _place(home: Home, world: World) -> tuple[int, int]:
    return world.address(home.number, home.street, home.town), world.town_row(home.town)


@cache
def _numbers() -> identifiers.Ints:
    return identifiers.valid_nhs_block(990)[1000::37]


def nhs_number(number: int) -> str:
    """The NHS number of a child of the stories: the same at any seed."""
    return str(_numbers()[number])


def _upn(world: World, school: int, reception: int, number: int) -> str:
    place = world.schools.iloc[school]
    dfe = fixed.AUTHORITIES[int(place["authority"])].dfe
    one = [np.array([part], dtype=np.int64) for part in (dfe, int(place["estab"]), reception % 100, 900 + number)]
    return str(identifiers.upns(*one)[0])


def _adult(number: int, carer: Carer, keys: list[str], world: World, shift: int) -> dict[str, object]:
    home = carer.home or LARCH
    return {
        "culture": names.BRITISH, "forename": carer.forename, "family": carer.family, "born": _day(carer.born, shift),
        "woman": carer.woman, "title": "Ms" if carer.woman else "Mr", "address": _place(home, world)[0],
        "person": FIRST_PERSON + number, "nino": str(identifiers.ninos(11_000_000 + number, 1)[0]),
        "phone": carer.phone, "email": f"{carer.key}@example.org",
        "child": keys.index(carer.is_child) if carer.is_child in keys else -1,
    }  # fmt: skip


def _cases(children: list[Child], world: World, shift: int, first_serial: int = 1) -> pd.DataFrame:
    services = list(world.services["service_id"])
    kinds, suppliers = list(world.services["kind"]), list(world.services["supplier"])
    rows: list[dict[str, object]] = []
    for number, child in enumerate(children):
        for serial, work in enumerate(child.works, first_serial):
            row = services.index(work.service) if work.service in services else -1
            start = _day(work.start, shift)
            staff = places.planted_staff_row(world, work.practitioner) if work.practitioner else -1
            rows.append({
                "child": number, "service": row, "start": start, "end": _day(work.end, shift),
                "old": False, "supplier": work.supplier or suppliers[row], "practitioner": staff, "basis": work.basis,
                "consent": start if work.basis == "consent" else 0, "lead": work.lead,
                "kind": kinds[row] if row >= 0 else "school", "serial": serial, "with_nhs": not child.hidden,
                "with_upn": not child.hidden, "named": True,
            })  # fmt: skip
    return pd.DataFrame(rows)
