"""The common transfer file: pupils as schools send them on, with their carers and who has parental responsibility."""

import pandas as pd

from graph.model.refusals import Reason
from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

_CONTACT, _SCHOOL = "Contacts/Contact", "SchoolHistory/School"
_RELATIONSHIPS = {
    "PAM": "mother", "PAF": "father", "PAR": "parent", "STP": "step-parent", "FOM": "foster parent",
    "FOF": "foster parent", "FOS": "foster parent", "REL": "relative", "GPA": "grandparent", "SIB": "sibling",
    "CAR": "carer", "GUA": "guardian", "OTR": "other", "SWR": "social worker",
}  # fmt: skip
_LINES = ("line_1", "line_2", "line_3", "line_4")
_KEPT = (
    "forename", "middle_names", "family_name", "preferred_family_name", "preferred_forename", "former_family_name",
    "date_of_birth", "sex", "upn", "former_upn", "postcode",
)  # fmt: skip


def key(frame: pd.DataFrame) -> pd.Series:
    """The UPN; without one the school that sends, the names and the birth date."""
    school = shape.joined_text(frame["lea"].fillna(""), frame["estab"].fillna(""))
    named = shape.joined_text(
        school, "/", frame["family_name"], "/", frame["forename"].fillna(""), "/", shape.written(frame["date_of_birth"])
    )
    return frame["upn"].fillna(named).where(frame["part"] == "Pupil")


def refuse(frame: pd.DataFrame, context: Context) -> pd.Series:
    """A pupil without family name or birth date."""
    codes = pd.Series(None, index=frame.index, dtype=clean.TEXT_DTYPE)
    lacking = frame[["family_name", "date_of_birth"]].isna().any(axis=1)
    return codes.mask((frame["part"] == "Pupil") & lacking, Reason.MISSING_VALUE.value)


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """The pupils, their carers, where both live, and the schools left, as far as both dates are given."""
    pupils = frame[frame["part"] == "Pupil"].set_index("row", drop=False)
    contacts = _contacts(frame, pupils, context)
    schools = shape.owned(frame[frame["part"] == _SCHOOL], pupils)
    schools = schools[schools["entered_on"].notna() & schools["left_on"].notna()]
    left = shape.facts(
        schools, "ATTENDS", "school", shape.joined_text("laestab:", schools["school_lea"], schools["school_estab"]),
        starts=schools["entered_on"], ends=schools["left_on"],
    ).drop_duplicates(["record_key", "target", "from"])  # fmt: skip
    cared = shape.facts(
        contacts, "CARED_FOR_BY", "record", contacts["key"], record_key=contacts["pupil"],
        relationship=contacts["relationship"], parental_responsibility=contacts["responsible"],
    )  # fmt: skip
    home, places = shape.addresses(pupils, context, _LINES, uprn="uprn")
    carer_home, carer_places = shape.addresses(contacts, context, _LINES, uprn="uprn")
    with_pupil = (
        contacts["pupil"].map(home.set_axis(pupils["key"])).where(contacts["as_pupil"].fillna(False).astype(bool))
    )
    carer_home = carer_home.fillna(with_pupil.astype(clean.TEXT_DTYPE))
    carers = shape.records(contacts, "carer", ["forename", "family_name", "telephone", "email", "postcode"])
    return shape.tidied(
        [shape.records(pupils, "child", _KEPT), carers],
        [cared, left, shape.facts(pupils, "LIVES_AT", "address", home),
         shape.facts(contacts, "LIVES_AT", "address", carer_home)],
        [places, carer_places],
    )  # fmt: skip


