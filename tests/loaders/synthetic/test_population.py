"""The population is like a real one in what matters for matching, and its records err as often as measured ones do."""

import json

import pandas as pd
import pytest

from loaders.synthetic.names import variants
from tests.loaders.synthetic.conftest import CHILDREN, Day


def _children(day: Day) -> pd.DataFrame:
    people = day.truth("person")
    return people[people["kind"] == "child"].set_index("person")


def _errors(
    rows: pd.DataFrame, people: "pd.Series[str]", columns: tuple[str, str, str, str], day: Day
) -> "pd.Series[float]":
    """The share of records that differ from the truth, by what differs."""
    true = _children(day).reindex(people.to_numpy()).reset_index(drop=True)
    said = rows[list(columns)].set_axis(["forename", "family", "dob", "postcode"], axis=1).reset_index(drop=True)
    wrong = pd.DataFrame(
        {
            "moved": (said["postcode"] != true["postcode"]) & (said["postcode"] != ""),
            "forename": said["forename"].str.split(" ").str[0] != true["forename"].str.split(" ").str[0],
            "family": said["family"] != true["family"],
            "dob": said["dob"] != true["dob"],
        }
    )
    shares: pd.Series[float] = pd.concat([wrong.mean(), pd.Series({"any": wrong.any(axis=1).mean()})])
    return shares


def test_the_population_has_its_size_its_twins_and_its_families(day: Day) -> None:
    children = _children(day)
    assert len(children) == CHILDREN + 15
    twins = (children["twin_of"] != "") | children.index.isin(children["twin_of"])
    assert 0.026 < twins.mean() < 0.033
    born = children.loc[children["twin_of"] != ""]
    assert (born["dob"].to_numpy() == children.loc[born["twin_of"], "dob"].to_numpy()).all()
    sizes = children.groupby("household").size()
    assert 1.6 < sizes.mean() < 2.0
    assert 0.40 < (sizes == 1).mean() < 0.52
    assert 0.28 < (children["postcode_before"] != "").mean() < 0.45
    assert 0.02 < (children["authority"] != children["authority_before"]).mean() < 0.06
    for flag in ("adopted", "shielded", "fostered", "left_england", "died_on", "former_family"):
        assert (children[flag] != "").sum() >= 10
    assert ((children["school_urn"] == "") & (children["practice"] == "")).mean() > 0.002
    assert children["culture"].nunique() == 9


def test_some_children_are_mothers(day: Day) -> None:
    people, records = day.truth("person"), day.truth("records")
    related = records[(records["feed"] == "pds") & (records["key"].str.len() == 8)]
    assert related["person"].isin(people.loc[people["kind"] == "child", "person"]).sum() >= 2


@pytest.mark.parametrize(
    ("feed", "supplier", "columns", "service", "times"),
    [
        ("school_census", "dfe", ("Forename", "Surname", "DOB", "Postcode"), "", 1.0),
        ("child_benefit", "dwp", ("CHILD_FORENAMES", "CHILD_SURNAME", "CHILD_DOB", "POSTCODE"), "", 1.0),
        ("involvements", "communityhealth", ("FORENAMES", "SURNAME", "DOB", "POSTCODE"), "", 0.93),
        ("involvements", "northshire", ("FORENAMES", "SURNAME", "DOB", "POSTCODE"), "NS-SOCIAL", 1.9),
    ],
)
def test_records_err_as_often_as_measured_ones(
    day: Day, feed: str, supplier: str, columns: tuple[str, str, str, str], service: str, times: float
) -> None:
    rows = day.table(feed, supplier)
    match feed:
        case "school_census":
            keys = rows["LAEstab"] + "/" + rows["PupilMatchingRef"]
        case "child_benefit":
            keys = rows["CLAIM_REF"] + "/" + rows["CHILD_SEQ"]
        case _:
            rows = rows[(rows["END_DATE"] == "") & rows["SERVICE_ID"].str.startswith(service)]
            keys = rows["INVOLVEMENT_ID"]
    found = _errors(rows, keys.map(day.person_of(feed, supplier)), columns, day)
    assert found["moved"] >= 0.10 * times
    assert found["forename"] >= 0.05 * times
    assert found["family"] >= 0.04 * times
    # Some four hundred social care records are too few to see so rare an error as often as it is meant.
    assert found["dob"] >= (0.007 if not service else 0.005)
    assert 0.19 * min(times, 1.6) <= found["any"] < 0.45


def test_a_name_without_another_form_is_no_oftener_one_letter(day: Day) -> None:
    """Short forms are mostly British: if the others became initials, one culture would err worse than the next."""
    census = day.table("school_census")
    people = (census["LAEstab"] + "/" + census["PupilMatchingRef"]).map(day.person_of("school_census"))
    true = people.map(_children(day)["forename"]).str.split(" ").str[0]
    said = census["Forename"].str.split(" ").str[0]
    wrong = (said != true) & (said != "") & true.notna()

    for has_forms in (True, False):
        mine = said[wrong & (true.isin(variants()) == has_forms)]
        assert len(mine) > 100
        assert 0.01 < (mine.str.len() == 1).mean() < 0.12


