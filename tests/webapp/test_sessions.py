"""The cookie cannot be read or changed, and its key belongs to its owner."""

import stat

import pytest
from flask import Flask, session
from itsdangerous import BadSignature

from graph.model.circle import Depth
from graph.model.errors import Unreachable
from webapp import sessions
from webapp.secrets import read_secret_key


def test_the_key_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "keys" / "secret-key"

    key = read_secret_key(path)

    assert len(key) == 64
    assert read_secret_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_short_key_is_refused(tmp_path):
    path = tmp_path / "secret-key"
    path.write_text("short")

    with pytest.raises(Unreachable, match="too short"):
        read_secret_key(path)


def test_what_is_sealed_cannot_be_read_or_changed(bare_site: Flask):
    seal = bare_site.session_interface.get_signing_serializer(bare_site)

    sealed = seal.dumps({"token": "a secret"})

    assert "secret" not in sealed
    assert seal.loads(sealed) == {"token": "a secret"}
    with pytest.raises(BadSignature):
        seal.loads(sealed[:-4] + "AAA=")


def test_a_reason_is_kept_for_its_child_and_only_the_last_twelve(bare_site: Flask):
    with bare_site.test_request_context("/"):
        for number in range(14):
            sessions.keep_reason(f"child{number}", "wellbeing", "AB12")

        assert sessions.reason_for("child0") is None
        assert sessions.reason_for("child13") == ("wellbeing", "AB12", Depth.SIGNPOST)
        assert len(session["children"]) == 12


def test_the_circle_is_opened_only_where_a_reason_was_given(bare_site: Flask):
    with bare_site.test_request_context("/"):
        sessions.keep_depth("child", Depth.CIRCLE)
        assert sessions.reason_for("child") is None

        sessions.keep_reason("child", "wellbeing", "")
        sessions.keep_depth("child", Depth.CIRCLE)
        assert sessions.reason_for("child") == ("wellbeing", "", Depth.CIRCLE)


def test_a_new_session_has_nothing_of_the_old_one(bare_site: Flask):
    with bare_site.test_request_context("/"):
        sessions.keep_reason("child", "wellbeing", "")

        sessions.begin("token")

        assert dict(session) == {"token": "token"}
