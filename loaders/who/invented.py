"""Records of an invented population with their truth: the patient register as the index, the other feeds against it.

What is learnt and measured on these says nothing of real feeds (matching.md, head); it ranks designs and finds faults.
"""

import hashlib
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from graph.model.file_names import parsed
from loaders.check import check_file
from loaders.feed import Context
from loaders.registry import FEEDS
from loaders.synthetic import synthesise, truth
from loaders.tables import Tidy, values
from loaders.who.records import COLUMNS

INDEX = "pds"
_AS_AT = date(2026, 11, 20)
FEEDS_AGAINST = ("births", "school_census", "common_transfer_file", "child_benefit", "involvements")


@dataclass(frozen=True)
class Invented:
    """Two files as issue 5 words them, the pairs that are one person, and who of the truth each record is."""

    left: pd.DataFrame
    right: pd.DataFrame
    truth: list[tuple[str, str]]
    person: dict[str, str]  # key of either side → person of the truth
    twins: set[str]  # persons who are of a multiple birth
    cultures: dict[str, str]  # person → naming culture


def drawn(*, children: int, seed: int) -> Invented:
    """The records of a population of its own, which is gone when they are read."""
    with tempfile.TemporaryDirectory(prefix="signpost-invented-") as work:
        synthesise(Path(work), children=children, as_at=_AS_AT, seed=seed, stories=False)
        return read(Path(work))


def read(folder: Path, *, unknown: float = 0.08) -> Invented:
    """The children's records of a folder of `synthesise`; of that share of the children the index knows nothing.

    An adopted child's entry of birth is left out: its two lives must never be joined, so it is neither right nor wrong.
    """
    index: list[pd.DataFrame] = []
    feeds: list[pd.DataFrame] = []
    person: dict[str, str] = {}
    said = _said(folder)
    adopted = _adopted(folder)
    for path in sorted(folder.iterdir()):
        name = parsed(path) if path.is_file() else None
        if name is None or name.feed not in (INDEX, *FEEDS_AGAINST):
            continue
        context = Context(name.supplier or "", pd.Timestamp(name.as_at), None, b"invented")
        tidy = check_file(FEEDS[name.feed], path, context=context, name=name).tidy
        frame = _frame(tidy)
        of = [said.get((name.feed, name.supplier or "", key), "") for key in frame["key"]]
        frame["key"] = f"{name.feed}/{name.supplier}/" + frame["key"]
        person |= dict(zip(frame["key"], of, strict=True))
        (index if name.feed == INDEX else feeds).append(frame)
    right, left = pd.concat(index, ignore_index=True), pd.concat(feeds, ignore_index=True)
    right = right[[not drawn_by_name(person[key], unknown) for key in right["key"]]].reset_index(drop=True)
    of_birth = left["key"].str.startswith("births/")
    left = left[[not (birth and person[key] in adopted) for key, birth in zip(left["key"], of_birth, strict=True)]]
    left = left[[person[key] != "" for key in left["key"]]].reset_index(drop=True)
    records_of: dict[str, list[str]] = defaultdict(list)
    for key in right["key"]:
        records_of[person[key]].append(key)
    pairs = [(key, record) for key in left["key"] for record in records_of[person[key]]]
    people = truth.table(folder, "person")
    cultures = dict(zip(people["person"], people["culture"], strict=True))
    return Invented(left, right, pairs, person, _twins(people), cultures)


def _frame(tidy: Tidy) -> pd.DataFrame:
    """The children of tidy tables in the words of issue 5, each with the home that has not ended."""
    records = tidy.records[tidy.records["subject"] == "child"]
    homes = _homes(tidy)
    keys = values(records["key"])
    former = values(records["former_postcodes"])
    made = {
        "key": keys,
        "given_names": values(records["forename"]),
        "middle_names": values(records["middle_names"]),
        "family_name": values(records["family_name"]),
        "date_of_birth": [day.isoformat() if day else "" for day in values(records["date_of_birth"])],
        "sex": values(records["sex"]),
        "postcode": values(records["postcode"]),
        "former_postcode": [codes[-1] if codes else "" for codes in former],
        "address": [homes.get(key, "") for key in keys],
        "nhs_number": values(records["nhs_number"]),
        "upn": values(records["upn"]),
    }
    return pd.DataFrame({word: [cell or "" for cell in made[word]] for word in COLUMNS}, dtype=str)


def _homes(tidy: Tidy) -> dict[str, str]:
    """The first line of each record's address."""
    facts = tidy.facts[(tidy.facts["type"] == "LIVES_AT") & tidy.facts["to"].isna()]
    entities = tidy.entities[tidy.entities["kind"] == "address"]
    line = dict(zip(values(entities["key"]), values(entities["line_1"]), strict=True))
    pairs = zip(values(facts["record_key"]), values(facts["target"]), strict=True)
    return {record: line.get(address) or "" for record, address in pairs}


def _said(folder: Path) -> dict[tuple[str, str, str], str]:
    frame = truth.table(folder, "records")
    frame = frame[frame["person"].str.startswith("C")]
    return {(feed, supplier, key): person for feed, supplier, key, person in frame.itertuples(index=False)}


def _adopted(folder: Path) -> set[str]:
    people = truth.table(folder, "person")
    return set(people.loc[people["adopted"] == "Y", "person"])


def _twins(people: pd.DataFrame) -> set[str]:
    mates = people[people["twin_of"] != ""]
    return {*mates["person"], *mates["twin_of"]}


def drawn_by_name(person: str, share: float) -> bool:
    """Whether a child is one of that share, the same children every time."""
    return int.from_bytes(hashlib.sha256(person.encode()).digest()[:4], "big") < share * 2**32
