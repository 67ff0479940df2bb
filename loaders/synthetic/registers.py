"""Births, deaths, the school census and child benefit."""

import numpy as np
import pandas as pd

from loaders.synthetic import calendar, errors, fixed, names, rates
from loaders.synthetic.desk import Desk, adult_ids, carer_of, child_ids, lettered, uprns
from loaders.synthetic.files import Sink, take
from loaders.synthetic.identifiers import Ints, Texts, scrambled, temporary_upns
from loaders.synthetic.population import Chunk


def births(sink: Sink, chunk: Chunk, desk: Desk) -> None:
    """One row for each child born here, under the name and number of then."""
    children = chunk.children[~chunk.children["abroad"]]
    count = len(children)
    seen = errors.blur(children, desk.level(rates.AT_BIRTH), desk.world, desk.rng)
    former = children["former"].to_numpy(object)
    adopted = children["adopted"].to_numpy()
    surname = np.where(former != "", former, seen.family)
    nhs = np.where(adopted, children["nhs_old"], _borrow(children, "nhs", seen.borrowed)).astype(object)
    nhs[desk.some(count, 0.004)] = ""
    born = children["born"].to_numpy()
    address = np.where(children["address_old"] >= 0, children["address_old"], children["address"]).astype(np.int64)
    mother, father = (_parents(chunk, relation, children.index.to_numpy()) for relation in ("MTH", "FTH"))
    mother_surname = np.where(adopted, former, mother[0]).astype(object)
    mother_forenames = np.where(
        adopted, names.forenames(children["culture"].to_numpy(), ~adopted & False, desk.rng), mother[1]
    )
    entry = _entries("B", children, born)
    registered = np.minimum(born + 8 + children["person"].to_numpy() % 34, desk.as_at - 6)
    sink.table({
        "ENTRY_NO": entry, "REGISTERED_ON": calendar.iso(registered),
        "DISTRICT": desk.towns(address), "NHS_NUMBER": nhs, "SURNAME": surname.astype(object),
        "FORENAMES": _given(seen.forename, children), "SEX": lettered(children["male"].to_numpy()),
        "DOB": calendar.iso(seen.born), "BIRTH_ORDER": children["order"].to_numpy(),
        "BIRTHS_IN_MATERNITY": children["maternity"].to_numpy(), "MOTHER_SURNAME": mother_surname,
        "MOTHER_FORENAMES": mother_forenames.astype(object),
        "FATHER_SURNAME": np.where(adopted, "", father[0]).astype(object),
        "FATHER_FORENAMES": np.where(adopted, "", father[1]).astype(object),
        "ADDRESS_1": desk.streets(address), "ADDRESS_2": "", "ADDRESS_3": desk.towns(address),
        "POSTCODE": desk.postcodes(address),
    }, rows=count)  # fmt: skip
    desk.remember("births", "ons", entry, child_ids(children["person"].to_numpy()))
    _remember_parents(chunk, children, entry, desk)


def _remember_parents(chunk: Chunk, children: pd.DataFrame, entry: Texts, desk: Desk) -> None:
    """An entry names the parents as well; those of before an adoption are nobody in this population."""
    for relation, who in (("MTH", "mother"), ("FTH", "father")):
        adult = carer_of(chunk, relation)[children.index.to_numpy()]
        here = (adult >= 0) & ~children["adopted"].to_numpy()
        desk.remember("births", "ons", entry[here] + f"/{who}", adult_ids(chunk, adult[here]))


def deaths(sink: Sink, chunk: Chunk, desk: Desk) -> None:
    """One row for each child who died."""
    children = chunk.children[chunk.children["died"]]
    seen = errors.blur(children, desk.level(rates.AT_BIRTH), desk.world, desk.rng)
    died = children["gone_on"].to_numpy()
    address = children["address"].to_numpy()
    entry = _entries("D", children, died)
    sink.table({
        "ENTRY_NO": entry, "REGISTERED_ON": calendar.iso(died + 5), "DISTRICT": desk.towns(address),
        "NHS_NUMBER": children["nhs"].to_numpy(object), "SURNAME": seen.family,
        "FORENAMES": _given(seen.forename, children), "SEX": lettered(children["male"].to_numpy()),
        "DOB": calendar.iso(seen.born), "DIED_ON": calendar.iso(died), "POSTCODE": desk.postcodes(address),
    }, rows=len(children))  # fmt: skip
    desk.remember("deaths", "ons", entry, child_ids(children["person"].to_numpy()))


