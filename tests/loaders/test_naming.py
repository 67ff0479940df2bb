"""What a file's name says, and what is said beside it."""

import datetime as dt
from pathlib import Path

import pytest

from graph.model.file_names import Name, WrongName
from loaders import naming, registry

TODAY = dt.date(2026, 11, 21)
PDS = registry.FEEDS["pds"]


def test_a_name_of_our_form_says_everything():
    name = naming.name_of(Path("pds.nhs.2026-10-20.delta.jsonl.zst"), PDS)

    assert name == Name("pds", "nhs", dt.date(2026, 10, 20), False, "jsonl")
    assert name.file_name() == "pds.nhs.2026-10-20.delta.jsonl"


def test_another_name_is_the_publishers_full_file_of_today():
    name = naming.name_of(Path("extract.jsonl.gz"), PDS, today=TODAY)

    assert name == Name("pds", "nhs", TODAY, True, "jsonl")


def test_what_is_said_beside_the_name_comes_first():
    name = naming.name_of(Path("pds.nhs.2026-10-20.full.jsonl"), PDS, supplier="other", as_at=TODAY, full=False)

    assert name == Name("pds", "other", TODAY, False, "jsonl")


@pytest.mark.parametrize("wrong", ["births.ons.2026-10-20.full.csv", "pds.nhs.2026-02-30.full.jsonl"])
def test_a_name_that_cannot_be_meant_is_named(wrong):
    with pytest.raises(WrongName, match=r"births|2026-02-30"):
        naming.name_of(Path(wrong), PDS)
