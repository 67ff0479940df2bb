"""The commands for accounts: the first two administrators, and nobody else by one person alone."""

import pytest

from graph.__main__ import main
from graph.settings import Settings


def test_the_first_administrators_get_a_link_and_a_word(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "first", "lee", "--name", "Lee Grant"]) == 0
    told = capsys.readouterr().out
    assert "Link  http://localhost:8000/activate/" in told
    assert "Word  " in told
    assert main(["user", "first", "alex", "--name", "Alex Reed"]) == 0

    assert main(["user", "first", "third", "--name", "Third"]) == 1

    assert "There are two administrators" in capsys.readouterr().err
    assert main(["user", "list"]) == 0
    listed = capsys.readouterr().out
    assert "lee  Lee Grant, administrator, Signpost operations (no area): invited" in listed
    assert "third" not in listed


def test_one_person_makes_no_account(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["user", "add", "kim", "--name", "Kim Lake", "--role", "operator", "--organisation", "Harbour"]

    assert main(words) == 1

    assert "One person alone makes no account" in capsys.readouterr().err
