"""Get Information about Schools: every school in England, under a header that changes from year to year."""

import pandas as pd

from graph.model.refusals import Skip
from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

_STATUS = {
    "1": "open", "2": "closed", "3": "open, proposed to close", "4": "proposed to open",
    "Open": "open", "Closed": "closed", "Open, but proposed to close": "open, proposed to close",
    "Proposed to open": "proposed to open",
}  # fmt: skip
_KEPT = (
    "name", "line_1", "line_2", "line_3", "line_4", "postcode", "telephone", "opened_on", "closed_on",
    "authority_code",
)  # fmt: skip
# Known, and not needed here: each as code and name.
_PAIRS = """\
TypeOfEstablishment, EstablishmentTypeGroup, ReasonEstablishmentOpened, ReasonEstablishmentClosed, PhaseOfEducation,
Boarders, OfficialSixthForm, Gender, ReligiousCharacter, Diocese, AdmissionsPolicy, SpecialClasses, TrustSchoolFlag,
Trusts, Federations, OfstedSpecialMeasures, GOR, DistrictAdministrative, AdministrativeWard,
ParliamentaryConstituency, UrbanRural, MSOA, LSOA, PreviousLA, QABName, EstablishmentAccredited
"""
# Known, and not needed here; the names of heads and of proprietors are dropped on purpose.
_OTHERS = """\
LA (name), StatutoryLowAge, StatutoryHighAge, NurseryProvision (name), ReligiousEthos (name), SchoolCapacity,
CensusDate, NumberOfPupils, NumberOfBoys, NumberOfGirls, PercentageFSM, SchoolSponsorFlag (name), SchoolSponsors
(name), FederationFlag (name), UKPRN, FEHEIdentifier, FurtherEducationType (name), OfstedLastInsp, LastChangedDate,
County (name), SchoolWebsite, HeadTitle (name), HeadFirstName, HeadLastName, HeadPreferredJobTitle,
BSOInspectorateName (name), InspectorateReport, DateOfLastInspectionVisit, NextInspectionVisit, TeenMoth (name),
TeenMothPlaces, CCF (name), SENPRU (name), EBD (name), PlacesPRU, FTProv (name), EdByOther (name), Section41Approved
(name), SEN1 (name), SEN2 (name), SEN3 (name), SEN4 (name), SEN5 (name), SEN6 (name), SEN7 (name), SEN8 (name), SEN9
(name), SEN10 (name), SEN11 (name), SEN12 (name), SEN13 (name), TypeOfResourcedProvision (name),
ResourcedProvisionOnRoll, ResourcedProvisionCapacity, SenUnitOnRoll, SenUnitCapacity, Easting, Northing,
InspectorateName (name), SENStat, SENNoStat, BoardingEstablishment (name), PropsName, PreviousEstablishmentNumber,
OfstedRating (name), RSCRegion (name), UPRN, SiteName, QABReport, CHNumber, FSM, AccreditationExpiryDate,
CensusAreaStatisticWard (name)
"""


def _names(text: str) -> list[str]:
    return " ".join(text.split()).split(", ")


def skip(frame: pd.DataFrame, context: Context) -> pd.Series:
    """Schools outside England: the department numbers those of Wales and those abroad from 600 to 799."""
    codes = pd.Series(None, index=frame.index, dtype=clean.TEXT_DTYPE)
    outside = frame["authority_code"].str.match("[67]").fillna(False) | frame["gss_code"].str.match("[^E]").fillna(
        False
    )
    outside |= frame["country"].notna() & ~frame["country"].isin(["England", "United Kingdom"])
    codes[outside.astype(bool)] = Skip.NOT_IN_ENGLAND.value
    return codes


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """One record for each school, closed ones too, and its authority; `local_id` is its number in transfer files."""
    number = shape.joined_text(frame["authority_code"], frame["establishment"])
    status = frame["status_code"].fillna(frame["status_name"])
    schools = shape.records(frame, "school", _KEPT, kind="school", status=status, local_id=number)
    known = frame["gss_code"].fillna(shape.joined_text("dfe:", frame["authority_code"]))
    return shape.tidied([schools], [shape.facts(frame, "IN_AREA", "authority", known)])


FEED = Feed(
    name="schools",
    title="Get Information about Schools",
    publisher="Department for Education",
    supplier="dfe",
    licence="OGL-UK-3.0",
    every_days=7,
    source=Source(encoding="cp1252"),
    columns={
        "URN": Column("urn", clean.urn, required=True, filled=True),
        "LA (code)": Column("authority_code", clean.dfe_code, required=True, filled=True),
        "EstablishmentNumber": Column("establishment", clean.establishment),
        "EstablishmentName": Column("name", clean.text, required=True, filled=True),
        "EstablishmentStatus (code)": Column("status_code", clean.one_of(_STATUS), strict=True),
        "EstablishmentStatus (name)": Column("status_name", clean.one_of(_STATUS), strict=True, required=True),
        "OpenDate": Column("opened_on", clean.date("dmy_dashes", earliest=597)),
        "CloseDate": Column("closed_on", clean.date("dmy_dashes"), strict=True),
        "Street": Column("line_1", clean.text),
        "Locality": Column("line_2", clean.text),
        "Address3": Column("line_3", clean.text),
        "Town": Column("line_4", clean.text),
        "Postcode": Column("postcode", clean.postcode, required=True),
        "Country (name)": Column("country", clean.text),
        "TelephoneNum": Column("telephone", clean.telephone),
        "GSSLACode (name)": Column("gss_code", clean.gss_code),
    },
    dropped=frozenset(_names(_OTHERS) + [f"{name} ({kind})" for name in _names(_PAIRS) for kind in ("code", "name")]),
    tidy=tidy,
    skip=skip,
    key=lambda frame: frame["urn"],
    absent=Absent.NOTHING,
    expect=Expect(rows=(1, 100_000), filled={"postcode": 0.9}),
)