def test_identifiers_are_lacking_temporary_and_sometimes_another_childs(day: Day) -> None:
    census = day.table("school_census")
    keys = census["LAEstab"] + "/" + census["PupilMatchingRef"]
    own = keys.map(day.person_of("school_census")).map(_children(day)["upn"])
    temporary = census["UPN"].str[-1:].str.isalpha()
    wrong = (census["UPN"] != "") & ~temporary & (census["UPN"] != own)
    assert wrong.mean() >= 0.0004
    older = pd.to_numeric(census["NCYearActual"], errors="coerce").fillna(-1) >= 1
    held = (census["UPN"] != "") & ~temporary
    assert 0.91 < held[older].mean() < 0.95
    assert temporary.sum() > 100
    trust = day.table("involvements", "communityhealth")
    people = trust["INVOLVEMENT_ID"].map(day.person_of("involvements", "communityhealth"))
    shared = people.groupby(trust["NHS_NUMBER"]).nunique()
    assert (shared.drop("", errors="ignore") > 1).sum() >= 5


def test_practice_and_school_can_be_joined_for_most_children_who_have_both(day: Day) -> None:
    """Names, birth date and postcode alone, over every variant that either register holds, unique."""
    parts = ["forename", "family", "dob", "postcode"]
    patients: list[tuple[str, ...]] = []
    registered: set[str] = set()
    for line in day.lines("pds"):
        one = json.loads(line)
        if one["resourceType"] != "Patient" or "name" not in one:
            continue
        if one.get("generalPractitioner"):
            registered.add(one["id"])
        places = [place["postalCode"] for place in one.get("address", [])]
        named = [(name["given"][0], name["family"]) for name in one["name"]]
        patients += [(*name, one["birthDate"], place, one["id"]) for name in named for place in places]
    pds = pd.DataFrame(patients, columns=[*parts, "nhs"]).drop_duplicates()
    census = day.table("school_census").assign(key=lambda f: f["LAEstab"] + "/" + f["PupilMatchingRef"])
    surnames = ["Surname", "PreferredSurname", "FormerSurname"]
    pupils = pd.concat(
        [
            census[["Forename", surname, "DOB", "Postcode", "key"]].set_axis([*parts, "key"], axis=1)
            for surname in surnames
        ]
    )
    pupils = pupils[(pupils["family"] != "") & (pupils["postcode"] != "")]
    found = pupils.merge(pds, on=parts)[["key", "nhs"]].drop_duplicates()
    unique = found.groupby("key")["nhs"].transform("nunique") == 1
    found = found[unique].assign(pupil=lambda f: f["key"].map(day.person_of("school_census")))
    found["patient"] = found["nhs"].map(day.person_of("pds"))
    right = set(found.loc[found["pupil"] == found["patient"], "pupil"])
    both = set(day.person_of("school_census")) & set(day.person_of("pds").reindex(sorted(registered)))
    assert len(both & right) / len(both) >= 0.87
    assert (found["pupil"] != found["patient"]).sum() <= 3


def test_sensitive_services_have_a_basis_but_for_a_few(day: Day) -> None:
    kinds = pd.concat([day.table("directory", name) for name in ("northshire", "southmere")])
    kind_of = kinds.set_index("SERVICE_ID")["KIND"]
    rows = pd.concat([day.table("involvements", name) for name in ("communityhealth", "haven")])
    kind = rows["SERVICE_ID"].map(kind_of)
    assert kind.notna().all()
    sensitive = rows[kind.isin(["mental_health", "sexual_health", "substance_misuse"])]
    broken = (sensitive["BASIS"] == "public_task").sum()
    assert 0 < broken < 0.06 * len(sensitive)
    consent = sensitive[sensitive["BASIS"] == "consent"]
    assert (consent["CONSENT_DATE"] != "").all()
    assert {"significant_harm"} < set(sensitive["BASIS"])


def test_every_record_of_the_truth_is_in_its_file_and_the_reverse(day: Day) -> None:
    records = day.truth("records")
    # Two pupils with one UPN have one key in the transfer file: the loader refuses the second.
    unique = records[records["feed"] != "common_transfer_file"]
    assert not unique.duplicated(["feed", "supplier", "key"]).any()
    births = set(day.table("births")["ENTRY_NO"])
    entered = records.loc[records["feed"] == "births", "key"].str.partition("/")[0]
    assert births == set(entered)
    for supplier in ("northshire", "healthvisiting", "hillbrook"):
        keys = set(day.table("involvements", supplier)["INVOLVEMENT_ID"])
        mine = records[(records["feed"] == "involvements") & (records["supplier"] == supplier)]
        assert keys == set(mine["key"])
    assert set(records["person"]) <= set(day.truth("person")["person"])
