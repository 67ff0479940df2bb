"""A directory of services: what a council and its partners offer to children, and how to reach it."""

import pandas as pd

from graph.model.kinds import KINDS
from graph.model.refusals import Reason
from loaders import clean, shape
from loaders.feed import Absent, Column, Context, Expect, Feed, Source
from loaders.tables import Tidy

# These two have registers of their own, which alone say what is one.
_REGISTERED = {"school", "gp_practice"}
_KEPT = (
    "name", "kind", "organisation", "telephone", "out_of_hours", "email", "hours", "line_1", "line_2", "line_3",
    "postcode", "statutory", "opened_on", "closed_on", "authority_code",
)  # fmt: skip


def tidy(frame: pd.DataFrame, context: Context) -> Tidy:
    """One record for each service, and the authority in whose area it works."""
    services = shape.records(frame, "service", _KEPT, status=shape.open_or_closed(frame, context))
    areas = shape.facts(frame, "IN_AREA", "authority", shape.joined_text("dfe:", frame["authority_code"]))
    return shape.tidied([services], [areas])


FEED = Feed(
    name="directory",
    title="Directory of services for children",
    publisher="Councils and their partners",
    supplier="council",
    licence="supplied under an agreement",
    every_days=31,
    national=False,
    source=Source(),
    columns={
        "SERVICE_ID": Column("service_id", clean.key, required=True, filled=True),
        "KIND": Column("kind", clean.among(sorted(set(KINDS) - _REGISTERED), Reason.UNKNOWN_KIND), True, True),
        "NAME": Column("name", clean.text, required=True, filled=True),
        "ORGANISATION": Column("organisation", clean.text, required=True),
        "LA_CODE": Column("authority_code", clean.dfe_code, required=True),
        "PHONE": Column("telephone", clean.telephone, required=True),
        "OUT_OF_HOURS_PHONE": Column("out_of_hours", clean.telephone),
        "EMAIL": Column("email", clean.email),
        "HOURS": Column("hours", clean.text),
        "ADDRESS_1": Column("line_1", clean.text),
        "ADDRESS_2": Column("line_2", clean.text),
        "ADDRESS_3": Column("line_3", clean.text),
        "POSTCODE": Column("postcode", clean.postcode),
        "STATUTORY": Column("statutory", clean.flag),
        "OPEN_DATE": Column("opened_on", clean.date_dashes),
        "CLOSE_DATE": Column("closed_on", clean.date_dashes, strict=True),
    },
    dropped=frozenset(),
    tidy=tidy,
    key=lambda frame: frame["service_id"],
    absent=Absent.NOTHING,
    expect=Expect(rows=(1, 100_000)),
)
