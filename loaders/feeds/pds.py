"""The Personal Demographics Service: children as Patients and those who care for them as RelatedPersons (FHIR R4)."""

import pandas as pd

from graph.model.refusals import Reason, Skip
from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Feed, Source
from loaders.tables import Tidy

_ROLES = {
    "MTH": "mother", "GESTM": "mother", "NMTH": "mother", "FTH": "father", "NFTH": "father", "PRN": "parent",
    "NPRN": "parent", "Parent": "parent", "ADOPTP": "adoptive parent", "ADOPTF": "adoptive parent",
    "ADOPTM": "adoptive parent", "GUARD": "guardian", "Guardian": "guardian", "PRNFOST": "foster parent",
    "MTHFOST": "foster parent", "FTHFOST": "foster parent", "STPPRN": "step-parent", "STPMTH": "step-parent",
    "STPFTH": "step-parent", "GRPRN": "grandparent", "GRMTH": "grandparent", "GRFTH": "grandparent",
    "MGRMTH": "grandparent", "PGRMTH": "grandparent", "SIB": "sibling", "BRO": "sibling", "SIS": "sibling",
    "AUNT": "relative", "UNCLE": "relative", "FAMMEMB": "relative", "Carer": "carer", "CARER": "carer",
    "Personal": "other", "Agent": "other", "PERSONAL": "other", "AGENT": "other",
}  # fmt: skip
_REMOVALS = ("DEA", "EMB", "SCT", "NIT", "TRA", "ORR")
_LEFT = ["EMB", "SCT", "NIT"]
_REMOVAL = "Extension-PDS-RemovalFromRegistration"
_LINES = ("line_1", "line_2", "line_3", "line_4")
_OLD, _NICKNAME = ["old", "maiden"], ["nickname"]
_KEPT = (
    "forename", "middle_names", "family_name", "other_names", "former_family_name", "date_of_birth", "sex",
    "postcode", "former_postcodes", "telephone", "email",
)  # fmt: skip


def key(frame: pd.DataFrame) -> pd.Series:
    """The NHS number of a patient, the identifier of a related person."""
    return frame["id"].where(frame["part"].isin(["Patient", "RelatedPerson"]))


def skip(frame: pd.DataFrame, context: Context) -> pd.Series:
    """Other resources, records that must not be used, and adults."""
    codes = pd.Series(None, index=frame.index, dtype=clean.TEXT_DTYPE)
    patient = frame["part"] == "Patient"
    codes[patient & shape.grown_up(frame["date_of_birth"], context)] = Skip.NOT_A_CHILD.value
    codes[~frame["kind"].isin(["Patient", "RelatedPerson"]) & frame["kind"].notna()] = Skip.OTHER_RESOURCE.value
    named = frame.loc[(frame["part"] == "name") & frame[["family_name", "forename"]].notna().any(axis=1), "row"]
    codes[(frame["part"] == "RelatedPerson") & ~frame["row"].isin(named)] = Skip.ONLY_A_REFERENCE.value
    codes[(~frame["active"]).fillna(False).astype(bool)] = Skip.NOT_ACTIVE.value
    codes[(frame["security"] == "REDACTED").fillna(False).astype(bool)] = Skip.REDACTED.value
    return codes


def withdrawn(frame: pd.DataFrame) -> set[str]:
    """The numbers of patients whose record must not be used any more: an adopted child's life before is one."""
    rows = frame.loc[(frame["security"] == "REDACTED").fillna(False).astype(bool), "row"]
    ids = frame.loc[frame["row"].isin(rows) & (frame["part"] == "Patient"), "id"].dropna()
    return set(clean.nhs_number(ids).values.dropna()) if len(ids) else set()


