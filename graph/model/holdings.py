"""What the directory holds, of whom and from which source, in words for everybody: the public page is made of this.

A test compares it with what the loaders keep and drop: a feed that keeps one thing more fails until it is said here.
"""

from dataclasses import dataclass

from graph.model.kinds import KINDS, Visibility
from graph.model.roles import Role
from graph.model.visibility import Part, Relation, Sight, Step, Viewer, circle_step, decide

_NAMES = ("forename", "middle_names", "family_name")
_PERSON = (*_NAMES, "date_of_birth", "sex", "postcode")


@dataclass(frozen=True)
class Holding:
    """One source about people, and what is kept of a child, a carer and a practitioner."""

    feed: str
    title: str
    publisher: str
    every_days: int
    child: tuple[str, ...]
    carer: tuple[str, ...] = ()
    practitioner: tuple[str, ...] = ()


# What each kept property is called. A property of a record of a person that is not here cannot be held.
WORDS = {
    "forename": "first name",
    "middle_names": "middle names",
    "family_name": "family name",
    "preferred_forename": "preferred first name",
    "preferred_family_name": "preferred family name",
    "former_family_name": "former family name",
    "other_names": "other names",
    "date_of_birth": "date of birth",
    "sex": "sex",
    "nhs_number": "NHS number",
    "upn": "unique pupil number",
    "former_upn": "former pupil number",
    "nino_hash": "a scrambled form of the national insurance number, which cannot be turned back into it",
    "local_id": "the sender’s own number",
    "postcode": "postcode and address",
    "former_postcodes": "former postcodes",
    "telephone": "telephone number",
    "email": "email address",
    "multiple_birth": "whether a twin or other multiple birth",
    "died_on": "date of death",
    "left_england": "that the child has left England",
    "restricted": "that the NHS restricts the record",
    "name": "name",
    "role": "role",
    "registration_no": "professional registration number",
}

HOLDINGS = (
    Holding(
        "births",
        "Registrations of births",
        "Office for National Statistics, from the registrars",
        7,
        child=(*_PERSON, "nhs_number", "multiple_birth"),
        carer=_NAMES,
    ),
    Holding(
        "pds",
        "Personal Demographics Service",
        "NHS England",
        31,
        child=(
            *_PERSON,
            *("former_family_name", "other_names", "nhs_number", "former_postcodes", "telephone", "email"),
            *("multiple_birth", "died_on", "left_england", "restricted"),
        ),
        carer=("forename", "family_name", "postcode", "telephone", "email", "restricted"),
    ),
    Holding(
        "school_census",
        "School census",
        "Department for Education",
        123,
        child=(*_PERSON, "preferred_family_name", "former_family_name", "upn", "former_upn", "local_id"),
    ),
    Holding(
        "common_transfer_file",
        "Common transfer files",
        "Schools, by way of their councils",
        31,
        child=(
            *_PERSON,
            *("preferred_forename", "preferred_family_name", "former_family_name", "upn", "former_upn"),
        ),
        carer=("forename", "family_name", "postcode", "telephone", "email"),
    ),
    Holding(
        "child_benefit",
        "Child benefit",
        "Department for Work and Pensions",
        31,
        child=_PERSON,
        carer=(*_NAMES, "date_of_birth", "postcode", "nino_hash"),
    ),
    Holding(
        "deaths",
        "Registrations of deaths",
        "Office for National Statistics, from the registrars",
        7,
        child=(*_PERSON, "nhs_number", "died_on"),
    ),
    Holding(
        "involvements",
        "Involvements of services with children",
        "Councils, health visiting, youth justice, charities",
        1,
        child=(*_PERSON, "nhs_number", "upn", "local_id"),
        practitioner=("name", "role", "registration_no", "telephone", "email"),
    ),
)

