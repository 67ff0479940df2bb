"""Where the site is served, whose word is taken for HTTPS, and what is never served."""

import gc
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from graph.services import demonstration
from graph.settings import Settings, SettingsError
from graph.store import Database
from tests.builders import given_user
from tests.conftest import free_port
from tests.webapp.pages import read_page
from webapp import create_app
from webapp.__main__ import check_address
from webapp.database import keep_database
from webapp.warming import make_ready

SITE = Settings(home=Path("nowhere"))


def not_asked() -> Database:
    """A graph that nothing may ask for."""
    pytest.fail("The graph was asked for.")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_is_always_served(host: str) -> None:
    check_address(host, SITE)
    check_address(host, replace(SITE, demo=True))


def test_what_a_site_is_made_of_is_compiled_and_no_rubbish_before_the_workers_are_forked(tmp_path: Path) -> None:
    site = create_app(Settings(home=tmp_path), not_asked)
    # Another test of this process may have left things frozen.
    gc.unfreeze()
    try:
        assert make_ready(site) > 40
        assert gc.get_freeze_count() > 50_000
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.7", "::", "signpost.example"])
def test_other_machines_are_served_behind_a_proxy_that_ends_tls(host: str) -> None:
    with pytest.raises(SettingsError, match="SIGNPOST_PROXIES"):
        check_address(host, SITE)
    check_address(host, replace(SITE, proxies=("10.0.0.2",)))
    with pytest.raises(SettingsError, match="this machine only"):
        check_address(host, replace(SITE, proxies=("10.0.0.2",), demo=True))


def test_addresses_of_proxies_are_read(tmp_path: Path) -> None:
    home = {"SIGNPOST_HOME": str(tmp_path)}

    assert Settings.from_environment(home).proxies == ()
    assert Settings.from_environment(home | {"SIGNPOST_PROXIES": " 10.0.0.2, ::1 "}).proxies == ("10.0.0.2", "::1")
    assert Settings.from_environment(home | {"SIGNPOST_PROXIES": "*"}).proxies == ("*",)
    with pytest.raises(SettingsError, match="'proxy'"):
        Settings.from_environment(home | {"SIGNPOST_PROXIES": "10.0.0.2,proxy"})


@pytest.mark.slow
@pytest.mark.parametrize(("proxies", "code"), [("", 403), ("10.9.8.7", 403), ("127.0.0.1", 200), ("*", 200)])
def test_only_a_proxy_that_is_named_is_believed(
    bare_home: Path, monkeypatch: pytest.MonkeyPatch, proxies: str, code: int
) -> None:
    monkeypatch.setenv("SIGNPOST_PROXIES", proxies)
    # What Gunicorn reads besides our settings must change nothing.
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")

    with running(bare_home, monkeypatch) as address:
        asked = urllib.request.Request(
            f"{address}/help", headers={"Host": "signpost.example", "X-Forwarded-Proto": "https"}
        )
        assert _status(asked) == code


def test_a_demonstration_is_refused_on_any_other_graph(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOST_DEMO", "1")

    done = subprocess.run([sys.executable, "-m", "webapp"], capture_output=True, check=False, text=True, timeout=60)

    assert done.returncode == 1
    assert "NEO4J_URI" in done.stderr
    assert "http://" not in done.stdout


def test_the_demonstration_fills_in_the_form_without_a_script(db: Database, settings: Settings) -> None:
    demonstration.mark(db)
    dawn = given_user(db, username="dawn.okoro")
    passwords = demonstration.passwords_file(settings)
    passwords.parent.mkdir()
    passwords.write_text(f"dawn.okoro {dawn.password} Dawn Okoro, practitioner\n", encoding="utf-8")
    site = create_app(replace(settings, demo=True), lambda: db)
    keep_database(site, lambda: db)
    client = site.test_client()

    listed = read_page(client.get("/sign-in"))
    filled = read_page(client.get(str(listed.select("main td a")[0]["href"])))
    fields = {str(field["name"]): str(field.get("value", "")) for field in filled.select("main input[name]")}
    entered = client.post(str(filled.select("main form")[0]["action"]), data=fields)

    assert "Dawn Okoro" in listed.get_text()
    assert not any(field.get("value") for field in listed.select("input[type=password]"))
    assert dawn.password not in listed.get_text()
    assert entered.status_code == 302
    assert client.get("/sign-in/nobody").status_code == 404


@pytest.fixture
def bare_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it, and no graph named."""
    for name in ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_PASSWORD_FILE", "SIGNPOST_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    return tmp_path


@contextmanager
def running(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the real server, Gunicorn and all, answers for a while."""
    port = free_port()
    monkeypatch.setenv("PORT", str(port))
    log = home / "log"
    with log.open("wb") as sink:
        site = subprocess.Popen([sys.executable, "-m", "webapp", "--workers", "1"], stdout=sink, stderr=sink)
    try:
        _await(port, site, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        site.terminate()
        site.wait(timeout=30)


def _await(port: int, site: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and site.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


def _status(asked: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
