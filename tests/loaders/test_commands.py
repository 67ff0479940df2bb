"""The commands that change the graph, as a person and as a scheduler use them."""

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest

from graph.services.canonical import canonical_hash
from graph.services.progress import read_progress
from graph.settings import Settings
from graph.store import Database, database
from loaders.__main__ import main
from loaders.commands import files_of
from tests.builders import given_child, given_run, record_name
from tests.loaders.judged import given_proposal

AUTHORITIES = "dfe_la_code,gss_code,la_name\n990,E10000901,Northshire\n991,E06000901,Southmere\n"
DEATHS = "ENTRY_NO,REGISTERED_ON,DISTRICT,NHS_NUMBER,SURNAME,FORENAMES,SEX,DOB,DIED_ON,POSTCODE\n"
ANA = "D1,2026-11-02,Eastway,,Costa,Ana,F,2017-06-04,2026-11-01,NS1 1AA\n"


def written(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_loaded_shown_listed_and_undone(
    db: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "authorities.ons.2026-11-01.full.csv", AUTHORITIES)
    before = canonical_hash(db)

    assert main(["load", "authorities", str(path), "--json"]) == 0
    loaded = json.loads(capsys.readouterr().out)
    assert (loaded["outcome"], loaded["run"], loaded["rows"], loaded["kept"]) == ("loaded", 1, 2, 2)
    assert main(["load", "authorities", str(path)]) == 0
    assert "already loaded as run 1; nothing was written" in capsys.readouterr().out
    assert main(["show", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "published"
    assert main(["runs"]) == 0
    assert "authorities" in capsys.readouterr().out
    assert main(["undo", "1"]) == 0
    assert canonical_hash(db) == before
    assert main(["undo", "1"]) == 1
    assert "only a published run can be undone" in capsys.readouterr().err
    assert main(["show", "99"]) != 0


def test_a_known_file_is_answered_with_what_was_said_and_writes_nothing(
    db: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = "".join(f"{number},E100{number:05},Area {number}\n" for number in range(100, 140))
    path = written(tmp_path, "authorities.ons.2026-11-01.full.csv", AUTHORITIES + good + "x,E10000902,Nowhere\n")
    rejects = settings.home / "rejects"
    main(["load", "authorities", str(path), "--json"])
    said = json.loads(capsys.readouterr().out)
    shutil.rmtree(rejects)

    assert main(["load", "authorities", str(path), "--json"]) == 0

    again = json.loads(capsys.readouterr().out)
    assert again["outcome"] == "already loaded"
    assert said["refused"] != {}
    assert [again[name] for name in ("run", "rows", "kept", "refused")] == [
        said[name] for name in ("run", "rows", "kept", "refused")
    ]
    assert not rejects.exists()


def test_a_dry_run_says_what_a_load_would_change_and_changes_nothing(
    db: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "authorities.ons.2026-11-01.full.csv", AUTHORITIES)
    told = tmp_path / "progress.json"
    before = canonical_hash(db)

    assert main(["load", "authorities", str(path), "--dry-run", "--json", "--progress", str(told)]) == 0
    tried = json.loads(capsys.readouterr().out)
    assert (tried["outcome"], tried["run"], tried["counts"]) == ("would load", None, {"new": 2})
    assert canonical_hash(db) == before
    ended = read_progress(told)
    assert ended is not None
    assert (ended.stage, ended.code, ended.said) == ("match", 0, "")
    assert main(["load", "authorities", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == tried["counts"]
    assert main(["undo", "2", "--progress", str(told)]) == 1
    assert "There is no run 2" in read_progress(told).said  # type: ignore[union-attr]
    assert main(["undo", "1", "--progress", str(told)]) == 0
    undone = read_progress(told)
    assert undone is not None
    assert (undone.stage, undone.done, undone.total, undone.code) == ("take back", 6, 6, 0)
    assert main(["load", "--all", str(tmp_path), "--dry-run"]) == 2


def test_an_older_or_much_smaller_file_is_refused_unless_it_is_meant(
    db: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["load", "authorities", str(written(tmp_path, "authorities.ons.2026-11-01.full.csv", AUTHORITIES))])
    older = written(tmp_path, "authorities.ons.2026-10-01.full.csv", AUTHORITIES + "\n")
    smaller = written(tmp_path, "authorities.ons.2026-11-02.full.csv", "".join(AUTHORITIES.splitlines(True)[:2]))
    capsys.readouterr()

    assert main(["load", "authorities", str(older)]) == 1
    assert "older than run 1" in capsys.readouterr().out
    assert main(["load", "authorities", str(smaller)]) == 1
    assert "Load it with --smaller if it is whole" in capsys.readouterr().out
    assert main(["load", "authorities", str(smaller), "--smaller"]) == 0


def test_a_folder_is_loaded_in_order_and_a_file_of_no_feed_is_said_and_passed_over(
    db: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    written(folder, "deaths.ons.2026-11-16.full.csv", DEATHS + ANA)
    written(folder, "authorities.ons.2026-11-01.full.csv", AUTHORITIES)
    written(folder, "tides.sea.2026-11-01.full.csv", "a\n1\n")
    written(folder, "notes.txt", "x")

    assert main(["load", "--all", str(folder), "--json"]) == 0

    files = json.loads(capsys.readouterr().out)["files"]
    assert [(file["file"].split(".")[0], file["outcome"]) for file in files] == [
        ("notes", "unknown feed"), ("tides", "unknown feed"), ("authorities", "loaded"), ("deaths", "loaded"),
    ]  # fmt: skip


def test_the_order_is_the_first_file_of_every_sender_feed_by_feed_and_then_the_second(tmp_path: Path) -> None:
    for name in (
        "deaths.ons.2026-11-16.full.csv", "births.ons.2026-11-16.full.csv", "births.ons.2026-10-16.full.csv",
        "pds.nhs.2026-11-16.full.jsonl", "births.else.2026-11-17.full.csv",
    ):  # fmt: skip
        written(tmp_path, name, "")

    files, others = files_of(tmp_path)

    assert others == []
    assert [path.name.rsplit(".", 2)[0] for path, _ in files] == [
        "births.else.2026-11-17", "births.ons.2026-10-16", "pds.nhs.2026-11-16", "deaths.ons.2026-11-16",
        "births.ons.2026-11-16",
    ]  # fmt: skip


def test_a_stopped_feed_takes_no_file_until_it_is_started(
    db: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "authorities.ons.2026-11-01.full.csv", AUTHORITIES)

    assert main(["stop", "authorities"]) == 0
    assert main(["load", "authorities", str(path)]) == 1
    assert "was stopped by os:" in capsys.readouterr().err
    assert main(["start", "authorities"]) == 0
    assert main(["load", "authorities", str(path)]) == 0


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("deaths.ons.2026-11-16.full.csv", "", 3),
        ("deaths.ons.2026-11-16.full.csv", DEATHS + 'D1,"2026', 3),
        ("deaths.ons.2026-11-16.full.csv", DEATHS.replace("POSTCODE", "POSTCODE,NOTES") + ANA, 1),
        ("deaths.ons.2026-11-16.full.csv", DEATHS.replace("DIED_ON,", "") + ANA, 1),
        ("deaths.ons.2026-13-16.full.csv", DEATHS + ANA, 2),
        ("births.ons.2026-11-16.full.csv", DEATHS + ANA, 2),
    ],
    ids=["empty", "cut off", "a column too many", "a column too few", "no such day", "another feed's name"],
)
def test_a_file_that_cannot_be_loaded_changes_nothing_and_says_so_to_a_scheduler(
    db: Database, settings: Settings, tmp_path: Path, name: str, text: str, code: int
) -> None:
    before = canonical_hash(db)

    assert main(["load", "deaths", str(written(tmp_path, name, text))]) == code

    assert canonical_hash(db) == before


def test_a_zip_where_none_is_declared_a_missing_file_and_bad_words_have_codes_of_their_own(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    packed = tmp_path / "deaths.ons.2026-11-16.full.csv"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deaths.csv", DEATHS + ANA)

    assert main(["load", "deaths", str(packed)]) == 3
    assert main(["load", "deaths", str(tmp_path / "nothing.csv")]) == 3
    assert main(["load", "tides", str(packed)]) == 2
    assert main(["load"]) == 2


def test_refused_rows_lie_where_only_their_owner_reads_them(db: Database, settings: Settings, tmp_path: Path) -> None:
    bad = ANA.replace("D1", "D2").replace("2017-06-04", "04/06/2017")
    rows = "".join(ANA.replace("D1", f"D{number}").replace("Ana", f"A{chr(97 + number)}a") for number in range(3, 25))
    path = written(tmp_path, "deaths.ons.2026-11-16.full.csv", DEATHS + ANA + rows + bad)

    assert main(["load", "deaths", str(path)]) == 0

    files = [file for file in (settings.home / "rejects").rglob("*") if file.is_file()]
    assert len(files) == 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_graph_that_cannot_be_reached_is_4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    password = written(tmp_path, "password", "x" * 30)
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:9")
    monkeypatch.setenv("NEO4J_PASSWORD_FILE", str(password))
    monkeypatch.setitem(database._DRIVER, "max_transaction_retry_time", 0.5)

    assert main(["runs"]) == 4


def test_dates_on_the_command_line_are_dates() -> None:
    with pytest.raises(SystemExit):
        main(["load", "deaths", "x", "--as-at", str(date(2026, 11, 1)) + "x"])


def test_what_waits_for_review_is_listed_and_counted_without_a_word_of_whom_it_speaks(
    db: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    given_run(db)
    ana = given_child(db)
    anna = given_child(db, forename="Anna", source="school_census", supplier="hillbrook")
    record = record_name("school_census", "hillbrook", anna)
    given_proposal(db, entry=anna, candidate=ana, record=record, reason="The forenames differ.")

    assert main(["review", "--json"]) == 0
    (case,) = json.loads(capsys.readouterr().out)
    assert (case["case"], case["feed"], case["supplier"]) == (record, "school_census", "hillbrook")
    assert (case["reason"], case["people"], case["stage"]) == ("Forenames differ", 1, "open")
    assert main(["review"]) == 0
    listed = capsys.readouterr().out
    assert f"{record}  school_census from hillbrook, run 1" in listed
    assert "1 case waits." in listed
    assert not any(word in listed for word in ("Ana", "Anna", "Costa", "2017", ana, anna))
    assert main(["review", "--count", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"waiting": 1, "reasons": {"Forenames differ": 1}}