# What stands in these sources' files and is dropped before anything is written, by the columns that hold it.
DROPPED = {
    "ethnicity, language, religion and nationality": (
        *("Ethnicity", "Language", "BasicDetails/Ethnicity", "BasicDetails/Language", "BasicDetails/Religion"),
        *("BasicDetails/Nationality", "Extension-UKCore-EthnicCategory"),
    ),
    "special educational needs, disabilities and medical notes": (
        *("SENProvision", "SENhistory", "BasicDetails/Disabilities", "BasicDetails/MedicalFlag"),
    ),
    "free school meals, pupil premium and scores of deprivation": (
        *("FSMeligible", "EVERFSM_6", "BasicDetails/FSMeligible", "PupilPremium", "IDACI_S", "IDACI_R"),
    ),
    "whether a child is or was in care": ("InCare", "BasicDetails/InCare", "LookedAfter"),
    "attendance, exclusions and assessments": ("Attendance", "Exclusions", "StageAssessments"),
    "photographs": ("Photo",),
    "marital status, place of birth and pharmacies": (
        *("maritalStatus", "patient-birthPlace", "Extension-UKCore-NominatedPharmacy"),
    ),
}


@dataclass(frozen=True)
class Looker:
    """One kind of user as the public page tells of them."""

    words: str
    viewer: Viewer
    relation: Relation


_AREA = "of the child’s area"
LOOKERS = (
    Looker("Practitioner who is not recorded as involved", Viewer(Role.PRACTITIONER), Relation(own_area=True)),
    Looker("Practitioner recorded as involved", Viewer(Role.PRACTITIONER), Relation(involved=True, own_area=True)),
    Looker("Lead professional", Viewer(Role.PRACTITIONER), Relation(involved=True, lead=True, own_area=True)),
    Looker(
        f"Practitioner in social care, police or youth justice {_AREA}",
        Viewer(Role.PRACTITIONER, statutory=True),
        Relation(own_area=True),
    ),
    Looker(f"Safeguarding lead {_AREA}", Viewer(Role.SAFEGUARDING_LEAD, statutory=True), Relation(own_area=True)),
    Looker(f"Data manager {_AREA}", Viewer(Role.DATA_MANAGER), Relation(own_area=True)),
    *(Looker(role.words.capitalize(), Viewer(role), Relation()) for role in Role if not role.sees_children),
)


@dataclass(frozen=True)
class Asked:
    """One thing on a child's page, as it is asked of the rule that decides."""

    words: str
    part: Part
    visibility: Visibility = Visibility.OPEN
    shielded: bool = False
    in_circle: bool = False


ASKED = (
    Asked("Name, sex, date of birth, names of carers", Part.IDENTITY),
    Asked("Services of open kinds, and how to reach them", Part.SERVICE),
    Asked("Services of kinds that need to be known", Part.SERVICE, Visibility.NEED_TO_KNOW),
    Asked("Services of sensitive kinds", Part.SERVICE, Visibility.SENSITIVE),
    Asked("Home, household and carers", Part.CARER, in_circle=True),
    Asked("What has ended", Part.ENDED, in_circle=True),
    Asked("A shielded child: name, sex, date of birth, names of carers", Part.IDENTITY, shielded=True),
    Asked("A shielded child: anything else", Part.SERVICE, shielded=True),
)


def may_see(looker: Looker, asked: Asked) -> str:
    """Whether such a user may see it, in a few words: as `decide` and `circle_step` answer."""
    sight = decide(looker.viewer, looker.relation, asked.part, visibility=asked.visibility, shielded=asked.shielded)
    if sight is Sight.SHOWN and asked.in_circle:
        step = circle_step(looker.viewer, looker.relation, shielded=asked.shielded)
        return {Step.AT_ONCE: "Yes", Step.SECOND: "By a second, recorded step", Step.NEVER: "No"}[step]
    return {Sight.SHOWN: "Yes", Sight.MASKED: "Only that there is one", Sight.ABSENT: "No"}[sight]


def kinds_that_are(visibility: Visibility) -> tuple[str, ...]:
    """The kinds of service of this visibility, as people say them, in the order in which they are declared."""
    return tuple(kind.words for kind in KINDS.values() if kind.visibility is visibility)
