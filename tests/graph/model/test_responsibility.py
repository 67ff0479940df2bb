"""Which authority is responsible for one child: decided as the loads decide it, who do so in tables."""

from datetime import date, timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from graph.model.responsibility import Whereabout, responsible
from loaders import responsibility

TODAY = date(2026, 11, 22)
days = st.none() | st.integers(-3, 3).map(lambda days: TODAY + timedelta(days))
places = st.builds(
    Whereabout,
    source=st.sampled_from(["pds", "school_census", "child_benefit", "school", "births"]),
    since=days,
    until=days,
    place=st.sampled_from("ab"),
    gss_code=st.sampled_from(["E1", "E2"]),
)


@given(st.lists(places, max_size=5, unique_by=lambda place: (place.source, place.since, place.place)))
def test_one_child_is_decided_as_the_loads_decide_many(said: list[Whereabout]):
    rows = [("P", each.source, each.since, each.until, each.place, each.gss_code) for each in said]
    frame = pd.DataFrame(rows, columns=["person_id", "source", "from", "to", "place", "gss_code"], dtype=object)

    (decided,) = responsibility.decide({"P"}, frame, TODAY).itertuples(index=False, name=None)

    since = None if decided[1] is None or pd.isna(decided[1]) else decided[1]
    assert responsible(said, TODAY) == (since, decided[2])
