"""Registrations of births: the child under the name of then, with the mother and, where entered, the father."""

import pandas as pd

from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

_KEPT = ("forename", "middle_names", "family_name", "date_of_birth", "sex", "nhs_number", "postcode")


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """The child, the parents entered, who cares for the child, and where they lived at birth."""
    frame = shape.given_names(frame, "forenames")
    home, places = shape.addresses(frame, context, ("line_1", "line_2", "line_3"))
    children = shape.records(frame, "child", _KEPT, multiple_birth=shape.number(frame["births"]) > 1)
    lives = shape.facts(frame, "LIVES_AT", "address", home, starts=frame["date_of_birth"])
    # The law gives the mother parental responsibility; the entry alone does not say it of the father.
    mothers, cared_by_mother = _parent(frame, "mother", True)
    fathers, cared_by_father = _parent(frame, "father", None)
    return shape.tidied([children, mothers, fathers], [lives, cared_by_mother, cared_by_father], [places])


def _parent(frame: pd.DataFrame, who: str, responsible: bool | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    named = frame[frame[f"{who}_surname"].notna() | frame[f"{who}_forenames"].notna()]
    named = shape.given_names(named, f"{who}_forenames").assign(
        child=named["key"], key=shape.joined_text(named["key"], f"/{who}"), family_name=named[f"{who}_surname"]
    )
    facts = shape.facts(
        named, "CARED_FOR_BY", "record", named["key"], record_key=named["child"],
        relationship=who, parental_responsibility=responsible, starts=named["date_of_birth"],
    )  # fmt: skip
    return shape.records(named, "carer", ["forename", "middle_names", "family_name"]), facts


FEED = Feed(
    name="births",
    title="Registrations of births",
    publisher="Office for National Statistics, from the registrars",
    supplier="ons",
    licence="supplied under an agreement",
    every_days=7,
    source=Source(),
    columns={
        "ENTRY_NO": Column("entry", clean.key, required=True, filled=True),
        "NHS_NUMBER": Column("nhs_number", clean.nhs_number, required=True),
        "SURNAME": Column("family_name", clean.name, required=True, filled=True),
        "FORENAMES": Column("forenames", clean.name, required=True),
        "SEX": Column("sex", clean.sex, required=True),
        "DOB": Column("date_of_birth", clean.date_dashes, required=True, filled=True, past=True),
        "BIRTHS_IN_MATERNITY": Column("births", clean.whole_number),
        "MOTHER_SURNAME": Column("mother_surname", clean.name, required=True),
        "MOTHER_FORENAMES": Column("mother_forenames", clean.name, required=True),
        "FATHER_SURNAME": Column("father_surname", clean.name, required=True),
        "FATHER_FORENAMES": Column("father_forenames", clean.name, required=True),
        "ADDRESS_1": Column("line_1", clean.text),
        "ADDRESS_2": Column("line_2", clean.text),
        "ADDRESS_3": Column("line_3", clean.text),
        "POSTCODE": Column("postcode", clean.postcode, required=True),
    },
    dropped=frozenset({"REGISTERED_ON", "DISTRICT", "BIRTH_ORDER"}),
    tidy=tidy,
    key=lambda frame: frame["entry"],
    # An entry in the register stays true: a later file that lacks it takes nothing back.
    absent=Absent.NOTHING,
    people=True,
    register=True,
    expect=Expect(filled={"date_of_birth": 0.99, "sex": 0.9}),
)
