"""The commands that need no graph: what they print, and their exit codes."""

import json
import stat

import pytest

from graph.model.errors import Unreachable, Unreadable
from graph.model.file_names import WrongName
from loaders import __main__ as command
from loaders import keys, registry
from tests.loaders.golden import sample_of

KEYS = {"feed", "file", "rows", "kept", "refused", "skipped", "warnings", "errors", "would_load", "rejects"}


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIGNPOST_KEYS", raising=False)


def answer(capsys, *words):
    code = command.main([str(word) for word in words])
    return code, capsys.readouterr().out


def test_the_list_shows_every_feed(capsys):
    code, out = answer(capsys, "list")

    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(registry.FEEDS)
    assert "people" in out
    assert "reference" in out


def test_the_list_is_also_json(capsys):
    _, out = answer(capsys, "list", "--json")

    assert [row["feed"] for row in json.loads(out)] == list(registry.FEEDS)


def test_a_check_in_json_is_exactly_one_object(capsys):
    code, out = answer(capsys, "check", "births", sample_of("births"), "--json", "--as-at", "2026-11-01")

    said = json.loads(out)
    assert set(said) == KEYS
    assert said["rows"] == said["kept"] + sum(said["refused"].values()) + sum(said["skipped"].values())
    assert (code, said["would_load"]) == (1, False)


def test_a_good_file_would_load(capsys, tmp_path):
    good = tmp_path / "authorities.ons.2026-11-01.full.csv"
    good.write_text("".join(sample_of("authorities").read_text().splitlines(keepends=True)[:3]))

    code, out = answer(capsys, "check", "authorities", good)

    assert code == 0
    assert "2 rows, 2 kept" in out
    assert out.endswith("It would load.\n")


def test_refused_rows_are_kept_in_the_home_unless_a_folder_is_named(capsys, tmp_path):
    answer(capsys, "check", "births", sample_of("births"))
    answer(capsys, "check", "births", sample_of("births"), "--rejects", tmp_path / "mine")

    assert list((tmp_path / "home" / "rejects").rglob("births.*.delta.csv"))
    assert list((tmp_path / "mine").rglob("births.*.delta.csv"))


def test_a_missing_file_is_unreadable(capsys, tmp_path):
    code = command.main(["check", "births", str(tmp_path / "nowhere.csv")])

    assert code == 3
    assert "nowhere.csv is not a file" in capsys.readouterr().err


def test_a_name_that_says_another_feed_is_wrong_use(tmp_path):
    path = tmp_path / "deaths.ons.2026-11-01.full.csv"
    path.write_text("x")

    assert command.main(["check", "births", str(path)]) == 2


def test_an_unknown_feed_is_wrong_use():
    with pytest.raises(SystemExit) as left:
        command.main(["check", "horoscopes", "x.csv"])
    assert left.value.code == 2


@pytest.mark.parametrize(
    ("error", "code"), [(Unreadable("x"), 3), (Unreachable("x"), 4), (WrongName("x"), 2), (KeyboardInterrupt(), 130)]
)
def test_each_error_has_its_exit_code(monkeypatch, error, code):
    def raising(chosen):
        raise error

    monkeypatch.setattr(command, "_list", raising)

    assert command.main(["list"]) == code


def test_the_key_of_hashes_is_made_once_and_private(tmp_path):
    first = keys.hashing_key(tmp_path / "keys")

    assert keys.hashing_key(tmp_path / "keys") == first
    assert stat.S_IMODE((tmp_path / "keys" / "nino-key").stat().st_mode) == 0o600


def test_a_key_that_is_damaged_is_not_made_anew(tmp_path):
    keys.hashing_key(tmp_path)
    (tmp_path / "nino-key").write_bytes(b"short")

    with pytest.raises(Unreadable, match="Bring it back"):
        keys.hashing_key(tmp_path)


def test_a_population_is_written_and_every_file_of_it_checks(capsys, tmp_path):
    code, _ = answer(capsys, "synthesise", "--children", 200, "--as-at", "2026-11-01", "--seed", 7, tmp_path / "out")
    assert code == 0

    files = sorted(path for path in (tmp_path / "out").iterdir() if path.is_file())
    for path in files:
        code, out = answer(capsys, "check", path.name.split(".")[0], path, "--json")
        said = json.loads(out)
        assert said["rows"] == said["kept"] + sum(said["refused"].values()) + sum(said["skipped"].values()), path.name
        if said["rows"]:
            assert code == 0, f"{path.name}: {said['errors']}"
