"""The benchmark of other people's files: what it prints, and what it says where a file or a word is wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks import matching
from tests.loaders.who.test_linking import AMELIA, town

pytestmark = pytest.mark.slow

WORDS = {
    "key": "ID",
    "given_names": "First",
    "family_name": "Last",
    "date_of_birth": "Born",
    "postcode": "PC",
    "address": ["Street"],
    "other": ["Ref"],
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two files of invented people, their columns and their truth."""
    right = [*town(150), AMELIA]
    left = [{**row, "key": f"l{row['key']}"} for row in right[::2]]
    left[0]["family_name"] += "x"
    for name, rows in (("left", left), ("right", right)):
        frame = pd.DataFrame(
            {
                "ID": [row["key"] for row in rows],
                " First": [row["given_names"] for row in rows],
                "Last": [row["family_name"] for row in rows],
                "Born": [row["date_of_birth"] for row in rows],
                "PC": [row["postcode"] for row in rows],
                "Street": [row["address"] for row in rows],
                "Ref": [f"R{row['key'].removeprefix('l'):>9}" for row in rows],
            }
        )
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    pairs = [f"{row['key']},{row['key'][1:]}" for row in left]
    (tmp_path / "truth.csv").write_text("\n".join(["left,right", *pairs]) + "\n")
    (tmp_path / "columns.json").write_text(json.dumps(WORDS))
    return tmp_path


def run(folder: Path, *more: str, files: tuple[str, ...] = ("left.csv", "right.csv")) -> int:
    """The exit code of the command in this folder."""
    named = [str(folder / name) for name in files]
    return matching.main(
        [*named, "--columns", str(folder / "columns.json"), "--truth", str(folder / "truth.csv"), *more]
    )


@pytest.fixture
def report(files: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What the command tells in JSON of these files."""

    def told(*more: str, **options: Any) -> Any:
        assert run(files, "--json", *more, **options) == 0
        return json.loads(capsys.readouterr().out)

    return told


def test_the_report_is_one_object(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files, "--json") == 0

    out = capsys.readouterr().out
    report = json.loads(out)
    assert len(out.splitlines()) == 1
    assert set(report) == {"auto", "with_review", "review_share", "seconds", "peak_mb"}
    assert set(report["auto"]) == set(report["with_review"]) == {"precision", "recall", "f1", "links"}
    assert report["auto"]["f1"] > 0.97
    assert report["peak_mb"] > 0


def test_it_is_told_in_words_too(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files) == 0
    assert "To review:" in capsys.readouterr().out


def test_words_may_stand_under_left_and_right(files: Path, report: Callable[..., Any]) -> None:
    (files / "columns.json").write_text(json.dumps({"left": WORDS, "right": WORDS}))

    assert report()["auto"]["f1"] > 0.97


def test_one_file_is_joined_with_itself(files: Path, report: Callable[..., Any]) -> None:
    both = pd.concat([pd.read_csv(files / "left.csv", dtype=str), pd.read_csv(files / "right.csv", dtype=str)])
    both.to_csv(files / "both.csv", index=False)

    once = report(files=("both.csv",))
    twice = report(files=("both.csv", "both.csv"))

    assert once["auto"] == twice["auto"]
    assert once["auto"]["f1"] > 0.97


def test_columns_may_be_absent_and_rows_have_their_number_as_key(files: Path, report: Callable[..., Any]) -> None:
    (files / "columns.json").write_text(json.dumps({"given_names": "First"}))
    (files / "truth.csv").write_text("left,right\n1,1\n")

    assert report()["auto"]["links"] == 0


def test_the_truth_changes_no_link(files: Path, report: Callable[..., Any]) -> None:
    told = report("--train")
    (files / "truth.csv").write_text("left,right\n")
    untold = report("--train")

    assert told["auto"]["links"] == untold["auto"]["links"]
    assert untold["auto"] | {"links": 0} == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "links": 0}


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("columns.json", "{", 2, "columns.json is no JSON"),
        ("columns.json", "[]", 2, "must be an object"),
        ("columns.json", '{"surname": "Last"}', 2, "`surname` is none of our words"),
        ("columns.json", '{"family_name": "Surname"}', 2, "left.csv has no column `Surname`"),
        ("columns.json", '{"family_name": 3}', 2, "`family_name` must be the name of a column"),
        ("columns.json", '{"left": {}, "key": "ID"}', 2, "put all words below these two"),
        ("columns.json", '{"left": {"other": ["Ref"]}, "right": {}}', 2, "must name as many columns"),
        ("truth.csv", "l,r\n", 1, "truth.csv has no column `left`"),
        ("truth.csv", "left,right\nnobody,c1\n", 1, "1 keys that are not in left.csv, the first of them in row 1"),
        ("left.csv", "", 1, "left.csv is empty"),
        ("left.csv", "ID,ID\n", 1, "left.csv has two columns `ID`"),
        ("left.csv", "ID,First,Last,Born,PC,Street,Ref\n1,2\n", 1, "row 1 has 2 cells, the headings are 7"),
        (
            "left.csv",
            "ID,First,Last,Born,PC,Street,Ref\n1,,,,,,\n1,,,,,,\n",
            1,
            "left.csv: The key of row 2 stands twice",
        ),
    ],
)
def test_what_is_wrong_is_named_with_the_remedy(
    files: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, code: int, said: str
) -> None:
    (files / name).write_text(text)

    assert run(files, "--json") == code

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_a_file_that_is_not_there_or_no_text_is_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files, files=("none.csv",)) == 1
    assert "none.csv cannot be read" in capsys.readouterr().err
    (files / "left.csv").write_bytes(b"ID\n\xff\n")
    assert run(files) == 1
    assert "left.csv is not UTF-8" in capsys.readouterr().err
