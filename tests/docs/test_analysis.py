"""The analyst's session of docs/analysis.md, run on a small graph."""

import re
import warnings
from datetime import date
from pathlib import Path

import pytest

from graph.settings import Settings
from graph.store import Database
from tests import builders

PAGE = Path("docs/analysis.md")
SOUTHMERE = "E06000901"


def test_the_session_counts_and_plots(
    db: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_two_areas(db)
    monkeypatch.chdir(tmp_path)

    said = run_session(PAGE_BLOCKS)

    assert said["children"].to_dict("list") == {"area": ["Northshire", "Southmere"], "children": [12, 3]}
    assert said["table"].loc["early_help"].to_dict() == {"Northshire": 11, "Southmere": 1}
    assert said["shown"].loc["early_help", "Northshire"] == 11
    assert said["shown"]["Southmere"].isna().all()
    assert (tmp_path / "involvements.png").stat().st_size > 1000


def test_no_query_of_the_page_returns_a_person() -> None:
    text = "\n".join(PAGE_BLOCKS)

    returned = re.findall(r"RETURN (.*)", text)
    assert returned
    for line in returned:
        columns = [part.split(" AS ")[0].strip() for part in re.split(r",(?![^(]*\))", line)]
        assert not [column for column in columns if column.startswith(("child", "person"))], line
    assert not re.search(r"forename|family_name|date_of_birth|nhs_number|upn", text)


PAGE_BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run_session(blocks: list[str]) -> dict[str, object]:
    """What the names of the session stand for after its last block."""
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        # py2neo 2021.2.4 is at its end of life, and warns of what newer Pythons and pandas will do without.
        warnings.simplefilter("ignore")
        for block in blocks:
            exec(compile(block, str(PAGE), "exec"), names)
        names["graph"].service.connector.close()  # type: ignore[attr-defined]
    return names


def given_two_areas(db: Database) -> None:
    """Twelve children of Northshire and three of Southmere, of whom one is not published yet."""
    builders.given_run(db, run=1)
    builders.given_area(db, name="Northshire")
    builders.given_area(db, gss_code=SOUTHMERE, name="Southmere")
    builders.given_service(db, service_id="NS-HUB", name="Family Hub", kind="early_help")
    for number in range(12):
        child = builders.given_child(db, forename=f"Child{number}")
        if number < 11:
            builders.given_involvement(db, child_id=child, service_id="NS-HUB")
    for number, more in enumerate(({}, {"until": date(2020, 1, 1)}, {"run": 2})):
        child = builders.given_child(db, forename=f"Other{number}", area=SOUTHMERE)
        builders.given_involvement(db, child_id=child, service_id="NS-HUB", **more)
