"""Trials with the real files beside the project: every refusal and every skip of them is explained here."""

from collections import Counter
from pathlib import Path

import pytest

from loaders import areas, registry
from tests.loaders.golden import checked

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"The real files are not in {DATA}: put them beside the project."
)
FEEDS = registry.FEEDS


def test_every_authority_of_the_department_is_kept():
    found = checked(FEEDS["authorities"], DATA / "ons" / "derived_dfe_la_code_to_gss.csv")

    assert (found.rows, found.kept, found.would_load) == (153, 153, True)


def test_6022_schools_of_2017_are_kept_and_a_row_of_empty_cells_is_refused():
    found = checked(FEEDS["schools"], DATA / "gias" / "edubasealldata_2017_6023_schools.csv")

    assert (found.rows, found.kept) == (6023, 6022)
    # One row of the file holds 140 empty cells, so it has no URN.
    assert found.refused == {"missing_value": 1}
    assert found.skipped == {}
    assert found.would_load


def test_the_schools_of_2024_are_kept_but_for_one_in_dubai():
    found = checked(FEEDS["schools"], DATA / "gias" / "edubasealldata_sample8_202402_itt.csv")

    assert (found.rows, found.kept, found.refused) == (8, 7, {})
    assert found.skipped == {"not_in_england": 1}
    # A spreadsheet took the leading zeros of the telephone numbers, and we do not guess that they were there.
    assert "TelephoneNum: 6 bad values left out (bad_telephone)." in found.warnings


def test_the_schools_of_2021_are_half_welsh():
    found = checked(FEEDS["schools"], DATA / "gias" / "edubasealldata_sample99_202105_npq.csv")

    # 139 columns: `AccreditationExpiryDate` and `FSM` were not there yet, `CensusAreaStatisticWard (name)` still was.
    assert (found.rows, found.kept, found.refused) == (99, 48, {})
    assert found.skipped == {"not_in_england": 51}
    assert set(found.tidy.records["telephone"].dropna()) == set()


def test_the_33_columns_of_state_schools_are_enough():
    found = checked(FEEDS["schools"], DATA / "gias" / "edubaseallstatefunded_sample.csv")

    assert (found.rows, found.kept) == (5, 5)
    assert found.tidy.records["status"].tolist() == ["open"] * 5


def test_6220_gp_practices_are_active_in_england():
    found = checked(FEEDS["gp_practices"], DATA / "ods" / "epraccur_2025-09.csv")

    assert found.rows == 16685
    # 8,655 rows have prescribing setting 4; those of Wales (grouping W00) are not in England.
    assert found.skipped == {"not_a_gp_practice": 16685 - 8655, "not_in_england": 422}
    assert found.refused == {}
    status = Counter(found.tidy.records["status"])
    assert status["active"] == 6220
    assert sum(status.values()) == 8655 - 422
    # One practice has a postcode that no postcode is shaped like.
    assert [one for one in found.warnings if one.startswith("10:")] == ["10: 1 bad value left out (bad_postcode)."]


@pytest.mark.slow
def test_every_postcode_of_code_point_is_kept_and_every_english_one_has_its_authority(tmp_path):
    known = set(checked(FEEDS["authorities"], DATA / "ons" / "derived_dfe_la_code_to_gss.csv").tidy.records["key"])
    parts = sorted((DATA / "codepoint").glob("*.zip"))
    rows = 0
    for number, part in enumerate(parts):
        found = checked(FEEDS["postcodes"], part)
        assert found.rows == found.kept
        rows += found.rows
        lookup = areas.build(tmp_path, found.lookup, full=number == 0, version=part.name, authorities=known)
        # Whatever has an English district has an authority that the register of authorities knows.
        answered = lookup.authority_of(found.lookup["postcode"])
        english = found.lookup["district"].str.startswith("E").fillna(False).astype(bool)
        assert answered[english].notna().all()
        assert set(answered.dropna()) <= known

    assert rows == 1_745_849
    assert len(lookup) == rows


PDS = {
    # A template: its names and addresses are placeholders where lists belong, and nine entries are no people.
    "create-pds-record-at-birth-maximal.json": (
        12,
        0,
        {"wrong_shape": 2},
        {"only_a_reference": 1, "other_resource": 9},
    ),
    "fuzzy_multimatch_searchset.json": (20, 0, {}, {"not_a_child": 20}),
    "new_pds_record_at_birth.json": (1, 1, {}, {}),
    "patient_5900046192.json": (1, 0, {}, {"not_a_child": 1}),
    "patient_9000000009.json": (1, 1, {}, {}),
    "patient_9000000025.json": (1, 1, {}, {}),
    # An NHS number and nothing else: there is no name or birth date by which to know anybody.
    "patient_9000000033.json": (1, 0, {"missing_value": 1}, {}),
    "patient_9736363015.json": (1, 0, {}, {"not_a_child": 1}),
    # The second of the two only points at the record of another patient.
    "related_person_9000000009.json": (2, 1, {}, {"only_a_reference": 1}),
    "related_person_9000000017.json": (1, 1, {}, {}),
    "sandbox_Minimal_Patient.json": (1, 0, {"missing_value": 1}, {}),
    "sandbox_Patient.json": (1, 1, {}, {}),
    # Its number, made up for a test of names, fails modulus 11.
    "sandbox_PatientCompoundName.json": (1, 0, {"bad_nhs_number": 1}, {}),
    "sandbox_PatientSearch.json": (1, 1, {}, {}),
    "sandbox_Personal_Details_RelatedPersonBundle.json": (1, 1, {}, {}),
    "sandbox_Referenced_RelatedPersonBundle.json": (1, 0, {}, {"only_a_reference": 1}),
    "sandbox_RelatedPersonBundle.json": (1, 1, {}, {}),
    "sandbox_Sensitive_Patient.json": (1, 1, {}, {}),
}


@pytest.mark.parametrize("name", PDS)
def test_each_example_of_the_demographics_service_is_explained(name):
    found = checked(FEEDS["pds"], DATA / "pds_fhir" / name)

    assert (found.rows, found.kept, found.refused, found.skipped) == PDS[name]


def test_no_example_of_the_demographics_service_is_left_untried():
    assert {path.name for path in (DATA / "pds_fhir").iterdir()} == set(PDS)


def test_the_restricted_example_keeps_its_place_to_itself():
    tidy = checked(FEEDS["pds"], DATA / "pds_fhir" / "patient_9000000025.json").tidy

    assert tidy.records["restricted"].tolist() == [True]
    assert tidy.facts.empty