def _contacts(frame: pd.DataFrame, pupils: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The carers among the contacts; social workers are none, and two of one place cannot both be known again."""
    found = shape.owned(frame[frame["part"] == _CONTACT], pupils)
    found = found[found["family_name"].notna() & (found["relationship"].fillna("other") != "social worker")]
    order = found["order"].fillna(shape.place_in(found["row"]))
    found = found.assign(pupil=found["key"], key=shape.joined_text(found["key"], "/contact/", order))
    again = found["key"].duplicated()
    if again.any():
        context.warn(f"{int(again.sum())} contacts have the place in the order of another of the same pupil: left out.")
    return found[~again]


def _both(path: str) -> tuple[str, ...]:
    return (f"{_CONTACT}/{path}",)


FEED = Feed(
    name="common_transfer_file",
    title="Common transfer files",
    publisher="Schools, by way of their councils",
    supplier="school",
    licence="supplied under an agreement",
    every_days=31,
    source=Source(format="xml", row=("Pupil",), header="Header", groups=frozenset({_CONTACT, _SCHOOL})),
    columns={
        "Header/SourceSchool/LEA": Column("lea", clean.text),
        "Header/SourceSchool/Estab": Column("estab", clean.text),
        "UPN": Column("upn", clean.upn),
        "BasicDetails/FormerUPN": Column("former_upn", clean.upn, also=("FormerUPN",)),
        "Surname": Column("family_name", clean.name, required=True, also=_both("Surname")),
        "Forename": Column("forename", clean.name, also=_both("Forename")),
        "BasicDetails/MiddleNames": Column("middle_names", clean.name, also=("MiddleNames",)),
        "BasicDetails/PreferredSurname": Column("preferred_family_name", clean.name),
        "BasicDetails/PreferredForename": Column("preferred_forename", clean.name),
        "BasicDetails/FormerSurname": Column("former_family_name", clean.name),
        "DOB": Column("date_of_birth", clean.date_dashes, required=True, strict=True, past=True),
        "Sex": Column("sex", clean.sex, also=("Gender",)),
        **{
            f"Address/AddressLine{n}": Column(f"line_{n}", clean.text, also=_both(f"Address/AddressLine{n}"))
            for n in range(1, 5)
        },
        "Address/PostCode": Column("postcode", clean.postcode, also=_both("Address/PostCode")),
        "Address/UPRN": Column("uprn", clean.uprn, also=_both("Address/UPRN")),
        f"{_CONTACT}/Order": Column("order", clean.whole_number),
        f"{_CONTACT}/Relationship": Column("relationship", clean.one_of(_RELATIONSHIPS)),
        f"{_CONTACT}/Responsibility": Column("responsible", clean.flag, also=(f"{_CONTACT}/Responsible",)),
        f"{_CONTACT}/AddressAsPupil": Column("as_pupil", clean.flag),
        f"{_CONTACT}/Phones/Phone/PhoneNo": Column("telephone", clean.telephone),
        f"{_CONTACT}/Email": Column("email", clean.email),
        f"{_SCHOOL}/LEA": Column("school_lea", clean.dfe_code),
        f"{_SCHOOL}/Estab": Column("school_estab", clean.establishment),
        f"{_SCHOOL}/EntryDate": Column("entered_on", clean.date_dashes),
        f"{_SCHOOL}/LeavingDate": Column("left_on", clean.date_dashes),
    },
    # What is not needed, and what is not permitted: ethnicity, language, special needs, meals, attendance, results.
    dropped=frozenset({"Header", "UniqueLearnerNumber", "Phones", "Email", "Photo", "Address/AddressLine5"})
    | {f"BasicDetails/{name}" for name in ("NCyearActual", "Ethnicity", "EthnicitySource", "Language", "Languages",
       "MedicalFlag", "Disabilities", "FSMhistory", "FSMeligible", "Religion", "InCare", "EnrolStatus", "Nationality")}
    | {"SENhistory", "FSMhistory", "Attendance", "StageAssessments", "NAWdetails", "LookedAfter", "LearnerSupport",
       "ServiceChild", "PupilPremium", "Admissions", "Exclusions"}
    | {f"{_CONTACT}/{name}" for name in ("Title", "Gender", "MiddleNames", "Note", "Phones", "Address/AddressLine5",
       "TranslatorNeeded", "Priority")}
    | {f"{_SCHOOL}/{name}" for name in ("SchoolName", "LeavingReason", "LastSchool", "EnrolStatus")},
    tidy=tidy,
    refuse=refuse,
    key=key,
    absent=Absent.NOTHING,
    people=True,
    register=True,
    national=False,
    expect=Expect(filled={"date_of_birth": 0.99}),
)  # fmt: skip