def refuse(frame: pd.DataFrame, context: Context) -> pd.Series:
    """A patient without a sound NHS number, family name or birth date, and a related person without identifier."""
    codes = pd.Series(None, index=frame.index, dtype=clean.TEXT_DTYPE)
    named = frame.loc[(frame["part"] == "name") & frame["family_name"].notna(), "row"]
    patient, related = frame["part"] == "Patient", frame["part"] == "RelatedPerson"
    codes[patient & (frame["date_of_birth"].isna() | ~frame["row"].isin(named))] = Reason.MISSING_VALUE.value
    codes[(patient | related) & frame["id"].isna()] = Reason.MISSING_VALUE.value
    sound = clean.nhs_number(frame["id"]).values.notna()
    codes[patient & frame["id"].notna() & ~sound] = Reason.BAD_NHS_NUMBER.value
    return codes


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """Children with their practice, addresses and carers. Of a restricted child no place is taken, whatever is sent."""
    parts = dict(iter(frame.groupby("part", sort=False)))
    nothing = frame.iloc[:0]
    marked = frame.loc[(frame["security"] == "R").fillna(False), "row"]
    people = pd.concat([parts.get("Patient", nothing), parts.get("RelatedPerson", nothing)]).set_index(
        "row", drop=False
    )
    restricted = people.index.isin(marked) | people["patient"].isin(people.loc[people.index.isin(marked), "id"])
    hidden = set(people.loc[restricted, "row"])
    open_parts = {part: rows[~rows["row"].isin(hidden)] for part, rows in parts.items()}
    people = _named(people, parts.get("name", nothing))
    people = _reached(people, open_parts.get("telecom", nothing), context)
    addresses = shape.owned(open_parts.get("address", nothing), people)
    people = _placed(people, addresses, context)
    child, carer = people[people["part"] == "Patient"], people[people["part"] == "RelatedPerson"]
    removed = child["removal"]
    children = shape.records(
        child, "child", _KEPT, nhs_number=child["id"], restricted=child.index.isin(marked),
        multiple_birth=child["multiple"].notna().where(child["multiple"].notna()), died_on=_died(child),
        left_england=removed.isin(_LEFT).where(removed.notna()),
    )  # fmt: skip
    home, places = shape.addresses(addresses, context, _LINES, uprn="uprn")
    lives = shape.facts(addresses, "LIVES_AT", "address", home, starts=addresses["starts"], ends=addresses["ends"])
    lives = lives.drop_duplicates(["record_key", "target", "from"])
    practices = shape.owned(open_parts.get("generalPractitioner", nothing), child)
    target = shape.joined_text("ods:", practices["practice"])
    registered = shape.facts(
        practices, "REGISTERED_WITH", "gp_practice", target, starts=practices["starts"], ends=practices["ends"]
    )
    carers = shape.records(carer, "carer", _KEPT, restricted=carer.index.isin(marked))
    return shape.tidied([children, carers], [lives, registered, _cared_for(child, carer, context)], [places])


def _died(child: pd.DataFrame) -> pd.Series:
    """The day of death; where only the register says so (DEA), the day of the removal."""
    return child["died_on"].fillna(child["removed_on"].where(child["removal"] == "DEA"))


