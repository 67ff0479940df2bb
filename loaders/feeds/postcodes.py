"""Every postcode of Great Britain with its district and county, from Code-Point Open: it feeds the look-up of areas."""

import pandas as pd

from loaders import clean
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """Nothing for the graph: postcodes are a derived look-up (loaders/areas.py), not nodes."""
    return Tidy()


FEED = Feed(
    name="postcodes",
    title="Code-Point Open",
    publisher="Ordnance Survey",
    supplier="os",
    licence="OGL-UK-3.0",
    every_days=92,
    source=Source(format="csv_positions", width=10, archives=("zip",), members="Data/CSV/*.csv"),
    columns={
        "1": Column("postcode", clean.postcode, required=True, filled=True),
        "8": Column("county", clean.gss_code),
        "9": Column("district", clean.gss_code),
    },
    # Quality, easting, northing, country, two regions of the health service, and the ward.
    dropped=frozenset({"2", "3", "4", "5", "6", "7", "10"}),
    tidy=tidy,
    key=lambda frame: frame["postcode"],
    absent=Absent.NOTHING,
    expect=Expect(rows=(1, 3_000_000), filled={"district": 0.9}),
    lookup=True,
)
