"""Which authority is responsible for a child: computed from where the child lives or learns."""

from datetime import date
from hashlib import blake2b

import pandas as pd

from loaders.tables import values

UNKNOWN = "unknown"
# The first source that gives a current place decides; a school's own area comes last.
_RANKS = {"pds": 0, "school_census": 1, "child_benefit": 2, "school": 3}
DECIDED = ["person_id", "from", "gss_code"]


def decide(persons: set[str], homes: pd.DataFrame, as_at: date) -> pd.DataFrame:
    """For each child the responsible authority and since when, in the columns DECIDED; `unknown` if nothing tells."""
    frame = homes[homes["source"].isin(_RANKS)]
    ends = pd.Series(
        [until is not None and not pd.isna(until) and until <= as_at for until in frame["to"]],
        index=frame.index,
        dtype=bool,
    )
    frame = frame[~ends]
    order = pd.DataFrame(
        {
            "person_id": values(frame["person_id"]),
            "rank": [_RANKS[source] for source in frame["source"]],
            # The latest comes first; an unknown start is the earliest of all.
            "late": [
                -(start.toordinal() if start is not None and not pd.isna(start) else 0) for start in frame["from"]
            ],
            "place": values(frame["place"]),
            "from": [None if start is None or pd.isna(start) else start for start in frame["from"]],
            "gss_code": values(frame["gss_code"]),
        }
    )
    first = order.sort_values(["person_id", "rank", "late", "place"]).drop_duplicates("person_id")
    missing = sorted(persons - set(first["person_id"]))
    rest = pd.DataFrame({"person_id": missing, "from": [None] * len(missing), "gss_code": [UNKNOWN] * len(missing)})
    return pd.concat([first[DECIDED], rest[DECIDED]], ignore_index=True) if len(first) else rest


def changes(decided: pd.DataFrame, now: pd.DataFrame) -> tuple[list[tuple[str, str]], pd.DataFrame]:
    """The open responsibilities to end, as (person, fact), and the new ones as rows of facts."""
    standing = {
        person: (fact, None if start is None or pd.isna(start) else start, gss)
        for person, fact, start, gss in zip(
            values(now["person_id"]), values(now["fact_id"]), values(now["from"]), values(now["gss_code"]), strict=True
        )
    }
    ended: list[tuple[str, str]] = []
    made: list[dict[str, object]] = []
    for person, start, gss in zip(
        values(decided["person_id"]), values(decided["from"]), values(decided["gss_code"]), strict=True
    ):
        before = standing.get(person)
        if before is not None and before[1:] == (start, gss):
            continue
        if before is not None:
            ended.append((person, before[0]))
        fact_id = blake2b(f"computed\x1f{person}\x1f{gss}\x1f{start}".encode(), digest_size=12).hexdigest()
        made.append(
            {"type": "RESPONSIBILITY_OF", "subject_id": person, "target_id": gss, "fact_id": fact_id, "from": start}
        )
    return ended, pd.DataFrame(made, columns=["type", "subject_id", "target_id", "fact_id", "from"])
