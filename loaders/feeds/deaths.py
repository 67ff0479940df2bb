"""Registrations of deaths: of children and young people; those of adults are not for us."""

import pandas as pd

from graph.model.refusals import Reason, Skip
from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

_KEPT = (
    "forename", "middle_names", "family_name", "date_of_birth", "sex", "nhs_number", "postcode", "died_on",
)  # fmt: skip


def skip(frame: pd.DataFrame, context: Context) -> pd.Series:
    """Those who were 25 or older."""
    codes = pd.Series(None, index=frame.index, dtype=clean.TEXT_DTYPE)
    return codes.mask(shape.grown_up(frame["date_of_birth"], context), Skip.NOT_A_CHILD.value)


def refuse(frame: pd.DataFrame, context: Context) -> pd.Series:
    """A death before the birth."""
    codes = pd.Series(None, index=frame.index, dtype=clean.TEXT_DTYPE)
    early = (frame["died_on"] < frame["date_of_birth"]).fillna(False).astype(bool)
    return codes.mask(early, Reason.ENDS_BEFORE_START.value)


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """The child, with the day of death."""
    return shape.tidied([shape.records(shape.given_names(frame, "forenames"), "child", _KEPT)])


FEED = Feed(
    name="deaths",
    title="Registrations of deaths",
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
        "DIED_ON": Column("died_on", clean.date_dashes, required=True, filled=True, past=True),
        "POSTCODE": Column("postcode", clean.postcode, required=True),
    },
    dropped=frozenset({"REGISTERED_ON", "DISTRICT"}),
    tidy=tidy,
    skip=skip,
    refuse=refuse,
    key=lambda frame: frame["entry"],
    absent=Absent.NOTHING,
    people=True,
    register=True,
    # A small sender may have nobody to tell of; a file that shrinks to nothing is stopped against the last one.
    expect=Expect(rows=(0, 20_000_000)),
)
