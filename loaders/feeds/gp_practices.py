"""GP practices in England, from the Organisation Data Service's list of prescribing cost centres (epraccur)."""

import pandas as pd

from graph.model.refusals import Skip
from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

_STATUS = {
    "A": "active", "ACTIVE": "active", "C": "closed", "CLOSED": "closed", "INACTIVE": "closed",
    "D": "dormant", "DORMANT": "dormant", "P": "proposed", "PROPOSED": "proposed",
}  # fmt: skip
_PRACTICE_SETTINGS = ["4", "RO76"]
_KEPT = (
    "name", "line_1", "line_2", "line_3", "line_4", "postcode", "telephone", "opened_on", "closed_on", "status",
)  # fmt: skip


def skip(frame: pd.DataFrame, context: Context) -> pd.Series:
    """Rows that are no practice with which a child can be registered, or are of Wales."""
    codes = pd.Series(None, index=frame.index, dtype=clean.TEXT_DTYPE)
    codes[frame["grouping"].str.startswith("W").fillna(False).astype(bool)] = Skip.NOT_IN_ENGLAND.value
    codes[~frame["setting"].isin(_PRACTICE_SETTINGS)] = Skip.NOT_A_GP_PRACTICE.value
    return codes


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """One record for each practice, closed ones too, and the authority in which it stands."""
    practices = shape.records(frame, "gp_practice", _KEPT, kind="gp_practice")
    areas = shape.facts(frame, "IN_AREA", "authority", shape.authorities(frame["postcode"], context))
    return shape.tidied([practices], [areas])


FEED = Feed(
    name="gp_practices",
    title="GP practices (epraccur)",
    publisher="NHS England, Organisation Data Service",
    supplier="nhs",
    licence="OGL-UK-3.0",
    every_days=92,
    source=Source(format="csv_positions", width=27),
    columns={
        "1": Column("ods_code", clean.ods_code, required=True, filled=True),
        "2": Column("name", clean.text, required=True, filled=True),
        "3": Column("grouping", clean.text, required=True),
        "5": Column("line_1", clean.text),
        "6": Column("line_2", clean.text),
        "7": Column("line_3", clean.text),
        "8": Column("line_4", clean.text),
        "10": Column("postcode", clean.postcode),
        "11": Column("opened_on", clean.date("ymd")),
        "12": Column("closed_on", clean.date("ymd"), strict=True),
        "13": Column("status", clean.one_of(_STATUS), required=True, filled=True),
        "18": Column("telephone", clean.telephone),
        "26": Column("setting", clean.text, required=True),
    },
    # Health geography, county, sub-type, commissioner and its dates, the amended mark, and positions that are empty.
    dropped=frozenset({"4", "9", "14", "15", "16", "17", "19", "20", "21", "22", "23", "24", "25", "27"}),
    tidy=tidy,
    skip=skip,
    key=lambda frame: frame["ods_code"],
    absent=Absent.NOTHING,
    expect=Expect(rows=(1, 50_000), filled={"postcode": 0.9}),
)
