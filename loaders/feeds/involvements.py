"""Involvements from the case systems of councils, health, youth justice and charities: who works with a child."""

import pandas as pd

from graph.model.kinds import Visibility, kind_named
from graph.model.refusals import Reason
from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

_BASES = ("public_task", "consent", "significant_harm")
_KEPT = (
    "forename", "middle_names", "family_name", "date_of_birth", "sex", "nhs_number", "upn", "local_id", "postcode",
)  # fmt: skip


def refuse(frame: pd.DataFrame, context: Context) -> pd.Series:
    """Consent without its date, an end before the start, and a child whom nothing identifies."""
    codes = shape.ends_before_start("started_on", "ended_on")(frame, context)
    named = frame["family_name"].notna() & frame["date_of_birth"].notna()
    numbered = frame[["nhs_number", "upn", "local_id"]].notna().any(axis=1)
    codes[~(named | numbered)] = Reason.MISSING_VALUE.value
    codes[(frame["basis"] == "consent").fillna(False) & frame["consented_on"].isna()] = (
        Reason.CONSENT_DATE_MISSING.value
    )
    return codes


def basis_missing(kinds: pd.Series, bases: pd.Series) -> pd.Series:
    """The reason code where a service of this kind may not be held on this basis; null where it may.

    The kind stands in the directory alone, so the load asks this and not the check of the file.
    """
    sensitive = kinds.map(lambda kind: kind_named(None if pd.isna(kind) else kind).visibility is Visibility.SENSITIVE)
    refused = sensitive.astype(bool) & ~bases.isin(["consent", "significant_harm"])
    return pd.Series(None, index=kinds.index, dtype=clean.TEXT_DTYPE).mask(refused, Reason.BASIS_MISSING.value)


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """The child as this service knows them, the service, the practitioner, and where the practitioner works."""
    frame = shape.given_names(frame, "forenames")
    same = {"involvement": frame["key"], "starts": frame["started_on"], "ends": frame["ended_on"]}
    involves = shape.facts(
        frame, "INVOLVES", "service", frame["service_id"], basis=frame["basis"],
        consent_given_on=frame["consented_on"], **same,
    )  # fmt: skip
    person = shape.joined_text(f"{context.supplier}:", frame["practitioner_id"])
    seen_by = shape.facts(frame, "SEEN_BY", "practitioner", person, role=frame["role"], lead=frame["lead"], **same)
    people = frame[frame["practitioner_id"].notna()].assign(key=frame["practitioner_id"])
    works = people.drop_duplicates(["key", "service_id"])
    people = people.drop_duplicates("key")
    return shape.tidied(
        [
            shape.records(frame, "child", _KEPT),
            shape.records(people, "practitioner", ["name", "role", "registration_no", "telephone", "email"]),
        ],
        [involves, seen_by, shape.facts(works, "WORKS_FOR", "service", works["service_id"], role=works["role"])],
    )


FEED = Feed(
    name="involvements",
    title="Involvements of services with children",
    publisher="Councils, health visiting, youth justice, charities",
    supplier="council",
    licence="supplied under an agreement",
    every_days=1,
    source=Source(),
    columns={
        "INVOLVEMENT_ID": Column("involvement_id", clean.key, required=True, filled=True),
        "SERVICE_ID": Column("service_id", clean.key, required=True, filled=True),
        "NHS_NUMBER": Column("nhs_number", clean.nhs_number, required=True),
        "UPN": Column("upn", clean.upn, required=True),
        "LOCAL_ID": Column("local_id", clean.key, required=True),
        "SURNAME": Column("family_name", clean.name, required=True),
        "FORENAMES": Column("forenames", clean.name, required=True),
        "DOB": Column("date_of_birth", clean.date_dashes, required=True, past=True),
        "SEX": Column("sex", clean.sex, required=True),
        "POSTCODE": Column("postcode", clean.postcode, required=True),
        "PRACTITIONER_ID": Column("practitioner_id", clean.key, required=True),
        "PRACTITIONER_NAME": Column("name", clean.name),
        "ROLE": Column("role", clean.text),
        "REGISTRATION_NO": Column("registration_no", clean.key),
        "PHONE": Column("telephone", clean.telephone),
        "EMAIL": Column("email", clean.email),
        "LEAD_PROFESSIONAL": Column("lead", clean.flag, required=True),
        "START_DATE": Column("started_on", clean.date_dashes, required=True, strict=True),
        "END_DATE": Column("ended_on", clean.date_dashes, required=True, strict=True),
        "BASIS": Column("basis", clean.among(_BASES), required=True, strict=True),
        "CONSENT_DATE": Column("consented_on", clean.date_dashes, required=True, past=True),
    },
    dropped=frozenset(),
    tidy=tidy,
    refuse=refuse,
    key=lambda frame: frame["involvement_id"],
    absent=Absent.END,
    people=True,
    national=False,
    # A small sender may have nobody to tell of; a file that shrinks to nothing is stopped against the last one.
    expect=Expect(rows=(0, 20_000_000)),
)