def _named(people: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """The usual name, else the first; the others as other names, an old family name as the former one."""
    use = names["use"].fillna("")
    order = use.map({"usual": 0, "official": 1, "": 2}).fillna(3).where(~use.isin(_OLD + _NICKNAME), 4)
    ranked = names.assign(order=order).sort_values("order", kind="stable")
    best = ranked.drop_duplicates("row").set_index("row")
    rest = ranked[ranked["row"].duplicated()]
    old = rest[rest["use"].isin(_OLD) & rest["family_name"].notna()].drop_duplicates("row").set_index("row")
    # A name without a family name, as nicknames are, goes with the usual one.
    family = rest["family_name"].fillna(best["family_name"].reindex(rest["row"]).set_axis(rest.index))
    said = shape.joined_text(family.fillna(""), ", ", rest["forename"].fillna(""))
    taken = {name: best[name].reindex(people.index) for name in ("forename", "middle_names", "family_name")}
    former = old["family_name"].reindex(people.index)
    return people.assign(**taken, former_family_name=former, other_names=shape.listed(said, rest["row"], people.index))


def _reached(people: pd.DataFrame, telecom: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The first telephone number and e-mail address that have not ended."""
    open_now = telecom[~(telecom["ends"] <= context.as_at.date()).fillna(False).astype(bool)]
    phones = open_now[open_now["system"].isin(["phone", "sms"])]
    phone = clean.telephone(phones["contact"]).values.dropna()
    mails = open_now[open_now["system"] == "email"]
    mail = clean.email(mails["contact"]).values.dropna()
    return people.assign(
        telephone=phone.groupby(phones["row"]).first().reindex(people.index),
        email=mail.groupby(mails["row"]).first().reindex(people.index),
    )


def _placed(people: pd.DataFrame, addresses: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The postcode of the home that has not ended, and of those that have."""
    ended = (addresses["ends"] <= context.as_at.date()).fillna(False).astype(bool)
    known = addresses["postcode"].notna()
    now = addresses[known & ~ended & ~addresses["use"].isin(["old", "temp"])].drop_duplicates("row").set_index("row")
    before = addresses[known & ended]
    former = shape.listed(before["postcode"], before["row"], people.index)
    return people.assign(postcode=now["postcode"].reindex(people.index), former_postcodes=former)


def _cared_for(child: pd.DataFrame, carer: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Who cares for which child, as far as the child is in the same file."""
    here = carer["patient"].isin(child["id"])
    if not here.all():
        context.warn(
            f"{int((~here).sum())} related persons belong to no patient of this file: no relationship is made."
        )
    carer = carer[here]
    return shape.facts(
        carer, "CARED_FOR_BY", "record", carer["key"], record_key=carer["patient"],
        relationship=carer["relationship"], starts=carer["starts"], ends=carer["ends"],
    )  # fmt: skip


_PARTS = ("name", "address", "telecom", "generalPractitioner/identifier")
FEED = Feed(
    name="pds",
    title="Personal Demographics Service",
    publisher="NHS England",
    supplier="nhs",
    licence="supplied under an agreement",
    every_days=31,
    source=Source(
        format="fhir",
        row=("Patient", "RelatedPerson"),
        groups=frozenset({"name", "address", "telecom", "generalPractitioner", "meta/security"}),
        lists={"name/given": 2, "address/line": 4},
    ),
    columns={
        "resourceType": Column("kind", clean.text, required=True),
        "id": Column("id", clean.key, strict=True),
        "meta/security/code": Column("security", clean.among(["U", "R", "V", "REDACTED"]), strict=True),
        "name/use": Column("use", clean.text, also=("address/use",)),
        "name/family": Column("family_name", clean.name),
        "name/given/1": Column("forename", clean.name),
        "name/given/2": Column("middle_names", clean.name),
        "gender": Column("sex", clean.sex),
        "birthDate": Column("date_of_birth", clean.date_dashes, strict=True, past=True),
        "multipleBirthInteger": Column("multiple", clean.whole_number),
        "deceasedDateTime": Column("died_on", clean.date("ymd_or_instant"), strict=True, past=True),
        f"{_REMOVAL}/removalFromRegistrationCode/coding/code": Column("removal", clean.among(_REMOVALS)),
        f"{_REMOVAL}/effectiveTime/start": Column("removed_on", clean.date("ymd_or_instant")),
        **{f"address/line/{place}": Column(f"line_{place}", clean.text) for place in range(1, 5)},
        "address/postalCode": Column("postcode", clean.postcode),
        "address/Extension-UKCore-AddressKey/UPRN": Column("uprn", clean.uprn),
        "period/start": Column(
            "starts", clean.date("ymd_or_instant"), also=tuple(f"{part}/period/start" for part in _PARTS)
        ),
        "period/end": Column(
            "ends", clean.date("ymd_or_instant"), strict=True, also=tuple(f"{part}/period/end" for part in _PARTS)
        ),
        "telecom/system": Column("system", clean.text),
        "telecom/value": Column("contact", clean.text),
        "generalPractitioner/identifier/value": Column("practice", clean.ods_code),
        "patient/identifier/value": Column("patient", clean.nhs_number),
        "relationship/coding/code": Column("relationship", clean.one_of(_ROLES)),
        "active": Column("active", clean.flag, strict=True),
    },
    # What is not needed, and what is not permitted: languages, birthplaces, emergency contacts, ethnicity, pharmacies.
    dropped=frozenset({"identifier", "meta", "name", "address", "telecom", "generalPractitioner", "patient", "contact"})
    | {"relationship", "managingOrganization", "_birthDate", "patient-birthPlace", _REMOVAL, "maritalStatus"}
    | {
        f"Extension-UKCore-{name}"
        for name in (
            "NominatedPharmacy",
            "PreferredDispenserOrganization",
            "MedicalApplianceSupplier",
            "DeathNotificationStatus",
            "NHSCommunication",
            "ContactPreference",
            "ContactRank",
            "CopyCorrespondenceIndicator",
            "EthnicCategory",
            "RegisteringAuthority",
        )
    },
    tidy=tidy,
    skip=skip,
    refuse=refuse,
    key=key,
    absent=Absent.END,
    people=True,
    register=True,
    withdrawn=withdrawn,
)
