"""The look-up from postcode to children's authority."""

import pandas as pd
import pytest

from graph.model.errors import NotFound
from loaders import areas, registry
from tests.loaders.golden import checked, sample_of


def rows(*triples):
    return pd.DataFrame(triples, columns=["postcode", "district", "county"], dtype="string[pyarrow]")


def asked(found, *postcodes):
    return found.authority_of(pd.Series(list(postcodes), dtype="string[pyarrow]")).fillna("unknown").tolist()


def test_a_district_of_a_shire_answers_by_its_county(tmp_path):
    lookup = checked(registry.FEEDS["postcodes"], sample_of("postcodes")).lookup

    found = areas.build(tmp_path, lookup, full=True, version="one")

    assert asked(found, "NS1 1AA", "SX1 1AA") == ["E10000099", "E06000901"]


def test_wales_the_unplaced_and_the_unheard_of_have_no_authority(tmp_path):
    lookup = checked(registry.FEEDS["postcodes"], sample_of("postcodes")).lookup

    found = areas.build(tmp_path, lookup, full=True, version="one")

    assert asked(found, "CF10 9ZZ", "GY1 1ZZ", "ZZ99 3VZ", None) == ["unknown"] * 4


def test_the_look_up_is_there_after_it_was_built(tmp_path):
    areas.build(tmp_path / "derived", rows(["A1 1AA", "E06000001", None]), full=True, version="seven")

    found = areas.open_areas(tmp_path / "derived")

    assert found.version == "seven"
    assert len(found) == 1
    assert asked(found, "A1 1AA") == ["E06000001"]


def test_a_full_file_replaces_and_a_delta_is_laid_over(tmp_path):
    areas.build(tmp_path, rows(["A1 1AA", "E06000001", None], ["B1 1AA", "E08000001", None]), full=True, version="1")

    found = areas.build(tmp_path, rows(["B1 1AA", "E09000001", None]), full=False, version="2")
    assert asked(found, "A1 1AA", "B1 1AA") == ["E06000001", "E09000001"]

    found = areas.build(tmp_path, rows(["C1 1AA", "E09000001", None]), full=True, version="3")
    assert asked(found, "A1 1AA", "C1 1AA") == ["unknown", "E09000001"]


def test_the_one_before_comes_back(tmp_path):
    areas.build(tmp_path, rows(["A1 1AA", "E06000001", None]), full=True, version="1")
    areas.build(tmp_path, rows(["A1 1AA", "E06000002", None]), full=True, version="2")

    assert asked(areas.restore(tmp_path), "A1 1AA") == ["E06000001"]
    assert areas.restore(tmp_path) is None
    with pytest.raises(NotFound, match="Load the postcodes feed first"):
        areas.open_areas(tmp_path)


def test_an_authority_that_was_renumbered_goes_by_the_code_of_the_register(tmp_path):
    sheffield = rows(["S1 1AA", "E08000039", None])

    old = areas.build(tmp_path, sheffield, full=True, version="1", authorities={"E08000019"})
    assert asked(old, "S1 1AA") == ["E08000019"]

    new = areas.build(tmp_path, sheffield, full=True, version="2", authorities={"E08000039"})
    assert asked(new, "S1 1AA") == ["E08000039"]
