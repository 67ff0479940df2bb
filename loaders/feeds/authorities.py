"""The children's services authorities of England: the department's codes beside the statistical ones."""

import pandas as pd

from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """One record for each authority."""
    return shape.tidied([shape.records(frame, "authority", ["name", "dfe_code"])])


FEED = Feed(
    name="authorities",
    title="Authorities responsible for children",
    publisher="Office for National Statistics",
    supplier="ons",
    licence="OGL-UK-3.0",
    every_days=365,
    source=Source(encoding="utf-8"),
    columns={
        "dfe_la_code": Column("dfe_code", clean.dfe_code, required=True, filled=True),
        "gss_code": Column("gss_code", clean.gss_code, required=True, filled=True),
        "la_name": Column("name", clean.text, required=True, filled=True),
    },
    dropped=frozenset(),
    tidy=tidy,
    key=lambda frame: frame["gss_code"],
    absent=Absent.NOTHING,
    expect=Expect(rows=(1, 400)),
)
