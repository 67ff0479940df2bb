"""The truth beside the files: who everybody is, and of whom each record is."""

from pathlib import Path

import numpy as np
import pandas as pd

from graph.model.errors import SignpostError
from loaders.synthetic import calendar, names
from loaders.synthetic.desk import Desk, adult_ids, authority_suppliers, child_ids, lettered
from loaders.synthetic.files import Sink, take
from loaders.synthetic.identifiers import Ints, Texts, digits
from loaders.synthetic.population import Chunk


def table(folder: Path, name: str, *, rows: int | None = None) -> pd.DataFrame:
    """What a population's truth says in its file `name`, as text; nothing is taken for empty that is not.

    `folder` is where `synthesise` wrote, `rows` how many of the first are enough. A SignpostError if there is none.
    """
    found = sorted((folder / "truth").glob(f"{name}.csv*"))
    if not found:
        raise SignpostError(f"{folder} has no truth. Make it by: python -m loaders synthesise.")
    return pd.read_csv(found[0], dtype=str, keep_default_na=False, nrows=rows)


def people(sink: Sink, chunk: Chunk, desk: Desk) -> None:
    """Write down the children and the adults as they truly are."""
    _children(sink, chunk, desk)
    _adults(sink, chunk, desk)


def _children(sink: Sink, chunk: Chunk, desk: Desk) -> None:
    table = chunk.children
    count = len(table)
    person = table["person"].to_numpy()
    twin = table["twin_of"].to_numpy()
    mate = child_ids(person[np.maximum(twin, 0)])
    mate[twin < 0] = ""
    gone = table["gone_on"].to_numpy()
    practice = take(desk.world.practices["code"].to_numpy(object), table["practice"].to_numpy())
    school = take(desk.world.schools["urn"].astype(str).to_numpy(object), table["school"].to_numpy())
    sink.table({
        "person": child_ids(person), "kind": "child", "forename": table["forename"].to_numpy(object),
        "middle": table["middle"].to_numpy(object), "family": table["family"].to_numpy(object),
        "former_family": table["former"].to_numpy(object), "dob": calendar.iso(table["born"].to_numpy()),
        "sex": lettered(table["male"].to_numpy()), "nhs_number": table["nhs"].to_numpy(object),
        "nhs_number_before": table["nhs_old"].to_numpy(object), "upn": table["upn"].to_numpy(object),
        "postcode": desk.postcodes(table["address"].to_numpy()),
        "postcode_before": desk.postcodes(table["address_old"].to_numpy()),
        "household": _households(table["household"].to_numpy()),
        "culture": np.array(names.CULTURES, dtype=object)[table["culture"].to_numpy()], "twin_of": mate,
        "adopted": _yes(table["adopted"]), "shielded": _yes(table["shielded"]), "fostered": _yes(table["foster"]),
        "left_england": table["left"].to_numpy(object),
        "died_on": calendar.iso(gone, table["died"].to_numpy() & (gone > 0)),
        "authority": authority_suppliers(table["authority"].to_numpy()),
        "authority_before": authority_suppliers(table["authority_old"].to_numpy()), "school_urn": school,
        "practice": practice,
    }, rows=count)  # fmt: skip


def _adults(sink: Sink, chunk: Chunk, desk: Desk) -> None:
    rows = np.flatnonzero(chunk.adults["child"].to_numpy() < 0)
    table = chunk.adults.iloc[rows]
    home = np.full(len(chunk.adults), -1)
    at_home = chunk.bonds[chunk.bonds["at_home"]]
    home[at_home["adult"].to_numpy()] = chunk.children["household"].to_numpy()[at_home["child"].to_numpy()]
    blank = dict.fromkeys(
        [
            "middle",
            "former_family",
            "nhs_number",
            "nhs_number_before",
            "upn",
            "postcode_before",
            "twin_of",
            "adopted",
            "shielded",
            "fostered",
            "left_england",
            "died_on",
            "authority",
            "authority_before",
            "school_urn",
            "practice",
        ],
        "",
    )
    known: dict[str, object] = {
        "person": adult_ids(chunk, rows), "kind": "carer", "forename": table["forename"].to_numpy(object),
        "family": table["family"].to_numpy(object), "dob": calendar.iso(table["born"].to_numpy(np.int64)),
        "sex": lettered(~table["woman"].to_numpy(bool)),
        "postcode": desk.postcodes(table["address"].to_numpy(np.int64)), "household": _households(home[rows]),
        "culture": np.array(names.CULTURES, dtype=object)[table["culture"].to_numpy(np.int64)],
    }  # fmt: skip
    order = [
        "person",
        "kind",
        "forename",
        "middle",
        "family",
        "former_family",
        "dob",
        "sex",
        "nhs_number",
        "nhs_number_before",
        "upn",
        "postcode",
        "postcode_before",
        "household",
        "culture",
        "twin_of",
        "adopted",
        "shielded",
        "fostered",
        "left_england",
        "died_on",
        "authority",
        "authority_before",
        "school_urn",
        "practice",
    ]
    merged = known | blank
    sink.table({name: merged[name] for name in order}, rows=len(table))


def _households(number: Ints) -> Texts:
    made = "H" + digits(np.maximum(number, 0), 8)
    made[number < 0] = ""
    return np.asarray(made, dtype=object)


def _yes(column: "pd.Series[bool]") -> Texts:
    return np.asarray(np.where(column, "Y", "").astype(object), dtype=object)