def school_census(sink: Sink, chunk: Chunk, desk: Desk) -> None:
    """One row for each pupil of a state school; a pupil of two schools has two."""
    every = chunk.children
    here = (every["school"] >= 0) & ~every["independent"]
    two = here & (every["school_2"] >= 0)
    rows = np.concatenate([np.flatnonzero(here), np.flatnonzero(two)])
    second = np.arange(len(rows)) >= int(here.sum())
    children = every.iloc[rows].reset_index(drop=True)
    school = np.where(second, children["school_2"], children["school"]).astype(np.int64)
    status = np.where(second, "S", np.where(children["school_2"] >= 0, "M", "C")).astype(object)
    columns, keys = census_columns(children, school, status, desk)
    sink.table(columns, rows=len(children))
    desk.remember("school_census", "dfe", keys, child_ids(children["person"].to_numpy()))


def census_columns(children: pd.DataFrame, school: Ints, status: Texts, desk: Desk) -> tuple[dict[str, object], Texts]:
    """The columns of the census for these pupils, and the key of each row."""
    seen = errors.blur(children, desk.level(rates.USUAL), desk.world, desk.rng)
    count = len(children)
    # The school of a family in hiding has been told to write down no address.
    address = np.where(children["shielded"], -1, seen.address).astype(np.int64)
    schools = desk.world.schools
    dfe = np.array([a.dfe for a in fixed.AUTHORITIES])[schools["authority"].to_numpy()[school]]
    estab = schools["estab"].to_numpy()[school]
    laestab = (dfe * 10_000 + estab).astype(str).astype(object)
    reference = matching_reference(children["person"].to_numpy())
    year = calendar.school_year(desk.as_at)
    group = children["year_group"].to_numpy()
    upn = held_upns(children, seen.borrowed, desk)
    former = np.where(seen.preferred == "", children["former"].to_numpy(object), "")
    former = np.where(children["adopted"] | (former == seen.family) | ~desk.some(count, 0.6), "", former)
    columns: dict[str, object] = {
        "PupilMatchingRef": reference, "AcademicYear": f"{year}/{year + 1}", "CensusTerm": "Autumn",
        "LA": dfe, "Estab": estab, "LAEstab": laestab, "URN": schools["urn"].to_numpy()[school], "UPN": upn,
        "FormerUPN": children["upn_old"].to_numpy(object), "Surname": seen.family, "Forename": seen.forename,
        "MiddleNames": children["middle"].to_numpy(object), "PreferredSurname": seen.preferred,
        "FormerSurname": former.astype(object), "Sex": lettered(children["male"].to_numpy()),
        "DOB": calendar.iso(seen.born), "EnrolStatus": status,
        "EntryDate": calendar.iso(children["entered"].to_numpy()), "LeavingDate": "",
        "NCYearActual": np.where(group < 0, "N2", np.where(group == 0, "R", group.astype(str))).astype(object),
        "Postcode": desk.postcodes(address), "AddressLine1": desk.streets(address), "AddressLine2": "",
        "AddressLine3": "", "AddressLine4": desk.towns(address), "AddressLine5": "", "UPRN": uprns(address),
        # Known to be in the genuine file, and not to be let in: these are drawn from nothing.
        "Ethnicity": "NOBT", "FSMeligible": "0", "EVERFSM_6": "0", "Language": "ENG", "SENProvision": "N",
        "IDACI_S": "0.1",
    }  # fmt: skip
    return columns, np.asarray(laestab + "/" + reference, dtype=object)


def matching_reference(person: Ints) -> Texts:
    """The reference by which the census knows a pupil from year to year."""
    return np.asarray("PMR" + scrambled(person, "census"), dtype=object)


def held_upns(children: pd.DataFrame, borrowed: Ints, desk: Desk) -> Texts:
    """The UPNs as schools hold them: some lack one, some have a temporary one, a few have another pupil's."""
    upn = _borrow(children, "upn", borrowed)
    lacking = desk.rng.random(len(children)) > rates.UPN_HELD
    if desk.faultless:
        return upn
    given = lacking & (upn != "") & (desk.rng.random(len(children)) < 0.3)
    upn[given] = temporary_upns(upn[given])
    upn[lacking & ~given] = ""
    return upn


CHILD_BENEFIT = {
    "MTH": "mother", "FTH": "father", "STPPRN": "step_parent", "GRMTH": "grandmother", "GRFTH": "grandfather",
    "PRNFOST": "foster_carer",
}  # fmt: skip


