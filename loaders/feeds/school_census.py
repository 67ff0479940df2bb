"""The school census: one row a pupil and school. It names no carers, and its surname is what the school believes."""

import pandas as pd

from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

_ENROLMENT = {
    "C": "current", "M": "main", "S": "subsidiary", "G": "guest", "F": "current", "O": "current",
    "current": "current", "current main": "main", "main": "main", "current subsidiary": "subsidiary",
    "subsidiary": "subsidiary", "guest": "guest",
}  # fmt: skip
_KEPT = (
    "forename", "middle_names", "family_name", "preferred_family_name", "former_family_name", "date_of_birth", "sex",
    "upn", "former_upn", "local_id", "postcode",
)  # fmt: skip


def key(frame: pd.DataFrame) -> pd.Series:
    """A pupil registered at two schools has two rows, so the school is in the key."""
    return shape.joined_text(frame["laestab"], "/", frame["local_id"])


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """The pupil, the school attended, and the address that the school has."""
    home, places = shape.addresses(frame, context, ("line_1", "line_2", "line_3", "line_4"), uprn="uprn")
    school = shape.joined_text("urn:", frame["urn"]).fillna(shape.joined_text("laestab:", frame["laestab"]))
    attends = shape.facts(
        frame, "ATTENDS", "school", school, enrolment=frame["enrolment"], year_group=frame["year_group"],
        starts=frame["entered_on"], ends=frame["left_on"],
    )  # fmt: skip
    return shape.tidied(
        [shape.records(frame, "child", _KEPT)], [attends, shape.facts(frame, "LIVES_AT", "address", home)], [places]
    )


FEED = Feed(
    name="school_census",
    title="School census",
    publisher="Department for Education",
    supplier="dfe",
    licence="supplied under an agreement",
    every_days=123,
    source=Source(),
    columns={
        "PupilMatchingRef": Column("local_id", clean.key, required=True, filled=True),
        "LAEstab": Column("laestab", clean.laestab, required=True, filled=True),
        "URN": Column("urn", clean.urn, required=True),
        "UPN": Column("upn", clean.upn, required=True),
        "FormerUPN": Column("former_upn", clean.upn),
        "Surname": Column("family_name", clean.name, required=True, filled=True),
        "Forename": Column("forename", clean.name, required=True),
        "MiddleNames": Column("middle_names", clean.name),
        "PreferredSurname": Column("preferred_family_name", clean.name),
        "FormerSurname": Column("former_family_name", clean.name),
        "Sex": Column("sex", clean.sex, required=True, also=("Gender",)),
        "DOB": Column("date_of_birth", clean.date_dashes, required=True, filled=True, past=True, also=("BirthDate",)),
        "EnrolStatus": Column("enrolment", clean.one_of(_ENROLMENT), required=True),
        "EntryDate": Column("entered_on", clean.date_dashes, required=True),
        "LeavingDate": Column("left_on", clean.date_dashes, strict=True),
        "NCyearActual": Column("year_group", clean.text, also=("NCYearActual",)),
        "Postcode": Column("postcode", clean.postcode, required=True, also=("PostCode",)),
        "AddressLine1": Column("line_1", clean.text),
        "AddressLine2": Column("line_2", clean.text),
        "AddressLine3": Column("line_3", clean.text),
        "AddressLine4": Column("line_4", clean.text),
        "UPRN": Column("uprn", clean.uprn),
    },
    # The second line: known to be there, and not permitted here.
    dropped=frozenset({"AcademicYear", "CensusTerm", "LA", "Estab", "AddressLine5", "PreferredForename"})
    | {"Ethnicity", "FSMeligible", "EVERFSM_6", "Language", "SENProvision", "IDACI_S", "IDACI_R", "InCare"},
    tidy=tidy,
    key=key,
    refuse=shape.ends_before_start("entered_on", "left_on"),
    absent=Absent.END,
    scope="key",  # the part before the slash: the school
    people=True,
    register=True,
    expect=Expect(filled={"date_of_birth": 0.99, "urn": 0.9}),
)
