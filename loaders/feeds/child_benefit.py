"""Child benefit: one row for each child of a claim. The claimant is a carer; that proves no parental responsibility."""

import pandas as pd

from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

_RELATIONSHIPS = {
    "mother": "mother", "father": "father", "parent": "parent", "adoptive_parent": "adoptive parent",
    "step_parent": "step-parent", "step-parent": "step-parent", "grandparent": "grandparent",
    "grandmother": "grandparent", "grandfather": "grandparent", "foster_carer": "foster parent",
    "foster_parent": "foster parent", "guardian": "guardian", "sibling": "sibling", "relative": "relative",
    "carer": "carer", "other": "other",
}  # fmt: skip
_LINES = ("line_1", "line_2", "line_3", "line_4")
_CLAIMANT = ("claimant_surname", "claimant_forenames", "claimant_born", "nino", *_LINES, "postcode")
_KEPT = ("forename", "middle_names", "family_name", "date_of_birth", "postcode")


def key(frame: pd.DataFrame) -> pd.Series:
    """A child is known by the claim and its place in it."""
    return shape.joined_text(frame["claim"], "/", frame["place"])


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """The children, each claimant once, who cares for whom, and where both live."""
    claimants = _claimants(frame, context)
    frame = shape.given_names(frame, "forenames")
    home, places = shape.addresses(frame, context, _LINES)
    claimant_home, claimant_places = shape.addresses(claimants, context, _LINES)
    cared = shape.facts(
        frame, "CARED_FOR_BY", "record", frame["claim"], relationship=frame["relationship"],
        starts=frame["child_from"], ends=frame["child_to"],
    )  # fmt: skip
    carers = shape.records(claimants, "carer", _KEPT, nino_hash=clean.hashed(claimants["nino"], context.secret))
    return shape.tidied(
        [shape.records(frame, "child", [*_KEPT, "sex"]), carers],
        [cared, shape.facts(frame, "LIVES_AT", "address", home),
         shape.facts(claimants, "LIVES_AT", "address", claimant_home)],
        [places, claimant_places],
    )  # fmt: skip


def _claimants(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The claimant of each claim as its first row by key says; others that say something else are reported."""
    ordered = frame.sort_values("key", kind="stable")
    said = ordered.drop_duplicates(["claim", *_CLAIMANT])
    at_odds = int(said["claim"].duplicated().sum())
    if at_odds:
        context.warn(
            f"{at_odds} rows say of their claimant something else than the first row of the claim, which stands."
        )
    first = ordered.drop_duplicates("claim")
    first = first.assign(
        key=first["claim"], family_name=first["claimant_surname"], date_of_birth=first["claimant_born"]
    )
    return shape.given_names(first, "claimant_forenames")


FEED = Feed(
    name="child_benefit",
    title="Child benefit",
    publisher="Department for Work and Pensions",
    supplier="dwp",
    licence="supplied under an agreement",
    every_days=31,
    source=Source(),
    columns={
        "CLAIM_REF": Column("claim", clean.key, required=True, filled=True),
        "CLAIMANT_NINO": Column("nino", clean.nino, required=True),
        "CLAIMANT_SURNAME": Column("claimant_surname", clean.name, required=True, filled=True),
        "CLAIMANT_FORENAMES": Column("claimant_forenames", clean.name, required=True),
        "CLAIMANT_DOB": Column("claimant_born", clean.date_dashes, past=True),
        "CLAIMANT_RELATIONSHIP": Column("relationship", clean.one_of(_RELATIONSHIPS), required=True),
        "ADDRESS_1": Column("line_1", clean.text),
        "ADDRESS_2": Column("line_2", clean.text),
        "ADDRESS_3": Column("line_3", clean.text),
        "ADDRESS_4": Column("line_4", clean.text),
        "POSTCODE": Column("postcode", clean.postcode, required=True),
        "CHILD_SEQ": Column("place", clean.whole_number, required=True, filled=True),
        "CHILD_SURNAME": Column("family_name", clean.name, required=True, filled=True),
        "CHILD_FORENAMES": Column("forenames", clean.name, required=True),
        "CHILD_DOB": Column("date_of_birth", clean.date_dashes, required=True, filled=True, past=True),
        "CHILD_SEX": Column("sex", clean.sex, required=True),
        "CHILD_FROM": Column("child_from", clean.date_dashes, required=True, strict=True),
        "CHILD_TO": Column("child_to", clean.date_dashes, required=True, strict=True),
    },
    dropped=frozenset({"CLAIM_FROM", "CLAIM_TO"}),
    tidy=tidy,
    key=key,
    refuse=shape.ends_before_start("child_from", "child_to"),
    absent=Absent.END,
    people=True,
    register=True,
    expect=Expect(filled={"date_of_birth": 0.99}),
)