def child_benefit(sink: Sink, chunk: Chunk, desk: Desk, claimants: pd.DataFrame | None = None) -> None:
    """One row for each child of a claim; the one who is paid is a carer, which proves nothing more."""
    bonds = claimants if claimants is not None else _claims(chunk, desk)
    bonds = bonds.sort_values(["adult", "child"], ignore_index=True)
    row, adult = bonds["child"].to_numpy(), bonds["adult"].to_numpy()
    children = chunk.children.iloc[row].reset_index(drop=True)
    seen = errors.blur(children, desk.level(rates.USUAL), desk.world, desk.rng)
    adults = chunk.adults
    first = ~bonds["adult"].duplicated().to_numpy()
    start = np.flatnonzero(first)[np.cumsum(first) - 1]
    address = seen.address[start]
    reference = np.asarray("CHB" + scrambled(adults["person"].to_numpy(np.int64)[adult], "claims"), dtype=object)
    sequence = np.arange(len(row)) - start + 1
    since = np.maximum(children["born"].to_numpy(), bonds["since"].to_numpy()) + (0 if desk.faultless else 14)
    nino = adults["nino"].to_numpy(object)[adult].copy()
    nino[desk.some(len(row), 0.01)[start]] = ""
    sink.table({
        "CLAIM_REF": reference, "CLAIM_FROM": calendar.iso(since[start]), "CLAIM_TO": "", "CLAIMANT_NINO": nino,
        "CLAIMANT_SURNAME": adults["family"].to_numpy(object)[adult],
        "CLAIMANT_FORENAMES": adults["forename"].to_numpy(object)[adult],
        "CLAIMANT_DOB": calendar.iso(adults["born"].to_numpy(np.int64)[adult]),
        "CLAIMANT_RELATIONSHIP": bonds["relation"].map(CHILD_BENEFIT).to_numpy(object)[start],
        "ADDRESS_1": desk.streets(address), "ADDRESS_2": "", "ADDRESS_3": desk.towns(address), "ADDRESS_4": "",
        "POSTCODE": desk.postcodes(address), "CHILD_SEQ": sequence, "CHILD_SURNAME": seen.family,
        "CHILD_FORENAMES": _given(seen.forename, children), "CHILD_DOB": calendar.iso(seen.born),
        "CHILD_SEX": lettered(children["male"].to_numpy()), "CHILD_FROM": calendar.iso(since), "CHILD_TO": "",
    }, rows=len(row))  # fmt: skip
    people = child_ids(children["person"].to_numpy())
    desk.remember("child_benefit", "dwp", reference + "/" + sequence.astype(str).astype(object), people)
    desk.remember("child_benefit", "dwp", reference[first], adult_ids(chunk, adult[first]))


def _claims(chunk: Chunk, desk: Desk) -> pd.DataFrame:
    """For each household that claims, the first carer at home and the children."""
    children = chunk.children
    gone = (children["left"] != "") | children["died"] | children["foster"] | children["shielded"]
    bonds = chunk.bonds[chunk.bonds["at_home"] & (chunk.bonds["order"] == 1)]
    bonds = bonds[~gone.to_numpy()[bonds["child"].to_numpy()]]
    claiming = desk.rng.random(len(chunk.adults)) < 0.9
    claimed: pd.DataFrame = bonds.loc[claiming[bonds["adult"].to_numpy()]]
    return claimed


def _borrow(children: pd.DataFrame, column: str, borrowed: Ints) -> Texts:
    """Everybody's identifier, but for some that of another."""
    own = children[column].to_numpy(object).copy()
    rows = np.flatnonzero(borrowed >= 0)
    theirs = own[borrowed[rows]]
    own[rows] = np.where((theirs == "") | (own[rows] == ""), own[rows], theirs)
    return own


def _parents(chunk: Chunk, relation: str, rows: Ints) -> tuple[Texts, Texts]:
    adult = carer_of(chunk, relation)[rows]
    return take(chunk.adults["family"].to_numpy(object), adult), take(chunk.adults["forename"].to_numpy(object), adult)


def _given(forename: Texts, children: pd.DataFrame) -> Texts:
    middle = children["middle"].to_numpy(object)
    return np.asarray(np.where(middle == "", forename, forename + " " + middle), dtype=object)


def _entries(letter: str, children: pd.DataFrame, days: Ints) -> Texts:
    year = days.astype("datetime64[D]").astype("datetime64[Y]").astype(str).astype(object)
    number = scrambled(children["person"].to_numpy(np.int64), letter)
    return np.asarray(letter + year + "-" + number, dtype=object)
