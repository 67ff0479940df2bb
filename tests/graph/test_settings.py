import re
from pathlib import Path

import pytest

from graph.settings import GIB, MIB, Connection, Settings, SettingsError, readable_size

EXTERNAL = {"NEO4J_URI": "neo4j+s://graph.example", "NEO4J_PASSWORD": "a secret"}


def test_an_empty_environment_gives_the_embedded_server_in_this_folder() -> None:
    settings = Settings.from_environment({})

    assert settings.home == Path(".signpost").resolve()
    assert settings.home.is_absolute()
    assert settings.cache == Path.home() / ".cache" / "signpost"
    assert (settings.external, settings.bolt_port, settings.web_port) == (None, 7687, 8000)
    assert (settings.heap, settings.page_cache, settings.demo) == (GIB, 512 * MIB, False)
    assert settings == Settings()


def test_everything_can_be_moved(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "SIGNPOST_HOME": f"{tmp_path}/home",
            "SIGNPOST_CACHE": f"{tmp_path}/cache",
            "SIGNPOST_BOLT_PORT": "17687",
            "SIGNPOST_HEAP": "4G",
            "SIGNPOST_PAGE_CACHE": "300m",
            "PORT": "8080",
            "SIGNPOST_DEMO": "1",
        }
    )

    assert (settings.home, settings.cache) == (tmp_path / "home", tmp_path / "cache")
    assert (settings.bolt_port, settings.web_port, settings.demo) == (17687, 8080, True)
    assert (settings.heap, settings.page_cache) == (4 * GIB, 300 * MIB)


def test_keys_lie_in_the_home_unless_they_are_moved(tmp_path: Path) -> None:
    at_home = Settings.from_environment({"SIGNPOST_HOME": str(tmp_path)})
    moved = Settings.from_environment({"SIGNPOST_KEYS": f"{tmp_path}/away"})
    named = Settings.from_environment({"SIGNPOST_SECRET_KEY_FILE": f"{tmp_path}/one"})

    assert at_home.secret_key_file == tmp_path / "keys" / "secret-key"
    assert (moved.keys_folder, moved.secret_key_file) == (tmp_path / "away", tmp_path / "away" / "secret-key")
    assert named.secret_key_file == tmp_path / "one"


@pytest.mark.parametrize("scheme", ["bolt", "bolt+s", "neo4j", "neo4j+s"])
def test_a_graph_elsewhere_is_used(scheme: str) -> None:
    settings = Settings.from_environment({"NEO4J_URI": f"{scheme}://graph.example:7687", "NEO4J_PASSWORD": "a secret"})

    assert settings.external == Connection(f"{scheme}://graph.example:7687", "neo4j", "a secret")


def test_a_password_comes_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a secret\nand no more\n", encoding="utf-8")

    settings = Settings.from_environment(
        {"NEO4J_URI": "bolt://graph.example", "NEO4J_USER": "web", "NEO4J_PASSWORD_FILE": f"{tmp_path}/password"}
    )

    assert settings.external == Connection("bolt://graph.example", "web", "a secret")


def test_a_password_is_never_shown() -> None:
    assert "a secret" not in repr(Settings.from_environment(EXTERNAL))


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"NEO4J_URI": "neo4j+ssc://graph.example", "NEO4J_PASSWORD": "x"}, "begins with neo4j+ssc"),
        ({"NEO4J_URI": "http://graph.example", "NEO4J_PASSWORD": "x"}, "begins with http"),
        ({"NEO4J_URI": "graph.example", "NEO4J_PASSWORD": "x"}, "begins with nothing"),
        ({"NEO4J_URI": "bolt://", "NEO4J_PASSWORD": "x"}, "names no machine"),
        ({"NEO4J_URI": "bolt://[::1", "NEO4J_PASSWORD": "x"}, "is not an address"),
        ({"NEO4J_URI": "bolt://me:it@graph.example", "NEO4J_PASSWORD": "x"}, "holds a user or password"),
        ({"NEO4J_URI": "bolt://graph.example"}, "Set NEO4J_PASSWORD_FILE"),
        ({**EXTERNAL, "NEO4J_PASSWORD_FILE": "/x"}, "both set"),
        ({"NEO4J_URI": "bolt://graph.example", "NEO4J_PASSWORD_FILE": "/nowhere/x"}, "NEO4J_PASSWORD_FILE names"),
        ({"SIGNPOST_BOLT_PORT": "seven"}, "SIGNPOST_BOLT_PORT is 'seven'"),
        ({"SIGNPOST_BOLT_PORT": "0"}, "from 1 to 65535"),
        ({"PORT": "65536"}, "PORT is '65536'"),
        ({"SIGNPOST_HEAP": "1024"}, "SIGNPOST_HEAP is '1024'"),
        ({"SIGNPOST_PAGE_CACHE": "0m"}, "like 512m"),
        ({"SIGNPOST_DEMO": "perhaps"}, "neither yes nor no"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(environ: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment(environ)

    assert words in str(refusal.value)


def test_an_empty_password_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="first line is empty"):
        Settings.from_environment({"NEO4J_URI": "bolt://graph.example", "NEO4J_PASSWORD_FILE": f"{tmp_path}/password"})


@pytest.mark.parametrize(("size", "text"), [(3 * GIB // 2, "1.5 GB"), (512 * MIB, "512 MB"), (12 * 1024, "12 KB")])
def test_a_size_is_said_as_people_say_it(size: int, text: str) -> None:
    assert readable_size(size) == text


def test_every_setting_is_in_the_example() -> None:
    source = Path("graph/settings.py").read_text(encoding="utf-8")
    example = Path(".env.example").read_text(encoding="utf-8")
    names = set(re.findall(r'"((?:SIGNPOST|NEO4J)_[A-Z0-9_]+|PORT)"', source))

    assert len(names) > 10
    assert {name for name in names if f"# {name}=" not in example} == set()


def test_passkeys_are_for_this_machine_unless_an_address_is_given() -> None:
    assert Settings.from_environment({"PORT": "8080"}).origin == "http://localhost:8080"
    assert Settings.from_environment({"SIGNPOST_ORIGIN": "https://Signpost.example/"}).origin == (
        "https://signpost.example"
    )


@pytest.mark.parametrize(
    "origin",
    ["signpost.example", "http://signpost.example", "https://signpost.example/path", "https://a@b", "https://"],
)
def test_an_address_for_which_no_passkey_is_made_is_refused(origin: str) -> None:
    with pytest.raises(SettingsError, match="SIGNPOST_ORIGIN"):
        Settings.from_environment({"SIGNPOST_ORIGIN": origin})
